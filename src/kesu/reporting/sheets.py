"""A report as a sheet of paper: the same values as on the page, for PDF and Word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from kesu.insights.tables.table import Tongue
from kesu.papers.sheet import Block, Cell, Grid, Heading, Picture, Prose, Sheet, Table
from kesu.reporting.contents.content import Plain

WIDTHS = {"text": 1.5, "moment": 1.5, "minutes": 1.3}
FIRST = 2.2
REST = 1.0
RANGED = 1.5  # a value with the range below it, on one line


@dataclass(frozen=True)
class Standing:
    """How far a report has come: (what, words) lines for its head, comments by part, the digest of what was approved."""

    lines: tuple[tuple[str, str], ...] = ()
    comments: dict[str, str] | None = None
    digest: str = ""


def sheet(content: Plain, standing: Standing | None = None) -> Sheet:
    """The whole report."""
    standing = standing or Standing()
    tongue = Tongue(content["language"])
    blocks: list[Block] = [_head(content, standing, tongue)]
    chapter, names = "", {row["id"]: row["name"] for row in content["layouts"]}
    for part in content["parts"]:
        if len(names) > 1 and part["layout"] in names and part["layout"] != chapter:
            chapter = part["layout"]
            blocks.append(Heading(names[chapter], 1))
        blocks += _part(part, (standing.comments or {}).get(part["id"], ""), tongue)
    blocks += _definitions(content, tongue)
    return Sheet(
        form="report",
        title=content["title"],
        house=f"{content['company']}　{content['site']}",
        number=content["period"],
        number_name=tongue("期间", "Period"),
        language=content["language"],
        stamp=datetime.fromisoformat(content["counted_at"]),
        blocks=tuple(blocks),
        foot=tongue("校验码 ", "Digest ") + standing.digest if standing.digest else tongue("还没有批准", "Not approved"),
        style="report",
        landscape=True,
    )


def _head(content: Plain, standing: Standing, tongue: Tongue) -> Grid:
    counted = datetime.fromisoformat(content["counted_at"]).astimezone(ZoneInfo(content["zone"]))
    first, last = content["days"]
    lines = [
        (tongue("起止", "Days"), f"{first} – {last}"),
        (tongue("统计到", "Counted up to"), f"{counted:%Y-%m-%d %H:%M}"),
        *standing.lines,
    ]
    cells = [Cell(name, words) for name, words in lines]
    pairs = [tuple(cells[n : n + 2]) for n in range(0, len(cells), 2)]
    return Grid(tuple(pairs))


def _part(part: Plain, comment: str, tongue: Tongue) -> list[Block]:
    found: list[Block] = [Heading(part["title"])]
    if part["words"]:
        found.append(Prose(tuple(part["words"])))
    for table in part["tables"]:
        found += _table(table)
    if comment:
        found.append(Prose(tuple(comment.split("\n")), title=tongue("评语", "Comment")))
    return found


def _table(table: Plain) -> list[Block]:
    found: list[Block] = []
    if table["rows"]:
        widths = tuple(FIRST if n == 0 else _width(table, n) for n in range(len(table["columns"])))
        rows = tuple(tuple(_said(cell) for cell in row) for row in table["rows"])
        found.append(Table(tuple(column["name"] for column in table["columns"]), rows, widths, table["title"]))
        if table["chart"]:
            found.append(Picture(table["chart"], table["said"]))
    words = ([] if table["rows"] else [f"{table['title']}：{table['empty']}"]) + list(table["notes"])
    if words:
        found.append(Prose(tuple(words)))
    return found


def _width(table: Plain, n: int) -> float:
    plain = WIDTHS.get(table["columns"][n]["kind"], REST)
    return max(plain, RANGED) if any(row[n].get("interval") for row in table["rows"]) else plain


def _said(cell: Plain) -> str:
    return f"{cell['words']}\n{cell['interval']}" if cell.get("interval") else str(cell["words"])


def _definitions(content: Plain, tongue: Tongue) -> list[Block]:
    rows = tuple((row["name"], "\n".join(f"{what}：{words}" for what, words in row["told"])) for row in content["definitions"])
    if not rows:
        return []
    title = tongue("每个数字的算法", "What each figure means")
    return [Heading(title, 1), Table((tongue("指标", "Figure"), tongue("算法", "Definition")), rows, (1, 3), title)]
