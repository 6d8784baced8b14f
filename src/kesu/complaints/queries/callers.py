"""Who is calling: a telephone number, its last four digits or a room → the people, their open and their earlier complaints."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet

from kesu.company.models import Person
from kesu.company.rights import rights_of
from kesu.complaints.models import Case, Clock
from kesu.complaints.queries.cases import visible_to
from kesu.customers.models import Customer
from kesu.customers.phones import clean_phone, home_key, spellings

TAIL = 4  # digits that people give when they say only the end of their number
SHORTEST = 5  # digits of the shortest number that can be called (phones.phone_fault)
MOST_PEOPLE, MOST_CASES = 6, 24


@dataclass
class Known:
    """What we know about whoever calls. `people` in order of likelihood; cases are those that the person asking may see."""

    people: list[Customer] = field(default_factory=list)
    open: list[Case] = field(default_factory=list)  # what is due first comes first
    earlier: list[Case] = field(default_factory=list)  # newest first
    by: str = ""  # "phone", "tail", "home": how they were found

    @property
    def one(self) -> Customer | None:
        """The customer when there is no doubt who it is."""
        return self.people[0] if len(self.people) == 1 else None


def known(person: Person, at: datetime, *, phone: str = "", home: str = "", site_id: int | None = None) -> Known:
    """Who has this telephone or lives in this home, and what they have complained of. Two or three queries.

    Customers are those of the sites that the person works at; a number that is known finds its owner whatever the room says.
    """
    people, by = _people(person, at, phone, home, site_id)
    asked = Q(customer__in=people)
    if homes := {customer.home_id for customer in people if customer.home_id}:
        asked |= Q(home__in=homes)
    if not people:
        if len(clean_phone(phone)) < SHORTEST:
            return Known(by=by)
        asked = Q(contact_phone__in=spellings(phone))
    cases = list(visible_to(person, at).filter(asked).select_related("department", "site", "handler").order_by("-received_at")[:MOST_CASES])
    return Known(people, _with_clocks([case for case in cases if case.is_open]), [case for case in cases if not case.is_open], by)


def _people(person: Person, at: datetime, phone: str, home: str, site_id: int | None) -> tuple[list[Customer], str]:
    sites = [site.pk for site in rights_of(person, at).sites()]
    here = Customer.objects.filter(company_id=person.company_id, site__in=sites).select_related("home", "site")
    digits = clean_phone(phone)
    if len(digits) == TAIL:
        return list(here.filter(tail=digits).order_by("-id")[:MOST_PEOPLE]), "tail"
    if len(digits) >= SHORTEST and (found := _by_number(here, phone)):
        return found, "phone"
    key = home_key(home)
    if key:
        at_home = here.filter(home__key=key)
        if site_id:
            at_home = at_home.filter(home__site_id=site_id)
        return list(at_home.order_by("id")[:MOST_PEOPLE]), "home"
    return [], ""


def _by_number(here: QuerySet[Customer], phone: str) -> list[Customer]:
    """Whoever has the number exactly, else whoever has it as it is dialled here, else without its area code."""
    for number in spellings(phone):
        if len(number) >= SHORTEST and (found := list(here.filter(phone=number).order_by("id")[:MOST_PEOPLE])):
            return found
    return []


def _with_clocks(cases: list[Case]) -> list[Case]:
    """The open cases with `next_clock` (or None), what is due first at the front."""
    first = first_clocks(case.pk for case in cases)
    for case in cases:
        case.next_clock = first.get(case.pk)  # type: ignore[attr-defined]
    return sorted(cases, key=lambda case: (case.pk not in first, first[case.pk].due_at if case.pk in first else case.received_at))


def first_clocks(case_ids: Iterable[int]) -> dict[int, Clock]:
    """Per case the running or paused clock that falls due first. One query, none for no cases."""
    wanted = list(case_ids)
    if not wanted:
        return {}
    rows = Clock.objects.filter(case__in=wanted, state__in=["running", "paused"]).order_by("-due_at", "-id")
    return {clock.case_id: clock for clock in rows}
