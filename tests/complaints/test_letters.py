"""Letters: written, read by somebody else, sent once, kept byte for byte (issue: telling and agreeing)."""

from __future__ import annotations

import hashlib
from datetime import datetime

import pytest
from tests.cast import Cast
from tests.complaints.story import chain_holds, clock, entries, fresh, minutes, refused, told, walk

from kesu.complaints import actions
from kesu.complaints.actions.lettering import LONGEST_TEXT
from kesu.complaints.files import Upload, stored
from kesu.complaints.models import Attachment, Case, Letter, LetterReview
from kesu.complaints.queries import work
from kesu.complaints.queries.case_page import open_page
from kesu.complaints.queries.customer_page import open_page as customers_page
from kesu.complaints.queries.letters import facts
from kesu.complaints.queries.next_step import obstacle
from kesu.procedure.letterwords import filled, open_places, words_of

PDF = b"%PDF-1.7\n" + "电梯已经修好".encode()
RESULT, SORRY, LONGER, RECEIVED = "letter_result", "letter_sorry", "letter_longer", "letter_received"


def written(cast: Cast, case: Case, at: datetime, kind: str = RESULT, text: str = "闵女士：\n\n修好了。") -> Letter:
    return actions.draft_letter(cast.lin_xiao, case.pk, kind=kind, title="办理结果", text=text, at=at)


def sent(cast: Cast, letter: Letter, at: datetime, **given: object) -> Letter:
    said = {"way": "hand", "to": "闵女士", "words": "本人签收", "pdf": PDF}
    return actions.send_letter(cast.lin_xiao, letter.case_id, letter_id=letter.pk, revision=letter.revision, **(said | given), at=at)  # type: ignore[arg-type]


@pytest.fixture
def important(cast: Cast, at: datetime) -> Case:
    """Important: the site director reviews its letters."""
    return cast.judged(cast.complaint(), at=at, facts={"company_fault": True})


