"""Ringing of answers that are owed: each moment exactly once, dated when it fell due, however many workers there are."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kesu.company.models import Company, Person
from kesu.improvement.calls import Call
from kesu.warnings.actions.road import Owed, WarningRoad, moments
from kesu.warnings.models import Warning

BATCH = 100
DUTY = ("答复预警", "Answer the warning")


def ring_due(at: datetime) -> int:
    """Ring what fell due by `at`. Returns how many rang."""
    waiting = Warning.objects.filter(next_ring_at__lte=at)
    if not waiting.exists():  # no write lock for nothing
        return 0
    rang = 0
    for company in waiting.order_by().values_list("company_id", flat=True).distinct():
        with transaction.atomic():
            owner = Company.objects.select_for_update().get(pk=company)
            for row in Warning.objects.select_for_update().filter(company_id=company, next_ring_at__lte=at).order_by("pk")[:BATCH]:
                row.company = owner
                _ring(row, at)
                rang += 1
    return rang


def _ring(row: Warning, at: datetime) -> None:
    road = WarningRoad(row, "warned", at)
    every = moments(road.rules, Owed(row.owed_from, row.due_at), row.company.zone)
    last: dict[int, tuple[Person, Call]] = {}
    for call in every[row.rung :]:
        if call.at > at:
            break
        told = _hearers(road, call)
        last |= {person.pk: (person, call) for person in told}
        road.journal(act=call.kind, at=call.at, told=[person.pk for person in told])
        row.rung += 1
    for person, call in last.values():
        road.tell([person], call.kind, name=DUTY[0], name_en=DUTY[1], due=row.due_at.isoformat())
    row.next_ring_at = every[row.rung].at if row.rung < len(every) else None
    road.finish()


def _hearers(road: WarningRoad, call: Call) -> list[Person]:
    if call.kind == "climbed":
        above = [person for role in call.tell for person in road.holders(role)]
        if above:
            return list({person.pk: person for person in above}.values())
    return road.owing()
