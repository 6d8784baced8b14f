"""One scan of a company: every site, and the company as a whole where there are several; each thing told once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from kesu.procedure.lintwatching import days as days_of
from kesu.procedure.watching import Watch
from kesu.warnings.scanning import rules as others
from kesu.warnings.scanning.clusters import looks, unusual
from kesu.warnings.scanning.history import ALL, Place
from kesu.warnings.scanning.signal import Found, Ordinary, Signal, Untold
from kesu.warnings.scanning.usual import BUCKET, FEWEST, Usual, buckets, season_of, usual_of
from kesu.warnings.statistics.charts import u_chart

SAME = 0.5  # share of complaints in common from which two signals tell of the same
WHOLE = ("", "")  # what is unusual is the site as a whole
ACROSS = ("category", "cause", "reference", "text")  # what may be alike at several sites


def scan(places: Sequence[Place], as_of: int, rules: Watch, grave: int, sites: Iterable[int] | None = None) -> Found:
    """Everything unusual on that day (an ordinal). `grave`: the rank from which a complaint counts as grave; `sites`: only these."""
    wanted, found, season = None if sites is None else set(sites), Found(), season_of(places, as_of, rules)
    for place in places:
        if wanted is None or place.site in wanted:
            _place(found, usual_of(place, season, as_of, rules), rules, grave)
    if len(places) > 1 and wanted is None:
        _company(found, places, season, as_of, rules)
    found.signals.sort(key=lambda signal: (signal.a_year is not None, signal.a_year or 0.0, -signal.observed))
    return found


def _place(found: Found, usual: Usual, rules: Watch, grave: int) -> None:
    site = usual.place.site
    found.looks[site] = len(looks(usual, rules)) * len(rules.windows)
    again = others.grave_again(usual, rules, grave)
    signals = once([*unusual(usual, rules), *([again] if again else [])])
    also = [others.silence(usual, rules), others.graver(usual, rules, grave)]
    signals += [signal for signal in also if signal]
    signals += others.thresholds(usual, rules)
    found.signals += signals
    found.a_year += 2 / rules.once_in + (1 / rules.silence if rules.silence else 0)
    _say_of_exposure(found, usual)
    if len(usual.events) < FEWEST or usual.last - usual.first + 1 < 2 * BUCKET:
        found.untold.append(Untold(site, "few", {"n": len(usual.events), "days": max(0, usual.last - usual.first + 1)}))
    elif usual.a_day > 0 and not any(
        signal.a_year is not None and WHOLE in ((signal.of, signal.value), *signal.also) for signal in signals
    ):
        found.ordinary.append(_ordinary(usual, rules))


def _say_of_exposure(found: Found, usual: Usual) -> None:
    site, measured = usual.place.site, usual.place.measured
    if measured is None:
        return
    if usual.missing:
        found.untold.append(Untold(site, "exposure", {"months": [f"{year}-{month:02}" for year, month in usual.missing]}))
    if usual.a_day <= 0:
        found.untold.append(Untold(site, "none", {}))


def _ordinary(usual: Usual, rules: Watch) -> Ordinary:
    """The last four weeks; or the shortest window that lies above its limit, though not so far that it would be a warning."""
    for length in sorted(days_of(text) for text in rules.windows):
        row = _in_window(usual, length)
        if row.high is not None and row.observed > row.high and row.observed >= rules.least:
            return row
    return _in_window(usual, BUCKET)


def _in_window(usual: Usual, length: int) -> Ordinary:
    periods = buckets(usual, [event.day for event in usual.events], length)
    if not periods:
        return Ordinary(usual.place.site, length, 0, 0.0, None, None)
    last = periods[-1]
    try:
        chart = u_chart(periods, history=len(periods) - 1)
    except ValueError:
        return Ordinary(usual.place.site, length, last.n, 0.0, None, None)
    limits = chart.limits[-1]
    low, high = (limits[0] * last.exposure, limits[1] * last.exposure) if limits else (None, None)
    rounded = (None, None) if low is None or high is None else (round(low, 1), round(high, 1))
    return Ordinary(usual.place.site, length, last.n, round(chart.middle * last.exposure, 1), *rounded)


def _company(found: Found, places: Sequence[Place], season: dict[int, float] | None, as_of: int, rules: Watch) -> None:
    """All sites together: what happens here and there at once, each time too little to be seen at one site."""
    events = sorted((event for place in places for event in place.events), key=lambda event: (event.day, event.id))
    whole = Place(ALL, events, min(place.since for place in places))
    narrowed = rules.model_copy(update={"alike": [kind for kind in rules.alike if kind in ACROSS], "indicators": []})
    usual = usual_of(whole, season, as_of, narrowed)
    found.looks[ALL] = len(looks(usual, narrowed)) * len(rules.windows)
    found.a_year += 1 / rules.once_in
    site_of = {event.id: event.site for event in events}
    for signal in once([*unusual(usual, narrowed)]):
        sites = {site_of[case] for case in signal.cases}
        told = any(_overlap(signal, other) >= SAME for other in found.signals)
        if len(sites) > 1 and not told:
            found.signals.append(signal)


def once(signals: list[Signal]) -> list[Signal]:
    """Each cluster once: what shares most of its complaints with a more unusual one is only named beside it."""
    kept: list[Signal] = []
    for signal in sorted(signals, key=lambda signal: (signal.a_year or 0.0, -len(signal.of))):
        for n, other in enumerate(kept):
            if _overlap(signal, other) >= SAME:
                kept[n] = replace(other, also=(*other.also, (signal.of, signal.value)))
                break
        else:
            kept.append(signal)
    return kept


def _overlap(one: Signal, other: Signal) -> float:
    least = min(len(one.cases), len(other.cases))
    return len(set(one.cases) & set(other.cases)) / least if least else 0.0
