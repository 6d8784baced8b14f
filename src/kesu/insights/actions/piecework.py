"""One piece of a rebuild: so many cases are derived anew and compared with what stands there; what differs is replaced or named.

Runs in the process that rebuilds or in others beside it (`beside`): what goes in and comes out is plain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from kesu.company.models import Company
from kesu.insights.actions.holding import still
from kesu.insights.actions.storing import COLUMNS, Values, add, as_facts, in_sums, kept, swap, values_of
from kesu.insights.cells import Sheet
from kesu.insights.deriving import Facts, derive
from kesu.insights.models import Mark
from kesu.insights.queries.telling import Reader

_READERS: dict[tuple[int, str], Reader] = {}  # of this process, for the hold under way


@dataclass
class Piece:
    """What these cases come to together."""

    cases: int
    sheet: Sheet
    changed: int = 0
    faults: list[str] = field(default_factory=list)
    unsure: list[int] = field(default_factory=list)  # they differ, and acts happened meanwhile: to be looked at once more


def rebuilt(company: int, token: str, ids: Sequence[int]) -> Piece:
    """Derive these cases; facts that are others are replaced, and the roll-ups moved with them, in one transaction. Raises Held."""
    before, changed = kept(ids), {}
    same, new, old = Sheet(), Sheet(), Sheet()
    done = derived(company, token, ids)
    for facts in done:
        case, values = facts.case["case_id"], values_of(facts)
        was = before.get(case)
        if was == values:
            same.take(facts)
            continue
        changed[case] = values
        new.take(facts)
        if was is not None and in_sums(was):
            old.take(as_facts(was), -1)
    if changed:
        old.merge(new)
        with transaction.atomic():
            still(company, token)
            swap(list(changed), changed.values())
            add(company, old.cells)
    same.merge(new)
    return Piece(len(done), same, changed=len(changed))


def compared(company: int, token: str, ids: Sequence[int]) -> Piece:
    """Derive these cases and name what stands there otherwise. Writes nothing."""
    before, piece = kept(ids), Piece(0, Sheet())
    found = list(derived(company, token, ids))
    acts = Mark.objects.filter(company=company).exists()  # asked afterwards: of what was read by then every act has marked its case
    for facts in found:
        piece.cases += 1
        case = facts.case["case_id"]
        was = before.get(case)
        if was == values_of(facts) or not acts:
            piece.sheet.take(facts)
            if fault := _fault(_READERS[company, token].numbers.get(case, str(case)), was, facts):
                piece.faults.append(fault)
            continue
        piece.unsure.append(case)
        if was is not None and in_sums(was):
            piece.sheet.take(as_facts(was))
    return piece


def derived(company: int, token: str, ids: Sequence[int]) -> list[Facts]:
    """What these cases come to now. Sites and hours are read once for each rebuild."""
    if (company, token) not in _READERS:
        _READERS.clear()
        _READERS[company, token] = Reader(Company.objects.get(pk=company))
    return [derive(told) for told in _READERS[company, token].told(ids)]


def _fault(number: str, before: Values | None, facts: Facts) -> str:
    if before is None or not in_sums(before):
        return f"{number}: 没有统计 / not counted"
    for table, rows in values_of(facts).items():
        if len(before[table]) != len(rows):
            return f"{number} {table}: {len(before[table])} ≠ {len(rows)}"
        for had, wants in zip(before[table], rows, strict=True):
            for column, old, new in zip(COLUMNS[table], had, wants, strict=True):
                if old != new:
                    return f"{number} {table}.{column}: {old} ≠ {new}"
    return ""
