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
from django.db import connection, transaction
from django.db.models import QuerySet

from kesu.channels import bounces
from kesu.channels.belonging import reply_address
from kesu.channels.mail.plaintext import REPLY_ABOVE
from kesu.channels.models import Answer, Arrival, Mailbox
from kesu.channels.outbox import BACKEND, BATCH, LEASE, PAUSES, TRIES
from kesu.channels.sealing import token
from kesu.complaints.models import Case, CustomerNotice, Question
from kesu.complaints.storing import insert_unless_there

LATELY = timedelta(days=2)  # older things are no news any more: a mailbox that is switched on later does not write about the past
LOOKED_AT = 500  # newest rows of each kind that are looked at
RECEIPTS_A_DAY = 5  # to one address: whoever gets more is a machine, or has had enough of them


def answer_due(at: datetime) -> int:
    """A chore: writes what is to be told, sends what is due. Returns how many letters it sent or tried to send."""
    if not settings.EMAIL_HOST or not Mailbox.objects.filter(active=True, writes=True).exists():
        return 0
    write_new(at)
    return send_due(at)


def write_new(at: datetime) -> None:
    """Letters for everything that is new to customers who wrote to a mailbox of ours; each once by its key."""
    since = at - LATELY
    told: dict[str, tuple[int, str, str]] = {}  # key → case, kind, words
    filed = Arrival.objects.filter(state="filed", door="mail", done_at__gt=since).exclude(sender="").order_by("-id")[:LOOKED_AT]
    for case_id in filed.values_list("case_id", flat=True):
        told[f"received:{case_id}"] = (case_id, "received", "您的来信收到了，我们会尽快办理。")
    for notice in CustomerNotice.objects.filter(at__gt=since).order_by("-id")[:LOOKED_AT]:
        told[f"notice:{notice.pk}"] = (notice.case_id, "notice", notice.words)
    for question in Question.objects.filter(asked_at__gt=since, answered_at=None).order_by("-id")[:LOOKED_AT]:
        told[f"question:{question.pk}"] = (question.case_id, "question", f"想请问您：{question.words}")
    for case_id, number in Case.objects.filter(told_at__gt=since).order_by("-id")[:LOOKED_AT].values_list("pk", "round"):
        told[f"told:{case_id}:{number}"] = (case_id, "told", "您反映的事有了结果，请看下面的页面。")
    known = set(Answer.objects.filter(key__in=told).values_list("key", flat=True))
    _write({key: value for key, value in told.items() if key not in known}, at)


def _write(told: dict[str, tuple[int, str, str]], at: datetime) -> None:
    ids = {case_id for case_id, _, _ in told.values()}
    if not ids:
        return
    rows = Arrival.objects.filter(case__in=ids, state__in=["filed", "joined"], mailbox__active=True, mailbox__writes=True)
    threads: dict[int, list[Arrival]] = {}
    for row in rows.exclude(sender="").select_related("mailbox", "case__site__company").order_by("id"):
        threads.setdefault(row.case_id or 0, []).append(row)
    answers = [_answer(key, kind, words, threads[case_id], at) for key, (case_id, kind, words) in told.items() if threads.get(case_id)]
    insert_unless_there([one for one in answers if not _too_many(one, at)])


def _too_many(answer: Answer, at: datetime) -> bool:
    if answer.kind != "received":
        return False
    return Answer.objects.filter(address=answer.address, kind="received", at__gt=at - timedelta(days=1)).count() >= RECEIPTS_A_DAY


def _answer(key: str, kind: str, words: str, thread: list[Arrival], at: datetime) -> Answer:
    first, case = thread[0], thread[0].case
    assert case is not None and first.mailbox is not None
    subject = first.subject or case.title
    link = f"{settings.BASE_URL}/c/{case.token}/" if settings.BASE_URL and not case.token_off else ""
    lines = [
        f"—— {REPLY_ABOVE} ——",
        "",
        words,
        "",
        f"单号：{case.number}",
        *([f"进度和答复：{link}"] if link else []),
        "直接回复这封邮件，就是补充这件事。",
        "",
        " ".join(filter(None, [case.site.company.name, case.site.name, case.site.phone or case.site.company.phone])),
    ]
    return Answer(
        case=case,
        mailbox=first.mailbox,
        key=key,
        kind=kind,
        address=first.sender,
        message_id=f"<kesu.a.{token('answer', key, 40)}@{first.mailbox.address.rpartition('@')[2]}>",
        replies_to=" ".join(row.message_id for row in thread if row.message_id)[:4000],
        subject=" ".join(f"Re: {subject[:200]} ({case.number})".split()),
        body="\n".join(lines),
        at=at,
        next_at=at,
    )


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
        skip = {"skip_locked": True} if connection.features.has_select_for_update_skip_locked else {}
        rows = waiting.select_for_update(of=("self",), **skip).select_related("mailbox", "case__site__company", "case__handler")
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
        mine.update(state="failed", next_at=None, tries=tries, error=why, lease="")
        bounces.tell(answer.case, "mail_bounced", f"failed:{answer.pk}", {"words": f"{answer.address} {why}"[:200]}, at)
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
