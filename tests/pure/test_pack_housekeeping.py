"""The housekeeping procedure: every rule of its sources stands in it, grades follow from facts, money from amounts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.pure.shipped import shipped

from kesu.procedure import lint
from kesu.procedure.grading import grade, urgency
from kesu.procedure.limits import parse_limit

ROOT = Path(__file__).parents[2]
FILE = ROOT / "packs" / "housekeeping.toml"
PACK = shipped("housekeeping")
CITED = {id for cited in re.findall(r'source = "([^"]*)"', FILE.read_text(encoding="utf-8")) for id in re.split(r",\s*", cited)}
RULES = [f"H-{n}" for n in range(1, 12)] + [f"S-{n}" for n in range(1, 22)] + [f"U{n}" for n in range(1, 11)]
LAWS = ["B1", "B2", "B8", "B9", "B10", "B12", "B16", "B17"]  # limits of laws, platforms and the contract form (STANDARDS part 2.1)
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@pytest.mark.parametrize("rule", [*RULES, *LAWS])
def test_every_rule_is_cited_by_a_row(rule: str) -> None:
    assert rule in CITED


def test_no_row_cites_a_rule_that_there_is_not() -> None:
    assert CITED - {""} == {*RULES, *LAWS, "M-14", "B-12", "B-21", "B-18", "B-23", "P-20", "L"}


def test_the_shop_is_open_from_eight_to_eight_every_day() -> None:
    """S-16."""
    assert PACK.hours.week == dict.fromkeys(NAMES, [("08:00", "20:00")])


def test_it_is_clean() -> None:
    assert lint.check(PACK) == []


# DOMAIN part 7, the housekeeping rows, and the limits that this procedure had to add: limit, from, kind of time, who, rule
LIMITS = [
    ("first_answer", "1wd close", "heard", "office", "receptionist", "H-3"),
    ("visit", "3d", "return", "always", "service_agent", "S-15"),
    ("first_contact", "1w", "event:agent_assigned", "always", "service_agent", "S-12"),
    ("urgent_contact", "5m", "fact:misconduct_now", "always", "receptionist", "H-3"),
    ("first_answer_important", "4h", "heard", "office", "receptionist", "H-7"),
    ("replace_worker", "3d", "fact:wants_change", "always", "dispatcher", "B17"),
    ("law_demand", "15d 24:00", "heard", "always", "service_supervisor", "B1"),
    ("law_prepaid", "15d 24:00", "heard", "always", "service_supervisor", "B2"),
    ("odr", "10wd", "event:odr_received", "official", "service_supervisor", "B8"),
    ("pay_platform_reply", "24h", "event:pay_complaint", "always", "service_supervisor", "B9"),
    ("pay_platform_done", "72h", "event:pay_complaint", "always", "service_supervisor", "B9"),
    ("order_platform", "48h", "event:order_complaint", "always", "service_supervisor", "B10"),
]


@pytest.mark.parametrize(("id", "limit", "begins", "time", "role", "rule"), LIMITS, ids=[row[0] for row in LIMITS])
def test_the_limits_are_those_of_the_sources(id: str, limit: str, begins: str, time: str, role: str, rule: str) -> None:
    row = PACK.one("obligations", id)
    assert (row.limit, row.begins[0], row.time, row.role) == (limit, begins, time, role) and rule in row.source
    assert str(parse_limit(row.limit)) == row.limit


def test_at_once_has_a_number_and_says_that_it_is_our_own() -> None:
    for id in ("urgent_contact", "urgent_first_step", "first_answer_urgent", "law_minors", "law_privacy"):
        row = PACK.one("obligations", id)
        assert re.search(r"第一时间|立即", row.note) and re.search(r"\d", row.note) and re.search(r"\d", row.note_en)


def test_no_extension_of_ours_goes_past_the_law() -> None:
    for row in PACK.obligations:
        if row.extension:
            days = [int(found) for found in re.findall(r"(\d+)d", f"{row.limit} {row.extension.longest}")]
            assert sum(days) < 15, row.id
    assert not any(row.extension or row.pauses for row in PACK.obligations if row.procedure)


def test_every_channel_says_who_receives_how_soon_and_how_it_is_answered() -> None:
    """H-1. By telephone and face to face the reception is the answer; a text message is for answers only."""
    for row in PACK.channels:
        assert row.answer_by and (row.acknowledge or row.id in ("hotline", "walk_in", "at_home", "sms")), row.id


def test_every_category_has_a_lead_that_every_shop_has() -> None:
    """H-2; and the twelve first levels of STANDARDS part 5 with a second level each."""
    shops = {row.id for row in PACK.departments if row.every_site}
    assert all(PACK.with_leads(row.id)[0] in shops for row in PACK.categories)
    tops = [row for row in PACK.categories if not row.parent and row.id not in ("worker_pay", "other")]
    assert len(tops) == 12 and all(any(leaf.parent == top.id for leaf in PACK.categories) for top in tops)
    classes = {"售后服务", "合同", "质量", "虚假宣传", "安全", "价格", "假冒", "人格权益", "计量", "其他"}
    assert {row.nature_class for row in PACK.categories if row.nature_class} <= classes


def test_customers_are_called_customers() -> None:
    assert PACK.pack.customer == "客户"
    theirs = [row.promise for row in PACK.obligations] + PACK.follow_up.script + [step.say for step in PACK.scripts.reception]
    assert not any(re.search("住户|业主|结案|工单|责任部门|派单|投诉人|续卡|开车", said) for said in theirs)


def test_both_languages_are_complete() -> None:
    def walk(row: object) -> None:
        for name in getattr(type(row), "model_fields", {}):
            value = getattr(row, name)
            if f"{name}_en" in type(row).model_fields:
                assert bool(value) == bool(getattr(row, f"{name}_en")), (type(row).__name__, getattr(row, "id", ""), name)
            for part in value if isinstance(value, list) else [value]:
                walk(part)

    walk(PACK)


TABLE = [
    ("", "general", "a question of taste"),
    ("waiting_now", "general", "nobody came yet; the dispatcher rings"),
    ("asks_remedy wants_change", "general", "a wish is no fault"),
    ("company_fault", "important", "the glass was only half wiped"),
    ("contract_breach", "important", "400 more at the door"),
    ("false_information", "important", "the health form was not true"),
    ("heavy_loss", "important", "a ring worth much, nobody's fault yet"),
    ("company_fault heavy_loss", "critical", "the piano is ruined"),
    ("contract_breach raised_before", "important", "raised before, being handled"),
    ("contract_breach raised_before still_unsolved", "critical", "promised twice, still not done"),
    ("U10", "important", "again within thirty days: one grade up"),
    ("U10 company_fault", "important", "a repeat alone does not reach the general manager"),
    ("U10 contract_breach still_unsolved", "critical", "a repeat with a promise unkept"),
    ("misconduct_now", "critical", "H-3's own example"),
    ("U1", "critical", "gas"),
    ("U2", "critical", "scalded, whoever is to blame"),
    ("U3", "critical", "an old man left alone"),
    ("U4", "critical", "locked in"),
    ("U5", "critical", "filmed in secret"),
    ("minor_harmed", "critical", "a child"),
    ("U6", "important", "water running"),
    ("U7", "important", "a lawyer"),
    ("U8", "important", "a worker insulted"),
    ("U9", "important", "the shop is closing"),
]


@pytest.mark.parametrize(("yes", "expected", "story"), TABLE, ids=[row[0] or "nothing" for row in TABLE])
def test_the_grade_follows_from_the_facts(yes: str, expected: str, story: str) -> None:
    graded = grade(PACK, "valid", {fact.id: fact.id in yes.split() for fact in PACK.facts})
    assert graded.grade == expected, story
    assert graded.unknown == [] and all(zh and en for zh, en in graded.because)


def test_what_is_no_complaint_is_not_graded_but_a_worker_s_complaint_is() -> None:
    assert grade(PACK, "question", {"U2": True}).grade == "general"
    assert grade(PACK, "worker_claim", {"U4": True, "U8": True}).grade == "critical"


def test_danger_to_persons_comes_first_and_says_what_to_do() -> None:
    found = urgency(PACK, {"U7": True, "U10": True, "U3": True, "minor_harmed": True, "company_fault": True})
    assert [fact.id for fact in found] == ["minor_harmed", "U3", "U7", "U10"]
    assert all(fact.first_action and fact.first_action_en and fact.duty and fact.duty_en for fact in PACK.facts if fact.urgency)


@pytest.mark.parametrize(
    ("grade_", "fen", "role"),
    [
        ("general", 0, ""),
        ("general", 1, "service_supervisor"),
        ("general", 50_000, "service_supervisor"),
        ("general", 50_001, "store_manager"),
        ("general", 300_000, "store_manager"),
        ("general", 300_001, "store_manager"),
        ("important", 0, "store_manager"),
        ("important", 300_000, "store_manager"),
        ("important", 300_001, "store_manager"),
        ("critical", 0, "general_manager"),
    ],
)
def test_money_is_approved_by_amount_and_grade(grade_: str, fen: int, role: str) -> None:
    fits = [
        row.by
        for row in PACK.approvals
        if (not row.grades or grade_ in row.grades) and (row.up_to is None or fen <= row.up_to) and (row.always or fen > row.above)
    ]
    assert (fits or [""])[0] == role
