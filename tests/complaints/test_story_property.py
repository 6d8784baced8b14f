"""The property procedure played through, one story per grade: when everything is due, who hears of it, what is refused."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.cast import Cast
from tests.complaints.story import (
    CAUSE,
    answer,
    chain_holds,
    clock,
    days,
    due,
    entries,
    fresh,
    handle,
    hours,
    investigate,
    minutes,
    on,
    refused,
    rung,
    running,
    shown,
    states,
    told,
    walk,
)

from kesu.complaints import actions, ringing
from kesu.complaints.actions import Promise
from kesu.complaints.models import AgreedAction, Case, Clock, JournalEntry, Part, Proposal, Visit

MAJOR = {"company_fault": True, "heavy_loss": True}
IMPORTANT = {"company_fault": True}


# --- minor (P-5, P-6, P-8, P-9, P-11, P-14) --------------------------------------------------------------------------------------


def test_minor_every_limit_to_the_minute(cast: Cast, at: datetime) -> None:
    case = cast.complaint()  # Friday 14:32
    assert running(case) == {"judge": "11-20 15:02", "dispatch": "11-20 14:42", "solve_minor": "11-22 14:32", "month": "12-20 14:32"}

    actions.judge(cast.lin_xiao, case.pk, nature="valid", facts={"limits_only": True}, at=at + minutes(3))
    actions.dispatch(cast.fang_jing, case.pk, lead=cast.engineering.pk, co=[cast.security.pk], at=at + minutes(4))
    parts = {part.department_id: part for part in Part.objects.filter(case=case)}
    assert due(case, "sign", subject=parts[cast.engineering.pk].pk) == "11-20 14:42"  # P-6: ten minutes from reception
    assert due(case, "sign", subject=parts[cast.security.pk].pk) == "11-20 14:46"  # a co-department: from its dispatch
    assert clock(case, "judge").state == clock(case, "dispatch").state == "done"

    actions.sign(cast.zhou_hai, case.pk, at=at + minutes(8))
    actions.sign(cast.chen_li, case.pk, at=at + minutes(9))
    assert running(case) == {"solve_minor": "11-22 14:32", "month": "12-20 14:32"}
    assert clock(case, "solve_minor").person == cast.zhou_hai

    investigate(cast, case, at + minutes(30))
    actions.propose(cast.zhou_hai, case.pk, words="换皮带", promises=[Promise("换皮带", due_at=on("11-20", "18:00"))], at=at + minutes(40))
    actions.reply(cast.zhou_hai, case.pk, channel="hotline", words="今天换", at=at + minutes(45))
    assert due(case, "agree") == "11-22 15:17"
    assert clock(case, "agree").waits_for == "customer"
    actions.agree(None, case.pk, words="好", actor="customer", at=at + minutes(50))
    assert due(case, "action") == "11-20 18:00"

    action = AgreedAction.objects.get(case=case)
    actions.execute(cast.zhou_hai, case.pk, action_id=action.pk, words="换好了", at=at + minutes(120))
    assert {shown(row.due_at) for row in Clock.objects.filter(case=case, obligation="return")} == {"11-21 00:00"}  # P-8: the same day
    actions.return_form(cast.zhou_hai, case.pk, words="换好", at=at + minutes(130))
    assert fresh(case).step == "handle"  # security has not returned its form
    actions.return_form(cast.chen_li, case.pk, words="现场维护秩序", at=at + minutes(135))
    assert clock(case, "solve_minor").state == "done"
    assert due(case, "report") == "11-21 00:00"  # P-9: the same day

    actions.report_back(cast.fang_jing, case.pk, channel="hotline", spoke_to="闵女士", words="修好了", at=at + minutes(140))
    assert due(case, "visit") == "11-23 16:52"  # P-11: within three days
    actions.visit(cast.su_min, case.pk, outcome="content", channel="hotline", at=on("11-21", "09:30"))
    assert due(case, "close") == "11-23 09:30"
    actions.close(cast.lin_xiao, case.pk, at=on("11-21", "10:00"))
    assert running(case) == {"archive": "12-01 00:00"}
    actions.archive(cast.luo_qing, case.pk, at=on("11-23", "10:00"))
    assert fresh(case).step == "done"
    assert running(case) == {}
    assert chain_holds(case)
    assert [entry.act for entry in entries(case)] == [
        "receive", "judge", "dispatch", "sign", "sign", "find", "find_cause", "propose", "reply", "agree", "execute", "return", "return",
        "report_back", "visit", "close", "archive",
    ]  # fmt: skip


def test_minor_ends_with_the_customers_own_date_when_that_is_sooner(cast: Cast) -> None:
    assert due(cast.complaint(wanted_by=on("11-21", "18:00")), "solve_minor") == "11-21 18:00"
    assert due(cast.complaint(wanted_by=on("11-25", "18:00")), "solve_minor") == "11-22 14:32"


def test_the_limit_counts_from_when_the_customer_was_heard_signing_from_when_it_was_recorded(cast: Cast, at: datetime) -> None:
    case = cast.complaint(heard_at=at - hours(20))
    assert due(case, "solve_minor") == "11-21 18:32"
    assert due(case, "month") == "12-19 18:32"
    assert due(case, "dispatch") == "11-20 14:42"


def test_minor_is_rung_warned_late_and_up_the_ladder(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at + minutes(2))
    actions.sign(cast.zhou_hai, case.pk, at=at + minutes(5))
    for moment in (at + hours(24), at + hours(36), at + hours(48), at + hours(72)):
        assert ringing.ring_due(moment - minutes(1)) == 0
        assert ringing.ring_due(moment) == 1
        assert ringing.ring_due(moment) == 0
    assert rung(case, "solve_minor") == [
        ("11-21 14:32", "warned", ["周海"]),
        ("11-22 02:32", "warned", ["周海"]),
        ("11-22 14:32", "fell_late", ["周海", "林晓", "何伟"]),
        ("11-23 14:32", "climbed", ["沈岳"]),
    ]
    assert told(case, "warned", "fell_late", "climbed") == {
        ("warned", "周海"), ("fell_late", "周海"), ("fell_late", "林晓"), ("fell_late", "何伟"), ("climbed", "沈岳"),
    }  # fmt: skip


def test_signing_late_is_on_record_whether_or_not_the_worker_was_there(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at + minutes(2))
    actions.sign(cast.zhou_hai, case.pk, at=at + minutes(25))
    assert [(shown(entry.at), shown(entry.written_at)) for entry in entries(case, "fell_late")] == [("11-20 14:42", "11-20 14:57")]
    ringing.ring_due(at + minutes(30))
    assert len(rung(case, "sign")) == 1


def test_the_rapid_response_group_has_24_hours(cast: Cast) -> None:
    case = cast.complaint(facts={"simple": True})
    assert due(case, "rapid") == "11-21 14:32"  # M-15


# --- important (P-4, P-15) -------------------------------------------------------------------------------------------------------


def test_important_every_limit_to_the_minute(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at + minutes(5), facts=IMPORTANT)
    assert case.grade == "important"
    assert due(case, "present_important") == "11-20 15:32"  # P-4: an hour from reception
    assert due(case, "solve_important") == "11-23 14:32"  # P-15: three days
    assert clock(case, "solve_minor").state == "void"
    ringing.ring_due(at + minutes(30))
    assert rung(case, "present_important") == [("11-20 15:02", "warned", ["林晓"])]
    actions.present(cast.lin_xiao, case.pk, to="site_director", words="电梯关人", at=at + minutes(50))
    assert clock(case, "present_important").state == "done"
    assert ("present", "何伟") in told(case)


def test_important_needs_approval_whatever_it_costs(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at + minutes(5), facts=IMPORTANT)
    now = walk(cast, case, "answer", at + minutes(6))
    actions.propose(cast.zhou_hai, case.pk, words="道歉", at=now)
    assert due(case, "approve") == "11-21 09:40"  # four open hours from 14:40: 3 h 20 on Friday, the rest from 9:00 on Saturday
    with refused("proposal_state"):
        actions.reply(cast.zhou_hai, case.pk, channel="hotline", words="先答应着", at=now)
    with refused("not_approver"):
        actions.approve(cast.shen_yue, case.pk, at=now)
    actions.approve(cast.he_wei, case.pk, at=now)
    assert ("approve", "周海") in told(case)


def test_important_above_the_directors_limit_goes_to_the_general_manager(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at + minutes(5), facts=IMPORTANT)
    now = walk(cast, case, "answer", at + minutes(6))
    actions.propose(cast.zhou_hai, case.pk, words="赔偿", promises=[Promise("赔偿", cost=200_001)], at=now)
    assert Proposal.objects.get(case=case).approver == "general_manager"
    owed = clock(case, "approve")
    assert (owed.role, owed.company_wide) == ("general_manager", True)  # whoever must answer is the one who owes it
    ringing.ring_due(on("11-20", "17:00"))
    assert rung(case, "approve") == [("11-20 16:40", "warned", ["沈岳"])]
    actions.approve(cast.shen_yue, case.pk, at=now + minutes(1))


def test_important_needs_two_sides_major_three(cast: Cast, at: datetime) -> None:
    for facts, sides in ((IMPORTANT, 2), (MAJOR, 3)):
        case = cast.judged(cast.complaint(), at=at, facts=facts)
        actions.sign(cast.zhou_hai, case.pk, at=at)
        for side in ("record", "staff")[: sides - 1]:
            with refused("sides"):
                actions.find_cause(cast.zhou_hai, case.pk, cause=CAUSE, words="皮带断", at=at)
            actions.investigate(cast.zhou_hai, case.pk, side=side, words="看过", at=at)
        actions.find_cause(cast.zhou_hai, case.pk, cause=CAUSE, words="皮带断", findings={1: "found"}, at=at)


# --- major (P-3, P-16) -----------------------------------------------------------------------------------------------------------


def test_major_every_limit_to_the_minute(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at + minutes(5), facts=MAJOR)
    assert case.grade == "major"
    assert running(case) == {
        "sign": "11-20 14:42",
        "present_major": "11-21 00:00",  # P-3: the same day
        "reply_major": "11-22 14:32",  # P-16: a clear reply within two days
        "solve_major": "11-30 14:32",  # P-16: ten days at most
    }
    assert ("judge", "何伟") in told(case)
    actions.present(cast.lin_xiao, case.pk, to="site_director", at=at + minutes(6))
    assert clock(case, "present_major").state == "running"  # the general manager has not heard of it yet
    actions.present(cast.lin_xiao, case.pk, to="general_manager", at=at + minutes(7))
    assert clock(case, "present_major").state == "done"
    now = walk(cast, case, "answer", at + minutes(8))
    answer(cast, case, now)
    assert clock(case, "reply_major").state == "done"
    now = walk(cast, case, "done", now)
    assert running(case) == {}
    assert ("close", "罗晴") in told(case)  # P-13: quality takes it up


def test_major_is_refused_by_the_site_director_and_by_the_one_who_proposed(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at, facts=MAJOR)
    now = walk(cast, case, "answer", at + minutes(1))
    actions.propose(cast.he_wei, case.pk, words="道歉并修好", at=now)
    with refused("own_proposal"):
        actions.approve(cast.he_wei, case.pk, at=now)
    with refused("missing"):
        actions.refuse(cast.shen_yue, case.pk, reason=" ", at=now)
    actions.refuse(cast.shen_yue, case.pk, reason="要写明赔偿", at=now)
    assert ("refuse", "何伟") in told(case)
    assert fresh(case).step == "answer"


def test_a_directors_own_proposal_goes_to_the_next_who_may_approve(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at, facts=IMPORTANT)
    now = walk(cast, case, "answer", at + minutes(1))
    actions.propose(cast.he_wei, case.pk, words="道歉并修好", at=now)
    actions.approve(cast.shen_yue, case.pk, at=now)
    assert Proposal.objects.get(case=case).state == "approved"


# --- urgent facts ----------------------------------------------------------------------------------------------------------------


def test_people_trapped_five_minutes_then_two_superiors_then_the_general_manager(cast: Cast, at: datetime) -> None:
    case = cast.complaint(facts={"U1": True})
    assert due(case, "urgent_contact") == "11-20 14:37"
    ringing.ring_due(at + minutes(30))
    assert rung(case, "urgent_contact") == [
        ("11-20 14:34", "warned", ["方静"]),
        ("11-20 14:37", "fell_late", ["方静", "林晓", "何伟"]),
        ("11-20 14:47", "climbed", ["沈岳"]),
    ]


def test_an_urgent_fact_found_while_regrading_starts_its_clock(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at + minutes(5))
    actions.sign(cast.zhou_hai, case.pk, at=at + minutes(6))
    facts = {"company_fault": True, "U2": True}
    actions.regrade(cast.lin_xiao, case.pk, grade="major", reason="有人受伤", facts=facts, at=at + minutes(60))
    assert due(case, "urgent_contact") == "11-20 15:37"


# --- what closing and every step before it need ----------------------------------------------------------------------------------


def test_each_step_is_refused_before_its_time(cast: Cast, at: datetime) -> None:
    case = cast.complaint()
    early = {
        "sign": lambda: actions.sign(cast.zhou_hai, case.pk, at=at),
        "find_cause": lambda: actions.find_cause(cast.zhou_hai, case.pk, cause=CAUSE, words="皮带", at=at),
        "propose": lambda: actions.propose(cast.zhou_hai, case.pk, words="换", at=at),
        "reply": lambda: actions.reply(cast.lin_xiao, case.pk, channel="hotline", words="换", at=at),
        "agree": lambda: actions.agree(None, case.pk, actor="customer", at=at),
        "report_back": lambda: actions.report_back(cast.fang_jing, case.pk, channel="hotline", spoke_to="", words="好", at=at),
        "visit": lambda: actions.visit(cast.su_min, case.pk, outcome="content", agreed_time=True, at=at),
        "close": lambda: actions.close(cast.lin_xiao, case.pk, at=at),
        "archive": lambda: actions.archive(cast.luo_qing, case.pk, at=at),
    }
    for name, act in early.items():
        with pytest.raises((Case.DoesNotExist, Exception)) as caught:
            act()
        assert getattr(caught.value, "code", "unseen") in ("wrong_step", "unseen"), name
    assert [entry.act for entry in entries(case)] == ["receive"]


def _at_close(cast: Cast, at: datetime, facts: dict[str, bool] | None = None) -> Case:
    case = cast.judged(cast.complaint(), at=at, facts=facts or {})
    walk(cast, case, "close", at + minutes(1))
    return case


@pytest.mark.parametrize(
    "need", ["told", "followed_up", "cause_found", "agreed", "actions_done", "forms_returned", "approvals_answered", "not_paused"]
)
def test_closing_is_refused_for_each_condition_alone(cast: Cast, at: datetime, need: str) -> None:
    case = _at_close(cast, at, IMPORTANT)
    _take_away(cast, fresh(case), need, at)
    with refused("not_ready") as caught:
        actions.close(cast.lin_xiao, case.pk, at=at + hours(2))
    assert caught.value.data["needs"] == [need]
    assert fresh(case).closed_at is None


def _take_away(cast: Cast, case: Case, need: str, at: datetime) -> None:
    """Makes one condition untrue behind the procedure's back: on the road itself a case cannot come this far without it."""
    marks = {"told": "report_back", "followed_up": "visit", "agreed": "agree"}
    if need in marks:
        del case.marks[marks[need]]
    case.cause = "" if need == "cause_found" else case.cause
    case.save()
    if need == "actions_done":
        AgreedAction.objects.filter(case=case).update(done_at=None)
    if need == "forms_returned":
        Part.objects.filter(case=case).update(returned_at=None)
    if need == "approvals_answered":
        Proposal.objects.filter(case=case).update(state="pending")
    if need == "not_paused":
        case.pauses.create(round=1, reason="customer_away", began_at=at, ends_by=at + days(1))


