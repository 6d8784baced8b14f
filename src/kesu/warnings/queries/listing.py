"""Warnings in lists, the cases behind one, what is owed, and the last scan; every question starts at the person."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from kesu.company.models import Person
from kesu.company.prepared import ask, key_of
from kesu.company.rights import Rights, rights_of
from kesu.company.standing import Standing
from kesu.complaints.models import Case
from kesu.complaints.queries.cases import visible_to as visible_cases
from kesu.complaints.queries.veil import covered_for
from kesu.warnings.models import Scan, Warning
from kesu.warnings.models.warnings import CLOSED, OPEN, TAKEN
from kesu.warnings.queries.sight import answers_for, scope, visible_to

CLOSED_SHOWN = 20
CASES_SHOWN = 60


def listed(person: Person, at: datetime) -> list[Warning]:
    """Those that are not closed, what falls due first first; then the last closed ones. Two queries."""
    rows = visible_to(person, at).select_related("capa")
    found = [
        *rows.exclude(state=CLOSED).order_by("due_at", "-n"),
        *rows.filter(state=CLOSED).order_by("-closed_at", "-n")[:CLOSED_SHOWN],
    ]
    for row in found:
        row.company = person.company
    return found


def last_scan(person: Person) -> Scan | None:
    """The newest finished scan of the company."""
    return Scan.objects.filter(company=person.company_id, done_at__isnull=False).order_by("-day").first()


def cases_of(row: Warning, person: Person, at: datetime) -> tuple[list[Case], int]:
    """(the cases behind it that the person may see, covered, the newest first; how many more there are)."""
    mine = visible_cases(person, at).filter(pk__in=row.cases.values("case"))
    found = list(mine.select_related("site", "home").order_by("-received_at", "-id")[:CASES_SHOWN])
    covered_for(found, person, at)
    return found, row.cases.count() - len(found)


def who_may_have(row: Warning, known: Standing, at: datetime) -> list[Person]:
    """To whom it may be handed: whoever sees the site whole and may answer, or works there with the board."""
    found = []
    for person in known.people.values():
        rights = rights_of(person, at, known.company)
        sees = rights.company_wide() or (row.site_id is not None and row.site_id in rights.site_ids())
        if person.pk != row.person_id and sees and (answers_for(rights, row) or rights.page("board")):
            found.append(person)
    return found


def owed(person: Person, at: datetime) -> list[Warning]:
    """The warnings that the person has to answer: taken by them, or open for a role of theirs. One query."""
    rights = rights_of(person, at)
    if rights.pack.warning is None:
        return []
    rows: list[Warning] = ask(_owed, rights, key=key_of(rights))
    for row in rows:
        row.company = person.company
    return rows


def sign(rows: list[Warning]) -> str:
    """Changes when what is owed on warnings does."""
    return ".".join(f"{row.pk}:{row.journal_n}" for row in rows)


def _owed(rights: Rights) -> QuerySet[Warning]:
    mine = Q(person=rights.person)
    for grant in rights.grants:
        if grant.department_id is None:
            here = Q() if grant.site_id is None else Q(site_id=grant.site_id)
            mine |= Q(person__isnull=True, role=grant.role) & here
    return Warning.objects.filter(mine, scope(rights), state__in=(OPEN, TAKEN)).order_by("due_at", "n")


def of_capa(capa_id: int, person: Person, at: datetime) -> list[Warning]:
    """The warnings from which a record was opened."""
    return list(visible_to(person, at).filter(capa=capa_id).order_by("n"))
