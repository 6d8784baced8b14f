"""Writing customers and homes: found again by telephone or home, never overwritten by what somebody types for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from kesu.company.models import Site
from kesu.company.prepared import ask_about
from kesu.customers.models import Customer, Home
from kesu.customers.phones import clean_phone, home_key


@dataclass(frozen=True)
class Caller:
    """Who calls, as given: any of name, telephone and home may be empty."""

    site: Site
    name: str
    phone: str
    home: str
    at: datetime

    @property
    def digits(self) -> str:
        """The telephone number as stored."""
        return clean_phone(self.phone)

    @property
    def place(self) -> tuple[int, str]:
        """What identifies the home: the site and the label's key ("" without a label)."""
        return self.site.pk, home_key(self.home)[:120]


def customers_for(callers: Sequence[Caller]) -> list[Customer | None]:
    """For each caller the customer with this telephone (or name at this home), a new one when unknown, None when nothing is known.

    An existing record only gains what was blank: a different name on the line does not rename the customer.
    """
    homes = _homes(callers)
    known = _known(callers, homes)
    found: list[Customer | None] = []
    for caller in callers:
        home = homes.get(caller.place)
        key = _key(caller, home)
        if key is not None and key not in known:
            known[key] = Customer(
                company_id=caller.site.company_id, site=caller.site, home=home, name=caller.name.strip()[:60], phone=caller.digits,
                tail=caller.digits[-4:], created_at=caller.at,
            )  # fmt: skip
        elif key is not None:
            _complete(known[key], caller.name.strip(), home)
        found.append(known[key] if key is not None else None)
    Customer.objects.bulk_create([customer for customer in known.values() if customer.pk is None])
    return found


Key = tuple[int, str, int, str]  # company and telephone, or home and name


def _key(caller: Caller, home: Home | None) -> Key | None:
    if caller.digits:
        return (caller.site.company_id, caller.digits, 0, "")
    if caller.name.strip() or home:
        return (caller.site.company_id, "", home.pk if home else 0, caller.name.strip()[:60])
    return None


def _known(callers: Sequence[Caller], homes: dict[tuple[int, str], Home]) -> dict[Key, Customer]:
    phones = {caller.digits for caller in callers if caller.digits}
    places = {homes[caller.place].pk for caller in callers if not caller.digits and caller.place in homes}
    companies = {caller.site.company_id for caller in callers}
    known: dict[Key, Customer] = {}
    if not phones and not places:
        return known
    for row in ask_about(_customers, key=None, company=companies, phone=phones, home=places):
        if row.phone:
            known[row.company_id, row.phone, 0, ""] = row
        if row.home_id:
            known[row.company_id, "", row.home_id, row.name] = row
    return known


def _customers(company: list[int], phone: list[str], home: list[int]) -> QuerySet[Customer]:
    wanted = Q(company_id__in=company, phone__in=phone) if phone else Q(pk__in=())
    return Customer.objects.select_related("home").filter(wanted | Q(home_id__in=home)).order_by("-id")


def _homes(callers: Sequence[Caller]) -> dict[tuple[int, str], Home]:
    return homes_for({caller.place: caller.home.strip()[:120] for caller in callers if caller.place[1]})


def homes_for(labels: dict[tuple[int, str], str]) -> dict[tuple[int, str], Home]:
    """For each (site, key) the home, a new one with this label when unknown."""
    if not labels:
        return {}
    sites, names = {site for site, _ in labels}, {key for _, key in labels}
    found = {(home.site_id, home.key): home for home in ask_about(_named_homes, key=None, site=sites, name=names)}
    new = [Home(site_id=place[0], key=place[1], label=label) for place, label in labels.items() if place not in found]
    if new:
        Home.objects.bulk_create(new, ignore_conflicts=True)  # two desks may name the same new home at once
        found = {(home.site_id, home.key): home for home in ask_about(_named_homes, key=None, site=sites, name=names)}
    return found


def _named_homes(site: list[int], name: list[str]) -> QuerySet[Home]:
    return Home.objects.filter(site_id__in=site, key__in=name)


def _complete(customer: Customer, name: str, home: Home | None) -> None:
    if customer.pk is None:
        return
    gained = []
    if name and not customer.name:
        customer.name, gained = name[:60], ["name"]
    if home and customer.home_id is None:
        customer.home, gained = home, [*gained, "home"]
    if gained:
        customer.save(update_fields=gained)


def remember_good_times(said: Sequence[tuple[Customer, str]]) -> None:
    """When these customers like to be called, where nothing was known of it yet."""
    rows = {customer.pk: customer for customer, words in said if not customer.good_time}
    for customer, words in said:
        if customer.pk in rows:
            rows[customer.pk].good_time = words[:120]
    Customer.objects.bulk_update(rows.values(), ["good_time"])
