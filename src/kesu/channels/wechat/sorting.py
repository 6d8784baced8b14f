"""What WeChat brought is understood: it goes on in a conversation, joins the open case, becomes a case, or waits for a person.

The follower's row is locked first, so that two messages at once are taken one after the other, whoever takes them.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction

from kesu.channels import telling
from kesu.channels.arriving import raw
from kesu.channels.models import Arrival, Follower, OfficialAccount, SentFile, Talk
from kesu.channels.wechat import message, talking
from kesu.channels.wechat.arriving import WECHAT
from kesu.channels.wechat.message import COMES, GOES, QUIET_EVENTS, REPORTS, Message
from kesu.channels.wechat.sending import reported
from kesu.company.procedures import pack_of
from kesu.company.standing import standing
from kesu.complaints.storing import insert_unless_there

BATCH = 64
MANY = 100  # messages of one follower within `WITHIN` after which a person looks first
WITHIN = timedelta(hours=1)

log = logging.getLogger("kesu.wechat")
Taken = list[tuple[Arrival, Message]]
WRITTEN = ["follower", "state", "why", "words", "case", "done_at", "due_at", "subject"]


def sort_new(at: datetime) -> int:
    """One batch of what has come. Returns how many it dealt with."""
    new = Arrival.objects.filter(state="new", door=WECHAT).select_related("account__site__company", "account__company", "company", "site")
    rows = list(new.order_by("heard_at", "id")[:BATCH])
    groups: dict[tuple[int, str], Taken] = defaultdict(list)
    for row in rows:
        groups[row.account_id or 0, row.sender].append((row, _read(row)))
    for (_, openid), found in groups.items():
        account = found[0][0].account
        if account is None or not openid:
            _wait(found, "unread", at)
        else:
            _safely(account, openid, found, at)
    return len(rows)


def _read(row: Arrival) -> Message:
    try:
        return message.read(raw(row))
    except OSError as problem:
        log.error("the message of arrival %s cannot be read: %s", row.pk, problem)
        return Message(whole=False)


def _safely(account: OfficialAccount, openid: str, found: Taken, at: datetime) -> None:
    """One follower's messages; what cannot be dealt with waits for a person and holds up nobody else."""
    try:
        _take(account, openid, found, at)
    except Exception:
        log.exception("messages of a follower could not be sorted")
        _wait(found, "refused", at)


def _wait(found: Taken, why: str, at: datetime, words: str = "") -> None:
    with transaction.atomic():
        ids = [row.pk for row, _ in found]
        for row in Arrival.objects.select_for_update(of=("self",)).select_related("company", "site").filter(pk__in=ids, state="new"):
            row.state, row.why, row.words = "waiting", why, words[:300]
            telling.owe(row, row.company, at)
            row.save(update_fields=["state", "why", "words", "due_at"])


def follower_of(account: OfficialAccount, openid: str, at: datetime) -> Follower:
    """The row of this follower, locked; made when it is their first word. Only within a transaction."""
    insert_unless_there([Follower(account=account, openid=openid, since=at)])
    return Follower.objects.select_for_update(of=("self",)).select_related("customer__home").get(account=account, openid=openid)


def _take(account: OfficialAccount, openid: str, found: Taken, at: datetime) -> None:
    with transaction.atomic():
        follower = follower_of(account, openid, at)
        still = set(Arrival.objects.filter(pk__in=[row.pk for row, _ in found], state="new").values_list("pk", flat=True))
        mine = [(row, said) for row, said in found if row.pk in still]
        lately = Arrival.objects.filter(follower=follower, received_at__gt=at - WITHIN).exclude(state="new").count()
        mine, flood = mine[: max(0, MANY - lately)], mine[max(0, MANY - lately) :]
        for row, _ in flood:
            row.follower, row.state, row.why = follower, "waiting", "many"
            telling.owe(row, row.company, at)
        pack = pack_of(standing(account.site.company).version_at(at))
        now_talking = talking.Conversing(account, follower, Talk.objects.filter(follower=follower).first(), pack, at)
        for row, said in mine:
            row.follower = follower
            _one(now_talking, row, said)
        now_talking.go_on()
        Arrival.objects.bulk_update(
            [row for row, _ in [*mine, *flood]], ["follower", "state", "why", "words", "case", "done_at", "due_at", "subject"]
        )
        follower.save(update_fields=["following", "said_at", "shut_at"])
    for row, _ in mine:
        if row.state in ("filed", "joined"):
            talking.place_files(row, at)


def _one(conversing: talking.Conversing, row: Arrival, said: Message) -> None:
    follower, at = conversing.follower, conversing.at
    row.subject = said.words[:80]
    if not said.whole:
        row.state, row.why = "waiting", "unread"
        telling.owe(row, row.company, at)
        return
    if said.media_id:
        insert_unless_there(
            [SentFile(arrival=row, account=conversing.account, media_id=said.media_id[:200], name=said.file_name, next_at=at)]
        )
    if said.kind == "event":
        _event(conversing, row, said)
        return
    follower.following, follower.shut_at = True, None
    follower.said_at = max(follower.said_at or row.heard_at, row.heard_at)
    conversing.hear(row, said)


def _event(conversing: talking.Conversing, row: Arrival, said: Message) -> None:
    """Somebody comes or goes, presses a button of the menu, scans a poster."""
    if said.event in COMES:
        conversing.follower.following = True
    elif said.event in GOES:
        conversing.follower.following = False
    elif said.event in REPORTS:
        reported(conversing.account, said.about, said.went, conversing.at)
    if said.event not in (*GOES, *QUIET_EVENTS):
        conversing.pressed(row, said)
    if row.state == "new":
        row.state, row.why, row.done_at = "ignored", "event", conversing.at
        row.words = f"{said.event} {said.menu}".strip()[:300]
