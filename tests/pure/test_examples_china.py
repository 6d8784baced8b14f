"""Chinese authorities and platforms, played: given acts at given times, these clocks are due at these minutes.

Every due time is reckoned by hand from the rule and the official calendar; the reckoning stands beside it. Off days of 2026 that take
part: 15–23 Feb (Saturdays 14 and 28 Feb work), 4–6 Apr, 1–5 May (9 May works), 19–21 Jun, 25–27 Sep (Sunday 20 Sep works), 1–7 Oct
(10 Oct works). 00:00 is 24:00 of the day before.
"""

from __future__ import annotations

import pytest
from tests.pure.onpaper import Case


# ── CN-SAMR-20: working days, from acceptance, testing does not count ────────────────────────────────
@pytest.mark.parametrize(
    ("received", "decided"),
    [
        ("02-11 16:00", "02-28 00:00"),  # 12, 13, 14 (works), then not 15–23, 24, 25, 26, 27
        ("02-14 10:00", "03-04 00:00"),  # the working Saturday itself does not count: 24, 25, 26, 27, 28 (works), 2, 3 March
        ("02-18 10:00", "03-04 00:00"),  # in the holiday: the same
        ("04-14 23:59", "04-24 00:00"),  # 15, 16, 17, 20, 21, 22, 23
    ],
)
def test_samr_20_seven_working_days_to_accept(received: str, decided: str) -> None:
    assert Case("cn_samr_20", f"{received} receive").owed() == {"accept": decided}


def accepted_20() -> Case:
    return Case("cn_samr_20", "02-11 16:00 receive", "02-27 10:00 event:accepted")


def test_samr_20_forty_five_working_days_count_from_acceptance() -> None:
    # 28 Feb (1); 2–31 March 22 days (23); 1–3 (26), 7–30 Apr without 4–6: 18 days (44); not 1–5 May, 6 May (45)
    assert accepted_20().owed() == {"mediate": "05-07 00:00"}


def test_samr_20_testing_is_not_counted() -> None:
    case = accepted_20().then("03-10 09:00 pause:testing").then("03-31 17:00 resume")
    # the pause spans 24:00 of 10–13 (4), 16–20 (9), 23–27 (14), 30 March (15): fifteen working days more after 6 May:
    # 7, 8, 9 (works: 3), 11–15 (8), 18–22 (13), 25, 26 (15)
    assert case.owed() == {"mediate": "05-27 00:00"}
    assert case.then("05-26 16:00 event:mediation_ended").owed() == {"tell_end": "06-05 00:00"}  # 27–29 (3), 1–4 June (7)
    assert not case.clock("mediate").late(case.at("06-01 00:00"))
    assert case.then("06-04 23:59 report_back").owed() == {}


def test_samr_20_only_testing_stops_the_clock_and_only_that_clock() -> None:
    case = Case("cn_samr_20", "02-11 16:00 receive", "02-12 09:00 pause:testing", "02-26 09:00 resume")
    assert case.owed() == {"accept": "02-28 00:00"}
    assert [pause.id for pause in case.pack.pauses] == ["testing"] and case.pack.one("pauses", "testing").evidence


def test_samr_20_a_breach_found_while_mediating_has_a_clock_of_its_own() -> None:
    case = accepted_20().then("03-12 11:00 event:clue_found")
    # 13 (1), 16–20 (6), 23–27 (11), 30, 31, 1, 2 (15)
    assert case.owed() == {"check_clue": "04-03 00:00", "mediate": "05-07 00:00"}
    rule = case.clock("check_clue").obligation.extension
    assert rule is not None and not rule.open_to(case.course.facts)
    case.then("04-01 10:00 judge", facts={"special": True})
    # fifteen more after 2 April: 3 (1), not 4–6, 7–10 (5), 13–17 (10), 20–24 (15)
    assert rule.open_to(case.course.facts) and case.longest("check_clue") == "04-25 00:00"
    case.then("04-02 16:00 grant_extension", obligation="check_clue", new_due=case.at("04-25 00:00"))
    assert list(case.owed().items()) == [("check_clue", "04-25 00:00"), ("mediate", "05-07 00:00")]


def test_samr_20_a_report_of_a_breach_is_another_case() -> None:
    case = Case("cn_samr_20").then("2025-09-22 10:00 receive", nature="breach_report", facts={"named": True})
    # 23–26 (4), Sunday 28 works (5), 29, 30 (7), not 1–8 Oct, 9, 10 (9), Saturday 11 works (10), 13–17 (15)
    assert case.owed() == {"check_report": "2025-10-18 00:00"}
    assert case.then("2025-10-16 15:00 event:filing_decided").owed() == {"tell_reporter": "2025-10-24 00:00"}  # 17, 20–23
    unnamed = Case("cn_samr_20").then("2025-09-22 10:00 receive", nature="breach_report").then("2025-10-16 15:00 event:filing_decided")
    assert unnamed.owed() == {}


