"""Reading mailboxes, beside the worker's chores: a server that hangs must not keep an alarm from ringing.

One thread per mailbox, one worker per mailbox (a lease on its row). What was fetched and how far we have read is written in one
transaction, so whoever is killed in between reads the same again, and the same is known by its id and its body.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import close_old_connections, connection, transaction
from django.db.models import Q, QuerySet

from kesu.channels import sorting
from kesu.channels.arriving import arrive, keep_all
from kesu.channels.mail import server
from kesu.channels.models import Mailbox

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

LEASE = timedelta(seconds=120)
EVERY = 60.0  # seconds between looks where the server does not tell of new mail
IDLE = 25  # seconds of listening before the lease is renewed
SETTLING = 2  # of the first listening: what came between looking and listening is not told of
ROUND = 2.0  # seconds between looks at which mailboxes there are, and at what has come by pipe and web hook
PAUSES = [5, 15, 60, 300, 600]  # seconds before the next try after so many failures

log = logging.getLogger("kesu.mailboxes")
Now = Callable[[], datetime]


def watch(over: threading.Event, now: Now) -> None:
    """Until `over`: keeps a reader on every mailbox that is switched on, and sorts what arrives by other ways."""
    readers: dict[int, threading.Thread] = {}
    while not over.is_set():
        try:
            close_old_connections()
            for mailbox_id in _due(now()):
                if mailbox_id not in readers or not readers[mailbox_id].is_alive():
                    readers[mailbox_id] = threading.Thread(
                        target=_reader, args=(mailbox_id, over, now), daemon=True, name=f"mailbox-{mailbox_id}"
                    )
                    readers[mailbox_id].start()
            while sorting.sort_new(now()) and not over.is_set():
                pass
        except Exception:
            log.exception("the mailboxes could not be looked after")
            connection.close()
        over.wait(ROUND)
    for reader in readers.values():
        reader.join(2)
    connection.close()


def _due(at: datetime) -> list[int]:
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=at)
    rested = Q(next_try_at__isnull=True) | Q(next_try_at__lte=at)
    return list(Mailbox.objects.filter(free, rested, active=True).exclude(host="").values_list("pk", flat=True))


def _reader(mailbox_id: int, over: threading.Event, now: Now) -> None:
    try:
        read_mailbox(mailbox_id, over, now)
    except Exception:
        log.exception("mailbox %s", mailbox_id)
    finally:
        connection.close()


def read_mailbox(mailbox_id: int, over: threading.Event, now: Now, *, once: bool = False) -> int:
    """Read what is new, then wait for more, until something fails or it is switched off. `once`: only what is there.

    Returns how many messages were new.
    """
    lease = uuid.uuid4().hex
    mailbox = _claim(mailbox_id, lease, now())
    if mailbox is None:
        return 0
    count = 0
    try:
        with server.connected(mailbox) as box:
            count = _follow(mailbox, box, lease, over, now, once)
    except (server.Unusable, *server.TROUBLE) as problem:
        _failed(mailbox, lease, str(problem) if isinstance(problem, server.Unusable) else server.said(problem), now())
    else:
        _mine(mailbox, lease).update(leased_until=None, lease="")
    return count


def _claim(mailbox_id: int, lease: str, at: datetime) -> Mailbox | None:
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=at)
    taken = Mailbox.objects.filter(free, pk=mailbox_id, active=True).update(lease=lease, leased_until=at + LEASE)
    return Mailbox.objects.get(pk=mailbox_id) if taken else None


def _mine(mailbox: Mailbox, lease: str) -> QuerySet[Mailbox]:
    return Mailbox.objects.filter(pk=mailbox.pk, lease=lease)


def _follow(mailbox: Mailbox, box: BaseMailBox, lease: str, over: threading.Event, now: Now, once: bool) -> int:
    number = server.validity(box)
    if number != mailbox.uidvalidity:  # another folder under the same name, or one restored: everything is looked at again
        mailbox.uidvalidity, mailbox.last_uid = number, 0
    count = _take_new(mailbox, box, lease, now)
    listens, patience = "IDLE" in box.client.capabilities, SETTLING
    while not once and not over.is_set() and _still(mailbox, lease, now()):
        if listens:
            told = box.idle.wait(timeout=patience)
            patience = SETTLING if told else IDLE
        elif over.wait(EVERY):
            break
        else:
            box.client.noop()
        count += _take_new(mailbox, box, lease, now)
    return count


def _still(mailbox: Mailbox, lease: str, at: datetime) -> bool:
    """Renews the lease; False when the mailbox was switched off, changed or taken over."""
    kept = _mine(mailbox, lease).filter(active=True, host=mailbox.host, login=mailbox.login, sealed=mailbox.sealed, folder=mailbox.folder)
    return bool(kept.update(leased_until=at + LEASE, heard_from_at=at, failures=0, fault="", next_try_at=None))


def _take_new(mailbox: Mailbox, box: BaseMailBox, lease: str, now: Now) -> int:
    number, count = mailbox.uidvalidity, 0
    with closing(_ahead(server.pieces(box, mailbox.last_uid))) as pieces:
        for piece, digests in pieces:
            at = now()
            with transaction.atomic():
                count += arrive(mailbox, piece.messages, at, digests)
                kept = {"uidvalidity": number, "last_uid": piece.last, "leased_until": at + LEASE, "heard_from_at": at}
                if not _mine(mailbox, lease).update(failures=0, fault="", next_try_at=None, **kept):
                    raise server.Unusable("taken over by another worker")
            mailbox.last_uid = piece.last
            while sorting.sort_new(now()):
                pass
    _mine(mailbox, lease).update(heard_from_at=now(), failures=0, fault="", next_try_at=None, uidvalidity=number)
    return count


def _ahead(pieces: Iterator[server.Piece]) -> Generator[tuple[server.Piece, list[str]], None, None]:
    """Each piece with its bytes on disk. While one is sorted, the next is on its way: the server and the disk need not wait for us."""

    def fetched() -> tuple[server.Piece, list[str]] | None:
        piece = next(pieces, None)
        return (piece, keep_all([data for data, _ in piece.messages])) if piece else None

    with ThreadPoolExecutor(1) as beside:
        coming = beside.submit(fetched)
        while (found := coming.result()) is not None:
            coming = beside.submit(fetched)
            yield found


def _failed(mailbox: Mailbox, lease: str, why: str, at: datetime) -> None:
    log.warning("mailbox %s: %s", mailbox.address, why)
    failures = mailbox.failures + 1
    pause = timedelta(seconds=PAUSES[min(failures, len(PAUSES)) - 1])
    _mine(mailbox, lease).update(failures=failures, fault=why[:300], next_try_at=at + pause, leased_until=None, lease="")
