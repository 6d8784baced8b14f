"""Who sees a record, and by which role somebody may do what to it: the one rule that acts, pages and lists share.

Seen by: those who see every complaint of the company, or of one of its sites; whoever opened it; owners of its measures, by name or by
department. Everybody else is a stranger, for whom it does not exist.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from kesu.company.models import Person
from kesu.company.rights import Rights, rights_of
from kesu.improvement.models import Capa, Measure


def scope(rights: Rights) -> Q:
    """The records that these rights show."""
    company = Q(company_id=rights.person.company_id)
    if rights.company_wide():
        return company
    own = Measure.objects.filter(capa=OuterRef("pk"), dropped_at__isnull=True)
    mine = Q(opened_by=rights.person) | Q(Exists(own.filter(person=rights.person)))
    if departments := rights.department_ids():
        mine |= Q(Exists(own.filter(department__in=departments)))
    if sites := rights.site_ids():
        mine |= Q(Exists(Capa.sites.through.objects.filter(capa_id=OuterRef("pk"), site_id__in=sites)))
    return company & mine


def visible_to(person: Person, at: datetime) -> QuerySet[Capa]:
    """Every record that the person may see."""
    return Capa.objects.filter(scope(rights_of(person, at)))


def role_for(rights: Rights, right: str, sites: Iterable[int]) -> str | None:
    """The role by which the person has this right (procedure.improving.RIGHTS) on a record of these sites; None when by none."""
    here = set(sites)
    for grant in rights.grants:
        role = rights.pack.find("roles", grant.role)
        if role and right in role.improves and grant.department_id is None and (grant.site_id is None or grant.site_id in here):
            return grant.role
    return None


def owns(rights: Rights, measure: Measure) -> bool:
    """Whether the person owns the measure: by name, or by a role that sees all of the department that does."""
    if measure.person_id is not None:
        return measure.person_id == rights.person.pk
    return measure.department_id in rights.department_ids()


def took_part(rights: Rights, measures: Iterable[Measure]) -> bool:
    """Whether the person owned (now or before it was handed over) or ended a measure that was not dropped: such a person does not judge
    the effect."""
    kept = [row for row in measures if row.dropped_at is None]
    return any(owns(rights, row) or _had(rights, row) or rights.person.pk in (row.person_id, row.ended_by_id) for row in kept)


def _had(rights: Rights, measure: Measure) -> bool:
    inside = rights.department_ids()
    return any(had["person"] == rights.person.pk or (had["person"] is None and had["department"] in inside) for had in measure.had)
