"""The overview's head: today in big numbers, and the period beside the one before and last year's, each in one line of words."""

from __future__ import annotations

from dataclasses import dataclass

from kesu.insights.intervals import apart, counted
from kesu.insights.kpis import KPIS
from kesu.insights.tables.look import Look
from kesu.insights.tables.table import Cell, Table
from kesu.insights.tables.words import shown
from kesu.web.figures.showing import address

GLANCE = ("received", "valid", "reply_in_time", "handle_in_time", "satisfied", "final_clock_50")  # none that grows by itself as cases ripen


@dataclass(frozen=True)
class Against:
    """An earlier period: its name, its value in words, how the present one compares (and whether that is good news)."""

    name: str
    words: str
    compared: str
    tone: str


@dataclass(frozen=True)
class Tile:
    """One big number."""

    name: str
    words: str
    url: str
    tone: str
    why: bool  # it cannot be given: the words say why
    against: tuple[Against, ...] = ()


def today(look: Look, table: Table) -> list[Tile]:
    """Every column of the table of today; what is overdue stands out."""
    found = []
    for column, cell in zip(table.columns, table.rows[0], strict=True):
        late = column is table.columns[-1]
        tone = ("late" if cell.value else "done") if late else ""
        found.append(Tile(column.name, _words(look, cell), address(cell.behind), tone, False))
    return found


def glance(look: Look, table: Table) -> list[Tile]:
    """The figures by which a manager steers, out of the table that compares."""
    rows = dict(zip(table.kpis, table.rows, strict=True))
    names = [column.name for column in table.columns[2:]]
    found = []
    for id in GLANCE:
        name, now, *before = rows[id]
        against = tuple(_against(look, id, title, now, cell) for title, cell in zip(names, before, strict=True))
        found.append(Tile(str(name.value), _words(look, now), address(now.behind), "", now.value is None, against))
    return found


def _words(look: Look, cell: Cell) -> str:
    return shown(cell, "count", look.tongue, look.cover.company.zone)


def _against(look: Look, id: str, name: str, now: Cell, then: Cell) -> Against:
    if then.value is None:
        return Against(name, look.tongue("没有", "none"), "", "")
    way = _way(now, then) if then.value else ""  # of a time without a complaint nobody knows whether there was anything to complain of
    if not way:
        return Against(name, _words(look, then), "", "")
    compared, good = look.tongue.pair(_SAID[way]), KPIS[id].good
    better = {"more": way == "higher", "less": way == "lower"}.get(good)
    return Against(name, _words(look, then), compared, "" if better is None or way == "even" else "done" if better else "warn")


_SAID = {"higher": ("高了", "higher"), "lower": ("低了", "lower"), "even": ("在平常的上下之间", "within ordinary variation")}


def _way(now: Cell, then: Cell) -> str:
    """higher, lower, even: by their intervals; "" where chance is not reckoned."""
    mine, theirs = _interval(now), _interval(then)
    if mine is None or theirs is None:
        return ""
    if not apart(mine, theirs):
        return "even"
    return "higher" if mine[0] > theirs[1] else "lower"


def _interval(cell: Cell) -> tuple[float, float] | None:
    if cell.interval:
        return cell.interval
    return counted(cell.value) if cell.kind == "count" and isinstance(cell.value, int) else None
