"""The numbers of a wall-board: of a whole company or of one of its sites, without anybody's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from kesu.company.standing import standing
from kesu.complaints.models import Case, Clock
from kesu.complaints.queries.clocks import AT_LEAST
from kesu.insights.coverage import Coverage
from kesu.insights.figures import Load
from kesu.insights.measuring import Measured, measure
from kesu.insights.periods import Period, today
from kesu.procedure.acts import STEPS

FIGURES = ("in_time", "satisfied")


@dataclass(frozen=True)
class WallFigures:
    """What is late, what soon will be, what is open; per site; today; this month."""

    late: int
    near: int
    open: int
    sites: list[tuple[str, Load]]
    received: int
    closed: int
    month: dict[str, Measured]


def wall_figures(cover: Coverage, at: datetime) -> WallFigures:
    """Counted from open cases as they stand, and from roll-ups. Near: due within ten minutes, or past its first warning."""
    known = standing(cover.company).sites
    clocks = Clock.objects.filter(case=OuterRef("pk"), state="running", waits_for="")
    late, near = Exists(clocks.filter(due_at__lte=at)), Exists(clocks.filter(Q(due_at__lte=at + AT_LEAST) | Q(rung__gte=1)))
    counts: dict[str, Any] = {"n": Count("id"), "late": Count("id", filter=Q(late)), "near": Count("id", filter=~Q(late) & Q(near))}
    there = {"site__in": cover.site_ids(), "step__in": list(STEPS)}  # found along the index of sites and steps, not in the archive
    rows = Case.objects.filter(closed_at__isnull=True, **there).order_by().values_list("site_id").annotate(**counts)
    loads = {site: Load(open=n, late=over, near=soon) for site, n, over, soon in rows}
    day = today(cover.company.zone, at)
    today_so_far = {row.kpi.id: row for row in measure(cover, Period(day, day), at, ["received", "closed"])}
    return WallFigures(
        sum(load.late for load in loads.values()),
        sum(load.near for load in loads.values()),
        sum(load.open for load in loads.values()),
        sorted(((known[pk].name, loads.get(pk, Load())) for pk in cover.site_ids()), key=lambda row: (-row[1].late, -row[1].open)),
        int(today_so_far["received"].value or 0),
        int(today_so_far["closed"].value or 0),
        {row.kpi.id: row for row in measure(cover, Period.month(day.year, day.month), at, FIGURES)},
    )
