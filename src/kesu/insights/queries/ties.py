"""That a complaint came again, for readers who may be told of half the company: a tie to a case of which they may not be told is none.

Facts and roll-ups hold every tie of the company. A reader who was told that a case repeats another would learn that there is another; so
for such readers the few ties that lead out of what is theirs are taken off again, figure by figure and list by list alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q

from kesu.complaints.models import Case
from kesu.insights.coverage import Coverage
from kesu.insights.models import CaseFact, VisitFact
from kesu.insights.periods import Period
from kesu.insights.told import Told

SOLVED_BUT_FOR_IT = Q(Exists(VisitFact.objects.filter(case=OuterRef("case"), last=True, outcome="content")), rounds=1, escalated=False)
Key = Callable[[date, int, int, str], tuple[Any, ...]]  # day, site, department, value → where it stands among the sums


def known(cover: Coverage, column: str) -> Q:
    """Of facts: whose tie in this column leads to a case of which the reader may be told."""
    found = Q(**{f"{column}__isnull": False})
    return found if cover.whole else found & Q(Exists(Case.objects.filter(cover.reach(), pk=OuterRef(column))))


def hidden(cover: Coverage, column: str) -> Q:
    """Of facts: whose tie leads out of it."""
    return Q(**{f"{column}__isnull": False}) & ~Q(Exists(Case.objects.filter(cover.reach(), pk=OuterRef(column))))


def solved_first_time(cover: Coverage) -> Q:
    """Of closed complaints: solved first time, for all that the reader may be told."""
    found = Q(first_time=True)
    return found if cover.whole else found | (hidden(cover, "repeated") & SOLVED_BUT_FOR_IT)


def take_off(found: Any, cover: Coverage, kind: str, column: str | None, period: Period, key: Key) -> None:
    """Correct what was read from roll-ups of `kind`. `column`: of the facts, for the dimension; None for the whole. One query."""
    tie, day = {"case": ("repeats", "received_day"), "closed": ("repeated", "closed_day")}[kind]
    rows = CaseFact.objects.filter(cover.rows(), hidden(cover, tie), counted=True, complaint=True)
    rows = rows.filter(**{f"{day}__range": (period.first, period.last)})
    solved = rows.filter(SOLVED_BUT_FOR_IT).values_list("pk", flat=True) if kind == "closed" else ()
    first = set(solved)
    for pk, when, site, department, value in rows.values_list("pk", day, "site_id", "department_id", column or "nature"):
        for one in _values(value, column):
            into = found[key(when, site, department or 0, one)]
            into[tie] -= 1
            if pk in first:
                into["first_time"] += 1


def _values(value: Any, column: str | None) -> Sequence[str]:
    """As roll-ups spell them."""
    if column is None:
        return ("",)
    if isinstance(value, list):
        return [str(one) for one in value]
    return (f"{value:02}" if column == "hour" else "" if value is None else str(value),)


def untied(cover: Coverage, told: list[Told]) -> list[Told]:
    """The same cases without the ties that lead out of it. One query for readers of a part, none for others."""
    if cover.whole:
        return told
    named = {pk for row in told for pk in (row.repeats, row.repeated) if pk}
    seen = set(Case.objects.filter(cover.reach(), pk__in=named).values_list("pk", flat=True)) | {None}
    return [
        replace(row, repeats=row.repeats if row.repeats in seen else None, repeated=row.repeated if row.repeated in seen else None)
        for row in told
    ]
