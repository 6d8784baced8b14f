"""The scan over a history: what is planted is found, what is chance is called ordinary, what cannot be told is said."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest

from kesu.procedure.watching import Indicator, Watch
from kesu.warnings.scanning.history import Event, Place, months
from kesu.warnings.scanning.rules import grave_again
from kesu.warnings.scanning.scan import scan
from kesu.warnings.scanning.signal import CLUSTER, GAP, GRAVER, NEAR, SILENCE, THRESHOLD, Found, Signal
from kesu.warnings.scanning.usual import season_of, usual_of

RULES = Watch(owner="boss", answer="5d", silence=2)
AS_OF = date(2026, 11, 20).toordinal()
FIRST = AS_OF - 729
GRAVE = 3


def life(days: int = 730, every: float = 2.0, *, seed: int = 4, site: int = 1, until: int = AS_OF) -> list[Event]:
    """Complaints that come at random, one in so many days, about six matters in twenty buildings."""
    chance, found, day = random.Random(seed), [], float(until - days + 1)
    while (day := day + chance.expovariate(1 / every)) < until + 1:
        keys = (("category", f"m{chance.randrange(6)}"), ("person", f"p{chance.randrange(15)}"), ("place", f"b{chance.randrange(20)}"))
        n = len(found) + 1000 * site
        found.append(Event(n, int(day), site, keys, 1 + (chance.random() < 0.1), f"u{chance.randrange(300)}", "", {"grade": "minor"}))
    return found


def more(events: list[Event], days: Iterable[int], of: str = "", value: str = "", rank: int = 1, words: str = "") -> list[Event]:
    """The same life with further complaints so many days before the scan."""
    added = [
        Event(90_000 + n, AS_OF - back, events[0].site, ((of, value),) if of else (), rank, f"c{n}", words, {"grade": "major"})
        for n, back in enumerate(days)
    ]
    return sorted([*events, *added], key=lambda event: (event.day, event.id))


def found_in(events: list[Event], rules: Watch = RULES, measured: dict[tuple[int, int], float] | None = None, since: int = FIRST) -> Found:
    return scan([Place(1, events, since, measured)], AS_OF, rules, GRAVE)


def only(found: Found, kind: str) -> Signal:
    (signal,) = [row for row in found.signals if row.kind == kind]
    return signal


def test_a_life_without_anything_unusual_is_called_ordinary() -> None:
    found = found_in(life())
    assert found.signals == [] and found.untold == []
    (row,) = found.ordinary
    assert row.low is not None and row.high is not None and row.low <= row.observed <= row.high
    assert found.looks[1] == (1 + 6 + 15 + 20) * 3 and found.a_year == pytest.approx(2 / 2 + 1 / 2)


@pytest.mark.parametrize(
    ("of", "value", "days"), [("category", "m9", (9, 6, 4, 1)), ("place", "b3", (5, 5, 4, 2, 0)), ("reference", "batch:7", (3, 2, 1))]
)
def test_a_small_cluster_is_found_and_named_once(of: str, value: str, days: tuple[int, ...]) -> None:
    signal = only(found_in(more(life(), days, of, value)), CLUSTER)
    assert (signal.of, signal.value) == (of, value) and set(range(90_000, 90_000 + len(days))) <= set(signal.cases)
    assert signal.a_year is not None and signal.a_year <= 0.5 and signal.expected is not None and signal.expected < signal.observed / 2


def test_a_site_that_is_unusual_as_a_whole_is_not_called_ordinary_beside_it() -> None:
    found = found_in(more(life(), [k // 3 for k in range(21)], "category", "m9"))
    signal = only(found, CLUSTER)
    assert signal.of == "category" and ("", "") in signal.also and found.ordinary == []


def test_what_lies_above_its_limit_and_is_no_warning_yet_is_told_of_the_window_in_which_it_does() -> None:
    rules = RULES.model_copy(update={"once_in": 50, "alike": []})
    (row,) = found_in(more(life(), (6, 5, 4, 4, 3, 3, 2, 1, 1, 0)), rules).ordinary
    assert row.days == 7 and row.high is not None and row.observed > row.high
    assert [row.days for row in found_in(life(), rules).ordinary] == [28]


def test_a_chart_has_limits_only_where_there_is_something_to_reckon_them_from() -> None:
    assert set(only(found_in(more(life(), (3, 2, 1, 1), "category", "m9")), CLUSTER).extra["series"]["limits"]) == {None}
    drawn = only(found_in(more(life(), [k // 3 for k in range(21)])), CLUSTER).extra["series"]
    assert None not in drawn["limits"] and drawn["n"][-1] > drawn["limits"][-1][1]
    row = Indicator(id="often", name="常", name_en="Often", within="30d", count=3, per="customer")
    rules = RULES.model_copy(update={"indicators": [row], "alike": [], "once_in": 100})
    events = [*life(), *(Event(95_000 + n, AS_OF - n, 1, (), 1, "same") for n in range(3))]
    events.sort(key=lambda event: (event.day, event.id))
    counted = only(found_in(events, rules), THRESHOLD).extra["series"]
    assert set(counted["limits"]) == set(counted["usual"]) == {None} and sum(counted["n"]) == 3


def test_words_alike_are_a_cluster_though_nothing_else_is_the_same() -> None:
    chance, letters = random.Random(2), [chr(0x4E00 + n) for n in range(900)]
    said = ["".join(chance.choices(letters, k=18)) for _ in life()]
    events = [Event(e.id, e.day, 1, e.keys, e.rank, e.customer, words, e.traits) for e, words in zip(life(), said, strict=True)]
    signal = only(found_in(more(events, (8, 5, 3, 1), words="新换的净水机滤芯有怪味，孩子喝了肚子疼")), CLUSTER)
    assert signal.of == "text" and signal.cases == (90_000, 90_001, 90_002, 90_003)


def test_twice_as_many_as_usual_are_found_and_grow_as_one_warning() -> None:
    chance, events = random.Random(1), life()
    burst = sorted(chance.randrange(0, 60) for _ in range(34))
    signal = only(found_in(more(events, burst)), CLUSTER)
    assert signal.of == "" and signal.subject == "cluster:1::"
    before = scan([Place(1, more(events, burst), FIRST)], AS_OF - 3, RULES, GRAVE)
    assert [row.subject for row in before.signals] == ["cluster:1::"]


def test_a_site_that_fell_silent_is_found() -> None:
    quiet = [event for event in life() if event.day <= AS_OF - 28]
    signal = only(found_in(quiet), SILENCE)
    assert signal.observed == 0 and signal.extra["gap"] >= 28 and signal.extra["usual"] == pytest.approx(2, abs=0.5)


def test_a_morning_without_complaints_and_a_closed_weekend_are_no_silence() -> None:
    busy = life(every=1 / 20)
    assert [row.kind for row in found_in([event for event in busy if event.day < AS_OF]).signals] == []
    assert only(found_in([event for event in busy if event.day < AS_OF - 2]), SILENCE).extra["gap"] == 2
    weekdays = [event for event in busy if date.fromordinal(event.day).weekday() < 5]
    for back in (3, 4, 5):  # Tuesday, Monday and Sunday, in the morning
        morning = AS_OF - back
        found = scan([Place(1, [event for event in weekdays if event.day < morning], FIRST)], morning, RULES, GRAVE)
        assert [row for row in found.signals if row.kind == SILENCE] == []
    week = [event for event in weekdays if event.day < AS_OF - 7]
    assert only(found_in(week), SILENCE).extra["gap"] == 7


def test_two_grave_complaints_so_soon_where_there_was_none_before() -> None:
    """Long before they are a share of all: the second of them is told, with how long there was none."""
    signal = only(found_in(more(life(), (5, 1), rank=GRAVE)), GAP)
    assert (signal.of, signal.value, signal.observed, signal.extra["gap"]) == ("rank", "3", 2, 4) and signal.extra["none_for"] > 700
    assert signal.a_year is not None and signal.a_year < 0.01 and signal.cases == (90_000, 90_001)
    assert [row for row in found_in(more(life(), (1,), rank=GRAVE)).signals if row.kind == GAP] == []  # one is none of two
    late = [row for row in found_in(more(life(), (13, 9), rank=GRAVE)).signals if row.kind == GAP]
    assert late == []  # told while it is new


def test_the_gravest_do_not_hide_among_the_grave_nor_does_one_customer_make_two() -> None:
    grave = [Event(80_000 + n, FIRST + 20 * n, 1, (), GRAVE, f"g{n}") for n in range(30)]  # of that rank one in twenty days: no rarity
    lived = sorted([*life(), *grave], key=lambda event: (event.day, event.id))
    assert [row for row in found_in(more(lived, (3, 1), rank=GRAVE)).signals if row.kind == GAP] == []
    assert only(found_in(more(lived, (3, 1), rank=GRAVE + 1)), GAP).value == "4"
    twice = [replace(event, customer="the same") if event.id >= 90_000 else event for event in more(life(), (5, 1), rank=GRAVE)]
    assert [row for row in found_in(twice).signals if row.kind == GAP] == []


def test_rare_grave_complaints_that_come_at_random_keep_to_their_budget() -> None:
    """Sites with a grave complaint in about ninety days, looked at every day of the last year: a quarter of a warning a year is meant."""
    told, years = set(), 60
    for seed in range(years):
        chance, events, day = random.Random(seed), life(every=4, seed=seed), float(FIRST)
        while (day := day + chance.expovariate(1 / 90)) < AS_OF:
            events.append(Event(80_000 + len(events), int(day), 1, (), GRAVE, f"g{len(events)}"))
        events.sort(key=lambda event: (event.day, event.id))
        for as_of in range(AS_OF - 364, AS_OF + 1, 3):
            usual = usual_of(Place(1, events, FIRST), None, as_of, RULES)
            if signal := grave_again(usual, RULES, GRAVE):
                told.add((seed, signal.cases))
    assert 0.02 < len(told) / years <= 0.25 * 1.5


def test_rising_severity_is_found_though_there_are_not_more_of_them() -> None:
    grave = [Event(e.id, e.day, 1, e.keys, 3 if e.day > AS_OF - 60 and e.id % 3 == 0 else 1, e.customer) for e in life()]
    signal = only(found_in(grave), GRAVER)
    assert signal.observed > 3 * (signal.expected or 0) and signal.extra["before"] == 0


def test_thresholds_count_what_they_say_and_tell_of_being_close() -> None:
    row = Indicator(id="grave", name="重", name_en="Grave", within="30d", count=4, near=3, grades=["major"])
    rules = RULES.model_copy(update={"indicators": [row], "alike": [], "once_in": 100})
    three, four = more(life(), (20, 10, 5)), more(life(), (29, 20, 10, 5))
    assert only(found_in(three, rules), NEAR).extra["limit"] == 4
    assert only(found_in(four, rules), THRESHOLD).observed == 4
    assert not found_in(more(life(), (30, 20, 10)), rules).signals  # the first one was 31 days ago
    assert only(found_in(three, rules), NEAR).subject == only(found_in(four, rules), THRESHOLD).subject
    each = row.model_copy(update={"per": "person", "count": 2, "near": None, "grades": []})
    found = found_in(more(life(), (3, 2), "person", "p99"), rules.model_copy(update={"indicators": [each]}))
    assert "p99" in {signal.value for signal in found.signals}


def test_a_rate_needs_exposure_and_is_of_a_month() -> None:
    row = Indicator(id="rate", name="率", name_en="Rate", within="30d", rate=20, per_units=1000)
    rules = RULES.model_copy(update={"indicators": [row], "alike": [], "silence": None})
    units = {month: 500.0 for month, _ in months(FIRST, AS_OF)}
    n = sum(event.day > AS_OF - 30 for event in life())
    (signal,) = [s for s in found_in(life(), rules, units).signals if s.kind == THRESHOLD]
    assert signal.extra["rate"] == pytest.approx(n / 500 * 1000 / 30 * 30.4375, rel=1e-3)
    assert not found_in(life(), rules).signals and not found_in(life(), rules, dict.fromkeys(units, 0.0)).signals


# Exposure


def test_growth_of_what_is_served_explains_more_complaints() -> None:
    chance = random.Random(3)
    events = more(life(), sorted(chance.randrange(0, 80) for _ in range(60)))
    grown = {month: 2400.0 if month >= (2026, 9) else 1000.0 for month, _ in months(FIRST, AS_OF)}
    assert only(found_in(events), CLUSTER).of == ""
    assert not [row for row in found_in(events, measured=grown).signals if row.kind == CLUSTER]


def test_missing_and_zero_exposure_are_said() -> None:
    units = {month: 800.0 for month, _ in months(FIRST, AS_OF) if month not in ((2026, 10), (2026, 11))}
    (missing,) = found_in(life(), measured=units).untold
    assert (missing.why, missing.data) == ("exposure", {"months": ["2026-10"]})
    nothing = found_in(life(), measured={month: 0.0 for month, _ in months(FIRST, AS_OF)})
    assert "none" in {row.why for row in nothing.untold} and nothing.signals == []


# What cannot be told


@pytest.mark.parametrize("n", [0, 1, 3])
def test_of_a_few_complaints_nothing_is_said(n: int) -> None:
    events = [Event(k, AS_OF - 5 * k, 1, (("category", "m1"),), 1, f"u{k}") for k in range(n)][::-1]
    found = found_in(events, since=events[0].day if events else AS_OF)
    assert found.signals == [] and found.ordinary == [] and [row.why for row in found.untold] == ["few"]


def test_where_nothing_is_served_now_no_rate_is_told_in_either_direction() -> None:
    entered = {month: 1000.0 for month, _ in months(FIRST, AS_OF)}
    for gone in ({(2026, 10): 0.0, (2026, 11): 0.0}, dict.fromkeys(entered, 0.0)):
        found = found_in(life(), measured=entered | gone)
        assert [row.why for row in found.untold] == ["none"] and found.ordinary == [] and found.signals == []


def test_a_site_opened_in_mid_month_is_compared_from_its_opening() -> None:
    opened = AS_OF - 199
    events = [event for event in life() if event.day >= opened]
    usual = usual_of(Place(1, events, opened), None, AS_OF, RULES)
    assert usual.first == opened and usual.exposure(0, AS_OF) == 200
    assert not scan([Place(1, events, opened)], AS_OF, RULES, GRAVE).signals


def test_a_leap_day_is_a_day() -> None:
    first, last = date(2028, 2, 27).toordinal(), date(2028, 3, 1).toordinal()
    assert list(months(first, last)) == [((2028, 2), 3), ((2028, 3), 1)]
    weights, missing = Place(1, [], first, {(2028, 2): 10.0, (2028, 3): 30.0}).weights(first, last)
    assert weights == [0.5, 0.5, 0.5, 1.5] and missing == []


def test_a_season_is_no_warning_where_it_is_known() -> None:
    chance = random.Random(9)
    days = [
        day for day in range(FIRST, AS_OF + 1) for _ in range(1 + 2 * (date.fromordinal(day).month in (10, 11))) if chance.random() < 0.6
    ]
    place = Place(1, [Event(n, day, 1) for n, day in enumerate(days)], FIRST - 1)
    season = season_of([place], AS_OF, RULES)
    assert season and season[11] > 1.5 and not [row for row in scan([place], AS_OF, RULES, GRAVE).signals if row.kind == CLUSTER]
    flat = Place(1, [event for event in place.events if event.day > FIRST + 200], FIRST + 200)
    assert season_of([flat], AS_OF, RULES) is None


def test_what_happens_at_several_sites_at_once_is_seen_of_the_company() -> None:
    places = []
    for site in range(1, 7):
        events = life(every=6.0, seed=site, site=site)
        extra = [Event(50_000 + site, AS_OF - site, site, (("reference", "batch:77"),), 1, f"x{site}")]
        places.append(Place(site, sorted(events + extra, key=lambda event: event.day), FIRST))
    signals = [row for row in scan(places, AS_OF, RULES, GRAVE).signals if row.kind == CLUSTER]
    assert [(row.site, row.value, row.observed) for row in signals] == [(0, "batch:77", 6)]
    assert not scan(places, AS_OF, RULES, GRAVE, sites=[1]).signals
