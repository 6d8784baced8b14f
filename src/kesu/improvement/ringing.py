"""Ringing of what is owed on records: each moment exactly once, dated when it fell due, however many workers there are and however
long they slept. A late worker writes every missed moment and tells each person once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kesu.company.errands import unclaimed
from kesu.company.models import Company, Person
from kesu.improvement.actions.road import CapaRoad
from kesu.improvement.calls import Call, calls
from kesu.improvement.models import Capa, CapaClock
from kesu.improvement.words import duty_names
from kesu.procedure.improving import RECORD_ACTS

BATCH = 100  # records in one transaction


def ring_due(at: datetime) -> int:
    """Ring what fell due by `at`. Returns how many clocks rang."""
    waiting = CapaClock.objects.filter(next_ring_at__lte=at, done_at__isnull=True)
    if not waiting.exists():  # no write lock for nothing
        return 0
    with transaction.atomic():
        ids = list(dict.fromkeys(waiting.order_by("next_ring_at", "id").values_list("capa_id", flat=True)[:BATCH]))
        return sum(_ring_record(capa, at) for capa in claimed(ids))


def claimed(ids: list[int]) -> list[Capa]:
    """These records under lock, without those that another worker has in hand; their companies freshly read."""
    capas = list(unclaimed(Capa.objects.all()).filter(pk__in=ids).order_by("pk"))
    companies = {company.pk: company for company in Company.objects.filter(pk__in={capa.company_id for capa in capas})}
    for capa in capas:
        capa.company = companies[capa.company_id]
    return capas


def _ring_record(capa: Capa, at: datetime) -> int:
    road = CapaRoad(None, capa, RECORD_ACTS["warned"], at)
    clocks = list(capa.clocks.filter(next_ring_at__lte=at, done_at__isnull=True).select_related("measure").order_by("next_ring_at", "id"))
    for clock in clocks:
        clock.capa = capa
        _ring(road, clock)
    CapaClock.objects.bulk_update(clocks, ["rung", "next_ring_at"])
    road.finish()
    return len(clocks)


def _ring(road: CapaRoad, clock: CapaClock) -> None:
    every = calls(road.rules, clock, road.zone)
    missed = [call for call in every[clock.rung :] if call.at <= road.at]
    last: dict[int, tuple[Person, Call]] = {}
    zh, en = duty_names(clock)
    for call in missed:
        told = _hearers(road, clock, call)
        last |= {person.pk: (person, call) for person in told}
        road.journal(
            call.kind, at=call.at, duty=[zh, en], clock=clock.pk, due=clock.due_at.isoformat(), told=[person.name for person in told]
        )
    for person, call in last.values():
        data = {"name": zh, "name_en": en, "due": clock.due_at.isoformat(), "clock": clock.pk}
        road.tell([person], call.kind, **data)
    clock.rung += len(missed)
    ahead = every[clock.rung :]
    clock.next_ring_at = ahead[0].at if ahead else None


def _hearers(road: CapaRoad, clock: CapaClock, call: Call) -> list[Person]:
    """Those who owe it, or the roles of the rung; never nobody."""
    if call.kind == "climbed":
        above = [person for role in call.tell for person in road.holders(role)]
        if above:
            return list({person.pk: person for person in above}.values())
    return road.owing(clock)
