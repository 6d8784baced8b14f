"""The worker's daily scan: for each company once a day, at the hour of its procedure; claimed, so that it happens once.

A claim is a row with an end: a worker that dies while scanning is replaced by another after that. The history is read outside the
transaction that writes, which is short.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from kesu.company.models import Company
from kesu.company.procedures import pack_of
from kesu.company.standing import standing
from kesu.warnings.actions.recording import record
from kesu.warnings.models import Scan
from kesu.warnings.queries.history import History, history
from kesu.warnings.scanning.scan import scan
from kesu.warnings.scanning.signal import Found

LEASE = timedelta(minutes=15)


def scan_due(at: datetime) -> int:
    """Scan every company whose hour has come and that was not scanned today. Returns how many were."""
    return sum(_scan_once(company, day, at) for company, day in _waiting(at))


def _waiting(at: datetime) -> list[tuple[Company, date]]:
    done = set(Scan.objects.filter(day__gte=(at - timedelta(days=2)).date(), done_at__isnull=False).values_list("company_id", "day"))
    found = []
    for company in Company.objects.order_by("pk"):
        there = at.astimezone(ZoneInfo(company.zone))
        if (company.pk, there.date()) not in done and (hour := _hour(company, at)) is not None and there.time() >= hour:
            found.append((company, there.date()))
    return found


def _hour(company: Company, at: datetime) -> time | None:
    known = standing(company)
    rules = pack_of(known.version_at(at)).warning if known.versions else None
    return time.fromisoformat(rules.at) if rules else None


def _scan_once(company: Company, day: date, at: datetime) -> bool:
    claim = _claimed(company, day, at)
    if claim is None:
        return False
    found = look(company, day, at)
    if found is not None:
        told, _ = found
        record(company, told, day, at)
        claim.looked = {str(site): n for site, n in told.looks.items()}
        claim.a_year = told.a_year
        claim.ordinary = [asdict(row) for row in told.ordinary]
        claim.untold = [asdict(row) for row in told.untold]
    claim.done_at = at
    claim.save()
    return True


def _claimed(company: Company, day: date, at: datetime) -> Scan | None:
    """The day's scan, if it is ours to do."""
    try:
        with transaction.atomic():
            return Scan.objects.create(company=company, day=day, claimed_until=at + LEASE)
    except IntegrityError:
        lapsed = Scan.objects.filter(company=company, day=day, done_at__isnull=True, claimed_until__lte=at)
        return Scan.objects.get(company=company, day=day) if lapsed.update(claimed_until=at + LEASE) else None


def look(company: Company, day: date, until: datetime, sites: list[int] | None = None) -> tuple[Found, History] | None:
    """(what is unusual on that day, the history it was found in); None where the procedure of that day watches nothing."""
    seen = history(company, day, until)
    if seen is None:
        return None
    return scan(seen.places, seen.as_of, seen.rules, seen.grave, sites), seen
