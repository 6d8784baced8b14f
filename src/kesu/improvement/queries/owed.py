"""What a person owes on records now: by name, by department, or by a role they hold for one of the record's sites."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from kesu.company.models import Person
from kesu.company.rights import Rights, rights_of
from kesu.improvement.models import Capa, CapaClock

NOTHING = Q(pk__in=())


def owed(person: Person, at: datetime) -> QuerySet[CapaClock]:
    """The clocks that have opened and are not done, what falls due first first."""
    rights = rights_of(person, at)
    rows = CapaClock.objects.filter(mine(rights), company_id=person.company_id, done_at__isnull=True, opens_at__lte=at)
    return rows.order_by("due_at", "id")


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
    row = owed(person, at).order_by().aggregate(n=Count("id"), ids=Sum("id"), acts=Sum("capa__journal_n"))
    return f"{row['n']}.{row['ids'] or 0}.{row['acts'] or 0}"
