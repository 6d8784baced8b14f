"""Calls that a person owes because no message reaches the customer: done as soon as anybody has spoken with them, or by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from kesu.channels.models import Outgoing
from kesu.company.models import Person
from kesu.company.procedures import pack_of
from kesu.complaints import actions
from kesu.complaints.models import Case, JournalEntry
from kesu.complaints.queries import cases
from kesu.procedure.telling import CALL

SPOKEN = ("contact", "reply", "report_back")  # acts by which somebody has spoken with the customer


def heard(entries: Sequence[JournalEntry]) -> None:
    """In the transaction of the act: whoever was owed a call has been spoken with."""
    for entry in entries:
        if entry.act in SPOKEN and entry.person_id is not None:
            rows = Outgoing.objects.filter(case_id=entry.case_id, means=CALL, state="waiting", at__lte=entry.written_at)
            rows.update(state="done", by=entry.person_id, sent_at=entry.at)


def mine(person: Person, at: datetime) -> QuerySet[Outgoing]:
    """Calls in cases that this person handles, or took in where nobody handles them yet."""
    theirs = Q(case__handler=person) | Q(case__handler=None, case__received_by=person)
    rows = Outgoing.objects.filter(theirs, company_id=person.company_id, means=CALL, state="waiting")
    return rows.select_related("case").order_by("due_at", "id")


def called(person: Person, id: int, words: str, at: datetime) -> Outgoing:
    """Somebody has called: what was said goes into the case. Raises LookupError for a stranger's or one that is done, Refused."""
    row = owed(person, at).filter(pk=id).first()
    if row is None or row.case is None:
        raise LookupError(id)
    actions.contact(person, row.case.pk, channel=phone_of(row.case), words=words, at=at)  # its entry ends the call, by `heard`
    Outgoing.objects.filter(pk=row.pk).update(words=words.strip()[:300])
    return row


def phone_of(case: Case) -> str:
    """The door of the procedure that a call belongs to: the one the case came by where staff take it, else the first that staff have."""
    pack = pack_of(case.version_id)
    own = pack.find("channels", case.channel)
    return own.id if own and own.staff else next(row.id for row in pack.channels if row.staff)


def owed(person: Person, at: datetime) -> QuerySet[Outgoing]:
    """Calls that are owed in cases that this person sees, what falls due first first."""
    mine = Outgoing.objects.filter(company_id=person.company_id, means=CALL, state="waiting")
    return mine.filter(case__in=cases.visible_to(person, at)).select_related("case__site").order_by("due_at", "id")
