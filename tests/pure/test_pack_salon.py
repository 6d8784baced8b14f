"""The salon procedure: every rule of its source stands in it, limits of the law run beside those of the handbook, and are kept first."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.pure.shipped import shipped, shipped_times

from kesu.config import lawtold
from kesu.procedure import lint
from kesu.procedure.acts import ACTS
from kesu.procedure.grading import grade, urgency
from kesu.procedure.lint import closing_rule
from kesu.procedure.lintbeside import beside
from kesu.procedure.packfile import examine_file
from kesu.procedure.playing import Course, Happening, play
from kesu.procedure.remedies import levels
from kesu.procedure.suggest import suggest

ROOT = Path(__file__).parents[2]
FILE = ROOT / "packs" / "salon.toml"
PACK = shipped("salon")
TIMES = shipped_times("salon")
ZONE = ZoneInfo("Asia/Shanghai")
CITED = {id for cited in re.findall(r'source = "([^"]*)"', FILE.read_text(encoding="utf-8")) for id in re.split(r",\s*", cited)}
# B-3 is a heading of the source without a rule of its own
RULES = (
    [f"B-{n}" for n in range(1, 27) if n != 3]
    + [f"U{n}" for n in range(1, 11)]
    + ["B1", "B2", "B3", "B8", "B9", "B10", "B11", "B12", "B15"]
)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_cited_by_a_row(rule: str) -> None:
    assert rule in CITED


def test_lint_finds_nothing_but_what_the_handbook_gives_later_than_the_law() -> None:
    """B-17 is flagged, not hidden: 15 working days may be later than 15 days (STANDARDS part 0)."""
    checked = examine_file(FILE, beside(ROOT / "packs" / "calendars", lawtold.shipped()))
    late = [f"obligations[{n}].limit" for n, row in enumerate(PACK.obligations, 1) if row.id in ("execute", "execute_major")]
    assert [problem.key for problem in [*checked.problems, *checked.warnings]] == late


def on(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


def received(text: str, **what: object) -> Course:
    at = on(text)
    facts = dict.fromkeys(what.pop("facts", ()), True)  # type: ignore[call-overload]
    told: dict[str, object] = {"channel": "wechat", "nature": "valid", "facts": facts, **what}
    return play(PACK, TIMES, [Happening(at, "heard"), Happening(at, "receive", told)])


def due(course: Course, id: str) -> str:
    found = next(clock for clock in course.owed() if clock.obligation.id == id)
    assert found.due is not None
    return found.due.at.strftime("%m-%d %H:%M")


# received on Tuesday 10 February 2026; work on Saturday the 14th, off from the 15th to the 23rd, work on Saturday the 28th
@pytest.mark.parametrize(
    ("id", "expected"),
    [
        ("respond", "02-10 11:00"),
        ("judge", "02-10 12:00"),
        ("dispatch", "02-10 14:00"),
        ("investigate", "02-27 00:00"),
        ("plan", "03-03 00:00"),
        ("execute", "03-10 00:00"),
        ("report", "03-17 00:00"),
        ("visit", "03-31 00:00"),
        ("law_demand", "02-26 00:00"),
        ("redress", "02-21 00:00"),
    ],
)
def test_the_eight_limits_of_the_handbook_across_spring_festival(id: str, expected: str) -> None:
    """B-17, all from receipt, in the country's working days though the salon opens every day."""
    assert due(received("02-10 10:00", facts=["company_fault", "demand"]), id) == expected


@pytest.mark.parametrize(
    ("received_at", "investigate", "execute"),
    [
        ("02-13 23:59", "03-03 00:00", "03-13 00:00"),  # Friday; the make-up Saturday after it counts
        ("02-14 00:00", "03-04 00:00", "03-14 00:00"),  # the make-up Saturday itself: the day of receipt does not count
        ("02-18 10:00", "03-04 00:00", "03-14 00:00"),  # a holiday on which the salon is closed and reception is not
        ("05-08 10:00", "05-19 00:00", "05-29 00:00"),  # Saturday 9 May is worked, the Sunday after it is not
    ],
)
def test_working_days_begin_after_receipt_and_count_make_up_days(received_at: str, investigate: str, execute: str) -> None:
    course = received(received_at, facts=["company_fault"])
    assert (due(course, "investigate"), due(course, "execute")) == (investigate, execute)


@pytest.mark.parametrize("received_at", ["02-16 02:00", "11-22 22:30"])
def test_reception_never_closes(received_at: str) -> None:
    """B-4: respond, judge and dispatch run at night and on holidays too."""
    course, at = received(received_at), on(received_at)
    dues = [
        clock.due.at - at for id in ("respond", "judge", "dispatch") for clock in course.owed() if clock.obligation.id == id and clock.due
    ]
    assert dues == [timedelta(hours=1), timedelta(hours=2), timedelta(hours=4)]


