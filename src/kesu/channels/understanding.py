"""What an arrival says, as a letter, whatever door it came by: so that all of them are shown, filed and joined in one way."""

from __future__ import annotations

from kesu.channels.arriving import raw
from kesu.channels.mail.letter import Letter, read
from kesu.channels.models import Arrival

MAIL, CALL, DEVICE = "mail", "call", "device"


def letter_of(arrival: Arrival) -> Letter:
    """Raises OSError when the bytes are gone."""
    if arrival.door in (CALL, DEVICE):
        text = raw(arrival).decode("utf-8", "replace")
        return Letter(sender=(arrival.sender, ""), subject=arrival.subject, text=text)
    return read(raw(arrival))
