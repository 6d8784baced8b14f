"""What came in and belongs to no case is kept for the pack's days (privacy.stray_days) and deleted then; a line on record each time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from kesu.company.models import Company
from kesu.company.procedures import pack_of
from kesu.company.standing import standing
from kesu.complaints.models import Forgotten

DAYS = 180  # where the procedure has no table [privacy]


def forget(kind: str, delete: Callable[[Company, datetime], int], at: datetime) -> int:
    """For a chore of a wing above: `delete` takes a company and the moment before which its strays go, and says how many went."""
    return sum(_forgotten(kind, company, before, delete(company, before), at) for company, before in _times(at))


def _times(at: datetime) -> Iterator[tuple[Company, datetime]]:
    for company in Company.objects.filter(versions__isnull=False).distinct():
        pack = pack_of(standing(company).version_at(at))
        yield company, at - timedelta(days=pack.privacy.stray_days if pack.privacy else DAYS)


def _forgotten(kind: str, company: Company, before: datetime, n: int, at: datetime) -> int:
    if n:
        Forgotten.objects.create(company=company, kind=kind, n=n, before=before, at=at)
    return n
