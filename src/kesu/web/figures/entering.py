"""What complaints are set against, month by month and site by site: a grid to fill in, or a table to send."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kesu.company.models import Person
from kesu.company.rights import Rights, rights_of
from kesu.company.standing import standing
from kesu.config.now import now
from kesu.insights.actions.exposing import enter, enter_table, may_enter, measures
from kesu.insights.models import Exposure
from kesu.insights.periods import moved, today
from kesu.procedure.figuring import Measure
from kesu.procedure.refused import Refused

MONTHS = 6
MOST_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True)
class Box:
    """One number to fill in."""

    name: str
    month: date
    value: str
    label: str


def _reader(request: HttpRequest, at: datetime) -> tuple[Person, Rights]:
    person = request.user
    assert isinstance(person, Person)  # login_required stands before every view
    rights = rights_of(person, at)
    if not may_enter(rights):
        raise Http404
    return person, rights


@login_required
@require_http_methods(["GET", "POST"])
def entered(request: HttpRequest) -> HttpResponse:
    """The grid of the last months; a file of many."""
    at = now()
    person, rights = _reader(request, at)
    rows = measures(rights.company, at)
    chosen = next((row for row in rows if row.id == request.GET.get("measure")), rows[0] if rows else None)
    months = _months(rights, at)
    wrong = None
    if request.method == "POST" and chosen:
        try:
            n = _take(request, person, rights, chosen, months, at)
            messages.success(request, _("填好了 %(n)s 个数") % {"n": n})
            return redirect(f"{reverse('figures_entered')}?measure={chosen.id}")
        except Refused as refused:
            wrong = refused.reason(get_language() or "zh-hans")
    context = {
        "measures": rows,
        "chosen": chosen,
        "months": months,
        "lines": _lines(request, rights, chosen, months) if chosen else [],
        "wrong": wrong,
    }
    return render(request, "web/figures/entered.html", context, status=422 if wrong else 200)


def _months(rights: Rights, at: datetime) -> list[date]:
    first = today(rights.company.zone, at).replace(day=1)
    return [moved(first, -n) for n in range(MONTHS)]


def _box(site: int, month: date) -> str:
    return f"n-{site}-{month:%Y-%m}"


def _lines(request: HttpRequest, rights: Rights, chosen: Measure, months: list[date]) -> list[tuple[str, list[Box]]]:
    known = standing(rights.company).sites
    rows = Exposure.objects.filter(company=rights.company, measure=chosen.id, month__in=months)
    there = {(row.site_id, row.month): str(row.n) for row in rows}
    found = []
    for site in known.values():
        boxes = []
        for month in months:
            name = _box(site.pk, month)
            boxes.append(Box(name, month, request.POST.get(name, there.get((site.pk, month), "")), f"{site.name} {month:%Y-%m}"))
        found.append((site.name, boxes))
    return found


def _take(request: HttpRequest, person: Person, rights: Rights, chosen: Measure, months: list[date], at: datetime) -> int:
    if sent := request.FILES.get("file"):
        if (sent.size or 0) > MOST_BYTES:
            raise Refused("too_long", "文件太大", "the file is too large", field="file")
        try:
            return enter_table(person, sent.read().decode("utf-8-sig"), at)
        except UnicodeDecodeError:
            raise Refused("coding", "文件要存成 UTF-8 的 CSV", "save the file as CSV in UTF-8", field="file") from None
    n = 0
    for site in standing(rights.company).sites.values():
        wanted = {
            month: _number(request.POST[name], site.name, month) for month in months if (name := _box(site.pk, month)) in request.POST
        }
        n += enter(person, site.pk, chosen.id, wanted, at) if wanted else 0
    return n


def _number(words: str, site: str, month: date) -> int | None:
    text = words.strip().replace(",", "").replace("，", "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 12):
        raise Refused(
            "number",
            f"{site} {month:%Y-%m} 要写整数，不是“{words[:20]}”",
            f"{site} {month:%Y-%m}: write a whole number, not “{words[:20]}”",
        )
    return int(text)


@login_required
@require_GET
def blank(request: HttpRequest) -> HttpResponse:
    """A table to fill in: every site and measure of this month."""
    at = now()
    _, rights = _reader(request, at)
    target, month = StringIO(), today(rights.company.zone, at)
    out = csv.writer(target)
    out.writerow(["site", "month", "measure", "n"])
    out.writerows(
        [site.code, f"{month:%Y-%m}", row.id, ""]
        for site in standing(rights.company).sites.values()
        for row in measures(rights.company, at)
    )
    answer = HttpResponse(("\ufeff" + target.getvalue()).encode(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="figures.csv"'
    return answer
