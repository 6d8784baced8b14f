"""What many papers share: how cells are laid out, the facts of the case in brief, who signs below."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kesu.papers.filling import Filler
from kesu.papers.sheet import Cell, Grid


def laid_out(cells: list[Cell], title: str = "") -> Grid:
    """Two short cells to a row; wide ones have a row of their own. The order stays."""
    rows: list[list[Cell]] = []
    for cell in cells:
        if rows and not cell.wide and len(rows[-1]) == 1 and not rows[-1][0].wide:
            rows[-1].append(cell)
        else:
            rows.append([cell])
    return Grid(tuple(tuple(row) for row in rows), title)


def brief(filler: Filler) -> Grid:
    """The case in brief, as it stands at the top of every report: who, where, when, what, how grave."""
    case = filler.case
    cells = [
        Cell(filler.customer.capitalize(), case.contact_name),
        Cell(_("联系方式"), filler.text("contact")),
        Cell(_("地点"), filler.home()),
        Cell(_("受理时间"), filler.text("heard_at")),
        Cell(_("被投诉的人或部门"), case.against or _join(filler, [row.name for row in filler.page.complained])),
        Cell(_("所属类别"), filler.label("categories", case.category)),
        Cell(
            _("性质"),
            "" if filler.ticks("nature") or filler.blank else filler.label("natures", case.nature),
            filler.ticks("nature"),
            wide=True,
        ),
        Cell(_("等级"), filler.text("grade"), filler.ticks("grade"), wide=True),
    ]
    return laid_out(cells)


def _join(filler: Filler, names: list[str]) -> str:
    return ("、" if filler.half == 0 else ", ").join(names)


def signatures(*names: str) -> Grid:
    """Who signs, with a date: two to a row, the last one alone where they are odd."""
    pairs = [names[n : n + 2] for n in range(0, len(names), 2)]
    return Grid(tuple(tuple(Cell(name, sign=True, wide=len(pair) == 1) for name in pair) for pair in pairs))
