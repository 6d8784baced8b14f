"""What a person owes on records now: by name, by department, or by a role they hold for one of the record's sites."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from kesu.company.models import Person
from kesu.company.prepared import ask, key_of
from kesu.company.rights import Rights, rights_of
from kesu.improvement.models import Capa, CapaClock

NOTHING = Q(pk__in=())


def owed(person: Person, at: datetime) -> list[CapaClock]:
    """The clocks that have opened and are not done, with record and measure, what falls due first first."""
    rights = rights_of(person, at)
    return ask(_owed, rights, key=key_of(rights), at=at)


def _owed(rights: Rights, *, at: datetime) -> QuerySet[CapaClock]:
    return _open(rights, at).select_related("capa", "measure").order_by("due_at", "id")


def _signs(rights: Rights, *, at: datetime) -> QuerySet[CapaClock, tuple[int, int]]:
    return _open(rights, at).values_list("id", "capa__journal_n")


def _open(rights: Rights, at: datetime) -> QuerySet[CapaClock]:
    return CapaClock.objects.filter(mine(rights), company_id=rights.person.company_id, done_at__isnull=True, opens_at__lte=at)


def mine(rights: Rights) -> Q:
    """The clocks that these rights answer for."""
    found = NOTHING | Q(person=rights.person) | Q(department_id__in=rights.department_ids())
    for grant in rights.grants:
        if grant.department_id is not None:
            continue
        if grant.site_id is None:
            found |= Q(role=grant.role)
        else:
            here = Capa.sites.through.objects.filter(capa_id=OuterRef("capa_id"), site_id=grant.site_id)
            found |= Q(role=grant.role) & Q(Exists(here))
    return found


def stamp(person: Person, at: datetime) -> str:
    """Changes when what is owed does."""
    rights = rights_of(person, at)
    signs = ask(_signs, rights, key=key_of(rights), at=at)
    return f"{len(signs)}.{sum(pk for pk, _ in signs)}.{sum(acts for _, acts in signs)}"
