"""What stands now, with the cases: those that are open, and those of which a limit has passed. Beside the KPIs of periods."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from kesu.company.rights import Rights
from kesu.complaints.models import Case
from kesu.complaints.queries.cases import scope
from kesu.insights.coverage import Coverage
from kesu.insights.kpis import MERGED, Kpi, Pair
from kesu.insights.models import CaseFact, ClockFact

NOW: Pair = ("此刻", "at this moment")
PRESENT: dict[str, Kpi] = {
    row.id: row
    for row in (
        Kpi("open", ("在办", "Open"), "count", ("还没结案的单", "cases that are not closed"), ("", ""), NOW, MERGED),
        Kpi(
            "overdue",
            ("有时限超时没办", "Overdue and open"),
            "count",
            ("有时限过了、事还没做的单", "cases with a limit that has passed and is not met"),
            ("", ""),
            NOW,
            (
                "一张单有几个时限超时也算一件；结案以后的归档也在内；暂停中的、等客户的不算",
                "a case with several such limits is one; filing after closing is among them; paused or waiting for the customer: not",
            ),
        ),
    )
}


def open_facts(cover: Coverage) -> QuerySet[CaseFact]:
    """Cases that are open, of what the reader may be told of."""
    return CaseFact.objects.none() if cover.nothing else CaseFact.objects.filter(cover.rows(), counted=True, closed_at__isnull=True)


def overdue_clocks(cover: Coverage, at: datetime) -> QuerySet[ClockFact]:
    """Their limits, and those of closed ones, that have passed and are not met."""
    if cover.nothing:
        return ClockFact.objects.none()
    return ClockFact.objects.filter(cover.rows(), ended_at__isnull=True, due_at__lte=at).exclude(state="paused")


def cases_now(reader: Rights, id: str, at: datetime, site: int | None = None, department: int | None = None) -> QuerySet[Case]:
    """The cases behind one of PRESENT, cut to what these rights show besides. KeyError for no such figure."""
    cover = Coverage.of(reader).at(site, department)
    rows = {"open": lambda: open_facts(cover).values("case"), "overdue": lambda: overdue_clocks(cover, at).values("case")}[id]
    return Case.objects.filter(pk__in=rows()).filter(scope(reader))
