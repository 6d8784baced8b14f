"""Figures one below the other: the record's name and what it came to in the period."""

from __future__ import annotations

from collections.abc import Sequence

from kesu.insights.measuring import measure
from kesu.insights.tables.look import Look
from kesu.insights.tables.table import Column, Table, of_measured, text


def shares(look: Look, id: str, title: str, figures: Sequence[str]) -> Table:
    """One row for each figure (ids of the table of KPIs), each leading to the cases behind it."""
    tongue = look.tongue
    columns = [Column(tongue("指标", "Figure"), "text", full=True), Column(tongue("本期", "This period"), "share")]
    table = Table(id, title, columns, kpis=list(figures))
    for row in measure(look.cover, look.period, look.at, figures):
        table.rows.append([text(row.kpi.label(look.language)), of_measured(row, tongue, look.behind(row.kpi.id))])
    return table
