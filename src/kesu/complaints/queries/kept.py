"""How long a case is kept, and what stands in the way of letting go of it or of keeping it longer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kesu.complaints.models import Case
from kesu.procedure.keeping import last_day
from kesu.procedure.pack import Pack

if TYPE_CHECKING:
    from kesu.complaints.queries.situation import Situation

Hindrance = tuple[str, str]


def kept_until(case: Case, pack: Pack) -> date | None:
    """The last day on which the case is kept whole; None while it is open."""
    if case.closed_at is None:
        return None
    return last_day(case.closed_at.astimezone(ZoneInfo(case.site.company.zone)).date(), pack.pack.retention_years)


def not_yet(case: Case, pack: Pack, at: datetime) -> Hindrance | None:
    """Why the case cannot be de-identified now; None when it can."""
    last = kept_until(case, pack)
    if last is None:
        return ("还没结案", "it is not closed yet")
    if case.held_at is not None:
        return ("暂缓删除中，先解除", "it is under legal hold; lift that first")
    if at.astimezone(ZoneInfo(case.site.company.zone)).date() <= last:
        return (f"要留到 {last:%Y-%m-%d}，还没到期", f"it is kept up to {last:%Y-%m-%d}")
    return None


KEEPING: dict[str, Callable[[Situation], Hindrance | None]] = {
    "hold": lambda now: ("已经暂缓了", "it is under legal hold already") if now.case.held_at else None,
    "lift_hold": lambda now: None if now.case.held_at else ("没有暂缓", "it is not under legal hold"),
    "deidentify": lambda now: not_yet(now.case, now.pack, now.at),
}
