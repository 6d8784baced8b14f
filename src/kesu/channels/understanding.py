"""What an arrival says, as a letter, whatever door it came by: so that all of them are shown, filed and joined in one way."""

from __future__ import annotations

from kesu.channels.arriving import raw
from kesu.channels.mail.bodies import Enclosed
from kesu.channels.mail.letter import Letter, read
from kesu.channels.models import Arrival
from kesu.complaints.files import stored

MAIL, CALL, DEVICE, PAPER = "mail", "call", "device", "paper"


def letter_of(arrival: Arrival) -> Letter:
    """Raises OSError when the bytes are gone."""
    if arrival.door in (CALL, DEVICE):
        text = raw(arrival).decode("utf-8", "replace")
        return Letter(sender=(arrival.sender, ""), subject=arrival.subject, text=text)
    if arrival.door == PAPER:
        pages = list(arrival.pages.order_by("n"))
        text = "\n".join(page.said["story"] for page in pages if page.said and page.said.get("story"))
        enclosed = [Enclosed(page.name, page.kind, stored(page.sha256).read_bytes()) for page in pages]
        return Letter(subject=arrival.subject, text=text, enclosed=enclosed)
    return read(raw(arrival))
