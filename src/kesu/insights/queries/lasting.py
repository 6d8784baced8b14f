"""How long complaints took, in classes: from roll-ups by the month, and from the facts of the fewest days that are left over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db.models import Q, Sum

from kesu.insights.cells import LASTING, bucket, middle
from kesu.insights.coverage import Coverage
from kesu.insights.models import CaseFact, Tally
from kesu.insights.periods import DAY, Period, today
from kesu.insights.queries.fetching import fetched

Lasted = list[tuple[float, int]]  # (minutes, how many) in order


class _Part(NamedTuple):
    """Days whose facts are read, added to the months or taken away from them."""

    days: Period
    sign: int


def lasted(cover: Coverage, period: Period, at: datetime) -> dict[str, Lasted]:
    """Per duration of `cells.LASTING` the classes of the complaints closed in the period. Two questions at most.

    Of a month half of which or more is wanted, what its other days hold is taken away from it; what lies ahead holds nothing.
    """
    months: list[date] = []
    parts: list[_Part] = []
    for month in (Period.months(start, 1) for start in period.starts()):
        wanted = Period(max(month.first, period.first), min(month.last, period.last))
        others = list(_others(month, wanted, at, cover))
        if sum(len(part.days) for part in others) < len(wanted):
            months.append(month.first)
            parts += others
        else:
            parts.append(_Part(wanted, 1))
    found: dict[str, Counter[int]] = {name: Counter() for name in LASTING}
    _of_months(found, cover, months)
    _of_days(found, cover, parts)
    return {name: [(middle(number), n) for number, n in sorted(numbers.items()) if n] for name, numbers in found.items()}


def _others(month: Period, wanted: Period, at: datetime, cover: Coverage) -> Iterator[_Part]:
    """The days of the month that are not wanted, up to now."""
    last = min(month.last, today(cover.company.zone, at))
    if month.first < wanted.first:
        yield _Part(Period(month.first, wanted.first - DAY), -1)
    if wanted.last < last:
        yield _Part(Period(wanted.last + DAY, last), -1)


def _of_months(found: dict[str, Counter[int]], cover: Coverage, months: list[date]) -> None:
    if not months:
        return
    there: dict[str, Any] = {"company_id": cover.company.pk, "grain": "m", "kind": "hist", "dimension__in": LASTING, "period__in": months}
    rows = Tally.objects.filter(cover.tallies(), **there).order_by().values_list("dimension", "value").annotate(n=Sum("n0"))
    for name, value, n in rows:
        found[name][int(value)] += int(n)


def _of_days(found: dict[str, Counter[int]], cover: Coverage, parts: list[_Part]) -> None:
    if not parts:
        return
    wanted = reduce(or_, (closed_in(cover, part.days) for part in parts))
    for day, *row in fetched(CaseFact.objects.filter(wanted).values_list("closed_day", *LASTING)):
        sign = next(part.sign for part in parts if part.days.first <= day <= part.days.last)
        for name, minutes in zip(LASTING, row, strict=True):
            if minutes is not None:
                found[name][bucket(minutes)] += sign


def closed_in(cover: Coverage, period: Period) -> Q:
    """The facts of complaints that were closed in the period."""
    return cover.rows() & Q(counted=True, complaint=True, closed_day__range=(period.first, period.last))
