"""The salon procedure: every rule of its source stands in it, limits of the law run beside those of the handbook, and are kept first."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.pure.shipped import shipped

from kesu.procedure import lint
from kesu.procedure.grading import grade, urgency
from kesu.procedure.lint import closing_rule
from kesu.procedure.packtimes import read_calendar, times_of
from kesu.procedure.playing import Course, Happening, play
from kesu.procedure.suggest import suggest

ROOT = Path(__file__).parents[2]
FILE = ROOT / "packs" / "salon.toml"
PACK = shipped("salon")
TIMES = times_of(PACK, read_calendar(ROOT / "packs" / "calendars", "cn"))
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
    found = lint.check(PACK)
    assert {PACK.obligations[row.path[1]].id for row in found if row.path[0] == "obligations"} <= {"execute", "execute_major"}
    assert all(row.level == "warning" for row in found)


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


def test_no_law_is_paused_or_extended_by_us() -> None:
    assert not any(row.extension or row.pauses for row in PACK.obligations if row.procedure)


INPUTS = [json.loads(line) for line in (ROOT / "tests" / "data" / "inputs.jsonl").read_text(encoding="utf-8").splitlines()]
SALON = [row for row in INPUTS if row["sector"] == "salon" and not row["truth"]["right_sector"]]


@pytest.mark.parametrize("row", SALON, ids=[row["id"] for row in SALON])
def test_what_comes_in_is_read_as_a_hint(row: dict[str, object]) -> None:
    """The reading aid misses no urgent fact that the reader of the inputs saw; it may ask once too often, a person decides."""
    found = suggest(PACK, str(row["text"]))
    seen = {fact for fact, _words in found.facts}
    wanted = {fact for fact in row["truth"]["facts"] if PACK.find("facts", fact) and fact not in ("U7", "U10")}  # type: ignore[index]
    assert wanted <= seen, (wanted - seen, row["text"])


def test_both_languages_are_complete() -> None:
    def walk(row: object) -> None:
        for name in getattr(type(row), "model_fields", {}):
            value = getattr(row, name)
            if f"{name}_en" in type(row).model_fields:  # type: ignore[attr-defined]
                assert bool(value) == bool(getattr(row, f"{name}_en")), (type(row).__name__, getattr(row, "id", ""), name)
            for part in value if isinstance(value, list) else [value]:
                walk(part)

    walk(PACK)
