"""What later changes to cases made of reports that are frozen: the same figures counted anew, less what was reported.

What an earlier report already corrected is not corrected again: each difference is told once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kesu.insights.coverage import Coverage
from kesu.insights.kpis import KPIS
from kesu.insights.measuring import Measured, measure
from kesu.insights.periods import Period
from kesu.insights.tables.look import Look
from kesu.insights.tables.table import Cell, Kind, kind_of, text
from kesu.insights.tables.words import number_words
from kesu.reporting.contents.content import Part, table_of
from kesu.reporting.models import APPROVED, Report

FIGURES = tuple(id for id, kpi in KPIS.items() if kpi.kind in ("count", "fen", "rate"))
BACK = 13  # so many earlier reports of the kind are counted anew

Figures = dict[str, dict[str, Any]]


def headline(cover: Coverage, period: Period, at: datetime) -> Figures:
    """The figures by which a frozen report is compared later: value, above and below the line."""
    return {row.kpi.id: _plain(row) for row in measure(cover, period, at, FIGURES)}


def _plain(row: Measured) -> dict[str, Any]:
    return {"value": row.value, "above": row.numerator, "below": row.denominator}


def earlier(look: Look, kind: str) -> list[Report]:
    """The frozen reports of this kind and place whose days ended before, the oldest first."""
    rows = Report.objects.filter(company=look.cover.company, site=look.cover.site, kind=kind, state=APPROVED, last__lt=look.period.first)
    return sorted(rows.order_by("-first")[:BACK], key=lambda row: row.first)


def corrections(look: Look, kind: str) -> tuple[Part, list[dict[str, Any]]]:
    """(the part, each correction as values: period, figure, what was reported, what it is now)."""
    tongue, found = look.tongue, []
    known = earlier(look, kind)
    told = _told(known)
    for row in known:
        period = Period(row.first, row.last)
        for id, now in headline(look.cover, period, look.at).items():
            was = told.get((str(period), id)) or row.figures.get(id)
            if was is not None and was != now:
                found.append({"period": str(period), "figure": id, "was": was, "now": now})
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
            "批准过的报表不改。以后的处理、重开、合并、改时间让数字变了，就在这里更正一次。",
            "Approved reports are never changed. What later handling, reopening, merging or corrected times made of them stands here once.",
        )
    ]
    return Part("all", table.title, [table]), found


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
