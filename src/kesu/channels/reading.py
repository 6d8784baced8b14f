"""Reading an arrival as a letter, whatever door it came by: for the page that shows it, and for people who file or join it."""

from __future__ import annotations

from kesu.channels.arriving import raw
from kesu.channels.mail.letter import Letter, read
from kesu.channels.models import Arrival
from kesu.channels.wechat import reading as wechat
from kesu.channels.wechat.arriving import WECHAT


def letter_of(row: Arrival) -> Letter:
    """Sender, words and files. Raises OSError when the bytes are gone from the disk."""
    return wechat.letter_of(row) if row.door == WECHAT else read(raw(row))
