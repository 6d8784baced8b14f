"""A case played on paper: the same clocks as a real one, due to the minute; who is told; replay of rounds, pauses, extensions."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.pure.shipped import shipped, shipped_times

from kesu.procedure.playing import Course, Happening, play

PACKS = Path(__file__).parents[2] / "packs"
PROPERTY = shipped("property")
ZONE = ZoneInfo("Asia/Shanghai")
TIMES = shipped_times("property")


def on(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


def did(text: str, act: str, subject: int = 0, **what: object) -> Happening:
    return Happening(on(text), act, what, subject)


def played(*happenings: Happening) -> Course:
    return play(PROPERTY, TIMES, happenings)


def shown(course: Course) -> dict[str, str]:
    return {clock.obligation.id: clock.due.at.strftime("%m-%d %H:%M") for clock in course.owed() if clock.due}


HEARD = (did("11-20 14:20", "heard"), did("11-20 14:22", "receive", channel="hotline"))
JUDGED = did("11-20 14:25", "judge", nature="valid", facts={"company_fault": True})
SENT = did("11-20 14:26", "dispatch")
SIGNED = did("11-20 14:30", "sign")


def test_received_and_judged() -> None:
    assert shown(played(*HEARD)) == {
        "judge": "11-20 14:52", "dispatch": "11-20 14:32", "solve_minor": "11-22 14:20", "month": "12-20 14:20",
    }  # fmt: skip
    judged = shown(played(*HEARD, JUDGED))
    assert judged == {
        "dispatch": "11-20 14:32", "present_important": "11-20 15:22", "solve_important": "11-23 14:20", "month": "12-20 14:20",
    }  # fmt: skip


def test_order_of_telling_does_not_matter() -> None:
    assert shown(played(SIGNED, SENT, JUDGED, *HEARD)) == shown(played(*HEARD, JUDGED, SENT, SIGNED))


def test_a_department_signs_late_and_who_was_told() -> None:
    course = played(*HEARD, JUDGED, SENT, did("11-20 14:40", "sign"))
    sign = next(clock for clock in course.clocks.values() if clock.obligation.id == "sign")
    assert sign.late(on("11-20 15:00")) and sign.state == "done"
    rungs = [(rung.at.strftime("%H:%M"), rung.kind, rung.roles) for rung in course.rungs(sign, on("12-01 00:00"))]
    assert rungs == [("14:27", "warned", ()), ("14:32", "fell_late", ()), ("14:32", "climbed", ("affairs_supervisor",))]


def test_pause_extension_regrade_and_a_second_round() -> None:
    course = played(*HEARD, JUDGED, SENT, SIGNED)
    course.happen(did("11-21 10:00", "pause:customer_away"), did("11-22 10:00", "resume"))
    assert shown(course)["solve_important"] == "11-24 14:20"
    course.happen(did("11-23 09:00", "grant_extension", obligation="solve_important", new_due=on("11-26 18:00")))
    clock = next(clock for clock in course.owed() if clock.obligation.id == "solve_important")
    assert clock.due is not None and clock.due.original_at == on("11-24 14:20") and shown(course)["solve_important"] == "11-26 18:00"
    course.happen(did("11-24 09:00", "regrade", grade="major"))
    assert shown(course)["solve_major"] == "12-01 14:20" and "solve_important" not in shown(course)
    course.happen(did("11-25 09:00", "return"), did("11-25 10:00", "report_back"), did("11-27 10:00", "visit:not_content"))
    assert course.round == 2 and shown(course)["dispatch"] == "11-27 10:10" and shown(course)["solve_major"] == "12-07 10:00"


def test_leave_that_was_granted_stays_in_a_regraded_case_unless_the_new_limit_is_later() -> None:
    course = played(*HEARD, JUDGED, SENT, SIGNED)
    course.happen(did("11-21 09:00", "grant_extension", obligation="solve_important", new_due=on("11-26 18:00")))
    course.happen(did("11-22 09:00", "regrade", grade="minor"))
    clock = next(clock for clock in course.owed() if clock.obligation.id == "solve_minor")
    assert clock.due is not None and (clock.due.original_at, clock.due.at) == (on("11-22 14:20"), on("11-26 18:00"))


def test_sent_back_the_next_department_gets_its_own_ten_minutes() -> None:
    course = played(*HEARD, JUDGED, SENT, did("11-20 14:31", "send_back"))
    assert shown(course)["dispatch_again"] == "11-20 14:41"
    course.happen(did("11-20 14:50", "dispatch", 2))
    assert shown(course)["sign"] == "11-20 15:00"


def test_two_departments_the_case_waits_for_the_last_form() -> None:
    course = played(*HEARD, JUDGED, SENT, did("11-20 14:26", "dispatch", 2, lead=False), SIGNED, did("11-20 14:33", "sign", 2))
    course.happen(did("11-21 09:00", "execute"), did("11-21 09:30", "return"))
    assert shown(course)["return"] == "11-22 00:00" and "report" not in shown(course)
    course.happen(did("11-21 10:00", "return", 2))
    assert shown(course)["report"] == "11-22 00:00" and "solve_important" not in shown(course)
