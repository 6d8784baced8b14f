"""Time in words, as the design language asks: two units, rounded towards less left, 24:00 for midnight."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kesu.procedure.due import due_words, left_words

ZONE = "Asia/Shanghai"
NOW = datetime(2026, 11, 20, 14, 32, tzinfo=ZoneInfo(ZONE))  # a Friday
H, D = 3600, 86_400


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (0, "还剩不到 1 分钟", "less than 1 min left"),
        (59, "还剩不到 1 分钟", "less than 1 min left"),
        (60, "还剩 1 分钟", "1 min left"),
        (6 * 60 + 59, "还剩 6 分钟", "6 min left"),
        (H, "还剩 1 小时", "1 h left"),
        (2 * H + 28 * 60 + 40, "还剩 2 小时 28 分", "2 h 28 min left"),
        (D - 1, "还剩 23 小时 59 分", "23 h 59 min left"),
        (D, "还剩 1 天", "1 d left"),
        (D + 20 * H + 3599, "还剩 1 天 20 小时", "1 d 20 h left"),
        (3 * D - 1, "还剩 2 天 23 小时", "2 d 23 h left"),
        (3 * D, "还剩 3 天", "3 days left"),
        (11 * D - 1, "还剩 10 天", "10 days left"),
        (-1, "已超 1 分钟", "1 min late"),
        (-60, "已超 1 分钟", "1 min late"),
        (-61, "已超 2 分钟", "2 min late"),
        (-(H + 11 * 60 + 1), "已超 1 小时 12 分", "1 h 12 min late"),
        (-(H - 1), "已超 1 小时", "1 h late"),
        (-(D - 1), "已超 1 天", "1 d late"),
        (-(D + 1), "已超 1 天 1 小时", "1 d 1 h late"),
        (-(3 * D - 1), "已超 3 天", "3 days late"),
        (-(3 * D + 1), "已超 4 天", "4 days late"),
    ],
)
def test_left(seconds, zh, en):
    assert left_words(NOW + timedelta(seconds=seconds), NOW, "zh-hans", ZONE) == zh
    assert left_words(NOW + timedelta(seconds=seconds), NOW, "en", ZONE) == en


@given(st.integers(-10 * D, 10 * D))
def test_left_has_at_most_two_units(seconds):
    words = left_words(NOW + timedelta(seconds=seconds), NOW, "zh", ZONE)
    assert sum(unit in words for unit in ("天", "小时", "分")) <= 2 and " 0 " not in words


@pytest.mark.parametrize(
    ("when", "zh", "en"),
    [
        ("2026-11-20 14:38", "14:38 前", "by 14:38"),
        ("2026-11-20 09:05", "09:05 前", "by 09:05"),
        ("2026-11-21 00:00", "今天 24:00 前", "by 24:00 today"),
        ("2026-11-21 10:05", "明天 10:05 前", "by 10:05 tomorrow"),
        ("2026-11-22 00:00", "明天 24:00 前", "by 24:00 tomorrow"),
        ("2026-11-22 14:32", "周日 14:32 前", "by Sun 14:32"),
        ("2026-11-26 09:00", "周四 09:00 前", "by Thu 09:00"),
        ("2026-11-27 00:00", "周四 24:00 前", "by Thu 24:00"),
        ("2026-11-27 00:01", "11 月 27 日前", "by 27 Nov"),
        ("2026-12-01 00:00", "11 月 30 日前", "by 30 Nov"),
        ("2027-01-05 10:00", "2027 年 1 月 5 日前", "by 5 Jan 2027"),
        ("2026-11-19 10:05", "昨天 10:05 前", "by 10:05 yesterday"),
        ("2026-11-20 00:00", "昨天 24:00 前", "by 24:00 yesterday"),
        ("2026-11-18 10:05", "11 月 18 日 10:05 前", "by 18 Nov 10:05"),
        ("2026-11-20 14:38:20", "14:38 前", "by 14:38"),
    ],
)
def test_due(when, zh, en):
    deadline = datetime.fromisoformat(when).replace(tzinfo=ZoneInfo(ZONE))
    assert due_words(deadline, NOW, "zh", ZONE) == zh
    assert due_words(deadline, NOW, "en", ZONE) == en


def test_due_is_told_in_the_readers_zone():
    deadline = datetime.fromisoformat("2026-11-20T06:38+00:00")
    assert due_words(deadline, NOW, "zh", ZONE) == "14:38 前"
    assert due_words(deadline, NOW, "en", "Europe/London") == "by 06:38"