# ── CN-SAMR-121, and which of the two orders a case is under ─────────────────────────────────────────
def test_samr_the_day_of_receipt_decides_which_order_a_case_is_under() -> None:
    last, first = "04-14 23:59 receive", "04-15 00:00 receive"
    assert Case("cn_samr_20", first, "04-20 10:00 event:accepted").owed() == {}
    # order 20, though most of it lies after the change: 21–24 (4), 27–30 (8), 6–8 May (11), 9 (works: 12), 11–15 (17), 18–22 (22),
    # 25–29 (27), 1–5 June (32), 8–12 (37), 15–18 (41), not 19–21, 22–25 (45)
    assert Case("cn_samr_20", last, "04-20 10:00 event:accepted").owed() == {"mediate": "06-26 00:00"}
    # order 121, sixty calendar days: 10 in April, 31 in May, 19 June (60): the Dragon Boat holiday moves nothing
    assert Case("cn_samr_121", first, "04-20 10:00 event:accepted").owed() == {"mediate": "06-20 00:00"}
    assert "mediate" not in Case("cn_samr_121", last, "04-20 10:00 event:accepted").owed()


def test_samr_121_from_receipt_to_the_follow_up() -> None:
    case = Case("cn_samr_121", "04-30 18:00 receive")
    assert case.owed() == {"accept": "05-14 00:00"}  # 6, 7, 8, 9 (works), 11, 12, 13
    assert case.then("05-12 10:00 event:accepted").owed() == {"mediate": "07-12 00:00"}  # 19 in May, 30 in June, 11 in July
    assert not case.pack.pauses  # whether testing still stops the clock was not seen: strictly, it does not
    assert case.then("06-18 10:00 event:mediation_ended").owed() == {"tell_end": "07-01 00:00"}  # not 19–21, 22–26 (5), 29, 30
    assert case.then("06-18 17:00 report_back").owed() == {"follow_up": "07-04 00:00"}  # 22–26 (5), 29, 30, 1, 2, 3 (10)
    assert case.then("07-03 10:00 visit").owed() == {}


# ── CN-ODR: ten working days, and the authority's clock stands still meanwhile ───────────────────────
@pytest.mark.parametrize(
    ("received", "recorded"),
    [
        ("09-18 15:00", "10-10 00:00"),  # Sunday 20 works (1), 21–24 (5), 28–30 (8), 8, 9 Oct (10)
        ("09-20 23:59", "10-11 00:00"),  # the working Sunday itself does not count: 21–24 (4), 28–30 (7), 8, 9, Saturday 10 works
        ("10-03 09:00", "10-21 00:00"),  # in the holiday: 8, 9, 10 (3), 12–16 (8), 19, 20
    ],
)
def test_odr_ten_working_days_to_record_the_outcome(received: str, recorded: str) -> None:
    assert Case("cn_odr", f"{received} receive").owed() == {"negotiate": recorded}


def test_odr_over_a_new_year_that_nobody_has_announced_is_only_computed() -> None:
    case = Case("cn_odr", "12-25 10:00 receive")
    due = case.clock("negotiate").due
    assert case.owed() == {"negotiate": "2027-01-12 00:00"}  # 28–31 (4), not 1 Jan, 4–8 (9), 11
    assert due is not None and not due.confirmed


def test_odr_what_ends_it_is_the_record_on_the_platform() -> None:
    case = Case("cn_odr", "09-18 15:00 receive", "09-28 10:00 report_back")
    assert case.owed() == {"negotiate": "10-10 00:00"}
    assert case.then("10-09 23:59 event:recorded").owed() == {} and not case.clock("negotiate").late(case.at("11-01 00:00"))
    late = Case("cn_odr", "09-18 15:00 receive", "10-10 00:01 event:recorded")
    assert late.clock("negotiate").late(late.at("11-01 00:00"))


def test_odr_the_time_of_negotiation_is_not_counted_in_the_authoritys_limit() -> None:
    case = Case("cn_odr").then("09-18 15:00 receive", facts={"with_authority": True})
    assert case.owed()["authority"] == "09-30 00:00"  # 20 (1), 21–24 (5), 28, 29 (7)
    assert case.then("09-18 15:30 pause:odr").clock("authority").state == "paused"
    case.then("10-09 12:00 event:recorded").then("10-09 12:00 resume")
    # as if received on 9 October: 10 (works: 1), 12–16 (6), 19 (7)
    assert case.owed() == {"authority": "10-20 00:00"}
    assert case.clock("negotiate").obligation.pauses == []  # the firm's own ten days never stand still


