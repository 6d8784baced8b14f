"""What people do with a warning: take it, hand it on, answer, open corrective action from it, close."""

from __future__ import annotations

import hashlib
from datetime import datetime

from kesu.company.models import Person
from kesu.complaints.models import Case
from kesu.complaints.queries.cases import visible_to
from kesu.improvement import actions as improvement
from kesu.improvement.actions import Same
from kesu.improvement.models import Capa
from kesu.procedure.refused import Refused
from kesu.warnings.actions.recording import remember, shut
from kesu.warnings.actions.road import WarningRoad, begin
from kesu.warnings.models import Warning, WarningAnswer
from kesu.warnings.models.warnings import ANSWERED, TAKEN
from kesu.warnings.outcomes import OUTCOMES
from kesu.warnings.queries.sight import visible_to as warnings_of

LONGEST = 4000


def take(person: Person, warning_id: int, *, at: datetime) -> Warning:
    """Say that one answers for it oneself. Raises Warning.DoesNotExist, Refused."""
    with begin(person, warning_id, "take", at) as road:
        _owed(road)
        if road.row.person_id == person.pk:
            raise Refused("taken", "已经是您在处理", "it is yours already")
        road.row.person, road.row.state = person, TAKEN
        road.journal()
    return road.row


def hand(person: Person, warning_id: int, *, to: int, at: datetime) -> Warning:
    """Give it to somebody who sees it. Raises Warning.DoesNotExist, Refused."""
    with begin(person, warning_id, "hand", at) as road:
        _owed(road)
        who = road.standing.people.get(to)
        if who is None or not warnings_of(who, at).filter(pk=road.row.pk).exists():
            raise Refused("person", "这个人看不到这条预警，换一个人", "this person does not see the warning; choose another", field="to")
        road.row.person, road.row.state = who, TAKEN
        road.journal(to=[who.pk])
        road.tell([who], "warning")
    return road.row


def answer(person: Person, warning_id: int, *, outcome: str, words: str, at: datetime) -> Warning:
    """Say what was found and what is done; ends the clock. Raises Warning.DoesNotExist, Refused."""
    with begin(person, warning_id, "answer", at) as road:
        if outcome not in OUTCOMES:
            raise Refused("outcome", "选一个结论", "choose a conclusion", field="outcome")
        if not words.strip():
            raise Refused("missing", "写清看了什么、打算怎么办", "say what was looked at and what is done", field="words")
        row = road.row
        row.state, row.outcome, row.answered_at = ANSWERED, outcome, at
        row.person = row.person or person
        remember(row)
        road.settle()
        road.journal(outcome=outcome, sha256=_kept(road, words, outcome))
    return road.row


def open_capa(person: Person, warning_id: int, *, problem: str, at: datetime) -> Capa:
    """Open a record of corrective action from the complaints behind it that the person sees. Raises Warning.DoesNotExist, Refused."""
    with begin(person, warning_id, "capa", at) as road:
        if road.row.capa_id is not None:
            raise Refused("capa", "已经由这条预警立了项", "corrective action was opened from this warning already")
        wanted = road.row.cases.values("case")
        cases = list(visible_to(person, at).filter(pk__in=wanted).values_list("pk", flat=True))
        against = road.row.of == "person"
        try:
            capa = improvement.open_capa(person, cases, problem=problem, same=Same(against=against), key=f"w{road.row.pk}", at=at)
        except Case.DoesNotExist:
            raise Warning.DoesNotExist from None
        road.row.capa = capa
        road.row.person = road.row.person or person
        road.journal(record=capa.number)
    return capa


def close(person: Person, warning_id: int, *, words: str, at: datetime) -> Warning:
    """Close one that was answered. It comes back only when it is worse. Raises Warning.DoesNotExist, Refused."""
    with begin(person, warning_id, "close", at) as road:
        if road.row.state != ANSWERED:
            raise Refused("not_answered", "先答复，再关闭", "answer it before it is closed")
        shut(road.row, at)
        road.journal(sha256=_kept(road, words))
    return road.row


def _kept(road: WarningRoad, words: str, outcome: str = "") -> str:
    """Keep the words beside the journal; their SHA-256, "" for none."""
    kept = words.strip()[:LONGEST]
    if not kept:
        return ""
    assert road.person is not None  # only people write
    WarningAnswer.objects.create(warning=road.row, by=road.person, at=road.at, outcome=outcome, words=kept)
    return hashlib.sha256(kept.encode()).hexdigest()


def _owed(road: WarningRoad) -> None:
    if not road.row.is_owed:
        raise Refused("answered", "这条预警已经答复了", "this warning was answered already")
