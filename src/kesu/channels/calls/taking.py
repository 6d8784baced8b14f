"""An event of a call is taken: the call learns what is new, and a missed one becomes a call-back task.

Events of one line are taken one after the other (its row is locked). Each time is written once, so the same event sent twice, or sent
again by somebody who recorded it, changes nothing; and whatever order they come in, the call ends up the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from kesu.channels.calls import returning
from kesu.channels.calls.events import Told
from kesu.channels.models import Call, PhoneLine

SAME_CALL = timedelta(days=1)  # small exchanges count from 1 again when they are switched on


def take(line: PhoneLine, told: Told, at: datetime) -> Call:
    """The call as it is known now."""
    with transaction.atomic():
        locked = PhoneLine.objects.select_for_update(of=("self",)).select_related("company", "site").get(pk=line.pk)
        call = _call(locked, told, at)
        before = call.state
        _learn(call, told)
        call.save()
        if call.state == "missed" and before != "missed" and not call.outgoing:
            returning.owe(locked, call, at)
        elif before == "missed" and call.state != "missed":
            returning.answered_after_all(call, at)
        PhoneLine.objects.filter(pk=line.pk).update(last_in_at=at, fault="")
    return call


def _call(line: PhoneLine, told: Told, at: datetime) -> Call:
    rows = Call.objects.filter(line=line, call_id=told.call_id, first_at__gt=at - SAME_CALL)
    return rows.order_by("-id").first() or Call(line=line, call_id=told.call_id, outgoing=told.outgoing, first_at=at)


def _learn(call: Call, told: Told) -> None:
    call.number, call.agent, call.recording = call.number or told.number, call.agent or told.agent, call.recording or told.recording
    name = f"{told.event}_at"
    if told.event != "recording" and getattr(call, name) is None:
        setattr(call, name, told.at)
    if told.event == "ended" and not (call.answered_at or call.recording or call.outgoing) and call.missed_at is None:
        call.missed_at = told.at  # it rang and stopped; where it was answered after all, that news is still to come
