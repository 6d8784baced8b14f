"""Complaint rates of thirteen months with control limits; what cannot be given is said, never taken for 0."""

from __future__ import annotations

from datetime import date

from kesu.insights.drawing import Series, columns
from kesu.insights.exposed import exposure
from kesu.insights.periods import Period, moved, today
from kesu.insights.queries.sums import grouped
from kesu.insights.tables.look import Look
from kesu.insights.tables.table import Cell, Table, number, text
from kesu.reporting.contents.content import table_of
from kesu.warnings.statistics.charts import FEWEST, Chart, u_chart
from kesu.warnings.statistics.charts import Period as Counted

MONTHS = 13


def rates(look: Look) -> Table:
    """Each month: valid complaints, what they are set against, the rate, its limits, whether it lies within."""
    tongue, entered = look.tongue, look.entered
    title = tongue("有效投诉率，13 个月", "Rate of valid complaints, thirteen months")
    if entered is None:
        empty = tongue("给不出来：规程没写投诉率除以什么。", "Cannot be given: the procedure does not say what complaints are set against.")
        return table_of("rates", title, [(tongue("月份", "Month"), "text")], empty)
    per = entered.measure.per
    table = table_of(
        "rates",
        title,
        [
            (tongue("月份", "Month"), "text"),
            (tongue("有效投诉", "Valid complaints"), "count"),
            (entered.measure.label(look.language), "rate"),
            (tongue(f"每 {per:,} {entered.measure.name}", f"Per {per:,}"), "rate"),
            (tongue("下限", "Lower limit"), "rate"),
            (tongue("上限", "Upper limit"), "rate"),
            (tongue("判断", "Reading"), "text"),
        ],
    )
    table.kpis = ["valid_exposed"]
    months, against = _months(look)
    chart = _limits(months, against)
    for n, (start, valid) in enumerate(months):
        found = against[n]
        limits = chart.limits[n] if chart else None
        table.rows.append(_row(look, start, valid, found, limits, per))
    _told(
        look,
        table,
        [f"{start.month}" for start, _ in months],
        [valid * per / found if isinstance(found, float) else None for (_, valid), found in zip(months, against, strict=True)],
    )
    return table


def _months(look: Look) -> tuple[list[tuple[date, int]], list[float | tuple[str, str]]]:
    span = Period.months(moved(look.so_far.last.replace(day=1), 1 - MONTHS), MONTHS)
    found = {key[1]: row["valid"] for key, row in grouped(look.cover, span, look.at, ["case"], by=("period",))["case"].items()}
    assert look.entered is not None
    months = [(start, found.get(start, 0)) for start in span.starts()]
    return months, [exposure(look.cover, Period.months(start, 1), look.entered) for start, _ in months]


def _limits(months: list[tuple[date, int]], against: list[float | tuple[str, str]]) -> Chart | None:
    counted = [Counted(n, found if isinstance(found, float) else 0.0) for (_, n), found in zip(months, against, strict=True)]
    if sum(row.exposure > 0 for row in counted[:-1]) < FEWEST:
        return None
    return u_chart(counted, history=len(counted) - 1)


def _row(look: Look, start: date, valid: int, found: float | tuple[str, str], limits: tuple[float, float] | None, per: int) -> list[Cell]:
    tongue, month = look.tongue, f"{start:%Y-%m}"
    if not isinstance(found, float):
        why = tongue("给不出来：", "Cannot be given: ") + tongue.pair(found)
        return [text(month), number(valid), Cell(None), Cell(None), Cell(None), Cell(None), text(why)]
    rate = valid * per / found
    if limits is None:
        few = tongue(f"不足 {FEWEST} 个月，给不出控制限", f"fewer than {FEWEST} months: no limits can be given")
        return [text(month), number(valid), Cell(found), Cell(rate), Cell(None), Cell(None), text(few)]
    low, high = (edge * per for edge in limits)
    word = tongue("在控制限内", "within the limits")
    if Period.months(start, 1).last >= today(look.cover.company.zone, look.at):
        word = tongue("这个月还没完，不判断", "the month is not over: nothing is said")
    elif rate > high or rate < low:
        word = tongue("高出上限", "above the upper limit") if rate > high else tongue("低于下限", "below the lower limit")
    return [text(month), number(valid), Cell(found), Cell(rate), Cell(low), Cell(high), text(word)]


def _told(look: Look, table: Table, labels: list[str], values: list[float | None]) -> None:
    tongue = look.tongue
    table.said = tongue("每月有效投诉率", "Rate of valid complaints per month")
    table.chart = columns(labels, [Series("", values, line=True)], table.said)
    table.notes = [
        tongue(
            "控制限按前 12 个月算：三倍标准差，月与月之间波动比巧合大的加宽。在控制限内的起落不用追问原因。",
            "Limits come from the twelve months before: three standard deviations, wider where months vary more than chance. Ups and downs "
            "within them need no explanation.",
        )
    ]
