"""Who handled a case: none of them may follow it up, in any round (S-15). One table that the act, its page and the list of calls read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Model, Q, QuerySet

from kesu.company.models import Person
from kesu.company.prepared import ask
from kesu.complaints.models import AgreedAction, Case, CaseItem, Evidence, Part, Payment, Proposal, Task

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
