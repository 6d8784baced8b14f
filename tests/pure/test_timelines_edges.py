"""`kesu due` at the edges: clocks that change, days that end at 24:00, pauses of every kind, what no line may do, against a plain count."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kesu.config.commands import due as command
from kesu.procedure.timelines import LONGEST_LINE, answer

DAY = [["09:00", "12:00"], ["13:30", "18:00"]]
WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), DAY)
ALL_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OFFICE = {"zone": "Asia/Shanghai", "hours": WEEK, "calendar": "cn"}
PLAIN = {"zone": "Asia/Shanghai", "hours": WEEK}


def asked(**question: Any) -> dict[str, Any]:
    return json.loads(answer(json.dumps({"id": "q", **question}, ensure_ascii=False), command.calendar))


# By hand


@pytest.mark.parametrize(
    ("question", "start", "limit", "expected"),
    [
        # ends of months and years, a leap day
        (PLAIN, "2028-02-28T17:30", "1h", "2028-02-29T09:30:00+08:00"),
        (PLAIN, "2027-02-26T17:30", "1h", "2027-03-01T09:30:00+08:00"),
        (PLAIN, "2028-02-29T10:00", "1mo", "2028-03-29T10:00:00+08:00"),
        (PLAIN, "2026-12-31T17:30", "1h", "2027-01-01T09:30:00+08:00"),  # a year without any holiday
        (OFFICE, "2026-12-31T17:30", "1h", "2027-01-04T09:30:00+08:00"),
        (OFFICE, "2028-01-31T17:30", "90m", "2028-02-01T10:00:00+08:00"),
        # 24:00
        ({"zone": "Asia/Shanghai", "hours": {"mon": [["20:00", "24:00"]]}}, "2026-11-23T23:00", "1h", "2026-11-24T00:00:00+08:00"),
        ({"zone": "Asia/Shanghai", "hours": {"mon": [["20:00", "24:00"]]}}, "2026-11-23T23:00", "61m", "2026-11-30T20:01:00+08:00"),
        (
            {"zone": "Asia/Shanghai", "hours": {"mon": [["20:00", "24:00"]], "tue": [["00:00", "04:00"]]}},
            "2026-11-23T23:00",
            "2h",
            "2026-11-24T01:00:00+08:00",
        ),
        (PLAIN, "2026-11-20T24:00", "1h", "2026-11-23T10:00:00+08:00"),
        # own days off and openings over everything
        ({**OFFICE, "holidays": ["2026-02-14"]}, "2026-02-13T17:30", "1h", "2026-02-24T09:30:00+08:00"),  # even over a make-up day
        ({**OFFICE, "special": {"2026-02-16": [["10:00", "11:00"]]}}, "2026-02-14T17:30", "90m", "2026-02-16T11:00:00+08:00"),
        (
            {**OFFICE, "holidays": ["2026-02-16"], "special": {"2026-02-16": [["10:00", "11:00"]]}},
            "2026-02-14T17:30",
            "90m",
            "2026-02-16T11:00:00+08:00",
        ),
        ({**OFFICE, "holidays": ["2040-03-01"]}, "2040-09-28T17:30", "1h", "2040-10-04T09:30:00+08:00"),  # the country's days stay
        ({**OFFICE, "hours": {"tue": DAY}}, "2026-02-14T10:00", "1h", "2026-02-24T10:00:00+08:00"),  # Monday closed: make-up day too
        # elsewhere
        ({"zone": "America/New_York", "hours": WEEK}, "2026-03-06T17:30:00-05:00", "1h", "2026-03-09T09:30:00-04:00"),
        ({"zone": "Europe/London", "hours": "24x7"}, "2026-10-25T00:30:00Z", "2h", "2026-10-25T02:30:00+00:00"),
        ({"zone": "Europe/London", "hours": "24x7"}, "2026-10-25T01:30", "1h", "2026-10-25T01:30:00+00:00"),  # the first of the two
        ({"zone": "Australia/Lord_Howe", "hours": "24x7"}, "2026-04-05T01:30", "1h", "2026-04-05T02:00:00+10:30"),  # half an hour back
        ({"zone": "Pacific/Apia", "hours": "24x7"}, "2011-12-29T23:30:00-10:00", "1h", "2011-12-31T00:30:00+14:00"),
        ({"zone": "Pacific/Apia", "hours": "24x7"}, "2011-12-29T12:00:00-10:00", "same-day", "2011-12-31T00:00:00+14:00"),
        ({"zone": "UTC", "hours": "24x7"}, "20260214T173000Z", "45s", "2026-02-14T17:30:45+00:00"),
        ({"zone": "UTC", "hours": "24x7"}, "2026-W07-6T17:30:00.9Z", "45s", "2026-02-14T17:30:45+00:00"),
    ],
)
def test_due_by_hand(question: dict[str, Any], start: str, limit: str, expected: str) -> None:
    found = asked(**question, start=start, limit=limit)
    assert found.get("due") == expected, found


@pytest.mark.parametrize(
    ("pauses", "expected"),
    [
        # two hours from Friday 2026-11-20 11:00 are over at 14:30
        ([], "2026-11-20T14:30:00+08:00"),
        ([["2026-11-20T12:00", "2026-11-20T13:30"]], "2026-11-20T14:30:00+08:00"),  # lunch
        ([["2026-11-20T11:30", "2026-11-20T14:00"]], "2026-11-20T15:30:00+08:00"),  # across lunch: an open hour
        ([["2026-11-20T14:00", "2026-11-23T10:00"]], "2026-11-23T10:30:00+08:00"),  # across the weekend
        ([["2026-11-20T14:30", "2026-11-20T16:00"]], "2026-11-20T14:30:00+08:00"),  # begins when it is over
        ([["2026-11-20T14:29", "2026-11-20T14:31"]], "2026-11-20T14:32:00+08:00"),
        ([["2026-11-19T09:00", "2026-11-20T11:30"]], "2026-11-20T15:00:00+08:00"),  # began before the start
        ([["2026-11-19T09:00", "2026-11-20T10:30"]], "2026-11-20T14:30:00+08:00"),  # all of it before the start
        ([["2026-11-20T11:10", "2026-11-20T11:10"]], "2026-11-20T14:30:00+08:00"),
        ([["2026-11-20T11:20", "2026-11-20T11:40"], ["2026-11-20T11:10", "2026-11-20T11:30"]], "2026-11-20T15:00:00+08:00"),
        ([["2026-11-20T11:10", "2026-11-20T11:20"], ["2026-11-20T11:20", "2026-11-20T11:30"]], "2026-11-20T14:50:00+08:00"),
        ([["2026-11-20T15:00", None]], "2026-11-20T14:30:00+08:00"),  # stands still later: nothing to wait for
    ],
)
def test_pauses_by_hand(pauses: list[Any], expected: str) -> None:
    assert asked(**OFFICE, start="2026-11-20T11:00", limit="2h", pauses=pauses)["due"] == expected
    assert asked(**OFFICE, start="2026-11-20T11:00", limit="2h", pauses=pauses[::-1])["due"] == expected


def test_a_clock_that_still_stands_still() -> None:
    still = {**OFFICE, "start": "2026-11-20T11:00", "pauses": [["2026-11-20T11:30", None, "等录像"]]}
    assert asked(**still, limit="2h")["code"] == "pauses"
    resumed = asked(**still, limit="2h", until="2026-11-20T14:00")
    assert resumed["due"] == "2026-11-20T15:30:00+08:00"
    assert ("paused", "等录像", 3600) in {(step["kind"], step["name"], step["seconds"]) for step in resumed["why"]}
    between = {**still, "end": "2026-11-20T18:00"}
    assert asked(**between)["minutes"] == 30
    assert asked(**still, limit="yearly 12-01")["due"] == "2026-12-02T00:00:00+08:00"  # no pause moves a date


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-11-20T11:00", "2026-11-20T11:00", 0),
        ("2026-11-20T11:00:00", "2026-11-20T11:00:45", 0.75),
        ("2026-11-20T11:00:00", "2026-11-20T11:01:01", 61 / 60),
        ("2026-11-20T18:00", "2026-11-23T09:00", 0),
        ("2026-09-30T17:00", "2026-10-08T10:00", 120),
    ],
)
def test_minutes_are_whole_or_exact(start: str, end: str, minutes: float) -> None:
    found = asked(**OFFICE, start=start, end=end)["minutes"]
    assert found == minutes and isinstance(found, int) == isinstance(minutes, int)


def test_the_customer_s_bare_date_ends_at_its_midnight() -> None:
    question = {**OFFICE, "start": "2026-11-20T11:00", "limit": "earlier of 3d | customer-date"}
    assert asked(**question, customer_date="2026-11-21")["due"] == "2026-11-22T00:00:00+08:00"
    assert asked(**question, customer_date="2026-11-21T10:00")["due"] == "2026-11-21T10:00:00+08:00"


def test_the_reasons_name_what_is_skipped_and_leave_no_hole() -> None:
    found = asked(
        **OFFICE, holidays=["2026-10-08"], start="2026-09-30T11:00", limit="6h", pauses=[["2026-09-30T14:00", "2026-09-30T15:00"]]
    )
    steps = found["why"][1:-1]
    assert [(step["kind"], step["name"]) for step in steps] == [
        ("counted", ""),
        ("lunch", ""),
        ("counted", ""),
        ("paused", ""),
        ("counted", ""),
        ("closed", ""),
        ("off_day", "国庆节"),
        ("off_day", "公司假日"),
        ("closed", ""),
        ("counted", ""),
    ]
    assert all(one["end"] == two["start"] for one, two in pairwise(steps))
    assert steps[0]["start"] == "2026-09-30T11:00:00+08:00" and steps[-1]["end"] == found["due"] == "2026-10-09T10:30:00+08:00"
    assert sum(step["seconds"] for step in steps if step["kind"] == "counted") == 6 * 3600


def test_only_what_rests_on_days_nobody_announced_is_unconfirmed() -> None:
    assert asked(**OFFICE, start="2031-03-03T10:00", limit="1h")["confirmed"] is False
    assert asked(**OFFICE, start="2031-03-03T10:00", limit="1h elapsed")["confirmed"] is True
    assert asked(**PLAIN, holidays=["2026-10-01"], start="2031-03-03T10:00", limit="1h")["confirmed"] is True


@pytest.mark.parametrize("spelt", ["mon", "Mon", "MONDAY", "monday", "周一", "1"])
def test_weekdays_as_people_spell_them(spelt: str) -> None:
    question = {"zone": "Asia/Shanghai", "hours": {spelt: DAY, "sun": DAY}}
    assert asked(**question, at="2026-11-23T10:00")["open"] is True
    assert asked(**question, at="2026-11-24T10:00")["open"] is False


# Against a plain count, where clocks change


def plainly_open(at: datetime, question: dict[str, Any]) -> bool:
    """The rules as the issue words them, read off the wall clock."""
    wall = at.isoformat()
    day, clock = wall[:10], wall[11:16]
    if day in question["special"]:
        windows = question["special"][day]
    elif day in question["holidays"]:
        windows = []
    else:
        windows = question["hours"].get(ALL_DAYS[at.weekday()], [])
    return any(opens <= clock < closes for opens, closes in windows)


def spelt(quarters: list[int]) -> list[list[str]]:
    """Sorted quarters of an hour as windows."""
    clocks = [f"{number // 4:02}:{number % 4 * 15:02}" for number in sorted(quarters)]
    return [[opens, closes] for opens, closes in zip(clocks[::2], clocks[1::2], strict=False)]


WINDOWS = st.lists(st.integers(0, 96), max_size=6, unique=True).map(spelt)
# a zone, and the first day of a week in which its clocks change (or not)
PLACES = st.sampled_from(
    [
        ("Asia/Shanghai", date(2026, 5, 1)),
        ("Europe/London", date(2026, 3, 27)),
        ("Europe/London", date(2026, 10, 23)),
        ("America/New_York", date(2026, 3, 6)),
        ("America/New_York", date(2026, 10, 30)),
        ("Australia/Lord_Howe", date(2026, 4, 3)),
        ("Australia/Lord_Howe", date(2026, 10, 2)),
        ("America/Havana", date(2026, 3, 6)),  # midnight to one is skipped
        ("America/Havana", date(2026, 10, 30)),  # midnight to one is there twice
        ("America/Sao_Paulo", date(2018, 2, 15)),  # the last hour of a day is there twice
        ("America/St_Johns", date(2010, 11, 5)),  # 00:01 back to 23:01: a date begins twice
        ("Pacific/Apia", date(2011, 12, 28)),  # a day is left out
        ("Africa/Casablanca", date(2026, 2, 13)),
    ]
)
SPAN = 6 * 1440
MINUTE = st.integers(0, SPAN)


@settings(max_examples=12, deadline=None)
@given(
    PLACES,
    st.dictionaries(st.sampled_from(ALL_DAYS), WINDOWS),
    st.dictionaries(st.integers(0, 6), WINDOWS, max_size=2),
    st.sets(st.integers(0, 6), max_size=2),
    MINUTE,
    MINUTE,
    st.integers(1, 900),
    st.lists(st.tuples(MINUTE, MINUTE), max_size=3),
)
def test_every_answer_is_what_counting_minutes_gives(
    place: tuple[str, date],
    hours: dict[str, Any],
    special: dict[int, Any],
    off: set[int],
    a: int,
    b: int,
    amount: int,
    pauses: list[tuple[int, int]],
) -> None:
    zone, first = ZoneInfo(place[0]), place[1]
    begin = datetime(first.year, first.month, first.day, tzinfo=zone).astimezone(UTC)

    def instant(minute: int) -> datetime:
        return (begin + timedelta(minutes=minute)).astimezone(zone)

    question = {
        "zone": place[0],
        "hours": hours,
        "special": {str(first + timedelta(number)): windows for number, windows in special.items()},
        "holidays": [str(first + timedelta(number)) for number in off],
    }
    a, b = min(a, b), max(a, b)
    stops = [(min(pair), max(pair)) for pair in pauses]
    written = [[instant(start).isoformat(), instant(end).isoformat()] for start, end in stops]
    open_minutes = [plainly_open(instant(minute), question) for minute in range(SPAN)]
    counts = [good and not any(start <= minute < end for start, end in stops) for minute, good in enumerate(open_minutes)]

    start = instant(a).isoformat()
    assert asked(**question, start=start, end=instant(b).isoformat(), pauses=written)["minutes"] == sum(counts[a:b])
    if a < SPAN:
        assert asked(**question, at=start)["open"] is open_minutes[a]
    reached = [minute + 1 for minute in range(a, SPAN) if counts[minute]][:amount]
    if len(reached) == amount:
        found = asked(**question, start=start, limit=f"{amount}m", pauses=written)
        assert datetime.fromisoformat(found["due"]).astimezone(UTC) == instant(reached[-1]).astimezone(UTC)
        assert sum(step["seconds"] for step in found["why"] if step["kind"] == "counted") == amount * 60


# What no line may do

NOW = {"zone": "Asia/Shanghai", "hours": "24x7", "at": "2026-01-01T00:00Z"}
LIMITED = {"zone": "Asia/Shanghai", "hours": WEEK, "start": "2026-01-01T00:00Z"}


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({**NOW, "at": "2026-01-01"}, "time"),
        ({**NOW, "at": "2026-01-01x00:00Z"}, "time"),
        ({**NOW, "at": "1" * 60}, "time"),
        ({**NOW, "at": "2026-02-29T10:00"}, "time"),
        ({**NOW, "at": "2026-01-01T24:01Z"}, "time"),
        ({**NOW, "at": "2026-01-01T25:00Z"}, "time"),
        ({**NOW, "at": 1767225600}, "time"),
        ({**NOW, "at": True}, "time"),
        ({**NOW, "at": "0001-01-01T00:00+14:00"}, "beyond"),
        ({**NOW, "at": "9999-12-31T23:59-14:00"}, "beyond"),
        ({**NOW, "pauses": [["2026-01-01T00:00Z", "2026-01-01T01:00Z"]]}, "question"),
        ({**LIMITED, "end": "2026-01-02T00:00Z", "customer_date": "2026-01-01"}, "question"),
        ({**LIMITED, "limit": ["1h"]}, "limit"),
        ({**LIMITED, "limit": "1h" * 1000}, "limit"),
        ({**LIMITED, "limit": "999999999h"}, "limit"),
        ({**LIMITED, "start": "2170-01-01T00:00Z", "limit": "80000h"}, "beyond"),
        ({**LIMITED, "limit": ""}, "limit"),
        ({**LIMITED, "limit": "1h", "pauses": [["2026-01-02T00:00Z", "2026-01-01T00:00Z"]]}, "pauses"),
        ({**LIMITED, "limit": "1h", "pauses": [[None, "2026-01-01T00:00Z"]]}, "time"),
        ({**LIMITED, "limit": "1h", "pauses": "2026"}, "pauses"),
        ({**NOW, "zone": "../../etc/passwd"}, "zone"),
        ({**NOW, "zone": "Asia"}, "zone"),
        ({**NOW, "zone": "\x00"}, "zone"),
        ({**NOW, "zone": ""}, "zone"),
        ({**NOW, "zone": 8}, "zone"),
        ({**NOW, "hours": {"mon": [["22:00", "06:00"]]}}, "hours"),
        ({**NOW, "hours": {"mon": [["24:00", "24:00"]]}}, "hours"),
        ({**NOW, "hours": {"mon": [["09:00", "12:00"], ["11:00", "13:00"]]}}, "hours"),
        ({**NOW, "hours": {"mon": [[9, 12]]}}, "hours"),
        ({**NOW, "hours": {"8": DAY}}, "hours"),
        ({**NOW, "hours": "24/7"}, "hours"),
        ({**NOW, "calendar": "../cn"}, "calendar"),
        ({**NOW, "calendar": ["cn"]}, "calendar"),
        ({**NOW, "hours": WEEK, "holidays": "2026-01-01"}, "holidays"),
        ({**NOW, "hours": WEEK, "holidays": ["2026-02-30"]}, "date"),
        ({**NOW, "hours": WEEK, "special": ["2026-01-01"]}, "special"),
        ({**NOW, "hours": WEEK, "special": {"2026-01-01": DAY, "20260101": DAY}}, "special"),
    ],
)
def test_what_is_wrong_has_a_code(question: dict[str, Any], code: str) -> None:
    found = asked(**question)
    assert (found.get("code"), found["id"]) == (code, "q"), found
    assert len(found["error"]) < 2000


@pytest.mark.parametrize(
    ("line", "id", "code"),
    [
        (b'{"id": "\xff", "zone": "UTC", "hours": "24x7", "at": "2026-01-01T00:00Z"}', None, "utf-8"),
        (b'{"id": 1, "id": 2, "zone": "UTC", "hours": "24x7", "at": "2026-01-01T00:00Z"}', 2, "key"),
        (b'{"id": 1, "zone": "UTC", "hours": {"mon": [], "mon": []}, "at": "2026-01-01T00:00Z"}', 1, "key"),
        (b'{"id": 1e999, "zone": "UTC", "hours": "24x7", "at": "2026-01-01T00:00Z"}', None, "json"),
        (b'{"id": NaN, "zone": "UTC", "hours": "24x7", "at": "2026-01-01T00:00Z"}', None, "json"),
        (b'{"id": ' + b"9" * 5000 + b"}", None, "json"),
        (b'{"id": ' + b"[" * 50_000 + b"}", None, "json"),
        (b'{"id": 1, "hours": ' + b'{"mon":' * 50_000 + b"}", None, "json"),
        (b'{"id": 1, "note": "' + b"x" * LONGEST_LINE + b'"}', None, "json"),
        (b"\xc2\xa0", None, "json"),
        (b'"text"', None, "json"),
    ],
)
def test_broken_lines(line: bytes, id: Any, code: str) -> None:
    found = json.loads(answer(line, command.calendar))
    assert (found["id"], found["code"]) == (id, code)


@pytest.mark.parametrize("id", ["\ud800", "号", 7, -1.5, None, True, ["a", {"b": 1}], {"n": 1}, 10**400])
def test_the_id_comes_back_as_it_was(id: Any) -> None:
    told = answer(json.dumps({**NOW, "id": id}), command.calendar)
    assert json.loads(told.encode()) == {"id": id, "open": True}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6) | st.sampled_from(ALL_DAYS), inner, max_size=3),
    max_leaves=6,
)
TIMES = st.sampled_from(["2026-11-20T11:00", "2026-11-20T11:00Z", "2199-12-31T23:59Z", "1970-01-01T00:00-12:00", "2026-03-29T01:30"]) | JSON
QUESTION = st.fixed_dictionaries(
    {},
    optional={
        "id": JSON,
        "zone": st.sampled_from(["Asia/Shanghai", "Europe/London", "Pacific/Apia"]) | JSON,
        "hours": st.sampled_from(["24x7", WEEK, {}]) | JSON,
        "calendar": st.just("cn") | JSON,
        "holidays": st.just(["2026-11-20"]) | JSON,
        "special": st.just({"2026-11-20": []}) | JSON,
        "start": TIMES,
        "end": TIMES,
        "at": TIMES,
        "until": TIMES,
        "customer_date": TIMES,
        "limit": st.sampled_from(["1h", "2wd", "3650d", "87840h", "same-day", "monthly 31", "later of 2wd | customer-date"]) | JSON,
        "pauses": st.lists(st.lists(TIMES, max_size=3), max_size=3) | JSON,
    },
)


@settings(max_examples=50, deadline=None)
@given(QUESTION)
def test_nearly_right_questions_are_answered(question: dict[str, Any]) -> None:
    told = json.loads(answer(json.dumps(question).encode(), command.calendar, "zh").encode())
    assert "error" in told or told.keys() & {"due", "minutes", "open"}


@settings(max_examples=100)
@given(st.binary(max_size=60))
def test_any_bytes_are_answered(line: bytes) -> None:
    assert "error" in json.loads(answer(line, command.calendar))
