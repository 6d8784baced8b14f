"""Writing customers and homes: found again by telephone or home, never overwritten by what somebody types for them."""

from __future__ import annotations

from datetime import datetime

from kesu.company.models import Site
from kesu.customers.models import Customer, Home
from kesu.customers.phones import clean_phone, home_key


def customer_for(site: Site, *, name: str, phone: str, home: str, at: datetime) -> Customer | None:
    """The customer with this telephone (or name at this home); a new one when unknown; None when nothing is known.

    An existing record only gains what was blank: a different name on the line does not rename the customer.
    """
    digits, name = clean_phone(phone), name.strip()
    place = home_for(site, home)
    rows = Customer.objects.select_related("home")
    known = None
    if digits:
        known = rows.filter(company_id=site.company_id, phone=digits).order_by("id").first()
    elif name and place:
        known = rows.filter(home=place, name=name).order_by("id").first()
    if known:
        return _completed(known, name, place)
    if not digits and not name and not place:
        return None
    return Customer.objects.create(company_id=site.company_id, site=site, home=place, name=name, phone=digits, tail=digits[-4:], created_at=at)


def home_for(site: Site, label: str) -> Home | None:
    """The home with this label (spelling does not matter), made when it is new; None without a label."""
    key = home_key(label)
    if not key:
        return None
    return Home.objects.get_or_create(site=site, key=key, defaults={"label": label.strip()})[0]


def _completed(customer: Customer, name: str, place: Home | None) -> Customer:
    gained = []
    if name and not customer.name:
        customer.name, gained = name, ["name"]
    if place and customer.home_id is None:
        customer.home, gained = place, [*gained, "home"]
    if gained:
        customer.save(update_fields=gained)
    return customer
