"""Reading an arrival as a letter, whatever door it came by: for the page that shows it, and for people who file or join it."""

from __future__ import annotations

from kesu.channels.arriving import raw
from kesu.channels.mail.bodies import Enclosed
from kesu.channels.mail.letter import Letter, read
from kesu.channels.models import Arrival
from kesu.channels.wechat import reading as wechat
from kesu.channels.wechat.arriving import WECHAT
from kesu.complaints.files import stored

CALL, DEVICE, PAPER = "call", "device", "paper"


def letter_of(row: Arrival) -> Letter:
    """Sender, words and files. Raises OSError when the bytes are gone from the disk."""
    if row.door == WECHAT:
        return wechat.letter_of(row)
    if row.door == PAPER:
        return _pages(row)
    if row.door in (CALL, DEVICE):
        return Letter(sender=(row.sender, ""), subject=row.subject, text=raw(row).decode("utf-8", "replace").replace("\0", ""))
    return read(raw(row))


def _pages(row: Arrival) -> Letter:
    pages = list(row.pages.order_by("n"))
    text = "\n".join(page.said["story"] for page in pages if page.said and page.said.get("story"))
    enclosed = [Enclosed(page.name, page.kind, stored(page.sha256).read_bytes()) for page in pages]
    return Letter(subject=row.subject, text=text, enclosed=enclosed)
