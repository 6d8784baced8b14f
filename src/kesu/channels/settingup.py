"""Setting up mailboxes, and sending again what got stuck. Only people whose role opens set-up come here; the pages see to that."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

from django.db.models import QuerySet

from kesu.channels.models import Answer, Mailbox
from kesu.channels.sealing import push_key, seal
from kesu.company.models import Person, Site
from kesu.procedure.refused import Refused

TOLERANCE = timedelta(minutes=5)  # how old or young a pushed message's time may be, so that a recorded request is soon worth nothing
STUCK = ("failed", "bounced")


def mailboxes(person: Person) -> QuerySet[Mailbox]:
    """The company's own."""
    return Mailbox.objects.filter(company_id=person.company_id).select_related("site").order_by("address")


def save_mailbox(person: Person, mailbox: Mailbox, password: str, at: datetime) -> Mailbox:
    """Store a mailbox; an empty password keeps the one there is. Another server, login or folder begins anew. Raises Refused."""
    if not Site.objects.filter(pk=mailbox.site_id, company_id=person.company_id).exists():
        raise Refused("site", "请选一个服务点", "choose a site", field="site")
    mailbox.company_id, mailbox.address = person.company_id, mailbox.address.strip().lower()
    same = Mailbox.objects.filter(company_id=person.company_id, address=mailbox.address).exclude(pk=mailbox.pk)
    if same.exists():
        raise Refused("twice", "这个邮箱已经设过了", "that mailbox is set up already", field="address")
    before = Mailbox.objects.filter(pk=mailbox.pk).first()
    if before and (before.host, before.login, before.folder) != (mailbox.host, mailbox.login, mailbox.folder):
        mailbox.uidvalidity = mailbox.last_uid = 0
    if before and before.host != mailbox.host and not password:
        mailbox.sealed = ""  # a password is not handed to another server than the one it was given for
    mailbox.sealed = seal(password) if password else mailbox.sealed
    mailbox.failures, mailbox.fault, mailbox.next_try_at = 0, "", None
    mailbox.save()
    return mailbox


def push_secret(mailbox: Mailbox) -> str:
    """What whoever pushes messages signs with; never stored, made from the installation's key."""
    return "whsec_" + base64.b64encode(push_key(mailbox.pk)).decode()


def is_signed(mailbox: Mailbox, id: str, stamp: str, signatures: str, body: bytes, at: datetime) -> bool:
    """Whether a pushed message was signed with our secret just now."""
    return is_signed_with(push_key(mailbox.pk), id, stamp, signatures, body, at)


def is_signed_with(key: bytes, id: str, stamp: str, signatures: str, body: bytes, at: datetime) -> bool:
    """Whether somebody who has the key signed it (standard web hooks, v1) just now."""
    if not stamp.isdecimal() or len(stamp) > 12 or abs(at.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        return False
    digest = hmac.new(key, f"{id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    wanted = f"v1,{base64.b64encode(digest).decode()}".encode()
    return any(hmac.compare_digest(one.encode(), wanted) for one in signatures.split()[:10])


def stuck(person: Person) -> QuerySet[Answer]:
    """Letters to customers that did not arrive or could not be sent, newest first."""
    rows = Answer.objects.filter(case__company_id=person.company_id, state__in=STUCK) | Answer.objects.filter(
        case__company_id=person.company_id, state="waiting", tries__gt=0
    )
    return rows.select_related("case").order_by("-id")


def send_again(person: Person, answer_id: int, at: datetime) -> Answer:
    """Send a stuck letter once more, at once. Raises Answer.DoesNotExist for a stranger's."""
    answer = stuck(person).get(pk=answer_id)
    Answer.objects.filter(pk=answer.pk).update(state="waiting", next_at=at, tries=0, lease="")
    return answer
