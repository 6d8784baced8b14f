"""What arrives is kept first and understood later: its bytes on disk, a row for it, once however often it is sent."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from django.conf import settings

from kesu.channels.models import Arrival, Mailbox
from kesu.complaints.files import stored, written
from kesu.complaints.storing import insert_unless_there

MAIL = "mail"
TOGETHER = 8  # files written at once: waiting for the disk eight times costs little more than once
_MESSAGE_ID = re.compile(rb"^message-id:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\r\n]{1,900}>)", re.I | re.M)


def arrive(mailbox: Mailbox, messages: Iterable[tuple[bytes, datetime | None]], at: datetime, digests: Sequence[str] | None = None) -> int:
    """Keep messages (their bytes, and when they reached the server, if it says so). Returns how many are new.

    The same message again – from another mailbox of the company, the web hook, after a crash – is the same arrival.
    `digests`: where the bytes are on disk already (`keep_all`).
    """
    messages = list(messages)
    digests = keep_all([data for data, _ in messages]) if digests is None else digests
    rows = [_row(mailbox, data, digest, heard_at, at) for (data, heard_at), digest in zip(messages, digests, strict=True)]
    known = set(Arrival.objects.filter(key__in=[row.key for row in rows]).values_list("key", flat=True))
    new = {row.key: row for row in rows if row.key not in known}
    insert_unless_there(list(new.values()))
    if new:
        Mailbox.objects.filter(pk=mailbox.pk).update(last_in_at=at)
    return len(new)


def _row(mailbox: Mailbox, data: bytes, digest: str, heard_at: datetime | None, at: datetime) -> Arrival:
    return Arrival(
        company_id=mailbox.company_id,
        site_id=mailbox.site_id,
        mailbox=mailbox,
        door=MAIL,
        channel=mailbox.channel,
        key=f"{mailbox.company_id}:{_same(data)}",
        sha256=digest,
        size=len(data),
        received_at=at,
        heard_at=min(heard_at or at, at).replace(microsecond=0),
    )


def _same(data: bytes) -> str:
    """What two copies of a message have in common: its id and its body. Servers on the way only add headers.

    The id alone would not do: broken programs use one twice, and what says something else is not the same message.
    """
    flat = data.replace(b"\r\n", b"\n")
    head, _, body = flat.partition(b"\n\n")
    found = _MESSAGE_ID.search(head)
    digest = hashlib.sha256((found[1] if found else head) + b"\n\n" + body.strip())
    return digest.hexdigest()


def keep_all(messages: Sequence[bytes]) -> list[str]:
    """Put them all on disk; their SHA-256."""
    with ThreadPoolExecutor(min(TOGETHER, max(1, len(messages)))) as pool:
        return list(pool.map(keep, messages))


def keep(data: bytes) -> str:
    """Put the bytes on disk under their SHA-256, untouched. Returns it."""
    digest = hashlib.sha256(data).hexdigest()
    final = stored(digest)
    if final.exists():
        return digest
    path, _, _ = written([data], Path(settings.DATA) / "files")
    final.parent.mkdir(parents=True, exist_ok=True)
    os.replace(path, final)
    return digest


def raw(arrival: Arrival) -> bytes:
    """The bytes as they came. Raises OSError when the file is gone."""
    return stored(arrival.sha256).read_bytes()
