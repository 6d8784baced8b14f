"""What customers who wrote by e-mail are told by e-mail: that it arrived, what we tell and ask them on their page, that there is a result.

Every letter carries our own message id, goes on in their thread, has the number in its subject and a reply address of its case. A worker
claims letters under a lease, as with notices to staff (channels.outbox); a copy after a crash has the same id.
"""

from __future__ import annotations

import smtplib
import uuid
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import QuerySet

from kesu.channels.belonging import reply_address
from kesu.channels.handlers import tell_handler
from kesu.channels.mail.plaintext import REPLY_ABOVE, REPLY_ABOVE_EN
from kesu.channels.models import Answer, Arrival
from kesu.channels.out import customers
from kesu.channels.out.falling import fall
from kesu.channels.out.means import Told
from kesu.channels.out.writing import language_of
from kesu.channels.outbox import BACKEND, BATCH, LEASE, PAUSES, TRIES
from kesu.channels.sealing import token
from kesu.company.errands import unclaimed
from kesu.complaints.storing import insert_unless_there

RECEIPTS_A_DAY = 5  # to one address: whoever gets more is a machine, or has had enough of them


def answer_due(at: datetime) -> int:
    """A chore: tells customers what is new, by whatever means; sends the letters that are due. Returns how many it dealt with."""
    customers.tell_new(at)
    if not settings.EMAIL_HOST:
        return 0
    return send_due(at)


def hand_over(told: Told, at: datetime) -> bool:
    """Write a letter in the thread of a customer who wrote to a mailbox of ours; False where there is none, or they get too many."""
    if not settings.EMAIL_HOST:
        return False
    rows = Arrival.objects.filter(case=told.case, state__in=["filed", "joined"], mailbox__active=True, mailbox__writes=True)
    thread = list(rows.exclude(sender="").select_related("mailbox", "case__site__company", "case__customer").order_by("id"))
    if not thread:
        return False
    answer = _answer(told, thread, at)
    if _too_many(answer, at):
        return False
    insert_unless_there([answer])
    return True


def _too_many(answer: Answer, at: datetime) -> bool:
    if answer.kind != "received":
        return False
    return Answer.objects.filter(address=answer.address, kind="received", at__gt=at - timedelta(days=1)).count() >= RECEIPTS_A_DAY


def _answer(told: Told, thread: list[Arrival], at: datetime) -> Answer:
    first, case = thread[0], told.case
    assert first.mailbox is not None
    language = language_of(case)
    subject = first.subject or case.title
    return Answer(
        case=case,
        mailbox=first.mailbox,
        key=told.topic,
        kind=told.kind,
        address=first.sender,
        message_id=f"<kesu.a.{token('answer', told.topic, 40)}@{first.mailbox.address.rpartition('@')[2]}>",
        replies_to=" ".join(row.message_id for row in thread if row.message_id)[:4000],
        subject=" ".join(f"Re: {subject[:200]} ({case.number})".split()),
        body=body_of(told, language),
        at=at,
        next_at=at,  # a letter wakes nobody: no quiet hours
    )


def body_of(told: Told, language: str) -> str:
    """The letter in the customer's language: what is told, the number, the page, how to answer."""
    case, zh = told.case, language.startswith("zh")
    lines = [
        f"—— {REPLY_ABOVE if zh else REPLY_ABOVE_EN} ——",
        "",
        told.words(language),
        "",
        f"单号：{case.number}" if zh else f"Number: {case.number}",
        *([f"进度和答复：{told.link}" if zh else f"How it stands, and our answer: {told.link}"] if told.link else []),
        "直接回复这封邮件，就是补充这件事。" if zh else "Reply to this letter to add something.",
        "",
        " ".join(filter(None, [case.site.company.name, case.site.name, case.site.phone or case.site.company.phone])),
    ]
    return "\n".join(lines)


def send_due(at: datetime) -> int:
    """Send one batch of letters that are due, or whose worker has died."""
    lease = uuid.uuid4().hex
    answers = _claim(at, lease)
    if not answers:
        return 0
    server = get_connection(BACKEND, fail_silently=False)
    try:
        for answer in answers:
            _send(server, answer, lease, at)
    finally:
        with suppress(smtplib.SMTPException, OSError):
            server.close()
    return len(answers)


def _claim(at: datetime, lease: str) -> list[Answer]:
    waiting = Answer.objects.filter(state__in=["waiting", "sending"], next_at__lte=at)
    if not waiting.exists():
        return []
    with transaction.atomic():
        rows = unclaimed(waiting).select_related("mailbox", "case__site__company", "case__handler")
        answers = list(rows.order_by("next_at", "id")[:BATCH])
        ids = [answer.pk for answer in answers]
        Answer.objects.filter(pk__in=ids).update(state="sending", next_at=at + LEASE, lease=lease)
    return answers


def _send(server: BaseEmailBackend, answer: Answer, lease: str, at: datetime) -> None:
    mine = Answer.objects.filter(pk=answer.pk, lease=lease, state="sending")
    try:
        server.send_messages([letter_for(answer)])
    except (smtplib.SMTPException, OSError) as problem:
        _failed(mine, answer, problem, at)
    else:
        mine.update(state="sent", next_at=None, tries=answer.tries + 1, error="", lease="")


def _failed(mine: QuerySet[Answer], answer: Answer, problem: Exception, at: datetime) -> None:
    tries, why = answer.tries + 1, f"{type(problem).__name__}: {problem}"[:300]
    codes = [code for code, _ in problem.recipients.values()] if isinstance(problem, smtplib.SMTPRecipientsRefused) else []
    if tries >= TRIES or (codes and all(code >= 500 for code in codes)):
        with transaction.atomic():
            if mine.update(state="failed", next_at=None, tries=tries, error=why, lease=""):
                fall(answer.key, 0, at)
                tell_handler(answer.case, "mail_bounced", f"failed:{answer.pk}", {"words": f"{answer.address} {why}"[:200]}, at)
    else:
        mine.update(state="waiting", next_at=at + PAUSES[tries - 1], tries=tries, error=why, lease="")


def letter_for(answer: Answer) -> EmailMessage:
    """The mail as it leaves."""
    address = answer.mailbox.address if answer.mailbox else settings.DEFAULT_FROM_EMAIL
    ids = answer.replies_to.split()
    headers = {
        "Message-ID": answer.message_id,
        "Auto-Submitted": "auto-replied" if answer.kind == "received" else "auto-generated",
        "X-Auto-Response-Suppress": "All",
        **({"In-Reply-To": ids[-1], "References": " ".join(_few(ids))} if ids else {}),
    }
    return EmailMessage(
        subject=answer.subject,
        body=answer.body,
        from_email=formataddr((answer.case.site.company.name, address)),
        to=[answer.address],
        reply_to=[reply_address(address, answer.case_id)],
        headers=headers,
    )


def _few(ids: list[str]) -> Iterable[str]:
    """The first and the last ones: enough for every reader, short enough for a header."""
    return ids if len(ids) <= 6 else [ids[0], *ids[-5:]]
