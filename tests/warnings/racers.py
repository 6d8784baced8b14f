"""What several processes do to one day's scan; run by tests.complaints.racers.race."""

from __future__ import annotations

from datetime import datetime

from tests.complaints import racers as _racers  # sets Django up in a fresh process

from kesu.company.models import Company, Person
from kesu.warnings import actions
from kesu.warnings.actions.recording import record
from kesu.warnings.daily import look, scan_due

assert _racers


def scan(at: datetime) -> int:
    return scan_due(at)


def end_late(company_id: int, at: datetime) -> int:
    """A worker that took the day longer ago than its claim holds, and comes to its end only now."""
    company = Company.objects.get(pk=company_id)
    found = look(company, at.date(), at)
    assert found
    return len(record(company, found[0], at.date(), at))


def take(person_id: int, warning_id: int, at: datetime) -> str:
    actions.take(Person.objects.get(pk=person_id), warning_id, at=at)
    return "took it"
