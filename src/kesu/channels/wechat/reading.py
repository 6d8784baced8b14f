"""A message as a letter: what the page of arrivals shows, and what people file or join of it."""

from __future__ import annotations

from kesu.channels.arriving import raw
from kesu.channels.mail.bodies import Enclosed
from kesu.channels.mail.letter import Letter
from kesu.channels.models import Arrival, SentFile
from kesu.channels.wechat import message
from kesu.complaints.files import stored


def words_of(row: Arrival) -> str:
    """What the message says in one line of words, files and places in brackets. Never fails."""
    try:
        said = message.read(raw(row))
    except OSError:
        return "[读不到]"
    parts = [said.words, f"[位置] {said.place}" if said.place else "", f"[{said.file_name}]" if said.media_id else ""]
    parts.append(f"[{said.event} {said.menu}]".replace(" ]", "]") if said.kind == "event" else "")
    return " ".join(filter(None, parts)) or "[读不懂]"


def letter_of(row: Arrival) -> Letter:
    """Raises OSError when the bytes are gone."""
    said = message.read(raw(row))
    enclosed = []
    for file in SentFile.objects.filter(arrival=row).exclude(sha256=""):
        enclosed.append(Enclosed(file.name, file.kind, stored(file.sha256).read_bytes()))
    if not said.whole:
        return Letter(text=raw(row).decode("utf-8", "replace"), whole=False)
    return Letter(sender=("", said.sender), text=words_of(row), enclosed=enclosed)
