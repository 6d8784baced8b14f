"""Letters through the pages: filled from the case, reviewed on one screen, sent, read by the customer; nothing typed is lost."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.papers.reading import text_of
from tests.web.case_hands import Clock, Sit, clock, sit

from kesu.complaints import actions
from kesu.complaints.files import stored
from kesu.complaints.models import Case, Letter

__all__ = ["clock", "sit"]
MADE_UP = "\ue815"  # a character that an office made for a rare name: no font here has it, whichever fonts there are


def read(client: Client, name: str, *args: object, **query: str) -> str:
    return client.get(reverse(name, args=args), query).content.decode()


def say(client: Client, case: Case, letter: Letter, doing: str, **said: Any) -> HttpResponse:
    address = reverse("case_letter", args=[case.number, letter.pk])
    return client.post(address, {"doing": doing, "seen": letter.revision, **said})  # type: ignore[return-value]


def test_from_the_filled_words_to_the_customers_page(cast: Cast, clock: Clock, sit: Sit) -> None:
    case = cast.judged(cast.complaint(at=clock.at), at=clock.at, facts={"company_fault": True})
    desk, director = sit(cast.lin_xiao), sit(cast.he_wei)
    clock.to(minutes=10)
    form = read(desk, "case_letter_new", case.number, kind="letter_sorry")
    assert "尊敬的闵女士：" in form and "{finding}" in form and "案卷里还没有" in form
    new = reverse("case_letter_new", args=[case.number])
    said = {"kind": "letter_sorry", "language": "zh-hans", "title": "致歉信", "text": "尊敬的闵女士：\n\n<b>对不起</b>。{finding}"}
    assert not Letter.objects.exists()
    seen = desk.post(new, {**said, "doing": "preview"}).content.decode()
    assert "&lt;b&gt;对不起&lt;/b&gt;" in seen and "<b>对不起" not in seen and not Letter.objects.exists()
    refused = desk.post(new, {**said, "doing": "submit"})
    letter = Letter.objects.get()  # kept, though it was not handed in
    assert refused.status_code == 422 and "还缺核实结果" in refused.content.decode() and letter.state == "draft"
    assert say(desk, case, letter, "keep", title="致歉信", text="字" * 7000).status_code == 422
    assert say(desk, case, letter, "submit", title="致歉信", text="尊敬的闵女士：\n\n<b>对不起</b>，门是我们没修好。").status_code == 302
    letter.refresh_from_db()
    work = director.get(reverse("work")).content.decode()
    assert reverse("case_letters", args=[case.number]) in work
    screen = read(director, "case_letter", case.number, letter.pk)
    assert "门是我们没修好" in screen and 'value="pass"' in screen and 'value="send"' not in screen
    assert 'value="pass"' not in read(desk, "case_letter", case.number, letter.pk)
    assert say(director, case, letter, "return", words=" ").status_code == 422
    assert say(director, case, letter, "pass", words="好").status_code == 302
    wrong = say(desk, case, letter, "send", way="hand", to="闵女士", words="")
    assert wrong.status_code == 422 and "写下凭据" in wrong.content.decode()
    assert say(desk, case, letter, "send", way="hand", to="闵女士", words="本人签收").status_code == 302
    letter.refresh_from_db()
    assert letter.attachment
    data = stored(letter.attachment.sha256).read_bytes()
    assert "<b>对不起</b>，门是我们没修好。" in text_of(data)
    page = Client().get(reverse("track", args=[case.token])).content.decode()
    address = reverse("track_photo", args=[case.token, letter.attachment_id])
    assert "给您的信" in page and address in page
    assert b"".join(Client().get(address).streaming_content) == data  # type: ignore[attr-defined]
    assert desk.get(reverse("case_letter_pdf", args=[case.number, letter.pk])).url == reverse(  # type: ignore[attr-defined]
        "case_file", args=[case.number, letter.attachment_id]
    )
    shown = read(desk, "case", case.number)
    assert "致歉信" in shown and letter.attachment.sha256 in read(desk, "case_letter", case.number, letter.pk)
    again = say(desk, case, letter, "send", way="hand", words="又签收")
    assert again.status_code == 422 and "林晓已经发出这封信" in again.content.decode()


def test_a_character_no_font_has_is_said_before_and_written_out_on_the_paper(cast: Cast, clock: Clock, sit: Sit) -> None:
    case = cast.judged(cast.complaint(at=clock.at, name=f"{MADE_UP}女士", reach="晚上打，或 yan@example.com"), at=clock.at)
    desk = sit(cast.lin_xiao)
    form = read(desk, "case_letter_new", case.number, kind="letter_received")
    assert f"{MADE_UP} U+E815" in form
    new = reverse("case_letter_new", args=[case.number])
    said = {"kind": "letter_received", "language": "zh-hans", "title": "已收到", "text": f"{MADE_UP}女士：\n\n已登记。", "doing": "keep"}
    assert desk.post(new, said).status_code == 302
    letter = Letter.objects.get()
    screen = read(desk, "case_letter", case.number, letter.pk)
    assert "yan@example.com" in screen
    paper = text_of(desk.get(reverse("case_letter_pdf", args=[case.number, letter.pk])).content)
    assert "〔U+E815〕" in paper and letter.text.startswith(MADE_UP)


def test_a_writer_who_may_not_know_leaves_the_name_open_and_what_is_sent_has_it(cast: Cast, clock: Clock, sit: Sit) -> None:
    case = cast.judged(cast.complaint(at=clock.at, name="闵若兰", confidential=True), at=clock.at)
    actions.sign(cast.zhou_hai, case.pk, at=clock.at)
    head = sit(cast.zhou_hai)
    screen = read(head, "case_letter_new", case.number, kind="letter_received")
    assert "尊敬的{customer}：" in screen and "闵" not in screen and "发出的那一份会换成真名" in screen and "案卷里还没有：" not in screen
    said = {"kind": "letter_received", "language": "zh-hans", "title": "已收到", "text": "尊敬的{customer}：\n\n已登记。", "doing": "keep"}
    head.post(reverse("case_letter_new", args=[case.number]), said)
    letter = Letter.objects.get()
    assert "闵" not in text_of(head.get(reverse("case_letter_pdf", args=[case.number, letter.pk])).content)
    assert say(sit(cast.lin_xiao), case, letter, "send", way="hand", to="本人", words="本人签收").status_code == 302
    letter.refresh_from_db()
    assert "尊敬的闵若兰：" in text_of(stored(letter.attachment.sha256).read_bytes())


def test_without_any_name_the_place_must_be_written(cast: Cast, clock: Clock, sit: Sit) -> None:
    case = cast.judged(cast.complaint(at=clock.at, name=""), at=clock.at)
    desk = sit(cast.lin_xiao)
    said = {"kind": "letter_received", "language": "zh-hans", "title": "已收到", "text": "尊敬的{customer}：\n\n已登记。", "doing": "keep"}
    desk.post(reverse("case_letter_new", args=[case.number]), said)
    letter = Letter.objects.get()
    answer = say(desk, case, letter, "send", way="hand", to="本人", words="本人签收")
    assert answer.status_code == 422 and "还缺客户姓名" in answer.content.decode()
