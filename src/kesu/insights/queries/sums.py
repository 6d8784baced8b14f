"""Adding up roll-ups: a few rows per question, whatever the number of cases. What is due later than now is not counted yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, Sum

from kesu.insights.cells import DAILY, KINDS
from kesu.insights.coverage import Coverage
from kesu.insights.models import ClockFact, Tally, VisitFact
from kesu.insights.periods import DAY, Period, today

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


def several(cover: Coverage, period: Period, at: datetime, kinds: Sequence[str]) -> dict[str, Numbers]:
    """The whole of several kinds, in as few questions as one."""
    found = grouped(cover, period, at, kinds, "", ())
    return {kind: found[kind].get(("",), dict.fromkeys(KINDS[kind], 0)) for kind in kinds}


def grouped(
    cover: Coverage, period: Period, at: datetime, kinds: Sequence[str], dimension: str = "", by: Sequence[str] = ()
) -> dict[str, dict[tuple[Any, ...], Numbers]]:
    """kind → (value of the dimension, *columns of `by`: site, department, period) → numbers."""
    found: dict[str, dict[tuple[Any, ...], Numbers]] = {kind: defaultdict(lambda: dict.fromkeys(_names(kinds), 0)) for kind in kinds}
    past = period.last < (today(cover.company.zone, at) if dimension in DAILY else today(cover.company.zone, at).replace(day=1))
    plain = [kind for kind in kinds if past or kind not in BY_DUE]
    if plain:
        _read(found, cover, period, plain, dimension, by)
    if due := [kind for kind in kinds if kind not in plain]:
        _due(found, cover, period, at, due, dimension, by)
    return {
        kind: {key: {name: row[name] for name in KINDS[kind]} for key, row in rows.items() if any(row.values())}
        for kind, rows in found.items()
    }


def _names(kinds: Sequence[str]) -> list[str]:
    return [name for kind in kinds for name in KINDS[kind]]


def _read(found: Any, cover: Coverage, period: Period, kinds: Sequence[str], dimension: str, by: Sequence[str]) -> None:
    if cover.nothing:
        return
    wanted = Q()
    for segment in period.segments():
        if segment.grain == "d" and dimension not in DAILY:
            raise ValueError(ONLY_MONTHS)
        wanted |= Q(grain=segment.grain, period__range=(segment.first, segment.last))
    rows = Tally.objects.filter(cover.tallies(), wanted, kind__in=kinds, dimension=dimension).order_by()
    numbers = {f"s{n}": Sum(f"n{n}") for n in range(max(len(KINDS[kind]) for kind in kinds))}
    for row in rows.values("kind", "value", *by).annotate(**numbers):
        into = found[row["kind"]][(row["value"], *(row[name] for name in by))]
        for n, name in enumerate(KINDS[row["kind"]]):
            into[name] += int(row[f"s{n}"])


def _due(found: Any, cover: Coverage, period: Period, at: datetime, kinds: Sequence[str], dimension: str, by: Sequence[str]) -> None:
    """Up to yesterday (of a dimension that is kept by the month: up to last month) from roll-ups, from then on up to now from facts."""
    now = today(cover.company.zone, at)
    turn = now if dimension in DAILY else now.replace(day=1)
    if past := period.until(turn - DAY):
        _read(found, cover, past, kinds, dimension, by)
    first = max(period.first, turn)
    if first > period.last or first > now or cover.nothing:
        return
    rows = ClockFact.objects.filter(cover.rows(), due_at__lte=at, due_day__range=(first, period.last), case__fact__counted=True)
    rows = rows.exclude(state="paused").order_by()
    if "clock" in kinds:
        _fresh_clocks(found["clock"], rows, dimension, by)
    if "visit" in kinds:
        _fresh_visits(found["visit"], rows.filter(duty="visit", own=True), dimension, by)


def _of_facts(dimension: str, by: Iterable[str]) -> list[str]:
    columns = {"site": "site_id", "department": "department_id", "period": "due_day"}
    own: str | None = COLUMN[dimension]
    return [*([own] if own else []), *(columns[name] for name in by)]


def _key(row: dict[str, Any], dimension: str, by: Sequence[str]) -> tuple[Any, ...]:
    columns = {"site": row.get("site_id"), "department": row.get("department_id") or 0, "period": row.get("due_day")}
    value = "" if not dimension else row[COLUMN[dimension]]
    return ("" if value is None else str(value), *(columns[name] for name in by))


def _fresh_clocks(found: Any, rows: Any, dimension: str, by: Sequence[str]) -> None:
    ended = Q(ended_at__isnull=False)
    counts = {
        "ended": Count("id", filter=ended), "kept": Count("id", filter=Q(kept=True)), "kept_first": Count("id", filter=Q(kept_first=True)),
        "owing": Count("id", filter=~ended), "extended_": Count("id", filter=Q(extended=True)),
    }  # fmt: skip
    group = _of_facts(dimension, by) or ["company_id"]
    for row in rows.values(*group).annotate(**counts):
        into = found[_key(row, dimension, by)]
        for name in KINDS["clock"]:
            into[name] += row["extended_" if name == "extended" else name]


def _fresh_visits(found: Any, rows: Any, dimension: str, by: Sequence[str]) -> None:
    group = _of_facts(dimension, by)
    owed = list(rows.values("case_id", "round", *group))
    tried: dict[tuple[int, int], str] = {}
    told = VisitFact.objects.filter(case__in=rows.values("case_id")).order_by("at", "id").values_list("case_id", "round", "outcome", "last")
    for case, number, outcome, last in told:
        if last or (case, number) not in tried:
            tried[case, number] = outcome if last else "not_reached"
    for row in owed:
        into = found[_key(row, dimension, by)]
        into["owed"] += 1
        if (row["case_id"], row["round"]) in tried:
            into[tried[row["case_id"], row["round"]]] += 1


def open_at_end(cover: Coverage, days: Sequence[Any]) -> dict[Any, int]:
    """How many were open at the end of each of these days: everything that was opened by then less what was closed."""
    if cover.nothing or not days:
        return {}
    start = min(days).replace(day=1)
    rows = Tally.objects.filter(cover.tallies(), kind="flow", dimension="").order_by()
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
