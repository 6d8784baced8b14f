"""From named yes/no facts to a grade, with its reasons and what is still to be asked (P-2)."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pure.shipped import shipped

from kesu.procedure.grading import grade, urgency

PACK = shipped("property")
RANK = {row.id: row.rank for row in PACK.grades}
ANSWERS = st.dictionaries(st.sampled_from([fact.id for fact in PACK.facts]), st.sampled_from([True, False, None]))

# the facts answered yes, and the grade that P-2 gives them
TABLE = [
    ("", "minor"),
    ("limits_only", "minor"),
    ("limits_only company_fault", "important"),
    ("company_fault", "important"),
    ("promised_missing", "important"),
    ("promised_missing raised_before", "important"),
    ("raised_before still_unsolved", "minor"),
    ("promised_missing raised_before still_unsolved", "major"),
    ("heavy_loss", "minor"),  # a loss that is not the company's fault
    ("heavy_loss company_fault", "major"),
    ("U2", "minor"),  # hurt, but not through the company's fault; urgent all the same
    ("U2 company_fault", "major"),
    ("month_unsolved", "major"),
    ("U10", "important"),
    ("U1", "minor"),  # urgency and grade are two things: P-2 does not speak of danger
    ("U7 company_fault", "important"),
]


@pytest.mark.parametrize(("yes", "expected"), TABLE, ids=[row[0] or "nothing" for row in TABLE])
def test_the_grade_follows_from_the_facts(yes: str, expected: str) -> None:
    facts = {fact.id: fact.id in yes.split() for fact in PACK.facts}
    graded = grade(PACK, "valid", facts)
    assert graded.grade == expected
    assert graded.because and all(zh and en for zh, en in graded.because)
    assert graded.unknown == []  # everything is answered


def test_the_reasons_are_those_of_the_clauses_that_hold() -> None:
    graded = grade(PACK, "valid", {"company_fault": True, "U2": True, "heavy_loss": True})
    assert graded.grade == "major" and len(graded.because) == len(graded.clauses) == 2
    assert {clause.source for clause in graded.clauses} == {"P-2"}
    assert ("因公司过失造成人身伤害", "personal injury through the company's fault") in graded.because


def test_what_is_not_a_complaint_is_not_graded() -> None:
    graded = grade(PACK, "question", {"month_unsolved": True})
    assert graded.grade == PACK.grade_default().id and graded.clauses == [] and "不是投诉" in graded.because[0][0]


def test_only_questions_that_could_raise_the_grade_are_asked() -> None:
    asked = grade(PACK, "valid", {"promised_missing": False, "company_fault": True}).unknown
    assert {"heavy_loss", "U2", "month_unsolved"} <= set(asked)
    assert "raised_before" not in asked  # nothing was promised, so it no longer matters
    assert "U10" not in asked  # it could only make it important, which it is
    assert grade(PACK, "valid", {"month_unsolved": True}).unknown == []  # nothing is higher


@given(ANSWERS)
def test_asking_all_that_is_unknown_settles_the_grade(facts: dict[str, bool | None]) -> None:
    unknown = grade(PACK, "valid", facts).unknown
    for answers in list(product([True, False], repeat=len(unknown)))[:64]:
        settled = facts | dict(zip(unknown, answers, strict=True))
        others = {fact.id: True for fact in PACK.facts if settled.get(fact.id) is None}
        assert grade(PACK, "valid", settled | others).grade == grade(PACK, "valid", settled).grade


@given(ANSWERS, st.sampled_from([fact.id for fact in PACK.facts]))
def test_a_yes_never_lowers_the_grade(facts: dict[str, bool | None], fact: str) -> None:
    before, after = (grade(PACK, "valid", facts | {fact: answer}).grade for answer in (False, True))
    assert RANK[after] >= RANK[before]


@given(ANSWERS)
def test_an_unanswered_question_counts_as_the_pack_says(facts: dict[str, bool | None]) -> None:
    filled = {fact.id: fact.unknown == "yes" if facts.get(fact.id) is None else facts[fact.id] for fact in PACK.facts}
    assert grade(PACK, "valid", facts).grade == grade(PACK, "valid", filled).grade


def test_the_worst_urgency_comes_first() -> None:
    facts = {"U6": True, "U1": True, "U2": False, "U10": None, "company_fault": True}
    assert [fact.id for fact in urgency(PACK, facts)] == ["U1", "U6"]
    assert all(fact.first_action and fact.first_action_en and fact.duty for fact in urgency(PACK, dict.fromkeys(("U1", "U5", "U7"), True)))
