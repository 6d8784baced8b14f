"""The overview: today, the period beside the one before and the same of last year, thirteen months, what was open each day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from kesu.insights.drawing import Series, columns
from kesu.insights.kpis import KPIS
from kesu.insights.measuring import Measured, measure
from kesu.insights.models import CaseFact
from kesu.insights.periods import Period, moved, today
from kesu.insights.present import PRESENT, open_facts, overdue_clocks
from kesu.insights.queries.sums import grouped, open_at_end
from kesu.insights.tables.look import Look
from kesu.insights.tables.table import Cell, Column, Table, kind_of, number, of_measured, text

SHOWN = (
    "received",
    "valid",
    "valid_rate",
    "complaint_share",
    "valid_exposed",
    "reply_in_time",
    "handle_in_time",
    "handle_in_time_first",
    "in_time",
    "done_rate",
    "satisfied",
    "unrated",
    "visited",
    "first_time",
    "repeated",
    "reopened",
    "escalated",
    "outside",
    "reply_clock_50",
    "reply_clock_90",
    "final_clock_50",
    "final_clock_90",
    "final_work_50",
    "final_work_90",
    "paid",
)
MONTHS = 13


def tables(look: Look) -> list[Table]:
    """Everything on the overview."""
    return [now(look), compared(look), months(look), open_days(look)]


def now(look: Look) -> Table:
    """Today so far, and what stands open. Four queries."""
    day, tongue = today(look.cover.company.zone, look.at), look.tongue
    one = Period(day, day)
    facts = CaseFact.objects.none() if look.cover.nothing else CaseFact.objects.filter(look.cover.rows(), counted=True)
    received = facts.filter(received_day=day).count()  # one by one: each has an index of its own
    closed = facts.filter(closed_day=day, complaint=True).count()
    late = overdue_clocks(look.cover, look.at).values("case_id").distinct().count()
    here = look.behind("received") | {"period": str(one)}
    return Table(
        "now",
        tongue("今天", "Today"),
        [
            Column(tongue("今天受理", "Received today")),
            Column(tongue("今天结案", "Closed today")),
            *(Column(kpi.label(look.language)) for kpi in PRESENT.values()),
        ],
        [
            [
                number(received, here),
                number(closed, look.behind("closed") | {"period": str(one)}),
                number(open_facts(look.cover).count(), look.behind("open")),
                number(late, look.behind("overdue")),
            ]
        ],
    )


def compared(look: Look) -> Table:
    """The period, the same days of the period before and of last year. What cannot be given says why."""
    tongue, period = look.tongue, look.so_far
    length = len(look.period.starts()) if look.period.whole_months else 1
    before, year = period.before(length), period.before(12)
    wanted = [id for id in SHOWN if id != "valid_exposed" or look.cover.exposed]
    found = [measure(look.cover, one, look.at, wanted, entered=look.entered) for one in (period, before, year)]
    table = Table(
        "compared",
        tongue("本期、上期、去年同期", "This period, the one before, last year's"),
        [
            Column(tongue("指标", "Figure"), "text", full=True),
            *(Column(tongue(zh, en), "share") for zh, en in (("本期", "This period"), ("上期", "Before"), ("去年同期", "Last year"))),
        ],
        kpis=wanted,
        notes=[
            tongue(
                f"本期 {_days(period)}，上期 {_days(before)}，去年同期 {_days(year)}。",
                f"This period {_days(period)}, before {_days(before)}, last year {_days(year)}.",
            ),
            tongue(
                "件数少的时候，百分数后面是 95% 的可能范围；范围重叠的，不能说哪个高。",
                "Beside shares of few cases stands the range within which they lie at 95 %; where ranges overlap, neither is higher.",
            ),
        ],
    )
    if period.last >= today(look.cover.company.zone, look.at):
        table.notes.append(
            tongue(
                "本期的单有的还在办：办结率、一次解决率、重开率、升级率、外部投诉率以后还会变，现在比上期低或高不说明什么。",
                "Cases of this period are in hand: shares closed, solved first time, reopened, escalated and outside will still change; "
                "that they are lower or higher than before says nothing yet.",
            )
        )
    silent = [look.silent(one) for one in (period, before, year)]
    for rows in zip(*found, strict=True):
        cells = [Cell(None, why) if why else _cell(look, row) for row, why in zip(rows, silent, strict=True)]
        table.rows.append([text(_named(look, rows)), *cells])
    return table


def _named(look: Look, rows: Sequence[Measured]) -> str:
    """The figure's name; of a rate with what it is per."""
    name = rows[0].kpi.label(look.language)
    unit = next((row.unit for row in rows if row.unit[0]), None)
    return look.tongue(f"{name}（{unit[0]}）", f"{name} ({unit[1]})") if unit else name


