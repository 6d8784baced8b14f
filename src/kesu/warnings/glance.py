"""A warning as the world outside hears of it: not what was unusual, for that may name somebody."""

from __future__ import annotations

from typing import Any

from kesu.complaints.journals import Glance, Kind
from kesu.warnings.models import Warning
from kesu.warnings.outcomes import ACTS


def glance(row: Warning) -> Glance:
    """Its number, where it stands, its site."""
    return Glance(row.number, (row.site_id,) if row.site_id else (), row.state, row.closed_at is None, f"/warnings/{row.pk}/")


def found(company: int, pk: Any) -> Warning | None:
    """The warning of this id."""
    return Warning.objects.filter(company=company, pk=pk).first()


WARNING = Kind("warning", "预警", "early warning", {name: (act.zh, act.en) for name, act in ACTS.items()}, glance, found)
