"""A procedure beside the law: what is later than a legal limit is named with article, mark and an example; nothing else is."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from tests.pure import small
from tests.pure.small import PACKS, clock

from kesu.config import lawtold
from kesu.config.commands import law as law_command
from kesu.config.commands import procedure
from kesu.procedure.law import Law
from kesu.procedure.lintbeside import beside
from kesu.procedure.packfaults import Problem
from kesu.procedure.packfile import examine, examine_file

LAW = lawtold.shipped()
PROPERTY = PACKS / "property.toml"
ANSWER, TELL = clock("answer", "heard", "reply", "3d"), clock("tell", "return", "report_back", "same-day")


def remarks(text: str, province: str = "", city: str = "", law: Law = LAW) -> list[Problem]:
    checked = examine(text, "mine.toml", beside(PACKS / "calendars", law, province, city))
    return [*checked.problems, *checked.warnings]


def of(*clocks: str, place: tuple[str, str] = ("", ""), **more: object) -> list[Problem]:
    return remarks(small.text(*clocks, **more), *place)  # type: ignore[arg-type]


def test_the_salons_twenty_working_days_are_later_than_fifteen_days() -> None:
    """B-17: report back within 20 working days of receipt; STANDARDS part 0 says why that is too late."""
    (found,) = of(clock("feedback", "heard", "report_back", "20wd", 'time = "office"'))
    assert found.key == "obligations[1].limit"
    assert "侵害消费者权益行为处罚办法第八条、第十四条（已核对原文）" in found.zh and "有效（轻）、有效（重）" in found.zh
    # the worst start has the Spring Festival on the way: 18 working days until 13 February, Saturday the 14th is worked, then the 24th
    assert "受理 2026-01-20 10:00，本规程最晚 02-24 24:00，法定 02-04 24:00" in found.zh
    assert "arts 8, 14 (checked against the text)" in found.en
    assert "received 2026-01-20 10:00, here at the latest 02-24 24:00, by law 02-04 24:00" in found.en


@pytest.mark.parametrize(
    ("limit", "time", "late"),
    [
        ("15d 24:00", "always", False),  # exactly as long
        ("15d", "always", False),
        ("15d 24:00 counting-start", "always", False),
        ("16d", "always", True),
        ("10wd", "office", True),  # fits in an ordinary fortnight, not over the Spring Festival
        ("4wd", "office", False),
        ("1mo", "always", True),
        ("later of 2d | 16d", "always", True),
        ("earlier of 16d | customer-date", "always", True),
    ],
)
def test_at_the_edge_of_the_legal_limit(limit: str, time: str, late: bool) -> None:
    assert bool(of(clock("settle", "heard", "return", limit, f'time = "{time}"'))) == late


def test_the_chain_is_added_up_and_named() -> None:
    (found,) = of(clock("plan", "heard", "reply", "10d"), clock("settle", "reply", "return", "6d"))
    assert found.key == "obligations[2].limit" and "“plan → settle”" in found.zh
    assert "受理 2026-01-01 10:00，本规程最晚 01-17 10:00，法定 01-16 24:00" in found.zh


def test_a_clock_for_the_law_itself_does_not_excuse_a_later_own_limit() -> None:
    legal = clock("by_law", "event:demand", "return", "15d 24:00", 'procedure = "law"', 'law = "cn_demand"')
    more = (
        '[[events]]\nid = "demand"\nname = "要求"\nname_en = "Demand"\n'
        '[[procedures]]\nid = "law"\nname = "法"\nname_en = "Law"\nkind = "law"\nverified = "verified"\n'
    )
    own = clock("settle", "heard", "return", "20d")
    assert [row.key for row in of(legal, own, more=more)] == ["obligations[2].limit"]
    assert of(legal, clock("settle", "heard", "return", "9d"), more=more) == []
    assert of(legal, more=more) == []  # nothing of its own, and the duty is kept


def test_a_duty_that_no_clock_keeps() -> None:
    found = of(clock("hello", "receive", "acknowledge contact reply report_back", "30m"))
    assert [row.key for row in found] == ["obligations"]
    assert "有效（轻）、有效（重）：没有一个时限管到它" in found[0].zh and "write law = 'cn_demand'" in found[0].en
    partly = of(clock("settle", "heard", "return", "3d", 'grades = ["grave"]'))
    assert "有效（轻）：没有一个时限" in partly[0].zh and "有效（重）" not in partly[0].zh


def test_cases_told_apart_by_answers_or_channels_are_each_kept() -> None:
    assert (
        of(clock("fast", "heard", "return", "1d", 'facts = ["hurt"]'), clock("slow", "heard", "return", "9d", 'unless_facts = ["hurt"]'))
        == []
    )
    found = of(
        clock("fast", "heard", "return", "1d", 'facts = ["hurt"]'), clock("slow", "heard", "return", "19d", 'unless_facts = ["hurt"]')
    )
    assert [row.key for row in found] == ["obligations[2].limit"]
    assert of(clock("phone", "heard", "return", "9d", 'channels = ["phone"]')) == []


def test_the_place_decides() -> None:
    clocks = (clock("answer", "heard", "reply", "6d"), clock("settle", "heard", "return", "9d"))
    assert of(*clocks) == []
    (found,) = of(*clocks, place=("浙江", ""))
    assert "浙江" in found.zh and "2026-01-07 10:00" not in found.zh and "本规程最晚 01-07 10:00，法定 01-06 24:00" in found.zh
    at_home = (('sector = "salon"', 'sector = "salon"\nprovince = "浙江"'),)
    assert len(of(*clocks, changes=at_home)) == 1 and of(*clocks, changes=at_home, place=("山东", "济南")) == []


def test_sector_example_and_country_decide() -> None:
    clocks = (clock("answer", "heard", "report_back", "12d"),)
    hangzhou = LAW.model_copy(update={"rows": [row for row in LAW.rows if row.id == "hz_property_answer"]})
    assert remarks(small.text(*clocks), "浙江", "杭州", hangzhou) == []
    property_text = small.text(*clocks, changes=(('sector = "salon"', 'sector = "property"'),))
    assert [row.key for row in remarks(property_text, "浙江", "杭州", hangzhou)] == ["obligations[1].limit"]
    late = clock("answer", "heard", "report_back", "30d")
    assert of(late, changes=(('version = "1"', 'version = "1"\nexample = true'),)) == []


def test_a_rule_counts_from_its_first_to_its_last_day() -> None:
    row = next(row for row in LAW.rows if row.id == "cn_demand")
    late = small.text(clock("settle", "heard", "return", "20d"))
    for change, count in (
        ({"through": "2025-12-31"}, 0),
        ({"through": "2026-01-01"}, 1),
        ({"since": "2027-12-31"}, 1),
        ({"since": "2028-01-01"}, 0),
    ):
        dated = Law.model_validate({"rows": [{**row.model_dump(), **{key: date.fromisoformat(day) for key, day in change.items()}}]})
        assert len(remarks(late, law=dated)) == count, change


NAMED = '[[procedures]]\nid = "pay"\nname = "平台"\nname_en = "Platform"\nkind = "platform"\nverified = "secondary"\n'
EVENTS = "".join(f'[[events]]\nid = "{id}"\nname = "{id}"\nname_en = "{id}"\n' for id in ("made", "done"))
OWN = (ANSWER, clock("settle", "heard", "return", "5d"))


def named(limit: str, law: str, more: str = NAMED) -> list[Problem]:
    return of(
        *OWN, clock("pay", "event:made", "event:done", limit, 'procedure = "pay"', f'law = "{law}"', 'act = "mark"'), more=more + EVENTS
    )


def test_a_clock_that_names_a_row_is_compared_with_it() -> None:
    assert named("24h", "wxpay_reply") == []
    (later,) = named("25h", "wxpay_reply")
    assert later.key == "obligations[3].limit" and "二手资料" in later.zh and "平台规则 01-02 10:00" in later.zh
    (unknown,) = named("24h", "wxpay_replay")
    assert unknown.key == "obligations[3].law" and "是不是 wxpay_reply" in unknown.zh and "did you mean wxpay_reply" in unknown.en
    (gone,) = named("72h", "wxmini_72h")
    assert "到 2024-03-24 为止" in gone.zh and "name the row in force" in gone.en
    (mark,) = named("24h", "wxpay_reply", NAMED.replace("secondary", "verified"))
    assert mark.key == "obligations[3].procedure" and "改成 secondary" in mark.zh


def test_calendar_and_year() -> None:
    clocks = (clock("settle", "heard", "return", "3d"), clock("tell", "return", "report_back", "1wd", 'time = "office"'))
    (found,) = of(*clocks, changes=(("effective = 2026-01-01", 'effective = 2026-01-01\ncalendar = "cm"'),))
    assert found.key == "pack.calendar" and "可以写" in found.zh and "cn" in found.zh and "there is no calendar 'cm'" in found.en
    (year,) = of(*clocks, changes=(("effective = 2026-01-01", "effective = 2030-01-01"),))
    assert year.key == "pack.effective" and "2030 年的节假日" in year.zh and "has no holidays for 2030" in year.en


def test_the_property_procedure_keeps_the_law_of_the_country_and_of_hangzhou_but_not_of_zhejiang() -> None:
    home = examine_file(PROPERTY, beside(PACKS / "calendars", LAW))
    assert home.problems == home.warnings == []
    (found,) = examine_file(PROPERTY, beside(PACKS / "calendars", LAW, "浙江", "杭州")).warnings
    assert "求助（重大）" in found.zh and "浙江省" in found.zh


# the commands
def test_lint_takes_a_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(small.text(clock("answer", "heard", "reply", "6d"), clock("settle", "heard", "return", "9d")), encoding="utf-8")
    assert procedure.main(["lint", str(file)]) == 0
    assert "法定" not in capsys.readouterr().out
    assert procedure.main(["lint", str(file), "--province", "浙江"]) == 0
    assert "提醒 mine.toml 第" in (said := capsys.readouterr().out) and "法定 01-06 24:00" in said and "by law 01-06 24:00" in said


def test_the_law_is_listed_for_people_and_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    assert law_command.main(["--sector", "property", "--province", "浙江", "--city", "杭州", "--on", "2026-04-14"]) == 0
    said = capsys.readouterr().out
    assert "杭州市物业管理条例（2021 修订）第五十条（已核对原文）  [hz_property_answer  B6]" in said and "2022-03-01 起" in said
    assert "第 20 号" in said and "第 121 号" not in said and "化妆品" not in said
    assert law_command.main(["--sector", "salon", "--json", "--on", "2026-04-15"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    serious = next(row for row in rows if row["id"] == "cosmetics_serious")
    assert (serious["mark"], serious["limit"], serious["limit_words_en"]) == ("secondary", "15d 24:00", "by 24:00 on the day 15 days later")
    assert "order121_mediation" in {row["id"] for row in rows} and "zj_answer" not in {row["id"] for row in rows}
    assert law_command.main(["--lang", "en", "--province", "浙江"]) == 0
    assert (
        "Zhejiang measures under the consumer protection law (2017), art. 31 para. 2 (2) (checked against the text)"
        in capsys.readouterr().out
    )
    with pytest.raises(SystemExit) as usage:
        law_command.main(["--on", "yesterday"])
    assert usage.value.code == 2
