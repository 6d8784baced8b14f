"""The clocks of a household-service case, to the minute: nights, weekends, holidays, dangers, laws, platforms, up to the archive."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.pure.shipped import shipped, shipped_times

from kesu.procedure import lint
from kesu.procedure.acts import MAIN_ACT
from kesu.procedure.playing import Course, Happening, play

ROOT = Path(__file__).parents[2]
PACK = shipped("housekeeping")
ZONE = ZoneInfo("Asia/Shanghai")
TIMES = shipped_times("housekeeping")


def on(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


def did(text: str, act: str, subject: int = 0, **what: object) -> Happening:
    return Happening(on(text), act, what, subject)


def played(*happenings: Happening) -> Course:
    return play(PACK, TIMES, happenings)


def owed(course: Course) -> dict[str, str]:
    return {clock.obligation.id: clock.due.at.strftime("%m-%d %H:%M") for clock in course.owed() if clock.due}


def received(at: str, channel: str = "hotline") -> tuple[Happening, Happening]:
    return did(at, "heard"), did(at, "receive", channel=channel)


@pytest.mark.parametrize(
    ("heard", "first"),
    [
        ("06-10 10:00", "06-11 20:00"),  # Wednesday: closing time on Thursday
        ("06-10 20:30", "06-11 20:00"),  # after closing: the same
        ("06-12 10:00", "06-13 20:00"),  # Friday: the shop is open on Saturday
        ("06-13 23:59", "06-14 20:00"),  # Saturday night: Sunday
        ("09-30 10:00", "10-08 20:00"),  # National Day, 1 to 7 October, is no working day
        ("02-13 10:00", "02-14 20:00"),  # the make-up Saturday before Spring Festival
    ],
)
def test_a_general_complaint_is_answered_within_a_working_day(heard: str, first: str) -> None:
    """H-3: from when the customer was heard to closing time of the next day on which the shop works."""
    assert owed(played(*received(heard)))["first_answer"] == first


def test_a_general_complaint_from_reception_to_the_archive() -> None:
    course = played(*received("06-10 10:00"))
    assert owed(course) == {
        "judge": "06-10 10:30", "dispatch": "06-10 11:00", "first_answer": "06-11 20:00",
        "find_cause": "06-12 10:00", "reply": "06-13 10:00", "solve": "06-15 10:00",
    }  # fmt: skip
    course.happen(did("06-10 10:05", "judge", nature="valid", facts={}), did("06-10 10:10", "dispatch"))
    assert owed(course)["sign"] == "06-10 11:10"
    course.happen(did("06-10 10:40", "sign"), did("06-10 16:00", "contact"))
    assert "first_answer" not in owed(course)
    course.happen(did("06-11 10:40", "find_cause"), did("06-11 19:00", "propose"))
    assert owed(course)["approve"] == "06-12 11:00"  # four opening hours
    course.happen(did("06-12 09:00", "approve"), did("06-12 17:00", "reply"))
    assert owed(course) == {"agree": "06-14 17:00", "solve": "06-15 10:00"}
    course.happen(did("06-12 18:00", "agree"), did("06-13 18:30", "execute"))
    assert owed(course)["return"] == "06-14 00:00"
    course.happen(did("06-13 18:40", "return"))
    assert owed(course) == {"report": "06-14 10:40", "visit": "06-16 18:40"}  # not in the evening; 3 days from handling
    course.happen(did("06-14 09:40", "report_back"), did("06-15 10:00", "visit:content"))
    assert owed(course) == {"close": "06-17 10:00"}
    course.happen(did("06-15 11:00", "close"))
    assert owed(course) == {"archive": "06-22 11:00"}
    course.happen(did("06-16 11:00", "archive"))
    assert owed(course) == {}


def test_the_customer_s_own_date_shortens_a_general_case() -> None:
    course = played(did("06-10 10:00", "heard"), did("06-10 10:00", "receive", channel="web", customer_date=on("06-12 18:00")))
    assert owed(course)["solve"] == "06-12 18:00" and owed(course)["acknowledge_web"] == "06-10 10:30"


def test_an_important_one_has_its_first_answer_the_same_half_day_and_word_every_two_days() -> None:
    course = played(
        *received("06-10 14:00"), did("06-10 14:05", "judge", nature="valid", facts={"contract_breach": True, "asks_remedy": True})
    )
    shown = owed(course)
    assert (shown["first_answer_important"], shown["solve_upper"], shown["law_demand"]) == ("06-10 18:00", "06-17 14:00", "06-26 00:00")
    course.happen(did("06-10 14:10", "dispatch"), did("06-10 15:00", "sign"))
    assert owed(course)["progress"] == "06-12 14:10"
    course.happen(did("06-11 09:00", "contact"))
    assert owed(course)["progress"] == "06-13 09:00"
    course.happen(did("06-12 09:00", "execute"), did("06-12 09:30", "return"))
    assert "progress" not in owed(course) and "law_demand" not in owed(course)


def test_an_old_man_left_alone_on_a_holiday_night() -> None:
    """Nights and holidays count where a person may be in danger; the head's hours do not matter."""
    facts = {"U2": True, "U3": True, "wants_change": True, "asks_remedy": True}
    course = played(*received("10-02 23:18"), did("10-02 23:22", "judge", nature="valid", facts=facts))
    assert course.grade == "critical"
    assert owed(course) == {
        "urgent_contact": "10-02 23:27", "dispatch_urgent": "10-02 23:37", "present_manager": "10-02 23:52",
        "present_general": "10-03 03:22", "find_cause_urgent": "10-03 23:18", "reply_urgent": "10-04 23:18",
        "replace_worker": "10-05 23:22", "solve_upper": "10-09 23:18", "law_demand": "10-18 00:00",
    }  # fmt: skip
    course.happen(did("10-02 23:24", "dispatch"))
    assert "urgent_contact" in owed(course)  # sending the form is not speaking with anybody
    course.happen(did("10-02 23:26", "contact"), did("10-02 23:40", "present:general_manager"))
    assert not {"urgent_contact", "present_manager", "present_general"} & set(owed(course))