# ── CN-WXPAY: the two readings of the sources ────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("created", "whole_hours", "day_end"),
    [
        # the guide's own example, and the older text's
        ("03-20 14:00", ("03-21 14:00", "03-23 14:00"), ("03-22 00:00", "03-24 00:00")),
        ("03-20 00:00", ("03-21 00:00", "03-23 00:00"), ("03-22 00:00", "03-24 00:00")),  # a whole day apart
        ("03-20 23:59", ("03-21 23:59", "03-23 23:59"), ("03-22 00:00", "03-24 00:00")),  # a minute apart
        ("02-16 22:30", ("02-17 22:30", "02-19 22:30"), ("02-18 00:00", "02-20 00:00")),  # New Year's Eve: nights and holidays count
    ],
)
def test_wxpay_both_readings(created: str, whole_hours: tuple[str, str], day_end: tuple[str, str]) -> None:
    for name, (reply, settle) in (("cn_wxpay", whole_hours), ("cn_wxpay_day_end", day_end)):
        assert Case(name, f"{created} heard", f"{created} receive").owed() == {"reply": reply, "settle": settle}


def test_wxpay_counts_from_the_complaint_though_the_notice_came_late() -> None:
    case = Case("cn_wxpay", "03-20 14:00 heard", "03-21 15:00 receive")
    assert case.owed() == {"reply": "03-21 14:00", "settle": "03-23 14:00"} and case.clock("reply").late(case.at("03-21 15:00"))


def test_wxpay_on_the_minute_and_one_late() -> None:
    for answered, late in (("03-21 14:00", False), ("03-21 14:01", True)):
        case = Case("cn_wxpay", "03-20 14:00 heard", "03-20 14:02 receive", f"{answered} acknowledge")
        assert case.owed() == {"settle": "03-23 14:00"} and case.clock("reply").late(case.at("04-01 00:00")) is late


def test_wxpay_complained_of_again_after_completed_counts_anew() -> None:
    case = Case("cn_wxpay", "03-20 14:00 heard", "03-20 14:02 receive", "03-22 10:00 report_back", "03-22 11:00 close")
    assert case.owed() == {}
    assert case.then("03-25 09:00 reopen").owed() == {"reply": "03-26 09:00", "settle": "03-28 09:00"}


# ── CN-WXMINI: 48 hours for each of two states; 72 before 25 March 2024 ──────────────────────────────
def test_wxmini_each_state_has_its_own_48_hours() -> None:
    case = Case("cn_wxmini", "10-01 09:00 receive")
    assert case.owed() == {"answer": "10-03 09:00"}
    case.then("10-02 12:00 event:answered").then("10-05 20:00 event:proof_wanted")
    assert case.owed() == {"proof": "10-07 20:00"}  # nothing of the time left over from 201 is added
    assert case.then("10-07 20:00 event:proof_sent").owed() == {} and not case.clock("proof").late(case.at("11-01 00:00"))
    assert case.then("10-09 08:00 event:proof_wanted").owed() == {"proof": "10-11 08:00"}  # wanted once more


def test_wxmini_the_day_of_the_complaint_decides_72_or_48_hours() -> None:
    last = Case("cn_wxmini", "2024-03-24 23:59 receive")
    assert last.owed() == {"answer_72h": "2024-03-27 23:59"}
    last.then("2024-03-25 10:00 event:answered").then("2024-03-26 10:00 event:proof_wanted")
    assert last.owed() == {"proof_72h": "2024-03-29 10:00"}  # begun after the change, under the older rule all the same
    assert Case("cn_wxmini", "2024-03-25 00:00 receive").owed() == {"answer": "2024-03-27 00:00"}  # a minute later, nearly a day sooner


# ── CN-12345-JN: five working days to answer the caller and to tell the hotline ──────────────────────
def work_order() -> Case:
    return Case("cn_12345_jn", "04-30 10:00 receive")  # Thursday before the holiday


def test_12345_five_working_days_for_each_of_two_duties() -> None:
    both = {"answer_caller": "05-12 00:00", "tell_hotline": "05-12 00:00"}  # 6, 7, 8, Saturday 9 works, 11
    assert work_order().owed() == both
    assert work_order().then("05-11 23:59 report_back").owed() == {"tell_hotline": "05-12 00:00"}
    in_the_holiday = Case("cn_12345_jn", "10-03 23:30 receive")
    assert set(in_the_holiday.owed().values()) == {"10-14 00:00"}  # 8, 9, Saturday 10 works, 12, 13


