"""Mail: what waits in the outbox is sent by any number of workers, once each; what fails is tried again, later each time.

A worker claims letters under a lease (`mail_lease`, until `mail_at`). Whoever dies in between loses the lease, and another sends the letter
again under the same Message-ID, so that a mail server or reader may drop the copy. Without a mail server nothing is kept waiting.
Notices to one person that come together, or right after another letter, are one letter (channels.batching).
"""

from __future__ import annotations

import logging
import smtplib
import time
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import QuerySet

from kesu.channels.batching import hold_back, put_together
from kesu.channels.customerletters import NotAsKept, customer_mail
from kesu.company.errands import unclaimed
from kesu.complaints.models import Letter, Notice
from kesu.complaints.notice_words import own_page, subject_of, words_of
from kesu.complaints.queries.inbox import discreet

BATCH = 20  # letters claimed at once
LEASE = timedelta(minutes=5)
PATIENCE = LEASE.total_seconds() / 2  # after that the rest of a batch is given back rather than sent under a lease that may end
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 60, 120, 240, 480)]  # before the second, third … try
TRIES = len(PAUSES) + 1
BACKEND = "django.core.mail.backends.smtp.EmailBackend"

Sent = Notice | Letter
BESIDE: dict[type[Sent], tuple[str, ...]] = {
    Notice: ("person__company", "case__site__company", "case__home", "case__customer"),
    Letter: ("attachment",),
}  # read with each
WITHOUT_SERVER: dict[type[Sent], dict[str, str]] = {  # a customer's letter is not given up in silence
    Notice: {"mail": "none"},
    Letter: {"mail": "failed", "mail_error": "没有邮件服务器 / no mail server"},
}

log = logging.getLogger("kesu.outbox")


def deliver_due(at: datetime) -> int:
    """A chore: sends one batch of notices to staff and one of letters to customers that are due. Returns how many it dealt with."""
    return sum(_deliver(kind, at) for kind in BESIDE)


def _deliver(kind: type[Sent], at: datetime) -> int:
    if not _due(at, kind).exists():  # no write lock for nothing
        return 0
    if not settings.EMAIL_HOST:
        return _due(at, kind).update(**WITHOUT_SERVER[kind], mail_at=None)
    token = uuid.uuid4().hex
    letters = _claim(at, token, kind)
    _Round(at, token).send(discreet(letters, at) if kind is Notice else letters)  # type: ignore[arg-type]  # notices, by their kind
    return len(letters)


def _due(at: datetime, kind: type[Sent] = Notice) -> QuerySet[Sent]:
    """Waiting letters whose time has come, and letters whose worker has died (the lease has ended)."""
    return kind._default_manager.filter(mail__in=["waiting", "sending"], mail_at__lte=at)


def _claim(at: datetime, token: str, kind: type[Sent] = Notice) -> list[Sent]:
    """Take a batch under a lease; nobody else can take the same."""
    with transaction.atomic():
        letters = list(unclaimed(_due(at, kind)).select_related(*BESIDE[kind]).order_by("mail_at")[:BATCH])
        held = hold_back(letters, at) if kind is Notice else []  # type: ignore[arg-type]  # notices, by their kind
        letters = [letter for letter in letters if letter not in held]
        if kind is Notice:
            put_together(letters)  # type: ignore[arg-type]
        for letter in letters:
            letter.mail, letter.mail_at, letter.mail_lease, letter.mail_tries = "sending", at + LEASE, token, letter.mail_tries + 1
        rows: Any = kind._default_manager
        rows.bulk_update(held, ["mail_at"])
        rows.bulk_update(letters, ["mail", "mail_at", "mail_lease", "mail_tries", *(["mail_group"] if kind is Notice else [])])
    return letters


def together(letters: Sequence[Sent]) -> Iterable[list[Sent]]:
    """The letters as they leave: notices that were put together are one."""
    groups: dict[object, list[Sent]] = {}
    for letter in letters:
        groups.setdefault(letter.mail_group or letter.pk if isinstance(letter, Notice) else letter.pk, []).append(letter)
    return groups.values()


