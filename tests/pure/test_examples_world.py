"""The procedures of other countries and of Chinese finance, played: given acts at given times, these clocks are due at these minutes.

Every due time is reckoned by hand from the rule and the holidays. 00:00 is 24:00 of the day before.
"""

from __future__ import annotations

import pytest
from tests.pure.onpaper import Case


# ── UK-DISP: business days of England and Wales, 09:00–17:00 ─────────────────────────────────────────
@pytest.mark.parametrize(
    ("received", "third_day", "eight_weeks"),
    [
        ("04-02 16:59", "04-09 17:00", "05-29 00:00"),  # Thursday before Easter: Tuesday, Wednesday, Thursday
        ("04-02 17:00", "04-10 17:00", "06-03 00:00"),  # closed: counts as Tuesday the 7th
        ("04-04 11:00", "04-10 17:00", "06-03 00:00"),  # Easter Saturday
        ("04-07 08:30", "04-10 17:00", "06-03 00:00"),  # before opening: the same day
        ("12-23 10:00", "12-30 17:00", "2027-02-18 00:00"),  # 24, 29, 30: Christmas Day, Boxing Day on Monday
    ],
)
def test_disp_counts_from_the_business_day(received: str, third_day: str, eight_weeks: str) -> None:
    assert Case("uk_disp", f"{received} receive").owed() == {"acknowledge": third_day, "final": eight_weeks}


def test_disp_eight_weeks_across_the_change_of_clocks() -> None:
    case = Case("uk_disp", "03-09 10:00 receive")
    assert case.owed()["final"] == "05-05 00:00" and case.due_in_utc("final") == "2026-05-04 23:00"


def test_disp_settled_by_the_third_day_lifts_the_limits_and_owes_a_short_letter() -> None:
    case = Case("uk_disp", "04-02 16:59 receive", "04-09 17:00 event:accepted")
    assert case.owed() == {"summary": "04-10 17:00"}
    assert case.clock("final").state == case.clock("acknowledge").state == "void"
    assert case.then("04-10 09:30 report_back").owed() == {} and case.clock("summary").state == "done"


def test_disp_settled_a_minute_later_owes_a_final_response() -> None:
    case = Case("uk_disp", "04-02 16:59 receive", "04-09 17:01 event:accepted")
    assert case.owed() == {"acknowledge": "04-09 17:00", "final": "05-29 00:00"}


def test_disp_holding_letter_ends_the_eight_weeks_but_not_the_duty_to_inform() -> None:
    case = Case("uk_disp", "04-02 16:59 receive", "04-07 10:00 acknowledge", "05-28 23:59 event:holding_letter")
    assert not case.clock("final").late(case.at("06-01 00:00"))
    assert case.owed() == {"kept_informed": "06-26 00:00"}
    assert case.then("06-20 10:00 contact").owed() == {"kept_informed": "07-19 00:00"}
    assert case.then("07-01 10:00 report_back").owed() == {}
    late = Case("uk_disp", "04-02 16:59 receive", "05-29 00:01 event:holding_letter")
    assert late.clock("final").late(late.at("06-01 00:00"))


# ── UK-DISP-PSD ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("received", "ends"),
    [
        ("12-18 16:59", "2027-01-14 00:00"),  # 21–24 (4), 29–31 (7), 4–8 Jan (12), 11–13 (15)
        ("12-18 17:00", "2027-01-15 00:00"),  # after the cut-off: counts as Monday the 21st
        ("12-19 10:00", "2027-01-15 00:00"),  # Saturday
        ("05-05 10:00", "05-28 00:00"),  # 6–8 (3), 11–15 (8), 18–22 (13), not the bank holiday, 26, 27 (15)
    ],
)
def test_psd_fifteen_business_days(received: str, ends: str) -> None:
    assert Case("uk_disp_psd", f"{received} receive").owed()["final"] == ends


