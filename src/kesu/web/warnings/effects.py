"""Did it work (B-18): the changes whose effect can be asked, one of them with figures and chart, and entering one by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kesu.procedure.refused import Refused
from kesu.warnings import actions
from kesu.warnings.models import Change
from kesu.warnings.queries import effects
from kesu.warnings.queries.effects import CAPA, CHANGE, VERSION, Asked, NotThere
from kesu.warnings.scanning.effect import effect_words
from kesu.web.warnings.charts import chart
from kesu.web.warnings.views import REFUSED, in_company_time, person_of, reader
from kesu.web.work.rows import Reader


def _name(asked: Asked) -> str:
    return _("规程 %(version)s") % {"version": asked.name} if asked.source == VERSION else asked.name


def _kind(asked: Asked) -> str:
    return {CAPA: _("整改"), VERSION: _("规程改版"), CHANGE: _("培训或其他")}[asked.source]


@in_company_time
@require_http_methods(["GET", "HEAD", "POST"])
def board(request: HttpRequest) -> HttpResponse:
    """Every change, the newest first; a training or a new rule is entered here."""
    at, wrong = reader(request), None
    try:
        found = effects.listed(at.person, at.at)
    except NotThere:
        raise Http404 from None
    if request.method == "POST":
        try:
            change = _entered(request, at)
        except Refused as error:
            wrong = error
        else:
            messages.success(request, _("已记下：%(name)s") % {"name": change.name})
            return HttpResponseRedirect(reverse("did_it_work", args=[CHANGE, change.pk]))
    context = {
        "rows": [(row, _name(row), _kind(row)) for row in found],
        "sites": at.rights.sites(),
        "company_wide": at.rights.company_wide(),
        "categories": [(row.id, row.label(at.language)) for row in at.rights.pack.categories],
        "refused": wrong,
        "typed": request.POST,
        "today": at.at.astimezone(at.at.tzinfo).date(),
    }
    return render(request, "web/warnings/effects.html", context, status=REFUSED if wrong else 200)


def _entered(request: HttpRequest, at: Reader) -> Change:
    typed = request.POST
    try:
        day = date.fromisoformat(typed.get("day", ""))
    except ValueError:
        raise Refused("day", "选从哪天开始", "choose the day on which it began", field="day") from None
    site = next((row.pk for row in at.rights.sites() if str(row.pk) == typed.get("site", "")), None)
    if typed.get("site") and site is None:
        raise Http404
    return actions.add_change(
        at.person, name=typed.get("name", ""), day=day, site=site, category=typed.get("category", ""), at=at.at
    )  # fmt: skip


@in_company_time
@require_GET
def page(request: HttpRequest, source: str, what: str) -> HttpResponse:
    """One change: before and after."""
    at = reader(request)
    try:
        asked = effects.one(at.person, source, what, at.at)
    except NotThere:
        raise Http404 from None
    found = effects.measured(at.person, asked, at.at)
    said, rests = effect_words(found, at.language)
    sides: list[tuple[str, Any]] = [(_("改之前"), found.before), (_("改了以后"), found.after)]
    context = {
        "asked": asked,
        "name": _name(asked),
        "kind": _kind(asked),
        "where": [at.standing.sites[site].name for site in asked.sites if site in at.standing.sites],
        "category": at.rights.pack.label("categories", asked.category, at.language) if asked.category else "",
        "found": found,
        "said": said,
        "rests": rests,
        "sides": [(name, side, date.fromordinal(side.first), date.fromordinal(side.last)) for name, side in sides if side and side.days],
        "chart": chart(found.series, f"{_name(asked)}：{said}", at.zh),
        "capa": asked.key if asked.source == CAPA else "",
    }
    return render(request, "web/warnings/effect.html", context)


@in_company_time
@require_POST
def take_back(request: HttpRequest, change: int) -> HttpResponse:
    """Take back a change that one entered oneself."""
    try:
        actions.drop_change(person_of(request), change, at=reader(request).at)
    except Change.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("这一件已撤回"))
    return HttpResponseRedirect(reverse("effects"))
