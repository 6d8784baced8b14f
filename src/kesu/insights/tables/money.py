"""What remedies cost: proposed, agreed, paid, by kind and by who bears it. In fen; written as yuan."""

from __future__ import annotations

from kesu.insights.cells import KINDS
from kesu.insights.drawing import Bar, Series, bars, columns
from kesu.insights.periods import Period, moved, today
from kesu.insights.queries.sums import grouped, sums
from kesu.insights.tables.look import Look
from kesu.insights.tables.table import Cell, Column, Table, Tongue, number, text
from kesu.insights.tables.words import number_words

MONTHS = 13


def tables(look: Look) -> list[Table]:
    """Thirteen months; by kind of remedy, by who pays, by category."""
    found = [_months(look)]
    if look.period.whole_months:
        found += [
            _by(look, "remedy", look.tongue("按补救方式", "By remedy")),
            _by(look, "payer", look.tongue("谁承担", "Borne by")),
            _by(look, "category", look.tongue("按类别", "By category")),
        ]
    return found


def _columns(tongue: Tongue, first: str) -> list[Column]:
    return [
        Column(first, "text", full=True),
        Column(tongue("提出", "Proposed"), "fen"),
        Column(tongue("答应", "Agreed"), "fen"),
        Column(tongue("已付", "Paid"), "fen"),
        Column(tongue("付了几笔", "Payments")),
    ]


def _cells(look: Look, row: dict[str, int], where: dict[str, str]) -> list[Cell]:
    """`where`: which part of the money it is, as the lists of cases take it."""
    proposed, agreed, paid = (look.behind(kpi) | where for kpi in ("proposed", "agreed", "paid"))
    return [
        Cell(row["proposed"], behind=proposed if row["proposals"] else None),
        Cell(row["agreed"], behind=agreed if row["agreements"] else None),
        Cell(row["paid"], behind=paid if row["payments"] else None),
        number(row["payments"], paid),
    ]


def _by(look: Look, dimension: str, title: str) -> Table:
    table = Table(
        f"money-{dimension}",
        title,
        _columns(look.tongue, title),
        kpis=["paid", "agreed"],
        empty=look.tongue("本期没有补偿。", "No remedies with money."),
    )
    rows = sorted(sums(look.cover, look.period, look.at, "money", dimension).items(), key=lambda item: -item[1]["agreed"])
    drawn = []
    for value, row in rows:
        name = look.name(dimension, value)
        table.rows.append([text(name), *_cells(look, row, {"by": dimension, "value": value})])
        if row["agreed"] > 0:
            drawn.append(Bar(name, row["agreed"], number_words(row["agreed"], "fen", look.tongue)))
    table.said = look.tongue(f"{title}，答应的钱", f"{title}, agreed")
    table.chart = bars(drawn[:15], table.said)
    return table


def _months(look: Look) -> Table:
    tongue, last = look.tongue, min(look.period.last, today(look.cover.company.zone, look.at)).replace(day=1)
    span = Period.months(moved(last, 1 - MONTHS), MONTHS)
    by_month = {key[1]: row for key, row in grouped(look.cover, span, look.at, ["money"], by=("period",))["money"].items()}
    table = Table("money", tongue("补偿", "Remedies"), _columns(tongue, tongue("月份", "Month")), kpis=["paid", "agreed"])
    nothing = dict.fromkeys(KINDS["money"], 0)
    rows = [(start, by_month.get(start, nothing)) for start in span.starts()]
    table.rows = [[text(f"{start:%Y-%m}"), *_cells(look, row, {"period": f"{start:%Y-%m}"})] for start, row in rows]
    table.folded = True
    table.said = tongue("每月付出去的补偿，元", "Paid per month, in yuan")
    labels = [tongue(f"{start.month} 月", f"{start:%b}") for start, _ in rows]
    table.chart = columns(labels, [Series("", [row["paid"] / 100 for _, row in rows])], table.said)
    return table
