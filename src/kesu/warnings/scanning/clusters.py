"""More than usual in the last days: of the site as a whole, of a matter, a person, a place, a paper, of words that are alike.

Each site has a budget of chance: `1 / once_in` false alarms a year. Half of it is for the site as a whole, the rest is shared alike by
the kinds of things in common, within a kind among everything seen in it, within that among the windows. How unusual something is said to
be so counts how much was looked at.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from kesu.procedure.lintwatching import days as days_of
from kesu.procedure.watching import Watch
from kesu.warnings.scanning.history import Event
from kesu.warnings.scanning.rules import GAP_FRESH, RARE
from kesu.warnings.scanning.signal import CLUSTER, GAP, Signal
from kesu.warnings.scanning.usual import FEWEST, Usual, series
from kesu.warnings.statistics.likeness import SHORTEST, Texts
from kesu.warnings.statistics.rare import short_gaps_a_year
from kesu.warnings.statistics.scan import A_YEAR, HALF, Known, clusters_a_year, holds_or_more, known_from

WHOLE = 1 / 2  # of the budget for the site as a whole
TEXTS = 400  # days of history within which words are compared
LONGEST_ALIKE = 31  # days of a window in which words are compared: what is said alike comes at once or is a matter of its own
MOST_TEXTS = 3000  # the newest ones of a site: comparing grows with their square
SAMPLE = 60  # of its complaints, asked how many others say the same anyway


@dataclass(frozen=True)
class Look:
    """One thing looked at: events of a kind and value, and its share of the site's budget."""

    of: str
    value: str
    events: list[Event]
    share: float
    usual_rate: float | None  # of others of its kind


def looks(usual: Usual, rules: Watch) -> list[Look]:
    """Everything that is looked at in windows, words left out. The first is the site as a whole."""
    groups, parts = _groups(usual, rules), kinds(usual, rules)
    found = [Look("", "", usual.events, WHOLE if parts else 1.0, None)]
    exposure = usual.exposure(usual.first, usual.last)
    for kind, by_value in groups.items():
        if exposure > 0:
            rate = sum(map(len, by_value.values())) / len(by_value) / exposure
            share = (1 - WHOLE) / parts / len(by_value)
            found += [Look(kind, value, events, share, rate) for value, events in sorted(by_value.items())]
    return found


def kinds(usual: Usual, rules: Watch) -> int:
    """How many kinds of things there are to look at: those of which the history holds any."""
    return len(_groups(usual, rules)) + ("text" in rules.alike and any(len(event.words) >= SHORTEST for event in usual.events))


def _groups(usual: Usual, rules: Watch) -> dict[str, dict[str, list[Event]]]:
    """Kind → value → its events."""
    found: dict[str, dict[str, list[Event]]] = {}
    for event in usual.events:
        for kind, value in dict.fromkeys(event.keys):
            if kind in rules.alike:
                found.setdefault(kind, {}).setdefault(value, []).append(event)
    return found


def unusual(usual: Usual, rules: Watch) -> Iterator[Signal]:
    """Every cluster and short gap whose chance lies within the budget; the same complaints may be told several times here.
    None where nothing was served in the last weeks: of complaints without service there is no rate."""
    budget = 1 / rules.once_in
    if usual.a_day <= 0:
        return
    for look in looks(usual, rules):
        best = min(_windows(usual, rules, look), key=lambda signal: signal.a_year or 0.0, default=None)
        gap = None if best and (best.a_year or 0.0) <= budget else _gap(usual, rules, look)
        signal = gap or best
        if signal and (signal.a_year or 0.0) <= budget:
            signal.extra["series"] = series(usual, [event.day for event in look.events], 91 if gap else signal.last - signal.first + 1)
            yield signal
    if "text" in rules.alike:
        yield from _alike(usual, rules, budget)


