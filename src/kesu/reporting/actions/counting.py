"""Before a report is counted, every case whose journal grew is counted in: figures must not lag behind what was done."""

from __future__ import annotations

from datetime import datetime

from kesu.company.models import Company
from kesu.insights.actions.counting import catch_up

BATCH = 200


def count(company: Company, at: datetime) -> None:
    """Count in what waits. What others count at the same time is theirs."""
    while catch_up(company, at, BATCH):
        pass
