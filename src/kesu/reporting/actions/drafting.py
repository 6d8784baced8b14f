"""The worker's drafts: each report of the pack once, when its days are over. The row is the claim, so any number of workers make one.

A worker that slept drafts what was missed of the last CATCH_UP spans; limits begin when the draft was due, not when it was made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Min

from kesu.company.models import Company, ProcedureVersion, Site
from kesu.company.procedures import pack_of
from kesu.company.standing import Standing, standing
from kesu.improvement.rules import after
from kesu.insights.models import CaseFact
from kesu.insights.periods import Period, moved
from kesu.procedure.limits import Within, parse_limit
from kesu.procedure.reporting import Report as Rule
from kesu.reporting.actions.counting import count
from kesu.reporting.actions.road import ReportRoad
from kesu.reporting.actions.working import counted, fill
from kesu.reporting.models import Report

LENGTHS = {"month": 1, "quarter": 3, "year": 12}
CATCH_UP = 3
RECHECK = timedelta(minutes=10)
_checked: dict[int, tuple[Standing, datetime, datetime]] = {}  # company → what was looked at, from when, until when nothing opens


@dataclass(frozen=True)
class Wanted:
    """A report that is to be drafted."""

    rule: Rule
    site: Site | None
    period: Period
    opens_at: datetime

    @property
    def number(self) -> str:
        """Which one it is: each only once."""
        return f"{self.rule.id} {self.period} {self.site.pk if self.site else 0}"


def forget() -> None:
    """For tests: companies come round again with the same ids."""
    _checked.clear()


def draft_due(at: datetime) -> int:
    """Draft every report whose moment has come. Returns how many were made here."""
    return sum(_draft_for(company, at) for company in Company.objects.order_by("pk"))


def _draft_for(company: Company, at: datetime) -> int:
    known = standing(company)
    seen, since, until = _checked.get(company.pk, (None, at, at))
    if seen is known and since <= at < until:
        return 0
    made = sum(draft(company, wanted, known, at) for wanted in missing(company, known, at))
    _checked[company.pk] = (known, at, at + RECHECK)
    return made


def missing(company: Company, known: Standing, at: datetime) -> list[Wanted]:
    """Reports whose moment has come, of the last CATCH_UP spans, and that are not there."""
    if not known.versions:
        return []
    found = list(_opened(company, known, at))
    there = set(Report.objects.filter(company=company, number__in=[row.number for row in found]).values_list("number", flat=True))
    return [row for row in found if row.number not in there]


def _opened(company: Company, known: Standing, at: datetime) -> Iterator[Wanted]:
    zone, since = ZoneInfo(company.zone), _since(company)
    day = at.astimezone(zone).date()
    for rule in pack_of(known.version_at(at)).reports:
        length = LENGTHS[rule.every]
        current = day.replace(day=1, month=(day.month - 1) // length * length + 1)
        for back in range(CATCH_UP, 0, -1):
            period = Period.months(moved(current, -back * length), length)
            opens_at = datetime.combine(period.last + timedelta(days=1), time.min, zone) + _length(rule.opens)
            if opens_at <= at and _asked(since, rule, period):
                yield from (Wanted(rule, site, period, opens_at) for site in _sites(company, known, rule, period))


def _length(text: str) -> timedelta:
    limit = parse_limit(text)
    assert isinstance(limit, Within)  # lint: it is a length
    return timedelta(seconds=limit.seconds)


def _since(company: Company) -> list[tuple[date, int]]:
    """(the day from which it counts here, id) of every version: nothing is owed of the time before the system."""
    zone = ZoneInfo(company.zone)
    rows = ProcedureVersion.objects.filter(company=company).values_list("effective", "published_at", "pk")
    return [(max(effective, published.astimezone(zone).date()), pk) for effective, published, pk in rows]


def _asked(since: list[tuple[date, int]], rule: Rule, period: Period) -> bool:
    """Whether the procedure asked for it before its days were over."""
    return any(day <= period.last and pack_of(pk).find("reports", rule.id) for day, pk in since)


def _sites(company: Company, known: Standing, rule: Rule, period: Period) -> list[Site | None]:
    """None for the whole company; the sites that are open (a site without a complaint reports that there was none)."""
    if rule.per == "company":
        return [None]
    rows = CaseFact.objects.filter(company=company).order_by().values_list("site_id").annotate(first=Min("received_day"))
    since = dict(rows)
    return [site for site in known.sites.values() if since.get(site.pk, period.last) <= period.last]


def draft(company: Company, wanted: Wanted, known: Standing, at: datetime) -> int:
    """One report, in one transaction with its claim: 0 when another worker has it."""
    count(company, at)
    version = known.version_at(at)
    row = Report(
        company=company, site=wanted.site, version_id=version, kind=wanted.rule.id, number=wanted.number, first=wanted.period.first,
        last=wanted.period.last, counted_at=at, opened_at=wanted.opens_at, comment_from=wanted.opens_at,
        approve_due=after(wanted.rule.approve, wanted.opens_at, company.zone),
    )  # fmt: skip
    fill(row, counted(row, at), at)
    try:
        with transaction.atomic():
            row.save()  # the claim: its number is unique, whoever comes second waits here and is refused
            road = ReportRoad(row, "drafted", at)
            road.owe()
            assert row.due_at is not None
            road.journal(act="drafted", at=wanted.opens_at, due=row.due_at.isoformat())
            road.tell(road.owing(), "report_drafted", due=row.due_at.isoformat())
            road.finish()
    except IntegrityError:
        return 0
    return 1
