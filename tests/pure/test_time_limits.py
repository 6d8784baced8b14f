"""How a pack writes a limit: what is read, what is refused, what people read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kesu.procedure.limits import Either, Elapsed, LimitError, Within, WorkingDays, parse_limit

SPELLINGS = [
    "90s", "10m", "1h", "24h", "36h elapsed", "30m elapsed", "2d", "same-day", "2d 24:00", "1w", "8w 24:00", "1mo", "1mo 24:00",
    "2wd", "2wd close", "2wd same-time", "1wd counting-start", "3wd counting-start close", "customer-date", "monthly 30", "monthly 1",
    "yearly 06-01", "yearly 02-29", "2d rolling", "15wd cut-off 16:00", "3d 24:00 counting-start",
    "1w 24:00 counting-start", "2mo 24:00 counting-start",
    "later of 24h elapsed | 1wd rolling", "earlier of 2d | customer-date", "later of 10m | same-day | 2wd close",
]  # fmt: skip


@pytest.mark.parametrize("text", SPELLINGS)
def test_a_limit_is_written_as_it_was_read(text):
    assert str(parse_limit(text)) == text


@given(st.integers(1, 120), st.sampled_from(["s", "m", "h", "d", "w", "mo", "wd"]))
def test_every_amount_reads_back_equal(number, unit):
    limit = parse_limit(f"{number}{unit}")
    assert parse_limit(str(limit)) == limit and limit.words("zh") and limit.words("en")


@pytest.mark.parametrize(
    ("sloppy", "same"),
    [
        (" 2D ", "2d"),
        ("10 m", "10m"),
        ("２ｗｄ  close", "2wd close"),
        ("earlier of 2d|customer-date", "earlier of 2d | customer-date"),
        ("2wd 24:00", "2wd"),
        ("2d elapsed", "2d"),
        ("02h", "2h"),
        ("1mo counting-start", "1mo 24:00 counting-start"),
        ("2w counting-start 24:00", "2w 24:00 counting-start"),
    ],
)
def test_sloppy_spelling_is_understood(sloppy, same):
    assert str(parse_limit(sloppy)) == same


@pytest.mark.parametrize(
    "text",
    [
        "", "10", "m", "10x", "0m", "-1h", "0d", "1.5h", "2wd tomorrow", "2wd close same-time", "2wd close close", "1h 24:00",
        "36h elapsed elapsed", "same-day 24:00", "monthly 0", "monthly 32", "yearly 02-30", "yearly 13-01", "yearly 6-1", "earlier of 2d",
        "earlier of 2d |", "earlier of 2d | 0h", "best of 2d | 1h", "earlier of later of 1h | 2h | 3h", "99999999h", "9999999999999999h",
        "11000wd", "1wd counting-start same-time", "customer date", "2d; 3d",
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_the_text_and_both_languages(text):
    with pytest.raises(LimitError) as refused:
        parse_limit(text)
    assert refused.value.text == text and refused.value.reason_zh and refused.value.reason_en
    assert isinstance(refused.value, ValueError)


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("10m", "10 分钟", "10 minutes"),
        ("1h", "1 小时", "1 hour"),
        ("36h elapsed", "36 小时（不分昼夜）", "36 hours, day and night"),
        ("2d", "2 天（每天 24 小时）", "2 days (24 hours each)"),
        ("same-day", "当天 24:00 前", "by 24:00 the same day"),
        ("1d 24:00", "第二天 24:00 前", "by 24:00 the next day"),
        ("2d 24:00", "2 天后的 24:00 前", "by 24:00 on the day 2 days later"),
        ("1mo", "1 个月", "1 month"),
        ("1mo counting-start", "1 个月（含当天），到最后一天 24:00", "1 month, the first day counts, until 24:00 of the last one"),
        ("2wd", "2 个工作日", "2 working days"),
        ("2wd close", "2 个工作日，下班前", "2 working days, by closing time"),
        ("1wd counting-start", "1 个工作日（含当天）", "1 working day (the first day counts)"),
        (
            "earlier of 2d | customer-date",
            "2 天（每天 24 小时）或客户要求的时间前，以早到的为准",
            "2 days (24 hours each) or by the time the customer asked for, whichever comes first",
        ),
        ("monthly 30", "每月 30 日 24:00 前（没有这天的月份为最后一天）", "by 24:00 on day 30 of the month (or the month's last day)"),
        ("yearly 06-01", "每年 6 月 1 日 24:00 前", "each year by 24:00 on 1 Jun"),
    ],
)
def test_words(text, zh, en):
    limit = parse_limit(text)
    assert (limit.words("zh-hans"), limit.words("en")) == (zh, en)


def test_what_lint_wants_to_know():
    assert parse_limit("earlier of 2d | 3wd close").needs_working_days and not parse_limit("36h").needs_working_days
    assert parse_limit("earlier of 2d | customer-date").asks_customer and not parse_limit("2d").asks_customer
    assert isinstance(parse_limit("24h"), Within) and not isinstance(parse_limit("24h"), Elapsed)
    assert isinstance(parse_limit("2d"), Elapsed) and parse_limit("2d").seconds == 172_800
    assert parse_limit("later of 1h | 2wd") == Either("later", (Within(1, "h"), WorkingDays(2)))
