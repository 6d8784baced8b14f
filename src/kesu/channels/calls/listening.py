"""Calls for people: the last ones of a number, and who may hear a recording."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from kesu.channels.models import Call
from kesu.company.models import Person, Site
from kesu.company.rights import rights_of
from kesu.company.standing import standing
from kesu.customers.phones import spellings

LAST = 5


def calls_of(person: Person, at: datetime) -> QuerySet[Call]:
    """Calls on the lines of sites where this person may receive complaints."""
    rights = rights_of(person, at)
    sites = [site.pk for site in rights.sites() if rights.by_role("receive", site_id=site.pk)]
    return Call.objects.filter(line__company_id=person.company_id, line__site__in=sites).select_related("line", "case")


def last_of(person: Person, phone: str, at: datetime) -> list[Call]:
    """The last calls from and to this number, newest first; nothing for a number too short to be one."""
    numbers = [number for number in spellings(phone) if len(number) > 4]
    return list(calls_of(person, at).filter(number__in=numbers).order_by("-first_at", "-id")[:LAST]) if numbers else []


def may_hear(person: Person, site_id: int, at: datetime) -> bool:
    """Whoever may receive complaints there and sees whole telephone numbers: a recording tells more than the number does."""
    rights = rights_of(person, at)
    return bool(rights.by_role("receive", site_id=site_id)) and rights.reveals()


def hearers(site: Site, at: datetime) -> list[str]:
    """Their names, to stand beside the link."""
    people = standing(site.company).people.values()
    return sorted(person.name for person in people if may_hear(person, site.pk, at))
