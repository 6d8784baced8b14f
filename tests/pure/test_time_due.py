"""When a limit falls due: every kind of limit by hand, pauses, extensions, unconfirmed years, and the reasons given."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kesu.procedure.due import Due, Pause, due, extended_at_most, left, why_json, why_words
from kesu.procedure.instants import BeyondCalendar, TimeRefused
from kesu.procedure.limits import LimitError
from kesu.procedure.officialdays import OfficialDays
from kesu.procedure.timetable import OfficeHours, RoundTheClock

OFFICIAL = OfficialDays.read(Path(__file__).parents[2] / "packs" / "calendars" / "cn.csv")
ZONE = ZoneInfo("Asia/Shanghai")
DAY = [(540, 720), (810, 1080)]
OFFICE = OfficeHours("Asia/Shanghai", dict.fromkeys(range(5), DAY), OFFICIAL)
CLOCK = RoundTheClock("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def pause(start: str, end: str | None, reason: str = "等住户发录像") -> Pause:
    return Pause(at(start), at(end) if end else None, reason)


@pytest.mark.parametrize(
    ("limit", "start", "expected"),
    [
        # 2026-11-20 is a Friday
        ("10m", "2026-11-20 17:55", "2026-11-23 09:05"),
        ("1h elapsed", "2026-11-20 17:55", "2026-11-20 18:55"),
        ("2d", "2026-11-20 14:22:31", "2026-11-22 14:22:31"),
        ("same-day", "2026-11-20 00:00", "2026-11-21 00:00"),
        ("same-day", "2026-11-20 23:59", "2026-11-21 00:00"),
        ("same-day", "2026-11-21 00:00", "2026-11-22 00:00"),
        ("2d 24:00", "2026-11-20 14:22", "2026-11-23 00:00"),
        ("1w", "2026-11-20 14:22", "2026-11-27 14:22"),
        ("1w 24:00", "2026-11-20 14:22", "2026-11-28 00:00"),
        ("1mo", "2026-01-31 10:00", "2026-02-28 10:00"),
        ("1mo", "2026-11-20 10:00", "2026-12-20 10:00"),
        ("3mo", "2026-11-30 10:00", "2027-02-28 10:00"),
        ("1mo 24:00", "2024-01-31 10:00", "2024-03-01 00:00"),
        ("1wd", "2026-11-20 14:22", "2026-11-24 00:00"),
        ("2wd", "2026-11-20 14:22", "2026-11-25 00:00"),
        ("1wd", "2026-11-21 10:00", "2026-11-24 00:00"),
        ("1wd", "2026-02-13 10:00", "2026-02-15 00:00"),  # the make-up Saturday is a working day
        ("1wd close", "2026-02-14 10:00", "2026-02-24 18:00"),
        ("2wd close", "2026-11-20 14:22", "2026-11-24 18:00"),
        ("2wd same-time", "2026-11-20 14:22:05", "2026-11-24 14:22:05"),
        ("2wd same-time", "2026-11-21 14:22:05", "2026-11-25 00:00"),  # from a Saturday as from Monday 00:00
        ("2wd same-time", "2026-11-23 00:00", "2026-11-25 00:00"),
        ("2wd counting-start same-time", "2026-11-21 14:22", "2026-11-24 00:00"),
        ("2wd counting-start same-time", "2026-11-20 14:22", "2026-11-23 14:22"),
        ("1wd counting-start", "2026-11-20 14:22", "2026-11-21 00:00"),
        ("1wd counting-start", "2026-11-21 14:22", "2026-11-24 00:00"),
        ("1wd counting-start close", "2026-11-20 17:59", "2026-11-20 18:00"),
        ("1wd counting-start close", "2026-11-20 18:00", "2026-11-23 18:00"),
        ("15wd", "2026-09-18 10:00", "2026-10-16 00:00"),  # 20 Sep, 21–24, 28–30, 8–10 Oct, 12–15
        ("monthly 30", "2026-11-20 14:22", "2026-12-01 00:00"),
        ("monthly 30", "2026-11-30 14:22", "2026-12-01 00:00"),
        ("monthly 30", "2026-01-31 08:00", "2026-03-01 00:00"),
        ("monthly 30", "2026-12-31 08:00", "2027-01-31 00:00"),
        ("yearly 06-01", "2026-06-01 23:59", "2026-06-02 00:00"),
        ("yearly 06-01", "2026-06-02 00:00", "2027-06-02 00:00"),
        ("yearly 02-29", "2026-01-01 00:00", "2026-03-01 00:00"),
        ("later of 1h | same-day", "2026-11-20 23:30", "2026-11-23 10:00"),
        ("earlier of 1h | same-day", "2026-11-20 23:30", "2026-11-21 00:00"),
    ],
)
def test_by_hand_in_office_hours(limit, start, expected):
    found = due(limit, at(start), OFFICE)
    assert found.at == found.original_at == at(expected)
    assert (found.why[0].kind, found.why[-1].kind, found.limit) == ("start", "limit", limit)


@pytest.mark.parametrize(
    ("limit", "start", "expected"),
    [
        ("10m", "2026-02-14 23:55", "2026-02-15 00:05"),
        ("24h", "2026-02-14 10:00", "2026-02-15 10:00"),
        ("2d 24:00", "2026-02-14 10:00", "2026-02-17 00:00"),
    ],
)
def test_by_hand_round_the_clock(limit, start, expected):
    assert due(limit, at(start), CLOCK).at == at(expected)


def test_working_days_round_the_clock_are_refused():
    with pytest.raises(TimeRefused, match="working days"):
        due("2wd", at("2026-11-20 10:00"), CLOCK)


def test_a_start_in_another_zone_means_the_site_day():
    utc = datetime.fromisoformat("2026-11-20T17:00+00:00")  # 01:00 on the 21st in Shanghai
    found = due("same-day", utc, OFFICE)
    assert found.at == at("2026-11-22 00:00") and found.at.isoformat() == "2026-11-22T00:00:00+08:00"


# The customer's date (P-5, P-14)


def test_the_customers_date_when_sooner():
    start = at("2026-11-20 14:22")
    assert due("earlier of 2d | customer-date", start, OFFICE, customer_date=date(2026, 11, 21)).at == at("2026-11-22 00:00")
    assert due("earlier of 2d | customer-date", start, OFFICE, customer_date=at("2026-11-21 09:00")).at == at("2026-11-21 09:00")
    assert due("earlier of 2d | customer-date", start, OFFICE, customer_date=date(2026, 12, 1)).at == at("2026-11-22 14:22")


def test_a_missing_customers_date_takes_no_part():
    start = at("2026-11-20 14:22")
    assert (
        due("earlier of 2d | customer-date", start, OFFICE).at
        == due("later of 2d | customer-date", start, OFFICE).at
        == at("2026-11-22 14:22")
    )
    assert due("customer-date", start, OFFICE) is None
    assert due("customer-date", start, OFFICE, extended_to=at("2026-12-01 10:00")) is None


def test_a_pause_does_not_move_the_customers_date():
    found = due(
        "customer-date",
        at("2026-11-20 14:22"),
        OFFICE,
        customer_date=date(2026, 11, 22),
        pauses=[pause("2026-11-20 15:00", "2026-11-21 15:00")],
    )
    assert found.at == at("2026-11-23 00:00") and "约定的日期不变" in "".join(why_words(found, "zh"))


# Pauses


def test_pause_over_a_weekend_takes_only_open_time_of_an_open_clock():
    found = due("4h", at("2026-11-20 15:00"), OFFICE, pauses=[pause("2026-11-20 17:00", "2026-11-23 10:00")])
    assert found.at == at("2026-11-23 12:00")  # two hours on Friday, two on Monday


def test_pause_of_an_elapsed_limit_takes_its_length():
    found = due("2d", at("2026-11-18 10:05"), OFFICE, pauses=[pause("2026-11-18 18:30", "2026-11-18 21:45")])
    assert found.at == at("2026-11-20 13:20")  # the case of the design pages


@pytest.mark.parametrize(
    ("limit", "start", "end", "expected"),
    [
        ("same-day", "2026-11-20 15:00", "2026-11-20 23:00", "2026-11-21 00:00"),  # within one day: nothing
        ("same-day", "2026-11-20 15:00", "2026-11-21 00:00", "2026-11-22 00:00"),  # the rest of the day
        ("2d 24:00", "2026-11-20 15:00", "2026-11-22 09:00", "2026-11-25 00:00"),
        ("2wd", "2026-11-20 15:00", "2026-11-22 09:00", "2026-11-26 00:00"),  # one working midnight, Friday's
        ("2wd", "2026-11-21 00:00", "2026-11-23 09:00", "2026-11-25 00:00"),  # a weekend: nothing
        ("2wd close", "2026-11-20 15:00", "2026-11-23 10:00", "2026-11-25 18:00"),
        ("2wd close", "2026-11-24 15:00", "2026-11-24 17:59", "2026-11-24 18:00"),
        ("2wd close", "2026-11-24 15:00", "2026-11-24 18:01", "2026-11-25 18:00"),  # it took the closing time of the last day
        ("2wd same-time", "2026-11-24 14:00", "2026-11-24 15:00", "2026-11-25 14:22"),
        ("1mo", "2026-11-20 15:00", "2026-11-20 18:00", "2026-12-20 17:22"),
        ("monthly 30", "2026-11-20 15:00", "2026-11-28 18:00", "2026-12-01 00:00"),
    ],
)
def test_pause_of_limits_in_days(limit, start, end, expected):
    assert due(limit, at("2026-11-20 14:22"), OFFICE, pauses=[pause(start, end)]).at == at(expected)


def test_pause_after_the_clock_ran_out_changes_nothing():
    start = at("2026-11-20 10:00")
    assert due("1h", start, OFFICE, pauses=[pause("2026-11-20 11:00", "2026-11-20 14:00")]).at == at("2026-11-20 11:00")
    assert due("1h", start, OFFICE, pauses=[pause("2026-11-20 10:59:59", "2026-11-20 14:00")]).at == at("2026-11-20 14:00:01")


def test_pause_that_a_first_pause_brings_within_reach_counts():
    pauses = [pause("2026-11-20 11:30", "2026-11-20 11:40"), pause("2026-11-20 10:30", "2026-11-20 11:00")]
    assert due("1h", at("2026-11-20 10:00"), OFFICE, pauses=pauses[:1]).at == at("2026-11-20 11:00")
    assert due("1h", at("2026-11-20 10:00"), OFFICE, pauses=pauses).at == at("2026-11-20 11:30")
    pauses[0] = pause("2026-11-20 11:29", "2026-11-20 11:40")
    assert due("1h", at("2026-11-20 10:00"), OFFICE, pauses=pauses).at == at("2026-11-20 11:41")


def test_overlapping_pauses_are_one():
    pauses = [pause("2026-11-20 10:10", "2026-11-20 10:40", "等录像"), pause("2026-11-20 10:20", "2026-11-20 10:50", "等报价")]
    found = due("1h", at("2026-11-20 10:00"), OFFICE, pauses=pauses)
    assert found.at == at("2026-11-20 11:40")
    assert [(why.seconds, why.name) for why in found.why if why.kind == "paused"] == [(2400, "等录像；等报价")]


def test_pause_from_before_the_start_counts_from_the_start():
    assert due("1h", at("2026-11-20 10:00"), OFFICE, pauses=[pause("2026-11-20 09:00", "2026-11-20 10:15")]).at == at("2026-11-20 11:15")


def test_open_pause_counts_up_to_until():
    held = [pause("2026-11-20 10:30", None)]
    assert due("1h", at("2026-11-20 10:00"), OFFICE, pauses=held).at == at("2026-11-20 11:00")
    assert due("1h", at("2026-11-20 10:00"), OFFICE, pauses=held, until=at("2026-11-20 16:30")).at == at("2026-11-20 17:00")
    assert due("1h", at("2026-11-20 10:00"), OFFICE, pauses=held, until=at("2026-11-20 10:00")).at == at("2026-11-20 11:00")


def test_a_pause_that_ends_before_it_begins_is_refused():
    with pytest.raises(TimeRefused, match="暂停"):
        due("1h", at("2026-11-20 10:00"), OFFICE, pauses=[pause("2026-11-20 11:00", "2026-11-20 10:00")])


STARTS = st.integers(0, 300 * 1440).map(lambda minute: at("2026-01-05 00:00") + timedelta(minutes=minute))
PAUSES = st.lists(st.tuples(st.integers(0, 12 * 1440), st.integers(0, 4 * 1440)), max_size=5)


def held(start: datetime, spec: list[tuple[int, int]]) -> list[Pause]:
    return [Pause(start + timedelta(minutes=a), start + timedelta(minutes=a + b), str(a)) for a, b in spec]


def unpaused_minutes(start: datetime, end: datetime, pauses: list[Pause]) -> int:
    """Open seconds outside every pause, minute by minute."""
    total, moment = 0, start
    while moment < end:
        if OFFICE.is_open(moment) and not any(p.start <= moment < p.end for p in pauses):
            total += 60
        moment += timedelta(minutes=1)
    return total


@settings(max_examples=40, deadline=None)
@given(STARTS, st.integers(1, 12 * 60), PAUSES)
def test_what_remains_without_the_pauses_is_the_limit(start, minutes, spec):
    pauses = held(start, spec)
    found = due(f"{minutes}m", start, OFFICE, pauses=pauses)
    assert unpaused_minutes(start, found.at, pauses) == minutes * 60


@settings(max_examples=60, deadline=None)
@given(
    STARTS,
    st.sampled_from(["5h", "2d", "same-day", "2d 24:00", "3wd", "2wd close", "1w", "earlier of 9h | 2wd"]),
    PAUSES,
    st.randoms(use_true_random=False),
)
def test_order_of_pauses_does_not_matter_and_they_never_make_it_earlier(start, limit, spec, shuffle: random.Random):
    pauses = held(start, spec)
    mixed = pauses[:]
    shuffle.shuffle(mixed)
    found = due(limit, start, OFFICE, pauses=pauses)
    again = due(limit, start, OFFICE, pauses=mixed)
    assert (found, found.why) == (again, again.why)
    assert found.at >= due(limit, start, OFFICE).at


@settings(max_examples=100, deadline=None)
@given(
    STARTS,
    st.sampled_from(["5h", "5h elapsed", "2d", "same-day", "2d 24:00", "3wd", "2wd close", "2wd same-time", "1w", "1mo 24:00"]),
    PAUSES,
)
def test_nothing_falls_due_during_a_pause(start, limit, spec):
    pauses = held(start, spec)
    found = due(limit, start, OFFICE, pauses=pauses)
    assert not any(pause.start < found.at < pause.end for pause in pauses)


@settings(max_examples=60, deadline=None)
@given(STARTS, st.integers(1, 40 * 60), st.integers(0, 2000), st.integers(0, 6000))
def test_one_pause_moves_an_open_clock_by_exactly_its_open_time(start, minutes, after, length):
    plain = due(f"{minutes}m", start, OFFICE)
    stop = start + timedelta(minutes=after)
    found = due(f"{minutes}m", start, OFFICE, pauses=[Pause(stop, stop + timedelta(minutes=length), "")])
    took = OFFICE.between(stop, stop + timedelta(minutes=length)) if stop < plain.at else 0
    assert OFFICE.between(start, found.at) == OFFICE.between(start, plain.at) + took


@settings(max_examples=60, deadline=None)
@given(STARTS, st.sampled_from(["5h", "40h", "2d", "same-day", "3wd", "2wd close", "3wd counting-start", "1mo"]), PAUSES)
def test_reasons_cover_start_to_due_without_holes(start, limit, spec):
    found = due(limit, start, OFFICE, pauses=held(start, spec))
    course = [why for why in found.why if why.kind not in ("start", "limit", "extended")]
    assert course[0].start == start
    assert all(one.end == two.start for one, two in pairwise(course))
    assert course[-1].end == found.at
    if limit in ("5h", "40h"):
        assert sum(why.seconds for why in course if why.kind == "counted") == {"5h": 5, "40h": 40}[limit] * 3600


# Extensions, unconfirmed years


def test_an_extension_leaves_the_original_visible():
    found = due("3d", at("2026-11-20 14:22"), OFFICE, extended_to=at("2026-11-28 13:20"))
    assert (found.at, found.original_at) == (at("2026-11-28 13:20"), at("2026-11-23 14:22"))
    assert [(why.start, why.end) for why in found.why if why.kind == "extended"] == [(found.original_at, found.at)]


@pytest.mark.parametrize(
    ("longest", "first_due", "expected"),
    [
        ("10wd", "2026-11-26 00:00", "2026-12-10 00:00"),  # due by Wednesday 24:00: ten working days end with a Wednesday
        ("10wd", "2026-11-26 09:00", "2026-12-11 00:00"),
        ("1wd close", "2026-11-26 00:00", "2026-11-26 18:00"),
        ("2d 24:00", "2026-11-26 00:00", "2026-11-28 00:00"),
        ("1w 24:00", "2026-11-26 00:00", "2026-12-03 00:00"),
        ("30d", "2026-11-26 00:00", "2026-12-26 00:00"),
        ("3d", "2026-11-26 09:30", "2026-11-29 09:30"),
        ("1h", "2026-11-26 00:00", "2026-11-26 10:00"),
    ],
)
def test_the_length_of_an_extension_begins_with_the_first_due_time(longest, first_due, expected):
    assert extended_at_most(longest, at(first_due), OFFICE) == at(expected)


def test_an_extension_has_a_length():
    with pytest.raises(LimitError, match="customer-date"):
        extended_at_most("customer-date", at("2026-11-26 00:00"), OFFICE)


def test_beyond_the_announced_year_it_says_so():
    assert due("8h", at("2026-12-31 10:00"), OFFICE).confirmed is False  # over New Year 2027
    assert due("2h", at("2026-12-31 10:00"), OFFICE).confirmed is True
    assert due("1wd", at("2026-12-30 10:00"), OFFICE).confirmed is True  # ends 24:00 of the 31st
    assert due("1wd", at("2026-12-31 10:00"), OFFICE).confirmed is False
    assert due("5d", at("2026-12-31 10:00"), OFFICE).confirmed is True  # elapsed: no notice can move it
    assert due("8h", at("2026-12-31 10:00"), OfficeHours(ZONE, dict.fromkeys(range(7), DAY))).confirmed is True
    assert due("1wd", at("2026-12-31 10:00"), OFFICE, extended_to=at("2027-01-20 18:00")).confirmed is True


def test_an_announced_year_moves_what_was_expected():
    known = OfficeHours(
        ZONE, dict.fromkeys(range(5), DAY), OFFICIAL.with_rows([(date(2027, 1, 4), "off", "元旦", "通知")], date(2027, 12, 31))
    )
    before, after = due("1wd", at("2026-12-31 10:00"), OFFICE), due("1wd", at("2026-12-31 10:00"), known)
    assert (before.at, before.confirmed) == (at("2027-01-05 00:00"), False)
    assert (after.at, after.confirmed) == (at("2027-01-06 00:00"), True)


def test_nothing_is_clamped():
    with pytest.raises(BeyondCalendar):
        due("1h", at("2026-11-20 10:00"), OfficeHours(ZONE, {}))
    with pytest.raises(BeyondCalendar):
        due("2wd", at("2026-11-20 10:00"), OfficeHours(ZONE, {}))


# Left


def test_left_in_the_clocks_own_time():
    deadline = at("2026-11-23 10:00")
    assert left(deadline, at("2026-11-20 17:00"), OFFICE) == 2 * 3600
    assert left(deadline, at("2026-11-20 17:00"), CLOCK) == 65 * 3600
    assert left(deadline, at("2026-11-23 14:00"), OFFICE) == -(2 * 3600 + 1800)
    assert left(deadline, deadline, OFFICE) == 0


# Why


def test_why_as_data():
    told = why_json(
        due(
            "90m",
            at("2026-11-20 11:30"),
            OFFICE,
            pauses=[pause("2026-11-20 14:00", "2026-11-20 15:00")],
            extended_to=at("2026-11-21 10:00"),
        )
    )
    assert told["due"] == "2026-11-21T10:00:00+08:00" and told["original"] == "2026-11-20T15:30:00+08:00"
    assert (told["limit"], told["counts"], told["confirmed"]) == ("90m", "working", True)
    assert [(why["kind"], why["seconds"]) for why in told["why"]] == [
        ("start", 0), ("counted", 1800), ("lunch", 5400), ("counted", 1800), ("paused", 3600), ("counted", 1800),
        ("limit", 5400), ("extended", 66_600),
    ]  # fmt: skip
    assert all(datetime.fromisoformat(why["start"]).utcoffset() for why in told["why"])


def test_why_in_chinese():
    assert why_words(due("90m", at("2026-02-14 17:30"), OFFICE), "zh") == [
        "2 月 14 日 17:30 起算",
        "2 月 14 日 17:30–18:00 计入 30 分钟",
        "2 月 14 日 18:00–24:00 不上班，不计",
        "2 月 15 日 00:00 至 2 月 23 日 24:00 春节放假，不计",
        "2 月 24 日 00:00–09:00 不上班，不计",
        "2 月 24 日 09:00–10:00 计入 1 小时",
        "时限：90 分钟，只算上班时间",
        "所以是 2 月 24 日 10:00 前",
    ]


def test_why_in_english():
    told = why_words(due("2wd", at("2026-09-30 11:30"), OFFICE, pauses=[pause("2026-10-08 10:00", "2026-10-09 10:00", "quote")]), "en")
    assert told == [
        "starts 30 Sep 11:30",
        "30 Sep 11:30–24:00: the first day does not count",
        "1 Oct 00:00 to 7 Oct 24:00: National Day off, not counted",
        "8 Oct 00:00–10:00: counted",
        "8 Oct 10:00 to 9 Oct 10:00: paused (quote), moves it by 1 working day",
        "9 Oct 10:00 to 10 Oct 24:00: counted",
        "limit: 2 working days",
        "so it is due by 10 Oct 24:00",
    ]


def test_a_long_why_sums_up_nights_but_keeps_days_off():
    told = why_words(due("60h", at("2026-09-22 09:00"), OFFICE), "zh")
    assert len(told) < 10 and any("国庆节放假" in line for line in told) and any("休息日不计" in line for line in told)


def test_a_date_that_was_given_needs_no_reckoning():
    given_date = Due(at("2026-11-28 13:20"), at("2026-11-28 13:20"), [], True)
    assert given_date.why == []
    assert why_words(given_date, "zh") == ["所以是 11 月 28 日 13:20 前"]


def test_why_mentions_years_not_announced():
    assert "2027 年的放假安排还没公布" in "".join(why_words(due("1wd", at("2026-12-31 10:00"), OFFICE), "zh"))
    assert "not announced" in "".join(why_words(due("1wd", at("2026-12-31 10:00"), OFFICE), "en"))
