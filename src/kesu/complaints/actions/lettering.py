"""Letters on their road: written, read by somebody else where the procedure wants it, sent, kept byte for byte as they were sent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from kesu.company.models import Person
from kesu.complaints import files
from kesu.complaints.actions.approving import somebody_else
from kesu.complaints.actions.road import Road, begin
from kesu.complaints.files import Upload
from kesu.complaints.models import Letter, LetterReview
from kesu.procedure.letterrows import LetterRow
from kesu.procedure.letterwords import called, open_places, reviewer
from kesu.procedure.refused import Refused

MAIL, HAND, POST, MESSAGE = "mail", "hand", "post", "message"
WAYS: dict[str, tuple[str, str]] = {
    MAIL: ("电子邮件", "by e-mail"),
    HAND: ("当面交", "by hand"),
    POST: ("邮寄", "by post"),
    MESSAGE: ("微信", "by WeChat"),
}
LONGEST_TITLE, LONGEST_TEXT = 100, 6000  # characters
LANGUAGES = ("zh-hans", "en")
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")  # no paper shows these


def draft_letter(
    person: Person,
    case_id: int,
    *,
    title: str,
    text: str,
    kind: str = "",
    letter_id: int | None = None,
    seen: int = 0,
    language: str = "zh-hans",
    at: datetime,
) -> Letter:
    """Write a letter, or write it anew (`letter_id`, `seen`: the version the writer had before them). It may still have open places.

    A version that was being reviewed, or had passed, is taken back: the new words have been read by nobody.
    """
    with begin(person, case_id, "draft_letter", at) as road:
        title, text = _words(road, title, text)
        letter, taken_back = _changed(road, letter_id, seen) if letter_id else (_new(road, kind, language), None)
        letter.title, letter.text, letter.by, letter.at = title, text, person, at
        letter.writers = sorted({*letter.writers, person.pk})
        letter.state = "draft"
        letter.save()
        road.journal(letter=title, letter_id=letter.pk, revision=letter.revision, review=taken_back)
    return letter


def _words(road: Road, title: str, text: str) -> tuple[str, str]:
    title = UNSEEN.sub("", road.needs(title, "title", "写上标题", "write a title")).replace("\n", " ")
    text = UNSEEN.sub("", road.needs(text.replace("\r\n", "\n"), "text", "信里还没有字", "the letter is empty"))
    for value, field, most in ((title, "title", LONGEST_TITLE), (text, "text", LONGEST_TEXT)):
        if len(value) > most:
            raise Refused(
                "too_long",
                f"有 {len(value)} 字，最多 {most} 字；删短些，或另附材料",
                f"{len(value)} characters; at most {most}. Shorten it, or enclose the rest",
                field=field,
            )
    return title, text


def _new(road: Road, kind: str, language: str) -> Letter:
    if road.pack.find("letters", kind) is None:
        raise Refused("letter_kind", "请选写哪一种信", "choose which letter it is", field="kind")
    return Letter(case=road.case, round=road.case.round, kind=kind, language=language if language in LANGUAGES else LANGUAGES[0])


def _changed(road: Road, letter_id: int, seen: int) -> tuple[Letter, int | None]:
    """The letter, its next version begun, and the review that was taken back for it."""
    letter = _found(road, letter_id)
    if letter.state in ("sent", "dropped"):
        raise _over(letter)
    _same_version(letter, seen, "text")
    letter.revision += 1
    return letter, _take_back(road, letter)


def _take_back(road: Road, letter: Letter) -> int | None:
    """End the open review, if there is one: nobody need answer it any more."""
    row = LetterReview.objects.filter(letter=letter, answer="").first()
    if row is None:
        return None
    row.answer, row.by, row.at = "withdrawn", road.person, road.at
    row.save()
    return row.pk


def _found(road: Road, letter_id: int) -> Letter:
    letter = Letter.objects.filter(case=road.case, pk=letter_id).select_related("by", "sent_by", "attachment").first()
    if letter is None:
        raise Refused("no_letter", "没有这封信", "there is no such letter", field="letter")
    letter.case = road.case
    return letter


def _over(letter: Letter) -> Refused:
    if letter.state == "dropped":
        return Refused("dropped", "这封信已作废", "this letter was dropped")
    name = letter.sent_by.name if letter.sent_by else ""
    return Refused("sent", f"{name}已经发出这封信，发出的不能改；要补充请另写一封", f"{name} has sent this letter; write another one")


def _same_version(letter: Letter, seen: int, field: str) -> None:
    if seen != letter.revision:
        raise Refused(
            "changed",
            f"{letter.by.name}刚改过，现在是第 {letter.revision} 稿；核对后再来",
            f"{letter.by.name} has just changed it, it is version {letter.revision} now; look at that one first",
            field=field,
        )


def _row(road: Road, letter: Letter) -> LetterRow:
    row: LetterRow | None = road.pack.find("letters", letter.kind)
    if row is None:
        raise Refused("letter_kind", "规程里没有这种信了", "the procedure has no such letter any more")
    return row


def _complete(letter: Letter) -> None:
    """Refused, beside the words, while a place is open; the customer's name may wait for the sending."""
    for field, text in (("title", letter.title), ("text", letter.text)):
        names = open_places(text, named=bool(letter.case.contact_name))
        if names:
            zh, en = "、".join(called(name, "zh") for name in names), ", ".join(called(name, "en") for name in names)
            holes = " ".join(f"{{{name}}}" for name in names)
            raise Refused("open_places", f"还缺{zh}：把 {holes} 换成要写的话", f"missing: {en}; write it in place of {holes}", field=field)


