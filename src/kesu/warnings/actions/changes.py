"""Entering and taking back changes whose effect is asked (B-18)."""

from __future__ import annotations

from datetime import date, datetime

from kesu.company.models import Company, Person
from kesu.company.rights import Rights, rights_of
from kesu.procedure.refused import Refused
from kesu.warnings.models import Change
from kesu.warnings.queries.sight import sees_any

LONGEST = 120


def add_change(person: Person, *, name: str, day: date, site: int | None = None, category: str = "", at: datetime) -> Change:
    """Note that something began on a day: a training, a rule, new staff. Refused for who does not see the site whole, or wrong values."""
    rights = rights_of(person, at, Company.objects.get(pk=person.company_id))
    if not sees_any(rights) or not _whole(rights, site):
        raise Refused("not_allowed", "您看不到这里的全部投诉，不能记", "you do not see every complaint there", field="site")
    if not name.strip():
        raise Refused("missing", "写清做了什么", "say what was done", field="name")
    if category and rights.pack.find("categories", category) is None:
        raise Refused("category", "没有这个类别", "there is no such matter", field="category")
    change = Change(company_id=person.company_id, site_id=site, name=name.strip()[:LONGEST], day=day, category=category, by=person, at=at)
    change.save()
    return change


def drop_change(person: Person, change_id: int, *, at: datetime) -> None:
    """Take back one's own. Raises Change.DoesNotExist for anybody else's."""
    Change.objects.get(pk=change_id, company_id=person.company_id, by=person).delete()


def _whole(rights: Rights, site: int | None) -> bool:
    return rights.company_wide() or (site is not None and site in rights.site_ids())