def test_nobody_speaks_with_the_home_in_danger_and_who_hears_of_it() -> None:
    course = played(*received("06-10 03:00"), did("06-10 03:00", "judge", nature="valid", facts={"U1": True}))
    clock = next(row for row in course.clocks.values() if row.obligation.id == "urgent_contact")
    told = [(rung.at.strftime("%H:%M"), rung.roles) for rung in course.rungs(clock, on("06-10 12:00")) if rung.roles]
    assert told == [("03:05", ("service_supervisor", "store_manager")), ("03:15", ("general_manager",))]


def test_what_came_at_night_counts_for_the_customer_from_then_and_for_us_from_the_judgement() -> None:
    """A broken promise written at two at night, read at eight: the first answer is late and shows it, dispatching is not."""
    facts = {"contract_breach": True, "raised_before": True, "still_unsolved": True}
    course = played(*received("06-10 02:13", "wechat"), did("06-10 08:10", "judge", nature="valid", facts=facts))
    shown = owed(course)
    assert (shown["first_answer_urgent"], shown["dispatch_urgent"]) == ("06-10 02:43", "06-10 08:25")


def test_a_stand_in_is_named_within_half_an_hour_of_opening_time() -> None:
    course = played(*received("06-10 19:50"), did("06-10 19:50", "judge", nature="valid", facts={"waiting_now": True}))
    assert owed(course)["stand_in"] == "06-11 08:20"


def test_a_harmed_child_is_reported_within_the_hour_and_only_that_ends_it() -> None:
    course = played(*received("06-13 22:00"), did("06-13 22:04", "judge", nature="valid", facts={"minor_harmed": True}))
    course.happen(did("06-13 22:05", "contact"), did("06-13 22:10", "dispatch"))
    assert owed(course)["law_minors"] == "06-13 23:04"
    course.happen(did("06-13 22:40", "event:minor_reported"))
    assert "law_minors" not in owed(course)


def test_prepaid_money_is_owed_until_it_has_arrived_across_rounds_and_pauses() -> None:
    facts = {"prepaid_refund": True, "asks_remedy": True, "contract_breach": True}
    course = played(
        *received("10-10 17:30", "web"), did("10-10 17:40", "judge", nature="valid", facts=facts), did("10-10 17:45", "dispatch")
    )
    course.happen(did("10-10 18:00", "sign"), did("10-11 09:00", "pause:customer_evidence"))
    assert owed(course)["law_prepaid"] == "10-26 00:00" and owed(course)["chase_evidence"] == "10-13 09:00"
    course.happen(did("10-12 09:00", "resume"), did("10-12 10:00", "execute"), did("10-12 10:00", "return"))
    assert owed(course)["law_prepaid"] == "10-26 00:00"  # it was promised, it has not arrived
    course.happen(did("10-12 11:00", "report_back"), did("10-14 10:00", "visit:not_content"))
    assert course.round == 2 and owed(course)["law_prepaid"] == "10-26 00:00"
    course.happen(did("10-15 10:00", "event:refund_paid"))
    assert "law_prepaid" not in owed(course)


