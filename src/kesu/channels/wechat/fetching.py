"""Pictures, recordings and films of messages: fetched while WeChat has them, kept as every file is, put into the case."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from kesu.channels.models import Arrival, OfficialAccount, SentFile
from kesu.channels.wechat import server
from kesu.channels.wechat.server import Fault
from kesu.channels.wechat.tokens import with_token
from kesu.complaints import actions
from kesu.complaints.files import Stored, Upload, store, stored
from kesu.complaints.models import Case
from kesu.procedure.refused import Refused

BATCH = 10
LEASE = timedelta(minutes=3)
PAUSES = [timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 3600, 3600 * 6, 3600 * 12, 3600 * 24)]
LOST = (40007, 40006)  # WeChat has no such file any more; it is too large

log = logging.getLogger("kesu.wechat")


def fetch_due(at: datetime) -> int:
    """Fetch one batch of files that are due. Returns how many it tried. Any number may run: each is leased before it is fetched."""
    rows = list(SentFile.objects.filter(state="waiting", next_at__lte=at).select_related("account").order_by("next_at", "id")[:BATCH])
    mine = [row for row in rows if SentFile.objects.filter(pk=row.pk, state="waiting", next_at=row.next_at).update(next_at=at + LEASE)]
    for row in mine:
        _fetch(row, row.account, at)
    return len(mine)


def _fetch(row: SentFile, account: OfficialAccount, at: datetime) -> None:
    try:
        file = with_token(account, lambda token: server.fetch("/cgi-bin/media/get", access_token=token, media_id=row.media_id), at)
        kept = store(Upload(row.name, len(file.data), [file.data]))
    except Fault as fault:
        _failed(row, str(fault), at, over=fault.code in LOST)
    except Refused as refused:
        _failed(row, refused.zh, at, over=True)
    except OSError as problem:  # a full disk
        _failed(row, str(problem), at, over=False)
    else:
        here = {"state": "fetched", "sha256": kept.sha256, "kind": kept.kind, "size": kept.size, "next_at": None, "fault": ""}
        SentFile.objects.filter(pk=row.pk).update(**here)
        place(row.arrival_id, at)


def _failed(row: SentFile, why: str, at: datetime, *, over: bool) -> None:
    tries = row.tries + 1
    log.warning("file of arrival %s could not be fetched: %s", row.arrival_id, why)
    if over or tries > len(PAUSES):
        SentFile.objects.filter(pk=row.pk).update(state="lost", tries=tries, next_at=None, fault=why[:200])
        place(row.arrival_id, at)
    else:
        SentFile.objects.filter(pk=row.pk).update(tries=F("tries") + 1, next_at=at + PAUSES[tries - 1], fault=why[:200])


def place(arrival_id: int, at: datetime) -> None:
    """Put what was fetched into the case of its message, once there is one; of what was lost the case says so."""
    with transaction.atomic():
        row = SentFile.objects.select_for_update(of=("self",)).select_related("arrival__case").get(arrival_id=arrival_id)
        case = row.arrival.case
        if case is None or row.arrival.state not in ("filed", "joined") or row.state not in ("fetched", "lost"):
            return
        try:
            if row.state == "fetched":
                attach(row, case, at)
            else:
                actions.note(None, case.pk, words=f"[{row.name}] 微信上的这个文件没有取到：{row.fault}", actor="customer", at=at)
        except Refused as refused:  # it stays with its message
            SentFile.objects.filter(pk=row.pk).update(fault=refused.zh[:200])
        else:
            SentFile.objects.filter(pk=row.pk).update(state="placed")


def attach(row: SentFile, case: Case, at: datetime) -> None:
    """Hand the file to the case in the customer's name."""
    upload = Upload(row.name, row.size, [stored(row.sha256).read_bytes()])
    actions.attach(None, case.pk, upload=upload, actor="customer", at=at)


def fetched(arrivals: list[Arrival]) -> list[SentFile]:
    """What of these messages' files is here already."""
    return list(SentFile.objects.filter(arrival__in=arrivals, state="fetched").order_by("arrival_id"))


def as_stored(row: SentFile) -> Stored:
    """For filing together with the complaint."""
    return Stored(row.name, row.sha256, row.kind, row.size)
