"""Sending what waits: claimed under a lease by any number of workers, once each; tried again later each time; in a thread beside the
worker's other chores, so that a slow provider keeps no alarm waiting."""

from __future__ import annotations

import logging
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from kesu.channels.models import OutAccount, Outgoing
from kesu.channels.out import means
from kesu.channels.out.falling import give_up
from kesu.channels.out.means import Refusal, Sent
from kesu.company.errands import Errand, unclaimed
from kesu.company.procedures import pack_of

BATCH = 20  # messages claimed at once
AT_ONCE = 4  # sent side by side
LEASE = timedelta(minutes=5)  # BATCH / AT_ONCE times the patience of one request is less than that
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120, 240)]  # before the second, third … try
TRIES = 6  # where no procedure says how often
MINUTE = timedelta(minutes=1)
BESIDE = ("account", "case", "person")

log = logging.getLogger("kesu.out")
_courier = Errand("messages out")


def deliver_due(at: datetime) -> int:
    """A chore: sees that somebody is delivering when something is due. Returns 0, for it waits for nothing."""
    if not _courier.busy and due(at).exists():
        _courier.run(send_batch, at)
    return 0


def due(at: datetime) -> QuerySet[Outgoing]:
    """Messages whose time has come, and those whose courier has died (the lease has ended)."""
    return Outgoing.objects.filter(state__in=["waiting", "sending"], next_at__lte=at)


def send_batch(at: datetime) -> int:
    """Claim a batch, send it, write down what came of it. Returns how many."""
    lease = uuid.uuid4().hex
    rows = _claim(at, lease)
    if rows:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for row, came in zip(rows, pool.map(_send, rows), strict=True):
                _write(row, came, lease, at)
    return len(rows)


def _claim(at: datetime, lease: str) -> list[Outgoing]:
    """Take a batch; of an account whose provider counts, no more than its minute still has room for."""
    if not due(at).exists():  # no write lock for nothing
        return []
    with transaction.atomic():
        rows = unclaimed(due(at)).select_related(*BESIDE).order_by("-urgent", "next_at", "id")
        found = list(rows[:BATCH])
        mine, late = _within_minute(found, at)
        Outgoing.objects.filter(pk__in=[row.pk for row in late]).update(next_at=at + timedelta(seconds=5))
        ids = [row.pk for row in mine]
        Outgoing.objects.filter(pk__in=ids).update(state="sending", next_at=at + LEASE, lease=lease, tried_at=at)
    for row in mine:
        row.tried_at = at
    return mine


def _within_minute(rows: list[Outgoing], at: datetime) -> tuple[list[Outgoing], list[Outgoing]]:
    limits = {row.account_id: found.per_minute for row in rows if row.account_id and (found := means.find(row.means)) and found.per_minute}
    used: Counter[int | None] = Counter()
    if limits:
        locked = OutAccount.objects.select_for_update().filter(pk__in=limits).order_by("pk")
        for account in locked:  # two workers count one after the other
            used[account.pk] = Outgoing.objects.filter(account=account, tried_at__gt=at - MINUTE).count()
    mine: list[Outgoing] = []
    late: list[Outgoing] = []
    for row in rows:
        used[row.account_id] += 1
        (late if row.account_id in limits and used[row.account_id] > limits[row.account_id] else mine).append(row)
    return mine, late


def _send(row: Outgoing) -> Sent | Refusal:
    """Ask the means; whatever goes wrong is an answer."""
    found = means.find(row.means)
    if found is None:
        return Refusal("没有这种方式了 / this means is gone", for_good=True)
    if row.account_id and row.account and not row.account.active:
        return Refusal("账号关着 / the account is switched off", for_good=True)
    try:
        return found.send(row.account, row)
    except Refusal as refusal:
        return refusal
    except Exception as problem:
        log.warning("message %s by %s: %r", row.pk, row.means, problem)
        return Refusal(f"{type(problem).__name__}: {problem}")


def _write(row: Outgoing, came: Sent | Refusal, lease: str, at: datetime) -> None:
    """Only while the lease is still ours. A report may have come before the answer: then it stands, and we add the provider's number."""
    mine = Outgoing.objects.filter(pk=row.pk, lease=lease, state="sending")
    tries = row.tries + 1
    if isinstance(came, Sent):
        Outgoing.objects.filter(pk=row.pk, provider_id="").update(provider_id=came.provider_id[:120], facts=came.facts, sent_at=at)
        mine.update(state="sent", next_at=None, lease="", tries=tries, error="", stuck_at=None)
        _account(row, at, "")
    elif came.for_good or tries >= _most(row):
        mine.update(tries=tries)
        give_up(mine, row, "refused" if came.for_good else "failed", came.why, at)
        _account(row, at, came.why if came.account else None)
    else:
        next_at = at + (came.wait or PAUSES[min(tries, len(PAUSES)) - 1])
        mine.update(state="waiting", next_at=next_at, lease="", tries=tries, error=came.why, stuck_at=row.stuck_at or at)
        _account(row, at, came.why if came.account else None)


def _most(row: Outgoing) -> int:
    return pack_of(row.case.version_id).telling.retry if row.case else TRIES


def _account(row: Outgoing, at: datetime, fault: str | None) -> None:
    """What the provider thinks of the account: "" well, None: nothing was learned."""
    if row.account_id is None or fault is None:
        return
    accounts = OutAccount.objects.filter(pk=row.account_id)
    if fault:
        accounts.filter(fault="").update(fault_since=at)
        accounts.update(fault=fault[:300])
    else:
        accounts.update(last_out_at=at, fault="", fault_since=None)
