"""The board's lists: what is most urgent, who is waited for. Counting is in `insights.figures`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet

from kesu.complaints.models import Clock

WORST = 10
READ = 60  # clocks read for them: a case in trouble has several


@dataclass(frozen=True)
class Awaited:
    """Somebody, or a role somewhere, and how many open cases wait for them."""

    person: int | None
    role: str
    department: int | None
    site: int | None  # where the role is held
    n: int
    late: int
    first: datetime


def worst(running: QuerySet[Clock]) -> list[Clock]:
    """Of these running clocks the one that falls due first of each case, the most urgent cases. One query."""
    rows = running.select_related("case").defer("case__raw", "case__wants", "case__whole_marks", "case__marks").order_by("due_at", "id")
    first: dict[int, Clock] = {}
    for clock in rows[:READ]:
        first.setdefault(clock.case_id, clock)
    return list(first.values())[:WORST]


def awaited(running: QuerySet[Clock], at: datetime, limit: int = 10) -> list[Awaited]:
    """Who is waited for, those with most late cases first: people who took it on, else a role there. Two queries."""
    counted = {"n": Count("case", distinct=True), "late": Count("case", filter=Q(due_at__lte=at), distinct=True), "first": Min("due_at")}
    rows = running.order_by()
    people = rows.filter(person__isnull=False).values_list("person").annotate(**counted)
    roles = rows.filter(person__isnull=True).values_list("role", "department", "site").annotate(**counted)
    found = [Awaited(person, "", None, None, *numbers) for person, *numbers in people]
    found += [Awaited(None, role, department, site, *numbers) for role, department, site, *numbers in roles]
    return sorted(found, key=lambda row: (-row.late, row.first))[:limit]
