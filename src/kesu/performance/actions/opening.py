"""The worker's self-reviews: each month once for everybody whose role looks back, when the month is over. The row is the claim.

Figures and cases stand in it as they were then. Whoever had no case in the month owes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from kesu.company.models import Company, Grant, ProcedureVersion
from kesu.company.procedures import pack_of
from kesu.company.rights import rights_of
from kesu.company.standing import Standing, standing
from kesu.insights.actions.counting import catch_up
from kesu.insights.coverage import Coverage
from kesu.insights.periods import Period, moved
from kesu.performance.actions.road import ReviewRoad
from kesu.performance.comparing import Sheet
from kesu.performance.models import Review, ReviewCase
from kesu.performance.queries.items import DEPARTMENT, PERSON, Read, read
from kesu.performance.queries.sight import Sight, sight_of
from kesu.procedure.limits import Within, parse_limit
from kesu.procedure.performing import Performance, SelfReview

RECHECK = timedelta(minutes=10)
BATCH = 200
_checked: dict[int, tuple[Standing, date, datetime]] = {}  # company → what was looked at, of which month, until when it is not asked again


@dataclass(frozen=True)
class Wanted:
    """A self-review that is to be opened."""

    rule: SelfReview
    period: Period
    opens_at: datetime
    grant: Grant

    @property
    def number(self) -> str:
        """Which one it is: each only once."""
        whose = f"p{self.grant.person_id}" if self.rule.about == PERSON else f"d{self.grant.department_id}"
        return f"{self.rule.id} {self.period} {whose}"


def forget() -> None:
    """For tests: companies come round again with the same ids."""
    _checked.clear()


def open_due(at: datetime) -> int:
    """Open every self-review whose moment has come. Returns how many were opened here."""
    return sum(_open_for(company, at) for company in Company.objects.order_by("pk"))


def _open_for(company: Company, at: datetime) -> int:
    known = standing(company)
    rules = pack_of(known.version_at(at)).performance if known.versions else None
    if rules is None or not rules.reviews:
        return 0
    month = at.astimezone(ZoneInfo(company.zone)).date().replace(day=1)
    seen, of, until = _checked.get(company.pk, (None, month, at))
    if seen is known and of == month and at < until:
        return 0
    wanted = _missing(company, known, rules, Period.months(moved(month, -1), 1), at)
    opened = _open(company, known, rules, wanted, at) if wanted else 0
    _checked[company.pk] = (known, month, at + RECHECK)
    return opened


def _missing(company: Company, known: Standing, rules: Performance, period: Period, at: datetime) -> list[Wanted]:
    found: dict[str, Wanted] = {}
    begins = datetime.combine(period.last + timedelta(days=1), time.min, ZoneInfo(company.zone))
    for rule in rules.reviews:
        opens_at = begins + _length(rule.opens)
        if opens_at > at or not _asked(company, rule, period):
            continue
        for grant in known.grants:
            if grant.role == rule.role and (rule.about == PERSON or grant.department_id):
                one = Wanted(rule, period, opens_at, grant)
                found.setdefault(one.number, one)
    there = set(Review.objects.filter(company=company, number__in=list(found)).values_list("number", flat=True))
    return [one for number, one in found.items() if number not in there]


def _asked(company: Company, rule: SelfReview, period: Period) -> bool:
    """Whether the procedure asked for it before the month was over: nothing is owed of the time before."""
    zone = ZoneInfo(company.zone)
    for effective, published, pk in ProcedureVersion.objects.filter(company=company).values_list("effective", "published_at", "pk"):
        rules = pack_of(pk).performance
        if max(effective, published.astimezone(zone).date()) <= period.last and rules and rule.id in {row.id for row in rules.reviews}:
            return True
    return False


def _length(text: str) -> timedelta:
    limit = parse_limit(text)
    assert isinstance(limit, Within)  # lint: it is a length
    return timedelta(seconds=limit.seconds)


def _open(company: Company, known: Standing, rules: Performance, wanted: list[Wanted], at: datetime) -> int:
    while catch_up(company, at, BATCH):  # what was done counts before it is shown
        pass
    counted = read(company, wanted[0].period, at, list(rules.strata))
    return sum(_open_one(company, known, rules, one, counted, at) for one in wanted)


def _open_one(company: Company, known: Standing, rules: Performance, wanted: Wanted, counted: Read, at: datetime) -> int:
    grant, about = wanted.grant, wanted.rule.about
    unit = grant.person_id if about == PERSON else grant.department_id
    sight = _sight(company, wanted, counted, at)
    figures, cases = snapshot(Sheet(rules, counted, sight), about, int(unit or 0))
    if not cases:
        return 0
    row = Review(
        company=company, version_id=known.version_at(at), kind=wanted.rule.id, number=wanted.number, first=wanted.period.first,
        last=wanted.period.last, about=about, person=grant.person if about == PERSON else None, department_id=grant.department_id,
        site_id=grant.site_id, figures=figures, opened_at=wanted.opens_at, owed_from=wanted.opens_at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save()  # the claim: its number is unique, whoever comes second waits here and is refused
            row.company = company
            ReviewCase.objects.bulk_create(ReviewCase(review=row, case_id=case, wrong=wrong) for case, wrong in cases.items())
            road = ReviewRoad(row, "opened", at)
            road.owe(wanted.opens_at)
            assert row.due_at is not None
            road.journal(act="opened", at=wanted.opens_at, due=row.due_at.isoformat())
            road.tell(road.owing(), "review_opened", due=row.due_at.isoformat())
            road.finish()
    except IntegrityError:
        return 0
    return 1


def _sight(company: Company, wanted: Wanted, counted: Read, at: datetime) -> Sight:
    """What the one who writes sees: their own cases; of a department all of its cases."""
    if wanted.rule.about == DEPARTMENT:
        return Sight(Coverage(company, False, departments=frozenset([wanted.grant.department_id or 0])), None, True)
    rights = rights_of(wanted.grant.person, at, company)
    whole = sight_of(rights, Coverage.of(rights), counted)
    return Sight(Coverage(company, False), whole.me, False, whole.own_cases)


def snapshot(found: Sheet, of: str, unit: int) -> tuple[list[dict[str, Any]], dict[int, list[str]]]:
    """(measure by measure what may be told, case → the measures in which it went wrong), as they are now."""
    figures: list[dict[str, Any]] = []
    cases: dict[int, list[str]] = defaultdict(list)
    for measure in found.measures():
        row = found.measure(of, measure).get(unit)
        if row is None:
            continue
        told = row.told and row.interval is not None
        figures.append({
            "measure": measure, "n": row.result.n, "observed": row.result.observed, "word": row.word,
            "expected": round(row.result.expected, 1) if told else None,
            "interval": [round(end, 2) for end in row.interval or ()] if told else None,
        })  # fmt: skip
        for case, bad in row.result.cases:
            cases[case] += [measure] if bad else []
    return figures, dict(sorted(cases.items()))