def test_a_letter_of_a_light_case_goes_out_without_review_and_is_kept_as_it_was_sent(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    letter = sent(cast, written(cast, case, at + minutes(1)), at + minutes(2))
    file = letter.attachment
    assert file and file.for_customer and file.sha256 == hashlib.sha256(PDF).hexdigest()
    assert stored(file.sha256).read_bytes() == PDF
    said = entries(case, "send_letter")[0].data
    assert (said["sha256"], said["way"], said["words"]) == (file.sha256, "hand", "本人签收")
    assert [row.pk for row in customers_page(case.token, at + minutes(3), "zh-hans").letters] == [letter.pk]
    for doing in (lambda: sent(cast, letter, at + minutes(3)), lambda: change(cast, letter, at)):
        with refused("sent") as no:
            doing()
        assert "林晓" in no.value.zh
    assert Attachment.objects.filter(case=case).count() == 1 and chain_holds(case)


def change(cast: Cast, letter: Letter, at: datetime, text: str = "改", seen: int | None = None) -> Letter:
    return actions.draft_letter(
        cast.he_wei, letter.case_id, letter_id=letter.pk, seen=seen or letter.revision, title="办理结果", text=text, at=at
    )


def test_four_eyes_the_writers_do_not_review_and_new_words_have_been_read_by_nobody(cast: Cast, at: datetime, important: Case) -> None:
    letter = written(cast, important, at)
    with refused("not_reviewed"):
        sent(cast, letter, at)
    actions.submit_letter(cast.lin_xiao, important.pk, letter_id=letter.pk, revision=1, at=at + minutes(1))
    assert ("submit_letter", "何伟") in told(important)
    owed, _ = work.owed(cast.fresh(cast.he_wei), at + minutes(2))
    assert "letter_review" in [row.obligation for row in owed]
    assert obstacle(open_page(cast.he_wei, important.number, at).situation, "pass_letter") is None
    with refused("not_reviewer"):
        actions.pass_letter(cast.shen_yue, important.pk, letter_id=letter.pk, revision=1, at=at)
    with refused("own_letter"):
        actions.pass_letter(cast.lin_xiao, important.pk, letter_id=letter.pk, revision=1, at=at)
    with refused("missing"):
        actions.return_letter(cast.he_wei, important.pk, letter_id=letter.pk, revision=1, reason=" ", at=at)
    actions.return_letter(cast.he_wei, important.pk, letter_id=letter.pk, revision=1, reason="写清哪天修的", at=at + minutes(3))
    assert clock(important, "letter_review").state == "done"
    letter = actions.draft_letter(
        cast.lin_xiao, important.pk, letter_id=letter.pk, seen=1, title="办理结果", text="20 日修好。", at=at + minutes(4)
    )
    with refused("changed"):
        actions.submit_letter(cast.lin_xiao, important.pk, letter_id=letter.pk, revision=1, at=at)
    actions.submit_letter(cast.lin_xiao, important.pk, letter_id=letter.pk, revision=2, at=at + minutes(5))
    actions.pass_letter(cast.he_wei, important.pk, letter_id=letter.pk, revision=2, words="好", at=at + minutes(6))
    with refused("answered"):
        actions.pass_letter(cast.he_wei, important.pk, letter_id=letter.pk, revision=2, at=at + minutes(7))
    letter = change(cast, letter, at + minutes(8), "再改一句。", seen=2)
    assert letter.state == "draft"
    with refused("not_reviewed"):
        sent(cast, letter, at + minutes(9))
    actions.submit_letter(cast.lin_xiao, important.pk, letter_id=letter.pk, revision=3, at=at + minutes(10))
    last = LetterReview.objects.latest("id")
    assert last.role == "general_manager"  # 何伟, the only site director, wrote on it
    actions.pass_letter(cast.shen_yue, important.pk, letter_id=letter.pk, revision=3, at=at + minutes(11))
    assert sent(cast, letter, at + minutes(12)).state == "sent"
    assert chain_holds(important)


def test_an_open_place_is_said_beside_the_words_and_nothing_is_lost(cast: Cast, at: datetime, important: Case) -> None:
    row = cast.pack.one("letters", RESULT)
    title, body = words_of(row, "zh-hans")
    known = facts(important, cast.pack, at, "zh-hans")
    text = filled(body, known)
    assert "6 栋 2 单元电梯停在 3 层" in text and important.number in text
    assert set(open_places(text)) == {"finding", "cause", "remedy"}
    letter = written(cast, important, at, text=text)
    with refused("open_places") as no:
        actions.submit_letter(cast.lin_xiao, important.pk, letter_id=letter.pk, revision=1, at=at)
    assert no.value.field == "text" and "核实结果" in no.value.zh and "{finding}" in no.value.zh
    assert Letter.objects.get(pk=letter.pk).text == text.strip()


def test_what_a_customer_wrote_in_braces_is_not_a_place(cast: Cast, at: datetime) -> None:
    case = cast.complaint(name="{finding}", items=[("{reason} <b>电梯</b>", "lift")])
    assert filled("{customer}：{matters}", facts(case, cast.pack, at, "zh-hans")) == "{finding}：{reason} <b>电梯</b>"


def test_the_result_letter_is_the_report_and_the_acknowledgement_the_acknowledging(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    sent(cast, written(cast, case, at + minutes(1), RECEIVED), at + minutes(1))
    assert entries(case, "acknowledge")
    early = sent(cast, written(cast, case, at + minutes(2)), at + minutes(2))
    assert early.state == "sent" and not entries(case, "report_back")  # nothing has been handled yet
    now = walk(cast, case, "report", at + minutes(3))
    sent(cast, written(cast, case, now), now + minutes(1), way="post", words="SF1234567890")
    case = fresh(case)
    assert case.step == "visit" and case.told_at == now + minutes(1)
    assert entries(case, "report_back")[0].data["channel"] == "post"
    assert f"send_letter:{RESULT}" in case.marks


def test_what_cannot_go_out_is_refused_beside_its_field(cast: Cast, at: datetime, settings: object) -> None:
    case = cast.judged(cast.complaint(), at=at)
    with refused("too_long") as no:
        written(cast, case, at, text="长" * (LONGEST_TEXT + 1))
    assert no.value.field == "text" and str(LONGEST_TEXT) in no.value.zh
    with refused("letter_kind"):
        written(cast, case, at, kind="no_such")
    letter = written(cast, case, at)
    settings.EMAIL_HOST = ""  # type: ignore[attr-defined]
    for code, field, wrong in (
        ("way", "way", {"way": "pigeon"}),
        ("no_server", "way", {"way": "mail", "to": "a@example.com"}),
        ("proof", "words", {"words": " "}),
        ("file_kind", "files", {"pdf": b"<html>"}),
    ):
        with refused(code) as no:
            sent(cast, letter, at, **wrong)
        assert no.value.field == field
    settings.EMAIL_HOST = "mail.example.com"  # type: ignore[attr-defined]
    with refused("address") as no:
        sent(cast, letter, at, way="mail", to="没有邮箱")
    assert no.value.field == "to"
    assert Letter.objects.get().state == "draft" and not Attachment.objects.exists()
    photo = Upload("回执.png", 8, [b"\x89PNG\r\n\x1a\n"])
    assert sent(cast, letter, at, words="", proofs=[photo]).state == "sent"
    assert set(Attachment.objects.values_list("name", "for_customer")) == {("办理结果.pdf", True), ("回执.png", False)}


def test_a_dropped_letter_is_over_and_a_stranger_finds_none(cast: Cast, at: datetime, important: Case) -> None:
    letter = written(cast, important, at)
    actions.submit_letter(cast.lin_xiao, important.pk, letter_id=letter.pk, revision=1, at=at)
    actions.drop_letter(cast.lin_xiao, important.pk, letter_id=letter.pk, reason="改打电话", at=at + minutes(1))
    assert clock(important, "letter_review").state in ("done", "void")
    with refused("dropped"):
        sent(cast, letter, at + minutes(2))
    other = cast.judged(cast.complaint(), at=at)
    with refused("no_letter"):
        actions.drop_letter(cast.lin_xiao, other.pk, letter_id=letter.pk, reason="别的单", at=at)
