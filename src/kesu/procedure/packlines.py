"""Which line of a pack's text each key stands on. The TOML reader of the standard library does not say.

Only for text that the reader has already accepted, so no syntax is checked here.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from kesu.procedure.packtables import Table, tables_of, together

Path = tuple[Any, ...]  # ("obligations", 3, "limit"); list positions count from 0

_KEY = re.compile(r"\s*(?:\"((?:[^\"\\]|\\.)*)\"|'([^']*)'|([A-Za-z0-9_-]+))\s*")
_TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*|[\[\]{},\n]|[^\s\[\]{},#"\']+', re.S
)
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")


class Lines:
    """Path → line (from 1) of an accepted text. Only what is asked for is looked for, table by table where the text can be cut."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._walked: dict[Table, dict[Path, int]] = {}

    def line(self, path: Path) -> int:
        """The line of the key, or of the nearest table around it; 1 when there is none."""
        table, inside = self._around(path)
        found = self._lines_in(table)
        while inside and inside not in found:
            inside = inside[:-1]
        return found[inside] if inside else 1

    def _around(self, path: Path) -> tuple[Table, Path]:
        """The table in which the key stands and its path there: of several rows each is the first one of its own piece."""
        rows = self._named.get(path[0], []) if path else []
        if not rows:
            return self._tables[0], path
        if (path[0], 0) not in self._lines_in(rows[0]):
            return rows[0], path
        nth = path[1] if len(path) > 1 else None
        return (rows[nth], (path[0], 0, *path[2:])) if isinstance(nth, int) and nth < len(rows) else (rows[0], path[:1])

    @cached_property
    def _tables(self) -> list[Table]:
        tables = tables_of(self.text)
        return tables if len(tables) == 1 or together(tables) is not None else [Table("", 0, self.text)]

    @cached_property
    def _named(self) -> dict[str, list[Table]]:
        named: dict[str, list[Table]] = {}
        for table in self._tables[1:]:
            named.setdefault(table.name, []).append(table)
        return named

    def _lines_in(self, table: Table) -> dict[Path, int]:
        if table not in self._walked:
            self._walked[table] = _Walk(table.text.replace("\r\n", "\n"), self.text.count("\n", 0, table.start) + 1).run()
        return self._walked[table]


class _Walk:
    """One pass over a text: headers move the table, keys are noted, values are skipped."""

    def __init__(self, text: str, line: int) -> None:
        self.text, self.at, self.line, self.counted_to = text, 0, line, 0
        self.table: Path = ()
        self.elements: dict[Path, int] = {}  # array of tables → how many so far
        self.found: dict[Path, int] = {}

    def run(self) -> dict[Path, int]:
        while self._skip_blank():
            if self.text[self.at] == "[":
                self._header()
            else:
                self._pair()
        return self.found

    def _skip_blank(self) -> bool:
        blank = _BLANK.match(self.text, self.at)
        self.at = blank.end() if blank else self.at
        return self.at < len(self.text)

    def _line(self, at: int) -> int:
        self.line += self.text.count("\n", self.counted_to, at)
        self.counted_to = at
        return self.line

    def _keys(self) -> list[str]:
        keys: list[str] = []
        while found := _KEY.match(self.text, self.at):
            keys.append(next(part for part in found.groups() if part is not None))
            self.at = found.end()
            if self.text[self.at : self.at + 1] != ".":
                break
            self.at += 1
        return keys

    def _header(self) -> None:
        line, double = self._line(self.at), self.text.startswith("[[", self.at)
        self.at += 2 if double else 1
        keys = self._keys()
        self.table = self._inside(keys[:-1]) + (keys[-1],)
        if double:
            count = self.elements[self.table] = self.elements.get(self.table, 0) + 1
            self.found.setdefault(self.table, line)
            self.table += (count - 1,)
        self.found[self.table] = line
        self.at += 2 if double else 1

    def _inside(self, keys: list[str]) -> Path:
        """The path of a header's parent: through arrays of tables it goes by their last element."""
        path: Path = ()
        for key in keys:
            path += (key,)
            if path in self.elements:
                path += (self.elements[path] - 1,)
        return path

    def _pair(self) -> None:
        line = self._line(self.at)
        path = self.table + tuple(self._keys())
        for length in range(len(self.table) + 1, len(path) + 1):
            self.found.setdefault(path[:length], line)
        self.at += 1  # the sign =
        self._value(path)

    def _value(self, path: Path) -> None:
        """Skip a value; the elements of an array get their own lines."""
        depth, element, fresh, in_array = 0, 0, False, False
        while found := _TOKEN.search(self.text, self.at):
            token, self.at = found[0], found.end()
            if token == "\n" and depth == 0:
                return
            if token == "\n" or token[0] == "#":
                continue
            if fresh and token != "]":
                self.found[path + (element,)] = self._line(found.start())
                fresh = False
            if token in "[{":
                depth += 1
                in_array, fresh = (token == "[", token == "[") if depth == 1 else (in_array, fresh)
            elif token in "]}":
                depth -= 1
            elif token == "," and depth == 1 and in_array:
                element, fresh = element + 1, True
        self.at = len(self.text)
