"""Subscriptions: set up, tried, removed; a message sent once more."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from kesu.company.actions.asking import allowed, needed
from kesu.company.models import Person
from kesu.company.standing import changed
from kesu.complaints import journals
from kesu.exchange.addresses import checked_url
from kesu.exchange.models import Delivery, Hook
from kesu.exchange.posting import Answer, post
from kesu.exchange.signing import new_secret
from kesu.procedure.acts import ACTS


@transaction.atomic
def add_hook(by: Person, *, name: str, url: str, acts: Sequence[str] = (), at: datetime) -> Hook:
    """Tell this address of every one of these acts (none named: of all) from now on."""
    allowed(by, at)
    row = Hook(company_id=by.company_id, secret=new_secret(), made_by=by, made_at=at)
    _put(row, name, url, acts, True)
    return row


@transaction.atomic
def edit_hook(by: Person, hook_id: int, *, name: str, url: str, acts: Sequence[str], active: bool, at: datetime) -> Hook:
    """Change it, rest it, wake it. Raises Hook.DoesNotExist for one of another company."""
    allowed(by, at)
    row = _own(by, hook_id)
    _put(row, name, url, acts, active)
    return row


@transaction.atomic
def remove_hook(by: Person, hook_id: int, at: datetime) -> Hook:
    """Nothing more is sent there; what waits is given up. The log stays."""
    allowed(by, at)
    row = _own(by, hook_id)
    row.removed_at, row.active = at, False
    row.save()
    Delivery.objects.filter(hook=row, state="waiting").update(state="failed", next_at=None)
    changed(by.company_id)
    return row


def try_hook(by: Person, hook_id: int, at: datetime) -> Answer:
    """Send a message of type `test` now and say exactly what came back. It stands in the log like any other."""
    allowed(by, at)
    row = Hook.objects.get(pk=hook_id, company_id=by.company_id, removed_at__isnull=True)
    message = f"msg_test_{uuid.uuid4().hex}"
    body = json.dumps({"type": "test", "timestamp": at.isoformat(), "data": {"company": by.company.name}}, ensure_ascii=False)
    answer = post(row.url, row.secret, message, body, at)
    Delivery.objects.create(
        hook=row,
        message=message,
        act="test",
        body=body,
        at=at,
        state="sent" if answer.good else "failed",
        tries=1,
        status=answer.status,
        answer=answer.words,
        took=answer.took,
        tried_at=at,
    )
    return answer


@transaction.atomic
def resend(by: Person, delivery_id: int, at: datetime) -> Delivery:
    """Send a message again under the same id, which tells the receiver that it is the same one."""
    allowed(by, at)
    row = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery_id, hook__company_id=by.company_id)
    if row.state in ("sent", "failed"):
        row.state, row.next_at, row.tries = "waiting", at, 0
        row.save(update_fields=["state", "next_at", "tries"])
    return row


def _own(by: Person, hook_id: int) -> Hook:
    return Hook.objects.select_for_update(of=("self",)).get(pk=hook_id, company_id=by.company_id, removed_at__isnull=True)


def _put(row: Hook, name: str, url: str, acts: Sequence[str], active: bool) -> None:
    row.name, row.url = needed(name, "name", "写上是哪个系统", "say which system it is", 60), checked_url(url)
    row.acts, row.active = [act for act in (*ACTS, *journals.acts()) if act in acts], active
    row.save()
    changed(row.company_id)  # whoever remembers the subscriptions looks again
