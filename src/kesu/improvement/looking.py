"""The worker looks whether the same complaint has come again: while the effect is watched, and for a time after it was judged effective.

Each complaint is told once, however many workers look. What comes after "effective" goes to those who lead and those who judge.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from kesu.complaints.models import Case
from kesu.improvement.actions.road import CapaRoad
from kesu.improvement.models import Capa, Recurrence
from kesu.improvement.queries.recurrence import same_as
from kesu.improvement.ringing import BATCH, claimed
from kesu.improvement.rules import after, rules_of
from kesu.procedure.improving import RECORD_ACTS

EVERY = timedelta(minutes=10)  # so often each watched record is looked at


def look_due(at: datetime) -> int:
    """Look at the records whose turn it is. Returns at how many."""
    waiting = Capa.objects.filter(look_at__lte=at)
    if not waiting.exists():  # no write lock for nothing
        return 0
    with transaction.atomic():
        ids = list(waiting.order_by("look_at", "id").values_list("pk", flat=True)[:BATCH])
        capas = [capa for capa in claimed(ids) if capa.look_at and capa.look_at <= at]
        over = [capa.pk for capa in capas if not _look(capa, at)]
        Capa.objects.filter(pk__in=[capa.pk for capa in capas]).update(look_at=at + EVERY)
        Capa.objects.filter(pk__in=over).update(look_at=None)
        return len(capas)


def _look(capa: Capa, at: datetime) -> bool:
    """Write down what has come again; whether to look on."""
    since, ends = capa.carried_at, None
    if effective := capa.verdict == "effective" and capa.judged_at is not None:
        since = capa.judged_at
        ends = after(rules_of(capa).after, since, capa.company.zone) if since else None
    if since is not None:
        rows = same_as(capa, sure=True).filter(received_at__gt=since, received_at__lte=min(at, ends) if ends else at)
        found = list(rows.exclude(pk__in=Recurrence.objects.filter(capa=capa).values("case")).order_by("received_at", "id"))
        if found:
            _tell(capa, found, effective, at)
    return ends is None or at < ends


def _tell(capa: Capa, found: list[Case], effective: bool, at: datetime) -> None:
    road = CapaRoad(None, capa, RECORD_ACTS["recurred"], at)
    Recurrence.objects.bulk_create(Recurrence(capa=capa, case=case, round=capa.round, seen_at=at, effective=effective) for case in found)
    roles = [road.rules.leads, *([road.rules.judges] if effective else [])]
    people = {person.pk: person for role in roles for person in road.holders(role)}
    numbers = [case.number for case in found]
    road.journal(cases=numbers, told=[person.name for person in people.values()])
    road.tell(people.values(), "capa_recurred" if effective else "capa_recurring", words="、".join(numbers))
    road.finish()
