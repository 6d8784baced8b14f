"""What providers tell afterwards: that a text message arrived or did not, and what somebody replied. They sign nothing, so the address
that they call is a secret, and what they report must fit a message that we gave them."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from kesu.channels.arriving import keep
from kesu.channels.models import Arrival, OutAccount, Outgoing
from kesu.channels.out import sms
from kesu.channels.out.falling import give_up
from kesu.channels.sealing import is_token, token
from kesu.channels.telling import owe
from kesu.company.procedures import pack_of
from kesu.company.standing import standing
from kesu.complaints import actions
from kesu.complaints.models import Case
from kesu.complaints.storing import insert_unless_there
from kesu.procedure.refused import Refused

PURPOSE, LENGTH = "out", 32
LARGEST = 1_000_000  # bytes of one call
MOST = 1000  # reports in one call
JUST_NOW = timedelta(minutes=5)  # a report may be quicker than the answer to the request
REPLIES_WITHIN = timedelta(days=30)  # to a message of ours
SMS_DOOR = "sms"


def token_of(account_id: int) -> str:
    """The secret part of the address that the provider calls."""
    return token(PURPOSE, str(account_id), LENGTH)


def account_called(account_id: int, found: str) -> OutAccount | None:
    """The account whose address was called; None for a stranger's guess. A switched-off one still hears of what it sent."""
    if not is_token(found, PURPOSE, str(account_id), LENGTH):
        return None
    return OutAccount.objects.filter(pk=account_id, means=sms.ID).select_related("company").first()


def take(account: OutAccount, data: bytes, at: datetime) -> dict[str, Any] | None:
    """Take what the provider says: reports and replies, any number, in any order, any time again. Returns the answer that it waits for;
    None when it said nothing that can be read."""
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        return None
    rows = said if isinstance(said, list) else [said]
    if len(rows) > MOST or not all(isinstance(row, dict) for row in rows):
        return None
    for row in rows:
        if "text" in row or "content" in row:
            _reply(account, row, at)
        else:
            _report(account, row, at)
    OutAccount.objects.filter(pk=account.pk).update(last_in_at=at)
    return {"code": 0, "msg": "OK"} if account.provider == sms.ALIYUN else {"result": 0, "errmsg": "OK"}


def _report(account: OutAccount, row: dict[str, Any], at: datetime) -> None:
    if account.provider == sms.ALIYUN:
        well, number, id, ours = row.get("success") is True, row.get("phone_number"), row.get("biz_id"), row.get("out_id")
        words = [row.get("err_code"), row.get("err_msg")]
    else:
        well, number, id, ours = row.get("report_status") == "SUCCESS", row.get("mobile"), row.get("sid"), None
        words = [row.get("errmsg"), row.get("description")]
    found = _message(account, str(number or ""), str(id or ""), str(ours or ""), at)
    if found is not None:
        note(found, well, " ".join(str(word) for word in words if word), at)


def _message(account: OutAccount, number: str, id: str, ours: str, at: datetime) -> Outgoing | None:
    """The message that is reported on: by our number, by theirs, else the one that is on its way to this telephone."""
    mine = Outgoing.objects.filter(account=account)
    found = mine.filter(pk=int(ours)).first() if ours.isdecimal() and len(ours) < 19 else None
    found = found or (mine.filter(provider_id=id[:120]).first() if id else None)
    tail = number[-11:]
    going = mine.filter(state__in=["sending", "waiting"], address__endswith=tail, provider_id="", tried_at__gt=at - JUST_NOW)
    on_its_way = going if len(number) >= 7 else mine.none()
    found = found or (only[0] if len(only := list(on_its_way[:2])) == 1 else None)
    return found if found and _digits(found.address)[-11:] == _digits(number)[-11:] else None


def _digits(number: str) -> str:
    return "".join(sign for sign in number if sign.isdecimal())


def note(row: Outgoing, well: bool, why: str, at: datetime) -> bool:
    """Write a report down. Once delivered stays so; a failure counts once and lets the next means be tried. Whether it changed anything.

    One that waits for another try has been taken after all, though the answer to our request was lost.
    """
    mine = Outgoing.objects.filter(pk=row.pk)
    if well:
        changed = mine.filter(state__in=["waiting", "sending", "sent", "failed"], tried_at__isnull=False).update(
            state="delivered", delivered_at=at, error="", next_at=None, lease="", stuck_at=None
        )
        return bool(changed)
    return give_up(mine.filter(state__in=["sending", "sent"]), row, "failed", why or "not delivered", at)


def _reply(account: OutAccount, row: dict[str, Any], at: datetime) -> None:
    """What somebody answered comes through the one door: kept as it came, joined to the case that we wrote about, or for a person."""
    number = _digits(str(row.get("phone_number") or row.get("mobile") or ""))[-11:]
    words = str(row.get("content") if account.provider == sms.ALIYUN else row.get("text") or "")
    data = json.dumps(row, ensure_ascii=False, sort_keys=True).encode()
    company = account.company
    about = _about(account, number, at)
    channel = about.channel if about else next(one.id for one in pack_of(standing(company).version_at(at)).channels if one.customer)
    site_id = about.site_id if about else account.site_id or min(standing(company).sites)
    key = f"{company.pk}:{SMS_DOOR}:{hashlib.sha256(data).hexdigest()[:60]}"
    arrival = Arrival(company=company, site_id=site_id, door=SMS_DOOR, channel=channel, key=key, sha256=keep(data), size=len(data))
    arrival.received_at = arrival.heard_at = at
    arrival.sender, arrival.subject, arrival.state, arrival.why = number, words[:300], "waiting", "reply"
    with transaction.atomic():
        insert_unless_there([arrival])
        stored = Arrival.objects.select_for_update().select_related("site").get(key=key)
        if stored.state != "waiting" or stored.due_at is not None:
            return  # the same again
        if about and words.strip() and _joined(about, words, at):
            stored.state, stored.why, stored.case, stored.done_at = "joined", "", about, at
        else:
            owe(stored, company, at)
        stored.save(update_fields=["state", "why", "case", "done_at", "due_at"])


def _about(account: OutAccount, number: str, at: datetime) -> Case | None:
    """The case that we last wrote to this number about."""
    sent: QuerySet[Outgoing] = Outgoing.objects.filter(account=account, case__isnull=False, person=None, sent_at__gt=at - REPLIES_WITHIN)
    found = sent.filter(address__endswith=number).select_related("case__site").order_by("-id").first() if len(number) >= 7 else None
    return found.case if found else None


def _joined(case: Case, words: str, at: datetime) -> bool:
    try:
        with transaction.atomic():
            actions.note(None, case.pk, words=words[:2000], actor="customer", at=at)
    except Refused:
        return False
    return True
