"""Office hours: minute by minute against a plain count, at every edge, with lunch, make-up days, half days and daylight saving."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kesu.procedure.instants import BeyondCalendar, TimeRefused, epoch, minutes
from kesu.procedure.officialdays import OfficialDays
from kesu.procedure.timetable import OfficeHours, RoundTheClock

OFFICIAL = OfficialDays.read(Path(__file__).parents[2] / "packs" / "calendars" / "cn.csv")
ZONE = ZoneInfo("Asia/Shanghai")
DAY = [(540, 720), (810, 1080)]
OFFICE = OfficeHours("Asia/Shanghai", dict.fromkeys(range(5), DAY), OFFICIAL)


def at(text: str, zone: ZoneInfo = ZONE) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


# By hand (TECH: calendar)


@pytest.mark.parametrize(
    ("start", "seconds", "due"),
    [
        ("2026-02-14 17:30", 90 * 60, "2026-02-24 10:00"),  # make-up Saturday, then Spring Festival
        ("2026-09-30 17:00", 8 * 3600, "2026-10-08 17:30"),  # over National Day
        ("2026-11-20 17:30", 90 * 60, "2026-11-23 10:00"),  # over a weekend
        ("2026-11-20 11:30", 3600, "2026-11-20 14:00"),  # over lunch
        ("2026-11-20 11:00", 3600, "2026-11-20 12:00"),  # exactly at closing: stays there
        ("2026-11-20 17:00", 3600, "2026-11-20 18:00"),
        ("2026-11-20 12:15", 600, "2026-11-20 13:40"),  # received at lunch
        ("2026-11-20 18:00", 600, "2026-11-23 09:10"),  # received at closing
        ("2026-11-20 23:59", 600, "2026-11-23 09:10"),
        ("2026-11-22 00:00", 600, "2026-11-23 09:10"),
        ("2026-10-10 08:00", 600, "2026-10-10 09:10"),  # make-up Saturday keeps Monday's hours
        ("2026-11-20 17:59:59", 2, "2026-11-23 09:00:01"),
    ],
)
def test_add_by_hand(start, seconds, due):
    assert OFFICE.add(at(start), seconds) == at(due)


def test_nothing_added_is_the_start_and_less_than_nothing_is_refused():
    assert OFFICE.add(at("2026-11-21 10:00"), 0) == at("2026-11-21 10:00")
    with pytest.raises(TimeRefused):
        OFFICE.add(at("2026-11-20 10:00"), -1)


def test_between_across_a_weekend_and_backwards():
    assert OFFICE.between(at("2026-11-20 17:00"), at("2026-11-23 10:00")) == 2 * 3600
    assert OFFICE.between(at("2026-11-23 10:00"), at("2026-11-20 17:00")) == 0


def test_open_at_opening_shut_at_closing():
    assert OFFICE.is_open(at("2026-11-20 09:00")) and OFFICE.is_open(at("2026-11-20 11:59:59"))
    assert not OFFICE.is_open(at("2026-11-20 12:00")) and not OFFICE.is_open(at("2026-11-20 08:59:59"))
    assert OFFICE.next_open(at("2026-11-20 18:00")) == at("2026-11-23 09:00")
    assert OFFICE.next_open(at("2026-11-20 09:30")) == at("2026-11-20 09:30")
    assert OFFICE.next_open(at("2026-12-31 18:00")) == at("2027-01-04 09:00")


def test_half_days_openings_and_closings_go_over_everything():
    hours = OfficeHours(
        ZONE,
        dict.fromkeys(range(5), DAY),
        OFFICIAL,
        {date(2026, 11, 20): [(540, 720)], date(2026, 10, 1): [(600, 660)], date(2026, 11, 23): []},
    )
    assert hours.add(at("2026-11-20 11:30"), 3600) == at("2026-11-24 09:30")
    assert hours.add(at("2026-09-30 18:00"), 3600) == at("2026-10-01 11:00")
    assert hours.closing(date(2026, 11, 20)) == at("2026-11-20 12:00")
    with pytest.raises(TimeRefused):
        hours.closing(date(2026, 11, 23))


def test_makeup_day_of_a_weekday_with_own_hours_is_a_choice():
    week = {**dict.fromkeys(range(5), DAY), 5: [(540, 720)]}
    assert OfficeHours(ZONE, week, OFFICIAL).windows(date(2026, 2, 14)) == ((540, 720),)
    assert OfficeHours(ZONE, week, OFFICIAL, makeup_replaces=True).windows(date(2026, 2, 14)) == tuple(DAY)
    assert OfficeHours(ZONE, {0: DAY, 4: [(600, 900)]}, OFFICIAL, makeup_as=4).windows(date(2026, 2, 14)) == ((600, 900),)


def test_midnight_to_midnight_is_one_stretch():
    always = OfficeHours(ZONE, {day: [(0, 1440)] for day in range(7)})
    assert always.add(at("2026-11-20 23:59"), 120) == at("2026-11-21 00:01")
    assert always.add(at("2026-11-20 23:00"), 3600) == at("2026-11-21 00:00")
    assert [span.kind for span in always.spans(at("2026-11-19 10:00"), at("2026-11-22 10:00"))] == ["counted"]


def test_spans_say_what_each_stretch_was():
    spans = OFFICE.spans(at("2026-09-30 11:00"), at("2026-10-08 10:00"))
    told = [(span.kind, span.start.strftime("%m-%d %H:%M"), span.name) for span in spans]
    assert told == [
        ("counted", "09-30 11:00", ""),
        ("lunch", "09-30 12:00", ""),
        ("counted", "09-30 13:30", ""),
        ("closed", "09-30 18:00", ""),
        ("off_day", "10-01 00:00", "国庆节"),
        ("closed", "10-08 00:00", ""),
        ("counted", "10-08 09:00", ""),
    ]


def test_spans_that_begin_and_end_inside_a_break():
    assert [span.kind for span in OFFICE.spans(at("2026-11-20 12:10:30"), at("2026-11-20 13:00"))] == ["lunch"]
    assert [span.kind for span in OFFICE.spans(at("2026-11-20 08:00"), at("2026-11-20 08:30"))] == ["closed"]
    assert OFFICE.spans(at("2026-11-20 10:00"), at("2026-11-20 10:00")) == []


# What cannot be meant


@pytest.mark.parametrize(
    "windows", [[(600, 600)], [(700, 600)], [(0, 1441)], [(-1, 60)], [(540, 720), (700, 800)], [(540, 720), (540, 720)]]
)
def test_impossible_windows_are_refused(windows):
    with pytest.raises(ValueError, match="时段"):
        OfficeHours(ZONE, {0: windows})


def test_touching_windows_are_one():
    assert OfficeHours(ZONE, {4: [(720, 800), (540, 720)]}).windows(date(2026, 11, 20)) == ((540, 800),)


def test_unknown_weekday_zone_and_naive_time_are_refused():
    with pytest.raises(ValueError, match="weekday"):
        OfficeHours(ZONE, {7: DAY})
    with pytest.raises(ValueError, match="Mars"):
        OfficeHours("Mars/Base", {0: DAY})
    with pytest.raises(ValueError, match="no time zone"):
        OFFICE.add(datetime(2026, 11, 20, 10), 60)


@pytest.mark.parametrize("text", ["25:00", "24:01", "9.30", "12:60", "", "-1:00"])
def test_times_of_day_that_are_none(text):
    with pytest.raises(TimeRefused):
        minutes(text)


def test_times_of_day():
    assert [minutes(text) for text in ("00:00", "9:05", "24:00")] == [0, 545, 1440]


def test_never_open_raises_rather_than_clamps():
    never = OfficeHours(ZONE, {})
    for ask in (
        lambda: never.add(at("2026-11-20 10:00"), 1),
        lambda: never.next_open(at("2026-11-20 10:00")),
        lambda: never.working_day(date(2026, 11, 20), 1),
    ):
        with pytest.raises(BeyondCalendar):
            ask()
    once = OfficeHours(ZONE, {}, special={date(2027, 6, 1): [(540, 600)]})
    assert once.add(at("2026-11-20 10:00"), 3600) == at("2027-06-01 10:00")
    with pytest.raises(BeyondCalendar):
        once.add(at("2026-11-20 10:00"), 3601)


def test_years_out_of_reach_are_refused():
    with pytest.raises(BeyondCalendar):
        OFFICE.add(at("2199-12-31 17:00"), 40 * 3600)
    with pytest.raises(BeyondCalendar):
        OFFICE.add(at("1903-01-01 10:00"), 60)


# Properties and the minute-by-minute oracle

MOMENTS = st.integers(epoch(at("2025-12-20 00:00")), epoch(at("2027-03-01 00:00")))
LENGTHS = st.integers(1, 200 * 3600)


@cache
def open_minutes(first: date, days: int) -> list[bool]:
    """Each minute of those days, counted the plain way: weekday, official day, wall clock."""
    found = []
    for number in range(days):
        day = first + timedelta(number)
        works = OFFICIAL.kind(day) == "work" or (day.weekday() < 5 and OFFICIAL.kind(day) != "off")
        found += [works and (540 <= minute < 720 or 810 <= minute < 1080) for minute in range(1440)]
    return found


FIRST = date(2026, 1, 25)
BASE = epoch(at("2026-01-25 00:00")) // 60


@settings(max_examples=150)
@given(st.integers(0, 40 * 1440), st.integers(1, 60 * 60))
def test_add_is_what_counting_minutes_gives(start, length):
    counted, minute, table = 0, start, open_minutes(FIRST, 90)
    while counted < length:
        counted += table[minute]
        minute += 1
    assert OFFICE.add_epoch((BASE + start) * 60, length * 60) == (BASE + minute) * 60


@settings(max_examples=150)
@given(st.integers(0, 80 * 1440), st.integers(0, 80 * 1440))
def test_between_is_what_counting_minutes_gives(a, b):
    assert OFFICE.between_epoch((BASE + a) * 60, (BASE + b) * 60) == 60 * sum(open_minutes(FIRST, 90)[a:b])


@given(MOMENTS, LENGTHS)
def test_between_start_and_due_is_the_limit(start, length):
    assert OFFICE.between_epoch(start, OFFICE.add_epoch(start, length)) == length


@given(MOMENTS, LENGTHS, st.integers(0, 10 * 86_400), st.integers(0, 3600))
def test_later_start_or_longer_limit_is_never_due_earlier(start, length, later, longer):
    assert OFFICE.add_epoch(start, length) <= OFFICE.add_epoch(start + later, length)
    assert OFFICE.add_epoch(start, length) <= OFFICE.add_epoch(start, length + longer)


@given(MOMENTS, LENGTHS, LENGTHS)
def test_adding_in_two_goes_is_adding_at_once(start, first, second):
    assert OFFICE.add_epoch(OFFICE.add_epoch(start, first), second) == OFFICE.add_epoch(start, first + second)


@settings(max_examples=60)
@given(MOMENTS, st.integers(1, 30 * 86_400))
def test_spans_have_no_holes_and_count_what_between_counts(start, length):
    begins, ends = datetime.fromtimestamp(start, ZONE), datetime.fromtimestamp(start + length, ZONE)
    spans = OFFICE.spans(begins, ends)
    assert spans[0].start == begins and spans[-1].end == ends
    assert all(one.end == two.start and (one.kind, one.name) != (two.kind, two.name) for one, two in pairwise(spans))
    assert sum(span.seconds for span in spans if span.kind == "counted") == OFFICE.between(begins, ends)


def test_answers_do_not_depend_on_what_was_asked_before():
    fresh = OfficeHours(ZONE, dict.fromkeys(range(5), DAY), OFFICIAL)
    late = fresh.add(at("2031-03-03 10:00"), 60)
    early = fresh.add(at("2021-05-06 17:59"), 120)
    assert (late, early) == (at("2031-03-03 10:01"), at("2021-05-07 09:01"))
    assert fresh.add(at("2026-02-14 17:30"), 5400) == at("2026-02-24 10:00")


# Daylight saving

NEW_YORK, LONDON = ZoneInfo("America/New_York"), ZoneInfo("Europe/London")


@cache
def wall_clock(zone: ZoneInfo, start: int, end: int) -> list[tuple[date, int]]:
    """Minute by minute of real time, what day the wall clock says and which minute of it."""
    walls = [datetime.fromtimestamp(moment, zone) for moment in range(start, end, 60)]
    return [(wall.date(), wall.hour * 60 + wall.minute) for wall in walls]


def plain_count(hours: OfficeHours, zone: ZoneInfo, start: int, end: int) -> int:
    """Seconds, minute by minute of real time, whose wall clock stands in a window."""
    return 60 * sum(any(opens <= minute < closes for opens, closes in hours.windows(day)) for day, minute in wall_clock(zone, start, end))


@cache
def clock_changes(place: ZoneInfo, year: int) -> list[int]:
    """The hours of that year at which the clock is put forward or back."""
    first = int(datetime(year, 1, 1, tzinfo=place).timestamp())
    offsets = [datetime.fromtimestamp(first + 3600 * hour, place).utcoffset() for hour in range(365 * 24)]
    return [first + 3600 * hour for hour in range(1, 365 * 24) if offsets[hour] != offsets[hour - 1]]


@pytest.mark.parametrize(
    "zone",
    [
        "America/New_York",
        "Europe/London",
        "America/Havana",
        "Asia/Beirut",
        "Australia/Lord_Howe",
        "America/Sao_Paulo",
        "Pacific/Apia",
        "America/St_Johns",
    ],
)
@pytest.mark.parametrize("windows", [[(0, 1440)], [(30, 75), (80, 110)], [(90, 150)], [(0, 150), (1380, 1440)], [(540, 720)]])
def test_every_clock_change_of_a_year_against_the_wall_clock(zone, windows):
    place = ZoneInfo(zone)
    hours = OfficeHours(zone, dict.fromkeys(range(7), windows))
    number = {"America/Sao_Paulo": 2018, "Pacific/Apia": 2011, "America/St_Johns": 2010}.get(zone, 2026)
    turns = clock_changes(place, number)
    assert turns
    for turn in turns:
        for start, end in (
            (turn - 30 * 3600, turn + 30 * 3600),
            (turn - 1800, turn + 1800),
            (turn - 3600, turn + 600),
            (turn, turn + 7200),
        ):
            assert hours.between_epoch(start, end) == plain_count(hours, place, start, end)


def test_elapsed_hours_over_the_lost_hour():
    clock = RoundTheClock("Europe/London")
    assert clock.add(at("2026-03-29 00:30", LONDON), 3600) == at("2026-03-29 02:30", LONDON)
    assert clock.add(at("2026-03-28 12:00", LONDON), 86_400) == at("2026-03-29 13:00", LONDON)


def test_office_day_keeps_its_wall_clock_over_the_change():
    hours = OfficeHours("America/New_York", {day: [(540, 1020)] for day in range(5)})
    assert hours.add(at("2026-03-06 16:30", NEW_YORK), 3600) == at("2026-03-09 09:30", NEW_YORK)


# Round the clock


def test_round_the_clock_never_stops():
    clock = RoundTheClock("Asia/Shanghai")
    assert clock.add(at("2026-02-14 23:50"), 1200) == at("2026-02-15 00:10")
    assert (
        clock.between(at("2026-02-14 23:50"), at("2026-02-15 00:10")) == 1200
        and clock.between(at("2026-02-15 00:10"), at("2026-02-14 23:50")) == 0
    )
    assert clock.is_open(at("2026-02-17 03:00")) and clock.next_open(at("2026-02-17 03:00")) == at("2026-02-17 03:00")
    assert clock.closing(date(2026, 2, 14)) == at("2026-02-15 00:00")
    assert [span.kind for span in clock.spans(at("2026-02-14 23:50"), at("2026-02-20 00:10"))] == ["counted"]


def test_the_two_kinds_of_time_are_not_each_other():
    assert not isinstance(OFFICE, RoundTheClock) and not isinstance(RoundTheClock("Asia/Shanghai"), OfficeHours)