def _windows(usual: Usual, rules: Watch, look: Look) -> Iterator[Signal]:
    days = [event.day for event in look.events]
    born = usual.place.born.get((look.of, look.value), usual.first)
    for text in rules.windows:
        length = days_of(text)
        start = usual.last - length + 1
        inside = look.events[bisect_left(days, start) :]
        before, now = usual.exposure(max(born, usual.first), start - 1), usual.exposure(start, usual.last)
        n_before = len(look.events) - len(inside)
        if len(inside) < rules.least or now <= 0 or start <= usual.first or (not look.of and (before <= 0 or n_before < FEWEST)):
            continue
        if born > usual.first and before < now:
            continue  # it has hardly been there: nothing usual to compare with
        known = known_from(n_before, before, look.usual_rate)
        spread = usual.spread_of(len(look.events)) if look.of else usual.spread
        chance = clusters_a_year(len(inside), known, now, length, spread) * len(rules.windows) / look.share
        yield _signal(CLUSTER, usual, look.of, look.value, start, inside, known.rate * now, chance)


def _gap(usual: Usual, rules: Watch, look: Look) -> Signal | None:
    """A rare thing again so soon: the last of the gaps between its events, told for a week. Of two single complaints this says nothing
    about a person, a place or a customer, so it is asked of matters and causes only."""
    if look.of not in ("category", "cause") or len(look.events) < 4:
        return None
    last, one_before = look.events[-1], look.events[-2]
    earlier = usual.exposure(look.events[0].day + 1, one_before.day)
    gap = usual.exposure(one_before.day + 1, last.day)
    if usual.last - last.day >= GAP_FRESH or earlier <= 0 or earlier / (len(look.events) - 2) < RARE:
        return None
    known = Known(len(look.events) - 2 + HALF, earlier)
    chance = short_gaps_a_year(known, max(gap, 0.5), A_YEAR * usual.a_day) * len(rules.windows) / look.share
    found = _signal(GAP, usual, look.of, look.value, one_before.day, [one_before, last], None, chance)
    found.extra.update(gap=last.day - one_before.day, usual=round((one_before.day - look.events[0].day) / (len(look.events) - 2)))
    return found


def _alike(usual: Usual, rules: Watch, budget: float) -> Iterator[Signal]:
    """Words alike: every complaint is a question how many of the others say the same; how many do so anyway is counted from before."""
    parts = kinds(usual, rules)
    events = [event for event in usual.events if event.day > usual.last - TEXTS and len(event.words) >= SHORTEST][-MOST_TEXTS:]
    windows = [days for days in map(days_of, rules.windows) if days <= LONGEST_ALIKE]
    if len(events) < FEWEST or not windows:
        return
    texts, days = Texts([event.words for event in events]), [event.day for event in events]
    a_year = len(events) / max(1, usual.last - events[0].day + 1) * A_YEAR  # so many questions a year
    usual_rate = _alike_anyway(texts, len(events)) / max(1.0, usual.exposure(events[0].day, usual.last))
    best: dict[int, Signal] = {}
    for n in range(bisect_left(days, usual.last - max(windows) + 1), len(events)):
        like = texts.like(n)
        for length in windows:
            start = usual.last - length + 1
            split, whole = bisect_left(like, bisect_left(days, start)), usual.exposure(start, usual.last)
            inside = [events[other] for other in like[split:]]
            before = usual.exposure(max(usual.first, events[0].day), start - 1)
            if days[n] < start or len(inside) + 1 < rules.least or before <= 0 or whole <= 0:
                continue
            known = known_from(split, before, usual_rate)
            chance = a_year * holds_or_more(len(inside), known, whole) * len(windows) * parts / (1 - WHOLE)
            if chance <= budget:
                group = sorted([events[n], *inside], key=lambda event: (event.day, event.id))
                found = _signal(CLUSTER, usual, "text", str(group[0].id), start, group, known.rate * whole, chance)
                found.extra["series"] = series(usual, sorted([days[n], *(days[other] for other in like)]), length)
                if group[0].id not in best or chance < (best[group[0].id].a_year or 0.0):
                    best[group[0].id] = found
    yield from best.values()


def _alike_anyway(texts: Texts, n: int) -> float:
    """How many others say about the same as one of them, on average; never nothing, for no sample shows that."""
    asked = range(0, n, max(1, n // SAMPLE))
    return (sum(len(texts.like(one)) for one in asked) + 1) / len(asked)


def _signal(kind: str, usual: Usual, of: str, value: str, start: int, events: list[Event], expected: float | None, chance: float) -> Signal:
    cases = tuple(event.id for event in events)
    shown = None if expected is None else round(expected, 2)
    return Signal(
        kind, usual.place.site, of, value, start, usual.last, len(events), shown, chance, cases, len({event.customer for event in events})
    )
