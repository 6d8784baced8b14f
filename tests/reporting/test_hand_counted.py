"""The report of a month that was counted by hand says the same in every format; and what cannot be given says so."""

from __future__ import annotations

import json
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from tests.cast import Cast
from tests.complaints.story import days, minutes, on, walk
from tests.papers.reading import pages_of, text_of

from kesu.complaints import actions
from kesu.config.commands import report
from kesu.insights import duties
from kesu.insights.actions.exposing import enter
from kesu.insights.periods import Period
from kesu.reporting.actions.counting import count
from kesu.reporting.contents.composing import compose
from kesu.reporting.formats import made

pytestmark = pytest.mark.django_db
LATER = on("12-31", "12:00")


@pytest.fixture(autouse=True)
def new_versions() -> None:
    """Ids of procedure versions come round again from test to test."""
    duties.forget()


def november(cast: Cast, at: datetime) -> None:
    """Five received on 20 November: two lifts settled, a leak still open, a question, and one at the other site."""
    for n in range(2):
        case = cast.judged(cast.complaint(phone=f"1390000200{n}", home=f"6栋2单元110{n}", items=[("电梯停了", "lift")], at=at), at=at)
        walk(cast, case, "done", at + minutes(5))
    cast.judged(cast.complaint(phone="13900002005", home="6栋2单元1105", items=[("漏水", "leak")], at=at), at=at)
    question = cast.complaint(phone="13900002009", home="6栋2单元1109", at=at)
    actions.judge(cast.lin_xiao, question.pk, nature="question", facts={}, at=at + minutes(1))
    cast.complaint(site_id=cast.other_site.pk, by=cast.wu_tong, phone="13900002010", home="1栋1单元101", at=at)


def part(content: dict[str, Any], id: str) -> dict[str, Any]:
    return next(row for row in content["parts"] if row["id"] == id)


def rows(content: dict[str, Any], part_id: str, table: str) -> list[list[str]]:
    found = next(row for row in part(content, part_id)["tables"] if row["id"] == table)
    return [[cell["words"] for cell in row] for row in found["rows"]]


def composed(cast: Cast, period: str, *, site: bool = True, language: str = "zh-hans", at: datetime = LATER) -> dict[str, Any]:
    found = Period.read(period)
    assert found is not None
    count(cast.company, at)
    return compose(cast.company, cast.site if site else None, found, at, languages=(language,)).content[language]


def test_the_month_says_what_was_counted_by_hand(cast: Cast, at: datetime) -> None:
    november(cast, at)
    whole = composed(cast, "2026-11", site=False)
    own = composed(cast, "2026-11")
    sums = {row[0]: row[1:] for row in rows(own, "own-sum", "compared")}
    assert (
        sums["受理"][0] == "4"
        and sums["有效投诉"][0] == "3"
        and sums["办结率"][0] == "66.7%"
        and sums["受理"][1:] == ["那时还没有记录"] * 2
    )
    assert {row[0]: row[1:] for row in rows(whole, "own-sum", "compared")}["受理"][0] == "5"
    assert {row[0] for row in rows(whole, "own-where", "by-site")} == {"榕砚里", "听橘苑"}
    assert not any("听橘苑" in json.dumps(row, ensure_ascii=False) for row in own["parts"])  # nothing of the other site
    late = rows(own, "own-late", "late")
    assert late and {row[7] for row in late} <= {"没有申请", ""}
    told = {row["name"] for row in own["definitions"]}
    assert {"受理", "办结率", "满意率", "投诉率"} <= told and all(row["told"] for row in own["definitions"])


def test_every_format_says_the_same(cast: Cast, at: datetime, tmp_path: Path) -> None:
    from docx import Document
    from openpyxl import load_workbook

    november(cast, at)
    enter(cast.shen_yue, cast.site.pk, "homes", {date(2026, 11, 1): 1600}, at)
    content = composed(cast, "2026-11")
    pdf = text_of(made(content, "pdf"))
    assert "受理4那时还没有记录" in pdf and "66.7%" in pdf and "每10,000在管户" in pdf and "到期前做完的" in pdf
    words = Document(BytesIO(made(content, "docx")))
    cells = {tuple(cell.text for cell in row.cells) for table in words.tables for row in table.rows}
    assert ("受理", "4", "那时还没有记录", "那时还没有记录") in cells and len(words.inline_shapes) >= 1  # and the drawings
    book = load_workbook(BytesIO(made(content, "xlsx")))
    sheet = book["本期、上期、去年同期"]
    numbers = {row[0].value: row[1] for row in sheet.iter_rows(min_row=2) if row[1].value is not None}
    assert numbers["受理"].value == 4 and numbers["办结率"].value == pytest.approx(2 / 3) and numbers["办结率"].number_format == "0.0%"
    heads = [cell.value for cell in sheet[1]]
    assert heads[1:5] == ["本期", "上期", "去年同期", "本期的 95% 范围"] and sheet.cell(numbers["办结率"].row, 5).value == "20.8% – 93.9%"
    assert '<td class="n">4</td>' in made(content, "html").decode()
    assert json.loads(made(content, "json"))["parts"] == content["parts"]


