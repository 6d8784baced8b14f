"""Chinese laws that bind the business, played: given acts at given times, these clocks are due at these minutes.

Reckoned by hand as in test_examples_china. Days are calendar days, the first does not count, the last ends at 24:00 (00:00 of the next
day); no holiday moves them. Off days of 2026 that take part: 15–23 Feb, 1–5 May (Saturday 9 May works), 25–27 Sep, 1–7 Oct (Saturday 10
Oct works).
"""

from __future__ import annotations

import pytest
from tests.pure.onpaper import Case


# ── CN-15D ───────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("demanded", "until"),
    [
        ("02-05 14:00", "02-21 00:00"),  # 6 (1) … 20 February (15), in the middle of the Spring Festival
        ("02-05 00:00", "02-21 00:00"),
        ("02-05 23:59", "02-21 00:00"),
        ("2025-12-20 10:00", "01-05 00:00"),  # eleven days of December, four of January
    ],
)
def test_15d_from_the_demand(demanded: str, until: str) -> None:
    assert Case("cn_15d", f"{demanded} receive", f"{demanded} event:demanded").owed() == {"meet": until}


def test_15d_from_the_end_of_the_agreed_term_not_from_the_demand() -> None:
    case = Case("cn_15d").then("02-05 14:00 receive", facts={"term_agreed": True}).then("02-05 14:00 event:demanded")
    assert case.owed() == {}
    assert case.then("02-28 18:00 event:term_over").owed() == {"meet_after_term": "03-16 00:00"}  # 1 … 15 March


def test_15d_good_reasons_end_it_and_nothing_else_stops_it() -> None:
    case = Case("cn_15d", "02-05 14:00 receive", "02-05 14:00 event:demanded")
    assert not case.pack.pauses and not any(row.extension for row in case.pack.obligations)
    assert case.then("02-20 23:59 event:reason_given").owed() == {} and not case.clock("meet", round=0).late(case.at("03-01 00:00"))
    late = Case("cn_15d", "02-05 14:00 receive", "02-05 14:00 event:demanded", "02-21 00:01 event:met")
    assert late.clock("meet", round=0).late(late.at("03-01 00:00"))


def test_15d_telling_a_result_and_starting_again_gives_no_new_days() -> None:
    case = Case("cn_15d", "02-05 14:00 receive", "02-05 14:00 event:demanded", "02-10 10:00 report_back")
    assert case.owed() == {"meet": "02-21 00:00"}
    assert case.then("02-12 09:00 reopen").owed() == {"meet": "02-21 00:00"}


def test_15d_prepaid_money_may_be_asked_back_within_seven_days_of_payment() -> None:
    case = Case("cn_15d", "02-01 12:00 event:paid").then("02-01 12:30 receive", facts={"prepaid": True})
    assert case.owed() == {"cooling_off": "02-10 00:00"}  # the customer's time: 2 … 8 February, a Sunday of rest, so the 9th
    assert case.clock("cooling_off", round=0).obligation.waits_for == "customer"
    assert case.then("02-08 20:00 event:demanded").owed() == {"refund": "02-24 00:00"}  # 9 … 23 February
    spring = Case("cn_15d", "02-10 12:00 event:paid").then("02-10 12:30 receive", facts={"prepaid": True})
    assert spring.owed() == {"cooling_off": "02-25 00:00"}  # 17 February lies in the Spring Festival: the next working day is the 24th
    makeup = Case("cn_15d", "02-07 12:00 event:paid").then("02-07 12:30 receive", facts={"prepaid": True})
    assert makeup.owed() == {"cooling_off": "02-15 00:00"}  # Saturday the 14th is a make-up working day: nothing moves
    before = Case("cn_15d", "2025-04-30 12:00 event:paid").then("2025-04-30 23:59 receive", facts={"prepaid": True})
    assert before.owed() == {}  # the interpretation is in force from 1 May 2025


# ── CN-ZJ ────────────────────────────────────────────────────────────────────────────────────────────
def demand() -> Case:
    return Case("cn_zj", "02-12 10:00 receive", "02-12 10:00 event:demanded")


def test_zj_five_days_to_answer_the_consumer_and_five_to_answer_the_council() -> None:
    case = demand().then("02-13 15:00 event:notice")
    assert case.owed() == {"answer": "02-18 00:00", "answer_notice": "02-19 00:00"}  # 13 … 17 and 14 … 18 February
    assert case.then("02-17 23:59 event:answered").owed() == {"answer_notice": "02-19 00:00"}
    assert case.then("02-18 09:00 withdraw").owed() == {"answer_notice": "02-19 00:00"}  # the council is answered all the same
    assert demand().then("02-13 09:00 withdraw").owed() == {}


