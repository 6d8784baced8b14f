"""The dates agreed with the customer, as the journal keeps them: the new one and the one before, with whom, why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kesu.complaints.models import Case, JournalEntry


@dataclass(frozen=True)
class AgreedDate:
    """One time that the date was agreed. `before`: None when there was none."""

    after: datetime
    before: datetime | None
    spoke_to: str
    reason: str
    name: str  # who of the company agreed to it
    at: datetime


def agreed_dates(case: Case) -> list[AgreedDate]:
    """Each time, the last first."""
    return [_read(entry) for entry in JournalEntry.objects.filter(case=case, act="agree_date").order_by("-n")]


def _read(entry: JournalEntry) -> AgreedDate:
    data = entry.data
    before = datetime.fromisoformat(data["before"]) if data["before"] else None
    return AgreedDate(datetime.fromisoformat(data["after"]), before, data["spoke_to"], data["reason"], entry.name, entry.at)
