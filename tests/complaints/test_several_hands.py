"""Several hands on one case: tasks, duplicates, groups, matters split off, authorities, papers of the service (H-2, M-14)."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.cast import Cast
from tests.complaints.story import (
    CAUSE,
    chain_holds,
    clock,
    days,
    entries,
    fresh,
    hours,
    minutes,
    refused,
    republished,
    running,
    shown,
    states,
    told,
    walk,
)

from kesu.company.models import Grant
from kesu.complaints import actions, ringing
from kesu.complaints.actions import Promise
from kesu.complaints.models import Case, CaseItem, Clock, Group, Handover, Membership, Merge, Pause, Reference, Task
from kesu.complaints.queries import cases, work
from kesu.complaints.queries.case_page import open_page
from kesu.complaints.queries.following import owed_visits
from kesu.complaints.queries.next_step import obstacle


@pytest.fixture
def signed(cast: Cast, at: datetime) -> Case:
    """Signed for by 周海, engineering."""
    case = cast.judged(cast.complaint(), at=at)
    return actions.sign(cast.zhou_hai, case.pk, at=at + minutes(2))


def give(cast: Cast, case: Case, at: datetime, **given: object) -> Task:
    said = {"what": "调 6 栋监控", "due_at": at + hours(4), "department_id": cast.security.pk}
    actions.assign_task(cast.zhou_hai, case.pk, **(said | given), at=at)  # type: ignore[arg-type]
    return Task.objects.latest("id")


# --- tasks -----------------------------------------------------------------------------------------------------------------------


def test_a_task_is_owed_by_the_department_it_was_given_to_and_ends_with_words(cast: Cast, at: datetime, signed: Case) -> None:
    now = at + minutes(10)
    assert not cases.visible_to(cast.chen_li, now).filter(pk=signed.pk).exists()
    task = give(cast, signed, now)
    assert cases.visible_to(cast.chen_li, now).filter(pk=signed.pk).exists()
    assert ("assign_task", "陈立") in told(signed)
    owed, _ = work.owed(cast.fresh(cast.chen_li), now)
    assert [(row.obligation, row.due_at) for row in owed] == [("task", now + hours(4))]
    with refused("missing"):
        actions.do_task(cast.chen_li, signed.pk, task_id=task.pk, words=" ", at=now)
    actions.do_task(cast.chen_li, signed.pk, task_id=task.pk, words="14:20 有人强推轿门，录像已存", at=now + hours(1))
    assert clock(signed, "task").state == "done"
    assert ("do_task", "周海") in told(signed)
    with refused("done"):
        actions.do_task(cast.chen_li, signed.pk, task_id=task.pk, words="又办", at=now + hours(2))
    assert chain_holds(signed)


def test_who_did_a_task_does_not_follow_the_case_up(cast: Cast, at: datetime, signed: Case) -> None:
    task = give(cast, signed, at + minutes(10))
    actions.do_task(cast.chen_li, signed.pk, task_id=task.pk, words="录像已存", at=at + minutes(20))
    now = walk(cast, signed, "visit", at + minutes(30))
    Grant.objects.create(person=cast.chen_li, role="service_agent", site=cast.site)
    agent = cast.fresh(cast.chen_li)
    assert [row.mine for row in owed_visits(agent, now)] == [True]
    assert obstacle(open_page(agent, signed.number, now).situation, "visit")
    with refused("handled_it"):
        actions.visit(agent, signed.pk, outcome="content", agreed_time=True, at=now)
    assert [row.mine for row in owed_visits(cast.fresh(cast.su_min), now)] == [False]


def test_a_task_rings_like_every_clock_each_moment_once(cast: Cast, at: datetime, signed: Case) -> None:
    give(cast, signed, at + minutes(10))
    for later in (hours(3) + minutes(20), hours(5), hours(6), days(2), days(3)):
        ringing.ring_due(at + later)
    said = [
        (entry.act, shown(entry.at)) for entry in entries(signed, "warned", "fell_late", "climbed") if entry.data["obligation"] == "task"
    ]
    assert said == [("warned", "11-20 17:42"), ("fell_late", "11-20 18:42"), ("climbed", "11-21 18:42")]


def test_an_open_task_holds_back_the_form_and_the_closing(cast: Cast, at: datetime, signed: Case) -> None:
    now = walk(cast, signed, "handle", at + minutes(10))
    task = give(cast, signed, now)
    from kesu.complaints.models import AgreedAction

    actions.execute(cast.zhou_hai, signed.pk, action_id=AgreedAction.objects.get().pk, words="换好", at=now)
    with refused("tasks") as no:
        actions.return_form(cast.zhou_hai, signed.pk, words="办完", at=now)
    assert "调 6 栋监控" in no.value.zh
    actions.drop_task(cast.zhou_hai, signed.pk, task_id=task.pk, reason="录像已经够了", at=now + minutes(1))
    assert clock(signed, "task").state in ("done", "void")
    actions.return_form(cast.zhou_hai, signed.pk, words="办完", at=now + minutes(2))
    late = walk(cast, signed, "close", now + minutes(3))
    give(cast, signed, late, due_at=late + days(1), to=cast.ma_qiang.pk, department_id=None)
    with refused("not_ready") as no:
        actions.close(cast.lin_xiao, signed.pk, at=late)
    assert "交办的事还没办完" in no.value.zh
    actions.do_task(cast.ma_qiang, signed.pk, task_id=Task.objects.latest("id").pk, words="照片补齐", at=late)
    actions.close(cast.lin_xiao, signed.pk, at=late)


def test_a_task_is_refused_without_date_in_the_past_and_for_people_of_elsewhere(cast: Cast, at: datetime, signed: Case) -> None:
    for code, wrong in (
        ("missing", {"due_at": None}),
        ("past", {"due_at": at}),
        ("missing", {"what": " "}),
        ("department", {"department_id": cast.department("engineering", "TJ").pk}),
        ("person", {"to": cast.zheng_chuan.pk}),
        ("person", {"to": cast.bai_shi.pk}),
        ("person", {"to": cast.tang_qing.pk}),
    ):
        with refused(code):
            give(cast, signed, at + minutes(5), **wrong)
    task = give(cast, signed, at + minutes(5), to=cast.ma_qiang.pk)
    with refused("not_yours"):
        actions.do_task(cast.su_min, signed.pk, task_id=task.pk, words="我来", at=at + minutes(6))
    with refused("not_yours"):
        actions.drop_task(cast.ma_qiang, signed.pk, task_id=task.pk, reason="不想办", at=at + minutes(6))


# --- merging ---------------------------------------------------------------------------------------------------------------------


def merge(cast: Cast, case: Case, into: Case | str, at: datetime, **said: object) -> Case:
    number = into if isinstance(into, str) else into.number
    given = {"into": number, "reason": "同一部电梯", "channel": "hotline", "words": f"和 {number} 一起办"}
    return actions.merge(cast.lin_xiao, case.pk, **(given | said), at=at)  # type: ignore[arg-type]


def neighbour(cast: Cast, at: datetime, **said: object) -> Case:
    """The same lift, another resident."""
    return cast.complaint(at=at, **({"name": "邓先生", "phone": "13900001008", "home": "6栋2单元1203"} | said))


def test_merging_closes_the_one_and_the_other_counts_from_the_first_word(cast: Cast, at: datetime) -> None:
    early = neighbour(cast, at)
    late = cast.complaint(at=at + hours(3))
    before = {row.obligation: row.due_at for row in Clock.objects.filter(case=early, state="running")}
    merge(cast, early, late, at + hours(4))
    early, late = fresh(early), fresh(late)
    assert (early.outcome, early.step, early.is_open) == ("merged", "done", False)
    assert set(states(early).values()) <= {"void", "done"}
    assert set(Clock.objects.filter(case=early, state="void").values_list("void_why", flat=True)) == {"merge"}
    assert late.heard_at == at
    after = {row.obligation: row.due_at for row in Clock.objects.filter(case=late, state="running")}
    assert after and all(after[name] <= due for name, due in before.items() if name in after)
    assert [entry.data["number"] for entry in entries(late, "take_in")] == [early.number]
    assert chain_holds(early) and chain_holds(late)


def test_the_graver_grade_and_the_earlier_date_are_taken_over(cast: Cast, at: datetime) -> None:
    case = neighbour(cast, at, wanted_by=at + days(1))
    cast.judged(case, at=at + minutes(5), facts={"company_fault": True})
    other = cast.judged(cast.complaint(at=at), at=at + minutes(5))
    merge(cast, case, other, at + minutes(6))
    assert (fresh(other).grade, fresh(other).wanted_by) == ("important", at + days(1))
    assert entries(other, "regrade")


def test_merging_is_refused_where_time_would_be_won(cast: Cast, at: datetime) -> None:
    other, case = cast.judged(cast.complaint(at=at), at=at), cast.judged(neighbour(cast, at), at=at)
    actions.sign(cast.zhou_hai, other.pk, at=at + minutes(1))
    solve = clock(other, "solve_minor")
    actions.ask_extension(
        cast.lin_xiao, other.pk, clock_id=solve.pk, new_due=solve.due_at + days(1), reason="等件", told="等件", at=at + minutes(2)
    )
    from kesu.complaints.models import Extension

    actions.grant_extension(cast.he_wei, other.pk, extension_id=Extension.objects.get().pk, at=at + minutes(3))
    with refused("later") as no:
        merge(cast, case, other, at + minutes(4))
    assert other.number in no.value.zh and "群诉" in no.value.zh
    assert fresh(case).is_open and not Merge.objects.exists()


def test_what_is_not_merged(cast: Cast, at: datetime) -> None:
    case, other, third = cast.complaint(at=at), neighbour(cast, at), neighbour(cast, at)
    elsewhere = cast.complaint(by=cast.wu_tong, site_id=cast.other_site.pk)
    now = at + minutes(3)
    for code, number in (("itself", case.number), ("no_case", "RY-000000-000"), ("no_case", elsewhere.number)):
        with refused(code):
            merge(cast, case, number, now)
    merge(cast, case, other, now)
    with refused("merged_already") as no:
        merge(cast, other, case, now)
    assert other.number in no.value.zh
    with refused("merged_already"):
        merge(cast, third, case, now)
    with refused("closed"):
        merge(cast, case, third, now)
    with refused("merged"):
        actions.reopen(None, case.pk, reason="又坏", actor="customer", at=now)
    done = cast.complaint(at=at)
    walk(cast, done, "done", at)
    with refused("closed_case"):
        merge(cast, third, done, now)


def test_undoing_a_merge_gives_both_their_own_time_back(cast: Cast, at: datetime) -> None:
    early, late = neighbour(cast, at), cast.complaint(at=at + hours(3))
    mine, theirs = running(early), running(late)
    merge(cast, early, late, at + hours(4))
    actions.unmerge(cast.lin_xiao, early.pk, reason="另一部电梯", at=at + hours(5))
    assert running(early) == mine and running(late) == theirs
    assert fresh(early).is_open and fresh(late).heard_at == at + hours(3)
    merge(cast, early, late, at + hours(6))
    with refused("too_late"):
        actions.unmerge(cast.lin_xiao, early.pk, reason="另一部电梯", at=at + days(8))


def test_what_was_late_before_the_merge_stays_late_and_nothing_becomes_late_after_it(cast: Cast, at: datetime) -> None:
    case, other = cast.complaint(at=at), neighbour(cast, at)
    ringing.ring_due(at + hours(5))
    late = len(entries(case, "fell_late"))
    merge(cast, case, other, at + hours(5))
    ringing.ring_due(at + days(5))
    assert late and len(entries(case, "fell_late")) == late


# --- groups ----------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def group(cast: Cast, at: datetime) -> list[Case]:
    """Three residents, one broken lift: the first leads."""
    rows = [cast.judged(row, at=at) for row in (cast.complaint(at=at), neighbour(cast, at), neighbour(cast, at, phone="13900001009"))]
    for row in rows:
        actions.sign(cast.zhou_hai, row.pk, at=at + minutes(1))
    for row in rows[1:]:
        actions.join_group(cast.lin_xiao, row.pk, lead=rows[0].number, name="6 栋电梯", at=at + minutes(2))
    return rows


def test_each_customer_of_a_group_is_told_and_keeps_their_own_report_back(cast: Cast, at: datetime, group: list[Case]) -> None:
    now = at + minutes(5)
    actions.tell_all(cast.lin_xiao, group[0].pk, channel="hotline", words="今晚 8 点前修好", at=now)
    for row in group:
        assert [entry.data["words"] for entry in entries(row, "tell_all")] == ["今晚 8 点前修好"]
        assert "report_back" not in fresh(row).marks


def test_one_confirmed_act_copies_finding_and_proposal(cast: Cast, at: datetime, group: list[Case]) -> None:
    lead, *members = group
    now = at + minutes(5)
    with refused("no_cause"):
        actions.share_finding(cast.he_wei, lead.pk, members=[members[0].pk], at=now)
    actions.investigate(cast.zhou_hai, lead.pk, side="record", words="维保漏检", at=now)
    actions.find_cause(cast.zhou_hai, lead.pk, cause=CAUSE, words="皮带断", findings={1: "found"}, at=now)
    actions.propose(cast.zhou_hai, lead.pk, words="换皮带", promises=[Promise("换皮带", cost=100)], at=now)
    actions.share_finding(cast.he_wei, lead.pk, members=[row.pk for row in members], at=now + minutes(1))
    for row in members:
        assert (fresh(row).cause, fresh(row).step) == (CAUSE, "answer")
        assert CaseItem.objects.get(case=row).finding == "found"
        assert row.proposals.get().words == "换皮带"
        assert chain_holds(row)
    with refused("member") as no:
        actions.share_finding(cast.he_wei, lead.pk, members=[neighbour_walked(cast, group, now).pk], at=now + minutes(9))
    assert no.value.field == "members"


def neighbour_walked(cast: Cast, group: list[Case], at: datetime) -> Case:
    """A member that is further on than the finding."""
    walk(cast, group[1], "report", at + minutes(2))
    return group[1]


def test_what_is_no_group(cast: Cast, at: datetime, group: list[Case]) -> None:
    lead, member, other = group
    single = cast.judged(neighbour(cast, at), at=at)
    now = at + minutes(5)
    for code, case, number in (
        ("itself", single, single.number),
        ("grouped", member, single.number),
        ("leads", lead, single.number),
        ("circular", single, member.number),
        ("no_case", single, cast.complaint(by=cast.wu_tong, site_id=cast.other_site.pk).number),
    ):
        with refused(code):
            actions.join_group(cast.lin_xiao, case.pk, lead=number, at=now)
    with refused("leads"):
        actions.leave_group(cast.lin_xiao, lead.pk, reason="不牵头了", at=now)
    with refused("leads"):
        merge(cast, lead, single, now)
    for row in (member, other, lead):
        actions.leave_group(cast.lin_xiao, row.pk, reason="各办各的", at=now)
    assert not Group.objects.exists() and not Membership.objects.exists()
    with refused("nobody"):
        actions.tell_all(cast.lin_xiao, lead.pk, channel="hotline", words="好了", at=now)


# --- splitting -------------------------------------------------------------------------------------------------------------------

TWO = [("电梯停了", "lift"), ("保安态度差", "")]


def test_what_is_split_off_has_had_its_time_already(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(items=TWO), at=at + minutes(5))
    actions.sign(cast.zhou_hai, case.pk, at=at + minutes(8))
    now = at + hours(5)
    own = running(case)
    off = fresh(actions.split(cast.lin_xiao, case.pk, item=2, reason="归安保", at=now))
    assert (off.heard_at, off.received_at, off.customer_id, off.step) == (case.heard_at, case.received_at, case.customer_id, "investigate")
    assert off.number != case.number and off.token != fresh(case).token
    assert running(off) == own == running(case)
    assert [row.words for row in off.items.all()] == ["保安态度差"] and [row.words for row in fresh(case).items.all()] == ["电梯停了"]
    assert entries(case, "split")[0].data["number"] == off.number and entries(off, "split_off")[0].data["number"] == case.number
    assert chain_holds(case) and chain_holds(off)
    with refused("last_item"):
        actions.split(cast.lin_xiao, case.pk, item=1, reason="再拆", at=now)
    with refused("no_item"):
        actions.split(cast.lin_xiao, case.pk, item=2, reason="再拆", at=now)


# --- outside, papers, repeats ----------------------------------------------------------------------------------------------------


def test_handed_outside_their_date_runs_beside_ours(cast: Cast, at: datetime, signed: Case) -> None:
    own = running(signed)
    actions.hand_outside(cast.lin_xiao, signed.pk, body="market_supervision", number="12315-88", words="12315 会联系您", at=at + minutes(5))
    assert running(signed) == own | {"outside_result": shown(at + minutes(5) + days(60))}
    assert [row.pk for row in cases.search(cast.lin_xiao, "12315-88", at)] == [signed.pk]
    with refused("handed"):
        actions.hand_outside(cast.lin_xiao, signed.pk, body="market_supervision", number="12315-88", words="再送", at=at + minutes(6))
    actions.outside_answer(cast.lin_xiao, signed.pk, handover_id=Handover.objects.get().pk, words="调解成功", at=at + days(1))
    assert clock(signed, "outside_result").state == "done"
    with refused("answered"):
        actions.outside_answer(cast.lin_xiao, signed.pk, handover_id=Handover.objects.get().pk, words="又一个", at=at + days(1))


def test_a_court_has_no_limit_and_still_gets_its_result(cast: Cast, at: datetime, signed: Case) -> None:
    own = running(signed)
    actions.hand_outside(cast.lin_xiao, signed.pk, body="court", words="您可以等判决", at=at + minutes(5))
    assert running(signed) == own
    with refused("body"):
        actions.hand_outside(cast.lin_xiao, signed.pk, body="king", words="x", at=at + minutes(5))
    walk(cast, signed, "done", at + minutes(6))
    actions.outside_answer(cast.lin_xiao, signed.pk, handover_id=Handover.objects.get().pk, words="驳回", at=at + days(90))


def test_handed_outside_with_a_case_that_rests_our_time_stands_still_until_the_last_result(cast: Cast, at: datetime) -> None:
    rests = 'rests = "third_party_test"\n'  # stands still at most 15 days
    republished(cast, **{row: row + rests for row in ('id = "court"\n', 'id = "arbitration"\n')})
    case = cast.judged(cast.complaint(), at=at, facts={"company_fault": True})
    before = clock(case, "solve_important").due_at
    for body in ("court", "arbitration"):
        actions.hand_outside(cast.lin_xiao, case.pk, body=body, words="可以等结果", at=at + hours(1))
    assert (clock(case, "solve_important").state, Pause.objects.filter(case=case).count()) == ("paused", 1)
    first, second = case.handovers.values_list("pk", flat=True)
    with refused("missing"):
        actions.outside_answer(cast.lin_xiao, case.pk, handover_id=first, words=" ", at=at + days(5))
    actions.outside_answer(cast.lin_xiao, case.pk, handover_id=first, words="驳回", at=at + days(5))
    assert clock(case, "solve_important").state == "paused"  # the other one still has it
    actions.outside_answer(cast.lin_xiao, case.pk, handover_id=second, words="调解成", at=at + days(6) + hours(1))
    assert (clock(case, "solve_important").state, clock(case, "solve_important").due_at) == ("running", before + days(6))
    with refused("answered"):
        actions.outside_answer(cast.lin_xiao, case.pk, handover_id=second, words="又来", at=at + days(7))
    late = cast.judged(cast.complaint(at=at), at=at, facts={"company_fault": True})
    actions.hand_outside(cast.lin_xiao, late.pk, body="court", words="可以等结果", at=at + hours(1))
    ringing.ring_due(at + hours(1) + days(15))  # the longest that our time may stand still
    assert (clock(late, "solve_important").state, late.handovers.get().answered_at) == ("running", None)
    actions.outside_answer(cast.lin_xiao, late.pk, handover_id=late.handovers.get().pk, words="判了", at=at + days(40))
    assert chain_holds(case) and chain_holds(late)


def test_a_service_order_is_found_by_its_number(cast: Cast, at: datetime, signed: Case) -> None:
    actions.refer(cast.zhou_hai, signed.pk, paper="repair", number=" WX-2611-77 ", dated=at.date(), at=at)
    assert [row.pk for row in cases.search(cast.lin_xiao, "WX-2611-77", at)] == [signed.pk]
    assert not cases.search(cast.wu_tong, "WX-2611-77", at)
    for code, paper, number in (("there", "repair", "WX-2611-77"), ("paper", "treaty", "1"), ("missing", "repair", "")):
        with refused(code):
            actions.refer(cast.zhou_hai, signed.pk, paper=paper, number=number, at=at)
    assert Reference.objects.count() == 1


def test_the_same_matter_as_before_is_said_later_too(cast: Cast, at: datetime) -> None:
    first, again = cast.complaint(at=at), cast.complaint(at=at + days(3))
    actions.tie(cast.fang_jing, again.pk, earlier=first.number, reason="又停了", at=at + days(3))
    assert fresh(again).same_as_id == first.pk
    for code, case, number in (("tied", again, first.number), ("not_earlier", first, again.number), ("no_case", again, "RY-1")):
        with refused(code):
            actions.tie(cast.fang_jing, case.pk, earlier=number, reason="又停了", at=at + days(3))
