"""Finding out by its pages: findings by form, the phone of whoever was asked, pictures blacked out, files that were harmed."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from tests.cast import Cast
from tests.web.case_hands import Clock, Sit, clock, do, post, sit

from kesu.complaints import actions
from kesu.complaints.files import Upload, stored
from kesu.complaints.models import Attachment, Case, Complained, Evidence, Inquiry, RootCause

__all__ = ["clock", "sit"]


@pytest.fixture
def case(cast: Cast, clock: Clock) -> Case:
    """Signed for, with one record heard."""
    items = [("电梯停在 3 层", "lift"), ("对讲没人接", "rudeness")]
    found = cast.judged(cast.complaint(items=items, against="工程部马强"), at=clock.at, facts={"company_fault": True})
    actions.sign(cast.zhou_hai, found.pk, at=clock.at)
    actions.investigate(cast.zhou_hai, found.pk, side="record", words="维保单", at=clock.at)
    return found


def page(client: object, case: Case) -> str:
    return str(client.get(reverse("case", args=[case.number])).content.decode())  # type: ignore[attr-defined]


def photo() -> bytes:
    out = BytesIO()
    Image.new("RGB", (120, 120), "white").save(out, "PNG")
    return out.getvalue()


def test_findings_by_form_only_what_is_new_is_written(cast: Cast, case: Case, sit: Sit) -> None:
    zhou, evidence = sit(cast.zhou_hai), Evidence.objects.get(case=case).pk
    answer = post(zhou, case, "find", seen_1="0", finding_1="found", reason_1="", seen_2="0")
    assert answer.status_code == 422 and "写清凭什么这样认定" in answer.content.decode()
    do(zhou, case, "find", seen_1="0", finding_1="found", reason_1="维保单写着", evidence_1=[str(evidence)], seen_2="0")
    one, two = case.items.all()
    assert (one.finding, one.rests_on, two.finding) == ("found", [evidence], "")
    shown = page(zhou, case)
    assert "维保单写着" in shown and f"#e{evidence}" in shown
    again = {"seen_1": "1", "finding_1": "found", "reason_1": "维保单写着", "evidence_1": [str(evidence)]}
    assert post(zhou, case, "find", **again).status_code == 422  # nothing new
    do(sit(cast.he_wei), case, "find", **(again | {"finding_1": "partly"}))
    stale = post(zhou, case, "find", **(again | {"finding_1": "unclear"}))
    assert stale.status_code == 422 and "何伟刚把第 1 件定为“部分属实”" in stale.content.decode()


def test_the_cause_from_its_tree_with_whys(cast: Cast, case: Case, sit: Sit) -> None:
    zhou = sit(cast.zhou_hai)
    form = zhou.get(reverse("case_act", args=[case.number, "find_cause"])).content.decode()
    assert form.count('<details class="branch"') >= 5 and 'value="upkeep"' in form and 'value="neighbour"' in form
    do(zhou, case, "find_cause", cause="upkeep", words="该换没换", why_1="皮带断", why_2="没换", finding_1="found", finding_2="partly")
    assert RootCause.objects.get(case=case).whys == ["皮带断", "没换"]
    shown = page(zhou, case)
    assert "设施设备 › 保养不到位" in shown and "问了 2 个为什么" in shown


def test_whoever_was_asked_answers_on_the_phone_and_sees_nothing_else(cast: Cast, case: Case, sit: Sit, clock: Clock) -> None:
    he, ma = sit(cast.he_wei), sit(cast.ma_qiang)
    form = he.get(reverse("case_act", args=[case.number, "name_person"])).content.decode()
    assert f'<option value="{cast.ma_qiang.pk}" selected>马强' in form  # found in what reception wrote down
    do(he, case, "name_person", who=str(cast.ma_qiang.pk), name="", words="当班")
    named = Complained.objects.get(case=case)
    do(he, case, "ask_statement", complained=str(named.pk), words="那晚您在哪里")
    question = Inquiry.objects.get(case=case)
    notice = cast.ma_qiang.notices.get(kind="ask_statement")
    opened = ma.post(reverse("notice", args=[notice.pk]), {"go": "1"})
    assert opened["Location"] == reverse("asked")
    for address in (reverse("inbox"), reverse("work"), reverse("asked"), reverse("asked_one", args=[question.pk])):
        seen = ma.get(address).content.decode()
        for secret in ("闵女士", "13900001007", "6栋2单元1103", case.title, "维保单"):
            assert secret not in seen, (address, secret)
    assert ma.get(reverse("case", args=[case.number])).status_code == 404
    assert "请您说明情况" in ma.get(reverse("work")).content.decode()
    empty = ma.post(reverse("asked_one", args=[question.pk]), {"words": " "})
    assert empty.status_code == 422 and "写下您知道的经过" in empty.content.decode()
    sent = {"words": "在 9 栋修灯", "files": [SimpleUploadedFile("单.png", photo())]}
    assert ma.post(reverse("asked_one", args=[question.pk]), sent).status_code == 302
    assert Evidence.objects.get(case=case, side="staff").attachment is not None
    assert ma.post(reverse("asked_one", args=[question.pk]), {"words": "再补一句"}).status_code == 422
    assert "在 9 栋修灯" in page(he, case)
    assert sit(cast.zhou_hai).get(reverse("asked_one", args=[question.pk])).status_code == 404
    do(he, case, "tell_person", complained=str(named.pk), channel="hotline", words="对讲没接属实，本周补训")
    assert "对讲没接属实，本周补训" in ma.get(reverse("asked")).content.decode()


def test_the_one_complained_of_is_told_why_not(cast: Cast, case: Case, sit: Sit) -> None:
    do(sit(cast.he_wei), case, "name_person", who=str(cast.zhou_hai.pk), name="", words="")
    zhou = sit(cast.zhou_hai)
    for act in ("find", "find_cause", "investigate"):
        shown = zhou.get(reverse("case_act", args=[case.number, act]))
        assert shown.status_code == 409 and "投诉的是您" in shown.content.decode()
        assert post(zhou, case, act, words="没有的事", cause="upkeep", side="staff", finding_1="not_found").status_code == 422
    assert "1390 000 1007" not in page(zhou, case) and 'class="owed"' not in zhou.get(reverse("work")).content.decode()


def test_a_picture_is_blacked_out_cell_by_cell(cast: Cast, case: Case, sit: Sit, clock: Clock) -> None:
    upload = photo()
    actions.attach(cast.zhou_hai, case.pk, upload=Upload("门.png", len(upload), [upload]), at=clock.at)
    first, zhou = Attachment.objects.get(case=case), sit(cast.zhou_hai)
    address = reverse("case_redact", args=[case.number, first.pk])
    assert zhou.get(address).content.decode().count('name="cell"') == 144
    assert zhou.post(address, {"cell": ["99-1", "x", "-", "1--1"]}).status_code == 422  # nothing that the page offers
    assert zhou.post(address, {"cell": ["0-0", "0-1", "3-0"]}).status_code == 302
    copy = Attachment.objects.get(original=first)
    assert copy.boxes == [[0, 0, 1666, 833], [0, 2500, 833, 3333]]
    assert zhou.get(reverse("case_file", args=[case.number, first.pk])).status_code == 404
    assert zhou.get(reverse("case_file", args=[case.number, copy.pk])).status_code == 200
    assert sit(cast.he_wei).get(reverse("case_file", args=[case.number, first.pk])).status_code == 200
    shown = page(zhou, case)
    assert reverse("case_file", args=[case.number, copy.pk]) in shown and reverse("case_file", args=[case.number, first.pk]) not in shown
    assert (
        sit(cast.su_min).get(address).status_code == 404 and sit(cast.lin_xiao).get(address).status_code == 404
    )  # the original is not theirs
    assert sit(cast.su_min).get(reverse("case_redact", args=[case.number, copy.pk])).status_code == 403


@pytest.mark.parametrize(("harmed", "words"), [(None, "文件不见了"), (b"x", "文件和收下时不一样了")])
def test_a_harmed_file_is_said_plainly(cast: Cast, case: Case, sit: Sit, clock: Clock, harmed: bytes | None, words: str) -> None:
    upload = photo() + b"\0" * (3 if harmed else 4)  # a content of its own
    actions.investigate(
        cast.zhou_hai, case.pk, side="other", kind="photo", words="门", upload=Upload("门.png", len(upload), [upload]), at=clock.at
    )
    file, zhou = Attachment.objects.get(case=case), sit(cast.zhou_hai)
    path = stored(file.sha256)
    path.unlink() if harmed is None else path.write_bytes(harmed)
    answer = zhou.get(reverse("case_file", args=[case.number, file.pk]))
    assert answer.status_code == 409 and words in answer.content.decode() and file.sha256 in answer.content.decode()
    assert ("“门.png”不见了" if harmed is None else "“门.png”和收下时不一样了") in page(zhou, case)


def test_evidence_changed_behind_our_back_is_shown(cast: Cast, case: Case, sit: Sit, at: datetime) -> None:
    Evidence.objects.filter(case=case).update(words="维保单是好的")
    assert "这一条和记下时不一样了" in page(sit(cast.zhou_hai), case)
