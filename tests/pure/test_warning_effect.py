"""Before and after a change: what there was is found, what is chance, season, growth or trend is not called an effect."""

from __future__ import annotations

import math
import random
import re
from datetime import date

import pytest

from kesu.warnings.scanning.effect import Effect, effect, effect_words
from kesu.warnings.scanning.history import Event, Place, month_of, months

CHANGE = date(2026, 6, 1).toordinal()
FIRST, AS_OF = CHANGE - 400, CHANGE + 150


def place(rate: object, *, seed: int = 5, measured: dict[tuple[int, int], float] | None = None, first: int = FIRST) -> Place:
    """Complaints at so many a day; `rate` may depend on the day. `first`: the day on which it opened."""
    chance, events = random.Random(seed), []
    for day in range(first, AS_OF + 1):
        a_day = rate(day) if callable(rate) else float(str(rate))
        n, t = 0, chance.expovariate(1)
        while t < a_day:
            n, t = n + 1, t + chance.expovariate(1)
        events += [Event(len(events) + k, day, 1) for k in range(n)]
    return Place(1, events, first, measured)


def asked(*places: Place, season: dict[int, float] | None = None, ends: int = CHANGE - 1, begins: int = CHANGE) -> Effect:
    return effect(places, ends, begins, AS_OF, season)


def test_half_as_many_are_found_with_an_interval_that_holds_the_truth() -> None:
    found = asked(place(lambda day: 0.5 if day < CHANGE else 0.25))
    assert found.ratio and found.ratio.interval.high < 1 and found.ratio.interval.holds(0.5)
    said, rests = effect_words(found, "zh")
    assert said.startswith("少了约") and "区间" in said and "别的变化" in rests
    assert "fewer" in effect_words(found, "en")[0]


def test_no_effect_is_claimed_twenty_times_in_four_hundred() -> None:
    claimed = sum(not (found.ratio and found.ratio.interval.holds(1)) for found in (asked(place(0.4, seed=n)) for n in range(200)))
    assert claimed <= 22  # 5 % of 200 is 10; eleven in a thousand would be above


def test_more_is_told_as_times_from_twice_on_and_from_nothing_without_a_figure() -> None:
    thrice = effect_words(asked(place(lambda day: 0.2 if day < CHANGE else 0.7)), "zh")[0]
    assert thrice.startswith("约是原来的 3") and "倍" in thrice
    assert effect_words(asked(place(lambda day: 0.0 if day < CHANGE else 0.4)), "zh")[0] == "多了：之前一件也没有"
    assert effect_words(asked(place(lambda day: 0.6 if day < CHANGE else 1.0, seed=6)), "zh")[0].startswith("多了约")


def test_no_words_are_larger_than_what_a_few_complaints_carry() -> None:
    """Two last weeks before, thirteen after: no trend is made of the two, and nobody reads of millions of percent."""
    few = Place(1, [Event(n, CHANGE - 20 + 10 * n, 1) for n in range(2)] + [Event(9 + n, CHANGE + n * 5, 1) for n in range(13)], FIRST)
    found = asked(few)
    assert found.ratio and not found.minded and found.ratio.interval.high < 200
    for before, after in ((1, 5), (3, 3), (2, 60), (1, 300), (0, 5), (5, 0), (4, 1)):
        sides = [Event(n, CHANGE - 1 - n * 9, 1) for n in range(before)] + [Event(500 + n, CHANGE + n % 150, 1) for n in range(after)]
        said = effect_words(asked(Place(1, sorted(sides, key=lambda event: event.day), FIRST)), "zh")[0]
        assert max([0, *map(int, re.findall(r"\d+", said))]) < 1000, said
    assert effect_words(asked(Place(1, few.events[:1] + few.events[2:6], FIRST)), "en")[0].endswith("1.2 or more)")


def test_chance_is_called_so() -> None:
    said, _ = effect_words(asked(place(0.1)), "zh")
    assert said.startswith("还看不出变化：可能少了") and "也可能" in said
    assert effect_words(asked(place(0.1)), "en")[0].startswith("no change can be told yet")


