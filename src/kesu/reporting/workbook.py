"""A report as a workbook: a sheet for each table, with numbers that can be reckoned with, and one for the definitions."""

from __future__ import annotations

import re
from datetime import datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from kesu.insights.tables.table import Tongue
from kesu.reporting.contents.content import Plain

FORMATS = {"share": "0.0%", "count": "#,##0", "minutes": "#,##0", "fen": "#,##0.00", "rate": "#,##0.00", "moment": "yyyy-mm-dd hh:mm"}
UNFIT = re.compile(r"[\[\]:*?/\\]")
LONGEST = 31  # letters of a sheet's name
WIDE, NARROW = 28, 14
FEN = 100


def xlsx(content: Plain, comments: dict[str, str] | None = None) -> bytes:
    """The report as .xlsx. Money stands in yuan, durations in minutes, moments in the company's time without a zone."""
    from openpyxl import Workbook  # type: ignore[import-untyped]

    book, tongue = Workbook(), Tongue(content["language"])
    first = book.active
    assert first is not None
    first.title = tongue("说明", "About")
    _about(first, content, comments or {}, tongue)
    taken = {first.title}
    for part in content["parts"]:
        for table in part["tables"]:
            if table["rows"]:
                page = book.create_sheet(_name(table["title"], taken))
                _table(page, table, content["zone"], tongue)
    for page in book.worksheets:
        _as_words(page)
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


def _about(page: Any, content: Plain, comments: dict[str, str], tongue: Tongue) -> None:
    page.append([content["title"]])
    page.append([tongue("公司", "Company"), content["company"], content["site"]])
    page.append([tongue("起止", "Days"), *content["days"]])
    page.append([tongue("统计到", "Counted up to"), content["counted_at"]])
    for part in content["parts"]:
        for words in [*part["words"], *([comments[part["id"]]] if comments.get(part["id"]) else [])]:
            page.append([part["title"], words])
        for table in part["tables"]:
            if not table["rows"]:
                page.append([table["title"], table["empty"]])
    page.append([])
    for row in content["definitions"]:
        page.append([row["name"], *(f"{what}：{words}" for what, words in row["told"])])
    page.column_dimensions["A"].width = page.column_dimensions["B"].width = WIDE


def _name(title: str, taken: set[str]) -> str:
    plain = UNFIT.sub(" ", title)[:LONGEST]
    name, n = plain, 2
    while name in taken:
        name = f"{plain[: LONGEST - 3]} {n}"
        n += 1
    taken.add(name)
    return name


def _table(page: Any, table: Plain, zone: str, tongue: Tongue) -> None:
    units = {"fen": tongue("，元", ", yuan"), "minutes": tongue("，分钟", ", minutes")}
    ranged = [n for n, _ in enumerate(table["columns"]) if any(row[n].get("interval") for row in table["rows"])]
    ranges = [tongue("{}的 95% 范围", "{}: 95 % range").format(table["columns"][n]["name"]) for n in ranged]
    page.append([*(column["name"] + units.get(column["kind"], "") for column in table["columns"]), *ranges])
    for row in table["rows"]:
        page.append([*(_value(cell, zone) for cell in row), *(row[n].get("interval") for n in ranged)])
        for place, cell in zip(page[page.max_row], row, strict=False):
            if not isinstance(place.value, str) and cell["kind"] in FORMATS:
                place.number_format = FORMATS[cell["kind"]]
    for note in table["notes"]:
        page.append([note])
    page.freeze_panes = "A2"
    for n in range(len(table["columns"]) + len(ranged)):
        page.column_dimensions[page.cell(1, n + 1).column_letter].width = NARROW if n else WIDE


def _value(cell: Plain, zone: str) -> Any:
    value = cell["value"]
    if value is None:
        return cell["words"] or None
    if cell["kind"] == "fen":
        return value / FEN
    if cell["kind"] == "moment" and isinstance(value, str):
        return datetime.fromisoformat(value).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return value


def _as_words(page: Any) -> None:
    """What begins like a formula is none."""
    for row in page.iter_rows():
        for place in row:
            if place.data_type == "f":
                place.data_type = "s"
