"""A case whose journal grew is marked in the act's own transaction: one small row, and whoever asks for figures knows what waits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from kesu.complaints.models import JournalEntry
from kesu.complaints.storing import insert
from kesu.insights.models import Mark


def mark(entries: Sequence[JournalEntry]) -> None:
    """Mark the cases of these entries. Never updated, so that no act waits for a worker that is counting, nor for another act."""
    cases = {entry.case_id: entry for entry in entries}
    insert([Mark(company_id=entry.case.company_id, case_id=pk, at=entry.written_at) for pk, entry in cases.items()])


def mark_anew(company: int, cases: Iterable[int], at: datetime) -> None:
    """Mark cases for another reason: the formula, the zone or the hours are others, or a neighbour tells something else."""
    insert([Mark(company_id=company, case_id=pk, at=at) for pk in cases])
