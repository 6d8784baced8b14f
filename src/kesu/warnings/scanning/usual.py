"""What is usual at a site: its days weighed by exposure and season, its spread beyond chance, and what a window may be compared with."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

from kesu.procedure.lintwatching import days as days_of
from kesu.procedure.watching import Watch
from kesu.warnings.scanning.history import Event, Place, month_of
from kesu.warnings.statistics.charts import FEWEST as STRETCHES
from kesu.warnings.statistics.charts import Period, sigma_z, u_chart
from kesu.warnings.statistics.seasons import YEARS, month_factors

SHOWN = 26  # stretches on a chart
BUCKET = 28  # days over which counts are compared for their spread
FEWEST = 8  # complaints in the history with which something usual can be told
SCATTER = 2.6  # variance of an estimated spread, times the number of stretches it rests on
RECENT = 4  # stretches left out of it: what is looked at must not hide itself
MOST_SPREAD = 4.0  # times the variance of chance; beyond that the history itself holds a scandal


@dataclass(frozen=True)
class Usual:
    """A site's history up to `last` (the day of the scan). Exposure is in weighed days: an average day of an average month is 1."""

    place: Place
    first: int
    last: int
    weights: tuple[float, ...]
    missing: tuple[tuple[int, int], ...]
    seasonal: bool

    @cached_property
    def _sums(self) -> list[float]:
        return [0.0, *accumulate(self.weights)]

    def exposure(self, first: int, last: int) -> float:
        """The weighed days from one day to another, both included."""
        a, b = max(first, self.first) - self.first, min(last, self.last) - self.first + 1
        return self._sums[b] - self._sums[a] if b > a else 0.0

    @cached_property
    def events(self) -> list[Event]:
        """Those within the history, by day."""
        days = [event.day for event in self.place.events]
        return self.place.events[bisect_left(days, self.first) : bisect_right(days, self.last)]

    @cached_property
    def a_day(self) -> float:
        """What an average day now weighs (of the last 28 days)."""
        return self.exposure(self.last - BUCKET + 1, self.last) / BUCKET

    @cached_property
    def spread(self) -> float:
        """How many times the variance of counts exceeds that of chance, without the last stretches."""
        return spread_in(buckets(self, [event.day for event in self.events])[:-RECENT])

    def spread_of(self, n: int) -> float:
        """That of a part with so many of the events: what is shared by all of them widens a part in proportion to its size."""
        whole = len(self.events)
        return 1 + (self.spread - 1) * n / whole if whole else 1.0


def spread_in(periods: Sequence[Period]) -> float:
    """How many times the variance of counts exceeds that of chance; at least 1. What a short history may show by chance alone is taken
    back: the less is known, the more."""
    found = [row for row in periods if row.exposure > 0]
    if not found:
        return 1.0
    more = max(0.0, sigma_z(found) ** 2 - 1)
    return min(MOST_SPREAD, 1 + more**3 / (more**2 + SCATTER / len(found))) if more else 1.0


def buckets(usual: Usual, days: Sequence[int], length: int = BUCKET) -> list[Period]:
    """Counts and exposure in stretches of so many days, the newest ends with the day of the scan; a shorter one at the start is dropped."""
    found, end = [], usual.last
    while end - length + 1 >= usual.first:
        n = bisect_right(days, end) - bisect_left(days, end - length + 1)
        found.append(Period(n, usual.exposure(end - length + 1, end)))
        end -= length
    return found[::-1]


def series(usual: Usual, days: Sequence[int], length: int) -> dict[str, Any]:
    """For a chart: counts of the last stretches of so many days with their limits, oldest first; `from` is the first day of the first.
    A limit needs stretches enough before the window, and something that happened in them."""
    stretch = 7 if length <= BUCKET else BUCKET
    shown = buckets(usual, days, stretch)[-SHOWN:]
    told = len(shown) - max(1, length // stretch)
    try:
        chart = u_chart(shown, history=max(1, told))
    except ValueError:
        return {}
    sure = told >= STRETCHES and chart.middle > 0
    edges = [limit and [round(end * row.exposure, 2) for end in limit] for limit, row in zip(chart.limits, shown, strict=True)]
    return {
        "days": stretch,
        "from": usual.last - len(shown) * stretch + 1,
        "n": [row.n for row in shown],
        "usual": [round(chart.middle * row.exposure, 2) for row in shown],
        "limits": edges if sure else [None] * len(edges),
    }


def usual_of(place: Place, season: dict[int, float] | None, as_of: int, rules: Watch) -> Usual:
    """What is usual at a place. Its history begins when it is known to be open: with its first complaint, which then does not count."""
    first = max(place.since, as_of - days_of(rules.history) + 1)
    weights, missing = place.weights(first, as_of) if first <= as_of else ([], [])
    if season:
        weights = [weight * season[month_of(first + n)] for n, weight in enumerate(weights)]
    return Usual(place, first, as_of, tuple(weights), tuple(missing), bool(season))


def season_of(places: Sequence[Place], as_of: int, rules: Watch) -> dict[int, float] | None:
    """Month-of-year factors over all sites together; None while there are less than two whole years, when a season cannot be told."""
    years = min(YEARS, days_of(rules.history) // 365)
    whole = 365 * years
    seen: dict[int, float] = dict.fromkeys(range(1, 13), 0.0)
    expected: dict[int, float] = dict.fromkeys(range(1, 13), 0.0)
    kept = [place for place in places if place.since <= as_of - whole + 1]
    if years < YEARS or not kept:
        return None
    for place in kept:
        weights, _ = place.weights(as_of - whole + 1, as_of)
        events = [event for event in place.events if as_of - whole < event.day <= as_of]
        rate = len(events) / sum(weights) if sum(weights) else 0.0
        for n, weight in enumerate(weights):
            expected[month_of(as_of - whole + 1 + n)] += weight * rate
        for event in events:
            seen[month_of(event.day)] += 1
    return month_factors(seen, expected)
