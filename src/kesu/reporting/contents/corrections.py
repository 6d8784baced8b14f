"""What later changes to cases made of reports that are frozen, and apart from it what was done since.

A correction is what would have been reported otherwise, had it been known: recorded afterwards, judged otherwise, merged, a clock put
right. It is told once: what an earlier report already corrected is not corrected again. What was open then and was closed later is no
correction; how the last report's figures stand now is a table of its own.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kesu.insights.coverage import Coverage
from kesu.insights.kpis import KPIS, Kpi
from kesu.insights.measuring import Measured, measure
from kesu.insights.periods import Period
from kesu.insights.queries.since import later
from kesu.insights.tables.look import Look
from kesu.insights.tables.table import Cell, Kind, Table, kind_of, text
from kesu.insights.tables.words import number_words
from kesu.reporting.contents.content import Part, table_of
from kesu.reporting.models import APPROVED, Report

FIGURES = tuple(id for id, kpi in KPIS.items() if kpi.kind in ("count", "fen", "rate"))
BACK = 13  # so many earlier reports of the kind are counted anew

Figures = dict[str, dict[str, Any]]
Changes = list[dict[str, Any]]  # period, figure, was, now


def headline(cover: Coverage, period: Period, at: datetime) -> Figures:
    """The figures by which a frozen report is compared later: value, above and below the line."""
    return {row.kpi.id: _plain(row) for row in measure(cover, period, at, FIGURES)}


def _plain(row: Measured) -> dict[str, Any]:
    return {"value": row.value, "above": row.numerator, "below": row.denominator}


def earlier(look: Look, kind: str) -> list[Report]:
    """The frozen reports of this kind and place whose days ended before, the oldest first."""
    rows = Report.objects.filter(company=look.cover.company, site=look.cover.site, kind=kind, state=APPROVED, last__lt=look.period.first)
    return sorted(rows.order_by("-first")[:BACK], key=lambda row: row.first)


def corrections(look: Look, known: list[Report], found: Changes, since: Changes) -> Part:
    """The last part: what is corrected, and what was done since."""
    tongue = look.tongue
    table = table_of(
        "corrections",
        tongue("对以前报表的更正", "Corrections to earlier reports"),
        [
            (tongue("报表", "Report"), "text"),
            (tongue("指标", "Figure"), "text"),
            (tongue("报过的", "Reported"), "text"),
            (tongue("现在", "Now"), "text"),
            (tongue("差", "Difference"), "text"),
        ],
        tongue("没有要更正的。", "Nothing to correct.") if known else tongue("这是第一份，没有以前的报表。", "This is the first one."),
    )
    table.rows = [_row(look, row) for row in found]
    table.notes = [
        tongue(
            "批准过的报表不改。当时就该这样、事后才记下或才改判的（补记、改定级、合并、改时间），在这里更正一次。",
            "Approved reports are never changed. What should have been said then and was recorded or judged otherwise only afterwards "
            "(entered late, regraded, merged, times put right) stands here once.",
        )
    ]
    return Part("all", table.title, [table, *([_progress(look, known[-1], since)] if known else [])])


def differences(look: Look, known: list[Report]) -> tuple[Changes, Changes]:
    """(what is to be corrected in the frozen reports, what was done since in the days of the last one): period, figure, was, now."""
    told, found, since = _told(known), [], []
    for row in known:
        period = Period(row.first, row.last)
        now = headline(look.cover, period, look.at)
        wanted = {id: was for id in now if (was := told.get((str(period), id)) or row.figures.get(id)) is not None}
        if all(now[id] == was for id, was in wanted.items()):
            continue
        done = later(look.cover, period, row.counted_at, row.entries)
        for id, was in wanted.items():
            then = less(KPIS[id], now[id], done.of(KPIS[id]))
            if then != was:
                found.append({"period": str(period), "figure": id, "was": was, "now": then})
            if then != now[id] and row is known[-1]:
                since.append({"period": str(period), "figure": id, "was": then, "now": now[id]})
    return found, since


def less(kpi: Kpi, now: dict[str, Any], more: tuple[int, int]) -> dict[str, Any]:
    """The figure with so many more above and below the line."""
    above = (now["above"] or 0) + more[0]
    if kpi.kind != "rate":
        return {"value": above, "above": above, "below": None}
    below = (now["below"] or 0) + more[1]
    return {"value": above / below if below else None, "above": above, "below": below}


def _progress(look: Look, last: Report, since: Changes) -> Table:
    tongue = look.tongue
    table = table_of(
        "since",
        tongue(f"{last.period} 以后办到哪里", f"What was done since in the cases of {last.period}"),
        [
            (tongue("指标", "Figure"), "text"),
            (tongue("那份报表统计时", "When it was counted"), "text"),
            (tongue("现在", "Now"), "text"),
            (tongue("差", "Difference"), "text"),
        ],
        tongue("没有变化。", "Nothing changed."),
    )
    table.rows = [_row(look, row)[1:] for row in since]
    table.notes = [
        tongue(
            "这不是更正：那时还没办完、没回访、没结案的，后来办了；或者后来又来了、重开了。",
            "No correction: what was still to be done, followed up or closed then was done later; or it came again or was reopened.",
        )
    ]
    return table


def _told(known: list[Report]) -> dict[tuple[str, str], dict[str, Any]]:
    """(period, figure) → what a later frozen report said it is."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in known:
        for one in row.corrections:
            found[one["period"], one["figure"]] = one["now"]
    return found


def _row(look: Look, row: dict[str, Any]) -> list[Cell]:
    kpi = KPIS[row["figure"]]
    kind = kind_of(Measured(kpi, look.period, look.cover, None))
    was, now = row["was"], row["now"]
    difference = "" if None in (was["value"], now["value"]) else _difference(look, now["value"] - was["value"], kind)
    return [
        text(row["period"]),
        text(kpi.label(look.language)),
        text(_said(look, was, kind)),
        text(_said(look, now, kind)),
        text(difference),
    ]


def _said(look: Look, figure: dict[str, Any], kind: Kind) -> str:
    if figure["value"] is None:
        return look.tongue("给不出来", "cannot be given")
    words = number_words(figure["value"], kind, look.tongue)
    return f"{words} ({figure['above']}/{figure['below']:.0f})" if kind == "share" else words


def _difference(look: Look, value: float, kind: Kind) -> str:
    if kind == "share":
        points = f"{value * 100:+.1f}"
        return look.tongue(f"{points} 个百分点", f"{points} points")
    sign = "+" if value > 0 else "-" if value < 0 else ""
    return sign + number_words(abs(value), kind, look.tongue)