def test_zj_another_notice_counts_anew_only_once_the_first_was_answered() -> None:
    case = Case("cn_zj", "02-13 15:00 receive", "02-13 15:00 event:notice", "02-16 10:00 event:notice")
    assert case.owed() == {"answer_notice": "02-19 00:00"}  # still from the first
    case.then("02-18 10:00 event:notice_answered")
    assert case.owed() == {} and not case.clock("answer_notice").late(case.at("03-01 00:00"))
    assert case.then("02-24 10:00 event:notice").owed() == {"answer_notice": "03-02 00:00"}  # 25 … 28 February, 1 March
    assert case.then("02-27 10:00 event:notice").owed() == {"answer_notice": "03-02 00:00"}
    assert case.then("03-02 00:01 event:notice_answered").clock("answer_notice").late(case.at("04-01 00:00"))


def test_zj_three_days_after_a_promise_or_the_date_agreed() -> None:
    promised = demand().then("02-17 23:59 event:promised").then("02-17 23:59 event:answered")
    assert promised.owed() == {"perform": "02-21 00:00"}  # 18, 19, 20
    promised.then("02-18 09:00 contact", facts={"date_agreed": True}, customer_date=promised.at("03-15 18:00"))
    assert promised.owed() == {"perform_agreed": "03-15 18:00"}
    assert promised.then("03-15 18:01 event:performed").clock("perform_agreed").late(promised.at("04-01 00:00"))


def test_zj_a_prepaid_balance_within_five_days_of_asking() -> None:
    assert Case("cn_zj", "09-29 09:00 receive", "09-29 20:00 event:refund_demand").owed() == {"refund": "10-05 00:00"}


def test_zj_closing_down_is_told_thirty_days_ahead() -> None:
    case = Case("cn_zj").then("11-02 10:00 receive", nature="closing_down")
    assert case.owed() == {}  # nobody has named the day yet
    case.then("11-03 10:00 contact", customer_date=case.at("12-31 22:00"))
    assert case.owed() == {"tell_closing": "12-02 00:00"}  # 1 December 24:00: 2 … 31 December are thirty days
    case.then("11-20 10:00 contact", customer_date=case.at("12-30 22:00"))
    assert case.owed() == {"tell_closing": "12-01 00:00"}  # the day moved, and with it the notice
    assert case.then("11-30 23:59 event:told_closing").owed() == {}


def test_zj_closing_down_entered_too_late_is_late_at_once() -> None:
    case = Case("cn_zj").then("12-10 10:00 receive", nature="closing_down", customer_date=Case("cn_zj").at("12-31 22:00"))
    assert case.owed() == {"tell_closing": "12-02 00:00"} and case.clock("tell_closing").late(case.at("12-10 10:00"))


def test_zj_what_the_council_and_the_authority_owe_is_shown_not_owed() -> None:
    case = Case("cn_zj", "04-29 10:00 receive", "04-29 10:00 event:council_received", "04-29 10:00 event:authority_received")
    # 30 April (1), 6–8 (4), 9 (works: 5) | 11, 12 (7)
    assert case.owed() == {"council_accepts": "05-10 00:00", "authority_decides": "05-13 00:00"}
    case.then("05-09 10:00 event:council_accepted")
    assert case.owed()["council_mediates"] == "05-23 00:00"  # 11–15 (5), 18–22
    assert {clock.obligation.waits_for for clock in case.course.owed()} == {"date"}


# ── CN-BJ-CARD ───────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("demanded", "owed"),
    [
        ("09-24 18:01", {"refund_unused": "09-30 00:00"}),  # 25 … 29 September
        ("10-01 23:59", {"refund_unused": "10-07 00:00"}),  # the seventh day: 25 (1) … 1 October (7); then 2 … 6
        ("10-02 00:01", {"refund_balance": "10-18 00:00"}),  # the eighth: 3 … 17 October
    ],
)
def test_bj_card_within_seven_days_of_purchase_is_reckoned_not_ticked(demanded: str, owed: dict[str, str]) -> None:
    assert Case("cn_bj_card", "09-24 18:00 event:bought", f"{demanded} receive", f"{demanded} event:refund_demand").owed() == owed


def test_bj_card_when_it_was_bought_comes_to_light_later() -> None:
    case = Case("cn_bj_card", "10-01 12:00 receive", "10-01 12:00 event:refund_demand")
    assert case.owed() == {"refund_balance": "10-17 00:00"}
    assert case.then("09-26 15:00 event:bought").owed() == {"refund_unused": "10-07 00:00"}
    assert case.then("10-03 09:00 judge", facts={"used": True}).owed() == {"refund_balance": "10-17 00:00"}


