"""Founding: the first company of an installation, its sites and its first administrator. Happens once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from kesu.company.actions.asking import needed
from kesu.company.actions.people import checked_login, checked_password
from kesu.company.actions.places import checked_code, new_site
from kesu.company.models import Company, Grant, Person
from kesu.company.procedures import pack_of, publish
from kesu.procedure.pack import Pack
from kesu.procedure.refused import Refused


@dataclass(frozen=True)
class NewSite:
    """A site as typed on the first-run page; `departments` are ids of the pack."""

    name: str
    code: str
    phone: str = ""
    departments: Sequence[str] = field(default_factory=list)


@transaction.atomic
def found(
    *, name: str, pack_file: Path, person_name: str, login: str, password: str, sites: Sequence[NewSite], at: datetime, phone: str = ""
) -> Person:
    """Found the company; returns its first administrator. Raises Refused beside the field (`site-0-code` …), PackError for a wrong pack.

    Refused("founded") when there is a company already, also when two browsers found at once.
    """
    _alone()
    company = Company.objects.create(
        name=needed(name, "name", "写上公司名称", "give the company's name"), phone=phone.strip(), founded_at=at
    )
    pack = pack_of(publish(company, pack_file, None, at).pk)
    person = Person(company=company, login=checked_login(login), name=needed(person_name, "person_name", "写上姓名", "give the name", 60))
    person.set_password(checked_password(password, person, "password"))
    person.save()
    Grant.objects.create(person=person, role=setup_role(pack))
    _open_sites(company, pack, sites)
    return person


def setup_role(pack: Pack) -> str:
    """The role that opens the set-up page: the pack says which. Raises Refused when no role does."""
    role = next((role for role in pack.roles if "setup" in role.pages), None)
    if role is None:
        raise Refused("no_setup_role", "这份规程里没有能开设置页的岗位", "no role of this procedure opens the set-up page", field="pack")
    return role.id


def _alone() -> None:
    """SQLite's transactions are immediate; PostgreSQL is asked to let one founder in at a time."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE company_company IN EXCLUSIVE MODE")
    if Company.objects.exists():
        raise Refused("founded", "已经开通过了，请登录", "it has been set up already; please sign in")


def _open_sites(company: Company, pack: Pack, sites: Sequence[NewSite]) -> None:
    if not sites:
        raise Refused("missing", "至少写一个服务点", "give at least one site", field="site-0-name")
    seen: dict[str, int] = {}
    for n, site in enumerate(sites):
        name = needed(site.name, f"site-{n}-name", "写上名称", "give the name")
        code = checked_code(site.code, f"site-{n}-code")
        if code in seen:
            raise Refused("code_taken", "两处的代号不能一样", "two sites cannot have the same code", field=f"site-{n}-code")
        seen[code] = n
        new_site(company, pack, name=name, code=code, phone=site.phone, kinds=site.departments)
