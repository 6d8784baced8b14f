"""What must hold whatever the timetable, the zone, the limit and the pauses."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.pure.test_time_due import OFFICE, OFFICIAL, ZONE, at

from kesu.procedure.due import Pause, due
from kesu.procedure.instants import epoch
from kesu.procedure.timetable import OfficeHours, RoundTheClock

ZONES = ("Asia/Shanghai", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "America/Havana", "UTC")
WINDOWS = st.lists(st.integers(0, 96), min_size=2, max_size=6, unique=True).map(
    lambda quarters: [(a * 15, b * 15) for a, b in zip(sorted(quarters)[::2], sorted(quarters)[1::2], strict=False)]
)
WEEKS = st.dictionaries(st.integers(0, 6), WINDOWS, min_size=1)
SPECIAL = st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.just([]) | WINDOWS, max_size=8)
TIMETABLES = st.builds(
    OfficeHours, st.sampled_from(ZONES), WEEKS, st.sampled_from([None, OFFICIAL]), SPECIAL, makeup_replaces=st.booleans()
)  # fmt: skip
MOMENTS = st.integers(epoch(at("2026-01-01 00:00")), epoch(at("2026-12-31 00:00")))
SECONDS = st.integers(1, 100 * 3600)
STARTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 30)).map(lambda start: start.replace(microsecond=0, tzinfo=ZONE))


@settings(max_examples=60, deadline=None)
@given(TIMETABLES, MOMENTS, SECONDS)
def test_between_the_start_and_the_end_lies_the_limit(hours: OfficeHours, start: int, seconds: int) -> None:
    end = hours.add_epoch(start, seconds)
    assert hours.between_epoch(start, end) == seconds
    assert hours.between_epoch(start, end - 1) == seconds - 1  # not a second later than need be: at closing it stays there
    begins = datetime.fromtimestamp(start, hours.zone)
    assert epoch(hours.add(begins, seconds)) == end and hours.between(begins, hours.add(begins, seconds)) == seconds


@settings(max_examples=50, deadline=None)
@given(TIMETABLES, MOMENTS, SECONDS, st.integers(0, 20 * 86_400), SECONDS)
def test_later_or_longer_is_never_sooner_and_parts_add_up(hours: OfficeHours, start: int, seconds: int, later: int, more: int) -> None:
    end = hours.add_epoch(start, seconds)
    assert end <= hours.add_epoch(start + later, seconds)
    assert end < hours.add_epoch(start, seconds + more) == hours.add_epoch(end, more)
    assert hours.between_epoch(start, end + later) == seconds + hours.between_epoch(end, end + later)


@settings(max_examples=60, deadline=None)
@given(TIMETABLES, st.lists(st.tuples(MOMENTS, st.integers(1, 60 * 86_400)), min_size=1, max_size=8))
def test_answers_do_not_depend_on_earlier_questions(hours: OfficeHours, questions: list[tuple[int, int]]) -> None:
    for start, length in questions:
        fresh = OfficeHours(hours.zone, hours._week, hours.official, hours.special, makeup_replaces=hours.makeup_replaces)
        begins, ends = (datetime.fromtimestamp(moment, hours.zone) for moment in (start, start + length))
        assert hours.between(begins, ends) == fresh.between(begins, ends)
        assert hours.spans(begins, ends) == fresh.spans(begins, ends)
        assert hours.is_open(ends) == fresh.is_open(ends) and hours.next_open(begins) == fresh.next_open(begins)


# Limits of every kind

MONOTONE = (
    "45m", "9h", "36h elapsed", "3d", "same-day", "2d 24:00", "1w", "1mo 24:00", "2wd", "3wd close", "2wd same-time", "2wd counting-start",
    "2wd counting-start same-time", "2wd counting-start close", "2h rolling", "2wd cut-off 16:00", "monthly 15", "yearly 06-01",
    "1w 24:00 counting-start", "1mo 24:00 counting-start", "earlier of 9h | 2wd", "later of 36h elapsed | same-day",
)  # fmt: skip
AMOUNTS = (
    "{}m", "{}h", "{}h elapsed", "{}d", "{}d 24:00", "{}w", "{}mo", "{}mo 24:00", "{}wd", "{}wd close", "{}wd same-time",
    "{}h rolling", "{}wd cut-off 12:00", "{}w 24:00 counting-start", "{}mo 24:00 counting-start",
)  # fmt: skip


@settings(max_examples=70, deadline=None)
@given(STARTS, st.integers(0, 5 * 86_400), st.sampled_from(MONOTONE))
def test_a_later_start_is_never_due_sooner(start: datetime, later: int, limit: str) -> None:
    assert due(limit, start, OFFICE).at <= due(limit, start + timedelta(seconds=later), OFFICE).at


@settings(max_examples=60, deadline=None)
@given(STARTS, st.integers(1, 30), st.integers(0, 30), st.sampled_from(AMOUNTS))
def test_a_longer_limit_is_never_due_sooner(start: datetime, number: int, more: int, spelt: str) -> None:
    assert start <= due(spelt.format(number), start, OFFICE).at <= due(spelt.format(number + more), start, OFFICE).at


@settings(max_examples=200, deadline=None)
@given(STARTS, st.integers(1, 40), st.sampled_from(["w", "mo"]))
def test_the_first_day_counts_or_does_not_by_exactly_one_day(start: datetime, number: int, unit: str) -> None:
    """Weeks and months that begin with the day itself end one day sooner, except where a short month has ended both already."""
    outside, inside = (due(f"{number}{unit} 24:00{counting}", start, OFFICE).at for counting in ("", " counting-start"))
    last = outside - timedelta(days=1)  # 24:00 is the next day's 00:00
    clamped = unit == "mo" and last.day < start.astimezone(ZONE).day
    assert inside == outside - timedelta(days=0 if clamped else 1)
    days = ((inside - timedelta(seconds=1)).date() - start.astimezone(ZONE).date()).days + 1
    assert days == 7 * number if unit == "w" else days >= 28 * number


PAUSES = st.lists(st.tuples(st.integers(0, 9000), st.integers(0, 3000)), max_size=5)


@settings(max_examples=50, deadline=None)
@given(TIMETABLES, MOMENTS, st.integers(1, 40 * 60), PAUSES, st.randoms(use_true_random=False))
def test_pauses_add_exactly_their_working_time_in_whatever_order(
    hours: OfficeHours, start: int, minutes: int, spec: list[tuple[int, int]], shuffle: random.Random
) -> None:
    begun = datetime.fromtimestamp(start, hours.zone)
    # from instants: adding to a wall clock would cross a change of the clocks by an hour too much or too little
    edges = [(start + 60 * after, start + 60 * (after + length)) for after, length in spec]
    pauses = [Pause(datetime.fromtimestamp(opens, hours.zone), datetime.fromtimestamp(closes, hours.zone)) for opens, closes in edges]
    found = due(f"{minutes}m", begun, hours, pauses=pauses)
    stood_still = sorted(edges)
    taken, until = 0, start  # the open time of all pauses that count, together
    for begin, end in stood_still:
        begin = max(begin, until)
        if begin < end and begin < epoch(found.at):
            taken, until = taken + hours.between_epoch(begin, end), end
    assert hours.between_epoch(start, epoch(found.at)) == minutes * 60 + taken
    shuffle.shuffle(pauses)
    assert due(f"{minutes}m", begun, hours, pauses=pauses) == found


@pytest.mark.parametrize("limit", ["2wd", "2wd close", "1wd rolling", "2h rolling", "2h cut-off 16:00", "earlier of 2h | 1wd"])
def test_a_clock_that_never_stops_takes_no_limit_of_office_hours(limit: str) -> None:
    with pytest.raises(ValueError, match="round the clock"):
        due(limit, at("2026-11-20 10:00"), RoundTheClock(ZONE))


def test_always_open_is_working_time_all_the_same() -> None:
    """Two types, also where they give the same time: whoever asks for one does not get the other."""
    always = OfficeHours(ZONE, {day: [(0, 1440)] for day in range(7)})
    clock = RoundTheClock(ZONE)
    office, round_the_clock = due("9h", at("2026-11-20 20:00"), always), due("9h", at("2026-11-20 20:00"), clock)
    assert office.at == round_the_clock.at and (office.counts, round_the_clock.counts) == ("working", "elapsed")
    assert always != clock and ZoneInfo("Asia/Shanghai") == always.zone == clock.zone
    assert due("2wd", at("2026-11-20 20:00"), always).at == at("2026-11-23 00:00")


CHANGING = ("Asia/Shanghai", "Europe/London", "America/New_York", "America/Havana", "Africa/Casablanca", "Asia/Beirut", "Pacific/Apia",
            "Australia/Lord_Howe", "America/Sao_Paulo")  # fmt: skip


@given(
    st.sampled_from(CHANGING),
    st.datetimes(datetime(1969, 12, 30), datetime(2100, 1, 1)) | st.datetimes(datetime(2011, 12, 28), datetime(2012, 1, 2)),
    st.integers(0, 1),
)
@example("America/Havana", datetime(2026, 3, 8, 0, 30), 0)
@example("America/Havana", datetime(2026, 11, 1, 0, 30), 1)
@example("Asia/Shanghai", datetime(1986, 5, 4, 2, 30), 1)
def test_the_short_way_to_seconds_says_what_python_says(zone: str, wall: datetime, fold: int) -> None:
    moment = wall.replace(tzinfo=ZoneInfo(zone), fold=fold)
    for day in (0, 0, 1, -1):  # the first asking remembers the day, the second goes by it
        there = moment + timedelta(day)
        assert epoch(there) == (there - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
