"""When to warn before a due time and when to climb the ladder after it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from kesu.procedure.instants import DAY, TimeRefused, epoch, local
from kesu.procedure.pausing import Held, Pause, Rule, held_up, merged
from kesu.procedure.timetable import Time

_SPEC = re.compile(r"(?:([0-9]{1,3})%|([0-9]{1,6})(s|m|h|d) (before|after))")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": DAY}


def moments(
    start: datetime,
    due_at: datetime,
    time: Time,
    specs: Iterable[str],
    *,
    pauses: Iterable[Pause] = (),
    until: datetime | None = None,
) -> list[tuple[str, datetime]]:
    """Each spec with its time, in the order given.

    "75%" is a share of the clock's own time between start and due, pauses left out; "1h before" and "4h after" are own
    time too (one open hour before a deadline right after lunch lies before lunch), "1d before" and "1d after" elapsed.
    A warning that would fall before the start falls on the start.
    Raises TimeRefused for a spelling that is none and for a warning after the due time (120%).
    """
    course = _Course(epoch(start), epoch(due_at), time, merged(pauses, epoch(start), until))
    return [(spec, local(course.moment(*read_moment(spec)), time.zone)) for spec in specs]


def read_moment(spec: str) -> tuple[str, int, str]:
    """ "75%" → ("share", 75, "%"); "1h before" → ("before", 1, "h"). Raises TimeRefused."""
    found = _SPEC.fullmatch(" ".join(spec.split()))
    if not found:
        raise TimeRefused(
            f"看不懂时点「{spec}」，可以写 75%、1h before、4h after、1d after",
            f"cannot read the moment {spec!r}; write 75%, 1h before, 4h after, 1d after",
        )
    if found[1] is None:
        return found[4], int(found[2]), found[3]
    if not 0 < int(found[1]) <= 100:
        raise TimeRefused(f"预警点「{spec}」要在 1% 到 100% 之间", f"the warning {spec!r} must lie between 1% and 100%")
    return "share", int(found[1]), "%"


class _Course:
    """The way of one clock from start to due, measured in its own time without its pauses."""

    def __init__(self, begun: int, ends: int, time: Time, pauses: Iterable[Held]) -> None:
        self.begun, self.ends, self.time = begun, ends, time
        self.held = [Held(pause.start, min(pause.end, ends), "") for pause in pauses if pause.start < ends]
        self.total = time.between_epoch(begun, ends) - sum(time.between_epoch(pause.start, pause.end) for pause in self.held)

    def moment(self, kind: str, number: int, unit: str) -> int:
        if kind == "share":
            return self._within(self._reached(self.total * number // 100))
        seconds = number * _SECONDS[unit]
        if kind == "before":
            return self._within(self.ends - seconds if unit == "d" else self._reached(self.total - seconds))
        return self.ends + seconds if unit == "d" else self.time.add_epoch(self.ends, seconds)

    def _reached(self, seconds: int) -> int:
        """When so much of the way is done."""
        if seconds <= 0:
            return self.begun
        return held_up(Rule("", lambda taken: self.time.add_epoch(self.begun, seconds + taken), self.time.between_epoch), self.held).at

    def _within(self, moment: int) -> int:
        return min(max(moment, self.begun), self.ends)
