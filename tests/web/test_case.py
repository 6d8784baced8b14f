"""The case's page: what it answers, whom it answers, what it costs; refusals keep what was typed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.cast import Cast
from tests.web.case_hands import Clock, Sit, clock, do, post, proposed, signed_for, sit

from kesu.complaints import actions
from kesu.complaints.files import Upload
from kesu.complaints.models import Attachment, Case, JournalEntry, Part
from kesu.complaints.queries.case_page import open_page
from kesu.complaints.queries.next_step import obstacle
from kesu.procedure.acts import STAFF_ACTS
from kesu.web.case.actforms import ACT_FORMS

__all__ = ["clock", "sit"]
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 64
PDF = b"%PDF-1.4 " + b"0" * 64


def page_of(client: Any, case: Case) -> str:
    return client.get(reverse("case", args=[case.number])).content.decode()


def wrong(answer: Any) -> str:
    """What the page says beside its fields and above its form."""
    return " ".join(re.findall(r'class="(?:wrong|tip)[^>]*>(.*?)</(?:span|p)>', answer.content.decode(), re.S))


def test_it_answers_before_the_first_scroll(cast: Cast, clock: Clock, sit: Sit) -> None:
    case = cast.judged(cast.complaint(at=clock.at), at=clock.to(minutes=2), facts={"company_fault": True})
    page = page_of(sit(cast.zhou_hai), case)
    top = page[page.index('class="mine"') : page.index('class="stages"')]
    assert "轮到你" in top and "签收" in top and "还剩 8 分钟" in top  # mine, and the clock that binds it
    assert "你办完后" in top and "定原因" in top  # what comes next
    assert "不办的话" in top and "今天 14:42" in top and "报林晓" in top  # what happens otherwise
    assert page.count("btn main") == 1
    waits = page_of(sit(cast.fang_jing), case)
    assert "在等" in waits and "周海" in waits and "btn main" not in waits and "催办" in waits


def test_a_danger_stands_above_everything_until_it_is_handled(cast: Cast, clock: Clock, sit: Sit) -> None:
    """Who signs for it must see what reception was told to do first; a closed question must not hide it."""
    case = cast.judged(cast.complaint(at=clock.at), at=clock.to(minutes=2), facts={"company_fault": True, "U1": True, "U6": False})
    danger, calm = cast.pack.one("facts", "U1"), cast.pack.one("facts", "U6")
    page = page_of(sit(cast.zhou_hai), case)
    assert page.index("特急") < page.index('class="mine"') and danger.first_action in page and danger.duty in page
    assert calm.first_action not in page
    Case.objects.filter(pk=case.pk).update(step="report")
    assert danger.first_action not in page_of(sit(cast.zhou_hai), case)


def test_a_handler_is_told_to_wait_for_whoever_may_and_not_for_themselves(cast: Cast, clock: Clock, sit: Sit) -> None:
    """马强 hears the sides and carries out; the cause, the proposal and the answer are his head's."""
    case = signed_for(cast, clock.at)
    actions.transfer(cast.zhou_hai, case.pk, to=cast.ma_qiang.pk, reason="在现场", at=clock.to(minutes=6))
    page = page_of(sit(cast.ma_qiang), case)
    top = page[page.index('class="mine"') : page.index('class="stages"')]
    assert "在等" in top and "工程部周海：查明原因" in top and "工程部周海 拟方案" in " ".join(re.sub("<[^>]*>", " ", top).split())
    assert "马强" not in top
    mine = page_of(sit(cast.zhou_hai), case)
    assert "轮到你" in mine and "btn main" in mine


def test_several_matters_in_one_message_become_items_when_it_is_judged(cast: Cast, clock: Clock, sit: Sit) -> None:
    """M-3: what a customer wrote in one go is looked into and answered matter by matter; nothing they wrote is changed."""
    said = "三件事:①车停在消防车道上。②楼上往下扔砖。③公摊电费翻倍想看明细。"
    case = cast.filed_by_customer(items=[(said, "")], at=clock.at)
    lin, form = sit(cast.lin_xiao), reverse("case_act", args=[case.number, "judge"])
    page = lin.get(form).content.decode()
    assert "还有哪几件" in page and "②楼上往下扔砖。" in page and "客户的话里有：消防车道" in page
    do(
        lin,
        case,
        "judge",
        nature="valid",
        title="消防车道、扔砖、公摊",
        category_1="fire_lane",
        more="楼上往下扔砖\n\n公摊电费翻倍想看明细\n",
    )
    case.refresh_from_db()
    assert [item.words for item in case.items.all()] == [said, "楼上往下扔砖", "公摊电费翻倍想看明细"]
    assert case.items.get(n=3).category and case.items.get(n=3).category in case.categories
    assert JournalEntry.objects.get(case=case, act="judge").data["more"] == ["楼上往下扔砖", "公摊电费翻倍想看明细"]


