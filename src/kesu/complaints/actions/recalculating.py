"""Opening hours or official days have changed: due times of open clocks move with them; what is done stays as it was."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kesu.complaints.actions import clocks
from kesu.complaints.actions.road import Road, locked, system_road
from kesu.complaints.models import Clock

WHY = ("上班时间或放假安排变了", "opening hours or official days have changed")


def recalculate(company_id: int, at: datetime, site_id: int | None = None) -> int:
    """Move the open clocks that run in opening hours or working days (of one site, or of all).

    Each case in a transaction of its own, with an entry in its journal for each clock that moved. Returns how many clocks moved.
    """
    rows = Clock.objects.filter(company_id=company_id, time__in=["office", "official"], state__in=["running", "paused"])
    if site_id is not None:
        rows = rows.filter(site_id=site_id)
    return sum(_recalculate_case(case_id, at) for case_id in rows.order_by("case_id").values_list("case_id", flat=True).distinct())


@transaction.atomic
def _recalculate_case(case_id: int, at: datetime) -> int:
    road = system_road(locked(case_id), "recalculated", at)
    road.own_mark, road.moves_clocks = False, False
    rows = clocks.Rows.read(road.case, road.parts)
    before = {clock.pk: clock.due_at for clock in rows.clocks}
    clocks.align(road, rows)
    moved = [clock for clock in rows.clocks if clock.state in ("running", "paused") and clock.due_at != before[clock.pk]]
    for clock in moved:
        _write_down(road, clock, before[clock.pk])
    if moved or road.entries:
        road.finish()
    return len(moved)


def _write_down(road: Road, clock: Clock, before: datetime) -> None:
    road.journal(
        obligation=clock.obligation,
        clock=clock.pk,
        before=before.isoformat(),
        after=clock.due_at.isoformat(),
        reason=WHY[0],
        reason_en=WHY[1],
    )
