"""A person's notices: only their own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from kesu.company.models import Person
from kesu.company.prepared import ask
from kesu.complaints.models import Notice
from kesu.complaints.queries.veil import covered_for

PAGE = 50
MOST_UNREAD = 200  # who has more has stopped reading; "mark all as read" helps, a longer page would not


def unread_count(person: Person) -> int:
    """How many notices the person has not read. One query along the index of unread ones."""
    found: list[int] = ask(_how_many, key=None, person=person.pk)
    return found[0] if found else 0


def _how_many(person: int) -> QuerySet[Any]:
    rows = Notice.objects.filter(person_id=person, read_at__isnull=True).order_by()
    return rows.values("person").annotate(n=Count("id")).values_list("n", flat=True)


def unread(person: Person, at: datetime, limit: int = MOST_UNREAD) -> list[Notice]:
    """The unread notices with their cases, newest first."""
    return discreet(_of(person, ask(_unread, limit, key=limit, person=person.pk)), at)


def _unread(limit: int, person: int) -> QuerySet[Notice]:
    rows = Notice.objects.filter(person_id=person, read_at__isnull=True)
    return rows.select_related("case__site__company", "case__home", "case__customer").order_by("-at", "-id")[:limit]


def already_read(person: Person, at: datetime, before: int | None = None) -> tuple[list[Notice], int | None]:
    """A page of read notices, newest first, and the id to continue before (None: that was all)."""
    rows = Notice.objects.filter(person=person, read_at__isnull=False)
    last = Notice.objects.filter(person=person, pk=before).first() if before else None
    if last:
        rows = rows.filter(Q(at__lt=last.at) | Q(at=last.at, pk__lt=last.pk))
    found = list(rows.select_related("case__site__company", "case__home", "case__customer").order_by("-at", "-id")[: PAGE + 1])
    return discreet(_of(person, found[:PAGE]), at), found[PAGE - 1].pk if len(found) > PAGE else None


def _of(person: Person, notices: list[Notice]) -> list[Notice]:
    """With their reader, who is known already."""
    for notice in notices:
        notice.person = person
    return notices


def discreet(notices: list[Notice], at: datetime) -> list[Notice]:
    """The notices, each saying no more of the customer than its reader sees. One query at most a reader."""
    by_reader: dict[int, list[Notice]] = {}
    for notice in notices:
        if notice.case_id is not None:
            by_reader.setdefault(notice.person_id, []).append(notice)
    for rows in by_reader.values():
        _discreet(rows, at)
    return notices


def _discreet(rows: list[Notice], at: datetime) -> None:
    veils = covered_for([row.case for row in rows if row.case], rows[0].person, at)
    for row in rows:
        if row.case_id in veils:
            row.data = veils[row.case_id].value(row.data)
