"""Ringing of answers that are owed."""

from __future__ import annotations

from datetime import datetime

from kesu.improvement import roads
from kesu.warnings.actions.road import WarningRoad
from kesu.warnings.models import Warning

BATCH = 100  # warnings in one transaction


def ring_due(at: datetime) -> int:
    """Ring what fell due by `at`. Returns how many warnings rang."""
    return roads.ring_due(WarningRoad, Warning.objects.all(), at, most=BATCH)
