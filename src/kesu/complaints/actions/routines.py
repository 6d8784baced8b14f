"""Doing a duty that is tied to no case."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kesu.company.models import Person
from kesu.complaints.models import RoutineDuty
from kesu.complaints.queries.duties import duties_of
from kesu.procedure.refused import Refused

LONGEST = 400  # characters of what was done


def finish_duty(person: Person, duty_id: int, words: str, at: datetime) -> RoutineDuty:
    """Mark a routine duty done, in words (P-12, M-2, M-4). Whoever is first has done it.

    Raises RoutineDuty.DoesNotExist for a duty that is not this person's; Refused `missing`, `too_long`, `done`.
    """
    with transaction.atomic():
        duty = duties_of(person, at).select_for_update(of=("self",)).select_related("done_by").get(pk=duty_id)
        if duty.done_at is not None:
            who = duty.done_by.name if duty.done_by else ""
            raise Refused("done", f"这件事{who}已经办完了", f"{who} has already done this")
        if duty.opens_at > at:
            raise Refused("not_open", "还没到办这件事的时候", "it is not time for this yet")
        duty.words = _checked(words)
        duty.done_at, duty.done_by, duty.next_ring_at = at, person, None
        duty.save(update_fields=["words", "done_at", "done_by", "next_ring_at"])
    return duty


def _checked(words: str) -> str:
    words = words.strip()
    if not words:
        raise Refused("missing", "写下做了什么、结果怎样", "write down what was done and what came of it", field="words")
    if len(words) > LONGEST:
        zh, en = f"最多写 {LONGEST} 个字，现在 {len(words)} 个", f"at most {LONGEST} characters, now {len(words)}"
        raise Refused("too_long", zh, en, field="words")
    return words
