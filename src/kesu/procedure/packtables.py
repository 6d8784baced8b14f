"""A pack's text read table by table, so that what stands in it letter for letter as it did before is not read again.

A draft is read after every change of one row, and companies' packs share most of their rows with the one that ships. TOML lets each
table be read by itself: a header at the beginning of a line ends whatever came before it. If that line is no header but stands within
brackets or quotes, the piece before it breaks off in the middle, which the reader refuses. Whatever does not go together as plain tables
and rows is left to the reader as a whole, so what a text means, and what is wrong with it, is always said by the reader.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from typing import Any, NamedTuple

LONGEST_LINE = 20_000  # characters; the reader's time grows with the square of a key's length
DEEPEST = 12  # brackets within brackets; a pack needs four
_DOTTED = re.compile(r"""(?<![\w"'-])(?:[\w"'-]+\s*\.\s*)""" + f"{{{2 * DEEPEST}}}")  # a.a.a…: the reader would take minutes
_HEADER = re.compile(r"^\[\[?[ \t]*([A-Za-z0-9_-]+)[ \t]*([.\]])", re.M)
_MOST = 2_000  # tables; a pack has some hundred
_ROW = 4_000  # characters; a row has some hundred, and what is remembered stays small whatever people send


class Table(NamedTuple):
    """A piece of a text: a header, its keys, and the tables below it. The first one has no name and is whatever stands before."""

    name: str
    start: int  # position in the text
    text: str


def tables_of(text: str) -> list[Table]:
    """The text, cut where another table or another row begins; in one piece when those are more than any pack has."""
    cuts = [("", 0)]
    for found in _HEADER.finditer(text):
        if found[2] == "]" or found[1] != cuts[-1][0]:
            cuts.append((found[1], found.start()))
        if len(cuts) > _MOST:
            return [Table("", 0, text)]
    ends = [start for _, start in cuts[1:]] + [len(text)]
    return [Table(name, start, text[start:end]) for (name, start), end in zip(cuts, ends, strict=True)]


def together(tables: list[Table]) -> dict[str, Any] | None:
    """What the reader makes of the whole text; None when that is for the reader to say. The rows are shared: nobody changes them."""
    found: dict[str, Any] = {}
    several: set[str] = set()
    for name, _, text in tables:
        read = _known(text) if len(text) <= _ROW else _read(text)
        if read is None or (name and list(read) != [name]):
            return None
        if name in several and text.startswith("[[") and isinstance(read[name], list):
            found[name] += read[name]
        elif found.keys() & read.keys():
            return None
        elif name and isinstance(read[name], list):
            several.add(name)
            found[name] = read[name][:]
        else:
            found |= read
    return found


def bad_line(text: str) -> tuple[int, bool] | None:
    """The first line (from 1) that the reader must not be given, and whether it is too long rather than too deep."""
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > LONGEST_LINE:
            return number, True
        if line.count(".") >= 2 * DEEPEST and _DOTTED.search(line):
            return number, False
    return None


def too_deep(data: object) -> bool:
    """Whether tables and lists are nested deeper than any pack's; counted without recursion."""
    level, depth = [data], 0
    while level and depth <= DEEPEST:
        inside = [part for value in level for part in (value.values() if isinstance(value, dict) else value)]  # type: ignore[attr-defined]
        level, depth = [part for part in inside if isinstance(part, dict | list)], depth + 1
    return depth > DEEPEST


def _read(text: str) -> dict[str, Any] | None:
    if bad_line(text):
        return None
    try:
        read = tomllib.loads(text)
    except (ValueError, RecursionError):
        return None
    return None if too_deep(read) else read


_known = lru_cache(maxsize=2048)(_read)

__all__ = ["DEEPEST", "LONGEST_LINE", "Table", "bad_line", "tables_of", "together", "too_deep"]
