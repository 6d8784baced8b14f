"""What WeChat calls us with: proved, kept once, answered at once. What it means is worked out later (wechat.sorting)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from kesu.channels.arriving import keep
from kesu.channels.models import Arrival
from kesu.channels.sealing import unseal
from kesu.channels.wechat import codec, message
from kesu.channels.wechat.models import OfficialAccount
from kesu.complaints.storing import insert_unless_there

WECHAT = "wechat"
TOLERANCE = timedelta(minutes=5)  # how old or young a request's time may be, so that a recorded one is soon worth nothing
LARGEST = 1_000_000  # bytes of one request; the longest text has 2 048 letters
Query = dict[str, str]


class Refusal(Exception):
    """Not by WeChat for this account: the word says why."""


@dataclass(frozen=True)
class Came:
    """A request that is proved: the message as it is kept, and whether it was encrypted."""

    data: bytes
    message: message.Message
    sealed: bool


def _fresh(query: Query, at: datetime) -> None:
    stamp = query.get("timestamp", "")
    if not stamp.isdecimal() or len(stamp) > 12 or abs(at.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        raise Refusal("time")


def check_echo(account: OfficialAccount, query: Query, at: datetime) -> None:
    """WeChat asks whether this address is ours, when it is entered in its console. Raises Refusal."""
    _signed(account, query, at)
    OfficialAccount.objects.filter(pk=account.pk).update(heard_from_at=at)


def _signed(account: OfficialAccount, query: Query, at: datetime) -> str:
    token = unseal(account.sealed_token)
    if not token or not codec.is_signed(query.get("signature", ""), token, query.get("timestamp", ""), query.get("nonce", "")):
        raise Refusal("signature")
    _fresh(query, at)
    return token


def proved(account: OfficialAccount, query: Query, body: bytes, at: datetime) -> Came:
    """The message, when WeChat sent it to this account just now. Raises Refusal.

    Where messages come encrypted, only what was encrypted counts: the readable copy beside it (compatible mode) is not signed.
    """
    token = _signed(account, query, at)
    data = body if account.mode == "plain" else _opened(account, query, body, token)
    found = message.read(data)
    if found.to and found.to != account.origin:
        raise Refusal("account")
    return Came(data, found, account.mode != "plain")


def _opened(account: OfficialAccount, query: Query, body: bytes, token: str) -> bytes:
    try:
        encrypted = codec.fields(body).get("Encrypt", "")
        if not encrypted:
            raise Refusal("not_encrypted")
        if not codec.is_signed(query.get("msg_signature", ""), token, query["timestamp"], query.get("nonce", ""), encrypted):
            raise Refusal("signature")
        return codec.decrypt(encrypted, unseal(account.sealed_key), account.app_id)
    except codec.Unreadable as wrong:
        raise Refusal("unreadable") from wrong


def arrive(account: OfficialAccount, came: Came, at: datetime) -> None:
    """Keep it: the bytes on disk, a row once however often WeChat tries. When it returns, it is safe."""
    found = came.message
    same = found.key if found.whole and found.key else hashlib.sha256(came.data).hexdigest()
    if len(same) > 64:
        same = hashlib.sha256(same.encode()).hexdigest()
    row = Arrival(
        company_id=account.company_id,
        site_id=account.site_id,
        account=account,
        door=WECHAT,
        channel=account.channel,
        key=f"wechat:{account.pk}:{same}",
        sha256=keep(came.data),
        size=len(came.data),
        received_at=at,
        heard_at=min(found.sent_at or at, at),
        sender=found.sender[:320],
    )
    insert_unless_there([row])
    OfficialAccount.objects.filter(pk=account.pk).update(heard_from_at=at, last_in_at=at)
