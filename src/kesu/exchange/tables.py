"""Reading a table row by row, whatever it came in as: CSV in UTF-8, UTF-16 or GBK (with a BOM or without), Excel, JSON lines.

Nothing is held in memory but the row that is read. A title above the headings is passed over; a merged cell counts for every cell under it.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from kesu.procedure.refused import Refused

Row = tuple[int, list[str]]  # number as a spreadsheet counts, cells as text
MOST_COLUMNS = 200
LONGEST_CELL = 20_000
LARGEST_INSIDE = 400 * 2**20  # bytes of an Excel file when unpacked …
LARGEST_STRINGS = 120 * 2**20  # … and of its table of texts, which Excel's format forces us to hold
LOOKED_AT = 20  # rows in which the headings are looked for
MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
csv.field_size_limit(2**20)


@dataclass(frozen=True)
class Table:
    """A file that can be read: its headings, in which row they are, and its rows, as often as one likes."""

    path: Path
    kind: str  # csv, xlsx, jsonl
    encoding: str
    headings: list[str]
    heading_row: int

    def rows(self) -> Iterator[Row]:
        """The rows below the headings that are not blank, each as long as the headings."""
        width = len(self.headings)
        for number, cells in _raw(self.path, self.kind, self.encoding, self.headings):
            if number > self.heading_row and any(cells):
                yield number, [*cells[:width], *[""] * (width - len(cells))]


def opened(path: Path, name: str = "") -> Table:
    """The file as a table. Raises Refused beside `file`: no table, an old Excel file, too much inside."""
    try:
        kind, encoding = _kind(path, name)
        if kind == "jsonl":
            return Table(path, kind, encoding, _keys(path, encoding), 0)
        row, headings = _headings(_raw(path, kind, encoding, []))
    except Refused:
        raise
    except Exception as problem:  # a broken Excel file fails in its own ways
        raise Refused(
            "unreadable", "这个文件读不出表格", f"no table can be read from this file: {problem}"[:300], field="file"
        ) from problem
    return Table(path, kind, encoding, headings, row)


def _kind(path: Path, name: str) -> tuple[str, str]:
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"PK"):
        _check_size(path)
        return "xlsx", ""
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(
            "old_excel", "这是旧版 Excel（.xls），请另存为 .xlsx 再来", "this is an old Excel file; save it as .xlsx", field="file"
        )
    encoding = encoding_of(path)
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    return ("jsonl" if name.endswith((".jsonl", ".ndjson")) or start.startswith(b"{") else "csv"), encoding


def _check_size(path: Path) -> None:
    with zipfile.ZipFile(path) as packed:
        sizes = {one.filename: one.file_size for one in packed.infolist()}
    if sum(sizes.values()) > LARGEST_INSIDE or sizes.get("xl/sharedStrings.xml", 0) > LARGEST_STRINGS:
        raise Refused(
            "too_large",
            "这个 Excel 文件展开后太大，请存成 CSV 再来",
            "unpacked, this Excel file is too large; save it as CSV",
            field="file",
        )


def encoding_of(path: Path) -> str:
    """How the text is written: what its BOM says if that is true, else UTF-8 where the whole of it is, else GBK."""
    with path.open("rb") as file:
        head = file.read(4)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while piece := file.read(2**20):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "gb18030"  # also under the BOM of UTF-8, which some programs write in front of GBK
    return "utf-8"


def _text(path: Path, encoding: str) -> io.TextIOWrapper:
    file = path.open("rb")
    if encoding != "utf-16" and file.read(3) != codecs.BOM_UTF8:
        file.seek(0)
    return io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")


def _raw(path: Path, kind: str, encoding: str, keys: list[str]) -> Iterator[Row]:
    if kind == "xlsx":
        return _excel(path)
    return _json_lines(path, encoding, keys) if kind == "jsonl" else _csv(path, encoding)


def _csv(path: Path, encoding: str) -> Iterator[Row]:
    with _text(path, encoding) as file:
        start = file.readline()
        mark = max(",\t;", key=start.count)
        lines = (line.replace("\0", "") for line in _again(start, file))
        for number, cells in enumerate(csv.reader(lines, delimiter=mark), 1):
            yield number, [_cell(cell) for cell in cells[:MOST_COLUMNS]]


def _again(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _keys(path: Path, encoding: str) -> list[str]:
    """The names that the first objects use, in the order of their first use."""
    keys: dict[str, None] = {}
    with _text(path, encoding) as file:
        for _, line in zip(range(200), (line for line in file if line.strip()), strict=False):
            found = json.loads(line)
            keys |= dict.fromkeys(map(str, found if isinstance(found, dict) else {}))
    return list(keys)[:MOST_COLUMNS]


def _json_lines(path: Path, encoding: str, keys: list[str]) -> Iterator[Row]:
    """A line that is no object has no cells but its own text in the first, so that it is refused by its words."""
    with _text(path, encoding) as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                found = json.loads(line)
            except ValueError:
                found = None
            good = isinstance(found, dict)
            yield number, [_cell(found.get(key)) for key in keys] if good else [_cell(line), *[""] * (len(keys) - 1)]


def _excel(path: Path) -> Iterator[Row]:
    import openpyxl  # type: ignore[import-untyped]

    with path.open("rb") as file:  # by its content, whatever its name
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        sheet: Any = book.worksheets[0]
        merged = _merged(path, str(sheet._worksheet_path))
        sheet.reset_dimensions()  # some programs write a wrong size
        held: dict[int, tuple[int, str]] = {}  # column → (last row, text) of a merged cell
        for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
            cells = [_cell(value) for value in values[:MOST_COLUMNS]]
            for column, last, text in _begun(merged, number, cells):
                held[column] = (last, text)
            for column in [column for column, (last, _) in held.items() if last < number]:
                del held[column]
            for column, (_, text) in held.items():
                cells += [""] * (column + 1 - len(cells))
                cells[column] = cells[column] or text
            yield number, cells


def _merged(path: Path, sheet: str) -> dict[int, list[tuple[int, int, int]]]:
    """First row → (first column, last column, last row) of merged cells, found by reading the sheet through once."""
    found: dict[int, list[tuple[int, int, int]]] = {}
    with zipfile.ZipFile(path) as packed, packed.open(sheet.lstrip("/")) as file:
        rest = b""
        while piece := file.read(2**18):
            text, end = rest + piece, 0
            for match in MERGED.finditer(text):
                left, top, right, bottom = _column(match[1]), int(match[2]), _column(match[3]), int(match[4])
                if bottom > top:
                    found.setdefault(top, []).append((left, min(right, MOST_COLUMNS - 1), bottom))
                end = match.end()
            rest = text[max(end, len(text) - 400) :]
    return found


def _begun(merged: dict[int, list[tuple[int, int, int]]], number: int, cells: list[str]) -> Iterator[tuple[int, int, str]]:
    for left, right, bottom in merged.get(number, ()):
        text = cells[left] if left < len(cells) else ""
        for column in range(left, right + 1):
            yield column, bottom, text


def _column(letters: bytes) -> int:
    n = 0
    for letter in letters:
        n = n * 26 + letter - 64
    return n - 1


def _cell(value: Any) -> str:
    """A cell as somebody would type it; no control characters."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, datetime):
        value = value.isoformat(sep=" ", timespec="seconds")
    elif isinstance(value, (date, time)):
        value = value.isoformat()
    elif isinstance(value, (dict, list)):
        value = json.dumps(value, ensure_ascii=False)
    text = "".join(letter for letter in str(value) if letter in "\n\t" or letter >= " ").encode("utf-8", "replace").decode()
    text = text.strip()[:LONGEST_CELL]
    return text[1:] if text.startswith(("'=", "'@")) else text  # as `harmless` has written it


def harmless(cell: str) -> str:
    """A cell for a file that a spreadsheet will open: what begins like a formula stays text."""
    return f"'{cell}" if cell.startswith(("=", "@")) else cell


def _headings(rows: Iterator[Row]) -> tuple[int, list[str]]:
    """The first row with at least two different cells (with one, where the table has one column)."""
    looked = [row for _, row in zip(range(LOOKED_AT), rows, strict=False)]
    widest = max((len(set(filter(None, cells))) for _, cells in looked), default=0)
    for number, cells in looked:
        if len(set(filter(None, cells))) >= min(2, widest) > 0:
            while cells and not cells[-1]:
                cells = cells[:-1]
            return number, [_heading(cells, n) for n in range(len(cells))]
    raise ValueError("no headings")


def _heading(cells: list[str], n: int) -> str:
    """Headings are told apart: a second “电话” is “电话 2”, a blank one its column's letter."""
    name = " ".join(cells[n].split())[:60] or f"#{n + 1}"
    before = [" ".join(cell.split())[:60] for cell in cells[:n]].count(name)
    return f"{name} {before + 1}" if before else name
