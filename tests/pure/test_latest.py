"""How late a procedure lets things happen, reckoned by hand: chains, alternatives, what one act brings with it, circles."""

from __future__ import annotations

import tomllib
from datetime import datetime

from tests.pure import small
from tests.pure.shipped import shipped
from tests.pure.small import ZONE, clock

from kesu.procedure.latest import Course, Moment, Reckoning
from kesu.procedure.pack import Pack

PROPERTY = shipped("property")


def on(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


def said(moment: Moment) -> tuple[str, str, str]:
    stamps = [at.strftime("%m-%d %H:%M") if at else "" for at in (moment.begins, moment.due)]
    return stamps[0], stamps[1], moment.after


def lived(pack: Pack, nature: str, grade: str, start: str, **more: object) -> dict[str, tuple[str, str, str]]:
    course = Course(pack, nature, grade, **more)  # type: ignore[arg-type]
    return {id: said(moment) for id, moment in course.moments(on(start), Reckoning(small.times(pack))).items()}


def surely(pack: Pack, marks: str, start: str, nature: str = "valid", grade: str = "light") -> tuple[str, str, str] | None:
    found = Course(pack, nature, grade).latest(marks.split(), on(start), Reckoning(small.times(pack)))
    return (found.obligation.id, *said(found)[:2]) if found else None


# property.toml, heard on Friday 2026-11-20 at 14:20 (open 13:30–18:00 that afternoon)
def test_a_minor_complaint_of_the_property_procedure() -> None:
    bars = lived(PROPERTY, "valid", "minor", "11-20 14:20")
    assert bars["dispatch"] == ("11-20 14:20", "11-20 14:30", "")
    assert bars["judge"] == ("11-20 14:20", "11-20 14:50", "")
    assert bars["solve_minor"] == ("11-20 14:20", "11-22 14:20", "")  # 2d; the customer named no date
    assert bars["report"] == ("11-22 14:20", "11-23 00:00", "solve_minor")  # the same day, 24:00
    assert bars["visit"] == ("11-23 00:00", "11-26 00:00", "report")  # 3 days
    assert bars["close"] == ("11-26 00:00", "11-28 00:00", "visit")
    assert bars["archive"] == ("11-28 00:00", "12-01 00:00", "close")  # the 30th, 24:00
    assert bars["month"] == ("11-20 14:20", "12-20 14:20", "")
    assert bars["dispatch_again"] == ("", "", "") and bars["odr"] == ("", "", "")  # nothing in the plain course begins these
    assert "present_major" not in bars and "rapid" not in bars


def test_a_major_one_is_replied_to_before_it_is_solved() -> None:
    bars = lived(PROPERTY, "valid", "major", "11-20 14:20")
    assert bars["present_major"] == ("11-20 14:20", "11-21 00:00", "")
    assert bars["reply_major"] == ("11-20 14:20", "11-22 14:20", "")
    assert bars["agree"] == ("11-22 14:20", "11-24 14:20", "reply_major")
    assert bars["solve_major"] == ("11-20 14:20", "11-30 14:20", "")
    assert bars["report"] == ("11-30 14:20", "12-01 00:00", "solve_major")


def test_answers_and_the_start_change_the_course() -> None:
    simple = lived(PROPERTY, "valid", "minor", "11-20 14:20", facts=["simple"])
    assert simple["rapid"] == ("11-20 14:20", "11-21 14:20", "") and simple["report"] == ("11-21 14:20", "11-22 00:00", "rapid")
    gas = lived(PROPERTY, "valid", "major", "11-20 14:20", facts=["U1"])
    assert gas["urgent_contact"] == ("11-20 14:50", "11-20 14:55", "judge")  # signing does not wait for the grade, nor the grade for it
    asked = lived(PROPERTY, "valid", "minor", "11-20 14:20", given=frozenset(("heard", "receive", "event:demand")))
    assert asked["law_demand"] == ("11-20 14:20", "12-06 00:00", "")


# small ones
def test_the_first_clock_that_ends_with_an_act_decides() -> None:
    pack = small.pack(clock("far", "heard", "return", "9d"), clock("near", "receive", "return", "3d"))
    assert surely(pack, "return", "03-02 10:00") == ("near", "03-02 10:00", "03-05 10:00")


def test_working_days_take_the_holidays_with_them() -> None:
    pack = small.pack(clock("tell", "heard", "report_back", "20wd", 'time = "office"'))
    # the 28th, 29th and 30th are nos. 1–3; 8, 9 and Saturday the 10th of October (made up) nos. 4–6; then 12–16, 19–23, 26–29
    found = surely(pack, "report_back", "09-25 10:00")
    assert found == ("tell", "09-25 10:00", "10-30 00:00")


def test_a_clock_that_other_acts_may_end_makes_none_of_them_sure() -> None:
    pack = small.pack(clock("hello", "receive", "acknowledge contact reply", "30m"), clock("answer", "receive", "reply unfound", "2d"))
    assert surely(pack, "reply", "03-02 10:00") == ("answer", "03-02 10:00", "03-04 10:00")  # unfounded ones go another way
    assert surely(pack, "acknowledge contact reply", "03-02 10:00") == ("hello", "03-02 10:00", "03-02 10:30")
    assert surely(pack, "contact", "03-02 10:00") is None


def test_a_later_act_brings_the_earlier_ones_with_it() -> None:
    pack = small.pack(clock("settle", "heard", "return", "5d"), clock("after", "report_back", "visit", "3d", 'role = "caller"'))
    assert surely(pack, "reply", "03-02 10:00") == ("settle", "03-02 10:00", "03-07 10:00")  # handling comes after agreeing to a reply
    assert surely(pack, "find_cause", "03-02 10:00") == ("settle", "03-02 10:00", "03-07 10:00")
    assert surely(pack, "visit", "03-02 10:00") is None  # reporting back is owed by nobody, so nothing begins the follow-up
    closing = small.pack(clock("shut", "heard", "close", "9d"))
    assert surely(closing, "report_back", "03-02 10:00") == ("shut", "03-02 10:00", "03-11 10:00")


def test_a_chain_adds_up() -> None:
    pack = small.pack(
        clock("settle", "heard", "return", "3d"),
        clock("tell", "return", "report_back", "same-day"),
        clock("call", "report_back", "visit", "24h", 'role = "caller"'),
    )
    assert surely(pack, "visit", "03-02 10:00") == ("call", "03-06 00:00", "03-07 00:00")


def test_the_customers_turn_and_bare_dates_make_nothing_sure() -> None:
    pack = small.pack(
        clock("wait", "heard", "agree decline", "2d", 'waits_for = "customer"'), clock("wish", "heard", "return", "customer-date")
    )
    assert surely(pack, "agree", "03-02 10:00") is None and surely(pack, "return", "03-02 10:00") is None
    assert lived(pack, "valid", "light", "03-02 10:00")["wait"] == ("03-02 10:00", "03-04 10:00", "")


def test_a_circle_ends_and_gives_no_moment() -> None:
    circle = small.text(clock("one", "return", "report_back", "1d"), clock("two", "report_back", "return", "1d"))
    pack = Pack.model_validate(tomllib.loads(circle))  # as it stands: lint would refuse it
    assert lived(pack, "valid", "light", "03-02 10:00") == {"one": ("", "", ""), "two": ("", "", "")}
    opened = Pack.model_validate(tomllib.loads(circle + "\n" + clock("way_in", "heard", "return", "4d")))
    bars = lived(opened, "valid", "light", "03-02 10:00")
    assert bars["one"] == ("03-06 10:00", "03-07 10:00", "way_in") and bars["two"] == ("03-07 10:00", "03-08 10:00", "one")


def test_dated_rules_count_only_on_their_days() -> None:
    more = '[[procedures]]\nid = "old"\nname = "旧"\nname_en = "Old"\nkind = "own"\nthrough = 2026-03-31\n'
    pack = small.pack(clock("before", "heard", "return", "1d", 'procedure = "old"'), clock("ever", "heard", "return", "2d"), more=more)
    reckoning = Reckoning(small.times(pack))
    march = Course(pack, "valid", "light", on=on("03-31 10:00").date()).latest(["return"], on("03-31 10:00"), reckoning)
    april = Course(pack, "valid", "light", on=on("04-01 10:00").date()).latest(["return"], on("04-01 10:00"), reckoning)
    assert march and april and (march.obligation.id, april.obligation.id) == ("before", "ever")


def test_only_the_clocks_that_decide_are_kept() -> None:
    course = Course(PROPERTY, "valid", "minor").towards(["report_back"])
    assert {row.id for row in course.rows} == {"law_demand", "solve_minor", "return", "report", "visit", "close", "archive"}