def test_a_second_round_is_looked_into_by_the_shop_manager() -> None:
    course = played(*received("06-10 10:00"), did("06-10 10:05", "judge", nature="valid", facts={"company_fault": True}))
    course.happen(
        did("06-10 10:10", "dispatch"), did("06-10 10:20", "sign"), did("06-11 10:00", "find_cause"), did("06-11 12:00", "return")
    )
    course.happen(did("06-11 13:00", "report_back"), did("06-13 10:00", "visit:not_content"))
    again = {clock.obligation.id: clock for clock in course.owed()}
    assert again["find_cause_again"].obligation.role == "store_manager" and owed(course)["find_cause_again"] == "06-15 10:00"
    assert "find_cause" not in again
    assert next(row for row in PACK.stages if row.number == 2).other_person == ["sign", "find_cause", "propose", "execute"]


def test_a_newly_assigned_customer_is_contacted_within_a_week() -> None:
    course = played(*received("06-10 10:00"), did("06-10 11:00", "event:agent_assigned"))
    assert owed(course)["first_contact"] == "06-17 11:00"


def test_platforms_count_in_their_own_ways() -> None:
    """24 and 72 hours from creation; official working days, although the shop is open at weekends."""
    course = played(*received("11-20 10:00"), did("11-20 14:00", "event:pay_complaint"), did("11-20 11:00", "event:odr_received"))
    shown = owed(course)
    assert (shown["pay_platform_reply"], shown["pay_platform_done"], shown["odr"]) == ("11-21 14:00", "11-23 14:00", "12-05 00:00")
    course.happen(did("11-20 15:00", "event:pay_replied"))
    assert "pay_platform_reply" not in owed(course) and "pay_platform_done" in owed(course)
    course.happen(did("11-20 16:00", "event:order_complaint"))
    assert owed(course)["order_platform"] == "11-22 16:00"


FULFILS = {
    "told": "report_back", "explained": "report_back", "followed_up": "visit", "cause_found": "find_cause",
    "agreed": "agree", "actions_done": "execute", "forms_returned": "return",
}  # fmt: skip
STORY = {
    "judge": ["judge"], "dispatch": ["dispatch"], "sign": ["sign"], "investigate": ["find_cause"],
    "answer": ["propose", "approve", "reply", "agree"], "handle": ["execute", "return"], "report": ["report_back"],
    "visit": ["visit"], "close": ["close"], "archive": ["archive"],
}  # fmt: skip


@pytest.mark.parametrize(("nature", "grade_"), [(nature.id, grade.id) for nature in PACK.natures for grade in PACK.grades])
def test_every_nature_of_every_grade_can_be_closed_and_owes_nothing_then(nature: str, grade_: str) -> None:
    """Its own road, step by step, by roles that may; what closing needs has happened; afterwards no clock is left."""
    steps = PACK.one("natures", nature).steps
    course = played(*received("06-10 10:00"), did("06-10 10:00", "note", nature=nature, grade=grade_))
    hour = 10
    for act in (act for step in steps for act in STORY[step]):
        assert lint.who_may(PACK, act)
        if act == "close":
            found = lint.closing_rule(PACK, PACK.one("natures", nature), PACK.one("grades", grade_))
            assert found is not None
            needed = {FULFILS[need] for need in found[1].needs if need in FULFILS}
            assert needed - set(course.marks) <= ({"return"} if "sign" not in steps else set())
        hour += 1
        course.happen(Happening(on(f"06-{10 + hour // 24:02} {hour % 24:02}:00"), act))
    if (nature, grade_) in (("valid", "important"), ("worker_claim", "important")):  # closed first, put right for good within days
        assert set(owed(course)) == {"put_right_later"}
        course.happen(Happening(on("06-14 10:00"), "put_right"))
    assert set(STORY) == set(MAIN_ACT) and owed(course) == {}