def _days(period: Period) -> str:
    text = str(period)
    return text.replace("..", " – ")


def _cell(look: Look, row: Measured) -> Cell:
    behind = look.behind(row.kpi.id, "above") | {"period": str(row.period)}
    return of_measured(row, look.tongue, behind)


def months(look: Look) -> Table:
    """Received, valid, closed in thirteen months up to the period's last. One query."""
    tongue, last = look.tongue, min(look.period.last, today(look.cover.company.zone, look.at)).replace(day=1)
    span = Period.months(moved(last, 1 - MONTHS), MONTHS)
    found = grouped(look.cover, span, look.at, ["case", "closed"], by=("period",))
    starts = span.starts()
    received, closed = ({key[1]: row for key, row in found[kind].items()} for kind in ("case", "closed"))
    numbers = [
        (received.get(start, {}).get("complaints", 0), received.get(start, {}).get("valid", 0), closed.get(start, {}).get("closed", 0))
        for start in starts
    ]
    table = Table(
        "months",
        tongue("13 个月", "Thirteen months"),
        [
            Column(tongue("月份", "Month"), "text"),
            Column(tongue("投诉", "Complaints")),
            Column(tongue("有效", "Valid")),
            Column(tongue("结案", "Closed")),
        ],
        kpis=["complaints", "valid", "closed"],
        folded=True,
    )
    for start, (complaints, valid, shut) in zip(starts, numbers, strict=True):
        month = {"period": f"{start:%Y-%m}"}
        table.rows.append(
            [
                text(f"{start:%Y-%m}"),
                *(number(n, look.behind(kpi) | month) for n, kpi in ((complaints, "complaints"), (valid, "valid"), (shut, "closed"))),
            ]
        )
    most = max(zip([row[0] for row in numbers], starts, strict=True))
    table.said = tongue(f"每月投诉，最多的是 {most[1]:%Y-%m}，{most[0]} 件", f"Complaints per month; most in {most[1]:%Y-%m}: {most[0]}")
    labels = [tongue(f"{start.month} 月", f"{start:%b}") for start in starts]
    table.chart = columns(
        labels, [Series("", [row[0] for row in numbers]), Series("", [row[2] for row in numbers], line=True, tone="cum")], table.said
    )
    table.notes = [tongue("柱子是受理的投诉，线是结案的。", "Columns are complaints received, the line those closed.")]
    return table


def open_days(look: Look) -> Table:
    """How many were open at the end of each of the last 30 days. Two queries."""
    tongue, day = look.tongue, min(look.period.last, today(look.cover.company.zone, look.at))
    days = [day - timedelta(days=n) for n in range(29, -1, -1)]
    found = open_at_end(look.cover, days)
    table = Table(
        "open",
        tongue("每天结束时在办", "Open at the end of each day"),
        [Column(tongue("日期", "Day"), "text"), Column(tongue("在办", "Open"))],
        [[text(one.isoformat()), number(found.get(one, 0))] for one in days],
        folded=True,
    )
    values: Sequence[int] = [found.get(one, 0) for one in days]
    table.said = tongue(f"30 天里在办从 {values[0]} 件到 {values[-1]} 件", f"Open cases went from {values[0]} to {values[-1]} in 30 days")
    table.chart = columns([f"{one.month}-{one.day:02}" for one in days], [Series("", [float(n) for n in values], line=True)], table.said)
    return table


__all__ = ["KPIS", "compared", "kind_of", "months", "now", "open_days", "tables"]
