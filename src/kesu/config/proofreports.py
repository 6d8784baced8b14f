"""The proof of reports: their journals, the digest of what was approved, the kept files."""

from __future__ import annotations

from kesu.complaints import chain
from kesu.complaints.files import stored
from kesu.config.proof import Fault, Proof, holds
from kesu.reporting.contents.composing import digest_of
from kesu.reporting.models import APPROVED, Report

GONE, CHANGED = ("报表的文件不见了", "its file is missing"), ("报表的文件被改动过", "its file has been changed")


def prove_reports(proof: Proof) -> None:
    """Look at every report; faults go to the proof."""
    for row in Report.objects.order_by("pk").iterator(chunk_size=20):
        entries = list(row.journal.order_by("n"))
        proof.entries += len(entries)
        proof.faults += [Fault(row.number, n, zh, en) for n, zh, en in chain.faults(row, entries)]
        if row.state != APPROVED:
            continue
        proof.files += len(row.kept)
        if digest_of(row.content, row.figures, row.corrections, row.comments) != row.digest:
            proof.faults.append(Fault(row.number, None, "报表和批准时的不一样", "the report is not what was approved"))
        for sha256 in row.kept:
            if (whether := holds(stored(sha256), sha256)) is not True:
                proof.faults.append(Fault(row.number, None, *(GONE if whether is None else CHANGED)))
