"""Tokens: made for a person, shown once, revoked."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from kesu.company.actions.asking import allowed, needed
from kesu.company.models import Person
from kesu.company.prepared import ask
from kesu.exchange.models import KeptAnswer, Token
from kesu.exchange.models.tokens import SCOPES
from kesu.procedure.refused import Refused

PREFIX = "kesu_"
LONGEST = timedelta(days=366)
TOUCH_EVERY = timedelta(minutes=10)  # a write per request would cost every reading a commit
KEEP_ANSWERS = timedelta(days=7)


def digest_of(token: str) -> str:
    """What is stored of a token. It is 256 random bits, so a plain hash cannot be searched."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


@transaction.atomic
def make_token(by: Person, *, person_id: int, name: str, scopes: Sequence[str], days: int, at: datetime) -> tuple[Token, str]:
    """A token for somebody of the company, and its text, which nobody can read again. `days` until it expires, 1 to 366."""
    allowed(by, at)
    person = Person.objects.filter(pk=person_id, company_id=by.company_id, is_active=True).first()
    if person is None:
        raise Refused("person", "请选一个在职的人", "choose somebody who works here", field="person")
    wanted = [scope for scope in SCOPES if scope in scopes]
    if not wanted:
        raise Refused("scopes", "至少选一样能做的", "choose at least one thing it may do", field="scopes")
    if not 1 <= days <= LONGEST.days:
        raise Refused("days", f"有效期 1 到 {LONGEST.days} 天", f"1 to {LONGEST.days} days", field="days")
    text = PREFIX + secrets.token_urlsafe(32)
    row = Token.objects.create(
        company_id=by.company_id,
        person=person,
        name=needed(name, "name", "写上给哪个系统用", "say which system it is for", 60),
        digest=digest_of(text),
        tail=text[-4:],
        scopes=wanted,
        made_by=by,
        made_at=at,
        expires_at=at + timedelta(days=days),
    )
    return row, text


@transaction.atomic
def revoke_token(by: Person, token_id: int, at: datetime) -> Token:
    """From now on it opens nothing. Raises Token.DoesNotExist for one of another company."""
    allowed(by, at)
    row = Token.objects.select_for_update(of=("self",)).get(pk=token_id, company_id=by.company_id)
    row.revoked_at = row.revoked_at or at
    row.save(update_fields=["revoked_at"])
    return row


def token_of(text: str, at: datetime) -> Token | None:
    """The valid token with this text, its person and company with it; None for any other. One query; now and then it notes the use."""
    found: list[Token] = ask(_valid, key=None, digest=digest_of(text), at=at)
    row = found[0] if found else None
    if row is not None and (row.used_at is None or at - row.used_at >= TOUCH_EVERY):
        stale = Q(used_at__isnull=True) | Q(used_at__lte=at - TOUCH_EVERY)
        Token.objects.filter(stale, pk=row.pk).update(used_at=at)
    return row


def _valid(*, digest: str, at: datetime) -> QuerySet[Token]:
    rows = Token.objects.select_related("person__company").filter(person__is_active=True)
    return rows.filter(digest=digest, revoked_at__isnull=True, expires_at__gt=at)


def forget_answers(at: datetime) -> int:
    """A chore: removes kept answers after a week, some at a time. Returns how many."""
    old = list(KeptAnswer.objects.filter(at__lt=at - KEEP_ANSWERS).values_list("pk", flat=True)[:500])
    return KeptAnswer.objects.filter(pk__in=old).delete()[0] if old else 0


def take_part(token_id: int, most: int, part: int, window: timedelta, at: datetime) -> tuple[datetime, int]:
    """Set aside up to `part` of the `most` requests of this window: (when it began, how many; 0 when all are gone).

    Compare-and-set on the token's row: whoever reads the same state as somebody else is told so by the database, and looks again.
    """
    for _ in range(20):
        began, taken = Token.objects.filter(pk=token_id).values_list("window_at", "window_n").get()
        seen = {"window_at": began, "window_n": taken}
        if began is None or not began <= at < began + window:
            began, taken = at, 0
        got = min(part, most - taken)
        if got <= 0:
            return began, 0
        if Token.objects.filter(pk=token_id, **seen).update(window_at=began, window_n=taken + got):
            return began, got
    return at, 1  # so many at once: one passes, the next asks again