def test_closing_a_minor_case_does_not_need_the_customers_agreement(cast: Cast, at: datetime) -> None:
    case = _at_close(cast, at)
    _take_away(cast, fresh(case), "agreed", at)
    actions.close(cast.lin_xiao, case.pk, at=at + hours(2))


def test_the_form_is_not_returned_while_an_agreed_thing_is_undone(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    now = walk(cast, case, "answer", at + minutes(1))
    answer(cast, case, now, promises=[Promise("换皮带"), Promise("道歉信")])
    first, second = AgreedAction.objects.filter(case=case)
    actions.execute(cast.zhou_hai, case.pk, action_id=first.pk, words="换了", at=now)
    with refused("undone"):
        actions.return_form(cast.zhou_hai, case.pk, words="好了", at=now)
    with refused("done"):
        actions.execute(cast.zhou_hai, case.pk, action_id=first.pk, words="换了", at=now)
    actions.execute(cast.zhou_hai, case.pk, action_id=second.pk, words="送到", at=now)
    actions.return_form(cast.zhou_hai, case.pk, words="好了", at=now)


def test_a_thing_promised_for_a_department_without_a_form_is_the_leads_to_see_done(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    now = walk(cast, case, "answer", at + minutes(1))
    answer(cast, case, now, promises=[Promise("擦净轿厢", department_id=cast.department("cleaning").pk)])
    with refused("undone"):
        actions.return_form(cast.zhou_hai, case.pk, words="好了", at=now)
    handle(cast, case, now)
    walk(cast, case, "done", now + minutes(1))


def test_more_can_be_proposed_while_handling_and_is_answered_before_the_form_goes_back(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at, facts=IMPORTANT)
    now = walk(cast, case, "handle", at + minutes(1))
    actions.propose(cast.zhou_hai, case.pk, words="导轨也要换", promises=[Promise("换导轨", cost=300_000)], at=now)
    assert fresh(case).step == "answer"
    first = AgreedAction.objects.get(case=case, agreed_at__isnull=False)
    actions.execute(cast.zhou_hai, case.pk, action_id=first.pk, words="皮带换好", at=now)  # what was agreed goes on meanwhile
    actions.approve(cast.shen_yue, case.pk, at=now)
    actions.reply(cast.zhou_hai, case.pk, channel="hotline", words="导轨也换", at=now)
    actions.agree(None, case.pk, actor="customer", at=now)
    assert fresh(case).step == "handle"
    with refused("undone"):
        actions.return_form(cast.zhou_hai, case.pk, words="好了", at=now)
    walk(cast, case, "done", now + minutes(1))


# --- rounds ----------------------------------------------------------------------------------------------------------------------


def test_not_content_opens_a_second_round_with_limits_of_its_own(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    now = walk(cast, case, "visit", at + minutes(1))
    with refused("missing"):
        actions.visit(cast.su_min, case.pk, outcome="not_content", at=now)
    actions.visit(cast.su_min, case.pk, outcome="not_content", words="又停了", at=now)
    again = fresh(case)
    assert (again.round, again.step, again.grade) == (2, "dispatch", "minor")
    assert clock(case, "visit", round=1).state == "done"
    assert running(case) == {"dispatch": shown(now + minutes(10)), "solve_minor": shown(now + days(2)), "month": "12-20 14:32"}
    assert {("reopen", "林晓"), ("reopen", "何伟")} <= told(case)
    now = walk(cast, case, "visit", now + minutes(1))
    with refused("handled_it"):
        _visit_as_handler(cast, case, now)
    walk(cast, case, "done", now)
    assert list(Visit.objects.filter(case=case).values_list("round", "attempt", "outcome")) == [(1, 1, "not_content"), (2, 1, "content")]
    assert chain_holds(case)


def _visit_as_handler(cast: Cast, case: Case, at: datetime) -> None:
    from kesu.company.models import Grant

    Grant.objects.create(person=cast.zhou_hai, role="service_agent", site=cast.site)
    actions.visit(cast.fresh(cast.zhou_hai), case.pk, outcome="content", agreed_time=True, at=at)


def test_the_customer_reopens_a_closed_case_and_it_can_be_closed_again(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    now = walk(cast, case, "archive", at + minutes(1))
    actions.reopen(None, case.pk, reason="又坏了", actor="customer", at=now + days(1))
    assert fresh(case).closed_at is None
    assert "archive" not in running(case)
    assert due(case, "month") == "12-20 14:32"  # the month counts across rounds
    assert clock(case, "month").state == "running"
    walk(cast, case, "done", now + days(1))
    assert running(case) == {}


def test_nobody_reopens_what_is_still_being_handled(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    with refused("open"):
        actions.reopen(cast.lin_xiao, case.pk, reason="再来", at=at)
    with refused("under_way"):
        actions.reopen(None, case.pk, reason="快点", actor="customer", at=at)


def test_reopening_lets_an_unanswered_extension_lapse(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    now = walk(cast, case, "handle", at + minutes(1))
    actions.ask_extension(
        cast.zhou_hai, case.pk, clock_id=clock(case, "solve_minor").pk, new_due=at + days(3), reason="等件", told="等件到", at=now
    )
    now = walk(cast, case, "visit", now)
    actions.visit(cast.su_min, case.pk, outcome="not_content", words="又停了", agreed_time=True, at=now)
    walk(cast, case, "done", now + minutes(1))


# --- withdrawn, unfounded, questions, venting ------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["judge", "dispatch", "sign", "investigate", "answer", "handle", "report", "visit"])
def test_withdrawn_at_any_step_is_closed_and_archived(cast: Cast, at: datetime, step: str) -> None:
    case = cast.complaint()
    now = walk(cast, case, step, at)
    actions.withdraw(None, case.pk, reason="已经自己好了", actor="customer", at=now)
    assert fresh(case).step == "close"
    assert set(running(case)) <= {"close", "month"}  # nothing more is owed to the customer
    with refused("withdrawn"):
        actions.withdraw(None, case.pk, reason="再撤一次", actor="customer", at=now)
    actions.close(cast.lin_xiao, case.pk, at=now)
    assert (fresh(case).outcome, fresh(case).step) == ("withdrawn", "archive")
    actions.archive(cast.luo_qing, case.pk, at=now)
    assert (fresh(case).step, running(case)) == ("done", {})


def test_withdrawing_takes_back_what_waits_for_approval(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at, facts=IMPORTANT)
    now = walk(cast, case, "answer", at)
    actions.ask_extension(
        cast.zhou_hai, case.pk, clock_id=clock(case, "solve_important").pk, new_due=at + days(4), reason="等件", told="等件到", at=now
    )
    actions.propose(cast.zhou_hai, case.pk, words="道歉", at=now)
    actions.withdraw(cast.fang_jing, case.pk, reason="不投诉了", at=now)
    actions.close(cast.lin_xiao, case.pk, at=now)
    assert Proposal.objects.get(case=case).state == "replaced"


def test_somebody_is_reminded_to_close_what_was_withdrawn(cast: Cast, at: datetime) -> None:
    case = cast.complaint()
    actions.withdraw(None, case.pk, reason="自己好了", actor="customer", at=at)
    assert due(case, "close") == "11-22 14:32"


@pytest.mark.parametrize("step", ["judge", "dispatch", "sign", "investigate", "answer"])
def test_unfounded_needs_a_reason_and_an_explanation_then_closes(cast: Cast, at: datetime, step: str) -> None:
    case = cast.complaint()
    now = walk(cast, case, step, at)
    with refused("missing"):
        actions.unfound(cast.lin_xiao, case.pk, reason="查过没有", words="", channel="hotline", at=now)
    with refused("missing"):
        actions.unfound(cast.lin_xiao, case.pk, reason="", words="跟您说明", channel="hotline", at=now)
    actions.unfound(cast.lin_xiao, case.pk, reason="监控显示门正常", words="看过监控，谢谢您提醒", channel="hotline", at=now)
    assert (fresh(case).nature, fresh(case).step) == ("unfounded", "close")
    assert set(running(case)) == {"close_short"}  # nobody signs, judges or handles it any more
    actions.close(cast.lin_xiao, case.pk, at=now)
    assert set(running(case)) == {"archive"}


@pytest.mark.parametrize(("nature", "road", "answer_by"), [
    ("question", ["dispatch", "sign", "handle", "report", "close", "archive"], ("answer_question", "11-23 14:32")),
    ("suggestion", ["dispatch", "sign", "handle", "report", "close", "archive"], ("answer_question", "11-23 14:32")),
    ("vent", ["report", "close", "archive"], ("answer_short", "11-21 14:33")),
    ("praise", ["report", "close", "archive"], ("answer_short", "11-21 14:33")),
    ("help", ["dispatch", "sign", "handle", "report", "visit", "close", "archive"], ("solve_minor", "11-22 14:32")),
])  # fmt: skip
def test_other_natures_have_a_shorter_road(cast: Cast, at: datetime, nature: str, road: list[str], answer_by: tuple[str, str]) -> None:
    case = cast.complaint()
    actions.judge(cast.lin_xiao, case.pk, nature=nature, facts={}, at=at + minutes(1))
    assert due(case, answer_by[0]) == answer_by[1]
    walked, now = [], at + minutes(2)
    while (here := fresh(case).step) != "done":
        walked.append(here)
        now = walk(cast, case, road[road.index(here) + 1] if here != "archive" else "done", now)
    assert walked == road
    assert running(case) == {}
    assert "month" not in states(case) or states(case)["month"] == "void"


# --- a month unsolved (P-2) ------------------------------------------------------------------------------------------------------


def test_after_a_month_the_procedure_itself_makes_it_major(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    actions.sign(cast.zhou_hai, case.pk, at=at)
    ringing.ring_due(on("12-20", "14:31"))
    assert fresh(case).grade == "minor"
    ringing.ring_due(on("12-20", "14:32"))
    assert fresh(case).grade == "major"
    entry = entries(case, "regrade")[0]
    assert (entry.actor, entry.person, shown(entry.at)) == ("system", None, "12-20 14:32")
    assert {("regrade", "何伟"), ("regrade", "沈岳")} <= told(case)
    assert due(case, "present_major") == "12-21 00:00"  # counted from the regrade: nobody could present it before
    assert chain_holds(case)


def test_the_month_ends_with_the_last_day_of_a_shorter_month(cast: Cast) -> None:
    case = cast.complaint(at=on("01-31", "10:00", 2026))
    assert due(case, "month") == "02-28 10:00"


def test_a_closed_or_major_case_does_not_become_major_after_a_month(cast: Cast, at: datetime) -> None:
    closed, major = cast.complaint(), cast.judged(cast.complaint(), at=at, facts=MAJOR)
    walk(cast, closed, "done", at)
    ringing.ring_due(at + days(40))
    assert fresh(closed).grade == "minor"
    assert not entries(major, "regrade")


# --- follow-ups ------------------------------------------------------------------------------------------------------------------


def test_follow_up_in_rest_hours_and_too_soon_is_refused_three_attempts_count(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    walk(cast, case, "visit", at + minutes(1))

    def ring_up(when: datetime, **given: object) -> Case:
        return actions.visit(cast.su_min, case.pk, outcome="not_reached", at=when, **given)  # type: ignore[arg-type]

    for rest in ("20:30", "23:59"):
        with refused("rest_hours"):
            ring_up(on("11-20", rest))
    for rest in ("00:00", "08:59", "12:00", "13:59"):
        with refused("rest_hours"):
            ring_up(on("11-21", rest))
    ring_up(on("11-21", "09:00"))
    with refused("too_soon"):
        ring_up(on("11-21", "12:59"), agreed_time=True)
    ring_up(on("11-21", "14:00"))
    assert fresh(case).step == "visit"
    ring_up(on("11-21", "18:00"))
    assert fresh(case).step == "close"
    actions.close(cast.lin_xiao, case.pk, at=on("11-21", "18:05"))


def test_letters_and_pages_are_acknowledged_in_their_own_time(cast: Cast) -> None:
    assert due(cast.filed_by_customer(), "acknowledge_web") == "11-20 15:02"
    assert (
        due(cast.complaint(channel="email"), "acknowledge_email") == "11-21 09:32"
    )  # four open hours: 3 h 28 on Friday, the rest on Saturday
    assert due(cast.complaint(channel="letter"), "acknowledge_letter") == "11-22 00:00"  # one working day: Saturday morning is one here
    assert JournalEntry.objects.count() == 3