def submit_letter(person: Person, case_id: int, *, letter_id: int, revision: int, at: datetime) -> Letter:
    """Hand the letter in: somebody of the role that reviews it owes an answer from now on. A procedure that asks for none: refused."""
    with begin(person, case_id, "draft_letter", at) as road:
        letter = _found(road, letter_id)
        _same_version(letter, revision, "text")
        if letter.state != "draft":
            raise Refused("state", "这一稿已经送审", "this version has been handed in") if letter.open else _over(letter)
        _complete(letter)
        role = reviewer(_row(road, letter), road.case.grade)
        if not role:
            raise Refused("no_review", "这封信不用审，直接发", "this letter needs no review; send it")
        role = _else(road, role, letter)
        letter.state = "review"
        letter.save(update_fields=["state"])
        row = LetterReview.objects.create(
            letter=letter, case=road.case, round=road.case.round, revision=revision, role=role, asked_by=person, asked_at=at
        )
        road.own_mark = False
        road.mark("submit_letter")
        road.journal("submit_letter", letter=letter.title, letter_id=letter.pk, review=row.pk, revision=revision, reviewer=role)
        readers = [who for who in road.holders.of(role, road.case.department_id) if who.pk not in letter.writers]
        road.tell(readers, "submit_letter", letter=letter.title)
    return letter


def _else(road: Road, role: str, letter: Letter) -> str:
    """The role that reviews; where only writers hold it, the next one of the letters' reviewers, else as with proposals."""
    named = [rule.by for row in road.pack.letters for rule in row.reviews]
    others = (name for name in dict.fromkeys([role, *named]) if any(who.pk not in letter.writers for who in road.holders.of(name)))
    return next(others, "") or somebody_else(road, role)


def _to_review(road: Road, letter_id: int, revision: int) -> tuple[Letter, LetterReview]:
    letter = _found(road, letter_id)
    row = LetterReview.objects.filter(letter=letter, answer="").first()
    if row is None or letter.state != "review":
        last = LetterReview.objects.filter(letter=letter).exclude(answer="").select_related("by").last()
        name = last.by.name if last and last.by else ""
        raise Refused("answered", f"{name}已经处理，没有等审的稿" if name else "没有等审的稿", "no version waits for review")
    _same_version(letter, revision, "words")
    assert road.person is not None and road.rights is not None  # staff only
    if road.person.pk in letter.writers:
        raise Refused("own_letter", "自己写的信要由别人审", "somebody else must review a letter you wrote")
    if not road.rights.holds(row.role, site_id=road.case.site_id):
        name = road.pack.one("roles", row.role)
        raise Refused("not_reviewer", f"这封信由{name.name}审", f"this letter is for the {name.name_en} to review", role=row.role)
    return letter, row


def _answered(road: Road, row: LetterReview, answer: str, words: str) -> None:
    row.answer, row.by, row.at, row.words = answer, road.person, road.at, words[:400]
    row.save()
    road.tell([row.asked_by], letter=row.letter.title)


def pass_letter(person: Person, case_id: int, *, letter_id: int, revision: int, words: str = "", at: datetime) -> Letter:
    """This version may go out: said by somebody of the reviewing role who did not write on it."""
    with begin(person, case_id, "pass_letter", at) as road:
        letter, row = _to_review(road, letter_id, revision)
        letter.state = "passed"
        letter.save(update_fields=["state"])
        _answered(road, row, "passed", words.strip())
        road.journal(letter=letter.title, letter_id=letter.pk, revision=revision, review=row.pk, words=words.strip())
    return letter


def return_letter(person: Person, case_id: int, *, letter_id: int, revision: int, reason: str, at: datetime) -> Letter:
    """This version may not go out, and why; it is a draft again."""
    with begin(person, case_id, "return_letter", at) as road:
        reason = road.needs(reason, "words", "写清要改什么", "say what must be changed")
        letter, row = _to_review(road, letter_id, revision)
        letter.state = "draft"
        letter.save(update_fields=["state"])
        _answered(road, row, "returned", reason)
        road.journal(letter=letter.title, letter_id=letter.pk, revision=revision, review=row.pk, reason=reason)
    return letter


def drop_letter(person: Person, case_id: int, *, letter_id: int, reason: str, at: datetime) -> Letter:
    """The letter is not needed; what stood in it stays to be read."""
    with begin(person, case_id, "draft_letter", at) as road:
        reason = road.needs(reason, "reason", "写清为什么不用了", "say why it is not needed")
        letter = _found(road, letter_id)
        if letter.state in ("sent", "dropped"):
            raise _over(letter)
        taken_back = _take_back(road, letter)
        letter.state = "dropped"
        letter.save(update_fields=["state"])
        road.own_mark = False
        road.journal("drop_letter", letter=letter.title, letter_id=letter.pk, reason=reason, review=taken_back)
    return letter


