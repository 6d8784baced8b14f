"""What several processes do to one record at once; run by tests.complaints.racers.race."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tests.complaints import racers as _racers  # sets Django up in a fresh process

from kesu.company.models import Person
from kesu.improvement import actions, looking, ringing

assert _racers


def _who(person_id: int) -> Person:
    return Person.objects.get(pk=person_id)


def open_from(person_id: int, case_ids: Sequence[int], at: datetime, key: str = "") -> str:
    return actions.open_capa(_who(person_id), case_ids, problem="一再发生", key=key, at=at).number


def judge(person_id: int, capa_id: int, verdict: str, at: datetime) -> str:
    actions.judge(_who(person_id), capa_id, verdict=verdict, words="看过", at=at)
    return verdict


def close(person_id: int, capa_id: int, at: datetime) -> str:
    actions.close(_who(person_id), capa_id, at=at)
    return "closed it"


def end(person_id: int, capa_id: int, measure_id: int, at: datetime) -> str:
    actions.end(_who(person_id), capa_id, measure_id=measure_id, words="办了", at=at)
    return "ended it"


def grant(person_id: int, capa_id: int, measure_id: int, at: datetime) -> str:
    actions.grant_extension(_who(person_id), capa_id, measure_id=measure_id, at=at)
    return "granted it"


def ring(at: datetime) -> int:
    ringing.BATCH, total = 3, 0
    while rung := ringing.ring_due(at):
        total += rung
    return total


def look(at: datetime) -> int:
    return looking.look_due(at)
