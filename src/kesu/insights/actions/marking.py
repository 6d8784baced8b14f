"""A case whose journal grew is marked in the act's own transaction: one small row, and whoever asks for figures knows what waits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection

from kesu.complaints.models import JournalEntry
from kesu.insights.models import Mark

AT_ONCE = 5000  # marks in one statement


def mark(entries: Sequence[JournalEntry]) -> None:
    """Mark the cases of these entries. Never updated, so that no act waits for a worker that is counting, nor for another act."""
    cases = {entry.case_id: entry for entry in entries}
    _lay_down([(entry.case.company_id, pk, entry.written_at) for pk, entry in cases.items()])


def mark_anew(company: int, cases: Iterable[int], at: datetime) -> None:
    """Mark cases for another reason: the formula, the zone or the hours are others, or a neighbour tells something else."""
    _lay_down([(company, pk, at) for pk in cases])


def _lay_down(marks: Sequence[tuple[int, int, datetime]]) -> None:
    """Written as they are, for every act pays for it: no row is built up, and nobody needs the ids."""
    spell, table = connection.ops.adapt_datetimefield_value, connection.ops.quote_name(Mark._meta.db_table)
    for first in range(0, len(marks), AT_ONCE):
        piece = marks[first : first + AT_ONCE]
        blanks = ", ".join(["(%s, %s, %s)"] * len(piece))
        values = [value for company, case, at in piece for value in (company, case, spell(at))]
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table} (company_id, case_id, at) VALUES {blanks}", values)  # noqa: S608  # our own table