def send_letter(
    person: Person,
    case_id: int,
    *,
    letter_id: int,
    revision: int,
    way: str,
    to: str = "",
    words: str = "",
    pdf: bytes,
    proofs: Iterable[Upload] = (),
    at: datetime,
) -> Letter:
    """Send this version: `pdf` is kept as it is and is what goes out. By e-mail `to` is the address; otherwise who took it, with a proof.

    One whose e-mail failed for good may be sent again another way: the same bytes. Refused: sent already, not reviewed, open places.
    """
    with begin(person, case_id, "send_letter", at) as road:
        letter = _found(road, letter_id)
        again = letter.state == "sent" and letter.mail == "failed"
        if letter.state == "dropped" or (letter.state == "sent" and not again):
            raise _over(letter)
        _same_version(letter, revision, "way")
        kept = list(proofs)
        _check_way(road, way, to.strip(), words.strip(), bool(kept))
        if not again:
            _ready(road, letter)
            name = f"{letter.title}.pdf"
            letter.attachment = files.keep(Upload(name, len(pdf), [pdf]), road.case, person, at, for_customer=True)
        _goes_out(road, letter, way, to.strip(), words.strip())
        enclosed = [files.keep(upload, road.case, person, at).name for upload in kept]
        assert letter.attachment is not None
        road.mark(f"send_letter:{letter.kind}")
        road.journal(
            letter=letter.title,
            letter_id=letter.pk,
            kind=letter.kind,
            revision=revision,
            way=way,
            sha256=letter.attachment.sha256,
            spoke_to=letter.to or road.case.contact_name,
            words=letter.proof,
            files=enclosed,
        )
        if not again:
            _counts(road, letter)
    return letter


def _ready(road: Road, letter: Letter) -> None:
    _complete(letter)
    if reviewer(_row(road, letter), road.case.grade) and letter.state != "passed":
        raise Refused("not_reviewed", "这封信要先送审，审过再发", "this letter must be reviewed before it goes out")


def _check_way(road: Road, way: str, to: str, words: str, proof: bool) -> None:
    if way not in WAYS:
        raise Refused("way", "请选怎么发", "choose how it goes out", field="way")
    if way == MAIL:
        if not settings.EMAIL_HOST:
            raise Refused("no_server", "还没有设邮件服务器，请换一种发法", "no mail server is set up; send it another way", field="way")
        try:
            validate_email(to)
        except ValidationError:
            raise Refused("address", "写上客户的邮箱，如 name@example.com", "write the customer's e-mail address", field="to") from None
        return
    if not words and not proof:
        raise Refused(
            "proof",
            "写下凭据：谁签收、快递单号，或附一张照片",
            "say what proves it: who signed, the consignment, or a photograph",
            field="words",
        )


def _goes_out(road: Road, letter: Letter, way: str, to: str, words: str) -> None:
    letter.state, letter.way, letter.to, letter.proof = "sent", way, to[:200], words[:400]
    letter.sent_by, letter.sent_at = road.person, road.at
    letter.mail, letter.mail_at, letter.mail_tries, letter.mail_error = "none", None, 0, ""
    if way == MAIL:
        letter.mail, letter.mail_at = "waiting", road.at
        letter.subject, letter.cover = _mail(road, letter)
    letter.save()


def _mail(road: Road, letter: Letter) -> tuple[str, str]:
    """(subject, words) of the e-mail, fixed now: what goes out is what stands here."""
    company, number = road.case.site.company, road.case.number
    phone = road.case.site.phone or company.phone
    if letter.language.startswith("zh"):
        ask = f"有疑问请打 {phone}，说编号就行。" if phone else "有疑问请联系我们，说编号就行。"
        return f"{letter.title}（{number}）", f"您好：\n\n“{letter.title}”见附件，编号 {number}。{ask}\n\n{company.name}\n"
    ask = f"Questions: call {phone} and give the number." if phone else "If you have questions, contact us and give the number."
    return f"{letter.title} ({number})", f"“{letter.title}” is attached, number {number}. {ask}\n\n{company.name}\n"


def _counts(road: Road, letter: Letter) -> None:
    """What sending this letter is as well, where that act may happen now."""
    row, case = _row(road, letter), road.case
    said: dict[str, Any] = {"channel": letter.way, "words": letter.title}
    if "acknowledge" in row.counts and case.is_open and "acknowledge" not in case.marks:
        road.mark("acknowledge")
        road.journal("acknowledge", **said)
    if "report_back" in row.counts and case.is_open and case.step == "report":
        case.told_at = road.at
        road.mark("report_back")
        road.complete("report")
        road.journal("report_back", **said, spoke_to=letter.to or case.contact_name, answer="", letter_id=letter.pk)