def test_psd_thirty_five_days_only_while_it_is_exceptional() -> None:
    case = Case("uk_disp_psd", "12-18 16:59 receive", "12-21 10:00 acknowledge")
    case.then("2027-01-11 10:00 judge", facts={"exceptional": True})
    assert case.owed() == {"final": "2027-01-14 00:00", "final_at_last": "2027-02-11 00:00"}
    case.then("2027-01-13 12:00 event:holding_letter")
    assert case.owed() == {"final_at_last": "2027-02-11 00:00"}
    case.then("2027-01-20 10:00 judge", facts={"exceptional": False})
    assert case.owed() == {}  # the holding response was not allowed, but it was sent; the 15 days are over


def test_psd_the_three_day_path_before_christmas() -> None:
    kept = Case("uk_disp_psd", "12-21 10:00 receive", "12-24 16:59 event:accepted")
    assert kept.owed() == {"summary": "12-29 17:00"}
    missed = Case("uk_disp_psd", "12-21 10:00 receive", "12-24 17:01 event:accepted")
    assert "final" in missed.owed() and "summary" not in missed.owed()


# ── UK-HOC ───────────────────────────────────────────────────────────────────────────────────────────
def test_hoc_the_answer_counts_from_the_acknowledgement() -> None:
    case = Case("uk_hoc", "04-29 10:00 receive")
    assert case.owed() == {"acknowledge_one": "05-08 00:00"}  # 30, 1, not Monday the 4th, 5, 6, 7
    assert case.then("05-06 15:00 acknowledge").owed() == {"answer_one": "05-21 00:00"}


def test_hoc_extension_of_ten_working_days_at_most() -> None:
    case = Case("uk_hoc", "04-29 10:00 receive", "05-06 15:00 acknowledge")
    assert case.longest("answer_one") == "06-05 00:00"  # 21, 22, not Monday the 25th, 26–29, 1–4 June
    case.then("05-20 12:00 grant_extension", obligation="answer_one", new_due=case.at("06-05 00:00"))
    due = case.clock("answer_one").due
    assert due is not None and case.owed() == {"answer_one": "06-05 00:00"} and due.original_at == case.at("05-21 00:00")


def test_hoc_stage_two_has_new_clocks_and_another_person() -> None:
    case = Case("uk_hoc", "04-29 10:00 receive", "05-06 15:00 acknowledge", "05-20 12:00 report_back")
    case.then("05-23 11:00 reopen")  # a Saturday
    assert case.course.round == 2 and case.owed() == {"acknowledge_two": "06-02 00:00"}
    case.then("06-01 09:00 acknowledge")
    assert case.owed() == {"answer_two": "06-30 00:00"} and case.longest("answer_two") == "07-28 00:00"
    assert {"find_cause", "report_back"} <= set(next(stage for stage in case.pack.stages if stage.number == 2).other_person)


def test_hoc_what_is_still_open_is_followed_after_the_answer() -> None:
    case = Case("uk_hoc", "04-29 10:00 receive", "05-06 15:00 acknowledge")
    case.then("05-20 12:00 report_back", facts={"open_actions": True})
    assert case.owed() == {"progress": "06-05 00:00"}
    assert case.then("06-03 10:00 contact").owed() == {"progress": "06-18 00:00"}
    assert case.then("06-10 10:00 event:works_done").owed() == {"check_works": "06-18 00:00"}
    nothing_open = Case("uk_hoc", "04-29 10:00 receive", "05-06 15:00 acknowledge", "05-20 12:00 report_back")
    assert nothing_open.owed() == {"check": "05-29 00:00"}
    assert nothing_open.then("05-21 10:00 judge", facts={"open_actions": True}).owed() == {"progress": "06-05 00:00"}


def test_hoc_a_service_request_is_no_complaint_until_it_is() -> None:
    case = Case("uk_hoc")
    assert case.then("04-29 10:00 receive", nature="service_request").owed() == {}
    assert case.then("05-01 10:00 judge", nature="complaint").owed() == {"acknowledge_one": "05-08 00:00"}


