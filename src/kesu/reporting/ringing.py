"""Ringing of what is owed on reports."""

from __future__ import annotations

from datetime import datetime

from kesu.improvement import roads
from kesu.reporting.actions.road import ReportRoad
from kesu.reporting.models import Report

BATCH = 50  # reports in one transaction


def ring_due(at: datetime) -> int:
    """Ring what fell due by `at`. Returns how many reports rang."""
    return roads.ring_due(ReportRoad, Report.objects.select_related("site"), at, most=BATCH)
