"""The list of calls to make: agreed ones and those due first, one click to the form, and on to the next when one is saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kesu.company.models import Person
from kesu.company.procedures import pack_of
from kesu.company.rights import Rights, rights_of
from kesu.complaints.queries import clocks
from kesu.complaints.queries.following import Owed, owed_visits
from kesu.complaints.queries.work import day_ends
from kesu.config.now import now
from kesu.procedure.pack import Pack
from kesu.web.staff import site_asked_for

SHOW: dict[str, Callable[[Owed, datetime, datetime], bool]] = {
    "": lambda row, at, ends: True,
    "today": lambda row, at, ends: row.call_at is not None and row.call_at <= ends,
    "agreed": lambda row, at, ends: row.agreed is not None,
    "late": lambda row, at, ends: row.call_at is not None and row.call_at <= at,
    "tried": lambda row, at, ends: bool(row.tries),
}


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    owed: Owed
    pack: Pack
    view: clocks.ClockView | None
    url: str


def reader(request: HttpRequest, at: datetime) -> tuple[Person, Rights]:
    """The person and their rights; 404 for those whose roles make no follow-ups."""
    person = request.user
    assert isinstance(person, Person)  # login_required stands before every view
    rights = rights_of(person, at)
    if not rights.ever("visit"):
        raise Http404
    return person, rights


@login_required
@require_GET
def visits(request: HttpRequest) -> HttpResponse:
    """Who is to be called; the filters stand in the address."""
    at = now()
    person, rights = reader(request, at)
    site, show = site_asked_for(rights, request.GET.get("site", "")), request.GET.get("show", "")
    rows, ends = owed_visits(person, at, site), day_ends(person.company.zone, at)
    show = show if show in SHOW else ""
    names = {"": _("全部"), "today": _("今天要打"), "agreed": _("约好时间的"), "late": _("已超时"), "tried": _("打过没成的")}
    context: dict[str, Any] = {
        "rows": [_row(row, at, site, show) for row in rows if SHOW[show](row, at, ends)],
        "chips": [(names[key], sum(fits(row, at, ends) for row in rows), address(site, key), key == show) for key, fits in SHOW.items()],
        "sites": [(row.name, address(row.pk, show), row.pk == site) for row in rights.sites()] if len(rights.sites()) > 1 else [],
        "everywhere": address(None, show),
        "site": site,
        "filtered": show or site,
        "reports": rights.page("reports"),
        "total": len(rows),
    }
    with timezone.override(ZoneInfo(person.company.zone)):
        return render(request, "web/visits/visits.html", context)


def _row(row: Owed, at: datetime, site: int | None, show: str) -> Row:
    pack, case = pack_of(row.case.version_id), row.case
    view = clocks.view(row.clock, pack, at, get_language() or "zh-hans", case.site.company.zone, case.site) if row.clock else None
    query = urlencode({"list": "visits", **_pairs(site, show)})
    return Row(row, pack, view, f"{reverse('case_act', args=[case.number, 'visit'])}?{query}")


def _pairs(site: int | None, show: str) -> dict[str, str]:
    return ({"site": str(site)} if site else {}) | ({"show": show} if show else {})


def address(site: int | None, show: str) -> str:
    """The list with these filters."""
    pairs = _pairs(site, show)
    return reverse("visits") + (f"?{urlencode(pairs)}" if pairs else "")


def after_saving(person: Person, asked: QueryDict, number: str, at: datetime) -> str:
    """The form of the next case to call now (same filters), or the list when there is none."""
    rights = rights_of(person, at)
    text, show = asked.get("site", ""), asked.get("show", "")
    site = next((row.pk for row in rights.sites() if str(row.pk) == text), None)
    show, ends = show if show in SHOW else "", day_ends(person.company.zone, at)
    rows = [row for row in owed_visits(person, at, site) if SHOW[show](row, at, ends) and row.case.number != number and not row.mine]
    ready = [row for row in rows if row.agreed is None or row.agreed <= at]
    untried = next((row for row in ready if not row.tries or row.tries[-1].at.date() != at.date()), None)
    return _row(untried, at, site, show).url if untried else address(site, show)
