"""Customers and homes. A telephone number finds one customer: a second person with the same number is refused in words."""

from __future__ import annotations

from collections.abc import Sequence

from kesu.customers.actions import Caller, customers_for, homes_for, remember_good_times
from kesu.customers.models import Customer, Home
from kesu.customers.phones import clean_phone, home_key, phone_fault
from kesu.exchange.taking.rows import ADDED, KNOWN, Desk, Line
from kesu.procedure.refused import Refused


def take(desk: Desk, lines: Sequence[Line]) -> None:
    """Write what is new; blanks of known customers are filled. Within the caller's transaction."""
    there = _by_phone(desk, lines)
    good: list[tuple[Line, Caller]] = []
    for line in lines:
        try:
            good.append((line, _read(desk, line, there)))
        except Refused as fault:
            line.refuse(fault)
    most = Customer.objects.filter(company_id=desk.person.company_id).order_by("-id").values_list("id", flat=True).first() or 0
    found = customers_for([caller for _, caller in good])
    new: set[int] = set()
    for (line, _), customer in zip(good, found, strict=True):
        fresh = customer is not None and customer.pk > most and customer.pk not in new
        line.outcome = ADDED if fresh else KNOWN
        new |= {customer.pk} if customer and fresh else set()
    said = [
        (customer, line.get("good_time")) for (line, _), customer in zip(good, found, strict=True) if customer and line.get("good_time")
    ]
    remember_good_times(said)


def _by_phone(desk: Desk, lines: Sequence[Line]) -> dict[str, str]:
    phones = {clean_phone(line.get("phone")) for line in lines} - {""}
    rows = Customer.objects.filter(company_id=desk.person.company_id, phone__in=phones).order_by("-id")
    return dict(rows.values_list("phone", "name"))


def _read(desk: Desk, line: Line, there: dict[str, str]) -> Caller:
    name, phone = line.get("name"), line.get("phone")
    if not name and not clean_phone(phone):
        raise Refused("missing", "姓名和电话至少要有一样", "a name or a telephone number is needed", field="name")
    if fault := phone_fault(phone):
        raise Refused("phone", fault[0], fault[1], field="phone")
    digits = clean_phone(phone)
    other = there.get(digits, "") if digits else ""
    if other and name and other != name[:60]:
        zh = f"{digits} 已经是{other}的号码；一个号码只认一位客户，请改号码或去掉"
        raise Refused("phone_taken", zh, f"{digits} is the number of {other}; one number belongs to one customer", field="phone")
    if digits:
        there[digits] = other or name[:60]
    return Caller(desk.site(line), name, phone, line.get("home"), desk.at)


def take_homes(desk: Desk, lines: Sequence[Line]) -> None:
    """Homes: two spellings of the same one are one."""
    good: list[tuple[Line, tuple[int, str], str]] = []
    for line in lines:
        try:
            good.append((line, *_home(desk, line)))
        except Refused as fault:
            line.refuse(fault)
    places = {place for _, place, _ in good}
    rows = Home.objects.filter(site_id__in={site for site, _ in places}, key__in={key for _, key in places})
    there = set(rows.values_list("site_id", "key"))
    for line, place, _ in good:
        line.outcome = KNOWN if place in there else ADDED
        there.add(place)
    homes_for({place: label for line, place, label in good if line.outcome == ADDED})


def _home(desk: Desk, line: Line) -> tuple[tuple[int, str], str]:
    label = line.get("home")[:120]
    key = home_key(label)[:120]
    if not key:
        raise Refused("missing", "没写房号", "the home is missing", field="home")
    return (desk.site(line).pk, key), label
