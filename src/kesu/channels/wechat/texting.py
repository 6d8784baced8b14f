"""Sending the code that proves a telephone number: as a text message, by whoever sends the company's others."""

from __future__ import annotations

from datetime import datetime, timedelta

from kesu.channels.models import Follower, OfficialAccount, OutAccount, Outgoing
from kesu.channels.out import sms, texts
from kesu.channels.wechat import binding
from kesu.complaints.storing import insert_unless_there
from kesu.procedure.refused import Refused

KIND = texts.CODE  # of the text message account's templates: its text holds {code}
FORGOTTEN = timedelta(days=1)


def sender(account: OfficialAccount) -> OutAccount | None:
    """The company's account for text messages, when it has a template for codes."""
    found = sms.account_for(account.company_id, account.site_id)
    return found if found and KIND in found.templates else None


def send_code(follower: Follower, typed: str, at: datetime) -> None:
    """Lay down a text message with a code, to be sent at once. Raises Refused. Those of yesterday are forgotten."""
    account = follower.account
    by = sender(account)
    if by is None:
        raise Refused("no_texts", "现在发不了验证码，请打电话给我们", "codes cannot be sent just now; please call us", field="phone")
    phone, code = binding.ask_code(follower, typed, at)
    values = {"code": code, "company": account.company.name, "site": account.site.name}
    payload = sms.payload(by, KIND, "zh-hans", values)
    if payload is None:
        raise Refused("no_texts", "现在发不了验证码，请打电话给我们", "codes cannot be sent just now; please call us", field="phone")
    Outgoing.objects.filter(company=account.company, kind=KIND, at__lt=at - FORGOTTEN).delete()
    topic = f"code:{follower.pk}:{at.timestamp():.0f}:{code_number(follower)}"
    row = Outgoing(
        company=account.company, account=by, means=sms.ID, address=phone, kind=KIND, topic=topic, key=f"{topic}:0",
        payload=payload, urgent=True, at=at, next_at=at, not_before=at,
    )  # fmt: skip
    insert_unless_there([row])


def code_number(follower: Follower) -> int:
    """How many they have been sent today."""
    return Follower.objects.values_list("codes_sent", flat=True).get(pk=follower.pk)
