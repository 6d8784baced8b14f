"""Sites and departments: opened, renamed, closed; when they are open."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction

from kesu.company.actions.asking import allowed, needed
from kesu.company.models import Company, Department, Person, Site
from kesu.company.procedures import minutes_of_week
from kesu.procedure.pack import Pack
from kesu.procedure.refused import Refused

CODE = re.compile(r"[A-Z0-9]{1,6}")
DOOR_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without what looks alike when somebody types it from a poster
DOOR_LENGTH = 8
DAY = 24 * 60  # minutes
Windows = Sequence[Sequence[int]]


def checked_code(code: str, field: str = "code") -> str:
    """The site's code in capitals, as it stands in case numbers. Raises Refused beside the field."""
    code = code.strip().upper()
    if not CODE.fullmatch(code):
        raise Refused("code", "代号用 1 到 6 个字母或数字，会写进单号", "1 to 6 letters or digits: it stands in case numbers", field=field)
    return code


def new_door() -> str:
    """The public address of a site's page: short enough to type, too long to guess by walking."""
    return "".join(secrets.choice(DOOR_LETTERS) for _ in range(DOOR_LENGTH))


def new_site(company: Company, pack: Pack, *, name: str, code: str, phone: str, kinds: Iterable[str]) -> Site:
    """A site with the pack's opening hours and one department of each kind named."""
    site = Site.objects.create(
        company=company, code=code, name=name, phone=phone.strip()[:40], door=new_door(), hours=minutes_of_week(pack)
    )
    for kind in dict.fromkeys(kinds):
        row = pack.find("departments", kind)
        if row is None:
            raise Refused("no_such_department", "规程里没有这个部门", "the procedure has no such department", field="departments")
        Department.objects.create(site=site, kind=kind, name=row.name)
    return site


@transaction.atomic
def edit_company(person: Person, *, name: str, phone: str, at: datetime) -> Company:
    """Change the company's name and telephone."""
    allowed(person, at)
    company = Company.objects.select_for_update().get(pk=person.company_id)
    company.name, company.phone = needed(name, "name", "写上公司名称", "give the company's name"), phone.strip()[:40]
    company.save(update_fields=["name", "phone"])
    return company


@transaction.atomic
def add_site(person: Person, *, name: str, code: str, phone: str, kinds: Sequence[str], at: datetime) -> Site:
    """Open a site. Raises Refused for a code that another site has."""
    rights = allowed(person, at)
    name, code = needed(name, "name", "写上名称", "give the name"), checked_code(code)
    if Site.objects.filter(company_id=person.company_id, code=code).exists():
        raise Refused("code_taken", f"{code} 已有别处在用", f"another site has the code {code}", field="code")
    return new_site(rights.company, rights.pack, name=name, code=code, phone=phone, kinds=kinds)


@transaction.atomic
def edit_site(person: Person, site_id: int, *, name: str, phone: str, active: bool, at: datetime) -> Site:
    """Rename a site, change its telephone, close or open it. Its code stays: it stands in numbers given out."""
    allowed(person, at)
    site = own_site(person, site_id)
    others = Site.objects.filter(company_id=person.company_id, active=True).exclude(pk=site.pk)
    if not active and not others.exists():
        raise Refused("last_site", "至少要留一处", "at least one site must stay", field="active")
    site.name, site.phone, site.active = needed(name, "name", "写上名称", "give the name"), phone.strip()[:40], active
    site.save(update_fields=["name", "phone", "active"])
    return site


def own_site(person: Person, site_id: int) -> Site:
    """A site of the person's company, locked. Raises Site.DoesNotExist."""
    return Site.objects.select_for_update(of=("self",)).select_related("company").get(pk=site_id, company_id=person.company_id)


@transaction.atomic
def add_department(person: Person, site_id: int, *, kind: str, name: str, at: datetime) -> Department:
    """A department of a kind of the pack; the name is the pack's unless one is given."""
    pack = allowed(person, at).pack
    site, row = own_site(person, site_id), pack.find("departments", kind)
    if row is None:
        raise Refused("no_such_department", "请选一种部门", "choose a kind of department", field="kind")
    name = " ".join(name.split()) or row.name
    if site.departments.filter(name=name).exists():
        raise Refused("name_taken", f"这里已经有{name}", f"there is a department {name} here already", field="name")
    return Department.objects.create(site=site, kind=kind, name=name[:120])


@transaction.atomic
def edit_department(person: Person, department_id: int, *, name: str, active: bool, at: datetime) -> Department:
    """Rename, close or open a department."""
    allowed(person, at)
    row = Department.objects.select_for_update(of=("self",)).filter(site__company_id=person.company_id).get(pk=department_id)
    name = needed(name, "name", "写上名称", "give the name")
    if Department.objects.filter(site_id=row.site_id, name=name).exclude(pk=row.pk).exists():
        raise Refused("name_taken", f"这里已经有{name}", f"there is a department {name} here already", field="name")
    row.name, row.active = name, active
    row.save(update_fields=["name", "active"])
    return row


@transaction.atomic
def set_hours(person: Person, site_id: int, week: dict[str, Windows], at: datetime) -> Site:
    """Set the opening hours of each weekday ("0" is Monday) as windows in minutes from midnight. Raises Refused beside `day-N`."""
    allowed(person, at)
    site = own_site(person, site_id)
    checked = {day: checked_windows(windows, f"day-{day}") for day, windows in week.items()}
    if not any(checked.values()):
        raise Refused("never_open", "一周里至少要有一天上班", "at least one day of the week must be open", field="day-0")
    site.hours = {day: windows for day, windows in checked.items() if windows}
    site.save(update_fields=["hours"])
    return site


@transaction.atomic
def set_special(person: Person, site_id: int, day: date, windows: Windows, at: datetime) -> Site:
    """Other hours on one day: a half day, a one-off opening, or closed (no windows)."""
    allowed(person, at)
    site = own_site(person, site_id)
    site.special = site.special | {day.isoformat(): checked_windows(windows, "hours")}
    site.save(update_fields=["special"])
    return site


@transaction.atomic
def drop_special(person: Person, site_id: int, day: date, at: datetime) -> Site:
    """The day has its ordinary hours again."""
    allowed(person, at)
    site = own_site(person, site_id)
    site.special = {key: windows for key, windows in site.special.items() if key != day.isoformat()}
    site.save(update_fields=["special"])
    return site


def checked_windows(windows: Windows, field: str) -> list[list[int]]:
    """Windows in order, none empty, none overlapping, within the day. Raises Refused beside the field."""
    ordered = sorted([int(start), int(end)] for start, end in windows)
    for start, end in ordered:
        if not 0 <= start < end <= DAY:
            raise Refused("hours", "下班要在上班之后", "closing must come after opening", field=field)
    for (_, end), (start, _) in zip(ordered, ordered[1:], strict=False):
        if start < end:
            raise Refused("hours", "两段时间重叠了", "two stretches overlap", field=field)
    return ordered
