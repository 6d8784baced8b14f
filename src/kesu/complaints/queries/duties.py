"""Routine duties of a person: those of the roles they hold, at the sites for which they hold them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from kesu.company.models import Person
from kesu.company.prepared import ask, key_of
from kesu.company.rights import Rights, rights_of
from kesu.complaints.models import RoutineDuty

NOTHING = Q(pk__in=())


def duties_of(person: Person, at: datetime) -> QuerySet[RoutineDuty]:
    """Every duty, open, done or to come, that this person answers for."""
    return _duties(rights_of(person, at))


def _duties(rights: Rights) -> QuerySet[RoutineDuty]:
    mine = NOTHING
    for grant in rights.grants:
        mine |= Q(role=grant.role) if grant.site_id is None else Q(role=grant.role, site_id=grant.site_id)
    return RoutineDuty.objects.filter(mine, company_id=rights.person.company_id)


def owed_duties(person: Person, at: datetime) -> list[RoutineDuty]:
    """Those that are open and not done, what falls due first first."""
    rights = rights_of(person, at)
    return ask(_owed, rights, key=key_of(rights), at=at)


def _owed(rights: Rights, at: datetime) -> QuerySet[RoutineDuty]:
    return _duties(rights).filter(done_at__isnull=True, opens_at__lte=at).order_by("due_at", "id")
