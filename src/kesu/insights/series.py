"""Counts over time, for looking at trends: per day, week or month × site × category, cause, person or paper, and their exposure.

Of what was received (merged cases count where they went on). A week is named by its Monday, a month by its first day. Weeks and months
that have begun before the first day or end after the last one are not given: a part of a week is no week.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from django.db.models import QuerySet

from kesu.company.models import Company
from kesu.company.rights import Rights
from kesu.complaints.models import Complained, Reference
from kesu.insights.coverage import Coverage
from kesu.insights.models import CaseFact, Exposure
from kesu.insights.periods import DAY, moved

Grain = Literal["day", "week", "month"]
COLUMNS = {
    "": None, "category": "category", "cause": "cause", "channel": "channel", "grade": "grade", "nature": "nature", "handler": "handler_id",
    "hour": "hour",
}  # fmt: skip


@dataclass(frozen=True)
class Point:
    """So many cases received from `start` on, one grain long. `exposure`: of the site in that month (for days and weeks: its share by
    days, of a flow; a stock as it is), None where it was not entered."""

    start: date
    site: int
    value: str
    received: int
    complaints: int
    valid: int
    exposure: float | None


def series(
    reader: Rights | Company | Coverage, first: date, last: date, grain: Grain, dimension: str = "", measure: str = "", kind: str = "flow"
) -> list[Point]:
    """Every point with at least one case, in order of time, site, value. `dimension`: "", category, cause, channel, grade, nature, handler,
    hour, against (person complained of), paper:KIND (a paper of the pack, such as a device or an order, by its number).

    `measure` and `kind`: a row of the pack's figures.measures. Three queries. ValueError for a dimension that there is not.
    """
    cover = reader if isinstance(reader, Coverage) else Coverage.of(reader)
    if cover.nothing:
        return []
    counts: dict[tuple[date, int, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for day, site, value, complaint, valid in _rows(cover, first, last, dimension):
        start = begins(day, grain)
        if start < first or ends(start, grain) > last:
            continue
        row = counts[start, site, value]
        row[0], row[1], row[2] = row[0] + 1, row[1] + complaint, row[2] + valid
    entered = _entered(cover, measure)
    return [
        Point(start, site, value, n, complaints, valid, _exposure(entered, site, start, grain, kind))
        for (start, site, value), (n, complaints, valid) in sorted(counts.items())
    ]


def begins(day: date, grain: Grain) -> date:
    """The first day of its week or month; a day is its own."""
    if grain == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if grain == "week" else day


def ends(start: date, grain: Grain) -> date:
    """The last day of what begins there."""
    return moved(start, 1) - DAY if grain == "month" else start + timedelta(days=6 if grain == "week" else 0)


def _rows(cover: Coverage, first: date, last: date, dimension: str) -> Iterator[tuple[date, int, str, bool, bool]]:
    facts = CaseFact.objects.filter(cover.rows(), counted=True, received_day__range=(first, last)).order_by()
    if dimension == "against" or dimension.startswith("paper:"):
        yield from _named(facts, dimension)
        return
    if dimension not in COLUMNS:
        raise ValueError(dimension)
    column = COLUMNS[dimension]
    names = ["received_day", "site_id", *([column] if column else []), "complaint", "valid"]
    for day, site, *value, complaint, valid in facts.values_list(*names).iterator(chunk_size=5000):
        yield day, site, "" if not value or value[0] is None else str(value[0]), complaint, valid


def _named(facts: QuerySet[CaseFact], dimension: str) -> Iterator[tuple[date, int, str, bool, bool]]:
    """Each case once for each person or paper that it names."""
    if dimension == "against":
        rows = Complained.objects.filter(dropped_at__isnull=True, person__isnull=False)
        column = "person_id"
    else:
        rows = Reference.objects.filter(kind=dimension.partition(":")[2])  # type: ignore[assignment]
        column = "number"
    names = ("case__fact__received_day", "case__fact__site_id", column, "case__fact__complaint", "case__fact__valid")
    for day, site, value, complaint, valid in rows.filter(case__fact__in=facts).order_by().values_list(*names).distinct():
        yield day, site, str(value), complaint, valid


def _entered(cover: Coverage, measure: str) -> dict[tuple[int, date], int]:
    if not measure:
        return {}
    rows = Exposure.objects.filter(company=cover.company, measure=measure, site__in=cover.site_ids())
    return {(site, month): n for site, month, n in rows.values_list("site_id", "month", "n")}


def _exposure(entered: dict[tuple[int, date], int], site: int, start: date, grain: Grain, kind: str) -> float | None:
    days = [start + n * DAY for n in range((ends(start, grain) - start).days + 1)]
    total = 0.0
    for month in sorted({day.replace(day=1) for day in days}):
        n = entered.get((site, month))
        if n is None:
            return None
        inside = sum(day.replace(day=1) == month for day in days)
        share = inside / ((moved(month, 1) - month).days if kind == "flow" else len(days))
        total += n * share
    return total
