"""What waits for a person is owed: within the pack's limit for answering at this door. It is told at once, and again when it is late."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kesu.channels.models import Arrival
from kesu.company.errands import unclaimed
from kesu.company.holders import Holders
from kesu.company.models import Company, Person
from kesu.company.procedures import pack_of, time_of
from kesu.company.standing import standing
from kesu.complaints.telling import notices_for, save_notices
from kesu.procedure.due import due
from kesu.procedure.pack import Pack

BATCH = 200
KINDS = {"call": "call_back", "device": "alarm"}  # door → what is told; else "arrival". Late: the same with "_late"


def owe(arrival: Arrival, company: Company, at: datetime, *, tell: bool = True) -> None:
    """Set by when a person looks at it (not stored here) and tell the receivers of its channel, unless somebody has it in hand."""
    pack = pack_of(standing(company).version_at(at))
    limit, kind = _limit(arrival.channel, pack)
    found = due(limit, at, time_of(standing(company).sites.get(arrival.site_id, arrival.site), kind)) if limit else None
    arrival.due_at = found.at if found else at
    if tell:
        _tell(arrival, company, pack, at)


def _limit(channel: str, pack: Pack) -> tuple[str, str]:
    """The limit for acknowledging at this door, else that for judging: sooner nobody owes anything to what came in."""
    row = pack.find("channels", channel)
    if row and row.acknowledge:
        return row.acknowledge, row.time
    judging = next((one for one in pack.obligations if "judge" in one.until), None)
    return (judging.limit, judging.time) if judging else ("", "")


def receivers(arrival: Arrival, company: Company, pack: Pack) -> list[Person]:
    """Who takes in what comes by this channel at this site; never nobody where the pack names somebody for that."""
    row, holders = pack.find("channels", arrival.channel), Holders(standing(company), arrival.site_id)
    return (holders.of(row.receiver) if row else []) or holders.first_of(pack.dispatching.nobody)[1]


def _tell(arrival: Arrival, company: Company, pack: Pack, at: datetime, *, late: bool = False) -> None:
    kind = KINDS.get(arrival.door, "arrival") + ("_late" if late else "")
    data = {"arrival": arrival.pk, "title": arrival.subject or arrival.sender, "due": arrival.due_at.isoformat() if arrival.due_at else ""}
    people = receivers(arrival, company, pack)
    if late:
        people = [*people, *Holders(standing(company), arrival.site_id).first_of(pack.dispatching.nobody)[1]]
    save_notices(notices_for(people, case=None, company_id=company.pk, kind=kind, key=f"{kind}:{arrival.pk}", data=data, at=at))


def ring_due(at: datetime) -> int:
    """A chore: tells what has waited too long. Returns how many."""
    rows = Arrival.objects.filter(state="waiting", due_at__lte=at, rung=False)
    if not rows.exists():  # no write lock for nothing
        return 0
    with transaction.atomic():
        late = list(unclaimed(rows).select_related("company", "site").order_by("id")[:BATCH])
        for row in late:
            _tell(row, row.company, pack_of(standing(row.company).version_at(at)), at, late=True)
        Arrival.objects.filter(pk__in=[row.pk for row in late]).update(rung=True)
    return len(late)
