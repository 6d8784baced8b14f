"""The pack holds every rule of its sources, in both languages, and says which rule each row comes from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.pure.shipped import shipped

from kesu.procedure.limits import parse_limit

FILE = Path(__file__).parents[2] / "packs" / "property.toml"
PACK = shipped("property")
CITED = {id for cited in re.findall(r'^source = "([^"]*)"', FILE.read_text(encoding="utf-8"), re.M) for id in re.split(r",\s*", cited)}
RULES = [f"P-{n}" for n in range(1, 17)] + [f"M-{n}" for n in range(1, 16)] + [f"U{n}" for n in range(1, 11)]
LAWS = [f"B{n}" for n in range(1, 18)]  # limits of laws and platforms (STANDARDS part 2.1), not those of the source documents


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_cited_by_a_row(rule: str) -> None:
    assert rule in CITED


def test_no_row_cites_a_rule_that_there_is_not() -> None:
    findings = {"H-8", "H-9"}  # evidence from several sides and the root cause, taken over from the handbook of household services
    findings |= {"B-21", "B-12"}  # early warning, summing up and analysing causes, from the handbook of salons
    findings |= {"B-18", "B-23"}  # internal review of departments and people, performance and recognition, from the same
    findings |= {"S-15"}  # rest hours of customers, from the handbook of household services
    assert CITED.issubset({*RULES, *LAWS, "P-17", "P-18", "P-19", "P-20", *findings})


# DOMAIN part 7, the property rows: obligation, limit, what it counts from, who answers for it
LIMITS = [
    ("sign", "10m", "receive", "department_head", "P-6"),
    ("present_important", "1h", "receive", "affairs_supervisor", "P-4"),
    ("present_major", "same-day", "receive", "affairs_supervisor", "P-3"),
    ("solve_minor", "earlier of 2d | customer-date", "heard", "department_head", "P-14"),
    ("solve_important", "3d", "heard", "department_head", "P-15"),
    ("reply_major", "2d", "heard", "department_head", "P-16"),
    ("solve_major", "10d", "heard", "department_head", "P-16"),
    ("return", "same-day", "execute", "department_head", "P-8"),
    ("report", "same-day", "return", "receptionist", "P-9"),
    ("visit", "3d", "report_back", "service_agent", "P-11"),
    ("month", "1mo", "heard", "affairs_supervisor", "P-2"),
    ("rapid", "24h", "heard", "department_head", "M-15"),
    ("archive", "monthly 30", "close", "quality", "P-12"),
]


@pytest.mark.parametrize(("id", "limit", "begins", "role", "rule"), LIMITS, ids=[row[0] for row in LIMITS])
def test_the_limits_are_those_of_the_sources(id: str, limit: str, begins: str, role: str, rule: str) -> None:
    row = PACK.one("obligations", id)
    assert (row.limit, row.begins[0], row.role) == (limit, begins, role) and rule in row.source
    assert str(parse_limit(row.limit)) == row.limit


def test_overruns_are_approved_by_whom_the_sources_name() -> None:
    approvers = {id: PACK.one("obligations", id).extension.approver for id in ("solve_minor", "solve_important", "solve_major")}
    assert approvers == {"solve_minor": "site_director", "solve_important": "general_manager", "solve_major": "general_manager"}


def test_a_month_unsolved_makes_it_major() -> None:
    month = PACK.one("obligations", "month")
    assert month.whole_case and month.late.regrade == "major" and "major" not in month.grades


def test_both_languages_are_complete() -> None:
    def walk(row: object) -> None:
        for name in getattr(type(row), "model_fields", {}):
            value = getattr(row, name)
            if f"{name}_en" in type(row).model_fields:
                assert bool(value) == bool(getattr(row, f"{name}_en")), (type(row).__name__, getattr(row, "id", ""), name)
            for part in value if isinstance(value, list) else [value]:
                walk(part)

    walk(PACK)


def test_the_category_tree_is_broad_and_everything_has_a_lead() -> None:
    leaves = [row for row in PACK.categories if row.parent]
    assert len(leaves) >= 40
    assert all(PACK.with_leads(row.id)[0] for row in PACK.categories)
    assert {row.first for row in PACK.categories if row.first} == {"engineering", "security", "cleaning", "greening", "service"}


def test_promises_to_the_customer_do_not_use_house_words() -> None:
    for row in PACK.obligations:
        assert not re.search("结案|工单|责任部门|派单|投诉人", row.promise), row.id
