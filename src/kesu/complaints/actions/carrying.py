"""Leave that was granted stays when the grade changes: it passes from the clock that ends to the one that takes its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from kesu.complaints.models import Clock, Extension
from kesu.complaints.storing import update

if TYPE_CHECKING:
    from kesu.complaints.actions.road import Road

KEPT = ("改等级前批准的延期照旧算数", "the extension granted before the regrade still holds")
NOT_NEEDED = ("新的时限本来就更晚，原来批准的延期用不上", "the new limit is later anyway; the extension granted before is not needed")
LIVE = ("running", "paused")


def keep(road: Road, extended: Iterable[Clock], clocks: Iterable[Clock], moved: Callable[[Clock], None]) -> list[tuple[Clock, Clock]]:
    """For each clock that had leave and is void now: whichever runs instead has the leave too, unless it is due later anyway.

    `clocks`: all of the case after the change; `moved` is called for each whose due time changed. The journal says which of the two
    it was. Returns the pairs (from, to) whose requests must be handed over once `to` is stored.
    """
    pairs: list[tuple[Clock, Clock]] = []
    running = [clock for clock in clocks if clock.state in LIVE]
    for old in extended:
        if old.state != "void":
            continue
        for new in _successors(road, old, running):
            assert old.extended_to is not None  # that is what `extended` holds
            if old.extended_to <= new.due_at:
                if new.extended_to != old.extended_to:  # graded back: it has that very leave already
                    _write_down(road, new, old.extended_to, new.due_at, NOT_NEEDED)
                    continue
            else:
                _write_down(road, new, new.due_at, old.extended_to, KEPT)
                new.extended_to = new.due_at = old.extended_to
                new.confirmed = True
                moved(new)
                if new.pk:
                    update(new)
            pairs.append((old, new))
    return pairs


def _successors(road: Road, old: Clock, running: list[Clock]) -> list[Clock]:
    duty = road.pack.obligation(old.obligation)
    if duty is None:
        return []
    rows = ((clock, road.pack.obligation(clock.obligation)) for clock in running)
    return [
        clock
        for clock, row in rows
        if row and row.id != duty.id and row.same_duty(duty) and (clock.round, clock.subject) == (old.round, old.subject)
    ]


def _write_down(road: Road, clock: Clock, before: datetime, after: datetime, why: tuple[str, str]) -> None:
    road.journal(
        "recalculated",
        actor="system",
        obligation=clock.obligation,
        before=before.isoformat(),
        after=after.isoformat(),
        reason=why[0],
        reason_en=why[1],
    )


def hand_over(pairs: Iterable[tuple[Clock, Clock]]) -> None:
    """The requests that were granted belong to the clock that runs on: they count there, and the customer reads there why."""
    for old, new in pairs:
        Extension.objects.filter(clock=old, state="granted").update(clock=new)
