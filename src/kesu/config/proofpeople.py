"""The proof of self-reviews and recognitions: their journals, and that what is kept of words is what the journal has the sum of."""

from __future__ import annotations

import hashlib

from kesu.complaints import chain
from kesu.config.proof import Fault, Proof
from kesu.performance.actions.working import sum_of
from kesu.performance.models import Recognition, Review


def prove_people(proof: Proof) -> None:
    """Look at every self-review and recognition; faults go to the proof."""
    for row in Review.objects.order_by("pk").iterator(chunk_size=200):
        entries = list(row.journal.order_by("n"))
        proof.entries += len(entries)
        proof.faults += [Fault(row.number, n, zh, en) for n, zh, en in chain.faults(row, entries)]
        sums = {entry.data.get("sha256") for entry in entries}
        for kept in row.words.all():
            if kept.words and sum_of(kept.words) not in sums:
                proof.faults.append(Fault(row.number, None, "自查写的话被改动过", "the words of a self-review have been changed"))
    for given in Recognition.objects.order_by("pk").iterator(chunk_size=200):
        entries_of = list(given.journal.order_by("n"))
        proof.entries += len(entries_of)
        proof.faults += [Fault(given.number, n, zh, en) for n, zh, en in chain.faults(given, entries_of)]
        sums = {entry.data.get("sha256") for entry in entries_of}
        if given.words and hashlib.sha256(given.words.encode()).hexdigest() not in sums:
            proof.faults.append(Fault(given.number, None, "表扬的话被改动过", "the words of a recognition have been changed"))
