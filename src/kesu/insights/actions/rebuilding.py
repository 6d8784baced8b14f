"""Figures from nothing, and the proof that what is kept is what a rebuild would give.

A rebuild first takes everything out of the sums at once, then counts case by case in pieces: whoever counts an act in between adds
to the same sums, so the end is right however long it takes. Memory is that of one piece; the check gathers sums in a file.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from kesu.company.models import Company
from kesu.complaints.models import Case
from kesu.insights.actions.counting import FORMULA, catch_up, derived, reckoned, replace_in_sums
from kesu.insights.actions.storing import KEY, NUMBERS, rows_of, stored
from kesu.insights.cells import Cells, Sheet
from kesu.insights.deriving import derive
from kesu.insights.models import CaseFact, Keeping, Mark, Tally
from kesu.insights.queries.telling import Reader, pieces

PIECE = 500  # cases in one transaction
GATHERED = 100_000  # sums held in memory before they go to the file
Told = Callable[[int, int], None]  # how many of how many


def rebuild(company: Company, at: datetime, progress: Told | None = None) -> int:
    """Count every case of the company from nothing. Returns how many there are."""
    _clear(company)
    total, done = Case.objects.filter(company=company).count(), 0
    reader = Reader(company)
    for ids in pieces(_ids(company), PIECE):
        after = derived(reader, ids)  # the longer part: nobody waits for it
        with transaction.atomic():
            list(Keeping.objects.select_for_update().filter(company=company))  # one counts at a time
            entries = dict(Case.objects.filter(pk__in=ids).values_list("pk", "journal_n"))
            meanwhile = [pk for pk, facts in after.items() if facts.case["n"] != entries.get(pk)]
            after |= derived(reader, meanwhile) if meanwhile else {}
            replace_in_sums(company, ids, after, at)
        done += len(ids)
        if progress:
            progress(done, total)
    Keeping.objects.filter(company=company).update(built_at=at)
    while catch_up(company, at, PIECE):
        pass
    return done


def _clear(company: Company) -> None:
    """Nothing is in the sums any more. Facts stay until they are replaced: some know what a de-identified case no longer tells."""
    with transaction.atomic():
        fresh = {"formula": FORMULA, "reckoned": reckoned(company), "changes": company.changes, "built_at": None}
        Keeping.objects.update_or_create(company=company, defaults=fresh)
        Tally.objects.filter(company=company).delete()
        Mark.objects.filter(company=company).delete()
        CaseFact.objects.filter(company=company).update(n=-1)


def _ids(company: Company) -> Iterator[int]:
    """The ids in their order, read in steps, so that writing goes on meanwhile."""
    last = 0
    while found := list(Case.objects.filter(company=company, pk__gt=last).order_by("pk").values_list("pk", flat=True)[:5000]):
        yield from found
        last = found[-1]


def differences(company: Company, at: datetime, progress: Told | None = None) -> Iterator[str]:
    """What is kept and is not what a rebuild would give, one line each: first the facts, then the sums. Writes nothing but what waits."""
    while catch_up(company, at, PIECE):
        pass
    reader, total, done = Reader(company), Case.objects.filter(company=company).count(), 0
    with tempfile.TemporaryDirectory() as place:
        gathered = Gathered(Path(place) / "sums.sqlite3")
        for ids in pieces(_ids(company), PIECE):
            before, sheet = stored(ids), Sheet()
            for told in reader.told(ids):
                facts = derive(told)
                sheet.take(facts)
                if fault := _fault(told.case.number, before.get(told.case.pk), facts):
                    yield fault
            gathered.take(sheet.cells)
            done += len(ids)
            if progress:
                progress(done, total)
        yield from gathered.differences(company)
        gathered.close()


def _fault(number: str, before: Any, facts: Any) -> str:
    if before is None:
        return f"{number}: 没有统计 / not counted"
    for table, rows in rows_of(facts).items():
        kept = rows_of(before)[table]
        if len(kept) != len(rows):
            return f"{number} {table}: {len(kept)} ≠ {len(rows)}"
        for had, wants in zip(kept, rows, strict=True):
            for column, value in wants.items():
                if had[column] != value:
                    return f"{number} {table}.{column}: {had[column]} ≠ {value}"
    return ""


class Gathered:
    """Sums of any number of cases, in a file of its own."""

    def __init__(self, place: Path) -> None:
        self._file = sqlite3.connect(place)
        numbers = ", ".join(f"{name} INTEGER" for name in NUMBERS)
        self._file.execute(f"CREATE TABLE sums (key TEXT PRIMARY KEY, {numbers}) WITHOUT ROWID")
        self._cells: Cells = {}

    def take(self, cells: Cells) -> None:
        """Add these."""
        for key, numbers in cells.items():
            known = self._cells.get(key)
            self._cells[key] = numbers if known is None else [a + b for a, b in zip(known, numbers, strict=True)]
        if len(self._cells) > GATHERED:
            self._flush()

    def _flush(self) -> None:
        more = ", ".join(f"{name} = {name} + excluded.{name}" for name in NUMBERS)
        blank = ", ".join("?" * (len(NUMBERS) + 1))
        rows = [(_key(key), *numbers) for key, numbers in self._cells.items()]
        self._file.executemany(f"INSERT INTO sums VALUES ({blank}) ON CONFLICT (key) DO UPDATE SET {more}", rows)  # noqa: S608
        self._cells.clear()

    def differences(self, company: Company) -> Iterator[str]:
        """Every roll-up that is kept otherwise, then every one that is missing."""
        self._flush()
        names = ", ".join(NUMBERS)
        rows = Tally.objects.filter(company=company).values_list(*KEY[1:], *NUMBERS).iterator(chunk_size=5000)
        width = len(KEY) - 1
        for row in rows:
            key, kept = _key(row[:width]), list(row[width:])
            found = self._file.execute(f"SELECT {names} FROM sums WHERE key = ?", [key]).fetchone()  # noqa: S608
            wanted = list(found) if found else [0] * len(NUMBERS)
            if kept != wanted:
                yield f"{key}: {kept} ≠ {wanted}"
            if found:
                self._file.execute("DELETE FROM sums WHERE key = ?", [key])
        for key, *wanted in self._file.execute(f"SELECT key, {names} FROM sums ORDER BY key"):  # noqa: S608
            if any(wanted):
                yield f"{key}: 0 ≠ {wanted}"

    def close(self) -> None:
        """The file goes."""
        self._file.close()


def _key(row: tuple[Any, ...]) -> str:
    return json.dumps([value.isoformat() if isinstance(value, date) else value for value in row], ensure_ascii=False)
