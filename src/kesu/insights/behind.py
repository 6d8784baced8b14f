"""The cases behind a figure of the board: the same conditions, as a list, what falls due first first."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta

from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from kesu.company.rights import Rights
from kesu.complaints.models import Case, Clock
from kesu.complaints.queries.clocks import AT_LEAST
from kesu.complaints.queries.veil import covered
from kesu.insights.figures import LATE, NEAR, day_begins, late_clocks, near_clocks, of_case, open_cases, received

PAGE = 50
FAR = datetime(9999, 1, 1, tzinfo=UTC)  # cases of which nothing runs stand last
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Wanted:
    """Which cases: empty fields narrow nothing. `late` is late or near, `received` is today."""

    step: str = ""
    grade: str = ""
    site: int | None = None
    department: int | None = None
    late: str = ""
    person: int | None = None
    role: str = ""
    received: str = ""

    def pairs(self) -> dict[str, str]:
        """As the parameters of an address."""
        return {row.name: str(value) for row in fields(self) if (value := getattr(self, row.name))}


@dataclass(frozen=True)
class After:
    """The last case of a page."""

    due: datetime
    case: int

    def __str__(self) -> str:
        return f"{(self.due - EPOCH) // timedelta(microseconds=1)}.{self.case}"

    @classmethod
    def read(cls, text: str) -> After | None:
        """None for anything that no page has given out."""
        due, _, case = text.partition(".")
        if not (due.isdecimal() and case.isdecimal() and len(due) < 19 and len(case) < 19):
            return None
        try:
            return cls(EPOCH + timedelta(microseconds=int(due)), int(case))
        except OverflowError:
            return None


@dataclass(frozen=True)
class Found:
    """One case of the list and the clock that falls due first (None when nothing runs)."""

    case: Case
    clock: Clock | None


def cases_behind(rights: Rights, at: datetime, wanted: Wanted, after: After | None = None) -> tuple[list[Found], After | None]:
    """A page of the cases, and where the next page begins (None: that was all). Three queries."""
    places = _places(rights, at, wanted, after)
    page = places[:PAGE]
    found = _with_clocks(page)
    covered([row.case for row in found], rights)
    return found, page[-1] if len(places) > PAGE else None


def _places(rights: Rights, at: datetime, wanted: Wanted, after: After | None) -> list[After]:
    rows = received(rights, wanted.site) if wanted.received else open_cases(rights, wanted.site)
    counted = near_clocks(rights, at, at + AT_LEAST) if wanted.late == NEAR else Q()
    first = of_case(counted).values("case").annotate(first=Min("due_at")).values("first")
    rows = _narrowed(rows, at, rights, wanted).annotate(due=Subquery(first) if wanted.late else Coalesce(Subquery(first), FAR))
    if wanted.late == LATE:
        rows = rows.filter(due__lte=at)
    elif wanted.late == NEAR:
        rows = rows.filter(~Exists(of_case(late_clocks(at))), due__isnull=False)
    if after:
        rows = rows.filter(Q(due__gt=after.due) | Q(due=after.due, pk__gt=after.case))
    return [After(due, pk) for due, pk in rows.order_by("due", "pk").values_list("due", "pk")[: PAGE + 1]]


def _narrowed(rows: QuerySet[Case], at: datetime, rights: Rights, wanted: Wanted) -> QuerySet[Case]:
    plain = {"step": wanted.step, "grade": wanted.grade, "department": None if wanted.role else wanted.department}
    rows = rows.filter(**{name: value for name, value in plain.items() if value})
    if wanted.received:
        rows = rows.filter(received_at__gte=day_begins(rights.company.zone, at), received_at__lte=at)
    owes = Clock.objects.filter(case=OuterRef("pk"), state="running", waits_for="")
    if wanted.person:
        rows = rows.filter(Exists(owes.filter(person=wanted.person)))
    if wanted.role:
        there = {"department": wanted.department} if wanted.department else {"department__isnull": True}
        rows = rows.filter(Exists(owes.filter(role=wanted.role, person__isnull=True, **there)))
    return rows


def _with_clocks(page: list[After]) -> list[Found]:
    ids = [place.case for place in page]
    related = ("site", "department", "handler", "home")
    cases = Case.objects.select_related(*related).defer("raw", "wants", "marks", "whole_marks").in_bulk(ids)
    clocks: dict[int, Clock] = {}
    for clock in Clock.objects.filter(case_id__in=ids, state__in=["running", "paused"], waits_for="").order_by("-state", "due_at"):
        clocks.setdefault(clock.case_id, clock)
    return [Found(cases[pk], clocks.get(pk)) for pk in ids if pk in cases]
