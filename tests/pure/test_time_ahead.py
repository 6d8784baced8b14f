"""A limit counted backwards from the date named: thirty days before closing down, a day before the service."""

from __future__ import annotations

from datetime import date

import pytest
from tests.pure.test_time_due import OFFICE, at

from kesu.procedure.due import Pause, due, why_words
from kesu.procedure.limits import LimitError, parse_limit

START = at("2026-11-02 10:00")
LIMIT = "30d before customer-date"


@pytest.mark.parametrize(
    ("named", "until"),
    [
        (date(2026, 12, 31), "2026-12-02 00:00"),  # 2 … 31 December are thirty days
        (at("2026-12-31 00:01"), "2026-12-02 00:00"),
        (at("2026-12-31 22:00"), "2026-12-02 00:00"),
        (at("2027-01-01 00:00"), "2026-12-02 00:00"),  # 24:00 of the 31st belongs to the 31st
        (date(2027, 3, 30), "2027-03-01 00:00"),  # from February, which has 28 days, into March
    ],
)
def test_so_many_days_before_that_day(named, until):
    assert due(LIMIT, START, OFFICE, customer_date=named).at == at(until)


def test_none_when_no_date_was_named_and_past_when_it_is_too_near():
    assert due(LIMIT, START, OFFICE) is None
    assert due(LIMIT, START, OFFICE, customer_date=date(2026, 11, 20)).at == at("2026-10-22 00:00")


def test_a_pause_does_not_move_it():
    held = [Pause(at("2026-11-03 10:00"), at("2026-11-09 10:00"), "parts")]
    assert due(LIMIT, START, OFFICE, pauses=held, customer_date=date(2026, 12, 31)).at == at("2026-12-02 00:00")


def test_it_may_be_one_of_several():
    found = due("earlier of 2d | 1d before customer-date", START, OFFICE, customer_date=date(2026, 11, 4))
    assert found.at == at("2026-11-04 00:00")


def test_a_day_more_ahead_is_a_day_sooner_all_year_round():
    ends = [due(f"{n}d before customer-date", START, OFFICE, customer_date=date(2027, 3, 1)).at for n in range(1, 400)]
    assert {(earlier - later).days for earlier, later in zip(ends, ends[1:], strict=False)} == {1}
    assert {(end.hour, end.minute) for end in ends} == {(0, 0)}


def test_how_it_is_written_and_said():
    assert str(parse_limit(" 30D before  customer-date ")) == LIMIT and parse_limit(LIMIT).asks_customer
    assert parse_limit(LIMIT).words("zh") == "约定的日子前 30 天，到那天 24:00"
    assert parse_limit(LIMIT).words("en") == "by 24:00 on the day 30 days before the date named"
    found = due(LIMIT, START, OFFICE, customer_date=date(2026, 12, 31))
    assert found.limit == LIMIT and "约定的日子前 30 天" in "".join(why_words(found, "zh"))


@pytest.mark.parametrize("text", ["0d before customer-date", "-1d before customer-date", "2h before customer-date", f"{LIMIT} rolling"])
def test_what_cannot_be_meant_is_refused(text):
    with pytest.raises(LimitError):
        parse_limit(text)
