"""Who handled a case: none of them may follow it up, in any round (S-15). One table that the act, its page and the list of calls read.

And what a later round gives to somebody else than whoever did it before (M-7).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Model, Q, QuerySet

from kesu.company.models import Person
from kesu.company.prepared import ask
from kesu.company.procedures import pack_of
from kesu.company.standing import Standing
from kesu.complaints.models import AgreedAction, Case, CaseItem, Evidence, JournalEntry, Part, Payment, Proposal, Task
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
    for model, fields in HANDLING.items():
        theirs = Q()
        for field in fields:
            theirs |= Q((field, person))
        found |= set(model._default_manager.filter(theirs, case__in=cases).values_list("case_id", flat=True))
    return found


def by_somebody_else(pack: Pack, round: int) -> frozenset[str]:
    """The acts that nobody may do in this round who did one of them in an earlier one: of its stage, and after a first round."""
    stage = next((row for row in pack.stages if row.number == round), None)
    again = pack.follow_up.other_handler if round > 1 else ()
    return frozenset([*(stage.other_person if stage else ()), *again])


def did_before(cases: Iterable[Case], known: Standing) -> dict[int, frozenset[int]]:
    """Of each case the people who did such an act in an earlier round, while there is somebody else who may do it.

    One query, none where nothing is kept for somebody else.
    """
    cases = list(cases)
    kept = {case.pk: (case.round, by_somebody_else(pack_of(case.version_id), case.round)) for case in cases if case.round > 1}
    kept = {pk: row for pk, row in kept.items() if row[1]}
    found: dict[int, set[int]] = {pk: set() for pk in kept}
    if kept:
        acts = frozenset().union(*(acts for _, acts in kept.values()))
        rows = JournalEntry.objects.filter(case__in=kept, act__in=acts, person__isnull=False).order_by()
        for case_id, round_, act, person in rows.values_list("case_id", "round", "act", "person_id"):
            if person is not None and round_ < kept[case_id][0] and act in kept[case_id][1]:
                found[case_id].add(person)
    return {case.pk: frozenset(found[case.pk]) for case in cases if found.get(case.pk) and _others(case, known, *found[case.pk])}


def _others(case: Case, known: Standing, *but: int) -> bool:
    """Whether anybody else may do what is kept for somebody else: at the site, in the lead department, or for the whole company."""
    pack = pack_of(case.version_id)
    acts = by_somebody_else(pack, case.round)
    return any(
        grant.person_id not in but and any(pack.may(grant.role, act) for act in acts)
        for grant in known.grants
        if grant.site_id in (None, case.site_id) and grant.department_id in (None, case.department_id)
    )