class _Round:
    """One batch on one connection to the mail server."""

    def __init__(self, at: datetime, token: str) -> None:
        self._at, self._token = at, token
        self._server: BaseEmailBackend | None = None
        self._began = time.monotonic()
        self._unreachable = ""

    def send(self, letters: Sequence[Sent]) -> None:
        """Send each letter and write down at once what became of it."""
        try:
            for group in together(letters):
                self._one(group)
        finally:
            self._hang_up()

    def _one(self, group: list[Sent]) -> None:
        first = group[0]
        if isinstance(first, Notice) and not (first.person.is_active and first.person.email and first.person.by_email):
            self._write(group, mail="none", mail_at=None)
        elif time.monotonic() - self._began > PATIENCE:
            self._write(group, mail="waiting", mail_at=self._at, mail_tries=first.mail_tries - 1)
        elif self._unreachable:
            self._later(group, self._unreachable)
        else:
            self._post(group)

    def _post(self, group: list[Sent]) -> None:
        try:
            self._connection().send_messages([letter_for(group[0], group[1:])])
        except NotAsKept as problem:
            self._write(group, mail="failed", mail_at=None, mail_error=str(problem))
        except smtplib.SMTPRecipientsRefused as problem:
            self._refused(group, problem)
        except (smtplib.SMTPException, OSError) as problem:
            self._failed(group, problem)
        else:
            left = {"mailed_at": self._at} if isinstance(group[0], Notice) else {}
            self._write(group, mail="sent", mail_at=None, mail_error="", **left)

    def _connection(self) -> BaseEmailBackend:
        if self._server is None:
            server = get_connection(BACKEND, fail_silently=False)
            try:
                server.open()
            except (smtplib.SMTPException, OSError) as problem:
                self._unreachable = _words(problem)
                raise
            self._server = server
        return self._server

    def _hang_up(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            try:
                server.close()
            except (smtplib.SMTPException, OSError):
                log.debug("the mail server hung up first")

    def _refused(self, group: list[Sent], problem: smtplib.SMTPRecipientsRefused) -> None:
        """A server that refuses the address for good (5xx) is not asked again."""
        self._hang_up()
        codes = [code for code, _ in problem.recipients.values()]
        if codes and all(code >= 500 for code in codes):
            self._write(group, mail="failed", mail_at=None, mail_error=_words(problem))
        else:
            self._later(group, _words(problem))

    def _failed(self, group: list[Sent], problem: Exception) -> None:
        self._hang_up()
        self._later(group, _words(problem))

    def _later(self, group: list[Sent], why: str) -> None:
        tries = max(letter.mail_tries for letter in group)
        if tries >= TRIES:
            log.warning("letter %s given up after %s tries: %s", group[0].pk, tries, why)
            self._write(group, mail="failed", mail_at=None, mail_error=why)
        else:
            self._write(group, mail="waiting", mail_at=self._at + PAUSES[tries - 1], mail_error=why)

    def _write(self, group: list[Sent], **changes: object) -> None:
        """Only while the lease is still ours: a slow worker does not undo what another has written since."""
        rows = type(group[0])._default_manager.filter(pk__in=[letter.pk for letter in group])
        rows.filter(mail="sending", mail_lease=self._token).update(mail_lease="", **changes)


def _words(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}"[:200]


def letter_for(notice: Sent, more: Sequence[Sent] = ()) -> EmailMessage:
    """The mail: what happened, to which complaint, where to look; `more` are notices told in the same letter. In the person's language.

    A customer's letter goes as it was kept.
    """
    if isinstance(notice, Letter):
        return customer_mail(notice)
    language = notice.person.language
    all_of_them = [notice, *(one for one in more if isinstance(one, Notice))]
    return EmailMessage(
        subject=_subject(all_of_them, language),
        body=_body(all_of_them, language),
        to=[notice.person.email],
        headers={"Message-ID": message_id(notice), "Auto-Submitted": "auto-generated"},
    )


def message_id(notice: Notice) -> str:
    """The same for every try: the unique key of the (first) notice stands in it."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    key = notice.mail_group or notice.key
    return f"<kesu.{uuid.uuid5(uuid.NAMESPACE_URL, f'{notice.company_id}/{key}').hex}@{domain}>"


def _subject(notices: list[Notice], language: str) -> str:
    first, more = subject_of(notices[0], language), len(notices) - 1
    if not more:
        return first
    return f"{first}，另有 {more} 条" if language.startswith("zh") else f"{first}, and {more} more"


def _body(notices: list[Notice], language: str) -> str:
    zh, lines = language.startswith("zh"), []
    for notice in notices:
        words = words_of(notice, language)
        lines += [words.title, words.body, "", _place(notice, zh), ""]
    lines.append(_foot(zh))
    return "\n".join(line for n, line in enumerate(lines) if line or lines[n - 1])


def _place(notice: Notice, zh: bool) -> str:
    if notice.case is None:
        return f"{settings.BASE_URL}/" if settings.BASE_URL else ""
    if settings.BASE_URL and own_page(notice):
        return f"{settings.BASE_URL}/asked/"
    if settings.BASE_URL:
        return f"{settings.BASE_URL}/cases/{notice.case.number}/"
    return f"单号 {notice.case.number}" if zh else f"No. {notice.case.number}"


def _foot(zh: bool) -> str:
    return (
        "这封信由客诉自动发出，请勿回复。不想收可在“我的账号”里关掉。"
        if zh
        else "Sent by Kesu; please do not reply. You can switch these mails off in “My account”."
    )
