"""What stands where on a form: words that were read, with their places, become proposals for fields. Plain Python.

A form of ours has the label of each field in the middle of its cell, left of what is written. So the edges between cells follow from the
labels: an edge lies as far below a label's middle as the one before lies above it. Paper without labels is a letter: all is the story.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

FEWEST = 3  # labels that make it a form
_PHONE = re.compile(r"(?<!\d)(?:\+?86[\s-]?)?(1[3-9]\d(?:[\s-]?\d){8})(?!\d)")
_HOME = re.compile(r"\d+\s*(?:号楼|栋|幢|座|#)\s*(?:\d+\s*(?:单元|门)\s*)?\d{2,4}(?:\s*[室号房])?")
_NAME = re.compile(r"(?:投诉人|姓名|住户|业主|署名|反映人)\s*[:：]\s*([一-鿿·]{2,8}?)(?=\s|，|,|。|（|\(|电话|$)")
_SIGNED = re.compile(r"^[一-鿿·]{2,4}(?:女士|先生)?$")


@dataclass(frozen=True)
class Box:
    """Words and the rectangle they stand in, y downwards."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    score: float = 1.0

    @property
    def middle(self) -> float:
        """Half its height."""
        return (self.y0 + self.y1) / 2


@dataclass(frozen=True)
class Cell:
    """A label and the edges of what belongs to it."""

    field: str
    left: float
    right: float
    top: float
    bottom: float


def boxes(found: Iterable[Mapping[str, object]]) -> list[Box]:
    """The boxes as a program told them; what is no box is left out."""
    rows = []
    for one in found:
        try:
            places = [float(one[name]) for name in ("x0", "y0", "x1", "y1")]  # type: ignore[arg-type]
            rows.append(Box(str(one["text"]).replace("\0", "")[:2000], *places))
        except (KeyError, TypeError, ValueError):
            continue
    return rows[:2000]


def proposed(found: list[Box], labels: Mapping[str, str]) -> dict[str, str]:
    """field → words. `labels`: what is printed → the field it stands for ("" for a label whose words are not ours to read)."""
    known = {_flat(label): field for label, field in labels.items()}
    marks = [(box, known[_flat(box.text)]) for box in found if _flat(box.text) in known]
    inline = _inline(found, known)
    if len(marks) + len(inline) < FEWEST:
        return letter(found)
    cells = _cells(marks)
    said: dict[str, list[Box]] = {}
    for box in found:
        if _flat(box.text) in known:
            continue
        cell = next((one for one in cells if one.left < box.x0 + 5 < one.right and one.top <= box.middle < one.bottom), None)
        if cell and cell.field:
            said.setdefault(cell.field, []).append(box)
    return {field: _joined(rows) for field, rows in said.items()} | inline


def _flat(words: str) -> str:
    return re.sub(r"[\s:：*＊]", "", words)


def _inline(found: list[Box], known: Mapping[str, str]) -> dict[str, str]:
    """ "联系方式：138…" in one piece."""
    rows = {}
    for box in found:
        label, colon, words = box.text.replace("：", ":").partition(":")
        if colon and words.strip() and known.get(_flat(label)):
            rows[known[_flat(label)]] = words.strip()
    return rows


def _cells(marks: list[tuple[Box, str]]) -> list[Cell]:
    """One column of labels after the other, from the left; a label of a later column ends the cells left of it in its row."""
    if not marks:
        return []
    width = max(box.x1 for box, _ in marks) - min(box.x0 for box, _ in marks)
    columns: list[list[tuple[Box, str]]] = []
    for mark in sorted(marks, key=lambda one: (one[0].x0 + one[0].x1) / 2):
        centre = (mark[0].x0 + mark[0].x1) / 2
        last = columns[-1][-1][0] if columns else None
        if last is not None and centre - (last.x0 + last.x1) / 2 < max(40.0, width * 0.12):
            columns[-1].append(mark)
        else:
            columns.append([mark])
    cells: list[Cell] = []
    for n, column in enumerate(columns):
        column.sort(key=lambda one: one[0].middle)
        later = [box for other in columns[n + 1 :] for box, _ in other]
        edges = _edges([box for box, _ in column]) if n == 0 else None
        for k, (box, field) in enumerate(column):
            top, bottom = (edges[k], edges[k + 1]) if edges else _row(box, cells)
            right = min((other.x0 for other in later if top <= other.middle < bottom and other.x0 > box.x1), default=float("inf"))
            cells.append(Cell(field, box.x1, right, top, bottom))
    return cells


def _edges(column: list[Box]) -> list[float]:
    """The lines between the cells of the first column; where the reckoning breaks (a label was not read), half way to the next."""
    middles = [box.middle for box in column]
    if len(middles) == 1:
        return [0.0, float("inf")]
    edges = [middles[0] - (middles[1] - middles[0]) / 2]
    for here, after in zip(middles, middles[1:], strict=False):
        edge = 2 * here - edges[-1]
        edges.append(edge if here < edge < after else (here + after) / 2)
    return [*edges, 2 * middles[-1] - edges[-1] + 40]


def _row(box: Box, cells: list[Cell]) -> tuple[float, float]:
    """The row of the first column that a label of a later one stands in."""
    row = next((cell for cell in cells if cell.top <= box.middle < cell.bottom), None)
    return (row.top, row.bottom) if row else (box.y0, box.y1)


def _joined(rows: list[Box]) -> str:
    """Pieces of a line with a space between, lines below each other."""
    lines: list[list[Box]] = []
    for box in sorted(rows, key=lambda one: one.middle):
        if lines and abs(box.middle - lines[-1][0].middle) < (box.y1 - box.y0) * 0.6:
            lines[-1].append(box)
        else:
            lines.append([box])
    return "\n".join(" ".join(box.text.strip() for box in sorted(line, key=lambda one: one.x0)) for line in lines)


def letter(found: list[Box]) -> dict[str, str]:
    """A letter: its words, and in them a telephone, a home, a name."""
    text = _joined(found)
    rows = {"story": text} if text else {}
    if phone := _PHONE.search(text):
        rows["contact"] = re.sub(r"\D", "", phone[1])
    if home := _HOME.search(text):
        rows["home"] = " ".join(home[0].split())
    lines = text.splitlines()
    signed = [line.strip() for line in lines[-4:] if _SIGNED.match(line.strip())] if len(lines) > 2 else []
    if name := _NAME.search(text):
        rows["customer"] = name[1]
    elif signed:
        rows["customer"] = signed[-1]
    return rows
