"""A report as the world outside hears of it. Groups of staff do not: one person comments on it, another approves."""

from __future__ import annotations

from typing import Any

from kesu.complaints.journals import Glance, Kind
from kesu.reporting.models import APPROVED, Report

ACTS: dict[str, tuple[str, str]] = {
    "drafted": ("起草", "Drafted"),
    "recounted": ("重新统计", "Counted anew"),
    "commented": ("写评语", "Commented"),
    "submitted": ("交去批准", "Handed in"),
    "returned": ("退回", "Returned"),
    "approved": ("批准", "Approved"),
    "warned": ("提醒", "Reminded"),
    "fell_late": ("超时", "Fell late"),
    "climbed": ("逐级上报", "Escalated"),
}


def glance(row: Report) -> Glance:
    """Its id (as the interface names it), where it stands, its site."""
    return Glance(str(row.pk), (row.site_id,) if row.site_id else (), row.state, row.state != APPROVED, f"/reports/{row.pk}/")


def found(company: int, pk: Any) -> Report | None:
    """The report of this id."""
    return Report.objects.filter(company=company, pk=pk).defer("content", "figures", "corrections").first()


REPORT = Kind("report", "报表", "report", ACTS, glance, found, chats=False)
