"""Reading the cases of every person and department in a period. The whole company's: what a reader may see is cut later.

A case counts for whoever handled it then: the form of that round says who signed. Eight queries, whatever the number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Q

from kesu.company.models import Company, Site
from kesu.company.procedures import pack_of, time_of
from kesu.complaints.models import Clock, Part, Pause, Proposal, Task
from kesu.insights.duties import duty_of
from kesu.insights.models import CaseFact, ClockFact, VisitFact
from kesu.insights.periods import Period
from kesu.performance.fair import Item, Stratum, once_each
from kesu.performance.measures import MEASURES
from kesu.procedure.instants import TimeRefused

PERSON, DEPARTMENT = "person", "department"
OF: tuple[str, ...] = (PERSON, DEPARTMENT)
DUTIES = {"reply": "first_reply", "investigate": "handling", "answer": "handling", "handle": "handling"}
SLOWEST = 0.75
Span = tuple[datetime, datetime]


@dataclass
class Work:
    """What somebody had to do in the period, beside the measures."""

    taken: set[int] = field(default_factory=set)  # cases signed for
    helped: set[int] = field(default_factory=set)  # … of which another department led
    minutes: float = 0  # all cases in hand, added up
    handling: int = 0  # minutes in opening hours of what was returned
    waiting: int = 0  # … of which others were waited for
    places: set[tuple[int, int]] = field(default_factory=set)


@dataclass
class Read:
    """Everything of a company and period: (measure, person or department) → items; (person or department, id) → work."""

    items: dict[tuple[str, str], list[Item]]
    work: dict[tuple[str, int], list[tuple[tuple[int, int], Work]]]
    days: float


def read(company: Company, period: Period, at: datetime, strata: list[str]) -> Read:
    """Read it, as of `at`."""
    return _Reader(company, period, at, strata).read()


class _Reader:
    def __init__(self, company: Company, period: Period, at: datetime, strata: list[str]) -> None:
        self.company, self.period, self.at, self.strata = company, period, at, strata
        zone = ZoneInfo(company.zone)
        self.begins = datetime.combine(period.first, time.min, zone)
        self.ends = min(at, datetime.combine(period.last + timedelta(days=1), time.min, zone))
        self.items: dict[tuple[str, str], list[Item]] = {(id, of): [] for id in MEASURES for of in OF}
        self.work: dict[tuple[str, int], dict[tuple[int, int], Work]] = defaultdict(lambda: defaultdict(Work))

    def read(self) -> Read:
        if self.ends > self.begins:
            self._clocks()
            self._visits()
            self._parts()
        items = {key: list(once_each(rows)) for key, rows in self.items.items()}
        days = max((self.ends - self.begins).total_seconds() / 86_400, 1 / 24)
        return Read(items, {key: list(rows.items()) for key, rows in self.work.items()}, days)

    def _add(self, measure: str, case: int, bad: bool, stratum: Stratum, site: int, person: int | None, department: int | None) -> None:
        place = (site, department or 0)
        if person:
            self.items[measure, PERSON].append(Item(person, case, stratum, bad, place))
        if department:
            self.items[measure, DEPARTMENT].append(Item(department, case, stratum, bad, place))

    def _columns(self, prefix: str) -> list[str]:
        return [f"{prefix}{name if name != 'site' else 'site_id'}" for name in self.strata]

    # Limits

    def _clocks(self) -> None:
        due = ClockFact.objects.filter(company=self.company, due_at__range=(self.begins, self.ends), case__fact__counted=True)
        rows = Clock.objects.filter(case__in=due.values("case"), due_at__gte=self.begins, due_at__lt=self.ends, waits_for="")
        rows = rows.filter(Q(person__isnull=False) | Q(department__isnull=False)).exclude(state="paused")
        columns = ("case_id", "case__version_id", "obligation", "state", "due_at", "done_at", "paused_at", "site_id", "person_id")
        for case, version, obligation, state, due_at, done_at, paused, site, person, department, *stratum in rows.values_list(
            *columns, "department_id", *self._columns("case__fact__")
        ).iterator(chunk_size=5000):
            measure = DUTIES.get(self._duty(version, obligation), "")
            if measure and not (state == "void" and (done_at is None or done_at <= due_at or paused)):
                bad = not (state == "done" and done_at is not None and done_at <= due_at)
                self._add(measure, case, bad, _stratum(stratum), site, person, department)

    def _duty(self, version: int, obligation: str) -> str:
        row = pack_of(version).obligation(obligation)
        return "" if row is None or row.per == "inquiry" else duty_of(pack_of(version), version, obligation)

    # Follow-ups

    def _visits(self) -> None:
        rows = VisitFact.objects.filter(
            company=self.company, day__range=(self.period.first, self.period.last), at__lt=self.ends, last=True, case__fact__counted=True
        )
        rows = rows.filter(outcome__in=("content", "not_content"))
        led = {
            (case, round): (person, department)
            for case, round, person, department in Part.objects.filter(case__in=rows.values("case"), lead=True, sent_back_at__isnull=True)
            .order_by("pk")
            .values_list("case_id", "round", "handler_id", "department_id")
        }
        for case, round, outcome, site, *stratum in rows.values_list(
            "case_id", "round", "outcome", "site_id", *self._columns("case__fact__")
        ):
            if (case, round) in led:
                self._add("satisfied", case, outcome == "not_content", _stratum(stratum), site, *led[case, round])

    # Forms

    def _parts(self) -> None:
        facts = CaseFact.objects.filter(company=self.company, counted=True, received_day__lte=self.period.last)
        facts = facts.filter(Q(closed_at__isnull=True) | Q(closed_day__gte=self.period.first))
        rows = Part.objects.filter(case__in=facts.values("case"), dispatched_at__lt=self.ends)
        waits = self._waits(facts)
        slow: list[tuple[int, tuple[Any, ...]]] = []
        columns = ("case_id", "round", "lead", "dispatched_at", "signed_at", "sent_back_at", "returned_at", "handler_id", "department_id")
        for row in rows.values_list(
            *columns, "case__fact__site_id", "case__fact__rounds", "case__closed_at", *self._columns("case__fact__")
        ):
            case, round, lead, dispatched, signed, sent_back, returned, person, department, site, rounds, closed, *stratum = row
            to = (_stratum(stratum), site, person, department)
            if dispatched >= self.begins:
                self._add("sent_back", case, sent_back is not None, *to)
            if signed is None or sent_back is not None:
                continue
            self._in_hand(case, lead, signed, returned, site, person, department)
            if returned is None or not self.begins <= returned < self.ends:
                continue
            if lead and (round < rounds or closed):
                self._add("solved", case, round < rounds, *to)
            took = self._took(site, signed, returned, waits[case])
            if took is not None:
                slow.append((took[0] - took[1], (case, *to)))
                for work in self._works(site, person, department):
                    work.handling, work.waiting = work.handling + took[0], work.waiting + took[1]
        self._slow(slow)

    def _slow(self, found: list[tuple[int, tuple[Any, ...]]]) -> None:
        if not found:
            return
        ordered = sorted(minutes for minutes, _ in found)
        limit = ordered[min(len(ordered) - 1, int(SLOWEST * len(ordered)))]
        for minutes, (case, *to) in found:
            self._add("pace", case, minutes > limit, *to)

    def _works(self, site: int, person: int | None, department: int) -> Iterator[Work]:
        if person:
            yield self.work[PERSON, person][site, department]
        yield self.work[DEPARTMENT, department][site, department]

    def _in_hand(self, case: int, lead: bool, signed: datetime, returned: datetime | None, site: int, *whose: Any) -> None:
        begins, ends = max(signed, self.begins), min(returned or self.ends, self.ends)
        for work in self._works(site, *whose):
            work.minutes += max(0.0, (ends - begins).total_seconds() / 60)
            if self.begins <= signed < self.ends:
                work.taken.add(case)
                if not lead:
                    work.helped.add(case)

    # What others were waited for

    def _waits(self, facts: Any) -> dict[int, list[Span]]:
        """When each case stood still for somebody else: the customer, an approval, another department's task."""
        cases, found = facts.values("case"), defaultdict(list)
        for case, start, end in Pause.objects.filter(case__in=cases).values_list("case_id", "began_at", "ended_at"):
            found[case].append((start, end or self.ends))
        for case, start, end in Proposal.objects.filter(case__in=cases).exclude(approver="").values_list("case_id", "at", "decided_at"):
            found[case].append((start, end or self.ends))
        tasks = Task.objects.filter(case__in=cases, dropped_at__isnull=True, part__isnull=False, department__isnull=False)
        tasks = tasks.exclude(department=F("part__department"))
        for case, start, end in tasks.values_list("case_id", "asked_at", "done_at"):
            found[case].append((start, end or self.ends))
        return found

    def _took(self, site: int, signed: datetime, returned: datetime, waits: list[Span]) -> tuple[int, int] | None:
        """(minutes in opening hours from signing to returning, of which waiting); None beyond the calendar."""
        hours = time_of(self._sites[site], "office")
        try:
            whole = hours.between(signed, returned) // 60
            return whole, sum(hours.between(start, end) // 60 for start, end in united(waits, signed, returned))
        except TimeRefused:
            return None

    @property
    def _sites(self) -> dict[int, Site]:
        if not hasattr(self, "_known"):
            self._known = {site.pk: site for site in Site.objects.filter(company=self.company)}
            for site in self._known.values():
                site.company = self.company
        return self._known


def how_many(company: Company, period: Period) -> int:
    """How many cases came in the period: about as many are read one by one. One query."""
    return CaseFact.objects.filter(company=company, received_day__range=(period.first, period.last)).count()


def united(spans: list[Span], begin: datetime, end: datetime) -> list[Span]:
    """The spans within begin … end, those that overlap put together."""
    found: list[Span] = []
    for start, stop in sorted((max(start, begin), min(stop, end)) for start, stop in spans):
        if start >= stop:
            continue
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], stop)
        else:
            found.append((start, stop))
    return found


def _stratum(values: list[Any]) -> Stratum:
    return tuple(str(value) for value in values)
