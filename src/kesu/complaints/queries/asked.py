"""What a person was asked in complaints, and the results they were told: only their own, whatever else they may see."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from django.db.models import F, QuerySet

from kesu.company.models import Person
from kesu.company.prepared import ask
from kesu.complaints.models import Complained, Inquiry
from kesu.complaints.queries.veil import covered_for

SHOWN = 50
Row = TypeVar("Row", Inquiry, Complained)


def asked_of(person: Person) -> QuerySet[Inquiry]:
    """Everything that was asked of this person; what was taken back (answered without an answer) left out."""
    rows = Inquiry.objects.filter(person=person).exclude(answered_at__isnull=False, evidence__isnull=True)
    return rows.select_related("case__site__company", "asked_by", "evidence__attachment", "case__home", "case__customer").order_by("-id")


def open_for(person: Person) -> list[Inquiry]:
    """What this person still owes an answer to, what falls due first first; a closed case asks nothing more."""
    return ask(_open, key=None, person=person.pk)


def _open(*, person: int) -> QuerySet[Inquiry]:
    rows = Inquiry.objects.filter(person=person, answered_at__isnull=True, case__closed_at__isnull=True)
    return rows.order_by(F("due_at").asc(nulls_last=True), "id")[:SHOWN]


def told_to(person: Person) -> list[Complained]:
    """The results that this person was told, the newest first."""
    rows = Complained.objects.filter(person=person, told_at__isnull=False)
    return list(rows.select_related("case__site", "told_by", "case__home", "case__customer").order_by("-told_at")[:SHOWN])


def discreet(rows: list[Row], person: Person, at: datetime) -> list[Row]:
    """The rows as this person may read them: whoever is asked about a complaint need not learn who made it. One query at most."""
    veils = covered_for([row.case for row in rows], person, at)
    for row in rows:
        if row.case_id in veils:
            veils[row.case_id].cover([row])
    return rows
