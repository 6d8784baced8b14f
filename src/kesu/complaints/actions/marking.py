"""Events outside our acts that limits count from or end with: accepted by the platform, hazard found, refund asked for in writing."""

from __future__ import annotations

from datetime import datetime, timedelta

from kesu.company.models import Person
from kesu.complaints.actions.road import Road, begin
from kesu.complaints.models import Case, Clock
from kesu.procedure.duties import Event
from kesu.procedure.limits import Within, parse_limit
from kesu.procedure.refused import Refused


def mark(person: Person, case_id: int, *, event: str, happened_at: datetime | None = None, words: str = "", at: datetime) -> Case:
    """Record that an event of the pack happened, with its own time (None: now). Clocks that name it begin or end at that time.

    An event may be recorded again: the first time begins clocks, the last one ends them. Raises Refused for an unknown event and for
    a time in the future or longer before the customer was heard than the pack allows (`Event.earlier`; else not before at all);
    of a closed case only what ends a clock that outlives closing.
    """
    with begin(person, case_id, "mark", at) as road:
        row = road.pack.find("events", event)
        if row is None:
            raise Refused("event", "规程里没有这个时点", "the procedure has no such event", field="event")
        if not road.case.is_open and not _still_awaited(road, event):
            zh, en = (
                "已经结案，没有时限在等这件事；要接着办请先“重新办理”",
                "the case is closed and no clock waits for this; reopen it first",
            )
            raise Refused("closed", zh, en, field="event")
        when = happened_at or at
        if when > at:
            raise Refused("future", "还没到的时间不能记", "it cannot have happened in the future", field="happened_at")
        _refuse_too_early(row, when, road.case.heard_at)
        road.own_mark = False
        road.mark(f"event:{event}", when)
        road.journal(event=event, when=when.isoformat(), words=words.strip())
    return road.case


def _still_awaited(road: Road, event: str) -> bool:
    running = Clock.objects.filter(case=road.case, state__in=["running", "paused"]).values_list("obligation", flat=True)
    return any(f"event:{event}" in row.until for name in running if (row := road.pack.obligation(name)))


def _refuse_too_early(event: Event, when: datetime, heard_at: datetime) -> None:
    """Most events follow the complaint; a purchase or a payment came before it, but a slip of the year is still a slip."""
    most = parse_limit(event.earlier) if event.earlier else None
    if when >= (heard_at - timedelta(seconds=most.seconds) if isinstance(most, Within) else heard_at):
        return
    if most is None:
        raise Refused("before", "早于听到投诉的时间，请核对", "that is before the customer was heard", field="happened_at")
    raise Refused(
        "before",
        "比听到投诉早得太多，请核对年份",
        "that is too long before the customer was heard; check the year",
        field="happened_at",
    )
