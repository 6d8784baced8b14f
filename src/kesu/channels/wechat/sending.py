"""What leaves by WeChat: words within 48 hours of the follower's own, a template or subscription message after that."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kesu.channels.models import Follower, OfficialAccount, OutAccount, Outgoing, Saying
from kesu.channels.out.falling import give_up
from kesu.channels.out.means import Means, Reach, Refusal, Sent, Told
from kesu.channels.out.reports import note
from kesu.channels.wechat import following, server
from kesu.channels.wechat.arriving import WECHAT
from kesu.channels.wechat.server import Fault
from kesu.channels.wechat.tokens import with_token
from kesu.complaints.models import Case

LONGEST = 600  # letters of one text: WeChat takes 2 048 bytes
BATCH = 20
LEASE = timedelta(minutes=2)
PAUSES = [timedelta(seconds=seconds) for seconds in (3, 15, 60, 300, 1800)]
# What may stand in a template's field, by the name that WeChat gives it: its kind and a number (thing1, time3).
ROOM = {"thing": 20, "phrase": 5, "character_string": 32, "const": 20, "name": 10, "symbol": 5}
VALUES = ("number", "title", "text", "site", "company", "time")  # what we can fill in
HOW = {"template": "/cgi-bin/message/template/send", "subscribe": "/cgi-bin/message/subscribe/bizsend"}

log = logging.getLogger("kesu.wechat")


def words_to(follower: Follower, words: str, at: datetime) -> Sent:
    """Write to somebody who wrote within 48 hours. Raises Fault."""
    body = {"touser": follower.openid, "msgtype": "text", "text": {"content": words[:LONGEST]}}
    path = "/cgi-bin/message/custom/send"
    with_token(follower.account, lambda token: server.post(path, body, access_token=token), at)
    return Sent()


def template_to(follower: Follower, kind: str, values: dict[str, str], link: str, at: datetime) -> Sent:
    """The account's template for this kind, filled in. Raises Fault; KeyError where there is none."""
    row = follower.account.templates[kind]
    body: dict[str, Any] = {
        "touser": follower.openid,
        "template_id": row["id"],
        "data": {name: {"value": fitting(name, values.get(what, ""))} for name, what in row["fields"].items()},
    }
    if link:
        body["page" if row["how"] == "subscribe" else "url"] = link
    found = with_token(follower.account, lambda token: server.post(HOW[row["how"]], body, access_token=token), at)
    return Sent(provider_id=str(found.get("msgid", "")), facts={"how": row["how"]})


def fitting(name: str, value: str) -> str:
    """The value as the field takes it: WeChat refuses the whole message for one letter too many, and for an empty field."""
    room = ROOM.get(name.rstrip("0123456789"), 200)
    plain = " ".join(value.split()) or "-"
    return plain if len(plain) <= room else plain[: room - 1] + "…"


# --- as one means among others (channels.out) --------------------------------------------------------------------------------------


def reach(case: Case, kind: str, at: datetime) -> Reach | None:
    """The follower, when they can be written to now in one of the two ways."""
    follower = following.of_case(case)
    if follower is None or not (following.is_open(follower, at) or kind in follower.account.templates):
        return None
    return Reach(follower.openid)


def put(told: Told, language: str, account: OutAccount | None) -> dict[str, Any]:
    """The words for the open window, and the values for templates."""
    case = told.case
    values = {
        "number": case.number,
        "title": case.title,
        "text": told.words(language),
        "site": case.site.name,
        "company": case.site.company.name,
        "time": told.at.astimezone(ZoneInfo(case.site.company.zone)).strftime("%Y年%m月%d日 %H:%M"),
    }
    return {"text": told.words(language), "link": told.link, "values": values}


def send(_: OutAccount | None, row: Outgoing) -> Sent:
    """Send it. Raises Refusal: for good where no way is left for this follower, so that the next means is tried."""
    claimed = Outgoing.objects.filter(pk=row.pk).values_list("tried_at", flat=True).first()
    return send_at(row, claimed or row.next_at or row.at)


