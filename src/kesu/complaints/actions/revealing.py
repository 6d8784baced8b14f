"""Looking at a customer's whole contact data: allowed by the pack, for a reason, and always on record (P-1, S-19)."""

from __future__ import annotations

from datetime import datetime

from kesu.company.models import Person
from kesu.complaints.actions.road import Road, begin
from kesu.complaints.queries.veil import may_know
from kesu.procedure.refused import Refused


def reveal(person: Person, case_id: int, *, why: str, at: datetime) -> str:
    """The customer's whole number; the journal says who looked and why. Raises Refused when the person's role may not, without a
    reason, and for a customer who asked for secrecy where the pack does not let this role know."""
    with begin(person, case_id, "reveal", at) as road:
        why = road.needs(why, "why", "写一下为什么要看", "say why you need it")
        check_secret(road)
        road.moves_clocks = False
        road.journal(reason=why[:200])
        return road.case.contact_phone


def check_secret(road: Road) -> None:
    """Who asked for secrecy is told only to the pack's roles: Refused for all others."""
    if road.case.confidential and road.rights and not may_know(road.rights, road.pack, road.case):
        raise Refused("secret", "客户要求保密，您的岗位看不到是谁", "the customer asked for secrecy; your role does not learn who it is")
