"""What is told whatever chance says or for other reasons than clusters: thresholds of the pack, silence of a site, graver complaints."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from kesu.procedure.lintwatching import days as days_of
from kesu.procedure.watching import Indicator, Watch
from kesu.warnings.scanning.history import Event
from kesu.warnings.scanning.signal import GAP, GRAVER, NEAR, SILENCE, THRESHOLD, Signal
from kesu.warnings.scanning.usual import BUCKET, FEWEST, Usual, series
from kesu.warnings.statistics.rare import short_gaps_a_year, silences_a_year
from kesu.warnings.statistics.scan import A_YEAR, HALF, Known, known_from, shares_a_year

MONTH = A_YEAR / 12  # days
HABIT = 2  # as long silences before that make it a habit of the place; a single one may have been a failure as well
RARE = 30  # days between events from which a gap says more than a window
HALF_A_DAY = 0.5  # moments whose days differ by d lie less than d and a half apart, on average
GAP_FRESH = 7  # days for which the end of a short gap is told
SEVERITY = 1 / 2  # of the budget of severity for its share among all complaints, the rest for rare grave ones
TRAITS = {"categories": "category", "grades": "grade", "natures": "nature", "channels": "channel"}


def silence(usual: Usual, rules: Watch) -> Signal | None:
    """A site that stopped reporting: so long a gap comes by chance less often than `silence` years, nor came oftener than that before.

    Whole days are counted: on the day of the scan it is morning. Weekends and holidays without complaints are in the history.
    """
    events = usual.events
    if rules.silence is None or len(events) < FEWEST:
        return None
    last, over = events[-1].day, usual.last - 1
    earlier, gap = usual.exposure(events[0].day + 1, last), usual.exposure(last + 1, over)
    if earlier <= 0 or gap <= 0:
        return None
    known = known_from(len(events) - 1, earlier)
    chance = silences_a_year(known, gap, A_YEAR * usual.a_day, usual.spread)
    before = _gaps_before(usual, over - last)
    if before >= HABIT:
        chance = max(chance, before / (last - events[0].day) * A_YEAR)
    if chance > 1 / rules.silence:
        return None
    extra = {"gap": over - last, "usual": round((last - events[0].day) / (len(events) - 1), 2), "series": _series(usual, events)}
    return Signal(SILENCE, usual.place.site, "", "", last + 1, usual.last, 0, round(known.rate * gap, 2), chance, (), extra=extra)


def _gaps_before(usual: Usual, days: int) -> int:
    """How often there were so many days or more without a complaint before, though something was served."""
    found = [event.day for event in usual.events]
    return sum(b - a > days and usual.exposure(a + 1, b - 1) > 0 for a, b in zip(found, found[1:], strict=False))


def graver(usual: Usual, rules: Watch, grave: int) -> Signal | None:
    """Rising severity: of the last complaints more are at least so grave (rank) than of those before."""
    days, budget = [event.day for event in usual.events], SEVERITY / rules.once_in
    found: list[Signal] = []
    for text in rules.windows:
        start = usual.last - days_of(text) + 1
        split = bisect_left(days, start)
        before, inside = usual.events[:split], usual.events[split:]
        now = [event for event in inside if event.rank >= grave]
        earlier = sum(event.rank >= grave for event in before)
        if len(now) < rules.least or len(before) < FEWEST:
            continue
        chance = shares_a_year(len(now), len(inside), earlier, len(before), days_of(text)) * len(rules.windows)
        if chance <= budget:
            extra: dict[str, Any] = {"of": len(inside), "before": earlier, "before_of": len(before)}
            extra["series"] = _series(usual, [event for event in usual.events if event.rank >= grave], days_of(text))
            cases, expected = tuple(event.id for event in now), round(len(inside) * (earlier + 0.5) / (len(before) + 1), 2)
            found.append(
                Signal(GRAVER, usual.place.site, "", "", start, usual.last, len(now), expected, chance, cases, _customers(now), extra=extra)
            )
    return min(found, key=lambda signal: signal.a_year or 0.0, default=None)


def grave_again(usual: Usual, rules: Watch, grave: int) -> Signal | None:
    """Two grave complaints of different customers so soon after each other, where such ones are rare. Of each rank from `grave` on: the
    gravest are not to hide among those that are merely grave. Two are enough, unlike elsewhere: how little is known of so rare a thing is
    counted, and after two of them nobody may wait for a third."""
    if len(usual.events) < FEWEST or usual.a_day <= 0:
        return None
    ranks = sorted({event.rank for event in usual.events if event.rank >= grave})
    told = [signal for rank in ranks if (signal := _again(usual, rank, len(ranks)))]
    best = min(told, key=lambda signal: signal.a_year or 0.0, default=None)
    return best if best and (best.a_year or 0.0) <= (1 - SEVERITY) / rules.once_in else None


def _again(usual: Usual, rank: int, ranks: int) -> Signal | None:
    events = [event for event in usual.events if event.rank >= rank]
    events = [event for n, event in enumerate(events) if n == 0 or event.customer != events[n - 1].customer]
    if len(events) < 2 or usual.last - events[-1].day >= GAP_FRESH:
        return None
    one_before, last, n = events[-2], events[-1], len(events) - 2
    known = Known(n + HALF, usual.exposure(usual.first, one_before.day))
    if known.exposure / known.events < RARE:
        return None
    gap = usual.exposure(one_before.day + 1, last.day) + HALF_A_DAY
    chance = short_gaps_a_year(known, gap, A_YEAR * usual.a_day) * ranks
    extra: dict[str, Any] = {"gap": last.day - one_before.day, "series": _series(usual, events, 91)}
    before = one_before.day - usual.first
    extra |= {"usual": round(before / n)} if n else {"none_for": before}
    cases = (one_before.id, last.id)
    return Signal(GAP, usual.place.site, "rank", str(rank), one_before.day, usual.last, 2, None, chance, cases, 2, extra=extra)


def thresholds(usual: Usual, rules: Watch) -> Iterator[Signal]:
    """Every indicator of the pack that is reached, or nearly."""
    for row in rules.indicators:
        start = usual.last - days_of(row.within) + 1
        events = [event for event in usual.place.events if start <= event.day <= usual.last and _counts(row, event)]
        if row.rate is not None:
            yield from _rate(usual, row, start, events)
            continue
        assert row.count is not None  # lint: either a count or a rate
        reached = {value: group for value, group in _groups(row, events).items() if len(group) >= min(row.count, row.near or row.count)}
        before = _groups(row, [event for event in usual.events if _counts(row, event)]) if reached else {}
        for value, group in reached.items():
            yield _reached(usual, row, value, start, group, before.get(value, []))


def _counts(row: Indicator, event: Event) -> bool:
    return all(not (wanted := getattr(row, key)) or event.traits.get(trait) in wanted for key, trait in TRAITS.items())


def _groups(row: Indicator, events: list[Event]) -> dict[str, list[Event]]:
    if row.per is None:
        return {"": events}
    found: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        values = {event.customer} if row.per == "customer" else {value for kind, value in event.keys if kind == row.per}
        for value in values - {""}:
            found[value].append(event)
    return found


def _reached(usual: Usual, row: Indicator, value: str, start: int, group: list[Event], ever: list[Event]) -> Signal:
    assert row.count is not None
    kind = THRESHOLD if len(group) >= row.count else NEAR
    extra: dict[str, Any] = {"indicator": row.id, "limit": row.count, "days": days_of(row.within)}
    extra["series"] = _counted(usual, ever, days_of(row.within))
    cases = tuple(event.id for event in group)
    return Signal(
        kind, usual.place.site, row.per or "", value, start, usual.last, len(group), None, None, cases, _customers(group), extra=extra
    )


def _rate(usual: Usual, row: Indicator, start: int, events: list[Event]) -> Iterator[Signal]:
    """More than so many for each unit a month. Where no exposure was entered there is no rate, and nothing is told."""
    units = [n for month, n in (usual.place.measured or {}).items() if month >= _month(start) and month <= _month(usual.last)]
    if not units or sum(units) <= 0:
        return
    rate = len(events) / (days_of(row.within) / MONTH) / (sum(units) / len(units)) * row.per_units
    if row.rate is not None and rate > row.rate:
        extra = {"indicator": row.id, "limit": row.rate, "days": days_of(row.within), "rate": round(rate, 3)}
        extra["series"] = _counted(usual, [event for event in usual.events if _counts(row, event)], days_of(row.within))
        cases = tuple(event.id for event in events)
        yield Signal(
            THRESHOLD, usual.place.site, "", "", start, usual.last, len(events), None, None, cases, _customers(events), extra=extra
        )


def _month(day: int) -> tuple[int, int]:
    found = date.fromordinal(day)
    return found.year, found.month


def _series(usual: Usual, events: list[Event], length: int = BUCKET) -> dict[str, Any]:
    return series(usual, [event.day for event in events], length)


def _counted(usual: Usual, events: list[Event], length: int) -> dict[str, Any]:
    """The counts alone: a threshold is passed whatever is usual, and what is usual of one customer nobody can tell."""
    found = _series(usual, events, length)
    return found | {key: [None] * len(found["n"]) for key in ("usual", "limits")} if found else found


def _customers(events: list[Event]) -> int:
    return len({event.customer for event in events})
