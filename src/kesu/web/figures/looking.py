"""Who looks: rights, the period and the place that an address asks for, and which views there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.http import Http404, HttpRequest, QueryDict
from django.utils.translation import get_language

from kesu.company.models import Person
from kesu.company.rights import Rights, rights_of
from kesu.company.standing import standing
from kesu.config.now import now
from kesu.insights.coverage import Coverage
from kesu.insights.periods import Period, today
from kesu.insights.tables import asked, breakdown, money, outside, overview, steps
from kesu.insights.tables.look import Look
from kesu.insights.tables.table import Table
from kesu.performance import tables as performance
from kesu.performance.queries.sight import leads
from kesu.web.staff import site_asked_for

Make = Callable[[Look], list[Table]]
OVERVIEW = "overview"


@dataclass(frozen=True)
class View:
    """One page of figures; `people`: only for those whose role opens the reports."""

    id: str
    name: tuple[str, str]
    make: Make
    people: bool = False
    months: bool = False  # only of whole months
    sent: Make | None = None  # where a file holds more than the page
    led: bool = False  # beside these, for whoever answers other people's self-reviews


def _by(dimension: str) -> Make:
    return lambda look: breakdown.tables(look, dimension)


def _dimension(name: str) -> View:
    return View(
        f"by-{name}", breakdown.DIMENSIONS[name], _by(name), people=name in breakdown.OF_PEOPLE, months=name not in ("site", "department")
    )


VIEWS: dict[str, View] = {
    row.id: row
    for row in (
        View(OVERVIEW, ("总览", "Overview"), overview.tables),
        *map(_dimension, ("site", "department", "category", "cause", "channel", "hour", "grade", "nature", "handler", "against")),
        View("people", ("员工表现", "People's performance"), performance.people, people=True, led=True),
        View("departments", ("部门表现", "Departments' performance"), performance.departments),
        View("steps", ("环节", "Steps"), steps.tables),
        View("late", ("超时清单", "Late"), lambda look: [steps.late(look)], sent=lambda look: [steps.late(look, steps.LATE_SENT)]),
        View("asked", ("满意", "Content"), asked.tables),
        View("money", ("补偿", "Remedies"), money.tables),
        View("outside", ("外部与重复", "Outside, repeats"), outside.tables),
    )
}


@dataclass(frozen=True)
class Looker:
    """A request for figures."""

    person: Person
    rights: Rights
    look: Look
    site: int | None


def may_see(rights: Rights, view: View) -> bool:
    """Whether the person's roles open this page."""
    return rights.page("reports") or (rights.page("board") and not view.people) or (view.led and leads(rights))


def looker(request: HttpRequest) -> Looker:
    """The person, their coverage, the period; 404 for those whose roles open neither board nor reports."""
    person, at = request.user, now()
    assert isinstance(person, Person)  # login_required stands before every view
    rights = rights_of(person, at)
    if not (rights.page("board") or rights.page("reports")):
        raise Http404
    site = site_asked_for(rights, request.GET.get("site", ""))
    cover = Coverage.of(rights).at(site, department_of(rights, request.GET))
    look = Look(cover, period_of(request.GET, rights, at), at, get_language() or "zh-hans", rights.page("reports"))
    look.reader, look.by_result = rights, request.GET.get("order") == "result"
    return Looker(person, rights, look, site)


def department_of(rights: Rights, query: QueryDict) -> int | None:
    """The department that an address asks for, where there is one."""
    text = query.get("department", "")
    known = standing(rights.company).departments
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 and int(text) in known else None


def period_of(query: QueryDict, rights: Rights, at: datetime) -> Period:
    """What the address asks for, else this month."""
    day = today(rights.company.zone, at)
    return _asked_for(query, day) or Period.month(day.year, day.month)


def misread(query: QueryDict, rights: Rights, at: datetime) -> str:
    """What was asked for as a period and is none; "" where it was understood, or nothing was asked."""
    return "" if _asked_for(query, today(rights.company.zone, at)) else query.get("period", "").strip()[:24]


def _asked_for(query: QueryDict, day: date) -> Period | None:
    """Later than next year and longer than ten years are no period."""
    found = Period.read(query.get("period", ""))
    if found is None or not found.last.year <= day.year + 1 or (found.last - found.first).days > 3700:
        return None
    return found