def test_bj_card_the_agreed_date_counts_though_it_is_later() -> None:
    case = Case("cn_bj_card", "10-08 12:00 receive", "10-08 12:00 event:refund_demand")
    case.then("10-09 09:00 judge", facts={"date_agreed": True}, customer_date=case.at("11-15 18:00"))
    assert case.owed() == {"refund_agreed": "11-15 18:00"}
    assert case.then("11-15 17:59 event:refund_paid").owed() == {} and case.pack.pack.retention_years == 3


def test_bj_card_the_authority_has_seven_working_days() -> None:
    case = Case("cn_bj_card", "10-08 12:00 receive", "10-09 12:00 event:authority_received")
    assert case.owed() == {"authority": "10-20 00:00"}  # Saturday 10 works (1), 12–16 (6), 19


# ── CN-COSM-AE ───────────────────────────────────────────────────────────────────────────────────────
def known() -> Case:
    return Case("cn_cosm_ae", "09-25 20:10 receive", "09-25 20:00 event:known")


def test_cosm_thirty_fifteen_three_days_each_from_when_it_was_learned() -> None:
    case = known()
    assert case.owed() == {"report": "10-26 00:00"}  # five days of September, twenty-five of October
    case.then("10-05 11:00 event:serious_known")
    assert list(case.owed().items()) == [("report_serious", "10-21 00:00"), ("report", "10-26 00:00")]  # 6 … 20 October
    case.then("10-06 09:00 event:wide_known")
    assert list(case.owed())[0] == "report_wide" and case.owed()["report_wide"] == "10-10 00:00"  # 7, 8, 9
    assert case.then("10-09 23:59 event:reported").owed() == {}  # one report ends all three
    assert not any(clock.late(case.at("11-30 00:00")) for clock in case.course.clocks.values())


def test_cosm_found_serious_near_the_end_the_earlier_limit_still_binds() -> None:
    case = known().then("10-24 10:00 event:serious_known")
    assert list(case.owed().items()) == [("report", "10-26 00:00"), ("report_serious", "11-09 00:00")]


def test_cosm_the_report_is_owed_though_the_customer_withdraws() -> None:
    assert known().then("09-26 10:00 withdraw").owed() == {"report": "10-26 00:00"}


def test_cosm_a_new_finding_is_added() -> None:
    case = known().then("09-28 10:00 event:reported").then("09-30 15:00 event:new_finding")
    assert case.owed() == {"supplement": "10-11 00:00"}  # not 1–7 Oct, 8, 9, Saturday 10 works
    assert case.then("10-10 23:59 event:supplemented").owed() == {}
    assert case.then("10-12 09:00 event:new_finding").owed() == {"supplement": "10-16 00:00"}  # one more: 13, 14, 15


def test_cosm_is_in_force_from_1_october_2022() -> None:
    before = Case("cn_cosm_ae", "2022-09-30 23:59 receive", "2022-09-30 23:59 event:known")
    assert before.owed() == {}
    first = Case("cn_cosm_ae", "2022-10-01 00:00 receive", "2022-10-01 00:00 event:known")
    assert first.owed() == {"report": "2022-11-01 00:00"}  # 2 … 31 October


# ── CN-HZ-PM ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("heard", "received", "answered"),
    [
        ("09-28 23:50", "09-29 00:10", "10-09 00:00"),  # from when it was told: 29, 30, 1 … 8 October
        ("09-29 00:10", "09-29 00:10", "10-10 00:00"),
        ("02-14 11:00", "02-14 11:05", "02-25 00:00"),  # nine of the ten days are the Spring Festival
    ],
)
def test_hz_pm_an_answer_within_ten_days(heard: str, received: str, answered: str) -> None:
    assert Case("cn_hz_pm", f"{heard} heard", f"{received} receive").owed() == {"answer": answered}


def test_hz_pm_answered_and_complained_of_again() -> None:
    case = Case("cn_hz_pm", "09-28 23:50 heard", "09-29 00:10 receive", "10-08 23:59 report_back", "10-09 09:00 close")
    assert case.owed() == {} and not case.clock("answer").late(case.at("11-01 00:00"))
    assert case.then("10-12 10:00 reopen").owed() == {"answer": "10-23 00:00"}


def test_hz_pm_objections_and_suggestions_are_no_complaints_of_ten_days() -> None:
    case = Case("cn_hz_pm").then("04-30 10:00 receive", nature="cost_objection")
    assert case.owed() == {"answer_objection": "05-09 00:00"}  # 6, 7, 8 May
    assert Case("cn_hz_pm").then("04-30 10:00 receive", nature="suggestion").owed() == {}
