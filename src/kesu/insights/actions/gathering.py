"""Sums of any number of cases, in a file of their own, beside those that are kept: which differ, and what makes them right."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from kesu.company.models import Company
from kesu.insights.actions.storing import KEY, NUMBERS
from kesu.insights.cells import Key, Sheet
from kesu.insights.models import Tally

GATHERED = 100_000  # sums held in memory before they go to the file
ROUND = 5000  # rows read at once


class Difference(NamedTuple):
    """A roll-up that is kept otherwise than the cases say, or is missing (all 0)."""

    key: Key
    kept: list[int]
    wanted: list[int]

    def __str__(self) -> str:
        return f"{_spelt(self.key)}: {self.kept if any(self.kept) else 0} ≠ {self.wanted}"


class Gathered:
    """What the cases come to (`w…`) beside what is kept (`k…`)."""

    def __init__(self, place: Path) -> None:
        self._file = sqlite3.connect(place)
        self._file.execute("PRAGMA synchronous=OFF")
        numbers = ", ".join(f"{side}{n} INTEGER NOT NULL DEFAULT 0" for side in "wk" for n in range(len(NUMBERS)))
        self._file.execute(f"CREATE TABLE sums (key TEXT PRIMARY KEY, {numbers}) WITHOUT ROWID")
        self._sheet = Sheet()
        self.faults: list[str] = []
        self.unsure: list[int] = []  # cases that differed while somebody acted

    def take(self, sheet: Sheet) -> None:
        """Add these."""
        self._sheet.merge(sheet)
        if len(self._sheet) > GATHERED:
            self._flush()

    def _flush(self) -> None:
        self._add("w", ((_spelt(key), *numbers) for key, numbers in self._sheet.cells.items()))
        self._sheet = Sheet()

    def _add(self, side: str, rows: Iterator[tuple[Any, ...]]) -> None:
        names = [f"{side}{n}" for n in range(len(NUMBERS))]
        more = ", ".join(f"{name} = {name} + excluded.{name}" for name in names)
        blank = ", ".join("?" * (len(names) + 1))
        self._file.executemany(
            f"INSERT INTO sums (key, {', '.join(names)}) VALUES ({blank}) ON CONFLICT (key) DO UPDATE SET {more}",  # noqa: S608
            rows,
        )

    def differences(self, company: Company) -> Iterator[Difference]:
        """Every roll-up that is kept otherwise or is missing, in the order of their keys."""
        self._flush()
        width = len(KEY) - 1
        rows = Tally.objects.filter(company=company).order_by().values_list(*KEY[1:], *NUMBERS).iterator(chunk_size=ROUND)
        self._add("k", ((_spelt(row[:width]), *row[width:]) for row in rows))
        pairs = " OR ".join(f"w{n} <> k{n}" for n in range(len(NUMBERS)))
        for key, *numbers in self._file.execute(f"SELECT * FROM sums WHERE {pairs} ORDER BY key"):  # noqa: S608
            yield Difference(_read(key), numbers[len(NUMBERS) :], numbers[: len(NUMBERS)])

    def close(self) -> None:
        """Nothing more is asked of it."""
        self._file.close()


def _spelt(key: Sequence[Any]) -> str:
    return json.dumps([value.isoformat() if isinstance(value, date) else value for value in key], ensure_ascii=False)


def _read(key: str) -> Key:
    grain, kind, dimension, period, site, department, value = json.loads(key)
    return grain, kind, dimension, date.fromisoformat(period), site, department, value
