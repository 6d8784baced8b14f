"""A last day that is one of rest moves to the next working day (民法典 203): when, why, and with pauses."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pure.test_time_due import OFFICIAL, at
from tests.pure.test_time_properties import STARTS

from kesu.procedure.due import Pause, due, why_json, why_words
from kesu.procedure.instants import TimeRefused
from kesu.procedure.limits import LimitError, parse_limit
from kesu.procedure.timetable import OfficeHours, RoundTheClock, working_days

DAYS = working_days("Asia/Shanghai", OFFICIAL)
NEW_YORK = working_days("America/New_York")


@pytest.mark.parametrize(
    ("limit", "start", "expected"),
    [
        ("7d 24:00", "2026-11-20 10:00", "2026-11-28 00:00"),  # Friday to Friday: nothing to move
        ("8d 24:00", "2026-11-20 10:00", "2026-12-01 00:00"),  # a Saturday: Monday
        ("9d 24:00", "2026-11-20 10:00", "2026-12-01 00:00"),
        ("10d 24:00", "2026-11-20 10:00", "2026-12-01 00:00"),
        ("5d 24:00", "2026-09-27 10:00", "2026-10-09 00:00"),  # 2 October: the holiday ends on the 7th
        ("7d 24:00", "2026-02-07 10:00", "2026-02-15 00:00"),  # Saturday the 14th is a make-up working day
        ("same-day", "2026-11-21 10:00", "2026-11-24 00:00"),
        ("2d 24:00 counting-start", "2026-11-20 10:00", "2026-11-24 00:00"),
        ("1mo 24:00", "2026-09-01 10:00", "2026-10-09 00:00"),
        ("monthly 30", "2026-05-02 10:00", "2026-06-02 00:00"),  # 30 May is a Saturday
    ],
)
def test_when_it_is_due(limit: str, start: str, expected: str) -> None:
    found = due(f"{limit} next-working-day", at(start), DAYS)
    assert found is not None and found.at == at(expected)


def test_it_says_why() -> None:
    found = due("5d 24:00 next-working-day", at("2026-09-27 10:00"), DAYS)
    assert found is not None
    assert "10 月 3 日 00:00 至 10 月 7 日 24:00 最后一天放假（国庆节），顺延到下个工作日" in "\n".join(why_words(found, "zh"))
    assert "the last day is one of rest (National Day): moved to the next working day" in "\n".join(why_words(found, "en"))
    assert "（那天放假的顺延到下个工作日）" in parse_limit(found.limit).words("zh")
    steps = [step for step in why_json(found)["why"] if step["kind"] in ("counted", "moved")]
    assert [step["kind"] for step in steps] == ["counted", "moved", "counted"]
    assert all(before["end"] == after["start"] for before, after in zip(steps, steps[1:], strict=False)), "no hole"


@pytest.mark.parametrize("limit", ["2d", "3wd", "24h", "1mo", "customer-date", "2wd close", "1w"])
def test_only_what_ends_with_a_day_moves(limit: str) -> None:
    with pytest.raises(LimitError, match="next-working-day|24:00"):
        parse_limit(f"{limit} next-working-day")


def test_the_spelling_is_one() -> None:
    for spelt in ("15d 24:00 next-working-day rolling", "15d 24:00 rolling next-working-day", "15D 24:00  NEXT-WORKING-DAY rolling"):
        assert str(parse_limit(spelt)) == "15d 24:00 next-working-day rolling"
    assert parse_limit("15d 24:00 next-working-day").needs_working_days


def test_a_clock_that_never_stops_knows_no_day_of_rest() -> None:
    with pytest.raises(TimeRefused, match="round the clock"):
        due("15d 24:00 next-working-day", at("2026-11-20 10:00"), RoundTheClock("Asia/Shanghai"))


def test_days_nobody_has_announced_are_not_confirmed() -> None:
    assert (found := due("5d 24:00 next-working-day", at("2027-09-27 10:00"), DAYS)) and not found.confirmed
    assert (found := due("5d 24:00 next-working-day", at("2026-09-27 10:00"), DAYS)) and found.confirmed


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-11-23 10:00", "2026-11-24 10:00", "2026-12-01 00:00"),  # one midnight: Sunday, and so Monday as before
        ("2026-11-23 10:00", "2026-11-26 10:00", "2026-12-02 00:00"),  # three: Tuesday
        ("2026-11-29 12:00", "2026-12-01 12:00", "2026-12-03 00:00"),  # in the days of rest: from Monday on by two
        ("2026-12-01 09:00", "2026-12-05 09:00", "2026-12-01 00:00"),  # over by then
    ],
)
def test_pauses_before_in_and_after_the_days_of_rest(start: str, end: str, expected: str) -> None:
    found = due("8d 24:00 next-working-day", at("2026-11-20 10:00"), DAYS, pauses=[Pause(at(start), at(end), "等鉴定")])
    assert found is not None and found.at == at(expected)


LIMITS = st.sampled_from(["same-day", "3d 24:00", "15d 24:00", "1mo 24:00", "2w 24:00 counting-start", "monthly 30"])
BREAKS = st.lists(st.tuples(st.integers(0, 60 * 24), st.integers(1, 9 * 24)), max_size=3)


@given(STARTS, LIMITS, BREAKS, st.integers(0, 5 * 86_400), st.sampled_from([DAYS, NEW_YORK]))
def test_it_ends_on_a_working_day_never_sooner_and_never_within_a_pause(
    start: datetime, limit: str, breaks: list[tuple[int, int]], later: int, hours: OfficeHours
) -> None:
    pauses = [Pause(start + timedelta(hours=a), start + timedelta(hours=a + b)) for a, b in breaks]
    plain, moved = (due(spelt, start, hours, pauses=pauses) for spelt in (limit, f"{limit} next-working-day"))
    assert plain is not None and moved is not None
    assert hours.works_on((moved.at - timedelta(seconds=1)).date()) and moved.at >= plain.at
    if not limit.startswith("monthly"):
        assert not any(pause.start < moved.at < pause.end for pause in pauses if pause.end)
    if not pauses:
        after = due(f"{limit} next-working-day", start + timedelta(seconds=later), hours)
        assert after is not None and after.at >= moved.at
