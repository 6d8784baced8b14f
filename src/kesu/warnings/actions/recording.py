"""What a scan found becomes warnings: the same cluster is one warning that grows; what was closed comes back only when it is worse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from kesu.company.models import Company
from kesu.company.standing import standing
from kesu.warnings.actions.road import WarningRoad, owners
from kesu.warnings.models import Warning, WarningCase
from kesu.warnings.models.warnings import ANSWERED, CLOSED, OPEN, TAKEN
from kesu.warnings.scanning.history import ALL
from kesu.warnings.scanning.scan import SAME
from kesu.warnings.scanning.signal import CLUSTER, GAP, SILENCE, Found, Signal

CALM = timedelta(days=7)  # an answered warning that was not unusual for so long closes by itself
REMEMBERED = timedelta(days=365)  # closed ones are compared with for so long
WORSE = 2.0  # how many times rarer by chance, or how many times as long a silence, makes a closed one come back


@dataclass
class Known:
    """A warning with the ids of its cases."""

    row: Warning
    cases: set[int]

    def is_of(self, signal: Signal) -> bool:
        """Whether the signal tells of the same."""
        if self.row.subject == signal.subject:
            return True
        place = self.row.site_id or ALL
        clusters = {CLUSTER, GAP}
        return place == signal.site and {self.row.kind, signal.kind} <= clusters and _shared(self.cases, signal.cases) >= SAME

    def worse(self, signal: Signal) -> bool:
        """Whether it is worse than when it was answered or closed."""
        then = self.row.figures.get("then", {})
        if signal.kind == SILENCE:
            return bool(signal.extra["gap"] >= WORSE * (then.get("gap") or self.row.figures.get("gap", 0)))
        if signal.observed <= then.get("observed", self.row.observed):
            return False
        before = then.get("a_year", self.row.a_year)
        return signal.a_year is None or before is None or signal.a_year * WORSE <= before

    def is_over(self, signal: Signal) -> bool:
        """Whether the signal is of other complaints altogether, or of a silence that began after this one had ended."""
        if signal.kind == SILENCE:
            return signal.first > self.row.last.toordinal()
        return bool(signal.cases) and not self.cases & set(signal.cases)


def _shared(one: set[int], other: Iterable[int]) -> float:
    rest = set(other)
    least = min(len(one), len(rest))
    return len(one & rest) / least if least else 0.0


def record(company: Company, found: Found, day: date, at: datetime) -> list[Warning]:
    """Store what the scan of this day found; the warnings that are new. One transaction, the company locked: two scans never cross."""
    with transaction.atomic():
        company = Company.objects.select_for_update().get(pk=company.pk)
        version = standing(company).version_on(day)
        rows = Warning.objects.filter(company=company).exclude(state=CLOSED, closed_at__lt=at - REMEMBERED).order_by("-n")
        known = [Known(row, set()) for row in rows]
        by_id = {one.row.pk: one for one in known}
        for warning, case in WarningCase.objects.filter(warning__in=list(by_id)).values_list("warning_id", "case_id"):
            by_id[warning].cases.add(case)
        for one in known:
            one.row.company = company
        new = []
        for signal in found.signals:
            row = _take(company, version, known, signal, day, at)
            if row is not None:
                known.insert(0, Known(row, set(signal.cases)))
                new.append(row)
        _calm([one.row for one in known if one.row.state == ANSWERED], day, at)
        return new


def _take(company: Company, version: int, known: list[Known], signal: Signal, day: date, at: datetime) -> Warning | None:
    open_one = next((one for one in known if one.row.state != CLOSED and one.is_of(signal)), None)
    if open_one:
        if open_one.row.seen_on <= day:
            _grow(open_one, signal, day, at)
        return None
    closed = next((one for one in known if one.row.state == CLOSED and one.is_of(signal)), None)
    if closed and not (closed.worse(signal) or closed.is_over(signal)):
        return None
    return _raise(company, version, signal, closed.row if closed else None, day, at)


def _raise(company: Company, version: int, signal: Signal, again_of: Warning | None, day: date, at: datetime) -> Warning:
    last = Warning.objects.filter(company=company).aggregate(n=Max("n"))["n"] or 0
    row = Warning(company=company, version_id=version, n=last + 1, number=f"YJ-{last + 1:04}", opened_at=at, again_of=again_of)
    row.site_id = signal.site or None
    _figures(row, signal, day)
    road = WarningRoad(row, "raised", at)
    row.role, people = owners(road.standing, row.site_id, road.rules)
    road.owe()
    row.save()
    WarningCase.objects.bulk_create(WarningCase(warning=row, case_id=case, seen_on=day) for case in signal.cases)
    road.journal(observed=row.observed, told=[person.pk for person in people], due=row.due_at.isoformat())
    road.tell(people, "warning")
    road.finish()
    return row


def _grow(one: Known, signal: Signal, day: date, at: datetime) -> None:
    """The same warning the next day: its figures as they are now, its new cases; owed again when it is worse than what was answered."""
    row, fresh = one.row, [case for case in signal.cases if case not in one.cases]
    again = row.state == ANSWERED and one.worse(signal)
    then = row.figures.get("then")
    _figures(row, signal, day)
    if then:
        row.figures["then"] = then
    road = WarningRoad(row, "grew", at)
    if fresh:
        WarningCase.objects.bulk_create(WarningCase(warning=row, case_id=case, seen_on=day) for case in fresh)
        one.cases |= set(fresh)
        road.journal(more=len(fresh), observed=row.observed)
    if again:
        row.state, row.answered_at = (TAKEN if row.person_id else OPEN), None
        road.owe()
        road.tell(road.owing(), "warning_worse")
    road.finish()


def _figures(row: Warning, signal: Signal, day: date) -> None:
    row.subject = row.subject or signal.subject
    row.kind, row.of, row.value = signal.kind, signal.of, signal.value
    row.first, row.last = date.fromordinal(signal.first), date.fromordinal(signal.last)
    row.observed, row.expected, row.a_year, row.customers = signal.observed, signal.expected, signal.a_year, signal.customers
    row.figures = dict(signal.extra)
    row.also = [list(pair) for pair in signal.also]
    row.seen_on = day


def _calm(rows: list[Warning], day: date, at: datetime) -> None:
    for row in rows:
        if day - row.seen_on >= CALM:
            road = WarningRoad(row, "calmed", at)
            shut(row, at)
            road.journal()
            road.finish()


def shut(row: Warning, at: datetime) -> None:
    """Close it, keeping what it was like: it comes back only when it is worse."""
    row.state, row.closed_at, row.next_ring_at = CLOSED, at, None
    remember(row)


def remember(row: Warning) -> None:
    """What it was like when somebody last said something about it."""
    then: dict[str, Any] = {"observed": row.observed, "a_year": row.a_year, "gap": row.figures.get("gap")}
    row.figures = row.figures | {"then": then}
