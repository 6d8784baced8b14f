"""A table of figures as a file: Excel with real numbers, CSV that Excel reads; the definitions go with it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from kesu.insights.actions.counting import brought_up
from kesu.insights.tables.look import Look
from kesu.insights.tables.table import Cell, Column, Kind, Table
from kesu.web.figures.looking import VIEWS, looker, may_see, misread

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: dict[Kind, str] = {
    "share": "0.0%",
    "count": "#,##0",
    "fen": "#,##0.00",
    "rate": "#,##0.00",
    "tenth": "#,##0.0",
    "minutes": "#,##0",
    "moment": "yyyy-mm-dd hh:mm",
}
RISKY = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for a formula


@login_required
@require_GET
def export(request: HttpRequest, view: str, table: str, kind: str) -> HttpResponse:
    """One table of a view, for the same days and place as the page."""
    seen, wanted = looker(request), VIEWS.get(view)
    if (
        wanted is None
        or not may_see(seen.rights, wanted)
        or kind not in ("xlsx", "csv")
        or misread(request.GET, seen.rights, seen.look.at)  # a file of other days than were asked for would be taken for those
        or (wanted.months and not seen.look.period.whole_months)
    ):
        raise Http404
    brought_up(seen.rights.company, seen.look.at)
    found = next((row for row in (wanted.sent or wanted.make)(seen.look) if row.id == table), None)
    if found is None:
        raise Http404
    body, form = (workbook(seen.look, found), XLSX) if kind == "xlsx" else (comma_separated(seen.look, found), "text/csv; charset=utf-8")
    answer = HttpResponse(body, content_type=form)
    answer["Content-Disposition"] = f'attachment; filename="{view}-{table}-{seen.look.period}.{kind}"'
    return answer


def value_of(look: Look, column: Column, cell: Cell) -> Any:
    """The value as a spreadsheet takes it: yuan, not fen; local time without a zone; words where it cannot be given."""
    if cell.value is None:
        return cell.words or None
    if isinstance(cell.value, datetime):
        return cell.value.astimezone(ZoneInfo(look.cover.company.zone)).replace(tzinfo=None)
    if isinstance(cell.value, int | float) and (cell.kind or column.kind) == "fen":
        return cell.value / 100
    return cell.value


def heads(look: Look, table: Table) -> list[str]:
    """The columns' names with their units; after them, of those that have any, the ends of the ranges in which they may lie by chance."""
    units = {"minutes": look.tongue("分钟", "min"), "fen": look.tongue("元", "yuan")}
    found = [f"{column.name}（{units[column.kind]}）" if column.kind in units else column.name for column in table.columns]
    ends = look.tongue("95% 下限", "95 % from"), look.tongue("95% 上限", "95 % to")
    return [*found, *(f"{table.columns[n].name} {end}" for n in _ranged(table) for end in ends)]


def _ranged(table: Table) -> list[int]:
    """The columns in which a value has a range."""
    return [n for n, _ in enumerate(table.columns) if any(row[n].interval and row[n].value is not None for row in table.rows)]


def _values(look: Look, table: Table) -> Iterator[list[tuple[Any, str]]]:
    """Row by row what stands in the cells, with its format."""
    ranged = _ranged(table)
    for row in table.rows:
        kinds = [cell.kind or column.kind for cell, column in zip(row, table.columns, strict=True)]
        found = [
            (value_of(look, column, cell), FORMATS.get(kind, "")) for column, cell, kind in zip(table.columns, row, kinds, strict=True)
        ]
        for n in ranged:
            ends = row[n].interval if row[n].value is not None else None
            found += [(end, FORMATS.get(kinds[n], "")) for end in ends or (None, None)]
        yield found


def told(look: Look, table: Table) -> Iterator[tuple[str, str]]:
    """What stands below: days, notes, definitions."""
    yield look.tongue("期间", "Period"), str(look.period)
    for note in table.notes:
        yield "", note
    for name, lines in table.definitions(look.language):
        for what, words in lines:
            yield f"{name} {what}", words


def workbook(look: Look, table: Table) -> bytes:
    """One sheet of numbers, one of definitions."""
    from openpyxl import Workbook  # type: ignore[import-untyped]
    from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]
    from openpyxl.styles import Font  # type: ignore[import-untyped]

    book = Workbook(write_only=True)
    sheet, words = (
        book.create_sheet(table.title[:31].translate(str.maketrans("", "", "[]:*?/\\"))),
        book.create_sheet(look.tongue("定义", "Definitions")),
    )
    bold = Font(bold=True)

    def cell(value: Any, form: str = "", font: Any = None) -> Any:
        made = WriteOnlyCell(sheet, value=value)
        if isinstance(value, str):
            made.data_type = "s"  # never a formula
        if form and not isinstance(value, str):
            made.number_format = form
        if font:
            made.font = font
        return made

    sheet.append([cell(name, font=bold) for name in heads(look, table)])
    for row in _values(look, table):
        sheet.append([cell(value, form) for value, form in row])
    for what, said in told(look, table):
        words.append([WriteOnlyCell(words, value=what), WriteOnlyCell(words, value=said)])
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def comma_separated(look: Look, table: Table) -> bytes:
    """The same with a mark by which Excel knows the encoding; the definitions below an empty line."""
    target = StringIO()
    out = csv.writer(target)
    out.writerow(heads(look, table))
    out.writerows([_plain(value) for value, _ in row] for row in _values(look, table))
    out.writerow([])
    out.writerows([_plain(what), _plain(said)] for what, said in told(look, table))
    return ("\ufeff" + target.getvalue()).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value
