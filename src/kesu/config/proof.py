"""The proof that nothing was touched behind the back of the procedure: journals, numbers given out, files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kesu.complaints import chain
from kesu.complaints.files import stored
from kesu.complaints.models import Attachment, Case, DayNumber, JournalEntry

PIECE = 500  # cases in memory at once
BLOCK = 1 << 20  # bytes of a file in memory at once


@dataclass(frozen=True)
class Fault:
    """Something that was touched: the case number (or site and day), the journal entry if it is one, and what is wrong."""

    number: str
    entry: int | None
    zh: str
    en: str


@dataclass
class Proof:
    """What was looked at, and what does not hold."""

    cases: int = 0
    entries: int = 0
    files: int = 0
    records: int = 0  # of corrective action
    faults: list[Fault] = field(default_factory=list)

    def words(self) -> str:
        """The result in a sentence, zh and en."""
        if self.faults:
            return f"有 {len(self.faults)} 处不对 / {len(self.faults)} fault(s) found"
        return (
            f"OK：{self.cases} 件投诉，{self.entries} 条经过，{self.files} 个附件，{self.records} 项整改，都没有被动过"
            f" / {self.cases} cases, {self.entries} journal entries, {self.files} files, {self.records} corrective actions untouched"
        )

    def as_json(self) -> dict[str, Any]:
        """The same for machines."""
        faults = [{"number": row.number, "entry": row.entry, "zh": row.zh, "en": row.en} for row in self.faults]
        seen = {"cases": self.cases, "records": self.records, "entries": self.entries, "files": self.files}
        return {"ok": not faults, **seen, "faults": faults}


def prove() -> Proof:
    """Look at everything, some hundred cases at a time."""
    from kesu.config.proofimproving import prove_records  # which reports in our words
    from kesu.config.proofletters import prove_letters
    from kesu.config.proofpeople import prove_people
    from kesu.config.proofreports import prove_reports
    from kesu.config.proofwarnings import prove_warnings

    proof = Proof()
    for cases in _pieces():
        _journals(proof, cases)
    _orphans(proof)
    _numbers(proof)
    _files(proof)
    prove_letters(proof)
    prove_records(proof)
    prove_warnings(proof)
    prove_reports(proof)
    prove_people(proof)
    return proof


def _pieces() -> Iterator[list[Case]]:
    last = 0
    while cases := list(Case.objects.filter(pk__gt=last).order_by("pk").only("id", "number", "journal_n", "journal_head")[:PIECE]):
        yield cases
        last = cases[-1].pk


def _journals(proof: Proof, cases: list[Case]) -> None:
    rows = JournalEntry.objects.filter(case__in=cases).order_by("case_id", "n").iterator(chunk_size=2000)
    by_case = {case.pk: case for case in cases}
    written: set[int] = set()
    for case_id, entries in groupby(rows, key=lambda entry: entry.case_id):
        written.add(case_id)
        _journal(proof, by_case[case_id], entries)
    for case in cases:
        if case.pk not in written:
            _journal(proof, case, iter(()))
    proof.cases += len(cases)


def _journal(proof: Proof, case: Case, entries: Iterator[JournalEntry]) -> None:
    def counted() -> Iterator[JournalEntry]:
        for entry in entries:
            proof.entries += 1
            yield entry

    proof.faults += [Fault(case.number, n, zh, en) for n, zh, en in chain.faults(case, counted())]
    if case.journal_n == 0:
        proof.faults.append(Fault(case.number, None, "没有任何经过", "it has no journal at all"))


def _orphans(proof: Proof) -> None:
    """Journals whose case is gone (only possible past the database's own checks)."""
    for case_id in JournalEntry.objects.filter(case__isnull=True).values_list("case_id", flat=True).distinct()[:PIECE]:
        proof.faults.append(Fault(str(case_id), None, "经过还在，投诉不见了", "the journal is there, its case is gone"))


def _numbers(proof: Proof) -> None:
    """Every number given out at a site on a day belongs to a case: as many cases, no gap (the pack's pattern ends in the day's count)."""
    days = DayNumber.objects.select_related("site__company").order_by("site_id", "day")
    for site, rows in groupby(days.iterator(), key=lambda row: row.site):
        given = {row.day: row.last for row in rows}
        zone = ZoneInfo(site.company.zone)
        found: dict[Any, set[int]] = {}
        numbers = Case.objects.filter(site=site).values_list("received_at", "number").iterator(chunk_size=2000)
        for received_at, number in numbers:
            found.setdefault(_day(received_at, zone), set()).add(count_of(number))
        for day in sorted({*given, *found}):
            proof.faults += _gaps(site.code, day, given.get(day, 0), found.get(day, set()))


def _day(at: datetime, zone: ZoneInfo) -> Any:
    return at.astimezone(zone).date()


def count_of(number: str) -> int:
    """The day's count at the end of a number; 0 when there is none."""
    digits = number[len(number.rstrip("0123456789")) :]
    return int(digits) if digits else 0


def _gaps(code: str, day: Any, last: int, found: set[int]) -> list[Fault]:
    where = f"{code} {day}"
    faults = [Fault(where, None, f"缺第 {n} 号", f"number {n} of the day is missing") for n in range(1, last + 1) if n not in found]
    return faults + [Fault(where, None, f"第 {n} 号没有发过", f"number {n} was never given out") for n in sorted(found) if n > last]


def _files(proof: Proof) -> None:
    looked: dict[str, bool | None] = {}
    kept = Attachment.objects.filter(case__erased_at__isnull=True)
    for row in kept.select_related("case").only("sha256", "name", "case__number").order_by("sha256").iterator(chunk_size=500):
        if row.sha256 not in looked:
            looked = {row.sha256: holds(stored(row.sha256), row.sha256)}  # sorted by content: one is enough to remember
        proof.files += 1
        if looked[row.sha256] is None:
            proof.faults.append(Fault(row.case.number, None, f"附件“{row.name}”不见了", f"the file “{row.name}” is missing"))
        elif not looked[row.sha256]:
            proof.faults.append(Fault(row.case.number, None, f"附件“{row.name}”被改动过", f"the file “{row.name}” has been changed"))


def holds(path: Path, sha256: str) -> bool | None:
    """Whether the file is what it was; None when it is gone."""
    if not path.exists():
        return None
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest() == sha256
