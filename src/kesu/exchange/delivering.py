"""Delivery of messages by the worker: claimed under a lease, tried again later each time, beside the worker's other chores.

A receiver that is slow must not keep alarms from ringing: sending happens in threads of its own, and the chore only sees that they run.
"""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from kesu.company.errands import Errand, unclaimed
from kesu.exchange.models import Delivery
from kesu.exchange.posting import Answer, post

BATCH = 40  # messages claimed at once
AT_ONCE = 8  # sent side by side
LEASE = timedelta(minutes=5)  # BATCH / AT_ONCE * PATIENCE is less than a minute
PAUSES = [timedelta(seconds=seconds) for seconds in (5, 60, 300, 1800, 7200, 18000, 36000, 50400)]  # before the second, third … try
TRIES = len(PAUSES) + 1

_courier = Errand("web hooks")


def deliver_due(at: datetime) -> int:
    """A chore: sees that somebody is delivering when something is due. Returns 0, for it waits for nothing."""
    if not _courier.busy and due(at).exists():
        _courier.run(send_batch, at)
    return 0


def due(at: datetime) -> QuerySet[Delivery]:
    """Messages whose time has come, and those whose courier has died (the lease has ended)."""
    return Delivery.objects.filter(Q(hook__active=True), state__in=["waiting", "sending"], next_at__lte=at)


def send_batch(at: datetime) -> int:
    """Claim a batch, send it, write down what came back. Returns how many."""
    lease = uuid.uuid4().hex
    rows = _claim(at, lease)
    if not rows:
        return 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda row: post(row.hook.url, row.hook.secret, row.message, row.body, at), rows))
    for row, answer in zip(rows, answers, strict=True):
        _write(row, answer, lease, at)
    return len(rows)


def _claim(at: datetime, lease: str) -> list[Delivery]:
    with transaction.atomic():
        rows = list(unclaimed(due(at)).select_related("hook").order_by("next_at", "id")[:BATCH])
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(state="sending", next_at=at + LEASE, lease=lease)
    return rows


def _write(row: Delivery, answer: Answer, lease: str, at: datetime) -> None:
    """Only while the lease is still ours. 2xx: sent; 410: the receiver wants no more; else later, and given up at the end."""
    tries = row.tries + 1
    state, next_at = "sent", None
    if not answer.good:
        over = answer.gone or tries >= TRIES
        state, next_at = ("failed", None) if over else ("waiting", at + PAUSES[tries - 1])
    said = {"status": answer.status, "answer": answer.words[:1000], "took": answer.took, "tried_at": at, "tries": tries, "lease": ""}
    Delivery.objects.filter(pk=row.pk, state="sending", lease=lease).update(state=state, next_at=next_at, **said)