# ── UK-AWAAB ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("identified", "safe"),
    [
        ("10-24 18:00", "10-25 17:00"),  # the clocks go back that night
        ("03-28 18:00", "03-29 19:00"),  # and forward
        ("04-03 20:00", "04-04 20:00"),  # Good Friday, Saturday: they count
    ],
)
def test_awaab_an_emergency_is_made_safe_within_24_elapsed_hours(identified: str, safe: str) -> None:
    case = Case("uk_awaab").then("03-02 10:00 receive", facts={"emergency": True}).then(f"{identified} event:identified")
    assert case.course.grade == "emergency" and case.owed() == {"emergency_safe": safe}


def test_awaab_a_significant_hazard_over_christmas() -> None:
    case = Case("uk_awaab").then("2025-12-18 14:00 receive", facts={"significant": True})
    assert case.owed() == {"investigate": "01-07 00:00"}  # 19, 22–24, 29–31, 2, 5, 6
    case.then("2026-01-02 16:00 event:investigated", facts={"further_works": True})
    assert case.owed() == {"summary": "01-08 00:00", "significant_safe": "01-10 00:00", "works": "03-28 00:00"}
    case.then("01-07 09:00 report_back").then("01-09 23:59 event:made_safe")
    assert case.owed() == {"works": "03-28 00:00"} and not case.clock("significant_safe").late(case.at("02-01 00:00"))
    assert case.then("01-20 09:00 judge", facts={"further_works": False}).owed() == {}


def test_awaab_worse_than_it_looked() -> None:
    case = Case("uk_awaab").then("2025-12-18 14:00 receive", facts={"significant": True}).then("01-02 16:00 event:investigated")
    case.then("01-05 10:00 event:identified", facts={"emergency": True})
    assert case.owed() == {"emergency_safe": "01-06 10:00"} and case.clock("significant_safe").state == "void"


def test_awaab_is_in_force_from_27_october_2025() -> None:
    before = Case("uk_awaab").then("2025-10-26 23:59 receive", facts={"significant": True})
    assert before.owed() == {}
    first = Case("uk_awaab").then("2025-10-27 00:00 receive", facts={"significant": True})
    assert first.owed() == {"investigate": "2025-11-11 00:00"}


# ── AU-RG271 ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("received", "acknowledge", "answer"),
    [
        ("10-02 16:30", "10-06 17:00", "11-02 00:00"),  # Friday; the clocks change on Sunday, Monday is Labour Day
        ("10-12 10:00", "10-13 17:00", "11-12 00:00"),
        ("10-12 18:00", "10-13 18:00", "11-12 00:00"),  # after closing the 24 hours are the later
        ("04-24 12:00", "04-28 17:00", "05-25 00:00"),  # Anzac Day is a Saturday: Monday off in New South Wales
    ],
)
def test_rg271_acknowledge_and_answer(received: str, acknowledge: str, answer: str) -> None:
    assert Case("au_rg271", f"{received} receive").owed() == {"acknowledge": acknowledge, "answer": answer}


def test_rg271_thirty_days_across_the_change_of_clocks() -> None:
    assert Case("au_rg271", "10-02 16:30 receive").due_in_utc("answer") == "2026-11-01 13:00"  # eleven hours ahead by then


def test_rg271_hardship_and_superannuation() -> None:
    case = Case("au_rg271", "10-02 16:30 receive", "10-06 09:00 acknowledge")
    assert case.then("10-06 10:00 judge", facts={"superannuation": True}).owed() == {"answer_super": "11-17 00:00"}
    assert case.then("10-07 10:00 judge", facts={"hardship": True}).owed() == {"answer_hardship": "10-24 00:00"}
    assert case.then("10-08 10:00 judge", facts={"hardship": False, "superannuation": False}).owed() == {"answer": "11-02 00:00"}


def test_rg271_settled_by_the_end_of_the_fifth_business_day() -> None:
    kept = Case("au_rg271", "10-02 16:30 receive", "10-06 09:00 acknowledge", "10-12 23:59 event:settled")  # 6–9, 12
    assert kept.owed() == {}
    missed = Case("au_rg271", "10-02 16:30 receive", "10-06 09:00 acknowledge", "10-13 00:01 event:settled")
    assert missed.owed() == {"answer": "11-02 00:00"}


