"""Calls that a person owes because no message reaches the customer: done as soon as anybody has spoken with them, or by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from kesu.channels.models import Outgoing
from kesu.company.models import Person
from kesu.complaints.models import JournalEntry
from kesu.complaints.queries import cases
from kesu.procedure.telling import CALL

SPOKEN = ("contact", "reply", "report_back")  # acts by which somebody has spoken with the customer


def heard(entries: Sequence[JournalEntry]) -> None:
    """In the transaction of the act: whoever was owed a call has been spoken with."""
    for entry in entries:
        if entry.act in SPOKEN and entry.person_id is not None:
            rows = Outgoing.objects.filter(case_id=entry.case_id, means=CALL, state="waiting", at__lte=entry.written_at)
            rows.update(state="done", by=entry.person_id, sent_at=entry.at)


def owed(person: Person, at: datetime) -> QuerySet[Outgoing]:
    """Calls that are owed in cases that this person sees, what falls due first first."""
    mine = Outgoing.objects.filter(company_id=person.company_id, means=CALL, state="waiting")
    return mine.filter(case__in=cases.visible_to(person, at)).select_related("case__site").order_by("due_at", "id")
