"""Who handled a case: none of them may follow it up, in any round (S-15). One table that the act, its page and the list of calls read.

And what a later round gives to somebody else than whoever did it before (M-7).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, Q, QuerySet

from kesu.company.models import Person
from kesu.company.prepared import ask
from kesu.company.procedures import pack_of
from kesu.company.standing import Standing
from kesu.complaints.models import AgreedAction, Case, CaseItem, Complained, Evidence, JournalEntry, Part, Payment, Proposal, Task
from kesu.procedure.pack import Pack

HANDLING: dict[type[Model], tuple[str, ...]] = {
    Part: ("signed_by", "handler", "returned_by"),
    Evidence: ("by",),
    CaseItem: ("found_by",),
    Proposal: ("by",),
    AgreedAction: ("done_by",),
    Payment: ("by",),
    Task: ("done_by",),
}


def named(rows: Iterable[Model]) -> set[int]:
    """The people whom these rows, read already, name as having handled the case."""
    found = {getattr(row, f"{field}_id") for row in rows for field in HANDLING[type(row)]}
    return found - {None}


def handlers(case: Case) -> set[int]:
    """Everybody who handled the case."""
    return set().union(*(_people(model, fields, case) for model, fields in HANDLING.items()))


def _named_in(model: type[Model], fields: tuple[str, ...], *, case: int) -> QuerySet[Any, Any]:
    return model._default_manager.filter(case=case).values_list(*(f"{field}_id" for field in fields))


def _people(model: type[Model], fields: tuple[str, ...], case: Case) -> set[int]:
    rows = ask(_named_in, model, fields, key=model, case=case.pk)
    return {who for row in rows for who in row if who is not None}


def handled_by(person: Person, cases: Sequence[int]) -> set[int]:
    """Which of these cases the person handled."""
    found: set[int] = set()
    for model, columns in HANDLING.items():
        theirs = Q()
        for column in columns:
            theirs |= Q((column, person))
        found |= set(model._default_manager.filter(theirs, case__in=cases).values_list("case_id", flat=True))
    return found


def by_somebody_else(pack: Pack, round: int) -> frozenset[str]:
    """The acts that nobody may do in this round who did one of them in an earlier one: of its stage, and after a first round."""
    stage = next((row for row in pack.stages if row.number == round), None)
    again = pack.follow_up.other_handler if round > 1 else ()
    return frozenset([*(stage.other_person if stage else ()), *again])


@dataclass(frozen=True)
class Before:
    """Who did in an earlier round what this one gives to somebody else: act → people."""

    refused: Mapping[str, frozenset[int]] = field(default_factory=dict)  # somebody else may do it
    alone: Mapping[str, frozenset[int]] = field(default_factory=dict)  # nobody else may: they do it again, and a superior is told

    def bars(self, person: int, act: str) -> bool:
        """Whether the act is refused to this person because somebody else may do it."""
        return person in self.refused.get(act, ())

    def again(self, person: int, act: str) -> bool:
        """Whether this person does it once more for want of anybody else."""
        return person in self.alone.get(act, ())


def did_before(cases: Iterable[Case], known: Standing) -> dict[int, Before]:
    """Of each case who did such acts in an earlier round; a case where nobody did is left out.

    One query, none where nothing is kept for somebody else; one more where people complained of were named.
    """
    cases = list(cases)
    kept = {case.pk: (case.round, by_somebody_else(pack_of(case.version_id), case.round)) for case in cases if case.round > 1}
    kept = {pk: row for pk, row in kept.items() if row[1]}
    found: dict[int, dict[int, set[str]]] = {pk: {} for pk in kept}
    if kept:
        acts = frozenset().union(*(acts for _, acts in kept.values()))
        rows = JournalEntry.objects.filter(case__in=kept, act__in=acts, person__isnull=False).order_by()
        for case_id, round_, act, person in rows.values_list("case_id", "round", "act", "person_id"):
            if person is not None and round_ < kept[case_id][0] and act in kept[case_id][1]:
                found[case_id].setdefault(person, set()).add(act)
    barred = [case for case in cases if found.get(case.pk)]
    about = _complained_of(barred)
    return {case.pk: _divided(case, known, found[case.pk], about.get(case.pk, set())) for case in barred}


def _complained_of(cases: Sequence[Case]) -> dict[int, set[int]]:
    """The people complained of in these cases: they cannot stand in for anybody."""
    ids = [case.pk for case in cases if "name_person" in case.whole_marks]
    found: dict[int, set[int]] = {}
    if ids:
        rows = Complained.objects.filter(case__in=ids, dropped_at__isnull=True, person__isnull=False)
        for case_id, person in rows.values_list("case_id", "person_id"):
            found.setdefault(case_id, set()).add(person or 0)
    return found


def _divided(case: Case, known: Standing, did: dict[int, set[str]], concerned: set[int]) -> Before:
    """Each act's people: those who must leave it to somebody else, and those who have nobody to leave it to.

    Where everybody who may has handled the case somehow, whoever did this very act leaves it to those who did not.
    """
    refused, alone = {}, {}
    for act in by_somebody_else(pack_of(case.version_id), case.round):
        same = {pk for pk, acts in did.items() if act in acts}
        free = {pk for pk in did if _others(case, known, act, pk, concerned.union(did))}
        free |= {pk for pk in same if _others(case, known, act, pk, concerned | same)}
        refused[act], alone[act] = frozenset(free), frozenset(did.keys() - free)
    return Before(refused, alone)


def _others(case: Case, known: Standing, act: str, person: int, but: set[int]) -> bool:
    """Whether anybody else may do this act: at the site, in the lead department or the person's own, or for the whole company."""
    pack = pack_of(case.version_id)
    inside = {None, case.department_id, *(row.department_id for row in known.grants if row.person_id == person)}
    return any(
        grant.person_id not in but and grant.site_id in (None, case.site_id) and grant.department_id in inside and pack.may(grant.role, act)
        for grant in known.grants
    )
