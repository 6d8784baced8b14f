"""Bugs that other systems of this kind have, each tried here under its own name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from tests.cast import Cast
from tests.complaints.story import (
    chain_holds,
    clock,
    days,
    due,
    entries,
    fresh,
    hours,
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

import kesu
from kesu.company.models import Grant, OfficialDay, Person
from kesu.complaints import actions, models, ringing
from kesu.complaints.actions import Promise, recalculating
from kesu.complaints.models import Case, Clock, Extension, Part, Pause
from kesu.complaints.queries import callers, cases, clocks, similar
from kesu.customers.models import Customer
from kesu.customers.phones import masked

FRIDAY_EVENING, MONDAY_MORNING = on("11-20", "17:30"), on("11-23", "09:30")


def _office(case: Case, cast: Cast, at: datetime) -> Clock:
    """A running clock in office time that can be paused: the property pack has none, so the approval's is given that here."""
    now = walk(cast, case, "answer", at)
    actions.propose(cast.zhou_hai, case.pk, words="道歉", promises=[Promise("道歉")], at=now)
    return clock(case, "approve")


@pytest.fixture
def pausable_approval(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    row = cast.pack.obligation("approve")
    assert row is not None
    monkeypatch.setitem(vars(row), "pauses", [*row.pauses, "customer_away"])  # the pack is everybody's: given back afterwards


# --- time ------------------------------------------------------------------------------------------------------------------------


def test_pause_across_a_weekend_on_a_round_the_clock_clock(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(at=at), at=at)
    actions.sign(cast.zhou_hai, case.pk, at=at)
    actions.pause(cast.zhou_hai, case.pk, reason="customer_away", at=FRIDAY_EVENING)
    assert states(case)["solve_minor"] == "paused"
    assert ringing.ring_due(on("11-22", "20:00")) == 0 or rung(case, "solve_minor") == []
    actions.resume(cast.zhou_hai, case.pk, at=MONDAY_MORNING)
    assert due(case, "solve_minor") == shown(on("11-22", "14:32") + (MONDAY_MORNING - FRIDAY_EVENING))  # every hour of the 64 counts
    assert due(case, "month") == "12-20 14:32"  # the month allows no pause


@pytest.mark.usefixtures("pausable_approval")
def test_pause_across_a_weekend_on_an_office_clock(cast: Cast) -> None:
    case = cast.judged(cast.complaint(at=on("11-20", "16:00")), at=on("11-20", "16:00"), facts={"company_fault": True})
    owed = _office(case, cast, on("11-20", "16:02"))  # asked at 16:04: 1 h 56 on Friday, 2 h 04 on Saturday
    assert shown(owed.due_at) == "11-21 11:04"
    actions.pause(cast.lin_xiao, case.pk, reason="customer_away", at=FRIDAY_EVENING)
    actions.resume(cast.lin_xiao, case.pk, at=MONDAY_MORNING)
    # 2 h 34 were left on Friday: until noon on Monday 2 h 30, the last four minutes after lunch.
    assert due(case, "approve") == "11-23 13:34"


def test_regrade_while_paused_keeps_the_time_that_stood_still(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    actions.sign(cast.zhou_hai, case.pk, at=at)
    actions.pause(cast.zhou_hai, case.pk, reason="customer_away", at=at + hours(10))
    actions.regrade(cast.lin_xiao, case.pk, grade="important", reason="是我们的错", at=at + hours(15))
    assert (states(case)["solve_minor"], states(case)["solve_important"]) == ("void", "paused")
    actions.regrade(cast.lin_xiao, case.pk, grade="minor", reason="不是我们的错", at=at + hours(20))
    assert (states(case)["solve_minor"], states(case)["solve_important"]) == ("paused", "void")
    actions.regrade(cast.lin_xiao, case.pk, grade="important", reason="还是", at=at + hours(25))
    actions.resume(cast.zhou_hai, case.pk, at=at + hours(30))
    assert due(case, "solve_important") == shown(at + days(3) + hours(20))
    assert running(case).keys() == {"solve_important", "present_important", "month"}


def test_closing_straight_from_a_pause_is_refused_and_says_so(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    now = walk(cast, case, "report", at)
    actions.pause(cast.lin_xiao, case.pk, reason="customer_away", at=now)
    walk(cast, case, "close", now)
    with refused("not_ready") as caught:
        actions.close(cast.lin_xiao, case.pk, at=now)
    assert caught.value.data["needs"] == ["not_paused"]
    actions.resume(cast.lin_xiao, case.pk, at=now + minutes(1))
    actions.close(cast.lin_xiao, case.pk, at=now + minutes(1))
    assert not Clock.objects.filter(case=case, state="paused").exists()


@pytest.mark.parametrize(
    ("asked", "due_at", "warned"), [("08:30", "14:00", "10:30"), ("11:30", "17:00", "15:00"), ("10:00", "15:30", "12:00")]
)
def test_a_warning_halfway_to_a_deadline_after_lunch_counts_open_time(cast: Cast, asked: str, due_at: str, warned: str) -> None:
    monday = on("11-23", asked)
    case = cast.judged(cast.complaint(at=monday), at=monday, facts={"company_fault": True})
    walk(cast, case, "answer", monday - minutes(0))
    actions.propose(cast.zhou_hai, case.pk, words="道歉", at=monday)
    owed = clock(case, "approve")
    assert (shown(owed.due_at), shown(owed.next_ring_at)) == (f"11-23 {due_at}", f"11-23 {warned}")


def test_an_hour_before_a_deadline_right_after_lunch_lies_before_lunch(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(vars(cast.pack.obligation("approve")), "warn", ["1h before"])  # the pack is everybody's: given back afterwards
    monday = on("11-23", "08:30")
    case = cast.judged(cast.complaint(at=monday), at=monday, facts={"company_fault": True})
    walk(cast, case, "answer", monday)
    actions.propose(cast.zhou_hai, case.pk, words="道歉", at=monday)
    owed = clock(case, "approve")
    assert (shown(owed.due_at), shown(owed.next_ring_at)) == ("11-23 14:00", "11-23 11:30")


@pytest.mark.parametrize(("received", "judged_by"), [
    (on("02-13", "17:50"), "02-14 09:20"),  # 2026-02-14 is a make-up Saturday: open from 9:00 as every Saturday here
    (on("02-14", "11:50"), "02-24 08:50"),  # then the Spring Festival, 15 to 23 February
    (on("09-30", "17:50"), "10-08 08:50"),  # National Day, 1 to 7 October
    (on("11-20", "11:50"), "11-20 13:50"),  # lunch
    (on("11-20", "17:59"), "11-21 09:29"),  # Friday evening: Saturday is a half day
    (on("11-21", "11:45"), "11-23 08:45"),  # Saturday noon: nothing till Monday
    (on("11-20", "23:59"), "11-21 09:30"),
    (on("11-21", "00:00"), "11-21 09:30"),
    (on("11-21", "00:01"), "11-21 09:30"),
])  # fmt: skip
def test_make_up_days_half_days_holidays_and_lunch(cast: Cast, received: datetime, judged_by: str) -> None:
    assert due(cast.complaint(at=received), "judge") == judged_by


def test_received_out_of_hours_office_clocks_wait_for_the_door_the_others_do_not(cast: Cast) -> None:
    case = cast.complaint(at=on("11-21", "22:15"))
    assert running(case) == {"judge": "11-23 09:00", "dispatch": "11-21 22:25", "solve_minor": "11-23 22:15", "month": "12-21 22:15"}


def test_entered_a_day_late_the_customers_time_counts_and_ours_does_not_pretend(cast: Cast, at: datetime) -> None:
    case = cast.complaint(heard_at=at - days(1), at=at)
    assert due(case, "solve_minor") == "11-21 14:32"
    assert due(case, "dispatch") == "11-20 14:42"
    entry = entries(case)[0]
    assert (shown(entry.at), entry.data["heard_at"]) == ("11-20 14:32", (at - days(1)).isoformat())
    for wrong in (at + minutes(1), at - days(3661)):
        with refused("future" if wrong > at else "too_old"):
            cast.complaint(heard_at=wrong, at=at)


def test_today_is_the_calendar_day_in_china(cast: Cast) -> None:
    numbers = [cast.complaint(at=when).number for when in (on("11-20", "23:59"), on("11-21", "00:00"), on("11-21", "00:01"))]
    assert numbers == ["RY-261120-001", "RY-261121-001", "RY-261121-002"]
    last = cast.judged(cast.complaint(at=on("11-20", "23:59")), at=on("11-20", "23:59"), facts={"company_fault": True, "heavy_loss": True})
    assert due(last, "present_major") == "11-21 00:00"  # one minute is what is left of the same day
    first = cast.judged(cast.complaint(at=on("11-21", "00:00")), at=on("11-21", "00:00"), facts={"company_fault": True, "heavy_loss": True})
    assert due(first, "present_major") == "11-22 00:00"


# --- notes and thanks ------------------------------------------------------------------------------------------------------------


def test_saving_a_note_resets_no_clock(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    before = list(Clock.objects.filter(case=case).order_by("id").values())
    actions.note(cast.lin_xiao, case.pk, words="住户说下午在家", at=at + hours(5))
    actions.note(None, case.pk, words="快一点", actor="customer", at=at + hours(6))
    actions.ask(cast.lin_xiao, case.pk, words="哪一台？", at=at + hours(7))
    assert list(Clock.objects.filter(case=case).order_by("id").values()) == before


def test_a_thank_you_does_not_reopen(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    now = walk(cast, case, "done", at)
    actions.note(None, case.pk, words="谢谢，都好了", actor="customer", at=now)
    actions.rate(case.pk, answers={"solved": 0}, words="谢谢", at=now)
    after = fresh(case)
    assert (after.round, after.step, after.is_open) == (1, "done", False)
    assert running(case) == {}


# --- nobody ----------------------------------------------------------------------------------------------------------------------


def test_overdue_with_nobody_assigned_is_rung_and_climbs(cast: Cast, at: datetime) -> None:
    Grant.objects.filter(person__in=[cast.fang_jing, cast.lin_xiao]).delete()
    case = cast.filed_by_customer(at=at)
    ringing.ring_due(at + hours(1))
    assert rung(case, "dispatch") == [
        ("11-20 14:37", "warned", ["何伟"]),
        ("11-20 14:42", "fell_late", ["何伟"]),
        ("11-20 15:02", "climbed", ["何伟"]),
    ]
    assert ("fell_late", "何伟") in told(case) or ("climbed", "何伟") in told(case)


def test_what_somebody_who_has_left_owes_is_told_to_those_who_are_there(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    actions.sign(cast.zhou_hai, case.pk, at=at)
    cast.zhou_hai.is_active = False
    cast.zhou_hai.save()
    ringing.ring_due(at + hours(24))
    assert rung(case, "solve_minor") == [("11-21 14:32", "warned", ["林晓"])]


def test_the_head_of_another_department_is_never_told(cast: Cast, at: datetime) -> None:
    cast.judged(cast.complaint(), at=at)
    ringing.ring_due(at + hours(72))
    assert not cast.chen_li.notices.exists()
    assert not cast.zheng_chuan.notices.exists()


# --- departments -----------------------------------------------------------------------------------------------------------------


def test_bounced_between_departments_somebody_decides_in_the_end(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    actions.send_back(cast.zhou_hai, case.pk, reason="归安保", at=at + minutes(2))
    assert {("send_back", "林晓"), ("send_back", "方静")} <= told(case)
    assert fresh(case).step == "dispatch"
    assert due(case, "dispatch") == "11-20 14:42"  # lying between two departments does not stop what the customer waits for
    actions.dispatch(cast.fang_jing, case.pk, lead=cast.security.pk, at=at + minutes(20))
    assert due(case, "sign", state="running") == shown(at + minutes(30))
    with refused("missing"):
        actions.send_back(cast.chen_li, case.pk, reason=" ", at=at + minutes(21))
    actions.send_back(cast.chen_li, case.pk, reason="归工程", at=at + minutes(21))
    assert ("bounced", "何伟") in told(case)
    actions.dispatch(cast.he_wei, case.pk, lead=cast.engineering.pk, at=at + minutes(30))
    with refused("bounced") as caught:
        actions.send_back(cast.zhou_hai, case.pk, reason="还是归安保", at=at + minutes(31))
    assert "管理处主任" in caught.value.zh
    actions.dispatch(cast.he_wei, case.pk, lead=cast.security.pk, reason="主任定", at=at + minutes(40))
    assert fresh(case).department == cast.security
    walk(cast, case, "sign", at + minutes(41))
    actions.sign(cast.chen_li, case.pk, at=at + minutes(42))
    assert due(case, "solve_minor") == "11-22 14:32"
    assert clock(case, "solve_minor").person == cast.chen_li
    assert chain_holds(case)


def test_a_department_that_sent_it_back_handles_it_no_more(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    actions.send_back(cast.zhou_hai, case.pk, reason="归安保", at=at + minutes(2))
    actions.dispatch(cast.fang_jing, case.pk, lead=cast.security.pk, at=at + minutes(3))
    actions.sign(cast.chen_li, case.pk, at=at + minutes(4))
    with refused("not_allowed"):
        actions.find_cause(cast.zhou_hai, case.pk, cause="equipment", words="皮带", at=at + minutes(5))
    with refused("not_allowed"):
        actions.pause(cast.zhou_hai, case.pk, reason="customer_away", at=at + minutes(5))
    actions.note(cast.zhou_hai, case.pk, words="上次修过，配件号在台账", at=at + minutes(5))  # what it knows it may still say
    assert cases.get(cast.zhou_hai, case.number, at)


def test_the_others_do_not_wait_for_a_form_that_was_sent_back(cast: Cast, at: datetime) -> None:
    case = cast.complaint(lead=cast.engineering.pk, co=[cast.security.pk], nature="help", at=at)
    actions.sign(cast.zhou_hai, case.pk, at=at)
    actions.return_form(cast.zhou_hai, case.pk, words="修好", at=at)
    assert fresh(case).step == "handle"
    actions.send_back(cast.chen_li, case.pk, reason="没有安保的事", at=at)
    assert fresh(case).step == "report"


# --- twice -----------------------------------------------------------------------------------------------------------------------


def test_an_approval_is_answered_once(cast: Cast, at: datetime) -> None:
    second = cast.employ("second", "副主任", "site_director", site="RY")
    case = cast.judged(cast.complaint(), at=at, facts={"company_fault": True})
    now = walk(cast, case, "answer", at)
    actions.propose(cast.zhou_hai, case.pk, words="道歉", at=now)
    actions.approve(cast.he_wei, case.pk, words="同意", at=now)
    for person in (second, cast.he_wei):
        with refused("proposal_state"):
            actions.approve(person, case.pk, at=now)
        with refused("proposal_state"):
            actions.refuse(person, case.pk, reason="不同意", at=now)
    actions.reply(cast.zhou_hai, case.pk, channel="hotline", words="道歉", at=now)
    actions.decline(None, case.pk, reason="不够", actor="customer", at=now)
    with refused("answered") as caught:
        actions.approve(second, case.pk, at=now)
    assert "何伟" in caught.value.zh
    assert len(entries(case, "approve")) == 1


def test_an_extension_is_answered_once(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    ask = {"clock_id": clock(case, "solve_minor").pk, "new_due": at + days(4), "reason": "等配件", "told": "配件周二到"}
    actions.ask_extension(cast.zhou_hai, case.pk, **ask, at=at)
    with refused("asked"):
        actions.ask_extension(cast.zhou_hai, case.pk, **ask, at=at)
    row = Extension.objects.get(case=case)
    actions.grant_extension(cast.he_wei, case.pk, extension_id=row.pk, at=at)
    with refused("answered"):
        actions.refuse_extension(cast.he_wei, case.pk, extension_id=row.pk, reason="不行", at=at)
    assert due(case, "solve_minor") == "11-24 14:32"


def test_the_handler_does_not_visit_his_own_in_any_round(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    now = walk(cast, case, "visit", at)
    Grant.objects.create(person=cast.zhou_hai, role="service_agent", site=cast.site)
    with refused("handled_it"):
        actions.visit(cast.fresh(cast.zhou_hai), case.pk, outcome="content", agreed_time=True, at=now)
    actions.visit(cast.su_min, case.pk, outcome="not_content", words="又响", agreed_time=True, at=now)
    actions.dispatch(cast.lin_xiao, case.pk, lead=cast.security.pk, at=now)  # the second round is security's
    actions.sign(cast.chen_li, case.pk, at=now)
    actions.find_cause(cast.chen_li, case.pk, cause="equipment", words="门禁", at=now)
    actions.propose(cast.chen_li, case.pk, words="换", at=now)
    actions.reply(cast.chen_li, case.pk, channel="hotline", words="换", at=now)
    actions.agree(None, case.pk, actor="customer", at=now)
    actions.return_form(cast.chen_li, case.pk, words="换好", at=now)
    actions.report_back(cast.fang_jing, case.pk, channel="hotline", spoke_to="", words="好了", at=now)
    with refused("handled_it"):
        actions.visit(cast.fresh(cast.zhou_hai), case.pk, outcome="content", agreed_time=True, at=now)


def test_the_department_that_handled_cannot_rate_for_the_customer(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    now = walk(cast, case, "done", at)
    actions.rate(case.pk, answers={"solved": 2}, words="没修好", at=now)
    with refused("rated"):
        actions.rate(case.pk, answers={"solved": 0}, words="", at=now)


# --- what queries say ------------------------------------------------------------------------------------------------------------


def test_a_reopened_case_is_open_again_wherever_one_looks(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    now = walk(cast, case, "done", at)
    assert [row.number for row in callers.known(cast.fang_jing, now, phone="13900001007").earlier] == [case.number]
    actions.reopen(cast.lin_xiao, case.pk, reason="又停了", at=now)
    seen = callers.known(cast.fang_jing, now, phone="13900001007")
    assert ([row.number for row in seen.open], seen.earlier) == ([case.number], [])
    again = cases.get(cast.fang_jing, case.number, now)
    assert again.is_open and again.closed_at is None and again.outcome == "" and again.step == "dispatch"


def test_overdue_and_still_open_counts_as_late(cast: Cast, at: datetime) -> None:
    case = cast.complaint()
    for when, late in ((at + hours(48) - minutes(1), False), (at + hours(48), True), (at + hours(49), True)):
        view = clocks.view(clock(case, "solve_minor"), cast.pack, when, "zh", "Asia/Shanghai")
        assert view is not None and view.late is late


def test_search_shows_no_other_departments_and_no_other_companys_case(cast: Cast, at: datetime) -> None:
    here = cast.judged(cast.complaint(), at=at)
    there = cast.complaint(by=cast.wu_tong, site_id=cast.other_site.pk, home="1栋1单元101")
    for text in (here.number, "电梯", "13900001007", "1007", "闵女士", "6栋"):
        assert cases.search(cast.chen_li, text, at) == []  # security has no part in it
        assert cases.search(cast.bai_shi, text, at) == []
        assert cases.search(cast.zheng_chuan, text, at) == []
        assert here in cases.search(cast.zhou_hai, text, at), text
        assert there not in cases.search(cast.fang_jing, text, at)
    assert {row.pk for row in cases.search(cast.luo_qing, "电梯", at)} == {here.pk, there.pk}
    for stranger in (cast.chen_li, cast.bai_shi, cast.wu_tong):
        with pytest.raises(Case.DoesNotExist):
            cases.get(stranger, here.number, at)
        assert here not in callers.known(stranger, at, phone="13900001007").open
    found = similar.similar(cast.wu_tong, at, site_id=cast.other_site.pk, words="电梯停在 3 层", phone="13900001007", categories=["lift"])
    assert here.pk not in {row.case.pk for row in found}


# --- people's data ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phone", ["13900001007", "07551234567", "+85291234567"])
def test_a_masked_number_is_never_stored_back(cast: Cast, at: datetime, phone: str) -> None:
    case = cast.complaint(phone=phone)
    with refused("phone"):
        cast.complaint(phone=masked(phone))
    assert fresh(case).contact_phone == phone
    assert Customer.objects.count() == 1


def test_staff_filing_for_a_caller_overwrite_nobodys_contact(cast: Cast, at: datetime) -> None:
    cast.fang_jing.phone = "13900008888"
    cast.fang_jing.save()
    first = cast.complaint(name="闵女士", phone="139 0000 1007")
    second = cast.complaint(name="她先生", phone="13900001007", home="9栋9单元901")
    third = cast.complaint(name="邻居", phone="13900008888")  # a caller with the very number of the receptionist
    customer = Customer.objects.get(pk=first.customer_id)
    assert (customer.name, customer.phone, customer.home.label) == ("闵女士", "13900001007", "6栋2单元1103")
    assert second.customer_id == first.customer_id
    assert (second.contact_name, first.contact_name) == ("她先生", "闵女士")  # each case keeps what was said that day
    me = Person.objects.get(pk=cast.fang_jing.pk)
    assert (me.name, me.phone) == ("方静", "13900008888")
    assert third.customer_id not in (None, first.customer_id)


def test_a_link_to_an_earlier_case_stays_inside_what_one_may_see(cast: Cast, at: datetime) -> None:
    elsewhere = cast.complaint(by=cast.wu_tong, site_id=cast.other_site.pk)
    mine = cast.complaint()
    for wrong in (elsewhere.pk, 999_999):
        with refused("same_as"):
            cast.complaint(same_as=wrong)
    assert cast.complaint(same_as=mine.pk).same_as_id == mine.pk


# --- the calendar changes --------------------------------------------------------------------------------------------------------


def test_changed_holidays_move_open_deadlines_and_no_others(cast: Cast, at: datetime) -> None:
    open_case, closed = cast.complaint(channel="email"), cast.complaint(channel="email")
    actions.acknowledge(cast.fang_jing, closed.pk, channel="email", at=at)
    assert due(open_case, "acknowledge_email") == "11-21 09:32"
    OfficialDay.objects.create(company=cast.company, date=on("11-21").date(), kind="off", name="停工", source="公司通知")
    assert recalculating.recalculate(cast.company.pk, at + minutes(5)) == 1
    assert due(open_case, "acknowledge_email") == "11-23 09:02"
    assert due(closed, "acknowledge_email") == "11-21 09:32"
    assert [entry.data["obligation"] for entry in entries(open_case, "recalculated")] == ["acknowledge_email"]
    assert recalculating.recalculate(cast.company.pk, at + minutes(6)) == 0
    assert chain_holds(open_case)


def test_changed_hours_of_one_site_move_its_deadlines_only(cast: Cast, at: datetime) -> None:
    here = cast.complaint()
    there = cast.complaint(by=cast.wu_tong, site_id=cast.other_site.pk)
    cast.site.special = {"2026-11-20": [[510, 720]]}  # the office shuts at noon
    cast.site.save()
    recalculating.recalculate(cast.company.pk, at, site_id=cast.site.pk)
    assert (due(here, "judge"), due(there, "judge")) == ("11-21 09:30", "11-20 15:02")


# --- one road --------------------------------------------------------------------------------------------------------------------

SOURCE = Path(kesu.__file__).parent
WRITERS = (
    *("complaints/actions/", "complaints/ringing.py", "complaints/routines.py", "complaints/telling.py", "complaints/files.py"),
    "complaints/strays.py",  # what never became a complaint
)
ITS_OWN = {"Proof"}  # improvement keeps proofs of its own under the same name
OWN_PLACES = ("improvement/actions/", "improvement/lettinggo.py")
BUILDERS = ("simulation/bulk.py", "complaints/migrations/")  # rows for measuring, made in bulk and never in a live installation
WRITE = {"create", "bulk_create", "bulk_update", "update", "update_or_create", "get_or_create", "delete"}
OUTBOX = {"Notice"}  # the delivery's own columns are written by whoever delivers; a lived history marks its old notices read;
# the act that de-identifies has each wing empty the words of its own


def _queried_model(node: ast.AST) -> str | None:
    """Of Model.objects.filter(…).update: "Model"."""
    while isinstance(node, ast.Call | ast.Attribute):
        if isinstance(node, ast.Attribute) and node.attr == "objects" and isinstance(node.value, ast.Name):
            return node.value.id
        node = node.func if isinstance(node, ast.Call) else node.value
    return None


def _writes(tree: ast.Module) -> Iterator[tuple[int, str]]:
    names = set(models.__all__)
    held: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Call):
            made = node.value.func
            model = made.id if isinstance(made, ast.Name) else _queried_model(node.value)
            if model in names:
                held[node.targets[0].id] = model
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            model = _queried_model(node.func.value)
            if node.func.attr in WRITE and model in names:
                yield node.lineno, str(model)
            if node.func.attr in ("save", "delete") and isinstance(node.func.value, ast.Name) and node.func.value.id in held:
                yield node.lineno, held[node.func.value.id]
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "complaints_" in node.value:
            words = node.value.upper()
            if "INSERT INTO" in words or "UPDATE COMPLAINTS_" in words or "DELETE FROM" in words:
                yield node.lineno, "SQL"


@pytest.mark.once
def test_nothing_but_the_actions_writes_a_complaint() -> None:
    found = []
    for path in SOURCE.rglob("*.py"):
        place = path.relative_to(SOURCE).as_posix()
        if place.startswith((*WRITERS, *BUILDERS)):
            continue
        for line, model in _writes(ast.parse(path.read_text(encoding="utf-8"))):
            its_own = model in ITS_OWN and place.startswith(OWN_PLACES)
            outbox = model in OUTBOX and (place.startswith(("channels/", "simulation/")) or place.endswith("/lettinggo.py"))
            if not its_own and not outbox:
                found.append(f"{place}:{line} writes {model}")
    assert found == []


def test_the_search_for_writers_finds_them() -> None:
    caught = list(_writes(ast.parse("row = Case.objects.get(pk=1)\nrow.save()\nClock.objects.filter(case=1).update(state='done')\n")))
    assert [model for _, model in sorted(caught)] == ["Case", "Clock"]
    path = SOURCE / "complaints/actions/dispatching.py"
    assert "Part" in {model for _, model in _writes(ast.parse(path.read_text(encoding="utf-8")))}


@pytest.mark.once
def test_the_procedure_the_queries_and_the_actions_never_ask_what_time_it_is() -> None:
    asks = ("datetime.now(", "timezone.now(", "date.today(", "time.time(", "import now")
    places = [*(SOURCE / "procedure").rglob("*.py"), *(SOURCE / "complaints").rglob("*.py"), *(SOURCE / "company/actions").rglob("*.py")]
    assert [path.name for path in places if any(word in path.read_text(encoding="utf-8") for word in asks)] == []


def test_the_same_form_sent_twice_files_once(cast: Cast, at: datetime) -> None:
    first, second = cast.complaint(filed_key="form-1"), cast.complaint(filed_key="form-1", at=at + minutes(1))
    assert first.pk == second.pk
    assert Case.objects.count() == 1


def test_pausing_needs_a_reason_of_the_pack_and_ends_by_itself(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    for reason, code in (("holiday", "reason"), ("third_party_test", "evidence")):
        with refused(code):
            actions.pause(cast.zhou_hai, case.pk, reason=reason, at=at)
    with refused("until"):
        actions.pause(cast.zhou_hai, case.pk, reason="customer_away", until=at + days(7) + minutes(1), at=at)
    actions.pause(cast.zhou_hai, case.pk, reason="customer_away", at=at + hours(1))
    with refused("paused"):
        actions.pause(cast.zhou_hai, case.pk, reason="customer_away", at=at + hours(2))
    ringing.ring_due(at + days(9))  # the worker slept
    pause = Pause.objects.get(case=case)
    assert (shown(pause.began_at), shown(pause.ended_at)) == ("11-20 15:32", "11-27 15:32")
    assert due(case, "solve_minor") == "11-29 14:32"
    assert [(shown(entry.at), shown(entry.written_at)) for entry in entries(case, "resume")] == [("11-27 15:32", "11-29 14:32")]


def test_an_acknowledgement_is_not_owed_to_somebody_on_the_line(cast: Cast) -> None:
    assert not [name for name in running(cast.complaint(channel="hotline")) if name.startswith("acknowledge")]


def test_a_second_department_and_its_parts_are_listed_once(cast: Cast, at: datetime) -> None:
    case = cast.complaint(lead=cast.engineering.pk, co=[cast.engineering.pk, cast.security.pk])
    assert Part.objects.filter(case=case).count() == 2
    with refused("already_there"):
        actions.dispatch(cast.fang_jing, case.pk, lead=None, co=[cast.security.pk], at=at)
    with refused("department"):
        actions.dispatch(cast.fang_jing, case.pk, lead=None, co=[cast.department("cleaning", "TJ").pk], at=at)
