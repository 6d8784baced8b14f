"""Past complaints from old records: kept as what they were, never as if they had run under our clocks.

A case that was closed elsewhere gets its number of that day, what is known of it, and three lines in its journal: received and closed
when the old record says so, taken over now. It has no clocks (nobody promised these limits), so figures about time leave it out, and a
replay passes over it; figures about how many, about what and where count it by the day on which it was received.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kesu.company.models import Person
from kesu.complaints import chain
from kesu.complaints.actions import filing, steps
from kesu.complaints.actions.intake import Intake
from kesu.complaints.actions.road import Road
from kesu.complaints.models import Case, Reference
from kesu.complaints.storing import insert
from kesu.procedure.acts import DONE
from kesu.procedure.refused import Refused


@dataclass
class Past:
    """A closed complaint of an old record; `source` and `number` are those of the record, `result` how it ended, in words."""

    intake: Intake
    closed_at: datetime
    source: str = ""
    number: str = ""
    result: str = ""
    case: Case | None = None
    fault: BaseException | None = None


def take_over(person: Person, pasts: Sequence[Past], at: datetime) -> None:
    """Keep them all in one transaction; each ends with its case or with why not. The same `filed_key` again finds the same case.

    Needs the right to receive at the site. Refused: closed before it was received, or in the future.
    """
    tickets = [filing.Ticket(person, past.intake, past.intake.heard_at or past.closed_at) for past in pasts]
    with transaction.atomic():
        sites = {pk: filing._site(pk) for pk in {past.intake.site_id for past in pasts}}
        filing._find_filed(tickets)
        for ticket, past in zip(tickets, pasts, strict=True):
            if ticket.case is None and (fault := _fault(past, at)) is None:
                filing._try(ticket, sites[past.intake.site_id])
            elif ticket.case is None:
                ticket.fault = fault
        drafted = [(ticket, ticket.road, past) for ticket, past in zip(tickets, pasts, strict=True) if ticket.road is not None]
        if drafted:
            _write(drafted, at)
    for ticket, past in zip(tickets, pasts, strict=True):
        past.case, past.fault = ticket.case, ticket.fault


def _fault(past: Past, at: datetime) -> Refused | None:
    if past.closed_at > at:
        return Refused("future", "结案时间在将来，请核对", "it cannot have been closed in the future", field="closed_at")
    if past.intake.heard_at and past.closed_at < past.intake.heard_at:
        return Refused("past", "结案时间早于受理时间，请核对", "it was closed before it was received", field="closed_at")
    return None


def _write(drafted: Sequence[tuple[filing.Ticket, Road, Past]], at: datetime) -> None:
    tickets, roads = [ticket for ticket, _, _ in drafted], [road for _, road, _ in drafted]
    filing._give_numbers(roads)
    filing._give_customers(tickets, roads)
    for ticket, road, past in drafted:
        _tell_story(ticket, road, past, at)
    insert([road.case for road in roads])
    insert([row for ticket, road in zip(tickets, roads, strict=True) for row in filing._items(ticket, road.case)])
    for ticket, road, _ in drafted:
        ticket.case = road.case
        for entry in road.entries:
            entry.case_id = road.case.pk
    chain.store([entry for road in roads for entry in road.entries])


def _tell_story(ticket: filing.Ticket, road: Road, past: Past, at: datetime) -> None:
    case, received = road.case, road.at
    road.at = at  # written now …
    road.journal(
        channel=case.channel, items=len(ticket.items), heard_at=case.heard_at.isoformat(), title=case.title, at=received, history=True
    )
    case.closed_at, case.outcome = past.closed_at, "resolved"
    road.mark("close", past.closed_at)  # … and true since then
    road.journal("close", at=past.closed_at, words=past.result, outcome=case.outcome, history=True)
    road.mark("taken_over")
    road.journal("taken_over", source=past.source, ref=past.number)
    road.happened.clear()
    for step in ("close", "archive"):
        case.marks[f"step:{step}"] = [past.closed_at.isoformat()] * 2
    case.step = steps.step_of_case(road.pack, case)
    assert case.step == DONE  # closed and archived: nothing is owed


def known_as(person: Person, numbers: Sequence[tuple[Case, str, str]], at: datetime) -> None:
    """(case, source, number there): the numbers under which others know these cases; searching finds the cases by them."""
    insert([Reference(case=case, kind=source[:60], number=number[:60], by=person, at=at) for case, source, number in numbers])
