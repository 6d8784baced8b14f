"""What remedies cost: proposed, agreed, paid, by kind and by who bears it. In fen; written as yuan."""

from __future__ import annotations

from kesu.insights.drawing import Bar, Series, bars, columns
from kesu.insights.periods import Period, moved, today
from kesu.insights.queries.sums import grouped, sums
from kesu.insights.tables.look import Look
from kesu.insights.tables.table import Cell, Column, Table, Tongue, number, text
from kesu.insights.tables.words import number_words
from kesu.procedure.remedies import PAYERS

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


def _cells(row: dict[str, int]) -> list[Cell]:
    return [Cell(row["proposed"]), Cell(row["agreed"]), Cell(row["paid"]), number(row["payments"])]


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
        name = _payer(look, value) if dimension == "payer" else look.name(dimension, value)
        table.rows.append([text(name), *_cells(row)])
        if row["agreed"] > 0:
            drawn.append(Bar(name, row["agreed"], number_words(row["agreed"], "fen", look.tongue)))
    table.said = look.tongue(f"{title}，答应的钱", f"{title}, agreed")
    table.chart = bars(drawn[:15], table.said)
    return table


def _payer(look: Look, value: str) -> str:
    found = PAYERS.get(value)
    return look.tongue.pair(found) if found else value


def _months(look: Look) -> Table:
    tongue, last = look.tongue, min(look.period.last, today(look.cover.company.zone, look.at)).replace(day=1)
    span = Period.months(moved(last, 1 - MONTHS), MONTHS)
    by_month = {key[1]: row for key, row in grouped(look.cover, span, look.at, ["money"], by=("period",))["money"].items()}
    table = Table("money", tongue("补偿", "Remedies"), _columns(tongue, tongue("月份", "Month")), kpis=["paid", "agreed"])
    nothing = dict.fromkeys(("proposed", "agreed", "paid", "payments"), 0)
    rows = [(start, by_month.get(start, nothing)) for start in span.starts()]
    table.rows = [[text(f"{start:%Y-%m}"), *_cells(row)] for start, row in rows]
    table.folded = True
    table.said = tongue("每月付出去的补偿，元", "Paid per month, in yuan")
    labels = [tongue(f"{start.month} 月", f"{start:%b}") for start, _ in rows]
    table.chart = columns(labels, [Series("", [row["paid"] / 100 for _, row in rows])], table.said)
    return table
