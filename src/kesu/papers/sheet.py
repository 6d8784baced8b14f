"""A sheet of paper as plain content, before it is drawn: the PDF, the Word file and the page are all made from the same sheet."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

Ticks = tuple[tuple[str, bool], ...]  # boxes to tick: (label, ticked)
Entry = str | Ticks  # what stands in a place of a table


@dataclass(frozen=True)
class Cell:
    """A named field. Where it says nothing, `pen` lines are left to write on."""

    name: str
    text: str = ""
    ticks: Ticks = ()
    pen: int = 1
    wide: bool = False  # a row of its own
    sign: bool = False  # left for a signature and a date


@dataclass(frozen=True)
class Grid:
    """Named fields in rows of one or two; `title` is a bar above them."""

    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""
    kind: Literal["grid"] = "grid"


@dataclass(frozen=True)
class Table:
    """Rows under column heads; `widths` are shares; `pen` empty rows stay for writing."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Entry, ...], ...]
    widths: tuple[float, ...]
    title: str = ""
    pen: int = 0
    empty: tuple[Entry, ...] = ()  # what an empty row shows: boxes to tick
    tall: bool = False  # empty rows are high enough for handwriting
    kind: Literal["table"] = "table"

    @property
    def shares(self) -> list[float]:
        """The widths in per cent."""
        return [round(100 * width / sum(self.widths), 2) for width in self.widths]

    @property
    def blank_row(self) -> tuple[Entry, ...]:
        """What an empty row shows in each column."""
        return self.empty or ("",) * len(self.columns)


@dataclass(frozen=True)
class Prose:
    """Paragraphs; `pen` lines where there are none. `close` holds what stands at the right, below: who signs, the date."""

    paragraphs: tuple[str, ...]
    title: str = ""
    greeting: str = ""
    pen: int = 0
    close: tuple[str, ...] = ()
    kind: Literal["prose"] = "prose"


@dataclass(frozen=True)
class Code:
    """A QR code beside words."""

    link: str
    words: tuple[str, ...]
    kind: Literal["code"] = "code"


@dataclass(frozen=True)
class Plate:
    """The large lettering of a cover: name above value."""

    lines: tuple[tuple[str, str], ...]
    kind: Literal["plate"] = "plate"


@dataclass(frozen=True)
class Cut:
    """A line along which the sheet is cut, with what the part below is called."""

    title: str
    kind: Literal["cut"] = "cut"


@dataclass(frozen=True)
class Picture:
    """A drawing (SVG as a page shows it) with the sentence that says what it shows."""

    svg: str
    said: str
    kind: Literal["picture"] = "picture"


@dataclass(frozen=True)
class Heading:
    """What the blocks below are about; `rank` 1 is a chapter, 2 a part of it."""

    title: str
    rank: int = 2
    kind: Literal["heading"] = "heading"


Block = Grid | Table | Prose | Code | Plate | Cut | Picture | Heading


@dataclass(frozen=True)
class Sheet:
    """One paper: its head, its blocks from top to bottom, its foot. `stamp` is the moment up to which it tells."""

    form: str
    title: str
    house: str  # company and site
    number: str
    language: str
    stamp: datetime
    blocks: tuple[Block, ...]
    foot: str = ""  # number of journal entries and head of the chain
    printed: str = ""  # when and by whom; empty in a package, which is the same for everybody
    style: Literal["form", "letter", "cover", "report"] = "form"
    landscape: bool = False
    number_name: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def zh(self) -> bool:
        """Whether the sheet is in Chinese."""
        return self.language.startswith("zh")

    def plain(self) -> dict[str, Any]:
        """Everything as plain values."""
        return asdict(self) | {"stamp": self.stamp.isoformat(), "zh": self.zh}
