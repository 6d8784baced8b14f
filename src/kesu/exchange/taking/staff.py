"""Staff: people with their first role, without a password (an administrator gives each one)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from kesu.company import actions
from kesu.company.models import Grant, Person
from kesu.exchange.taking.rows import ADDED, KNOWN, Desk, Line
from kesu.procedure.refused import Refused


def take(desk: Desk, lines: Sequence[Line]) -> None:
    """One by one: there are few, and each may be refused for its own reason. Within the caller's transaction."""
    logins = {line.get("login").lower() for line in lines}
    rows = Person.objects.filter(company_id=desk.person.company_id, login__in=[*logins, *(line.get("login") for line in lines)])
    there = {row.login.lower(): row for row in rows}
    for line in lines:
        try:
            with transaction.atomic():
                _one(desk, line, there)
        except Refused as fault:
            line.refuse(fault)


def _one(desk: Desk, line: Line, there: dict[str, Person]) -> None:
    login, given = line.get("login"), actions.Particulars(line.get("name"), line.get("phone"), line.get("email"), True)
    person = there.get(login.lower())
    line.outcome = KNOWN if person else ADDED
    if person and person.name != given.name:
        raise Refused("login_taken", f"登录名 {login} 已是{person.name}的", f"{login} is the login of {person.name}", field="login")
    role = desk.chosen("roles", line.get("role"), "role")
    person = person or actions.enlist(desk.person, login=login, given=given, at=desk.at)
    there[login.lower()] = person
    if role and _grant(desk, line, person, role):
        line.outcome = ADDED


def _grant(desk: Desk, line: Line, person: Person, role: str) -> bool:
    level = desk.pack.one("roles", role).level
    site = desk.site(line) if level != "company" else None
    department = desk.department(site, line.get("department")) if site and level == "department" else None
    before = Grant.objects.filter(person=person).count()
    actions.grant(
        desk.person,
        person.pk,
        role=role,
        site_id=site.pk if site else None,
        department_id=department.pk if department else None,
        at=desk.at,
    )
    return Grant.objects.filter(person=person).count() > before