def test_12345_no_answer_wanted_still_tells_the_hotline() -> None:
    assert work_order().then("05-06 09:00 judge", facts={"no_answer_wanted": True}).owed() == {"tell_hotline": "05-12 00:00"}


def test_12345_what_cannot_be_done_now_is_owed_by_the_date_that_was_told() -> None:
    case = work_order().then("05-06 09:00 judge", facts={"not_now": True})
    case.then("05-11 16:00 event:hotline_told").then("05-11 16:00 event:progress_told", customer_date=case.at("06-19 18:00"))
    assert case.owed() == {"by_the_date_told": "06-19 18:00"} and not case.clock("answer_caller").late(case.at("06-01 00:00"))
    assert case.then("06-18 10:00 report_back").owed() == {}
    late = work_order().then("05-12 09:00 event:progress_told", facts={"not_now": True}, customer_date=case.at("06-19 18:00"))
    assert late.clock("answer_caller").late(late.at("06-01 00:00"))


def test_12345_the_same_facts_again_are_explained_not_dealt_with() -> None:
    case = work_order().then("05-06 09:00 judge", nature="repeated")
    assert case.owed() == {"explain": "05-12 00:00"} and case.then("05-08 10:00 report_back").owed() == {}


def test_12345_returned_after_the_hotlines_call_back_counts_anew() -> None:
    case = work_order().then("05-08 09:00 report_back").then("05-08 10:00 event:hotline_told").then("05-08 11:00 close")
    assert case.owed() == {}
    returned = case.then("05-20 10:00 reopen").owed()  # 21, 22, 25, 26, 27
    assert returned == {"answer_caller": "05-28 00:00", "tell_hotline": "05-28 00:00"}


# ── several procedures on one case ───────────────────────────────────────────────────────────────────
def test_own_limits_platform_and_law_run_on_one_case_at_once_and_what_binds_stands_first() -> None:
    """A salon: several scalps burnt by one dye. A refund is demanded by telephone on a Friday evening and on WeChat Pay as well, from
    Saturday on the 12315 platform too."""
    burnt = {"demand": True, "reaction": True, "reaction_wide": True}
    case = Case("salon", "09-18 21:20 event:wxpay_received", "09-18 21:30 heard").then("09-18 21:40 receive", facts=burnt)
    case.then("09-18 21:45 judge", nature="valid", facts=burnt).then("09-19 10:00 event:odr_received")
    assert case.owed() == {
        "dispatch": "09-19 01:30",  # own: 4 hours from when the customer was heard, day and night
        "present_major": "09-19 09:40",  # own: 12 hours from receipt
        "wxpay_reply": "09-19 21:20",  # platform: 24 and 72 hours from its own time
        "wxpay_done": "09-21 21:20",
        "law_reaction_wide": "09-22 00:00",  # law: 3 days
        "first_answer": "09-24 00:00",  # own: 5 days
        "redress_major": "09-29 00:00",  # own: 10 days
        "investigate": "09-30 00:00",  # own, 7 working days: Sunday 20 works (1), 21–24 (5), not 25–27, 28, 29
        "law_demand": "10-04 00:00",  # law: 15 calendar days, in the middle of the holiday
        "plan": "10-10 00:00",  # own, 10 working days: 30 (8), not 1–7 Oct, 8, 9
        "odr": "10-10 00:00",  # platform, 10 working days from Saturday 19: the same days
        "execute_major": "10-16 00:00",  # own, 15 working days, later than the law: Saturday 10 works (11), 12–15
        "report": "10-23 00:00",  # own, 20: 16 (16), 19–22
        "visit": "11-06 00:00",  # own, 30: 23 (21), 26–30 (26), 2–5 Nov
    }
    assert case.binding() == ("own", "dispatch", "09-19 01:30")
    case.then("09-18 22:00 dispatch", 1).then("09-18 22:10 present:general_manager").then("09-19 11:00 sign", 1)
    assert case.binding() == ("platform", "wxpay_reply", "09-19 21:20")
    case.then("09-19 12:00 event:wxpay_done")
    assert case.binding() == ("law", "law_reaction_wide", "09-22 00:00")
    case.then("09-21 23:59 event:reaction_reported")
    assert case.binding() == ("own", "first_answer", "09-24 00:00")
    case.then("09-22 10:00 reply", 1).then("09-28 23:00 return", 1)  # what was demanded is settled: the law's fifteen days end with it
    assert "law_demand" not in case.owed() and not case.clock("law_demand", round=0).late(case.at("11-01 00:00"))
