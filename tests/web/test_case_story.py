"""A case lived through its pages: every act by form, in order, as people do it."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from tests.cast import Cast
from tests.web.case_hands import Clock, Sit, clock, do, post, proposed, signed_for, sit, step

from kesu.complaints.models import AgreedAction, Case, Extension, JournalEntry, Part, Pause, Proposal

__all__ = ["clock", "sit"]


def test_a_whole_case_by_its_pages(cast: Cast, clock: Clock, sit: Sit) -> None:
    case = cast.complaint(at=clock.at)
    lin, zhou, chen, he, fang, su = (
        sit(who) for who in (cast.lin_xiao, cast.zhou_hai, cast.chen_li, cast.he_wei, cast.fang_jing, cast.su_min)
    )
    clock.to(minutes=3)
    do(lin, case, "judge", nature="valid", title="电梯停在 3 层", fact_company_fault="yes", category_1="lift")
    assert Case.objects.get(pk=case.pk).grade == "important"
    do(lin, case, "dispatch", lead=cast.engineering.pk, co=[cast.security.pk])
    do(zhou, case, "sign")
    do(chen, case, "sign")
    do(lin, case, "present", to="site_director", words="请主任过目")
    clock.to(minutes=40)
    do(zhou, case, "investigate", side="staff", kind="statement", who="马强", words="门机皮带断了")
    do(zhou, case, "find_cause", cause="upkeep", words="皮带该换没换", finding_1="found")
    do(
        zhou,
        case,
        "propose",
        words="今天换皮带，查全部电梯",
        customer_pays="",
        what_1="换皮带",
        cost_1="350.50",
        due_1=f"{clock.at + timedelta(days=1):%Y-%m-%dT%H:%M}",
        remedy_1="mend",
        what_2="上门道歉",
        remedy_2="apology",
    )
    proposal = Proposal.objects.get(case=case)
    assert (proposal.company_pays, proposal.state, proposal.approver) == (35050, "pending", "site_director")
    do(he, case, "approve", words="同意")
    do(zhou, case, "reply", channel="hotline", words="明天换好，今天先停用")
    do(fang, case, "agree", channel="hotline", words="行")
    assert step(case) == "handle"
    for action in AgreedAction.objects.filter(case=case):
        do(zhou, case, "execute", action=action.pk, words="做好了")
    do(zhou, case, "return", words="皮带换好，试了十次")
    assert step(case) == "handle"  # security has not given its part back yet
    do(chen, case, "return", words="调了录像，当时没人被困")
    assert step(case) == "report"
    do(fang, case, "report_back", channel="hotline", spoke_to="闵女士", words="修好了", answer="谢谢")
    clock.to(days=3)
    do(su, case, "visit", outcome="content", channel="hotline", words="好了")
    do(lin, case, "close")
    do(sit(cast.luo_qing), case, "archive")
    assert step(case) == "done"
    acts = list(JournalEntry.objects.filter(case=case, actor="staff").values_list("act", flat=True))
    assert acts == [
        "receive", "judge", "dispatch", "sign", "sign", "present", "investigate", "find", "find_cause", "propose", "approve", "reply",
        "agree", "execute", "execute", "return", "return", "report_back", "visit", "close", "archive",
    ]  # fmt: skip
    page = fang.get(reverse("case", args=[case.number])).content.decode()
    assert "已归档" in page and "皮带该换没换" in page


def test_sent_back_dispatched_anew_and_handed_on(cast: Cast, clock: Clock, sit: Sit) -> None:
    case = cast.judged(cast.complaint(at=clock.at), at=clock.to(minutes=2))
    zhou, lin = sit(cast.zhou_hai), sit(cast.lin_xiao)
    do(zhou, case, "send_back", reason="不是设备，是有人堵门")
    assert step(case) == "dispatch"
    page = lin.get(reverse("case", args=[case.number])).content.decode()
    assert "工程部退回：不是设备，是有人堵门" in page
    do(lin, case, "dispatch", lead=cast.security.pk)
    cast.employ("feng", "冯远", "handler", site="RY", department="security")
    chen = sit(cast.chen_li)
    do(chen, case, "sign")
    feng = Part.objects.get(case=case, sent_back_at=None).department.grants.get(role="handler").person
    do(chen, case, "transfer", to=feng.pk, reason="他当班")
    assert Case.objects.get(pk=case.pk).handler == feng


def test_pause_resume_and_more_time(cast: Cast, clock: Clock, sit: Sit) -> None:
    case = signed_for(cast, clock.at, {"company_fault": True})
    clock.to(minutes=10)
    lin, shen = sit(cast.lin_xiao), sit(cast.shen_yue)
    do(lin, case, "pause", reason="customer_evidence", words="等住户发录像")
    page = lin.get(reverse("case", args=[case.number])).content.decode()
    assert "暂停计时：等住户补材料" in page
    clock.to(hours=3)
    do(lin, case, "resume", words="收到了")
    page = lin.get(reverse("case", args=[case.number])).content.decode()
    assert "暂停（等住户补材料），不计 3 小时" in page
    assert Pause.objects.get(case=case).ended_at is not None
    solve = case.clocks.get(obligation="solve_important")
    assert solve.due_at == clock.at - timedelta(hours=3, minutes=10) + timedelta(days=3, hours=3)
    wanted = (
        f"{(solve.due_at + timedelta(days=2)).astimezone(clock.at.tzinfo):%Y-%m-%dT%H:%M}"  # as the browser sends it: the wall clock here
    )
    refused = post(lin, case, "ask_extension", clock=solve.pk, new_due=wanted, reason="等配件", told="")
    assert refused.status_code == 422 and "写下怎么跟客户说" in refused.content.decode()
    do(lin, case, "ask_extension", clock=solve.pk, new_due=wanted, reason="等配件", told="配件周一到")
    asked = Extension.objects.get(case=case)
    assert asked.new_due - solve.due_at == timedelta(days=2)
    page = shen.get(reverse("case_act", args=[case.number, "grant_extension"])).content.decode()
    assert "等配件" in page and "配件周一到" in page and "不准延期" in page
    do(shen, case, "grant_extension", extension=asked.pk)
    solve.refresh_from_db()
    assert solve.due_at == asked.new_due


def test_declined_proposed_anew_agreed(cast: Cast, clock: Clock, sit: Sit) -> None:
    case = proposed(cast, clock.at)
    clock.to(minutes=40)
    he, zhou, fang = sit(cast.he_wei), sit(cast.zhou_hai), sit(cast.fang_jing)
    do(he, case, "refuse", reason="太贵，先修")
    page = zhou.get(reverse("case", args=[case.number])).content.decode()
    assert "上次没批：太贵，先修" in page
    again = zhou.get(reverse("case_act", args=[case.number, "propose"])).content.decode()
    assert 'value="换皮带"' in again and 'value="350.50"' in again  # what was proposed is not typed twice
    do(zhou, case, "propose", words="先修后换", what_1="修皮带", cost_1="0")
    do(he, case, "approve")
    do(zhou, case, "reply", channel="hotline", words="今天修好")
    do(fang, case, "decline", channel="hotline", reason="要换新的")
    assert Proposal.objects.filter(case=case).latest("id").state == "declined"
    assert "客户不同意：要换新的" in zhou.get(reverse("case", args=[case.number])).content.decode()


def test_withdrawn_and_closed(cast: Cast, clock: Clock, sit: Sit) -> None:
    case = signed_for(cast, clock.at)
    clock.to(minutes=10)
    lin = sit(cast.lin_xiao)
    do(lin, case, "withdraw", reason="住户说自己弄好了")
    do(lin, case, "close", words="")
    assert Case.objects.get(pk=case.pk).outcome == "withdrawn"
    do(sit(cast.luo_qing), case, "archive")
    assert step(case) == "done"


def test_unfounded_then_reopened(cast: Cast, clock: Clock, sit: Sit) -> None:
    case = signed_for(cast, clock.at)
    clock.to(minutes=10)
    do(sit(cast.zhou_hai), case, "unfound", reason="录像里没有停梯", words="给您看过录像", channel="hotline")
    do(sit(cast.lin_xiao), case, "close")
    do(sit(cast.lin_xiao), case, "reopen", reason="住户拿来新的录像")
    found = Case.objects.get(pk=case.pk)
    assert (found.round, found.is_open) == (2, True)
    assert "第 2 轮" in sit(cast.lin_xiao).get(reverse("case", args=[case.number])).content.decode()


def test_settled_on_the_spot(cast: Cast, clock: Clock, sit: Sit) -> None:
    case = signed_for(cast, clock.at, {"limits_only": True})
    clock.to(minutes=10)
    zhou = sit(cast.zhou_hai)
    page = zhou.get(reverse("case", args=[case.number])).content.decode()
    assert "当场办结" in page
    values = {"cause": "ageing", "cause_words": "灯管老化", "finding_1": "found", "channel": "patrol", "words": "换好了"}
    refused = post(zhou, case, "settle", **values, what="", done="亮了")
    assert refused.status_code == 422 and "灯管老化" in refused.content.decode()
    assert not Case.objects.get(pk=case.pk).cause  # nothing of it has happened
    do(zhou, case, "settle", **values, what="换灯管", done="亮了")
    acts = list(JournalEntry.objects.filter(case=case, person=cast.zhou_hai).values_list("act", flat=True))
    assert acts == ["sign", "find", "find_cause", "propose", "reply", "agree", "execute", "return"]
    assert step(case) == "report"


def test_the_spot_is_not_for_what_needs_approval(cast: Cast, clock: Clock, sit: Sit) -> None:
    case = signed_for(cast, clock.at, {"company_fault": True})
    clock.to(minutes=10)
    zhou = sit(cast.zhou_hai)
    assert "当场办结" not in zhou.get(reverse("case", args=[case.number])).content.decode()
    assert zhou.get(reverse("case_act", args=[case.number, "settle"])).status_code == 409
