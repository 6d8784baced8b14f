"""Whoever can do something about a case hears of what went wrong on its way out."""

from __future__ import annotations

from datetime import datetime

from kesu.company.holders import Holders
from kesu.company.models import Person
from kesu.company.procedures import pack_of
from kesu.company.standing import standing
from kesu.complaints.models import Case
from kesu.complaints.telling import notices_for, save_notices


def tell_handler(case: Case, kind: str, key: str, data: dict[str, str], at: datetime) -> None:
    """Whoever handles the case or took it in, else who receives what comes by its channel."""
    people: list[Person] = [who for who in (case.handler, case.received_by) if who and who.is_active]
    if not people:
        pack, found = pack_of(case.version_id), standing(case.site.company)
        channel, holders = pack.find("channels", case.channel), Holders(found, case.site_id)
        people = (holders.of(channel.receiver) if channel else []) or holders.first_of(pack.dispatching.nobody)[1]
    save_notices(notices_for(people, case=case, company_id=case.company_id, kind=kind, key=key, data=data, at=at))
