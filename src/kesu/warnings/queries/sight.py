"""Who sees a warning, and who may answer it. Seen by those who see every complaint of its site, or of the company; by nobody else."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from kesu.company.models import Person
from kesu.company.procedures import pack_of
from kesu.company.rights import Rights, rights_of
from kesu.warnings.models import Warning


def scope(rights: Rights) -> Q:
    """The warnings that these rights show."""
    company = Q(company_id=rights.person.company_id)
    return company if rights.company_wide() else company & Q(site_id__in=rights.site_ids())


def sees_any(rights: Rights) -> bool:
    """Whether there is something to see at all: for navigation."""
    return rights.pack.warning is not None and (rights.company_wide() or bool(rights.site_ids())) and rights.page("board")


def visible_to(person: Person, at: datetime) -> QuerySet[Warning]:
    """Every warning that the person may see."""
    return Warning.objects.filter(scope(rights_of(person, at)))


def answers_for(rights: Rights, row: Warning) -> str | None:
    """The role by which the person may answer: the owner's, or one of the ladder's, for its site; whoever took it keeps it."""
    rules = pack_of(row.version_id).warning
    above = [role for rung in rules.ladder for role in rung.tell] if rules else []
    for role in dict.fromkeys([row.role, *([rules.owner] if rules else []), *above]):
        if rights.holds(role, site_id=row.site_id):
            return role
    return row.role if row.person_id == rights.person.pk else None
