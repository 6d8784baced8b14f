"""Warnings before and rungs after a due time."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kesu.procedure.due import Pause, moments
from kesu.procedure.moments import read_moment
from kesu.procedure.officialdays import OfficialDays
from kesu.procedure.timetable import OfficeHours, RoundTheClock

ZONE = ZoneInfo("Asia/Shanghai")
OFFICIAL = OfficialDays.read(Path(__file__).parents[2] / "packs" / "calendars" / "cn.csv")
OFFICE = OfficeHours(ZONE, {day: [(540, 720), (810, 1080)] for day in range(5)}, OFFICIAL)
CLOCK = RoundTheClock(ZONE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def moment(spec: str, start: str, due: str, time=OFFICE, **more) -> datetime:
    [(told, found)] = moments(at(start), at(due), time, [spec], **more)
    assert told == spec
    return found


@pytest.mark.parametrize(
    ("spec", "start", "due", "expected"),
    [
        ("1h before", "2026-11-20 09:00", "2026-11-20 14:00", "2026-11-20 11:30"),  # due right after lunch: the warning lies before lunch
        ("30m before", "2026-11-20 09:00", "2026-11-20 13:45", "2026-11-20 11:45"),
        ("1h before", "2026-11-20 09:00", "2026-11-23 09:30", "2026-11-20 17:30"),  # before the weekend
        ("1h before", "2026-11-20 14:00", "2026-11-21 00:00", "2026-11-20 17:00"),  # due at 24:00: before people go home
        ("1h before", "2026-11-20 14:00", "2026-11-20 14:30", "2026-11-20 14:00"),  # before the start: the start
        ("50%", "2026-11-20 09:00", "2026-11-20 14:00", "2026-11-20 10:45"),
        ("75%", "2026-11-20 17:00", "2026-11-23 10:00", "2026-11-23 09:30"),
        ("100%", "2026-11-20 17:00", "2026-11-23 10:00", "2026-11-23 10:00"),
        ("1d before", "2026-11-18 09:00", "2026-11-23 10:00", "2026-11-22 10:00"),
        ("0m after", "2026-11-20 09:00", "2026-11-20 14:00", "2026-11-20 14:00"),
        ("4h after", "2026-11-20 09:00", "2026-11-20 17:00", "2026-11-23 12:00"),
        ("8h after", "2026-11-20 09:00", "2026-11-20 17:00", "2026-11-23 17:30"),
        ("1d after", "2026-11-20 09:00", "2026-11-20 17:00", "2026-11-21 17:00"),
    ],
)
def test_office_hours(spec, start, due, expected):
    assert moment(spec, start, due) == at(expected)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [("1h before", "2026-02-15 09:00"), ("50%", "2026-02-14 22:00"), ("4h after", "2026-02-15 14:00"), ("1d after", "2026-02-16 10:00")],
)
def test_round_the_clock(spec, expected):
    assert moment(spec, "2026-02-14 10:00", "2026-02-15 10:00", CLOCK) == at(expected)


def test_a_pause_is_no_part_of_the_share_used():
    held = [Pause(at("2026-11-20 09:30"), at("2026-11-20 10:30"), "")]
    assert moment("50%", "2026-11-20 09:00", "2026-11-20 12:00", pauses=held) == at("2026-11-20 11:00")
    assert moment("1h before", "2026-11-20 09:00", "2026-11-20 12:00", pauses=held) == at("2026-11-20 11:00")
    late = [Pause(at("2026-11-20 10:30"), None, "")]
    assert moment("90m before", "2026-11-20 09:00", "2026-11-20 15:30", pauses=late, until=at("2026-11-20 14:00")) == at("2026-11-20 10:30")


def test_several_in_the_order_given():
    told = moments(at("2026-11-20 09:00"), at("2026-11-20 11:00"), OFFICE, ["0m after", "75%", "50%"])
    assert [spec for spec, _ in told] == ["0m after", "75%", "50%"] and told[1][1] == at("2026-11-20 10:30")


def test_a_due_time_before_the_start_is_warned_of_no_later_than_due():
    assert moment("75%", "2026-11-20 10:00", "2026-11-19 10:00") == at("2026-11-19 10:00")


@pytest.mark.parametrize(
    "spec", ["120%", "101%", "0%", "-1h before", "1h", "before", "1w before", "1.5h before", "every 4h after", "", "75 percent"]
)
def test_what_cannot_be_meant_is_refused(spec):
    with pytest.raises(ValueError, match=r"%|moment"):
        read_moment(spec)
