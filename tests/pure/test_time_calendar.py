"""The official days of China: our facts against two independent libraries, and what is said of years without a notice."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import pytest

from kesu.procedure.instants import TimeRefused
from kesu.procedure.officialdays import EXPECTED, OfficialDay, OfficialDays, english_name
from kesu.procedure.timetable import OfficeHours

CN = Path(__file__).parents[2] / "packs" / "calendars" / "cn.csv"
OFFICIAL = OfficialDays.read(CN)
OFFICE = OfficeHours("Asia/Shanghai", {day: [(540, 1080)] for day in range(5)}, OFFICIAL)


def year(number: int) -> list[date]:
    first = date(number, 1, 1)
    return [first + timedelta(n) for n in range((date(number + 1, 1, 1) - first).days)]


@pytest.mark.parametrize("number", range(2020, 2027))
def test_working_days_agree_with_both_libraries(number):
    china = holidays.China(years=number)
    for day in year(number):
        assert OFFICE.works_on(day) == chinese_calendar.is_workday(day) == china.is_working_day(day), day


@pytest.mark.parametrize("number", range(2020, 2027))
def test_every_day_of_the_notice_is_listed_weekends_too(number):
    listed = {day for day in year(number) if OFFICIAL.kind(day) == "work"}
    assert listed == {day for day in chinese_calendar.constants.workdays if day.year == number}
    off = {day for day in year(number) if OFFICIAL.kind(day) == "off"}
    named = {day for day in chinese_calendar.constants.holidays if day.year == number}
    # 2023-12-30 and 31 are an ordinary weekend before New Year; the notice for 2024 gives only 1 January.
    assert named - off <= {date(2023, 12, 30), date(2023, 12, 31)} and not off - named


def test_days_off_and_makeup_days_per_notice():
    """30+6 in 2020 (with the extension), 33+6 in 2026: the totals that the notices announce."""
    kinds = Counter((day.source, day.kind) for day in OFFICIAL if day.source != EXPECTED)
    notices = {
        "〔2020〕27号": (31, 7),
        "〔2021〕11号": (31, 7),
        "〔2022〕16号": (27, 7),
        "〔2023〕7号": (28, 8),
        "〔2024〕12号": (28, 5),
        "〔2025〕7号": (33, 6),
    }
    for notice, (off, work) in notices.items():
        assert (kinds["国办发明电" + notice, "off"], kinds["国办发明电" + notice, "work"]) == (off, work)
    assert kinds["国办发明电〔2019〕16号", "off"] + kinds["国办发明电〔2020〕1号", "off"] == 30


def test_2026_by_hand():
    assert OFFICIAL.kind(date(2026, 2, 14)) == "work" and OFFICIAL.name(date(2026, 2, 14)) == "春节"
    assert OFFICIAL.kind(date(2026, 2, 15)) == "off" == OFFICIAL.kind(date(2026, 2, 23))
    assert OFFICIAL.kind(date(2026, 2, 24)) is None and OFFICIAL.name(date(2026, 2, 24)) == ""
    assert OFFICIAL.source(date(2026, 10, 10)) == "国办发明电〔2025〕7号"


def test_confirmed_is_what_notices_cover():
    assert OFFICIAL.confirmed_until == date(2026, 12, 31)
    assert (
        OFFICIAL.confirmed(date(2026, 12, 31)) and not OFFICIAL.confirmed(date(2027, 1, 1)) and not OFFICIAL.confirmed(date(2019, 12, 31))
    )


@pytest.mark.parametrize("number", range(2027, 2036))
def test_expected_days_are_those_of_the_law_and_say_so(number):
    almanac = holidays.China(years=number, language="en_US")  # else the names follow LANG
    law = {day for day, name in almanac.items() if any("observed" not in part for part in name.split(";"))}
    off = {day for day in year(number) if OFFICIAL.kind(day) == "off"}
    assert off == law
    assert {OFFICIAL.source(day) for day in off} == {EXPECTED}


def test_far_years_have_the_fixed_days_only():
    off = [day for day in year(2060) if OFFICIAL.kind(day)]
    assert off == [date(2060, 1, 1), date(2060, 5, 1), date(2060, 5, 2), date(2060, 10, 1), date(2060, 10, 2), date(2060, 10, 3)]
    assert OFFICIAL.name(date(2060, 10, 1)) == "国庆节" and OFFICIAL.source(date(2060, 10, 1)) == EXPECTED


def test_a_company_adds_and_takes_back_days_without_confirming_a_year():
    own = OFFICIAL.with_rows([(date(2027, 3, 8), "off", "厂庆", "公司通知"), OfficialDay(date(2026, 10, 7), "ordinary")])
    assert own.kind(date(2027, 3, 8)) == "off" and own.name(date(2027, 3, 8)) == "厂庆"
    assert own.kind(date(2026, 10, 7)) is None and OFFICIAL.kind(date(2026, 10, 7)) == "off"
    assert own.confirmed_until == date(2026, 12, 31) and own.confirmed_from == OFFICIAL.confirmed_from


def test_one_day_of_their_own_leaves_the_days_of_a_year_nobody_announced():
    own = OFFICIAL.with_rows([(date(2040, 3, 8), "off", "厂庆")])
    assert OFFICIAL.kind(date(2040, 10, 1)) == own.kind(date(2040, 10, 1)) == "off"
    entered = OFFICIAL.with_rows([(date(2040, 10, 2), "off", "国庆节")], confirmed_until=date(2040, 12, 31))
    assert entered.kind(date(2040, 10, 1)) is None


def test_entering_an_announced_year_confirms_it():
    known = OFFICIAL.with_rows([(date(2027, 2, 12), "off", "春节", "通知")], confirmed_until=date(2027, 12, 31))
    assert known.confirmed(date(2027, 6, 1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("date,kind,name,source\n2026-13-01,off,x,y\n", "cn.csv:2"),
        ("date,kind,name,source\n2026-01-01,off,x,y\n2026-01-02,holiday,x,y\n", "cn.csv:3"),
        ("date,name,source\n2026-01-01,x,y\n", "kind"),
    ],
)
def test_a_wrong_file_is_refused_with_file_and_line(tmp_path, text, said):
    path = tmp_path / "cn.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TimeRefused, match=said):
        OfficialDays.read(path)


def test_english_names():
    assert english_name("国庆节、中秋节") == "National Day and Mid-Autumn Festival"
    assert english_name("厂庆") == "厂庆"


# other countries, for the examples
ABROAD = {
    "uk": holidays.UK(subdiv="ENG", years=range(2025, 2028)),  # bank holidays of England and Wales
    "au": holidays.Australia(subdiv="NSW", years=range(2025, 2028)),  # where Sydney's clock is
    "us": holidays.UnitedStates(years=range(2025, 2028)),  # federal
}


@pytest.mark.parametrize("country", ABROAD)
@pytest.mark.parametrize("number", [2025, 2026, 2027])
def test_working_days_abroad_agree_with_a_library(country, number):
    official = OfficialDays.read(CN.with_name(f"{country}.csv"))
    office = OfficeHours("Europe/London", {day: [(540, 1020)] for day in range(5)}, official)
    for day in year(number):
        assert office.works_on(day) == (day.weekday() < 5 and day not in ABROAD[country]), day
        assert official.confirmed(day)


@pytest.mark.parametrize("country", ABROAD)
def test_every_day_off_abroad_is_one_of_the_library_and_has_an_english_name(country):
    rows = list(OfficialDays.read(CN.with_name(f"{country}.csv")))
    assert {row.kind for row in rows} == {"off"} and all(row.source not in ("", EXPECTED) for row in rows)
    assert {row.date for row in rows}.issubset(ABROAD[country])
    assert all(english_name(row.name).isascii() for row in rows)


def test_substitute_days_in_words():
    uk = OfficialDays.read(CN.with_name("uk.csv"))
    assert uk.name(date(2026, 12, 28)) == "节礼日补假" and english_name("节礼日补假") == "Boxing Day (substitute day)"
    assert uk.kind(date(2030, 12, 25)) == "off" and not uk.confirmed(date(2030, 12, 25)) and uk.kind(date(2030, 4, 19)) is None
