"""The access token of an account: one for all processes, fetched by whoever holds the lease, never written in the clear."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Q

from kesu.channels.models import OfficialAccount
from kesu.channels.sealing import seal, unseal
from kesu.channels.wechat import server
from kesu.channels.wechat.server import TOKEN_GONE, Fault

NO_SECRET = 40125  # WeChat's own number for a secret that is none
LEASE = timedelta(seconds=30)
EARLY = timedelta(minutes=3)  # before its end it is fetched anew; old and new both hold for five minutes then
FORCED = timedelta(seconds=60)  # WeChat makes a new one on demand at most every 30 s, and twenty times a day
WAIT, LOOKS = 0.2, 60  # seconds between looks, and how many, while another process fetches it

Answer = TypeVar("Answer")


def with_token(account: OfficialAccount, call: Callable[[str], Answer], at: datetime) -> Answer:
    """Ask WeChat something with the token; once more with a new one when it says that this one is not good. Raises Fault."""
    token = access(account, at)
    try:
        return call(token)
    except Fault as fault:
        if fault.code not in TOKEN_GONE:
            _note(account, fault)
            raise
    return call(access(account, at, refused=token))


def _note(account: OfficialAccount, fault: Fault) -> None:
    if fault.code in server.OURS:
        OfficialAccount.objects.filter(pk=account.pk).update(fault=str(fault)[:300])


def access(account: OfficialAccount, at: datetime, refused: str = "") -> str:
    """The token. `refused`: the one that WeChat has just turned down. Raises Fault."""
    for _ in range(LOOKS):
        row = OfficialAccount.objects.get(pk=account.pk)
        held = unseal(row.sealed_access)
        if held and held != refused and row.access_until and row.access_until > at:
            return held
        lease = uuid.uuid4().hex
        free = Q(leased_until__isnull=True) | Q(leased_until__lte=at)
        if OfficialAccount.objects.filter(free, pk=row.pk, sealed_access=row.sealed_access).update(lease=lease, leased_until=at + LEASE):
            return _fetched(row, lease, refused, at)
        time.sleep(WAIT)
    raise Fault(0, "another process is fetching the access token")


def _fetched(row: OfficialAccount, lease: str, refused: str, at: datetime) -> str:
    mine = OfficialAccount.objects.filter(pk=row.pk, lease=lease)
    try:
        token, until = ask(row, at)
        if token == refused and (row.forced_at is None or row.forced_at <= at - FORCED):
            mine.update(forced_at=at)
            token, until = ask(row, at, force=True)
    except Fault as fault:
        mine.update(lease="", leased_until=None, fault=str(fault)[:300])
        raise
    mine.update(sealed_access=seal(token), access_until=until, fault="", lease="", leased_until=None)
    return token


def ask(account: OfficialAccount, at: datetime, *, force: bool = False) -> tuple[str, datetime]:
    """The token from WeChat, and until when we use it. Does not disturb other programs with the same account. Raises Fault, without
    asking where no secret was entered."""
    if not account.sealed_secret:
        raise Fault(NO_SECRET, "no AppSecret was entered")
    wanted = {
        "grant_type": "client_credential",
        "appid": account.app_id,
        "secret": unseal(account.sealed_secret),
        "force_refresh": force,
    }
    found = server.post("/cgi-bin/stable_token", wanted)
    if not found.get("access_token"):
        raise Fault(0, "no access token")
    return str(found["access_token"]), at + max(timedelta(seconds=int(found.get("expires_in", 0))) - EARLY, timedelta(minutes=1))
