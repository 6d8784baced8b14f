"""The forms that the pack describes field by field: grids of named fields, the course of the case, the table of follow-ups."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kesu.complaints.queries.case_page import CasePage
from kesu.papers.filling import Filler
from kesu.papers.laying import laid_out
from kesu.papers.sheet import Block, Cell, Entry, Table
from kesu.procedure.packsayings import Form, FormField

COURSE = "course"  # the field in whose place the whole journal stands
BLANK_COURSE, BLANK_VISITS, SPARE_VISITS = 6, 10, 3  # empty rows that stay for the pen
VISITS = "visited_at"  # a form that begins with this field has a row per follow-up
WIDTHS = {"visited_at": 15.0, "number": 13.0, "home": 15.0, "spoke_to": 9.0, "outcome": 18.0, "words": 24.0, "visitor": 9.0}


def is_table(form: Form) -> bool:
    """Whether the form has a row per follow-up instead of named fields."""
    return bool(form.fields) and form.fields[0].id == VISITS


def blocks(form: Form, filler: Filler) -> tuple[Block, ...]:
    """The form's content, in the order of the pack's fields."""
    if is_table(form):
        return (_visits(form, filler),)
    found: list[Block] = []
    cells: list[Cell] = []
    for row in form.fields:
        if row.id == "number":  # stands in the head of every sheet
            continue
        if row.id == COURSE:
            found += [laid_out(cells), course(filler, _name(row, filler.page))]
            cells = []
        else:
            cells.append(filler.cell(row))
    return tuple([*found, laid_out(cells)] if cells else found)


def course(filler: Filler, title: str) -> Table:
    """The journal: when, who, what."""
    rows = tuple((filler.short(line.entry.at), line.who, line.words) for line in filler.journal)
    return Table((_("时间"), _("经办人"), _("经过")), rows, (15, 13, 72), title, pen=0 if rows else BLANK_COURSE)


def _name(row: FormField, page: CasePage) -> str:
    return row.name if page.language.startswith("zh") else row.name_en


def _visits(form: Form, filler: Filler) -> Table:
    """One row per follow-up, then empty rows for the pen."""
    page = filler.page
    rows = []
    for visit in page.visits:
        values: dict[str, Entry] = {
            "visited_at": filler.time(visit.at),
            "number": page.case.number,
            "home": filler.home(),
            "spoke_to": page.case.contact_name,
            "outcome": filler.outcome_boxes(visit.outcome),
            "words": visit.words,
            "visitor": visit.by.name,
        }
        rows.append(tuple(values.get(column.id, "") for column in form.fields))
    empty: tuple[Entry, ...] = tuple(filler.outcome_boxes() if column.id == "outcome" else "" for column in form.fields)
    widths = tuple(WIDTHS.get(column.id, 12.0) for column in form.fields)
    names = tuple(_name(column, page) if column.id != "outcome" else _("结果") for column in form.fields)
    spare = BLANK_VISITS if not rows else SPARE_VISITS
    return Table(names, tuple(rows), widths, pen=spare, empty=empty, tall=True)
