"""How serious a complaint is: from named yes/no facts to a grade and the reasons for it (P-2). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kesu.procedure.pack import Clause, Fact, Grade, Pack

Answers = Mapping[str, bool | None]

_NOT_A_COMPLAINT = ("不是投诉，不分轻重", "not a complaint, so it is not graded")
_NOTHING_HOLDS = ("没有符合更高等级的情形", "nothing calls for a higher grade")
_URGENCY = {"extreme": 0, "urgent": 1}


@dataclass(frozen=True)
class Graded:
    """The grade, why, and which unanswered questions could still raise it."""

    grade: str
    because: list[tuple[str, str]]  # (zh, en), one per clause that holds; never empty
    clauses: list[Clause]
    unknown: list[str]  # ids of facts to ask about, in the pack's order


def grade(pack: Pack, nature: str, facts: Answers) -> Graded:
    """The highest grade with a clause that holds (P-2). An unanswered fact counts as its `unknown` says."""
    row = pack.find("natures", nature)
    if row is not None and not row.counts_as_complaint:
        return Graded(pack.grade_default().id, [_NOT_A_COMPLAINT], [], [])
    known = _filled_in(pack, facts)
    for candidate in _highest_first(pack):
        if held := [clause for clause in candidate.when if _holds(clause, known)]:
            return Graded(candidate.id, [(clause.because, clause.because_en) for clause in held], held, _open_questions(pack, facts))
    return Graded(pack.grade_default().id, [_NOTHING_HOLDS], [], _open_questions(pack, facts))


def urgency(pack: Pack, facts: Answers) -> list[Fact]:
    """The facts answered yes that are urgent, the worst first (U1–U10)."""
    found = [fact for fact in pack.facts if fact.urgency and facts.get(fact.id)]
    return sorted(found, key=lambda fact: _URGENCY[fact.urgency])


def _highest_first(pack: Pack) -> list[Grade]:
    return sorted(pack.grades, key=lambda row: -row.rank)


def _filled_in(pack: Pack, facts: Answers) -> dict[str, bool]:
    answers = {fact.id: facts.get(fact.id) for fact in pack.facts}
    return {fact.id: fact.unknown == "yes" if (said := answers[fact.id]) is None else said for fact in pack.facts}


def _holds(clause: Clause, known: Answers) -> bool:
    return (
        all(known.get(fact) for fact in clause.all)
        and (not clause.any or any(known.get(fact) for fact in clause.any))
        and not any(known.get(fact) for fact in clause.none)
    )


def _open_questions(pack: Pack, facts: Answers) -> list[str]:
    """Unanswered facts of clauses that the answers given neither fulfil nor rule out, above the grade that is sure."""
    sure = max((row.rank for row in pack.grades if any(_sure(clause, facts) for clause in row.when)), default=0)
    wanted = {fact for row in pack.grades if row.rank > max(sure, _lowest(pack)) for clause in row.when for fact in _missing(clause, facts)}
    return [fact.id for fact in pack.facts if fact.id in wanted]


def _lowest(pack: Pack) -> int:
    """Questions that could only lead to the default grade need not be asked."""
    return pack.grade_default().rank


def _sure(clause: Clause, facts: Answers) -> bool:
    return _holds(clause, facts) and all(facts.get(fact) is False for fact in clause.none)


def _missing(clause: Clause, facts: Answers) -> Iterator[str]:
    if any(facts.get(fact) is False for fact in clause.all) or any(facts.get(fact) for fact in clause.none):
        return
    if clause.any and all(facts.get(fact) is False for fact in clause.any):
        return
    settled = any(facts.get(fact) for fact in clause.any)
    asked = [*clause.all, *clause.none, *([] if settled else clause.any)]
    yield from (fact for fact in asked if facts.get(fact) is None)
