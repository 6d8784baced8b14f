"""The board, the lists behind its figures, and urging from it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kesu.company.models import Person
from kesu.company.procedures import pack_of
from kesu.company.rights import Rights, rights_of
from kesu.complaints import actions
from kesu.complaints.models import Case, Clock
from kesu.complaints.queries import clocks
from kesu.config.now import now
from kesu.insights.actions.counting import brought_up
from kesu.insights.behind import After, Found, Wanted, cases_behind
from kesu.insights.figures import LATE, NEAR
from kesu.procedure.acts import STEPS, step_name
from kesu.procedure.refused import Refused
from kesu.web.board import page
from kesu.web.staff import site_asked_for
from kesu.web.work.rows import Reader, who_owes


def _reader(request: HttpRequest, at: datetime) -> tuple[Person, Rights]:
    """The person and their rights; 404 for those whose roles do not open the board."""
    person = request.user
    assert isinstance(person, Person)  # login_required stands before every view
    rights = rights_of(person, at)
    if not rights.page("board"):
        raise Http404
    return person, rights


def _language() -> str:
    return get_language() or "zh-hans"


@login_required
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Open cases by step and grade, late and nearly late, who is waited for; `?site=` narrows it to one site."""
    at = now()
    person, rights = _reader(request, at)
    site = site_asked_for(rights, request.GET.get("site", ""))
    brought_up(rights.company, at)
    template = "web/board/figures.html" if getattr(request, "htmx", False) else "web/board/board.html"
    with timezone.override(ZoneInfo(person.company.zone)):
        return render(request, template, page.context(person, at, _language(), site) | {"here": request.get_full_path()})


@login_required
@require_POST
def urge(request: HttpRequest, clock: int) -> HttpResponse:
    """Remind whoever owes this; it goes on record in the case."""
    at = now()
    person, _rights = _reader(request, at)
    row = Clock.objects.filter(pk=clock, company_id=person.company_id).select_related("case").first()
    if row is None:
        raise Http404
    try:
        actions.urge(person, row.case_id, clock_id=clock, words=request.POST.get("words", ""), at=at)
        messages.success(request, _("已催办：%(title)s") % {"title": row.case.title})
    except Case.DoesNotExist:
        raise Http404 from None
    except Refused as error:
        messages.error(request, error.reason(_language()))
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    """The board as it was; never anywhere else."""
    wanted = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith(reverse("board"))
    return wanted if own else reverse("board")


# The lists behind the figures


@login_required
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The cases behind a figure, a page at a time."""
    at = now()
    person, rights = _reader(request, at)
    wanted = _wanted(rights, request.GET)
    found, after = cases_behind(rights, at, wanted, After.read(request.GET.get("after", "")))
    reader = page.reader_of(person, at, _language())
    context = {
        "rows": [_row(row, reader) for row in found],
        "title": _title(wanted, reader),
        "next": f"?{urlencode(wanted.pairs() | {'after': str(after)})}" if after else "",
        "start": f"?{urlencode(wanted.pairs())}" if request.GET.get("after") else "",
        "back": f"{reverse('board')}?site={wanted.site}" if wanted.site and len(page.sites_of(rights)) > 1 else reverse("board"),
    }
    with timezone.override(ZoneInfo(person.company.zone)):
        return render(request, "web/board/list.html", context)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _wanted(rights: Rights, query: QueryDict) -> Wanted:
    """What the address asks for; unknown words narrow nothing."""
    late, step = query.get("late", ""), query.get("step", "")
    return Wanted(
        step=step if step in STEPS else "",
        grade=query.get("grade", "")[:60],
        site=site_asked_for(rights, query.get("site", "")),
        department=_number(query.get("department", "")),
        late=late if late in (LATE, NEAR) else "",
        person=_number(query.get("person", "")),
        role=query.get("role", "")[:60],
        received="today" if query.get("received") == "today" else "",
    )


def _title(wanted: Wanted, reader: Reader) -> str:
    """What the list holds, in words."""
    known, pack = reader.standing, reader.rights.pack
    site, department = known.sites.get(wanted.site or 0), known.departments.get(wanted.department or 0)
    person = known.people.get(wanted.person or 0)
    parts = [
        site.name if site else "",
        department.name if department else "",
        _("等%(name)s") % {"name": person.name} if person else "",
        _("等%(name)s") % {"name": pack.label("roles", wanted.role, reader.language)} if wanted.role else "",
        pack.label("grades", wanted.grade, reader.language) if wanted.grade else "",
        step_name(wanted.step, reader.language) if wanted.step else "",
        {LATE: _("已超时"), NEAR: _("将超时")}.get(wanted.late, ""),
        _("今天受理") if wanted.received else "",
    ]
    return "　".join(filter(None, parts)) or _("在办")


def _row(row: Found, reader: Reader) -> dict[str, Any]:
    case, pack = row.case, pack_of(row.case.version_id)
    site = reader.standing.sites.get(case.site_id)
    view = clocks.view(row.clock, pack, reader.at, reader.language, reader.zone, site) if row.clock else None
    people = who_owes(row.clock, pack, reader.standing, reader.language) if row.clock else ""
    place = case.place or (case.home.label if case.home else "")
    return {
        "case": case,
        "pack": pack,
        "view": view,
        "who": people,
        "about": "　".join(filter(None, [site.name if site else case.site.name, case.contact_name, place])),
        "step": step_name(case.step, reader.language),
    }