def send_at(row: Outgoing, at: datetime) -> Sent:
    """The same at a given time."""
    rows = Follower.objects.filter(openid=row.address, account__company_id=row.company_id, account__active=True)
    follower = rows.select_related("account__company", "account__site").first()
    if follower is None or not follower.following:
        raise Refusal("已取消关注 / no longer following", for_good=True)
    text, link = str(row.payload.get("text", "")), str(row.payload.get("link", ""))
    try:
        if following.is_open(follower, at):
            try:
                return words_to(follower, "\n".join(filter(None, [text, link])), at)
            except Fault as fault:
                if fault.code not in server.WINDOW_SHUT:
                    raise
                following.shut(follower, at)
        if row.kind not in follower.account.templates:
            raise Refusal("超过 48 小时，这类消息没有模板 / 48 hours are over and there is no template", for_good=True)
        return template_to(follower, row.kind, row.payload.get("values", {}), link, at)
    except Fault as fault:
        raise refusal(follower, fault) from fault


def refusal(follower: Follower, fault: Fault) -> Refusal:
    """WeChat's no in the words of the common way out."""
    if fault.code == 43004:
        Follower.objects.filter(pk=follower.pk).update(following=False)
    if fault.code in server.OURS:
        OfficialAccount.objects.filter(pk=follower.account_id).update(fault=str(fault)[:300])
    return Refusal(str(fault), for_good=not fault.later, account=fault.code in server.OURS)


def reported(account: OfficialAccount, number: str, went: str, at: datetime) -> None:
    """WeChat reports what became of a template message: delivered, or not, and then the next means is tried."""
    rows = Outgoing.objects.filter(company_id=account.company_id, means=WECHAT, provider_id=number) if number else Outgoing.objects.none()
    for row in rows:
        note(row, went == "success", went, at)


def companies() -> set[int]:
    """Those that have an account that is switched on."""
    return set(OfficialAccount.objects.filter(active=True).values_list("company_id", flat=True))


def means() -> Means:
    """For the registry."""
    return Means(WECHAT, "微信", "WeChat", send, reach=reach, put=put, companies=companies)


# --- sayings of a conversation -----------------------------------------------------------------------------------------------------


def say_due(at: datetime) -> int:
    """Say what waits to be said in conversations. Returns how many it tried. Each is leased before it is sent."""
    rows = Saying.objects.filter(state="waiting", next_at__lte=at).select_related("follower__account__company").order_by("next_at", "id")
    mine = [
        row for row in rows[:BATCH] if Saying.objects.filter(pk=row.pk, state="waiting", next_at=row.next_at).update(next_at=at + LEASE)
    ]
    for row in mine:
        _say(row, at)
    return len(mine)


def _say(row: Saying, at: datetime) -> None:
    tries = row.tries + 1
    try:
        words_to(row.follower, row.words, at)
    except Fault as fault:
        log.warning("saying %s: %s", row.pk, fault)
        if fault.code in server.WINDOW_SHUT:
            following.shut(row.follower, at)
        if fault.later and tries <= len(PAUSES):
            Saying.objects.filter(pk=row.pk).update(next_at=at + PAUSES[tries - 1], tries=tries, error=str(fault)[:200])
            return
        refusal(row.follower, fault)
        Saying.objects.filter(pk=row.pk).update(state="failed", next_at=None, tries=tries, error=str(fault)[:200])
        _unsaid(row, str(fault), at)
    else:
        Saying.objects.filter(pk=row.pk).update(state="sent", next_at=None, tries=tries, error="")


def _unsaid(row: Saying, why: str, at: datetime) -> None:
    """That their complaint was filed did not arrive here: the common way out says it by another means."""
    _, _, case_id = row.key.partition(":filed:")
    if case_id:
        for receipt in Outgoing.objects.filter(topic=f"received:{case_id}", place=0, means=WECHAT, state="sent"):
            give_up(Outgoing.objects.filter(pk=receipt.pk, state="sent"), receipt, "failed", why, at)
