"""Figures of days that are over, as they stood earlier by what is known now: `insights.asof` over the cases that changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet

from kesu.complaints.models import Case, JournalEntry
from kesu.insights.asof import as_of
from kesu.insights.cells import KINDS, Sheet
from kesu.insights.coverage import Coverage
from kesu.insights.deriving import derive
from kesu.insights.kpis import Kpi
from kesu.insights.models import CaseFact, ClockFact, StepFact, VisitFact
from kesu.insights.periods import DAY, Period
from kesu.insights.queries.telling import Reader, pieces
from kesu.insights.queries.ties import untied

PIECE = 200
OVERLAP = 1000  # entries: whoever wrote at that moment may have had earlier numbers than what was counted


@dataclass
class Later:
    """By how much the figures were less, or more, before what was done since."""

    sums: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    duties: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))

    def of(self, kpi: Kpi) -> tuple[int, int]:
        """(above, below) the line, to be added to what they are now."""
        if kpi.tally == "clock":
            rows = [row for duty, row in self.duties.items() if kpi.duty in ("", duty)]
        else:
            rows = [self.sums[kpi.tally], *([self.sums["case"]] if kpi.tally == "more" else [])]
        return self._sum(rows, kpi.over), self._sum(rows, kpi.under)

    @staticmethod
    def _sum(rows: list[dict[str, int]], names: tuple[str, ...]) -> int:
        found = 0
        for name in names:
            for row in rows:
                found += row["owed"] - row["content"] - row["not_content"] if name == "unrated" else row[name]
        return found


def later(cover: Coverage, period: Period, at: datetime, entries: int) -> Later:
    """What was done after `at` to cases of these days. `entries`: the number of the last entry of any journal that was counted then."""
    found, reader = Later(), Reader(cover.company)
    for ids in pieces(_changed(cover, period, at, entries), PIECE):
        received = _received(ids)
        sheet = Sheet()
        for told in untied(cover, reader.told(ids)):
            sheet.take(derive(as_of(told, at, received)))
            sheet.take(derive(told), -1)
        for (grain, kind, dimension, day, *_place, value), numbers in sheet.cells.items():
            if grain == "d" and period.first <= day <= period.last:
                _add(found, kind, dimension, value, numbers)
    return found


def _add(found: Later, kind: str, dimension: str, value: str, numbers: list[int]) -> None:
    into = found.duties[value] if dimension == "duty" else found.sums[kind]
    if dimension == "duty" or (dimension == "" and kind != "clock"):
        for name, n in zip(KINDS[kind], numbers, strict=False):
            into[name] += n


def _changed(cover: Coverage, period: Period, at: datetime, entries: int) -> Iterator[int]:
    """Of what counts in these days the cases that were written in since, or came again. Each part by an index of its own: what else
    lies in the archive is not read."""
    days, zone = (period.first, period.last), ZoneInfo(cover.company.zone)
    moments = datetime.combine(period.first, time.min, zone), datetime.combine(period.last + DAY, time.min, zone)
    facts = CaseFact.objects.filter(cover.rows())
    received, closed = facts.filter(received_day__range=days), facts.filter(closed_day__range=days)
    parts: list[QuerySet[Any]] = [
        received,
        closed,
        ClockFact.objects.filter(cover.rows(), due_at__range=moments, due_day__range=days),
        VisitFact.objects.filter(cover.rows(), day__range=days),
        StepFact.objects.filter(cover.rows(), step="close", left_day__range=days),  # closed then, in whatever round
        facts.filter(old_record=True, rounds__gt=1),  # of these no steps are known
    ]
    written = Exists(JournalEntry.objects.filter(case=OuterRef("case"), pk__gt=entries - OVERLAP))
    again = Exists(Case.objects.filter(pk=OuterRef("repeated"), received_at__gt=at))
    found = {pk for part in parts for pk in part.filter(written).values_list("case_id", flat=True)}
    found |= {pk for part in (received, closed) for pk in part.filter(again).values_list("case_id", flat=True)}
    for ids in pieces(sorted(found), PIECE):
        # No company: it would lead to the index of everything received.
        yield from sorted(CaseFact.objects.filter(case__in=ids, received_at__lte=at).values_list("case_id", flat=True))


def _received(ids: list[int]) -> dict[int, datetime]:
    """When the cases came that repeat these."""
    again = CaseFact.objects.filter(case__in=ids, repeated__isnull=False).values("repeated")
    return dict(Case.objects.filter(pk__in=again).values_list("pk", "received_at"))
