"""What arrives becomes a case, part of one, or an item for a person; nothing is lost, nothing comes twice, no stranger gets in."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from tests.cast import Cast
from tests.channels.letters import MS_ZI, letter, mailbox, take
from tests.channels.test_outbox import Postman, postman

from kesu.channels import answering, deciding, sorting, telling
from kesu.channels.arriving import arrive, raw
from kesu.channels.belonging import reply_address
from kesu.channels.models import Answer, Arrival, Mailbox
from kesu.complaints import actions
from kesu.complaints.models import Case, JournalEntry, Notice
from kesu.config.commands import mail
from kesu.procedure.refused import Refused

__all__ = ["postman"]
INPUTS = [json.loads(line) for line in (Path(__file__).parents[1] / "data" / "inputs.jsonl").read_text(encoding="utf-8").splitlines()]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c636460f85f0f0002870180eb47ba920000000049454e44ae426082"
)


@pytest.fixture
def box(cast: Cast) -> Mailbox:
    return mailbox(cast)


def test_a_letter_becomes_a_case_and_its_bytes_are_kept(cast: Cast, box: Mailbox, at: datetime) -> None:
    data = letter(text="办月卡，租客比业主贵三十。\n\n> 旧话")
    row = take(box, data, at)
    case = row.case
    assert case and (row.state, case.channel, case.site, case.received_by) == ("filed", box.channel, cast.site, None)
    assert (case.title, case.contact_name, case.reach) == ("停车月卡的收费", "訾先生", MS_ZI)
    assert case.items.get().words == "办月卡，租客比业主贵三十。" and "旧话" in case.raw
    assert raw(row) == data and row.sha256 == hashlib.sha256(data).hexdigest()


def test_the_same_letter_again_is_no_second_case(box: Mailbox, at: datetime) -> None:
    take(box, letter(), at)
    take(box, b"Received: by another server\r\n" + letter().replace(b"\n", b"\r\n"), at)
    assert Case.objects.count() == Arrival.objects.count() == 1
    take(box, letter(text="不同的话", message_id="<one@x>"), at), take(box, letter(text="又一件", message_id="<one@x>"), at)
    assert Case.objects.count() == 3  # one id used twice by a broken program: two letters all the same


def test_pictures_come_along_and_other_files_stay_with_the_message(box: Mailbox, at: datetime) -> None:
    found = message_from_bytes(letter(), policy=policy.default)
    found.add_attachment(PNG, maintype="image", subtype="png", filename="漏水.png")
    found.add_attachment(b"PK\3\4", maintype="application", subtype="zip", filename="全部.zip")
    row = take(box, found.as_bytes(), at)
    assert row.case and [(one.name, one.kind) for one in row.case.attachments.all()] == [("漏水.png", "image/png")]
    assert "全部.zip" in row.case.raw and b"\nUEsDBA==" in raw(row)


@pytest.mark.parametrize(
    "row", [row for row in INPUTS if row["channel"] == "email" and row["sector"] == "property"], ids=lambda row: row["id"]
)
def test_real_letters_through_the_door(row: dict[str, Any], box: Mailbox, at: datetime) -> None:
    case = take(box, letter(subject="来信", text=row["text"]), at).case
    assert case and "".join(row["text"].split()) in "".join(case.raw.split())


def reply(text: str, to: str = "kefu@heyan.example", sender: str = MS_ZI, subject: str = "Re: 停车月卡的收费", **headers: str) -> bytes:
    return letter(subject=subject, text=text, sender=sender, To=to, **headers)


def test_a_reply_joins_by_address_by_reference_and_by_number_from_the_customer(box: Mailbox, at: datetime) -> None:
    case = take(box, letter(message_id="<first@customer.example>"), at).case
    assert case
    ways = [
        reply("一", to=f"客服 <{reply_address(box.address, case.pk).upper()}>", sender="wife@other.example"),
        reply("二", In_Reply_To="<first@customer.example>"),
        reply("三", subject=f"补充 {case.number}", sender=MS_ZI.upper()),
    ]
    for n, data in enumerate(ways, 1):
        row = take(box, data, at + timedelta(minutes=n))
        assert (row.state, row.case) == ("joined", case)
    said = [entry.data["words"] for entry in JournalEntry.objects.filter(case=case, act="note")]
    assert said == ["一", "二", "三"] and Case.objects.count() == 1


def test_what_is_added_at_once_joins_its_letter_though_both_come_together(box: Mailbox, at: datetime) -> None:
    """Sent minutes apart, read in one batch: one case, in the order in which they came."""
    first, stranger = "<first@customer.example>", "someone@else.example"
    arrive(
        box,
        [
            (letter(text="一、漏水", message_id=first), None),
            (letter(text="别人的信", sender=stranger, in_reply_to=first), None),  # who only knows the id gets no part in it
            (letter(text="二、补充", message_id="<second@customer.example>", in_reply_to=first), None),
            (letter(text="三、再补充", references=f"{first} <second@customer.example>"), None),
        ],
        at,
    )
    assert sorting.sort_new(at) == 4 and not sorting.sort_new(at)
    rows = list(Arrival.objects.order_by("id"))
    assert [row.state for row in rows] == ["filed", "filed", "joined", "joined"]
    assert rows[0].case == rows[2].case == rows[3].case != rows[1].case
    assert rows[0].case and [entry.data["words"] for entry in rows[0].case.journal.filter(act="note")] == ["二、补充", "三、再补充"]


@pytest.mark.parametrize("wrong", ["number", "token", "reference"])
def test_a_stranger_who_guesses_does_not_get_in(wrong: str, box: Mailbox, at: datetime) -> None:
    case = take(box, letter(message_id="<first@customer.example>"), at).case
    assert case
    address = reply_address(box.address, case.pk)
    forged = f"{address.partition('-')[0]}-{'a' * 20}@heyan.example"
    data = {
        "number": reply("我来看看", subject=f"关于 {case.number}", sender="stranger@x.example"),
        "token": reply("我来看看", to=forged, sender="stranger@x.example"),
        "reference": reply("我来看看", In_Reply_To="<first@customer.example>", sender="stranger@x.example"),
    }[wrong]
    row = take(box, data, at)
    assert row.case != case and not JournalEntry.objects.filter(case=case, act="note").exists()
    if wrong == "number":
        assert (row.state, row.why, row.words) == ("waiting", "stranger", case.number)


@pytest.mark.parametrize(
    ("data", "state", "why"),
    [
        (letter(Auto_Submitted="auto-replied"), "ignored", "auto"),
        (letter(subject="自动回复：您好"), "waiting", "likely_auto"),
        (letter(sender="kefu@heyan.example"), "ignored", "own"),
        (b"\0\xff\xfe" * 50, "waiting", "unread"),
        (b"From: a@x.cn\n\n", "waiting", "unread"),
        (b"Return-Path: <>\nFrom: mailer-daemon@x.cn\nSubject: failure notice\n\n550", "ignored", "bounce_other"),
    ],
)
def test_what_is_no_complaint_for_sure_opens_no_case_and_is_not_lost(data: bytes, state: str, why: str, box: Mailbox, at: datetime) -> None:
    row = take(box, data, at)
    assert (row.state, row.why) == (state, why) and not Case.objects.exists() and raw(row) == data


def test_two_machines_that_answer_each_other_are_stopped(box: Mailbox, at: datetime) -> None:
    for n in range(sorting.LOOP + 3):
        take(box, letter(text=f"第 {n} 封"), at + timedelta(seconds=n))
    assert Case.objects.count() == sorting.LOOP
    assert list(Arrival.objects.filter(state="waiting").values_list("why", flat=True)) == ["many"] * 3


def test_what_waits_is_owed_and_rings_once(cast: Cast, box: Mailbox, at: datetime) -> None:
    row = take(box, letter(subject="自动回复：您好"), at)
    assert row.due_at and row.due_at > at and list(deciding.owed(cast.fang_jing, at)) == [row]
    assert not deciding.owed(cast.wu_tong, at).exists()
    assert Notice.objects.filter(kind="arrival", person=cast.fang_jing).count() == 1
    assert telling.ring_due(row.due_at - timedelta(seconds=1)) == 0
    assert [telling.ring_due(row.due_at), telling.ring_due(row.due_at + timedelta(days=1))] == [1, 0]
    assert Notice.objects.filter(kind="arrival_late", person=cast.fang_jing).count() == 1


def test_a_person_joins_or_sets_aside_with_a_reason_and_only_once(cast: Cast, box: Mailbox, at: datetime) -> None:
    case = take(box, letter(), at).case
    assert case
    row = take(box, reply("是我", subject=f"关于 {case.number}", sender="new@x.example"), at)
    with pytest.raises(Arrival.DoesNotExist):
        deciding.join(cast.wu_tong, row.pk, number=case.number, at=at)
    with pytest.raises(Refused) as refused:
        deciding.ignore(cast.fang_jing, row.pk, reason=" ", at=at)
    assert refused.value.field == "reason"
    deciding.join(cast.fang_jing, row.pk, number=case.number.lower(), at=at)
    row.refresh_from_db()
    assert (row.state, row.case, row.by) == ("joined", case, cast.fang_jing)
    with pytest.raises(Refused):
        deciding.ignore(cast.lin_xiao, row.pk, reason="广告", at=at)


def test_a_crash_between_keeping_and_sorting_loses_nothing(box: Mailbox, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    class KilledError(BaseException):
        """As by kill -9."""

    def killed(*_: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(sorting, "_write", killed)
        with pytest.raises(KilledError):
            take(box, letter(), at)
    assert Arrival.objects.get().state == "new" and not Case.objects.exists()
    assert sorting.sort_new(at) == 1 and Case.objects.count() == 1


def test_one_that_nobody_can_sort_holds_up_nobody(box: Mailbox, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    true = sorting.belongs

    def poisoned(found: Any, company: int) -> Any:
        if "毒" in found.text:
            raise ValueError
        return true(found, company)

    monkeypatch.setattr(sorting, "belongs", poisoned)
    arrive(box, [(letter(text="毒"), None), (letter(text="好"), None)], at)
    sorting.sort_new(at)
    assert sorted(Arrival.objects.values_list("state", "why")) == [("filed", ""), ("waiting", "refused")]


def test_the_customer_is_answered_in_their_thread_and_the_answer_finds_its_case(
    postman: Postman, cast: Cast, box: Mailbox, at: datetime
) -> None:
    case = take(box, letter(message_id="<first@customer.example>"), at).case
    assert case
    assert answering.answer_due(at) == 1 and answering.answer_due(at) == 0
    sent = postman.letters[0]
    assert sent["To"] == MS_ZI and case.number in sent["Subject"] and sent["In-Reply-To"] == "<first@customer.example>"
    assert sent["Auto-Submitted"] == "auto-replied" and case.token in sent.get_content()
    own = take(box, sent.as_bytes(), at)  # it comes round again: a list, a forward to ourselves
    assert (own.state, own.why) == ("ignored", "own")
    row = take(box, letter(subject=f"Re: {sent['Subject']}", text="谢谢", sender="other@x.example", To=sent["Reply-To"]), at)
    assert (row.state, row.case) == ("joined", case)
    actions.ask(cast.lin_xiao, case.pk, words="哪一天办的卡？", at=at + timedelta(minutes=1))
    answering.answer_due(at + timedelta(minutes=2))
    assert "哪一天办的卡？" in postman.letters[1].get_content() and Answer.objects.count() == 2


def test_a_bounce_marks_the_letter_undelivered_and_tells_somebody(postman: Postman, cast: Cast, box: Mailbox, at: datetime) -> None:
    case = take(box, letter(), at).case
    answering.answer_due(at)
    answer = Answer.objects.get()
    bounce = (
        "From: MAILER-DAEMON@customer.example\nReturn-Path: <>\nSubject: Undelivered\n"
        "Content-Type: multipart/report; report-type=delivery-status;"
        " boundary=Q\n\n--Q\n\nno\n--Q\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; "
        f"{MS_ZI}\nAction: failed\nStatus: 5.1.1\n\n--Q\nContent-Type: text/rfc822-headers\n\nMessage-ID: {answer.message_id}\n\n--Q--\n"
    )
    row = take(box, bounce.encode(), at)
    answer.refresh_from_db()
    assert (row.state, row.why, row.case, answer.state) == ("ignored", "bounce", case, "bounced")
    assert Notice.objects.filter(kind="mail_bounced", case=case, person=cast.fang_jing).count() == 1


def test_an_address_refused_for_good_is_told_of_and_not_tried_again(postman: Postman, cast: Cast, box: Mailbox, at: datetime) -> None:
    postman.to_recipients = {MS_ZI: "550 no such mailbox"}
    take(box, letter(), at)
    assert [answering.answer_due(at), answering.answer_due(at + timedelta(days=1))] == [1, 0]
    assert Answer.objects.get().state == "failed" and Notice.objects.filter(kind="mail_bounced").exists()


def test_the_pipe_takes_a_message_or_says_try_again(box: Mailbox, monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    class Given:
        buffer = io.BytesIO(letter())

    monkeypatch.setattr("sys.stdin", Given)
    assert mail.main(["file", "--mailbox", "nobody@heyan.example"]) == 75 and not Arrival.objects.exists()
    Given.buffer.seek(0)
    assert mail.main(["file"]) == 0 and Arrival.objects.get().state == "filed" and Case.objects.count() == 1
