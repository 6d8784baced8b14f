"""Several hands through the pages: forms, the section of the case, the group, what a merged complaint's customer sees."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.web.case_hands import Clock, Sit, clock, do, post, signed_for, sit

from kesu.complaints.models import Case, Handover, Task

__all__ = ["clock", "sit"]


def shown(client: Client, case: Case, name: str = "case") -> str:
    return client.get(reverse(name, args=[case.number])).content.decode()


def test_a_task_by_form_shows_in_the_work_of_whoever_has_it(cast: Cast, clock: Clock, sit: Sit) -> None:
    case = signed_for(cast, clock.at)
    head, security = sit(cast.zhou_hai), sit(cast.chen_li)
    clock.to(minutes=10)
    by = (clock.at + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")
    do(head, case, "assign_task", who=f"d{cast.security.pk}", what="调监控", due_at=by)
    work = security.get(reverse("work")).content.decode()
    task = Task.objects.get()
    assert f"do_task/?task={task.pk}" in work
    assert "调监控" in shown(security, case)
    do(security, case, "do_task", task=task.pk, words="录像已存")
    assert "录像已存" in shown(head, case)


def test_the_merged_customers_link_shows_how_the_other_goes_on(cast: Cast, clock: Clock, sit: Sit) -> None:
    other, case = signed_for(cast, clock.at), cast.complaint(at=clock.at, name="邓先生", phone="13900001008", home="6栋2单元1203")
    desk = sit(cast.lin_xiao)
    clock.to(minutes=10)
    said = {"into": other.number, "reason": "同一部电梯", "channel": "hotline", "words": "一起办，今晚给您回话"}
    assert "不能并入自己" in post(desk, case, "merge", **(said | {"into": case.number})).content.decode()
    do(desk, case, "merge", **said)
    page = Client().get(reverse("track", args=[case.token])).content.decode()
    assert other.number in page and "一起办，今晚给您回话" in page
    assert "闵女士" not in page and "13900001007" not in page
    assert other.number in shown(desk, case) and case.number in shown(desk, other)
    do(desk, case, "unmerge", reason="另一部电梯")
    assert other.number not in Client().get(reverse("track", args=[case.token])).content.decode().split("一起办")[0]


def test_a_group_by_form_has_a_page_of_its_own(cast: Cast, clock: Clock, sit: Sit) -> None:
    lead, case = signed_for(cast, clock.at), signed_for(cast, clock.at)
    desk = sit(cast.lin_xiao)
    assert desk.get(reverse("case_group", args=[lead.number])).status_code == 404
    do(desk, case, "join_group", lead=lead.number, name="6 栋电梯")
    do(desk, lead, "tell_all", channel="hotline", words="今晚修好")
    page = shown(desk, case, "case_group")
    assert lead.number in page and case.number in page and "6 栋电梯" in page
    assert sit(cast.bai_shi).get(reverse("case_group", args=[lead.number])).status_code == 404


def test_an_authority_by_form_is_shown_to_the_customer_too(cast: Cast, clock: Clock, sit: Sit) -> None:
    case = signed_for(cast, clock.at)
    desk = sit(cast.lin_xiao)
    do(desk, case, "hand_outside", body="hotline_12345", number="12345-9", words="12345 会回复您")
    page = Client().get(reverse("track", args=[case.token])).content.decode()
    assert "12345-9" in page and "12345 会回复您" in page
    do(desk, case, "outside_answer", handover=Handover.objects.get().pk, words="已答复市民")
    assert "已答复市民" in shown(desk, case) and "已答复市民" not in Client().get(reverse("track", args=[case.token])).content.decode()
    do(desk, case, "outside_verdict", body="hotline_12345", replied="yes", solved="no", words="11 月 20 日回访")
    assert "12345 热线的评定：及时响应、没有解决。11 月 20 日回访" in shown(desk, case)
    do(desk, case, "refer", paper="repair", number="WX-1", dated="2026-11-19T10:00")
    assert "WX-1" in shown(desk, case)