def test_the_command_gives_files_and_text(cast: Cast, at: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    november(cast, at)
    for form in ("pdf", "docx", "xlsx", "html", "json"):
        out = tmp_path / f"a.{form}"
        assert report.main(["month", "2026-11", "--site", "RY", "--format", form, "--out", str(out)]) == 0
        assert out.stat().st_size > 2000
    assert pages_of((tmp_path / "a.pdf").read_bytes()) > 3
    assert report.main(["year", "2026", "--site", "RY", "--language", "en"]) == 0
    told = capsys.readouterr().out
    assert "Received\t4" in told and "# Inputs" not in told and "ISO" not in told
    assert report.main(["visits", "2026-11", "--site", "RY", "--format", "docx", "--out", str(tmp_path / "v.docx")]) == 0
    assert report.main(["quarter", "2026-11", "--site", "RY"]) == 2 and "2026-Q4" in capsys.readouterr().err
    for year in ("0001", "1999", "3000", "9999"):
        assert report.main(["year", year]) == 2 and f"not {year}" in capsys.readouterr().err
    assert report.main(["month", "2026-11", "--site", "RY", "--format", "pdf"]) == 2 and "--out" in capsys.readouterr().err


def test_the_associations_layout(cast: Cast, at: datetime) -> None:
    november(cast, at)
    content = composed(cast, "2026-Q4", site=False)
    totals = {row[0]: row[1:3] for row in rows(content, "association-totals", "totals")}
    assert totals["受理"] == ["4", "0"] and totals["解决"] == ["2", "0"] and totals["解决率"][0] == "50.0%"
    assert totals["加倍赔偿，件"] == ["0", "0"] and totals["挽回损失"][0].endswith("元")
    natures = rows(content, "association-natures", "natures")
    assert sum(int(row[1]) for row in natures) == 4 and {row[4] for row in natures} == {"比不出"}
    typical = rows(content, "association-typical", "typical")
    assert len(typical) == 2 and all("1390000" not in "".join(row) for row in typical)
    english = composed(cast, "2026-Q4", site=False, language="en")
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in "".join(part["title"] for part in english["parts"]))


def test_the_review_gathers_inputs(cast: Cast, at: datetime) -> None:
    november(cast, at)
    content = composed(cast, "2026", site=False)
    assert [row["id"] for row in content["layouts"]] == ["own", "association", "review"]
    assert rows(content, "review-within", "versions")[0][1] == cast.pack.pack.name
    asks = {row["id"]: row["asks"] for row in content["parts"]}
    assert asks["review-audits"] and asks["review-conclusions"] and "没有上次评审" in part(content, "review-before")["words"][0]


def test_a_month_without_cases_says_nothing_it_does_not_know(cast: Cast, at: datetime) -> None:
    content = composed(cast, "2028-02", at=on("03-01", "06:00", 2028))
    assert content["days"] == ["2028-02-01", "2028-02-29"]
    sums = {row[0]: row[1] for row in rows(content, "own-sum", "compared")}
    assert (
        sums["受理"] == "0"
        and sums["办结率"] == "没有这样的单"
        and sums["投诉率"].startswith("没填在管户")
        or "那时还没有项目" in sums["投诉率"]
    )
    assert text_of(made(content, "pdf")).count("没有这样的单") > 5
    assert part(content, "own-focus")["words"] == []


def test_what_is_not_entered_gives_no_rate_and_twelve_months_give_limits(cast: Cast, at: datetime) -> None:
    november(cast, at)
    last = rows(composed(cast, "2026-11"), "own-rates", "rates")[-1]
    assert last[0] == "2026-11" and last[3] == "" and "没填在管户：榕砚里 2026-11" in last[6]
    enter(cast.shen_yue, cast.site.pk, "homes", {date(2026, 11, 1): 1600}, at)
    last = rows(composed(cast, "2026-11"), "own-rates", "rates")[-1]
    assert last[2] == "1,600.00" and last[3] == "18.75" and "给不出控制限" in last[6]
    year = {date(2025 + (month > 12), (month - 1) % 12 + 1, 1): 1600 for month in range(11, 24)}
    enter(cast.shen_yue, cast.site.pk, "homes", year, at)
    last = rows(composed(cast, "2026-11"), "own-rates", "rates")[-1]
    assert last[4:6] == ["0.00", "0.00"] and last[6] == "高出上限"  # twelve months without one, then three


def test_a_site_that_opened_in_the_month_is_not_set_against_earlier_ones(cast: Cast, at: datetime) -> None:
    enter(cast.shen_yue, cast.other_site.pk, "homes", {date(2026, 11, 1): 500}, at)
    cast.complaint(site_id=cast.other_site.pk, by=cast.wu_tong, phone="13900002010", home="1栋1单元101", at=at + days(5))
    count(cast.company, LATER)
    found = compose(cast.company, cast.other_site, Period.month(2026, 11), LATER).content["zh-hans"]
    table = rows(found, "own-rates", "rates")
    assert "那时还没有项目" in table[0][6] and table[-1][3] == "0.00"
