"""Did it work (B-18)? Complaints before and after a change, set against what was served, season and trend; a ratio with its interval."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kesu.warnings.scanning.history import Place, month_of
from kesu.warnings.scanning.usual import BUCKET, Usual, buckets, spread_in
from kesu.warnings.statistics.intervals import CONFIDENCE, Ratio, rate_ratio
from kesu.warnings.statistics.seasons import Trend, trend

YEAR = 365  # days before the change with which it is compared, at most
SHORTEST = 14  # days after the change before anything is said
FEWEST = 5  # complaints on both sides together
TIMES = 2.0  # from so many times on, a rise is told as times and not in percent
FOR_TREND = 12  # stretches of 28 days before the change, without which a trend is not told from chance


@dataclass(frozen=True)
class Side:
    """One side: days (ordinals, both included), complaints, and how many would be expected at the rate of before."""

    first: int
    last: int
    n: int
    exposure: float

    @property
    def days(self) -> int:
        """How many days."""
        return max(0, self.last - self.first + 1)


@dataclass(frozen=True)
class Effect:
    """What can be said. `why` is empty, or why nothing can: few, short, exposure, early. `minded`: what was taken into account."""

    before: Side | None
    after: Side | None
    ratio: Ratio | None
    why: str = ""
    minded: tuple[str, ...] = ()
    expected: float | None = None  # complaints after, had nothing changed
    series: dict[str, Any] = field(default_factory=dict)


def effect(
    places: Sequence[Place],
    ends: int,
    begins: int,
    as_of: int,
    season: Mapping[int, float] | None,
) -> Effect:
    """Compare up to a year before `ends` (its last day) with `begins` up to the day of asking; days between belong to neither side.

    Several sites count each by its own complaints of before.
    """
    first = max(min((place.since for place in places), default=ends + 1), ends - YEAR + 1)
    if begins > as_of:
        return Effect(None, None, None, "early")
    events = sorted(event.day for place in places for event in place.events)
    weights, minded = _weights(places, first, as_of, season)
    whole = Usual(Place(0, [], first), first, as_of, tuple(weights), (), bool(season))
    slope = _trend(whole, events, ends)
    if slope:
        weights = [weight * math.exp(slope.slope * (first + n - ends)) for n, weight in enumerate(weights)]
        whole, minded = Usual(whole.place, first, as_of, tuple(weights), (), bool(season)), (*minded, "trend")
    before, after = _side(whole, events, first, ends), _side(whole, events, begins, as_of)
    why = _why(before, after)
    drawn = _series(whole, events, ends, begins)
    if why:
        return Effect(before, after, None, why, minded, series=drawn)
    ratio = rate_ratio(before.n, before.exposure, after.n, after.exposure, spread=_spread(whole, events, ends))
    return Effect(before, after, ratio, "", minded, round(before.n / before.exposure * after.exposure, 1), drawn)


def _weights(places: Sequence[Place], first: int, last: int, season: Mapping[int, float] | None) -> tuple[list[float], tuple[str, ...]]:
    found = [0.0] * (last - first + 1)
    for place in places:
        worth = sum(event.day <= last for event in place.events) + 0.5
        own, _ = place.weights(first, last)
        for n, weight in enumerate(own):
            if first + n >= place.since:
                found[n] += weight * worth
    if season:
        found = [weight * season[month_of(first + n)] for n, weight in enumerate(found)]
    measured = bool(places) and all(place.measured for place in places)
    return found, tuple(name for name, is_so in (("exposure", measured), ("season", bool(season))) if is_so)


def _trend(whole: Usual, events: Sequence[int], ends: int) -> Trend | None:
    """The slope a day of what was before, where it is clear."""
    before = Usual(whole.place, whole.first, ends, whole.weights, (), whole.seasonal)
    stretches = buckets(before, events)
    if len(stretches) < FOR_TREND:
        return None
    start = ends - len(stretches) * BUCKET + 1
    points = [(start + (n + 0.5) * BUCKET - ends, float(row.n), row.exposure) for n, row in enumerate(stretches)]
    found = trend(points, _spread(whole, events, ends))
    return found if found and found.clear else None


def _spread(whole: Usual, events: Sequence[int], ends: int) -> float:
    """How many times the variance of the counts before exceeds that of chance."""
    return spread_in(buckets(Usual(whole.place, whole.first, ends, whole.weights, (), whole.seasonal), events))


def _side(whole: Usual, events: Sequence[int], first: int, last: int) -> Side:
    return Side(first, last, sum(first <= day <= last for day in events), whole.exposure(first, last))


def _why(before: Side, after: Side) -> str:
    if after.days < SHORTEST or before.days < SHORTEST:
        return "short"
    if before.exposure <= 0 or after.exposure <= 0:
        return "exposure"
    return "few" if before.n + after.n < FEWEST else ""


def _series(whole: Usual, events: Sequence[int], ends: int, begins: int) -> dict[str, Any]:
    """For the chart: counts in stretches of 28 days with what was expected at the rate of before; `change` is where the change lies."""
    shown = buckets(whole, events)
    start = whole.last - len(shown) * BUCKET + 1
    before = _side(whole, events, whole.first, ends)
    rate = before.n / before.exposure if before.exposure > 0 else 0.0
    return {
        "days": BUCKET,
        "from": start,
        "n": [row.n for row in shown],
        "usual": [round(rate * row.exposure, 2) for row in shown],
        "limits": [None] * len(shown),
        "change": [ends + 1, begins],
    }


def effect_words(found: Effect, language: str) -> tuple[str, str]:
    """(what can be said, what it rests on), in words that do not oversell."""
    zh = language.startswith("zh")
    if found.ratio is None:
        return _why_words(found, zh), ""
    ratio, low, high = found.ratio.value, found.ratio.interval.low, found.ratio.interval.high
    names = {"exposure": ("户数或单数", "homes or orders"), "season": ("季节", "season"), "trend": ("原来的走势", "the trend before")}
    minded = ("、" if zh else ", ").join(names[name][0 if zh else 1] for name in found.minded)
    rests = (
        f"照原来的水平约 {found.expected:g} 件，实际 {found.after.n if found.after else 0} 件。"
        f"{'已折算：' + minded + '。' if minded else '没有折算户数、单数或季节。'}同一时间别的变化也可能起了作用"
        if zh
        else f"About {found.expected:g} would be expected as before, there were {found.after.n if found.after else 0}. "
        f"{'Taken into account: ' + minded + '.' if minded else 'Homes, orders and season are not taken into account.'} "
        "Other changes of the same time may have played a part"
    )
    return _said(ratio, low, high, round(CONFIDENCE * 100), zh), rests


def _said(ratio: float | None, low: float, high: float, sure: int, zh: bool) -> str:
    top = "" if math.isinf(high) else _share(high - 1)
    if high < 1:
        fewer, least, most = _share(1 - (ratio or 0)), _share(1 - high), _share(1 - low)
        if zh:
            return f"少了约 {fewer}（{sure}% 区间：少 {least} 到 {most}）"
        return f"about {fewer} fewer ({sure}% interval: {least} to {most} fewer)"
    if low > 1:
        if ratio is None:
            return "多了：之前一件也没有" if zh else "more: there were none before"
        if ratio >= TIMES:
            times, least, most = (f"{value:.0f}" if value >= 10 else f"{value:.1f}" for value in (ratio, low, high))
            if zh:
                return f"约是原来的 {times} 倍（{sure}% 区间：{least} 到 {most} 倍）"
            return f"about {times} times as many ({sure}% interval: {least} to {most} times)"
        if zh:
            return f"多了约 {_share(ratio - 1)}（{sure}% 区间：多 {_share(low - 1)} 到 {top}）"
        return f"about {_share(ratio - 1)} more ({sure}% interval: {_share(low - 1)} to {top} more)"
    if zh:
        return f"还看不出变化：可能少了 {_share(1 - low)}，也可能多了 {top or '不少'}"
    return f"no change can be told yet: it may be {_share(1 - low)} fewer or {top or 'many'} more"


def _share(value: float) -> str:
    return f"{round(100 * value)}%"


def _why_words(found: Effect, zh: bool) -> str:
    words = {
        "early": ("还没有开始，没有以后可比", "it has not begun yet: there is no after"),
        "short": (f"前后要各有 {SHORTEST} 天才比", f"both sides need {SHORTEST} days"),
        "exposure": ("户数或单数填的是 0，比不出来", "homes or orders are entered as 0: nothing can be compared"),
        "few": (f"前后一共不到 {FEWEST} 件，太少，比不出来", f"fewer than {FEWEST} on both sides together: too few to compare"),
    }
    return words[found.why][0 if zh else 1]
