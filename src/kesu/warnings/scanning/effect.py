"""Did it work (B-18)? Complaints before and after a change, set against what was served, season and trend; a ratio with its interval."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kesu.warnings.scanning.history import Place, month_of
from kesu.warnings.scanning.usual import BUCKET, Usual, buckets, spread_in
from kesu.warnings.statistics.intervals import CONFIDENCE, Interval, Ratio, rate_ratio
from kesu.warnings.statistics.seasons import Trend, trend

YEAR = 365  # days before the change with which it is compared, at most
SHORTEST = 14  # days after the change before anything is said
FEWEST = 5  # complaints on both sides together
TIMES = 2.0  # from so many times on, a rise is told as times and not in percent
BOUNDLESS = 100.0  # times: from here on an end of an interval says only that it is not known
FOR_TREND = 12  # stretches of 28 days before the change, without which a trend is not told from chance
MANY = 20  # complaints before the change, without which no trend is fitted at all
LEANS = 1.0  # standard errors from which a trend that is not clear makes the interval hold both: that it goes on, and that there is none


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
    """What can be said. `why` is empty, or why not: few, short, exposure, early, unseen, renamed. `minded`: what was taken into account."""

    before: Side | None
    after: Side | None
    ratio: Ratio | None
    why: str = ""
    minded: tuple[str, ...] = ()
    expected: float | None = None  # complaints after, had nothing changed
    series: dict[str, Any] = field(default_factory=dict)
    left: int = 0  # sites left out: no before to compare with


def effect(
    places: Sequence[Place],
    ends: int,
    begins: int,
    as_of: int,
    season: Mapping[int, float] | None,
) -> Effect:
    """Compare up to a year before `ends` (its last day) with `begins` up to `as_of`, the last whole day; those between count on no side.

    Several sites count each by its own rate of before. Of which there is no before to speak of, because it opened late or served nothing,
    a site is left out on both sides.
    """
    if begins > as_of + 1:
        return Effect(None, None, None, "early")
    kept = [place for place in places if _comparable(place, ends)]
    left = len(places) - len(kept) if kept else 0
    places = kept or places
    first = _first(places, ends)
    events = sorted(event.day for place in places for event in place.events if first <= event.day <= as_of)
    weights, minded = _weights(places, first, as_of, ends, season)
    whole = Usual(Place(0, [], first), first, as_of, tuple(weights), (), bool(season))
    slope = _trend(whole, events, ends)
    carried = _carried(whole, slope, ends) if slope else whole
    if slope and slope.clear:
        whole, minded = carried, (*minded, "trend")
    before, after = _side(whole, events, first, ends), _side(whole, events, begins, as_of)
    why, drawn = _why(before, after) or ("" if kept else "short"), _series(whole, events, ends, begins)
    if why:
        unsaid = drawn | {"usual": [None] * len(drawn["n"])}  # a level of before that is no level is not drawn either
        return Effect(before, after, None, why, minded, series=unsaid, left=left)
    told = _Sides(places, events, first, ends, begins, as_of)
    ratio = _ratio(whole, told, slope if slope and slope.clear else None)
    if slope and LEANS * slope.error < abs(slope.slope) and not slope.clear:
        other, minded = _ratio(carried, told, slope).interval, (*minded, "leaning")
        wider = Interval(min(ratio.interval.low, other.low), max(ratio.interval.high, other.high))
        ratio = Ratio(ratio.value, wider, ratio.p)
    return Effect(before, after, ratio, "", minded, round(before.n / before.exposure * after.exposure, 1), drawn, left)


def _first(places: Iterable[Place], ends: int) -> int:
    return max(min((place.since for place in places), default=ends + 1), ends - YEAR + 1)


def _comparable(place: Place, ends: int) -> bool:
    """Whether a site was there long enough before the change, and served anything then."""
    first = _first([place], ends)
    return ends - first + 1 >= SHORTEST and sum(place.weights(first, ends)[0]) > 0


def _weights(
    places: Sequence[Place], first: int, last: int, ends: int, season: Mapping[int, float] | None
) -> tuple[list[float], tuple[str, ...]]:
    """What each day is worth: of every site what it served that day, times the rate of before there."""
    found = [0.0] * (last - first + 1)
    missing = False
    for place in places:
        start = max(place.since, first)
        own, blank = place.weights(start, last) if start <= last else ([], [])
        missing = missing or bool(blank)
        served = sum(own[: max(0, ends - start + 1)])
        worth = (sum(start <= event.day <= ends for event in place.events) + 0.5) / served if served else 1.0
        for n, weight in enumerate(own, start - first):
            found[n] += weight * worth
    if season:
        found = [weight * season[month_of(first + n)] for n, weight in enumerate(found)]
    measured = bool(places) and all(place.measured for place in places)
    told = (("exposure", measured), ("season", bool(season)), ("filled", measured and missing))
    return found, tuple(name for name, is_so in told if is_so)


def _carried(whole: Usual, slope: Trend, ends: int) -> Usual:
    """The same, had the trend of before gone on."""
    weights = (weight * math.exp(slope.slope * (whole.first + n - ends)) for n, weight in enumerate(whole.weights))
    return Usual(whole.place, whole.first, whole.last, tuple(weights), (), whole.seasonal)


def _trend(whole: Usual, events: Sequence[int], ends: int) -> Trend | None:
    """The slope a day of what was before."""
    before = Usual(whole.place, whole.first, ends, whole.weights, (), whole.seasonal)
    stretches = buckets(before, events)
    if len(stretches) < FOR_TREND or sum(row.n for row in stretches) < MANY:
        return None
    start = ends - len(stretches) * BUCKET + 1
    points = [(start + (n + 0.5) * BUCKET - ends, float(row.n), row.exposure) for n, row in enumerate(stretches)]
    return trend(points, _spread(whole, events, ends))


@dataclass(frozen=True)
class _Sides:
    """What is compared, and where its two sides lie."""

    places: Sequence[Place]
    events: Sequence[int]
    first: int
    ends: int
    begins: int
    last: int


def _ratio(whole: Usual, told: _Sides, slope: Trend | None) -> Ratio:
    """The ratio. What is not known of the trend that is carried on, or of a site that was open for a short time only, makes the complaints
    of before worth less: as many as would leave as much unknown."""
    before, after = _side(whole, told.events, told.first, told.ends), _side(whole, told.events, told.begins, told.last)
    spread = _spread(whole, told.events, told.ends)
    unknown = _unknown_of_sites(told)
    if slope:
        away = _middle(whole, told.begins, told.last) - _middle(whole, told.first, told.ends)
        unknown += (slope.error * away) ** 2 / spread
    worth = 1 / (1 + before.n * unknown)
    return rate_ratio(before.n * worth, before.exposure * worth, after.n, after.exposure, spread=spread)


def _middle(whole: Usual, first: int, last: int) -> float:
    """The middle day of one side, by what was served."""
    days = range(max(first, whole.first), last + 1)
    return sum(day * whole.weights[day - whole.first] for day in days) / sum(whole.weights[day - whole.first] for day in days)


def _unknown_of_sites(told: _Sides) -> float:
    """The relative variance of what is expected, beyond that of all complaints of before together: none where all sites were open alike."""
    rows = []
    for place in told.places:
        start = max(place.since, told.first)
        n = sum(start <= event.day <= told.ends for event in place.events) + 0.5
        served = sum(place.weights(start, told.ends)[0])
        rows.append((n, n / served * sum(place.weights(told.begins, told.last)[0]) if served else 0.0))
    whole, later = sum(n for n, _ in rows), sum(expected for _, expected in rows)
    return max(0.0, sum(expected**2 / n for n, expected in rows) / later**2 - 1 / whole) if later else 0.0


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
    minded = ("、" if zh else ", ").join(names[name][0 if zh else 1] for name in found.minded if name in names)
    n, expected = found.after.n if found.after else 0, found.expected
    if zh:
        rests = f"照原来的水平约 {expected:g} 件，实际 {n} 件。{'已折算：' + minded + '。' if minded else '没有折算户数、单数或季节。'}"
    else:
        rests = f"About {expected:g} would be expected as before, there were {n}. " + (
            f"Taken into account: {minded}. " if minded else "Homes, orders and season are not taken into account. "
        )
    return _said(ratio, low, high, round(CONFIDENCE * 100), zh), rests + "".join(_doubts(found, zh))


def _doubts(found: Effect, zh: bool) -> Iterable[str]:
    """What else a reader must know before believing it; the last sentence is without its stop."""
    if "filled" in found.minded:
        yield "没填户数或单数的月份，按最近填的算。" if zh else "For months without homes or orders those entered nearest are used. "
    if "leaning" in found.minded:
        yield (
            "改之前像是已经在变，还不能肯定，区间放宽了。"
            if zh
            else "It seems to have been changing before already; the interval is wider for that. "
        )
    if found.left:
        yield (
            f"{found.left} 个项目没有以前可比，没算进去。"
            if zh
            else f"Sites left out, having no time before to compare with: {found.left}. "
        )
    yield "同一时间别的变化也可能起了作用" if zh else "Other changes of the same time may have played a part"


def _said(ratio: float | None, low: float, high: float, sure: int, zh: bool) -> str:
    top = "" if high >= BOUNDLESS else _share(high - 1)
    if high < 1:
        fewer, least, most = _share(1 - (ratio or 0)), _share(1 - high), _share(1 - low)
        if zh:
            return f"少了约 {fewer}（{sure}% 区间：少 {least} 到 {most}）"
        return f"about {fewer} fewer ({sure}% interval: {least} to {most} fewer)"
    if low > 1:
        if ratio is None:
            return "多了：之前一件也没有" if zh else "more: there were none before"
        if ratio >= TIMES:
            times, least, most = map(_times, (ratio, low, high))
            if high >= BOUNDLESS:
                return (
                    f"约是原来的 {times} 倍（{sure}% 区间：{least} 倍以上）"
                    if zh
                    else f"about {times} times as many ({sure}% interval: {least} or more)"
                )
            if zh:
                return f"约是原来的 {times} 倍（{sure}% 区间：{least} 到 {most} 倍）"
            return f"about {times} times as many ({sure}% interval: {least} to {most} times)"
        if zh:
            return f"多了约 {_share(ratio - 1)}（{sure}% 区间：多 {_share(low - 1)} 到 {top}）"
        return f"about {_share(ratio - 1)} more ({sure}% interval: {_share(low - 1)} to {top} more)"
    if TIMES <= high < BOUNDLESS:
        more = f"也可能是原来的 {_times(high)} 倍" if zh else f"{_times(high)} times as many"
    else:
        more = f"也可能多了{' ' + top if top else '不少'}" if zh else f"{top or 'many'} more"
    if zh:
        return f"还看不出变化：可能少了 {_share(1 - low)}，{more}"
    return f"no change can be told yet: it may be {_share(1 - low)} fewer or {more}"


def _times(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def _share(value: float) -> str:
    return f"{round(100 * value)}%"


def _why_words(found: Effect, zh: bool) -> str:
    words = {
        "renamed": (
            "这一类后来改了名或拆开了，以后的不在这一类，比不出来",
            "this matter was renamed or split before: later complaints stand elsewhere, nothing can be compared",
        ),
        "unseen": ("您只看得到这里的一部分投诉，比不出来", "you see only some of the complaints there: nothing can be compared"),
        "early": ("还没有开始，没有以后可比", "it has not begun yet: there is no after"),
        "short": (f"前后要各有 {SHORTEST} 天才比", f"both sides need {SHORTEST} days"),
        "exposure": ("户数或单数填的是 0，比不出来", "homes or orders are entered as 0: nothing can be compared"),
        "few": (f"前后一共不到 {FEWEST} 件，太少，比不出来", f"fewer than {FEWEST} on both sides together: too few to compare"),
    }
    return words[found.why][0 if zh else 1]
