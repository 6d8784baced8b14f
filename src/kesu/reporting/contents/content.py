"""A report as plain values: what is stored when it is drafted, hashed when it is approved, and drawn in every format."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from kesu.insights.tables.look import Look
from kesu.insights.tables.table import Cell, Column, Table
from kesu.insights.tables.words import interval_words, shown

LAYOUT = 1  # of the stored values; another one is made by another version
Plain = dict[str, Any]


@dataclass
class Part:
    """One part: its id within its layout, tables, sentences, and whether somebody has to write here what no figure says."""

    id: str
    title: str
    tables: list[Table] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    asks: str = ""  # what whoever comments is asked for


def plain_part(part: Part, layout: str, look: Look) -> Plain:
    """The part as plain values."""
    return {
        "id": f"{layout}-{part.id}",
        "layout": layout,
        "title": part.title,
        "tables": [plain_table(table, look) for table in part.tables],
        "words": part.words,
        "asks": part.asks,
    }


def plain_table(table: Table, look: Look) -> Plain:
    """The table as plain values, each cell also in words."""
    return {
        "id": table.id,
        "title": table.title,
        "columns": [{"name": column.name, "kind": column.kind} for column in table.columns],
        "rows": [[_cell(cell, column, look) for cell, column in zip(row, table.columns, strict=True)] for row in table.rows],
        "notes": table.notes,
        "chart": table.chart,
        "said": table.said,
        "empty": table.empty,
    }


def _cell(cell: Cell, column: Column, look: Look) -> Plain:
    value, kind = cell.value, cell.kind or column.kind
    found: Plain = {"value": value.isoformat() if isinstance(value, datetime | date) else value, "kind": kind}
    found["words"] = shown(cell, column.kind, look.tongue, look.cover.company.zone)
    if interval := interval_words(cell, column.kind, look.tongue):
        found["interval"] = interval
    return found


def definitions(parts: list[Part], language: str) -> list[Plain]:
    """Every figure's definition once, in the order in which figures appear."""
    found: dict[str, list[tuple[str, str]]] = {}
    for part in parts:
        for table in part.tables:
            found |= {name: told for name, told in table.definitions(language) if name not in found}
    return [{"name": name, "told": [list(line) for line in told]} for name, told in found.items()]


def table_of(id: str, title: str, columns: list[tuple[str, Any]], empty: str = "") -> Table:
    """An empty table; the first column takes the width on a phone."""
    return Table(id, title, [Column(name, kind, full=n == 0) for n, (name, kind) in enumerate(columns)], empty=empty)
