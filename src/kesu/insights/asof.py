"""What a case told at an earlier moment, by everything that is known of it now. Pure.

What was recorded afterwards for a time before that moment is in it, and so is every judgement, merge and clock as it stands now; what
was done later (told, followed up, closed, reopened, paid) is not. So a figure of a report that was frozen then differs from the same
figure as of then only where something was to be corrected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from kesu.insights.deriving import CLOSES, OPENS
from kesu.insights.told import Limit, Said, Told


def as_of(told: Told, at: datetime, received: Mapping[int, datetime]) -> Told:
    """The case as it stood then. `received`: when the cases that repeat it came."""
    later = [row for row in told.journal if row.at > at]
    journal = [row for row in told.journal if row.at <= at]
    judged = [row for row in told.journal if row.act == "judge"]
    case = told.case._replace(
        round=told.case.round - sum(row.act == "reopen" for row in later),
        closed_at=_closed(told, journal, at),
        judged=told.case.judged and (not judged or judged[0].at <= at),
    )
    came = received.get(told.repeated or 0)
    return replace(
        told,
        case=case,
        journal=journal,
        limits=[_limit(row, at) for row in told.limits],
        sums=[row for row in told.sums if row.at <= at],
        repeated=None if came and came > at else told.repeated,
    )


def _closed(told: Told, journal: list[Said], at: datetime) -> datetime | None:
    now: datetime | None = told.case.closed_at
    if now and now <= at:
        return now
    closed: datetime | None = None
    for row in journal:
        if row.act in (OPENS if closed else CLOSES):
            closed = None if closed else row.at
    return closed


def _limit(row: Limit, at: datetime) -> Limit:
    """What ended or was paused later ran on."""
    if row.paused_at and row.paused_at > at:
        row = row._replace(state="running" if row.state == "paused" else row.state, paused_at=None)
    if row.done_at and row.done_at > at:
        row = row._replace(state="running", done_at=None)
    return row
