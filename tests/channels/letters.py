"""Letters for the tests of doors, and the mailbox they come to."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage

from tests.cast import Cast

from kesu.channels.arriving import arrive
from kesu.channels.models import Arrival, Mailbox
from kesu.channels.sorting import sort_new

MS_ZI = "zi@customer.example"


def mailbox(cast: Cast, **changes: object) -> Mailbox:
    """The mailbox of 榕砚里; its channel is the pack's own."""
    channel = next(row.id for row in cast.pack.channels if row.name == "电子邮件")
    row = {"company": cast.company, "site": cast.site, "address": "kefu@heyan.example", "channel": channel}
    return Mailbox.objects.create(**(row | changes))


def letter(subject: str = "停车月卡的收费", text: str = "办月卡，租客比业主贵三十。", sender: str = MS_ZI, **headers: str) -> bytes:
    """A customer's letter."""
    found = EmailMessage()
    found["From"], found["To"], found["Subject"] = f"訾先生 <{sender}>", "kefu@heyan.example", subject
    found["Message-ID"] = headers.pop("message_id", f"<{abs(hash((subject, text, sender)))}@customer.example>")
    for name, value in headers.items():
        del found[name.replace("_", "-")]
        found[name.replace("_", "-")] = value
    found.set_content(text)
    return found.as_bytes()


def take(box: Mailbox, data: bytes, at: datetime) -> Arrival:
    """It arrives and is sorted; the last arrival."""
    arrive(box, [(data, None)], at)
    while sort_new(at):
        pass
    return Arrival.objects.latest("id")