def test_growth_season_and_trend_are_no_effect() -> None:
    grown = {month: 3000.0 if month >= (2026, 6) else 1000.0 for month, _ in months(FIRST, AS_OF)}
    busy = place(lambda day: 0.4 if day < CHANGE else 1.2, measured=grown)
    assert asked(busy).ratio.interval.holds(1) and asked(busy).minded[0] == "exposure"  # type: ignore[union-attr]
    season = {month: 1.7 if month in (6, 7, 8, 9, 10) else 0.5 for month in range(1, 13)}
    summer = place(lambda day: 0.6 * season[month_of(day)])
    assert asked(summer).ratio.interval.low > 1 and asked(summer, season=season).ratio.interval.holds(1)  # type: ignore[union-attr]
    falling = place(lambda day: 2 * math.exp(-0.004 * (day - FIRST)))
    found = asked(falling)
    assert found.minded == ("trend",) and found.ratio and found.ratio.interval.holds(1) and "走势" in effect_words(found, "zh")[1]


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (asked(place(0.0)), "few"),
        (asked(place(0.4), ends=AS_OF - 5, begins=AS_OF - 4), "short"),
        (asked(place(0.4), begins=AS_OF + 3), "early"),
        (asked(place(0.4, measured={month: 0.0 for month, _ in months(FIRST, AS_OF)})), "exposure"),
        (asked(), "short"),
    ],
)
def test_what_cannot_be_said_is_not_said(found: Effect, why: str) -> None:
    assert found.ratio is None and found.why == why
    assert effect_words(found, "zh")[0] and effect_words(found, "en")[0]
    assert set(found.series.get("usual", [])) <= {None}  # nor is it drawn


def test_days_between_belong_to_neither_side() -> None:
    burst = place(lambda day: 5.0 if CHANGE - 60 <= day < CHANGE else 0.4)
    found = asked(burst, ends=CHANGE - 61, begins=CHANGE)
    assert found.before and found.before.last == CHANGE - 61 and found.ratio and found.ratio.interval.holds(1)


@pytest.mark.parametrize(("opened", "left"), [(CHANGE - 60, 0), (CHANGE - 20, 0), (CHANGE + 10, 1)])
def test_a_site_that_opened_late_is_no_effect(opened: int, left: int) -> None:
    found = [asked(place(0.27, seed=n), place(1.0, seed=n + 500, first=opened)) for n in range(40)]
    assert all(one.left == left and one.ratio for one in found)
    assert sum(not one.ratio.interval.holds(1) for one in found if one.ratio) <= 6  # 5 % of 40 are two; seven in a hundred pages
    assert ("没算进去" in effect_words(found[0], "zh")[1]) == bool(left) == ("left out" in effect_words(found[0], "en")[1])
    alone = asked(place(1.0, first=opened))
    assert (alone.ratio is None) == (left == 1) and alone.left == 0


@pytest.mark.parametrize(("a_day", "most"), [(0.001, 18), (0.002, 9), (0.003, 9)])
def test_what_was_falling_anyway_is_seldom_called_an_effect(a_day: float, most: int) -> None:
    """A third, half, two thirds fewer a year, before and after alike. Of 80 pages four may be wrong; a slow fall cannot always be told."""
    found = [asked(place(lambda day: 0.7 * math.exp(-a_day * (day - CHANGE)), seed=n)) for n in range(80)]
    assert sum(not one.ratio.interval.holds(1) for one in found if one.ratio) <= most
    leaning = [one for one in found if "leaning" in one.minded]
    assert all("放宽" in effect_words(one, "zh")[1] for one in leaning) and (leaning or a_day > 0.002)


def test_months_that_were_not_entered_are_said() -> None:
    entered = {month: 1000.0 for month, _ in months(FIRST, AS_OF)}
    assert "没填" not in effect_words(asked(place(0.4, measured=entered)), "zh")[1]
    entered.pop((2026, 7))
    said = effect_words(asked(place(0.4, measured=entered)), "zh")[1]
    assert "已折算：户数或单数" in said and "没填户数或单数的月份" in said
