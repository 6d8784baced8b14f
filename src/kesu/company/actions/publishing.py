"""Versions of the written procedure: published with the day they take effect. What a complaint was received under stays."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from kesu.company.actions.asking import allowed
from kesu.company.actions.founding import setup_role
from kesu.company.models import Grant, Person, ProcedureVersion
from kesu.company.procedures import shipped_calendars
from kesu.procedure.pack import Pack
from kesu.procedure.packfile import loads
from kesu.procedure.refused import Refused


@transaction.atomic
def publish_text(
    person: Person, text: str, *, file: str, effective: date, at: datetime, drafted_by: Person | None = None
) -> ProcedureVersion:
    """Publish a procedure from a given day on; `drafted_by` is who wrote it, where somebody else approves it.

    Raises PackError with every fault of the text; Refused for a day that has passed, for a text that is a version already, and for one
    that would leave people with roles it does not know.
    """
    rights = allowed(person, at)
    loaded = loads(text, file)
    today = at.astimezone(ZoneInfo(rights.company.zone)).date()
    if effective < today:
        raise Refused("past", "生效日不能早于今天：已受理的按原来的规程办", "it cannot take effect before today", field="effective")
    if ProcedureVersion.objects.filter(company_id=person.company_id, digest=loaded.digest).exists():
        raise Refused("same", "这一版已经在了，内容一字不差", "this very text is a version already", field="file")
    fit_for_a_company(loaded.pack)
    setup_role(loaded.pack)
    _roles_stay(person, loaded.pack)
    return ProcedureVersion.objects.create(
        company_id=person.company_id,
        pack_id=loaded.pack.pack.id,
        version=loaded.pack.pack.version,
        effective=effective,
        text=loaded.text,
        digest=loaded.digest,
        published_by=person,
        published_at=at,
        drafted_by=drafted_by,
    )


def fit_for_a_company(pack: Pack) -> None:
    """Raise Refused for an example, which leaves out what a company needs, and for a calendar that does not ship."""
    if pack.pack.example:
        raise Refused("example", "这是示例，缺公司要用的部分，不能起用", "this is an example and lacks what a company needs", field="file")
    if pack.pack.calendar not in shipped_calendars():
        known = "、".join(shipped_calendars())
        raise Refused(
            "calendar", f"没有“{pack.pack.calendar}”这个日历，可以写 {known}", f"no calendar {pack.pack.calendar!r}: {known}", field="file"
        )


def _roles_stay(person: Person, pack: Pack) -> None:
    """Roles that active people hold must exist in the new version, or they would see nothing from that day on."""
    held = Grant.objects.filter(person__company_id=person.company_id, person__is_active=True).values_list("role", flat=True)
    lost = sorted({role for role in held if pack.find("roles", role) is None})
    if lost:
        names = "、".join(lost)
        raise Refused(
            "roles_lost", f"有人担任的岗位新规程里没有：{names}", f"people hold roles that it does not have: {names}", field="file"
        )


@transaction.atomic
def withdraw_version(person: Person, version_id: int, at: datetime) -> None:
    """Take back a version that has not taken effect and that no case refers to. Raises Refused otherwise."""
    rights = allowed(person, at)
    version = ProcedureVersion.objects.get(pk=version_id, company_id=person.company_id)
    today = at.astimezone(ZoneInfo(rights.company.zone)).date()
    if version.effective <= today or version.cases.exists():
        raise Refused("in_force", "已经生效的版本不能撤回，可以再发一版", "a version in force cannot be taken back; publish another")
    version.delete()