def test_who_heard_it_on_the_telephone_has_responded() -> None:
    assert "respond" not in {clock.obligation.id for clock in received("11-20 10:00", channel="hotline").owed()}


def test_the_days_count_from_when_they_spoke_not_from_when_it_was_typed_in() -> None:
    told: dict[str, object] = {"channel": "letter", "nature": "valid", "facts": {"demand": True}}
    course = play(PACK, TIMES, [Happening(on("11-20 10:00"), "heard"), Happening(on("11-23 10:00"), "receive", told)])
    assert due(course, "law_demand") == "12-06 00:00" and due(course, "redress") == "12-01 00:00"


def test_an_extension_of_ours_still_lies_within_the_law() -> None:
    """B1: what was asked for may be put off by 4 days at most, to the end of the 14th; the law's own clock by none."""
    for id in ("redress", "redress_major"):
        row = PACK.one("obligations", id)
        assert (row.limit, row.extension.longest, row.extension.times, row.pauses) == ("10d 24:00", "4d", 1, [])


def test_a_demand_that_comes_later_counts_from_its_own_day() -> None:
    course = received("11-20 10:00", facts=["company_fault"])
    assert "law_demand" not in {clock.obligation.id for clock in course.owed()}
    course.happen(Happening(on("11-25 09:00"), "event:demand_later"))
    assert due(course, "law_demand_later") == "12-11 00:00"


def test_prepaid_money_is_refunded_when_it_has_arrived() -> None:
    """B2, B3: handing the form in pays nobody."""
    course = received("11-20 10:00", facts=["card_refund", "seven_days"])
    assert due(course, "first_week_refund") == "11-26 00:00" and due(course, "law_prepaid") == "12-06 00:00"
    course.happen(Happening(on("11-20 11:00"), "dispatch", subject=1), Happening(on("11-22 11:00"), "return", subject=1))
    owed = {clock.obligation.id for clock in course.owed()}
    assert {"first_week_refund", "law_prepaid"} <= owed and "redress" not in owed
    course.happen(Happening(on("11-23 11:00"), "event:refund_paid"))
    assert not {"first_week_refund", "law_prepaid"} & {clock.obligation.id for clock in course.owed()}


def test_the_customer_hears_every_five_working_days() -> None:
    """B-6, B-16: it comes again each time it was done, until the result is told."""
    course = received("02-10 10:00").happen(Happening(on("02-10 11:00"), "dispatch", subject=1))
    assert due(course, "progress") == "02-25 00:00"
    course.happen(Happening(on("02-12 09:00"), "contact"))
    assert due(course, "progress") == "02-27 00:00"


def test_whoever_found_the_cause_before_does_not_find_it_again() -> None:
    """U10; and a salon has others who may."""
    stage = next(row for row in PACK.stages if row.number == 2)
    assert stage.other_person == ["sign", "find_cause", "propose", "execute"]
    assert {"site_director", "affairs_supervisor", "general_manager"} <= set(lint.who_may(PACK, "find_cause"))


def test_the_binding_clock_comes_first() -> None:
    """Own choice, law and handbook ask for the same thing: what falls due first stands first."""
    course = received("02-10 10:00", facts=["company_fault", "demand"])
    same = [clock.obligation.id for clock in course.owed() if "return" in clock.obligation.until]
    assert same[0] == "redress" and same.index("redress") < same.index("law_demand") < same.index("execute")


def test_a_reaction_is_reported_in_time_by_how_grave_it_is() -> None:
    """B11: 30 days, 15 when serious, 3 when it may spread."""
    for facts, id, expected in (
        (["reaction"], "law_reaction", "12-21 00:00"),
        (["reaction", "reaction_serious"], "law_reaction_serious", "12-06 00:00"),
        (["reaction", "reaction_wide"], "law_reaction_wide", "11-24 00:00"),
    ):
        assert due(received("11-20 10:00", facts=facts), id) == expected


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({}, "minor"),
        ({"slight": True}, "minor"),
        ({"company_fault": True}, "important"),
        ({"card_refund": True}, "important"),
        ({"U7": True}, "important"),
        ({"U2": True, "medical": True}, "major"),
        ({"reaction_serious": True}, "major"),
        ({"pressured": True, "loan": True}, "major"),
        ({"large_sum": True}, "minor"),  # much money alone blames nobody
        ({"large_sum": True, "price_unclear": True}, "major"),
        # the inputs, as their reader would answer
        ({"demand": True, "company_fault": True}, "important"),  # in41: hair burnt, no hurt
        ({"U2": True, "U10": True, "medical": True, "reaction": True, "demand": True}, "major"),  # in40: skin, emergency room
        ({"U2": True, "reaction": True}, "major"),  # a doctor? not asked yet: as if yes
        ({"U2": True, "reaction": True, "medical": False}, "important"),
        ({"U7": True, "U9": True, "card_refund": True}, "major"),  # in45: salons closed, 61 people
        ({"slight": True, "U10": False}, "minor"),  # in48: waited, asks for a queue display
        ({"U5": True, "data_leaked": True}, "important"),  # in49: pictures posted
        ({"bad_product": True}, "major"),  # in50: expired and unregistered products
        ({"U10": True, "slight": True}, "important"),  # again within 30 days: one grade up
    ],
)
def test_the_grade_follows_from_facts(facts: dict[str, bool], wanted: str) -> None:
    assert grade(PACK, "valid", facts).grade == wanted


