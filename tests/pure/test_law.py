"""Legal limits are data: dated, sourced, marked; where and for whom they are in force; a slip is named with file, line and key."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kesu.procedure import law
from kesu.procedure.packfaults import PackError

FILES = sorted((Path(__file__).parents[2] / "packs" / "law").glob("*.toml"))
TEXT = FILES[0].read_text(encoding="utf-8")
LAW = law.read(FILES)
TODAY = date(2026, 11, 20)


def ids(sector: str | None, province: str = "", city: str = "", on: date | None = TODAY) -> set[str]:
    return {row.id for row in LAW.chosen(sector, province, city, on)}


# STANDARDS part 2.1 and 2.2: row, limit, mark, level
FIGURES = [
    ("cn_demand", "15d 24:00", "verified", "national", "B1"),
    ("cn_prepaid", "15d 24:00", "verified", "national", "B2"),
    ("bj_card_unused", "5d 24:00", "verified", "city", "B3"),
    ("bj_card", "15d 24:00", "verified", "city", "B3"),
    ("zj_answer", "5d 24:00", "verified", "province", "B4"),
    ("zj_promise", "3d 24:00", "verified", "province", "B4"),
    ("zj_prepaid", "5d 24:00", "verified", "province", "B4"),
    ("hz_property_answer", "10d 24:00", "verified", "city", "B6"),
    ("lc_accounts", "3d 24:00", "verified", "city", "B7"),
    ("lc_suggestion", "7d 24:00", "verified", "city", "B7"),
    ("rz_accounts", "7d 24:00", "verified", "city", "B7"),
    ("odr", "10wd", "secondary", "national", "B8"),
    ("wxpay_reply", "24h elapsed", "secondary", "national", "B9"),
    ("wxpay_done", "72h elapsed", "secondary", "national", "B9"),
    ("wxmini_48h", "48h elapsed", "secondary", "national", "B10"),
    ("cosmetics_reaction", "30d 24:00", "secondary", "national", "B11"),
    ("cosmetics_serious", "15d 24:00", "secondary", "national", "B11"),
    ("cosmetics_wide", "3d 24:00", "secondary", "national", "B11"),
    ("cn_minors", "", "verified", "national", "B12"),
    ("lift_shandong", "30m", "verified", "city", "B13"),
    ("lift_national", "30m", "unverified", "national", "B13"),
    ("cn_accident", "1h", "verified", "national", "B14"),
    ("cn_salon_health", "", "verified", "national", "B15"),
    ("cn_data_breach", "", "verified", "national", "B16"),
    ("bj_replace_worker", "3d 24:00", "secondary", "city", "B17"),
    ("order20_mediation", "45wd", "verified", "national", "2.2"),
    ("order121_mediation", "60d 24:00", "secondary", "national", "2.2"),
]


@pytest.mark.parametrize(("id", "limit", "mark", "level", "source"), FIGURES, ids=[row[0] for row in FIGURES])
def test_the_figures_are_those_of_the_sources(id: str, limit: str, mark: str, level: str, source: str) -> None:
    row = LAW.find(id)
    assert row is not None and (row.limit, row.mark, row.level, row.source) == (limit, mark, level, source)


def test_every_rule_with_a_deadline_is_there() -> None:
    assert {f"B{n}" for n in range(1, 18)} <= {row.source for row in LAW.rows}


def test_both_languages_are_complete() -> None:
    for row in LAW.rows:
        for name in ("note", "words"):
            assert bool(getattr(row, name)) == bool(getattr(row, f"{name}_en")), row.id
        assert row.limit_words("zh") and row.limit_words("en")


def test_place_and_sector_choose_the_rows() -> None:
    assert "zj_answer" not in ids("property") and "hz_property_answer" not in ids("property", "浙江")
    assert {"cn_demand", "zj_answer", "hz_property_answer"} <= ids("property", "浙江", "杭州")
    assert "hz_property_answer" not in ids("salon", "浙江", "杭州")
    assert "cosmetics_serious" in ids("salon") and "cosmetics_serious" not in ids("property")
    assert {"cosmetics_serious", "cn_minors", "lift_national"} <= ids(None)


def test_order_20_gave_way_to_order_121_on_15_april_2026() -> None:
    assert "order20_mediation" in ids("salon", on=date(2026, 4, 14)) and "order121_mediation" not in ids("salon", on=date(2026, 4, 14))
    assert "order121_mediation" in ids("salon", on=date(2026, 4, 15)) and "order20_mediation" not in ids("salon", on=date(2026, 4, 15))
    assert {"order20_mediation", "order121_mediation"} <= ids("salon", on=None)


def test_a_title_says_how_far_it_was_checked() -> None:
    row = LAW.find("cn_demand")
    assert row and row.title() == "侵害消费者权益行为处罚办法第八条、第十四条（已核对原文）"
    assert row.title("en").endswith("arts 8, 14 (checked against the text)")


SLIPS = [
    ('limit = "10wd"\ntime = "official"', 'limit = "10x"\ntime = "official"', "limit", "看不懂时限", "cannot read the limit"),
    ('limit = "10wd"\ntime = "official"', 'limit = "0wd"\ntime = "official"', "limit", "要大于 0", "more than 0"),
    ('limit = "10wd"\ntime = "official"', 'limit = "10wd"', "limit", "office 或 official", 'time = "office"'),
    ('limit = "1h"\n', "", "limit", "只写一个", "either limit or words"),
    ('limit = "1h"\n', 'limit = "1h"\nwords = "快"\nwords_en = "fast"\n', "limit", "只写一个", "either limit or words"),
    ('id = "cn_prepaid"', 'id = "cn_demand"', "id", "用过了", "is taken"),
    ('mark = "unverified"', 'mark = "guessed"', "mark", "可以写 verified", "write one of verified"),
    ('level = "province"\nprovince = "浙江"', 'level = "province"', "province", "要写 province", "needed there"),
    ('cities = ["杭州"]\n', "", "cities", "要写 cities", "needed there"),
    ('begins = ["agree"]', 'begins = ["agre"]', "begins[1]", "是不是 agree", "did you mean agree"),
    ("through = 2026-04-14", "through = 2019-04-14", "through", "早于 since", "before since"),
    ("since = 2025-05-01", 'since = "2025-05-01"', "since", "不加引号", "without quotes"),
    ("compare = true\nnote", "comparing = true\nnote", "comparing", "不认识这个键", "did you mean compare"),
    ('until = ["return", "report_back", "unfound", "withdraw"]\n', "", "compare", "要有 begins", "needs begins"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "key", "zh", "en"), SLIPS, ids=[f"{row[2]}:{row[3][:8]}" for row in SLIPS])
def test_a_slip_is_named_with_file_line_and_key(tmp_path: Path, old: str, new: str, key: str, zh: str, en: str) -> None:
    assert old in TEXT
    file = tmp_path / "mine.toml"
    file.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackError) as refused:
        law.read([file])
    problem = refused.value.problems[0]
    assert problem.file == "mine.toml" and problem.line > 1 and problem.key.startswith("rows[") and problem.key.endswith(f".{key}")
    assert zh in problem.zh and en in problem.en, problem


def test_two_files_with_one_id_are_refused(tmp_path: Path) -> None:
    second = tmp_path / "second.toml"
    second.write_text(TEXT, encoding="utf-8")
    with pytest.raises(PackError, match="is in two files"):
        law.read([*FILES, second])


def test_no_row_of_the_law_stands_in_the_code() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (Path(__file__).parents[2] / "src" / "kesu").rglob("*.py"))
    assert [row.id for row in LAW.rows if f'"{row.id}"' in source] == []
