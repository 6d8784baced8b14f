"""What similar past cases got: the same category and kind of remedy, median and range, with the cases the reader may open."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from kesu.company.models import Person
from kesu.complaints.models import AgreedAction, Case
from kesu.complaints.queries.cases import visible_to
from kesu.complaints.queries.veil import covered_for
from kesu.procedure.remedies import CUSTOMER_PAYS, Past, past

READ = 400  # the newest agreed amounts of the category
SHOWN = 3  # cases linked for each kind of remedy


@dataclass
class Similar:
    """One kind of remedy in this category: what it came to, and some of the cases."""

    remedy: str
    past: Past
    cases: list[tuple[Case, int]] = field(default_factory=list)  # (case, fen), the newest first


def past_remedies(person: Person, case: Case, at: datetime) -> list[Similar]:
    """By kind of remedy, the most frequent first. The figures are the company's; cases are named only to who may see them. Two queries."""
    rows = AgreedAction.objects.filter(
        company_id=case.company_id, category=case.category, agreed_at__isnull=False, cost__gt=0, agreed_at__lte=at
    ).exclude(payer=CUSTOMER_PAYS)
    newest = rows.exclude(case_id=case.pk).order_by("-agreed_at").values_list("remedy", "cost", "case_id")[:READ]
    amounts: dict[str, list[int]] = defaultdict(list)
    where: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for remedy, cost, case_id in newest:
        amounts[remedy].append(cost)
        where[remedy].append((case_id, cost))
    seen = _seen(person, at, where)
    found = []
    for remedy, costs in sorted(amounts.items(), key=lambda row: -len(row[1])):
        summed = past(costs)
        if remedy and summed:
            linked = [(seen[case_id], cost) for case_id, cost in where[remedy] if case_id in seen][:SHOWN]
            found.append(Similar(remedy, summed, linked))
    return found


def _seen(person: Person, at: datetime, where: dict[str, list[tuple[int, int]]]) -> dict[int, Case]:
    """The newest of these cases that the person may see; only a few of each kind are asked for."""
    wanted = {case_id for rows in where.values() for case_id, _ in rows[: 4 * SHOWN]}
    found = list(visible_to(person, at).filter(pk__in=wanted)) if wanted else []
    covered_for(found, person, at)
    return {row.pk: row for row in found}
