"""The proof of warnings: their journals, and that no number of a company is missing."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from itertools import groupby

from kesu.complaints import chain
from kesu.config.proof import Fault, Proof
from kesu.warnings.models import Warning, WarningEntry


def prove_warnings(proof: Proof) -> None:
    """Look at every warning; faults go to the proof."""
    rows = WarningEntry.objects.order_by("warning_id", "n").iterator(chunk_size=2000)
    written = {pk: list(entries) for pk, entries in groupby(rows, key=lambda entry: entry.warning_id)}
    numbers: dict[int, set[int]] = defaultdict(set)
    for row in Warning.objects.only("id", "company_id", "n", "number", "journal_n", "journal_head"):
        entries = written.get(row.pk, [])
        proof.entries += len(entries)
        proof.faults += [Fault(row.number, n, zh, en) for n, zh, en in chain.faults(row, entries)]
        if not entries:
            proof.faults.append(Fault(row.number, None, "没有任何经过", "it has no journal at all"))
        numbers[row.company_id].add(row.n)
        _answers(proof, row, entries)
    for found in numbers.values():
        for n in sorted({*range(1, max(found) + 1)} - found):
            proof.faults.append(Fault(f"YJ-{n:04}", None, "预警不见了", "a warning is gone"))


def _answers(proof: Proof, row: Warning, entries: list[WarningEntry]) -> None:
    """What is kept of an answer is what the journal has the sum of; words that were let go of are gone."""
    sums = {entry.data.get("sha256") for entry in entries if entry.act in ("answer", "close")}
    for answer in row.answers.exclude(words=""):
        if hashlib.sha256(answer.words.encode()).hexdigest() not in sums:
            proof.faults.append(Fault(row.number, None, "答复被改动过", "an answer has been changed"))