def test_danger_comes_first() -> None:
    assert [fact.id for fact in urgency(PACK, {"U5": True, "U2": True, "U7": True})][0] == "U2"
    assert due(received("11-20 23:50", facts=["U2"]), "urgent_contact") == "11-20 23:55"


def test_every_nature_of_every_grade_can_be_closed() -> None:
    for nature in PACK.natures:
        for row in PACK.grades:
            assert closing_rule(PACK, nature, row) is not None, (nature.id, row.id)


def test_no_rule_of_telling_waits_for_what_is_never_told() -> None:
    """People are told of acts, of questions answered and of events, and of nothing else."""
    assert all(row.on.partition(":")[0] in (*ACTS, "fact", "event") for row in PACK.tell)


def test_every_approval_band_has_its_role() -> None:
    def by(grade: str, fen: int) -> str:
        fits = (row for row in PACK.approvals if grade in row.grades and (row.up_to is None or fen <= row.up_to))
        return next((row.by for row in fits if row.always or fen > row.above), "")

    assert [by("minor", fen) for fen in (0, 1, 20_000, 20_001, 100_000, 100_001)] == [
        "", "affairs_supervisor", "affairs_supervisor", "site_director", "site_director", "general_manager",
    ]  # fmt: skip
    assert [by("important", fen) for fen in (0, 300_000, 300_001)] == ["site_director", "site_director", "site_director"]
    assert by("major", 0) == "general_manager"
    dear = next(row for row in PACK.approvals if "important" in row.grades and row.above == 300_000)
    assert levels(dear) == ["site_director", "general_manager"]


def test_no_law_is_paused_or_extended_by_us() -> None:
    assert not any(row.extension or row.pauses for row in PACK.obligations if row.procedure)


INPUTS = [json.loads(line) for line in (ROOT / "tests" / "data" / "inputs.jsonl").read_text(encoding="utf-8").splitlines()]
SALON = [row for row in INPUTS if row["sector"] == "salon" and not row["truth"]["right_sector"]]


@pytest.mark.parametrize("row", SALON, ids=[row["id"] for row in SALON])
def test_what_comes_in_is_read_as_a_hint(row: dict[str, Any]) -> None:
    """All 7 urgent facts that one reader saw in 11 inputs, and none of the 4 that only look like it.

    The word lists' author had read these inputs, so it says nothing about other texts; it only shows when a change makes them worse.
    """
    seen = {fact for fact, _words in suggest(PACK, row["text"]).facts}
    assert set(row["truth"]["facts"]) <= seen
    assert not seen.intersection(row["truth"]["looks_like"])


def test_a_call_on_the_wrong_line_points_to_no_danger_and_no_demand() -> None:
    """in46 is about a car wash in a housing estate."""
    text = next(row["text"] for row in INPUTS if row["id"] == "in46")
    assert suggest(PACK, text).facts == []


# texts that the author of the word lists made up for other ends than the lists: denied, imagined, elsewhere, other characters
SAID = [
    ("染完头皮没有过敏，颜色也不错", set()),
    ("听说别家烫伤过人", set()),
    ("我怕过敏，想先试一下", set()),
    ("头发染红了，挺好看", set()),
    ("孩子过敏，脸上起泡了", {"U2", "U3"}),
    ("臉上紅腫，去了醫院急診", {"U2"}),  # traditional characters
    ("加热到一半冒烟了", {"U1"}),
    ("不买卡就堵门不让走", {"U4"}),
    ("更衣的地方有针孔", {"U5"}),
    ("店里停水，药水还在头上", {"U6"}),
    ("再不退我打１２３１５", {"U7"}),  # full-width digits
    ("老板跑路了，卡里还有三千", {"U9"}),
]


@pytest.mark.parametrize(("text", "wanted"), SAID, ids=[row[0][:10] for row in SAID])
def test_what_is_said_and_what_is_not(text: str, wanted: set[str]) -> None:
    assert {fact for fact, _words in suggest(PACK, text).facts if PACK.one("facts", fact).urgency} == wanted


def test_both_languages_are_complete() -> None:
    def walk(row: object) -> None:
        for name in getattr(type(row), "model_fields", {}):
            value = getattr(row, name)
            if f"{name}_en" in type(row).model_fields:  # type: ignore[attr-defined]
                assert bool(value) == bool(getattr(row, f"{name}_en")), (type(row).__name__, getattr(row, "id", ""), name)
            for part in value if isinstance(value, list) else [value]:
                walk(part)

    walk(PACK)
