"""Which act the button of a row of the work list does: the one its obligation names, or the one that moves the case there.

Reads what a page of rows needs at once (at most five small queries), however many rows there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import QuerySet

from kesu.company.prepared import ask_about
from kesu.company.procedures import pack_of
from kesu.company.rights import Rights
from kesu.company.standing import Standing
from kesu.complaints.models import AgreedAction, Case, CaseItem, Clock, Evidence, Proposal
from kesu.complaints.queries.handlers import Before, did_before
from kesu.complaints.queries.next_step import Situation, paid_or_done, story_act
from kesu.procedure.acts import ACTS, MAIN_ACT

BY_STAND = frozenset(MAIN_ACT["answer"] + MAIN_ACT["handle"])  # which of these it is depends on the proposal and on what is done


@dataclass
class Facts:
    """What the story's next act follows from, for several cases."""

    proposals: dict[int, Proposal] = field(default_factory=dict)
    undone: dict[int, list[AgreedAction]] = field(default_factory=lambda: defaultdict(list))
    heard: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    before: dict[int, Before] = field(default_factory=dict)  # who did before what a later round gives to somebody else
    items: dict[int, list[CaseItem]] = field(default_factory=lambda: defaultdict(list))  # only where findings come before the cause

    @classmethod
    def of(cls, cases: Iterable[Case], known: Standing) -> Facts:
        """Read for the cases that stand where it matters."""
        found, by_step = cls(), defaultdict(list)
        for case in {case.pk: case for case in cases}.values():
            by_step[case.step].append(case)
        found.before = did_before((case for rows in by_step.values() for case in rows), known)
        rounds = {case.pk: case.round for rows in by_step.values() for case in rows}
        for proposal in _rows(Proposal, by_step["answer"]):
            if proposal.round == rounds[proposal.case_id]:
                found.proposals[proposal.case_id] = proposal
        for action in _rows(AgreedAction, by_step["handle"]):
            if action.agreed_at and not action.done_at:
                found.undone[action.case_id].append(action)
        for evidence in _rows(Evidence, by_step["investigate"]):
            if evidence.round == rounds[evidence.case_id]:
                found.heard[evidence.case_id].add(evidence.side)
        for item in _rows(CaseItem, [case for case in by_step["investigate"] if _wants_findings(case)]):
            found.items[item.case_id].append(item)
        return found


def _wants_findings(case: Case) -> bool:
    rules = pack_of(case.version_id).investigation
    return rules is not None and rules.wants_findings(case.nature, case.grade)


def _rows(model: type[models.Model], cases: Sequence[Case]) -> list[Any]:
    return ask_about(_rows_of, model, key=model, cases=[case.pk for case in cases]) if cases else []


def _rows_of(model: type[Any], cases: list[int]) -> QuerySet[Any]:
    return model.objects.filter(case_id__in=cases).order_by("id")


def act_of(clock: Clock, facts: Facts, rights: Rights, at: datetime) -> str:
    """The act of the row's button; "" when this person can only look."""
    return next(_candidates(clock, facts, rights, at), "")


def _candidates(clock: Clock, facts: Facts, rights: Rights, at: datetime) -> Iterator[str]:
    case, pack = clock.case, pack_of(clock.case.version_id)
    row = pack.obligation(clock.obligation)
    now = Situation(
        rights,
        case,
        pack,
        at,
        proposal=facts.proposals.get(case.pk),
        actions=facts.undone.get(case.pk, ()),
        heard=frozenset(facts.heard.get(case.pk, ())),
        items=facts.items.get(case.pk, ()),
        before=facts.before.get(case.pk, Before()),
    )
    story = story_act(now)
    wanted = paid_or_done(now, row.act, clock.subject) if row else ""
    own = bool(row and row.per != "case") or wanted not in BY_STAND
    for act in (wanted, story or "") if own else (story or "", wanted):
        if act and _may(clock, act, rights) and not now.before.bars(now.me, act):
            yield act


def _may(clock: Clock, act: str, rights: Rights) -> bool:
    row, case = ACTS[act], clock.case
    if row.steps and case.step not in row.steps:
        return False
    departments = [pk for pk in (clock.department_id, case.department_id) if pk]
    return rights.by_role(act, site_id=case.site_id, departments=departments) is not None
