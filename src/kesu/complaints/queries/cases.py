"""Finding cases: only those the person may see."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from kesu.company.models import Person
from kesu.company.prepared import ask, key_of
from kesu.company.rights import Rights, rights_of
from kesu.company.standing import standing
from kesu.complaints.models import Case, Handover, Part, Reference, Task
from kesu.customers.phones import clean_phone


def scope(rights: Rights) -> Q:
    """The cases that these rights show: of the company, of sites, of departments that have or had a part, or one's own."""
    return Q(company_id=rights.person.company_id) & within(rights)


def within(rights: Rights) -> Q:
    """Which cases of the company: for a question that already names the company's sites, and finds its own index by them."""
    if rights.company_wide():
        return Q()
    parts, tasks = Part.objects.filter(case=OuterRef("pk")), Task.objects.filter(case=OuterRef("pk"))
    mine: Q = Q(received_by=rights.person) | Q(Exists(parts.filter(handler=rights.person))) | Q(Exists(tasks.filter(person=rights.person)))
    if departments := rights.department_ids():
        mine |= Q(Exists(parts.filter(department_id__in=departments))) | Q(Exists(tasks.filter(department_id__in=departments)))
    if sites := rights.site_ids():
        mine |= Q(site_id__in=sites)
    return mine


def visible_to(person: Person, at: datetime) -> QuerySet[Case]:
    """Every case that the person may see."""
    return Case.objects.filter(scope(rights_of(person, at)))


def get(person: Person, number: str, at: datetime) -> Case:
    """The case with this number, or Case.DoesNotExist (also when the person may not see it). One query: its site and people are known."""
    rights = rights_of(person, at)
    found = ask(_numbered, rights, key=key_of(rights), number=number)
    if not found:
        raise Case.DoesNotExist
    case: Case = found[0]
    known = standing(person.company)
    if case.site_id in known.sites:
        case.site = known.sites[case.site_id]
    known.attach([case], "handler", "received_by", departments=["department"])
    return case


def _numbered(rights: Rights, number: str) -> QuerySet[Case]:
    return Case.objects.filter(scope(rights), number=number).select_related("customer", "home")


def search(person: Person, text: str, at: datetime, limit: int = 50) -> list[Case]:
    """By number (also of a service order or at an authority), last four digits or whole telephone, home, words of title and place; newest
    first."""
    text = text.strip()
    if not text:
        return []
    rows = visible_to(person, at).select_related("site", "home").order_by("-received_at")
    digits = clean_phone(text)
    who = known_by(rights_of(person, at))
    if len(digits) == 4 and digits == text:
        return list(rows.filter(Q(contact_tail=digits) & who | Q(number__endswith=digits))[:limit])
    if len(digits) >= 7 and digits == "".join(text.split()):
        return list(rows.filter(who, contact_phone=digits)[:limit])
    wanted = (
        Q(number__icontains=text)
        | Q(title__icontains=text)
        | Q(place__icontains=text)
        | Q(home__label__icontains=text) & who
        | Q(contact_name=text) & who
        | Q(pk__in=Reference.objects.filter(number=text).values("case"))
        | Q(pk__in=Handover.objects.filter(number=text).values("case"))
    )
    return list(rows.filter(wanted)[:limit])


def known_by(rights: Rights) -> Q:
    """Cases whose customer may be looked for: a secret one is found by name, number or address only by those who may know it."""
    rules = rights.pack.privacy
    held = [grant for grant in rights.grants if rules is not None and grant.role in rules.confidential]
    if rules is None or any(grant.site_id is None for grant in held):
        return Q()
    return Q(confidential=False) | Q(site_id__in={grant.site_id for grant in held})


def newest(person: Person, at: datetime, before: int | None = None, limit: int = 50) -> tuple[list[Case], int | None]:
    """The newest cases that the person may see, and the id to continue before (None: that was all)."""
    rows = visible_to(person, at).select_related("site", "home").order_by("-received_at", "-id")
    last = visible_to(person, at).filter(pk=before).first() if before else None
    if last:
        rows = rows.filter(Q(received_at__lt=last.received_at) | Q(received_at=last.received_at, pk__lt=last.pk))
    found = list(rows[: limit + 1])
    return found[:limit], found[limit - 1].pk if len(found) > limit else None
