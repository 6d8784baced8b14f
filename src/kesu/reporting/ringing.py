"""Ringing of what is owed on reports: each moment exactly once, dated when it fell due, however many workers there are."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kesu.company.models import Company, Person
from kesu.improvement.calls import Call
from kesu.reporting.actions.road import ReportRoad, moments
from kesu.reporting.models import DRAFT, Report
from kesu.reporting.words import DUTIES

BATCH = 50


def ring_due(at: datetime) -> int:
    """Ring what fell due by `at`. Returns how many reports rang."""
    waiting = Report.objects.filter(next_ring_at__lte=at)
    if not waiting.exists():  # no write lock for nothing
        return 0
    rang = 0
    for company in waiting.order_by().values_list("company_id", flat=True).distinct():
        with transaction.atomic():
            owner = Company.objects.select_for_update().get(pk=company)
            rows = Report.objects.select_for_update(of=("self",)).select_related("site")
            for row in rows.filter(company_id=company, next_ring_at__lte=at).order_by("pk")[:BATCH]:
                row.company = owner
                _ring(row, at)
                rang += 1
    return rang


def _ring(row: Report, at: datetime) -> None:
    road = ReportRoad(row, "warned", at)
    every = moments(road)
    last: dict[int, tuple[Person, Call]] = {}
    for call in every[row.rung :]:
        if call.at > at:
            break
        told = _hearers(road, call)
        last |= {person.pk: (person, call) for person in told}
        road.journal(act=call.kind, at=call.at, told=[person.name for person in told])
        row.rung += 1
    duty = DUTIES["comment" if row.state == DRAFT else "approve"]
    for person, call in last.values():
        assert row.due_at is not None
        road.tell([person], call.kind, name=duty[0], name_en=duty[1], due=row.due_at.isoformat())
    row.next_ring_at = every[row.rung].at if row.rung < len(every) else None
    road.finish()


def _hearers(road: ReportRoad, call: Call) -> list[Person]:
    if call.kind == "climbed":
        above = [person for role in call.tell for person in road.holders(role)]
        if above:
            return list({person.pk: person for person in above}.values())
    return road.owing()
