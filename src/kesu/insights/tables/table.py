"""A table of figures: columns with their kinds, rows of plain values, the cases behind each value, what the columns mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from kesu.insights.kpis import KPIS
from kesu.insights.measuring import Measured

Kind = Literal["text", "count", "share", "minutes", "fen", "rate", "tenth", "moment"]
Value = str | int | float | datetime | date | None


@dataclass(frozen=True)
class Column:
    """What stands in it: words, a number, a share of 0 … 1, minutes, fen, a rate, a number to a tenth, a moment.

    `full`: takes the width on a phone."""

    name: str
    kind: Kind = "count"
    full: bool = False


@dataclass(frozen=True)
class Cell:
    """A value; the words instead of one that cannot be given; the interval; what leads to its cases (the parameters of a list)."""

    value: Value
    words: str = ""
    interval: tuple[float, float] | None = None
    behind: dict[str, str] | None = None
    of: float | None = None  # out of how many
    kind: Kind | None = None  # where it is not the column's


@dataclass
class Table:
    """One table. `kpis`: whose definitions stand beside it. `chart`: a finished drawing, "" for none."""

    id: str
    title: str
    columns: list[Column]
    rows: list[list[Cell]] = field(default_factory=list)
    kpis: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    chart: str = ""
    said: str = ""  # what the chart shows, in one sentence
    empty: str = ""
    folded: bool = False  # the drawing says it; the numbers open on demand

    def definitions(self, language: str) -> list[tuple[str, list[tuple[str, str]]]]:
        """(name, its definition line by line) of every KPI in it."""
        return [(KPIS[id].label(language), KPIS[id].told(language)) for id in dict.fromkeys(self.kpis)]


@dataclass(frozen=True)
class Tongue:
    """The reader's language."""

    language: str

    @property
    def zh(self) -> bool:
        """Whether it is Chinese."""
        return self.language.startswith("zh")

    def __call__(self, zh: str, en: str) -> str:
        return zh if self.zh else en

    def pair(self, words: tuple[str, str]) -> str:
        """One of two."""
        return words[0 if self.zh else 1]


def text(words: str, behind: dict[str, str] | None = None) -> Cell:
    """Words."""
    return Cell(words, behind=behind)


def number(n: int, behind: dict[str, str] | None = None) -> Cell:
    """A count, with its cases where there are any."""
    return Cell(n, behind=behind if n else None)


def share(n: int, of: int, behind: dict[str, str] | None = None, interval: tuple[float, float] | None = None) -> Cell:
    """A share; nothing of nothing."""
    return Cell(n / of if of else None, behind=behind if of else None, interval=interval, of=of)


def of_measured(row: Measured, tongue: Tongue, behind: dict[str, str] | None = None) -> Cell:
    """A figure as a cell."""
    why = tongue.pair(row.cannot) if row.cannot else ""
    return Cell(row.value, why, row.interval, behind if row.value is not None else None, row.denominator, kind_of(row))


def kind_of(row: Measured) -> Kind:
    """How its value is written."""
    kinds: dict[str, Kind] = {"rate": "share", "count": "count", "fen": "fen", "minutes": "minutes", "exposed": "rate"}
    return kinds[row.kpi.kind]
