"""The proof of corrective action: its journals, its numbers, the files that show what was done."""

from __future__ import annotations

from itertools import groupby
from zoneinfo import ZoneInfo

from kesu.complaints import chain
from kesu.complaints.files import stored
from kesu.config.proof import Fault, count_of, holds
from kesu.config.proof import Proof as Whole
from kesu.improvement.models import Capa, CapaEntry, CapaNumber, Proof


def prove_records(proof: Whole) -> None:
    """Look at every record of corrective action; faults go to the proof."""
    _journals(proof)
    _numbers(proof)
    _files(proof)


def _journals(proof: Whole) -> None:
    capas = {capa.pk: capa for capa in Capa.objects.only("id", "number", "journal_n", "journal_head")}
    written: dict[int, list[CapaEntry]] = {}
    rows = CapaEntry.objects.order_by("capa_id", "n").iterator(chunk_size=2000)
    for capa_id, entries in groupby(rows, key=lambda entry: entry.capa_id):
        written[capa_id] = list(entries)
        if capa_id not in capas:
            proof.faults.append(Fault(str(capa_id), None, "经过还在，整改不见了", "the journal is there, its record is gone"))
    for pk, capa in capas.items():
        rows_of = written.get(pk, [])
        proof.records += 1
        proof.entries += len(rows_of)
        proof.faults += [Fault(capa.number, n, zh, en) for n, zh, en in chain.faults(capa, rows_of)]
        if not rows_of:
            proof.faults.append(Fault(capa.number, None, "没有任何经过", "it has no journal at all"))


def _numbers(proof: Whole) -> None:
    """Every number given out in a year belongs to a record: no gap, none invented."""
    given = {(row.company_id, row.year): row.last for row in CapaNumber.objects.all()}
    found: dict[tuple[int, int], set[int]] = {}
    for company, zone, at, number in Capa.objects.values_list("company_id", "company__zone", "opened_at", "number"):
        found.setdefault((company, at.astimezone(ZoneInfo(zone)).year), set()).add(count_of(number))
    for key in sorted({*given, *found}):
        last, there, where = given.get(key, 0), found.get(key, set()), f"整改 {key[1]}"
        missing = [n for n in range(1, last + 1) if n not in there]
        proof.faults += [Fault(where, None, f"缺第 {n} 号", f"number {n} of the year is missing") for n in missing]
        proof.faults += [Fault(where, None, f"第 {n} 号没有发过", f"number {n} was never given out") for n in sorted(there) if n > last]


def _files(proof: Whole) -> None:
    for row in Proof.objects.select_related("measure__capa").order_by("id").iterator(chunk_size=500):
        proof.files += 1
        if (whether := holds(stored(row.sha256), row.sha256)) is not True:
            zh, en = ("不见了", "is missing") if whether is None else ("被改动过", "has been changed")
            proof.faults.append(Fault(row.measure.capa.number, None, f"附件“{row.name}”{zh}", f"the file “{row.name}” {en}"))
