"""A record of corrective action as the world outside hears of it."""

from __future__ import annotations

from typing import Any

from kesu.complaints.journals import Glance, Kind
from kesu.improvement.models import Capa
from kesu.procedure.improving import RECORD_ACTS


def glance(capa: Capa) -> Glance:
    """Its number, where it stands, whose sites and departments it touches."""
    theirs = capa.measures.filter(dropped_at__isnull=True, department__isnull=False).order_by("department_id")
    sites, departments = capa.sites.order_by("pk").values_list("pk", flat=True), theirs.values_list("department_id", flat=True)
    return Glance(capa.number, tuple(sites), capa.stage, capa.is_open, f"/improvement/{capa.number}/", tuple(departments))


def found(company: int, number: Any) -> Capa | None:
    """The record of this number."""
    return Capa.objects.filter(company=company, number=str(number)).first()


RECORD = Kind("record", "整改", "corrective action", {name: (act.zh, act.en) for name, act in RECORD_ACTS.items()}, glance, found)
