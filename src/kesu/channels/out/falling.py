"""What becomes of a message that was not taken or did not arrive: the next means, at the end a call. In the transaction that says so, so
that nothing is lost in between and nothing is told twice."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from kesu.channels.models import Outgoing
from kesu.channels.out import news, writing


def give_up(rows: QuerySet[Outgoing], row: Outgoing, state: str, why: str, at: datetime) -> bool:
    """Mark it failed or refused where `rows` (its primary key, and what it must still be) finds it, and go on with the next means.

    False when it was something else meanwhile: then somebody else has seen to it.
    """
    with transaction.atomic():
        goes_on = row.case_id is not None and row.person_id is None
        stuck = None if goes_on else (row.stuck_at or at)
        if not rows.update(state=state, error=why[:300], next_at=None, lease="", stuck_at=stuck):
            return False
        if goes_on:
            fall(row.topic, row.place, at)
    return True


def fall(topic: str, place: int, at: datetime) -> str:
    """Try the next means for a topic. Returns it; "" where there is nothing to tell any more."""
    told = news.of(topic)
    return writing.tell(told, at, place=place + 1) if told else ""
