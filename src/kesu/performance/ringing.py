"""Ringing of self-reviews that are owed: each moment exactly once, dated when it fell due, however many workers there are."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kesu.company.models import Company, Person
from kesu.improvement.calls import Call
from kesu.performance.actions.road import ReviewRoad, moments
from kesu.performance.models import Review
from kesu.performance.models.reviews import OWED
from kesu.performance.words import DUTIES

BATCH = 50


def ring_due(at: datetime) -> int:
    """Ring what fell due by `at`. Returns how many rang."""
    waiting = Review.objects.filter(next_ring_at__lte=at)
    if not waiting.exists():  # no write lock for nothing
        return 0
    rang = 0
    for company in waiting.order_by().values_list("company_id", flat=True).distinct():
        with transaction.atomic():
            owner = Company.objects.select_for_update().get(pk=company)
            rows = Review.objects.select_for_update(of=("self",)).select_related("person", "department", "site")
            for row in rows.filter(company_id=company, next_ring_at__lte=at).order_by("pk")[:BATCH]:
                row.company = owner
                _ring(row, at)
                rang += 1
    return rang


def _ring(row: Review, at: datetime) -> None:
    road = ReviewRoad(row, "warned", at)
    if row.state == OWED and row.person_id is not None and row.person_id not in road.standing.people:
        road.settle()
        road.journal(act="lapsed")
        road.finish()
        return
    every = moments(road)
    last: dict[int, tuple[Person, Call]] = {}
    for call in every[row.rung :]:
        if call.at > at:
            break
        told = _hearers(road, call)
        last |= {person.pk: (person, call) for person in told}
        road.journal(act=call.kind, at=call.at, told=[person.pk for person in told])
        row.rung += 1
    duty = DUTIES["write" if row.state == OWED else "answer"]
    for person, call in last.values():
        assert row.due_at is not None
        road.tell([person], call.kind, name=duty[0], name_en=duty[1], due=row.due_at.isoformat())
    row.next_ring_at = every[row.rung].at if row.rung < len(every) else None
    road.finish()


def _hearers(road: ReviewRoad, call: Call) -> list[Person]:
    if call.kind == "climbed":
        above = [person for role in call.tell for person in road.holders(role)]
        if above:
            return list({person.pk: person for person in above}.values())
    return road.owing()