def test_rg271_a_written_answer_asked_for_after_all() -> None:
    case = Case("au_rg271", "10-02 16:30 receive", "10-06 09:00 acknowledge", "10-08 15:00 event:settled")
    assert case.owed() == {} and case.clock("answer").state == "void"
    assert case.then("10-09 10:00 judge", facts={"written_wanted": True}).owed() == {"answer": "11-02 00:00"}
    hardship = Case("au_rg271").then("10-02 16:30 receive", facts={"hardship": True})
    assert hardship.then("10-06 15:00 event:settled").owed() == {"acknowledge": "10-06 17:00", "answer_hardship": "10-24 00:00"}


def test_rg271_delay_only_when_complex_or_beyond_control() -> None:
    case = Case("au_rg271", "10-02 16:30 receive", "10-06 09:00 acknowledge")
    rule = case.clock("answer").obligation.extension
    assert rule is not None and not rule.open_to(case.course.facts)
    case.then("10-20 10:00 judge", facts={"complex": True})
    assert rule.open_to(case.course.facts) and case.longest("answer", "always") == "12-02 00:00"
    case.then("11-01 16:00 grant_extension", obligation="answer", new_due=case.at("11-21 00:00"))
    assert case.owed() == {"answer": "11-21 00:00"}


def test_rg271_reopened_counts_anew() -> None:
    case = Case("au_rg271", "10-02 16:30 receive", "10-08 15:00 event:settled", "10-08 16:00 report_back", "10-09 09:00 close")
    assert case.owed() == {}
    assert case.then("10-20 10:00 reopen").owed() == {"answer": "11-20 00:00"}


# ── UK-NHS ───────────────────────────────────────────────────────────────────────────────────────────
def oral() -> Case:
    return Case("uk_nhs").then("05-22 15:00 receive", channel="oral")  # Friday before the spring bank holiday


def test_nhs_oral_and_solved_by_the_next_working_day() -> None:
    assert oral().owed() == {"acknowledge": "05-29 00:00", "half_year": "11-23 00:00"}  # 26, 27, 28
    assert oral().then("05-26 23:59 event:satisfied").owed() == {}
    assert oral().then("05-27 00:01 event:satisfied").owed() == {"acknowledge": "05-29 00:00", "half_year": "11-23 00:00"}
    written = Case("uk_nhs").then("05-22 15:00 receive", channel="written").then("05-22 16:00 event:satisfied")
    assert "acknowledge" in written.owed()


def test_nhs_the_period_agreed_and_a_new_date() -> None:
    case = oral().then("05-27 10:00 acknowledge")
    assert case.owed() == {"half_year": "11-23 00:00"}
    case.then("05-28 10:00 agree_date", customer_date=case.at("07-31 17:00"))
    assert case.owed() == {"answer": "07-31 17:00", "half_year": "11-23 00:00"}
    case.then("07-30 10:00 agree_date", customer_date=case.at("12-15 12:00"))
    assert case.owed() == {"answer": "12-15 12:00", "half_year": "12-15 12:00"}
    case.then("12-15 11:59 event:delay_explained")
    assert case.owed() == {"answer": "12-15 12:00"} and not case.clock("half_year").late(case.at("12-31 00:00"))


def test_nhs_six_months_end_with_a_shorter_month() -> None:
    case = Case("uk_nhs").then("08-31 10:00 receive", channel="written")  # the summer bank holiday
    assert case.owed() == {"acknowledge": "09-04 00:00", "half_year": "2027-03-01 00:00"}


def test_nhs_one_answer_of_several_bodies() -> None:
    case = Case("uk_nhs").then("12-15 10:00 receive", channel="written").then("12-15 11:00 acknowledge")
    case.then("12-16 10:00 dispatch", 1).then("12-16 10:00 dispatch", 2, lead=False)
    parts = [case.clock("part", subject=number) for number in (1, 2)]
    assert {case.shown(clock) for clock in parts} == {"2027-01-19 00:00"}  # 17–24 (6), 29–31 (9), 4–15 Jan (19), 18
    case.then("2027-01-10 10:00 return", 1)
    assert [clock.state for clock in parts] == ["done", "running"]


