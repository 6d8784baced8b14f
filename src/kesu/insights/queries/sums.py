"""Adding up roll-ups: a few rows per question, whatever the number of cases.

What is due later than now stands in the roll-ups and is not counted yet: it is taken away again, clock by clock. That is read from the
facts, and is what was received lately, however long the history.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet, Sum

from kesu.insights.cells import DAILY, KINDS
from kesu.insights.coverage import Coverage
from kesu.insights.models import ClockFact, Tally, VisitFact
from kesu.insights.periods import DAY, Period, moved, today
from kesu.insights.queries.ties import take_off

Numbers = dict[str, int]
BY_DUE = frozenset(("clock", "visit"))
ONLY_MONTHS = "roll-ups of this dimension are kept by the month"
COLUMN: dict[str, Any] = {  # a dimension as a column of the facts beside clocks
    "": None, "duty": "duty", "rule": "obligation", "category": "case__fact__category", "grade": "case__fact__grade",
    "handler": "case__fact__handler_id",
}  # fmt: skip


def sums(cover: Coverage, period: Period, at: datetime, kind: str, dimension: str = "") -> dict[str, Numbers]:
    """Per value of the dimension ("" alone for the whole) what was counted in the period, by the names of `cells.KINDS`.

    Raises ValueError for a dimension that is kept by the month and a period of other days.
    """
    return {value: row for (value,), row in grouped(cover, period, at, [kind], dimension, ())[kind].items()}


Want = tuple[str, str]  # kind, dimension


def several(cover: Coverage, period: Period, at: datetime, kinds: Sequence[str]) -> dict[str, Numbers]:
    """The whole of several kinds, in as few questions as one."""
    found = asked(cover, period, at, [(kind, "") for kind in kinds])
    return {kind: found[kind, ""].get(("",), dict.fromkeys(KINDS[kind], 0)) for kind in kinds}


def grouped(
    cover: Coverage, period: Period, at: datetime, kinds: Sequence[str], dimension: str = "", by: Sequence[str] = ()
) -> dict[str, dict[tuple[Any, ...], Numbers]]:
    """kind → (value of the dimension, *columns of `by`: site, department, period) → numbers."""
    return {kind: rows for (kind, _), rows in asked(cover, period, at, [(kind, dimension) for kind in kinds], by).items()}


def asked(
    cover: Coverage, period: Period, at: datetime, wants: Sequence[Want], by: Sequence[str] = ()
) -> dict[Want, dict[tuple[Any, ...], Numbers]]:
    """(kind, dimension) → (value, *columns of `by`) → numbers. One question to the roll-ups; to the facts only for what is due later."""
    found: dict[Want, dict[tuple[Any, ...], Numbers]] = {want: defaultdict(partial(_nothing, want[0])) for want in wants}
    if not cover.nothing:
        parts = {want: part for want in wants if (part := period.until(_end(cover, at, want)))}
        _read(found, cover, parts, by)
        if not cover.whole:
            _untie(found, cover, parts, by)
        day = today(cover.company.zone, at)
        for (kind, dimension), part in parts.items():
            if kind in BY_DUE and part.last >= day:
                rows = _later(cover, at, max(part.first, day), part.last)
                (_take_visits if kind == "visit" else _take_clocks)(found[kind, dimension], rows, dimension, by, part)
    return {want: {key: row for key, row in rows.items() if any(row.values())} for want, rows in found.items()}


def _nothing(kind: str) -> Numbers:
    return dict.fromkeys(KINDS[kind], 0)


def _end(cover: Coverage, at: datetime, want: Want) -> date:
    """The last day that is read from roll-ups: of what falls due today's, or this month's where days are not kept."""
    if want[0] not in BY_DUE:
        return date.max
    day = today(cover.company.zone, at)
    return day if want[1] in DAILY else moved(day.replace(day=1), 1) - DAY


def _read(found: Any, cover: Coverage, wants: dict[Want, Period], by: Sequence[str]) -> None:
    if not wants:
        return
    wanted = Q()
    for (kind, dimension), period in wants.items():
        for segment in period.segments():
            if segment.grain == "d" and dimension not in DAILY:
                raise ValueError(ONLY_MONTHS)
            there = Q(
                company_id=cover.company.pk, grain=segment.grain, kind=kind, dimension=dimension
            )  # whole in each: it leads to the index
            wanted |= there & Q(period__range=(segment.first, segment.last))
    rows = Tally.objects.filter(cover.tallies(), wanted).order_by()
    numbers = {f"s{n}": Sum(f"n{n}") for n in range(max(len(KINDS[kind]) for kind, _ in wants))}
    for row in rows.values("kind", "dimension", "value", *by).annotate(**numbers):
        into = found[row["kind"], row["dimension"]][(row["value"], *(row[name] for name in by))]
        for n, name in enumerate(KINDS[row["kind"]]):
            into[name] += int(row[f"s{n}"])


def _untie(found: Any, cover: Coverage, parts: dict[Want, Period], by: Sequence[str]) -> None:
    """Ties that lead out of what the reader may be told of are none (queries.ties)."""
    for (kind, dimension), part in parts.items():
        if kind in ("case", "closed"):
            column = {"": None, "handler": "handler_id"}.get(dimension, dimension)

            def key(day: date, site: int, department: int, value: str, part: Period = part) -> tuple[Any, ...]:
                places = {"site": site, "department": department, "period": _period_of(day, part)}
                return (value, *(places[name] for name in by))

            take_off(found[kind, dimension], cover, kind, column, part, key)


def _later(cover: Coverage, at: datetime, first: date, last: date) -> QuerySet[ClockFact]:
    """What falls due on these days, and later than now."""
    ends = datetime.combine(last + DAY, time.min, ZoneInfo(cover.company.zone))
    # The moments lead to the index, the days say what is meant.
    days: dict[str, Any] = {"due_at__gt": at, "due_at__lt": ends, "due_day__range": (first, last)}
    return ClockFact.objects.filter(cover.rows(), case__fact__counted=True, **days).exclude(state="paused").order_by()


def _of_facts(dimension: str, by: Iterable[str]) -> list[str]:
    columns = {"site": "site_id", "department": "department_id", "period": "due_day"}
    own: str | None = COLUMN[dimension]
    return [*([own] if own else []), *(columns[name] for name in by)]


def _key(row: dict[str, Any], dimension: str, by: Sequence[str], part: Period) -> tuple[Any, ...]:
    columns = {"site": row.get("site_id"), "department": row.get("department_id") or 0}
    if "period" in by:
        columns["period"] = _period_of(row["due_day"], part)
    value = "" if not dimension else row[COLUMN[dimension]]
    return ("" if value is None else str(value), *(columns[name] for name in by))


def _period_of(day: date, part: Period) -> date:
    """The day or month under which that day was read."""
    month = day.replace(day=1)
    return month if any(segment.grain == "m" and segment.first <= month <= segment.last for segment in part.segments()) else day


def _take_clocks(found: Any, rows: Any, dimension: str, by: Sequence[str], part: Period) -> None:
    ended = Q(ended_at__isnull=False)
    counts = {
        "ended": Count("id", filter=ended), "kept": Count("id", filter=Q(kept=True)), "kept_first": Count("id", filter=Q(kept_first=True)),
        "owing": Count("id", filter=~ended), "extended_": Count("id", filter=Q(extended=True)),
    }  # fmt: skip
    group = _of_facts(dimension, by) or ["company_id"]
    for row in rows.values(*group).annotate(**counts):
        into = found[_key(row, dimension, by, part)]
        for name in KINDS["clock"]:
            into[name] -= row["extended_" if name == "extended" else name]


def _take_visits(found: Any, rows: Any, dimension: str, by: Sequence[str], part: Period) -> None:
    rows, group = rows.filter(duty="visit", own=True), _of_facts(dimension, by)
    owed = list(rows.values("case_id", "round", *group))
    tried: dict[tuple[int, int], str] = {}
    told = VisitFact.objects.filter(case__in=rows.values("case_id")).order_by("at", "id").values_list("case_id", "round", "outcome", "last")
    for case, number, outcome, last in told:
        if last or (case, number) not in tried:
            tried[case, number] = outcome if last else "not_reached"
    for row in owed:
        into = found[_key(row, dimension, by, part)]
        into["owed"] -= 1
        if (row["case_id"], row["round"]) in tried:
            into[tried[row["case_id"], row["round"]]] -= 1


def open_at_end(cover: Coverage, days: Sequence[Any]) -> dict[Any, int]:
    """How many were open at the end of each of these days: everything that was opened by then less what was closed."""
    if cover.nothing or not days:
        return {}
    start = min(days).replace(day=1)
    rows = Tally.objects.filter(cover.tallies(), company_id=cover.company.pk, kind="flow", dimension="").order_by()
    before = rows.filter(grain="m", period__lt=start).aggregate(n=Sum(F("n0") - F("n1")))["n"] or 0
    by_day = dict(
        rows.filter(grain="d", period__range=(start, max(days)))
        .values("period")
        .annotate(n=Sum(F("n0") - F("n1")))
        .values_list("period", "n")
    )
    found, n, day = {}, int(before), start
    wanted = set(days)
    while day <= max(days):
        n += int(by_day.get(day, 0))
        if day in wanted:
            found[day] = n
        day += DAY
    return found
