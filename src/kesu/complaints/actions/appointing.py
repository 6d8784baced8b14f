"""The time at which a customer wants to be asked: agreed, stored, kept, and owed by a clock of its own (S-15)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kesu.complaints.actions.appointedclocks import AGREED
from kesu.complaints.actions.road import Road
from kesu.complaints.models import VisitTime
from kesu.procedure.refused import Refused


def agree_time(road: Road, when: datetime | None, field: str) -> dict[str, Any]:
    """Store the time and return it for the journal; nothing when none was agreed. Refused when it is over already."""
    if when is None or road.person is None:
        return {}
    if when <= road.at:
        raise Refused("over", "约的时间要在以后", "the time agreed must lie ahead", field=field)
    road.mark(AGREED)
    VisitTime.objects.create(case=road.case, round=road.case.round, agreed_for=when, by=road.person, at=road.at)
    return {"agreed_for": when.isoformat()}


def time_agreed(road: Road) -> datetime | None:
    """The time agreed last in this round."""
    row = VisitTime.objects.filter(case=road.case, round=road.case.round).order_by("id").last()
    return row.agreed_for if row else None
