"""The board's lists: what is most urgent, who is waited for. Counting is in `insights.figures`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from kesu.company.prepared import ask, key_of
from kesu.company.rights import Rights
from kesu.complaints.models import Clock
from kesu.complaints.queries.veil import covered
from kesu.complaints.queries.work import OWED

WORST = 10
PEOPLE, ROLES = ("person",), ("role", "department", "site")
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


def worst(rows: Callable[..., QuerySet[Clock]], rights: Rights, site: int | None) -> list[Clock]:
    """Of the running clocks (`rows(rights, site)`) the one that falls due first of each case, the most urgent cases. One query."""
    first: dict[int, Clock] = {}
    for clock in ask(_soonest, rows, rights, site, key=(rows, key_of(rights), site)):
        first.setdefault(clock.case_id, clock)
    found = list(first.values())[:WORST]
    covered([clock.case for clock in found], rights)
    return found


def _soonest(rows: Callable[..., QuerySet[Clock]], rights: Rights, site: int | None) -> QuerySet[Clock]:
    return rows(rights, site).select_related("case__home").only(*OWED).order_by("due_at", "id")[:READ]


def awaited(rows: Callable[..., QuerySet[Clock]], rights: Rights, site: int | None, at: datetime, limit: int = 10) -> list[Awaited]:
    """Who is waited for, those with most late cases first: people who took it on, else a role there. Two queries."""
    people, roles = (ask(_by, rows, rights, site, who, key=(rows, key_of(rights), site, who), at=at) for who in (PEOPLE, ROLES))
    found = [Awaited(person, "", None, None, *numbers) for person, *numbers in people]
    found += [Awaited(None, role, department, site, *numbers) for role, department, site, *numbers in roles]
    return sorted(found, key=lambda row: (-row.late, row.first))[:limit]


def _by(rows: Callable[..., QuerySet[Clock]], rights: Rights, site: int | None, who: tuple[str, ...], at: datetime) -> QuerySet[Any]:
    counted = {"n": Count("case", distinct=True), "late": Count("case", filter=Q(due_at__lte=at), distinct=True), "first": Min("due_at")}
    found = rows(rights, site).filter(person__isnull=who != PEOPLE).order_by()
    return found.values_list(*who).annotate(**counted)
