"""Received out of hours or after the cut-off: from when a limit counts then; calendar days whose first day counts."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pure.test_time_due import OFFICE, OFFICIAL, at

from kesu.procedure.due import Pause, due, why_json, why_words
from kesu.procedure.instants import TimeRefused
from kesu.procedure.limits import LimitError, parse_limit
from kesu.procedure.timetable import OfficeHours, RoundTheClock, working_days

BRANCH = OfficeHours("Asia/Shanghai", {**dict.fromkeys(range(5), [(540, 720), (810, 1080)]), 5: [(540, 720)]}, OFFICIAL)


# 2026-11-20 is a Friday; BRANCH opens on Saturday mornings too
@pytest.mark.parametrize(
    ("limit", "start", "expected"),
    [
        ("5wd", "2026-11-20 10:00", "2026-11-27 00:00"),  # Saturday the 21st is a working day of this branch
        ("5wd rolling", "2026-11-20 10:00", "2026-11-27 00:00"),
        ("5wd", "2026-11-20 19:00", "2026-11-27 00:00"),
        ("5wd rolling", "2026-11-20 19:00", "2026-11-28 00:00"),  # counts as received on Saturday at nine
        ("5wd rolling", "2026-11-21 12:00", "2026-11-29 00:00"),  # closed from noon: received on Monday, the fifth day is Saturday
        ("5wd rolling", "2026-11-22 12:00", "2026-11-29 00:00"),
        ("2d rolling", "2026-11-20 12:30", "2026-11-22 13:30"),  # in the lunch break: from half past one
        ("8w rolling", "2026-11-22 08:00", "2027-01-18 09:00"),
        ("same-day rolling", "2026-11-20 18:00", "2026-11-22 00:00"),  # exactly at closing time is too late
        ("1wd cut-off 16:00", "2026-11-20 15:59", "2026-11-22 00:00"),
        ("1wd cut-off 16:00", "2026-11-20 16:00", "2026-11-24 00:00"),  # counts as Saturday: the next working day is Monday
        ("1h cut-off 16:00", "2026-11-20 16:00", "2026-11-21 10:00"),
        ("1h cut-off 16:00", "2026-11-20 03:00", "2026-11-20 10:00"),
        ("1wd cut-off 16:00", "2026-09-30 16:30", "2026-10-10 00:00"),  # National Day between: received on the 8th
        ("earlier of 36h elapsed | 1wd rolling", "2026-11-20 19:00", "2026-11-22 07:00"),
        ("3d 24:00 counting-start", "2026-11-20 23:59", "2026-11-23 00:00"),
        ("1d 24:00 counting-start", "2026-11-20 00:00", "2026-11-21 00:00"),
        ("1w 24:00 counting-start", "2026-11-16 09:00", "2026-11-23 00:00"),  # Monday to Sunday
        ("1mo 24:00 counting-start", "2026-11-15 09:00", "2026-12-15 00:00"),  # to the end of the 14th
        ("1mo 24:00 counting-start", "2026-11-01 00:00", "2026-12-01 00:00"),
        ("1mo 24:00 counting-start", "2026-01-31 23:59", "2026-03-01 00:00"),  # a shorter month ends with its last day
        ("1mo 24:00 counting-start", "2026-01-29 23:59", "2026-03-01 00:00"),
        ("1mo 24:00 counting-start", "2026-01-28 23:59", "2026-02-28 00:00"),
        ("12mo 24:00 counting-start", "2024-02-29 12:00", "2025-03-01 00:00"),
    ],
)
def test_when_it_is_due(limit: str, start: str, expected: str) -> None:
    found = due(limit, at(start), BRANCH)
    assert found is not None and found.at == at(expected)


def test_the_reasons_say_that_the_first_day_counts() -> None:
    found = due("1mo 24:00 counting-start", at("2026-11-15 09:00"), BRANCH)
    assert found is not None
    assert any("含当天" in line for line in why_words(found, "zh")) and any("first day counts" in line for line in why_words(found, "en"))


def test_a_make_up_saturday_and_a_bridge_day_roll_as_the_calendar_says() -> None:
    assert due("1wd cut-off 17:00", at("2026-02-13 17:30"), OFFICE).at == at("2026-02-25 00:00")  # the 14th is a make-up day
    assert due("1wd rolling", at("2026-02-15 10:00"), OFFICE).at == at("2026-02-26 00:00")  # first day open again is the 24th


def test_the_reasons_say_from_when_it_counts() -> None:
    found = due("5wd rolling", at("2026-11-20 19:00"), BRANCH)
    assert [why.kind for why in found.why][:2] == ["start", "rolled"]
    assert "收到时已不接收，从 11 月 21 日 09:00 算起" in why_words(found, "zh")
    assert "received out of hours: counted from 21 Nov 09:00" in why_words(found, "en")
    assert why_json(found)["why"][1]["end"] == "2026-11-21T09:00:00+08:00"


def test_a_pause_before_the_opening_takes_nothing() -> None:
    night = Pause(at("2026-11-20 19:30"), at("2026-11-21 08:00"))
    across = Pause(at("2026-11-20 19:30"), at("2026-11-21 10:00"))
    plain = due("2h rolling", at("2026-11-20 19:00"), BRANCH)
    assert due("2h rolling", at("2026-11-20 19:00"), BRANCH, pauses=[night]).at == plain.at
    assert due("2h rolling", at("2026-11-20 19:00"), BRANCH, pauses=[across]).at == at("2026-11-21 12:00")


@given(st.datetimes(datetime(2025, 1, 1), datetime(2026, 11, 30)), st.sampled_from(["2h", "3wd", "2d", "1w", "same-day"]))
def test_rolling_never_comes_before_counting_at_once(start: datetime, limit: str) -> None:
    begun = start.replace(tzinfo=ZoneInfo("Asia/Shanghai"), microsecond=0)
    plain, rolled = due(limit, begun, BRANCH), due(f"{limit} rolling", begun, BRANCH)
    assert rolled.at >= plain.at
    if BRANCH.is_open(begun):
        assert rolled.at == plain.at


def test_without_opening_hours_nothing_can_roll() -> None:
    with pytest.raises(TimeRefused):
        due("2d rolling", at("2026-11-20 10:00"), RoundTheClock("Asia/Shanghai"))
    assert parse_limit("2d rolling").needs_opening_hours and not parse_limit("2d rolling").needs_working_days


@pytest.mark.parametrize(
    "text", ["monthly 30 rolling", "customer-date rolling", "2d rolling rolling", "2d cut-off 25:00", "2d cut-off", "rolling"]
)
def test_what_cannot_roll_is_refused(text: str) -> None:
    with pytest.raises((LimitError, TimeRefused)):
        parse_limit(text)


def test_working_days_of_the_country_are_not_the_shop_s() -> None:
    official = working_days("Asia/Shanghai", OFFICIAL)
    seven = OfficeHours("Asia/Shanghai", dict.fromkeys(range(7), [(600, 1260)]), None)
    assert due("10wd", at("2026-11-20 10:00"), official).at == at("2026-12-05 00:00")
    assert due("10wd", at("2026-11-20 10:00"), seven).at == at("2026-12-01 00:00")
    assert official.works_on(at("2026-02-14 00:00").date()) and not official.works_on(at("2026-02-15 00:00").date())
