"""Mail leaves once, by a real mail server: down, hesitant, slow; workers that die; two workers at once."""

from __future__ import annotations

import re
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db import connection
from tests.cast import Cast

from kesu.channels import outbox
from kesu.channels.outbox import deliver_due
from kesu.complaints import actions
from kesu.complaints.files import stored
from kesu.complaints.models import Case, Letter, Notice


class Postman:
    """A mail server's memory: what it took, and what it says to the next letters."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.answers: list[str] = []  # said to the next letters instead of taking them
        self.to_recipients: dict[str, str] = {}

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        if address in self.to_recipients:
            return self.to_recipients[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answers and (answer := self.answers.pop(0)):
            return answer
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


def free_port() -> int:
    """A port that nobody has at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def postman(settings: Any) -> Iterator[Postman]:
    """A real SMTP server on this machine that Kesu is set to use."""
    memory = Postman()
    controller = Controller(memory, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.DEFAULT_FROM_EMAIL, settings.BASE_URL = "kesu@heyan.example", "https://kesu.heyan.example"
    yield memory
    controller.stop()


@pytest.fixture
def notice(cast: Cast, at: datetime) -> Notice:
    """周海 has an address and is told of a dispatch."""
    cast.zhou_hai.email = "zhou@heyan.example"
    cast.zhou_hai.save()
    cast.judged(cast.complaint(), at=at)
    return Notice.objects.get(person=cast.zhou_hai)


def minutes(at: datetime, count: float) -> datetime:
    return at + timedelta(minutes=count)


def test_a_letter_says_what_happened_where_to_look(postman: Postman, notice: Notice, at: datetime) -> None:
    assert notice.mail == "waiting"
    assert deliver_due(at) == 1
    letter = postman.letters[0]
    assert letter["Subject"].strip() == f"派来一张投诉单，等签收：{notice.case.title} ({notice.case.number})"
    assert (letter["To"], letter["From"]) == ("zhou@heyan.example", "kesu@heyan.example")
    assert f"https://kesu.heyan.example/cases/{notice.case.number}/" in letter.get_content()
    notice.refresh_from_db()
    assert (notice.mail, notice.mail_tries, notice.mail_lease) == ("sent", 1, "")


def test_a_letter_is_written_in_the_persons_language(postman: Postman, notice: Notice, at: datetime) -> None:
    notice.person.language = "en"
    notice.person.save()
    deliver_due(at)
    assert postman.letters[0]["Subject"].strip().startswith("A complaint was sent to you: sign for it: ")
    assert "Sent by Kesu" in postman.letters[0].get_content()


def test_a_sent_letter_is_not_sent_again(postman: Postman, notice: Notice, at: datetime) -> None:
    assert [deliver_due(minutes(at, n)) for n in (0, 1, 600)] == [1, 0, 0]
    assert len(postman.letters) == 1


def test_without_a_mail_server_nothing_is_kept_waiting(notice: Notice, at: datetime, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    assert deliver_due(at) == 1
    notice.refresh_from_db()
    assert notice.mail == "none" and deliver_due(minutes(at, 1)) == 0


def test_nothing_to_send_asks_once_of_each_kind_and_locks_nothing(cast: Cast, at: datetime, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        deliver_due(at)


def test_a_server_that_is_down_is_tried_later_each_time_and_given_up_after_eight(
    postman: Postman, notice: Notice, at: datetime, settings: Any
) -> None:
    settings.EMAIL_PORT = 1  # nobody listens there
    waits = []
    for _ in range(outbox.TRIES):
        notice.refresh_from_db()
        assert notice.mail == "waiting" and deliver_due(notice.mail_at - timedelta(seconds=1)) == 0
        moment = notice.mail_at
        assert deliver_due(moment) == 1
        notice.refresh_from_db()
        waits.append((notice.mail_at - moment).total_seconds() / 60 if notice.mail_at else None)
    assert waits == [1, 5, 30, 60, 120, 240, 480, None]
    assert (notice.mail, notice.mail_tries) == ("failed", 8) and "ConnectionRefused" in notice.mail_error


def test_a_server_that_comes_back_gets_the_letter(postman: Postman, notice: Notice, at: datetime, settings: Any) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    deliver_due(at)
    settings.EMAIL_PORT = port
    deliver_due(minutes(at, 1))
    notice.refresh_from_db()
    assert (notice.mail, notice.mail_error, len(postman.letters)) == ("sent", "", 1)


def test_try_again_later_is_taken_at_its_word(postman: Postman, notice: Notice, at: datetime) -> None:
    postman.answers = ["451 try again later"]
    deliver_due(at)
    notice.refresh_from_db()
    assert notice.mail == "waiting" and "451" in notice.mail_error and not postman.letters
    deliver_due(minutes(at, 1))
    assert len(postman.letters) == 1


def test_an_address_refused_for_good_is_not_asked_again_and_holds_nobody_up(
    postman: Postman, notice: Notice, cast: Cast, at: datetime
) -> None:
    other = second(notice, cast)
    postman.to_recipients = {"zhou@heyan.example": "550 no such mailbox"}
    assert deliver_due(at) == 2
    notice.refresh_from_db(), other.refresh_from_db()
    assert (notice.mail, other.mail) == ("failed", "sent") and "550" in notice.mail_error


def test_a_full_mailbox_is_tried_again(postman: Postman, notice: Notice, at: datetime) -> None:
    postman.to_recipients = {"zhou@heyan.example": "452 mailbox full"}
    deliver_due(at)
    notice.refresh_from_db()
    assert notice.mail == "waiting" and notice.mail_at == minutes(at, 1)


def second(notice: Notice, cast: Cast) -> Notice:
    """Another letter of the same moment, to somebody else."""
    cast.lin_xiao.email = "lin@heyan.example"
    cast.lin_xiao.save()
    return Notice.objects.create(
        company=cast.company,
        person=cast.lin_xiao,
        case=notice.case,
        kind="dispatch",
        key="second",
        at=notice.at,
        mail="waiting",
        mail_at=notice.at,
    )


def test_a_worker_that_dies_after_sending_loses_its_lease_and_the_copy_is_known_by_its_id(
    postman: Postman, notice: Notice, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        """As by kill -9: nothing after it runs."""

    def killed(*_: object, **__: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(outbox._Round, "_write", killed)
        with pytest.raises(KilledError):
            deliver_due(at)
    notice.refresh_from_db()
    assert notice.mail == "sending" and deliver_due(minutes(at, 4.9)) == 0
    assert deliver_due(minutes(at, 5)) == 1
    notice.refresh_from_db()
    assert (notice.mail, notice.mail_tries) == ("sent", 2)
    first, copy = postman.letters
    assert first["Message-ID"] == copy["Message-ID"]


def test_a_worker_that_was_too_slow_does_not_undo_what_another_wrote(postman: Postman, notice: Notice, at: datetime) -> None:
    letters = outbox._claim(at, "slow")
    assert deliver_due(minutes(at, 6)) == 1
    outbox._Round(at, "slow")._later(letters[:1], "too late")
    notice.refresh_from_db()
    assert notice.mail == "sent"


def test_message_ids_differ_from_letter_to_letter(notice: Notice, cast: Cast) -> None:
    assert outbox.message_id(notice) != outbox.message_id(second(notice, cast))
    assert outbox.message_id(notice) == outbox.message_id(Notice.objects.get(pk=notice.pk))


@pytest.mark.parametrize("change", [{"email": ""}, {"by_email": False}, {"is_active": False}])
def test_who_does_not_want_mail_any_more_gets_none(postman: Postman, notice: Notice, at: datetime, change: dict[str, Any]) -> None:
    for name, value in change.items():
        setattr(notice.person, name, value)
    notice.person.save()
    deliver_due(at)
    notice.refresh_from_db()
    assert notice.mail == "none" and not postman.letters


def test_a_title_of_two_lines_makes_no_header_of_its_own(postman: Postman, notice: Notice, at: datetime) -> None:
    notice.case.title = "电梯\r\nBcc: everybody@heyan.example"
    notice.case.save()
    deliver_due(at)
    letter = postman.letters[0]
    assert letter["Bcc"] is None and "Bcc: everybody" in letter["Subject"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_letter_once(postman: Postman, at: datetime) -> None:
    from tests.cast import found

    cast = found(at)
    cast.zhou_hai.email = "zhou@heyan.example"
    cast.zhou_hai.save()
    case = cast.complaint()
    rows = [
        Notice(
            company=cast.company,
            person=cast.zhou_hai,
            case=case,
            kind="note",
            key=f"k{n}",
            at=at,
            mail="waiting",
            mail_at=at,
            data={"words": f"〔{n}〕"},
        )
        for n in range(50)
    ]
    Notice.objects.bulk_create(rows)
    start = threading.Barrier(2)

    def worker() -> None:
        try:
            for minute in (0, 6, 12, 18):
                start.wait(60)
                while deliver_due(minutes(at, minute)):
                    pass
        finally:
            connection.close()

    workers = [threading.Thread(target=worker) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(60)
    ids = [letter["Message-ID"] for letter in postman.letters]
    said = Counter(word for letter in postman.letters for word in re.findall(r"〔\d+〕", letter.get_content()))
    assert len(ids) == len(set(ids)) < 10 and said == {f"〔{n}〕": 1 for n in range(50)}
    assert set(Notice.objects.exclude(mail="none").values_list("mail", flat=True)) == {"sent"}


def test_what_comes_right_after_a_letter_goes_together_and_at_night_only_what_is_urgent(
    postman: Postman, notice: Notice, cast: Cast, at: datetime
) -> None:
    def told(key: str, kind: str, when: datetime) -> Notice:
        row = {"company": cast.company, "person": cast.zhou_hai, "case": notice.case, "mail": "waiting"}
        return Notice.objects.create(**row, kind=kind, key=key, data={"words": f"〔{key}〕"}, at=when, mail_at=when)

    assert deliver_due(at) == 1
    told("one", "note", minutes(at, 1)), told("two", "note", minutes(at, 2))
    assert [deliver_due(minutes(at, n)) for n in (2, 4.9, 5)] == [0, 0, 2] and len(postman.letters) == 2
    assert postman.letters[1]["Subject"].strip().endswith("，另有 1 条")
    assert "〔one〕" in (text := postman.letters[1].get_content()) and "〔two〕" in text and text.count("/cases/") == 2
    night = at.replace(hour=22, minute=0)
    told("three", "note", night), told("late", "climbed", night)
    deliver_due(night)
    assert len(postman.letters) == 3 and "〔late〕" in postman.letters[2].get_content()
    morning = night + timedelta(hours=9)
    assert deliver_due(morning - timedelta(seconds=1)) == 0 and deliver_due(morning) == 1
    told("four", "note", before := night.replace(hour=21, minute=59, second=59) + timedelta(days=1))
    assert deliver_due(before) == 1


# --- letters to customers -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def letter(postman: Postman, cast: Cast, at: datetime) -> Letter:
    """A letter that 林晓 sends to the customer's address; the mail server has not got it yet."""
    case = cast.judged(cast.complaint(), at=at)
    row = actions.draft_letter(cast.lin_xiao, case.pk, kind="letter_result", title="办理结果", text="修好了。", at=at)
    said: dict[str, Any] = {"letter_id": row.pk, "revision": 1, "way": "mail", "to": "min@example.com"}
    return actions.send_letter(cast.lin_xiao, case.pk, **said, pdf=b"%PDF-1.7 as sent", at=at)


def test_the_customer_gets_the_bytes_that_are_kept_in_the_words_that_are_kept(postman: Postman, letter: Letter, at: datetime) -> None:
    Case.objects.filter(pk=letter.case_id).update(title="后来改了")
    deliver_due(at)
    deliver_due(minutes(at, 60))
    assert len(postman.letters) == 1
    mail = postman.letters[0]
    assert (mail["To"], mail["Subject"]) == ("min@example.com", letter.subject)
    body, enclosed = mail.get_body(), list(mail.iter_attachments())
    assert body is not None and body.get_content().splitlines() == letter.cover.splitlines()
    assert [(part.get_filename(), part.get_content()) for part in enclosed] == [("办理结果.pdf", b"%PDF-1.7 as sent")]
    letter.refresh_from_db()
    assert letter.mail == "sent"


def test_an_address_that_is_refused_is_said_and_the_same_bytes_may_go_another_way(
    postman: Postman, cast: Cast, letter: Letter, at: datetime
) -> None:
    postman.to_recipients["min@example.com"] = "550 no such user"
    deliver_due(at)
    letter.refresh_from_db()
    assert letter.mail == "failed" and "550" in letter.mail_error and letter.open
    again: dict[str, Any] = {"letter_id": letter.pk, "revision": 1, "way": "post", "words": "SF1", "pdf": b"%PDF-1.7 another"}
    kept = letter.attachment_id
    letter = actions.send_letter(cast.lin_xiao, letter.case_id, **again, at=minutes(at, 5))
    assert (letter.way, letter.mail, letter.attachment_id) == ("post", "none", kept)


def test_an_archived_letter_that_was_changed_on_disk_does_not_go_out(postman: Postman, letter: Letter, at: datetime) -> None:
    assert letter.attachment
    path = stored(letter.attachment.sha256)
    path.write_bytes(b"%PDF-1.7 forged.")
    deliver_due(at)
    letter.refresh_from_db()
    assert letter.mail == "failed" and "PDF" in letter.mail_error and not postman.letters
    path.unlink()  # the files are the whole run's