def test_no_inline_style_or_script(cast: Cast, clock: Clock, sit: Sit) -> None:
    case = proposed(cast, clock.at)
    lin = sit(cast.lin_xiao)
    for name, *args in [("case",), ("case_act", "note"), ("print_form", "record")]:
        page = lin.get(reverse(name, args=[case.number, *args])).content.decode()
        assert not re.search(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=", page), name


def test_every_route_is_404_for_a_stranger(cast: Cast, clock: Clock, sit: Sit) -> None:
    case = signed_for(cast, clock.at)
    actions.attach(cast.zhou_hai, case.pk, upload=upload("a.jpg", JPEG), at=clock.to(minutes=9))
    file = Attachment.objects.get(case=case)
    for stranger in (cast.bai_shi, cast.wu_tong, cast.chen_li):
        client = sit(stranger)
        addresses = [reverse("case", args=[case.number]), reverse("case_file", args=[case.number, file.pk])]
        addresses += [reverse("print_form", args=[case.number, form.id]) for form in cast.pack.forms]
        addresses += [reverse("case_act", args=[case.number, act]) for act in ACT_FORMS]
        assert {client.get(address).status_code for address in addresses} == {404}
        posts = [reverse("case_act", args=[case.number, act]) for act in ACT_FORMS] + [reverse("case_reveal", args=[case.number])]
        assert {client.post(address).status_code for address in posts} == {404}
    assert sit(cast.lin_xiao).get(reverse("case", args=["RY-261120-999"])).status_code == 404
    assert sit(cast.lin_xiao).get(reverse("case_act", args=[case.number, "burn"])).status_code == 404


def test_every_form_opens_for_those_who_may_and_no_other(cast: Cast, clock: Clock, sit: Sit) -> None:
    """Forms open exactly where nothing hinders, and the road refuses whatever the page does not offer."""
    stages = [cast.complaint(at=clock.at), signed_for(cast, clock.at), proposed(cast, clock.at)]
    clock.to(minutes=40)
    opened = set()
    for case in stages:
        for person in (cast.lin_xiao, cast.zhou_hai, cast.he_wei):
            client = sit(person)
            if client.get(reverse("case", args=[case.number])).status_code == 404:
                continue
            now = open_page(cast.fresh(person), case.number, clock.at).situation
            for act in (act for act in STAFF_ACTS if act in ACT_FORMS):
                hindrance = obstacle(now, act)
                status = client.get(reverse("case_act", args=[case.number, act])).status_code
                assert status == (200 if hindrance is None else 403 if hindrance.code == "not_allowed" else 409), (act, person.name)
                if hindrance is None:
                    opened.add(act)
                else:
                    assert post(client, case, act).status_code == 422, (act, person.name)
    assert opened >= {
        "judge",
        "dispatch",
        "send_back",
        "transfer",
        "find_cause",
        "approve",
        "refuse",
        "pause",
        "ask_extension",
        "urge",
        "unfound",
    }


def test_what_was_typed_is_kept_and_the_reason_stands_beside_it(cast: Cast, clock: Clock, sit: Sit) -> None:
    case = signed_for(cast, clock.at, {"company_fault": True})
    clock.to(minutes=10)
    zhou, lin = sit(cast.zhou_hai), sit(cast.lin_xiao)
    answer = post(zhou, case, "find_cause", cause="upkeep", words="该换没换", finding_1="found")
    assert answer.status_code == 422 and "至少要听 2 方" in wrong(answer) and "该换没换" in answer.content.decode()
    actions.investigate(cast.zhou_hai, case.pk, side="record", words="保养单", at=clock.at)
    answer = post(zhou, case, "find_cause", cause="", words="该换没换", finding_1="partly")
    assert 'class="field tree" aria-invalid="true"' in answer.content.decode() and "请选一个原因" in wrong(answer)
    assert re.search(r'value="partly"[^>]*checked', answer.content.decode())
    do(zhou, case, "find_cause", cause="upkeep", words="该换没换", finding_1="partly")
    for cost, said in (("-5", "金额不能是负数"), ("1.005", "最多两位小数"), ("很多", "写成数字"), ("9" * 20, "金额太大")):
        answer = post(zhou, case, "propose", words="换皮带", what_1="皮带", cost_1=cost)
        assert answer.status_code == 422 and said in wrong(answer) and f'value="{cost}"' in answer.content.decode()
    past = f"{clock.at - timedelta(days=1):%Y-%m-%dT%H:%M}"
    answer = post(zhou, case, "propose", words="换皮带", what_1="皮带", cost_1="１,２00.5 元", due_1=past)
    assert "第 1 项的期限已经过去" in wrong(answer)
    do(zhou, case, "propose", words="换皮带", what_1="皮带", cost_1="１,２00.5 元")
    assert case.proposals.get().company_pays == 120050
    answer = post(lin, case, "note", words="   ")
    assert answer.status_code == 422 and "还没写内容" in wrong(answer)
    answer = post(lin, case, "regrade", grade="major", reason="")
    assert "写清为什么改" in wrong(answer) and re.search(r'value="major"[^>]*checked', answer.content.decode())


def test_the_second_to_sign_sees_who_was_first(cast: Cast, clock: Clock, sit: Sit) -> None:
    case = cast.judged(cast.complaint(at=clock.at), at=clock.to(minutes=2))
    zhou, ma = sit(cast.zhou_hai), sit(cast.employ("gaoyuan", "高远", "department_head", site="RY", department="engineering"))
    assert "签收" in page_of(ma, case)
    do(zhou, case, "sign")
    answer = post(ma, case, "sign")
    assert answer.status_code == 422 and "没签收成：周海已经签收" in wrong(answer)
    assert Part.objects.get(case=case).signed_by == cast.zhou_hai


def test_who_decides_sees_everything_needed_and_decides_once(cast: Cast, clock: Clock, sit: Sit) -> None:
    case = proposed(cast, clock.at)
    clock.to(minutes=40)
    he = sit(cast.he_wei)
    form = he.get(reverse("case_act", args=[case.number, "approve"])).content.decode()
    for needed in ("换皮带", "350.50 元", "闵女士", "保养不到位", "门机皮带断了", "不批准", "还剩"):
        assert needed in form, needed
    assert post(sit(cast.zhou_hai), case, "approve").status_code == 422  # the one who proposed may not decide
    do(he, case, "approve", words="同意")
    assert post(he, case, "refuse", reason="改主意了").status_code == 422
    assert case.proposals.get().state == "approved"


def test_a_number_is_shown_on_record(cast: Cast, clock: Clock, sit: Sit) -> None:
    case = signed_for(cast, clock.at)
    zhou, lin = sit(cast.zhou_hai), sit(cast.lin_xiao)
    assert "139 0000 1007" in page_of(lin, case)
    assert (
        "139 **** 1007" in page_of(zhou, case) and "139 0000 1007" not in page_of(zhou, case) and "13900001007" not in page_of(zhou, case)
    )
    assert zhou.get(reverse("case_reveal", args=[case.number])).status_code == 405
    assert zhou.post(reverse("case_reveal", args=[case.number]), {"why": "约上门时间"}).status_code == 302
    assert "139 0000 1007" in page_of(zhou, case)
    assert "139 0000 1007" not in page_of(zhou, case)  # once
    assert JournalEntry.objects.get(case=case, act="reveal").person == cast.zhou_hai
    tang = sit(cast.tang_qing)
    assert "139 **** 1007" in page_of(tang, case)
    assert tang.post(reverse("case_reveal", args=[case.number]), {"why": "看看"}).status_code == 409


def upload(name: str, content: bytes) -> Upload:
    return Upload(name, len(content), [content])


@pytest.mark.parametrize(("name", "content", "inline"), [("电梯.jpg", JPEG, True), ("保养单.pdf", PDF, False)])
def test_a_file_is_shown_only_when_it_is_a_picture(cast: Cast, clock: Clock, sit: Sit, name: str, content: bytes, inline: bool) -> None:
    case = signed_for(cast, clock.at)
    clock.to(minutes=10)
    zhou = sit(cast.zhou_hai)
    do(zhou, case, "attach", files=SimpleUploadedFile(name, content, content_type="text/html"))
    file = Attachment.objects.get(case=case)
    answer = zhou.get(reverse("case_file", args=[case.number, file.pk]))
    assert b"".join(answer.streaming_content) == content
    assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Disposition"].startswith("inline" if inline else "attachment")
    assert answer["Content-Type"] == file.kind
    other = cast.complaint(at=clock.at)
    assert sit(cast.lin_xiao).get(reverse("case_file", args=[other.number, file.pk])).status_code == 404


def test_what_is_no_picture_is_not_taken(cast: Cast, clock: Clock, sit: Sit) -> None:
    case = signed_for(cast, clock.at)
    clock.to(minutes=10)
    zhou = sit(cast.zhou_hai)
    html = SimpleUploadedFile("照片.jpg", b"<html><script>alert(1)</script>", content_type="image/jpeg")
    assert "不是照片" in wrong(post(zhou, case, "attach", files=[html]))
    assert "还没选文件" in wrong(post(zhou, case, "attach"))
    good = SimpleUploadedFile("a.jpg", JPEG)
    html.seek(0)
    assert post(zhou, case, "attach", files=[good, html]).status_code == 422
    assert not Attachment.objects.filter(case=case).exists()  # all or none


def test_papers_are_filled_in(cast: Cast, clock: Clock, sit: Sit) -> None:
    case = proposed(cast, clock.at)
    lin, zhou = sit(cast.lin_xiao), sit(cast.zhou_hai)
    head = Case.objects.get(pk=case.pk).journal_head
    opinion = lin.get(reverse("print_form", args=[case.number, "opinion"])).content.decode()
    for said in (
        "住户投诉意见表",
        "139 **** 1007",  # the whole number only on record (test_printing.py)
        "2026 年 11 月 20 日 14:32",
        "6 栋 2 单元电梯停在 3 层",
        f"校验码 {head}",
    ):
        assert said in opinion, said
    assert "139 **** 1007" in zhou.get(reverse("print_form", args=[case.number, "opinion"])).content.decode()
    record = lin.get(reverse("print_form", args=[case.number, "record"])).content.decode()
    for said in ("工程部　周海", "派给工程部", "查明原因：保养不到位", "☑ 重要", "理由：公司服务没到位或有过失"):
        assert said in record, said
    assert lin.get(reverse("print_form", args=[case.number, "visit_record"])).status_code == 200
    assert lin.get(reverse("print_form", args=[case.number, "no_such_paper"])).status_code == 404


def test_a_long_history_costs_no_more_queries(cast: Cast, clock: Clock, sit: Sit, django_assert_max_num_queries: Any) -> None:
    case = proposed(cast, clock.at)
    he = sit(cast.he_wei)
    page_of(he, case)  # what the process remembers
    with django_assert_max_num_queries(20) as few:
        page_of(he, case)
    for n in range(60):
        actions.note(cast.lin_xiao, case.pk, words=f"第 {n} 笔", at=clock.to(seconds=1))
    with django_assert_max_num_queries(20) as many:
        page = page_of(he, case)
    assert len(many) == len(few)
    assert "第 59 笔" in page and "还有 " in page
    with django_assert_max_num_queries(18):
        he.get(reverse("case_act", args=[case.number, "approve"]))


def test_nobody_signed_in_is_sent_to_sign_in(cast: Cast, clock: Clock, client: Any) -> None:
    case = cast.complaint(at=clock.at)
    answer = client.get(reverse("case", args=[case.number]))
    assert answer.status_code == 302 and answer["Location"].startswith(reverse("login"))


def test_the_customers_words_stay_words(cast: Cast, clock: Clock, sit: Sit) -> None:
    case = cast.complaint(
        at=clock.at, items=[("<script>alert(1)</script>", "lift"), ("😡😡😡", "")], wants="<b>道歉</b>", raw="<img src=x>"
    )
    page = page_of(sit(cast.lin_xiao), case)
    assert "&lt;script&gt;alert(1)" in page and "<b>道歉</b>" not in page and "<img src=x>" not in page and "😡😡😡" in page