# ── US-CFPB ──────────────────────────────────────────────────────────────────────────────────────────
def test_cfpb_fifteen_calendar_days_end_on_the_day_of_23_hours() -> None:
    case = Case("us_cfpb", "02-21 09:00 receive")  # a Saturday
    assert case.owed() == {"respond": "03-09 00:00"} and case.due_in_utc("respond") == "2026-03-09 04:00"
    autumn = Case("us_cfpb", "10-20 09:00 receive")
    assert autumn.owed() == {"respond": "11-05 00:00"} and autumn.due_in_utc("respond") == "2026-11-05 05:00"


def test_cfpb_in_progress_leaves_sixty_days_from_receipt() -> None:
    case = Case("us_cfpb", "02-21 09:00 receive").then("03-08 23:59 event:in_progress", facts={"complex": True})
    assert case.owed() == {"final": "04-23 00:00"} and not case.clock("respond").late(case.at("03-20 00:00"))
    late = Case("us_cfpb", "02-21 09:00 receive", "03-09 00:01 event:in_progress")
    assert late.clock("respond").late(late.at("03-20 00:00")) and late.owed() == {}
    assert late.then("03-10 09:00 judge", facts={"complex": True}).owed() == {"final": "04-23 00:00"}


def test_cfpb_feedback_is_awaited_after_closing_over_new_year() -> None:
    case = Case("us_cfpb", "10-20 09:00 receive", "11-02 12:00 report_back", "11-03 09:00 close")
    assert case.owed() == {"feedback": "2027-01-02 00:00"}  # 1 January counts
    case.then("2027-01-01 23:59 rate")
    assert case.owed() == {} and case.clock("feedback").state == "done"


# ── CN-BANKINS ───────────────────────────────────────────────────────────────────────────────────────
def test_bankins_fifteen_then_thirty_days_when_it_is_complex() -> None:
    case = Case("cn_bankins", "02-15 10:00 receive")  # Sunday, the first day of the Spring Festival: it counts
    assert case.owed() == {"decide_simple": "03-03 00:00"}
    assert case.then("03-01 10:00 judge", facts={"complex": True}).owed() == {"decide_complex": "03-18 00:00"}
    assert case.then("03-01 11:00 judge", facts={"complex": False}).owed() == {"decide_simple": "03-03 00:00"}


def test_bankins_thirty_more_with_approval_only_when_special() -> None:
    case = Case("cn_bankins", "02-15 10:00 receive").then("03-01 10:00 judge", facts={"complex": True})
    rule = case.clock("decide_complex").obligation.extension
    assert rule is not None and rule.approver == "superior" and not rule.open_to(case.course.facts)
    case.then("03-10 10:00 judge", facts={"special": True})
    assert rule.open_to(case.course.facts) and case.longest("decide_complex") == "04-17 00:00"
    case.then("03-17 16:00 grant_extension", obligation="decide_complex", new_due=case.at("04-17 00:00"))
    due = case.clock("decide_complex").due
    assert due is not None and case.owed() == {"decide_complex": "04-17 00:00"} and due.original_at == case.at("03-18 00:00")


def test_bankins_whoever_has_an_interest_hands_over() -> None:
    case = Case("cn_bankins", "02-12 10:00 receive").then("02-13 16:00 judge", facts={"interested": True})
    assert case.owed()["recuse"] == "02-15 00:00"  # Saturday the 14th is a working day
    assert "recuse" not in case.then("02-14 23:59 transfer").owed() and not case.clock("recuse").late(case.at("03-01 00:00"))


def test_bankins_review_is_a_second_stage_for_other_people() -> None:
    case = Case("cn_bankins", "02-15 10:00 receive", "03-02 23:59 report_back", "03-03 10:00 close")
    assert not case.clock("decide_simple").late(case.at("04-01 00:00"))
    assert case.then("03-20 15:00 reopen").owed() == {"review": "04-20 00:00"}
    stage = next(stage for stage in case.pack.stages if stage.number == 2)
    assert stage.other_person == ["investigate", "find_cause", "report_back"]
    assert case.pack.one("procedures", "review").verified == "unverified"
