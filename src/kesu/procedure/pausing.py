"""Pauses, and how they move a due time. All in epoch seconds.

So that the customer never waits longer than the pause itself, a pause moves
- own time (10m, 1h): by the open time it took away;
- elapsed limits (36h elapsed, 2d, 1w, 1mo): by its exact length;
- limits that end with a day (same-day, 2d 24:00, 1mo 24:00): by one day for each midnight it spans; within one day nothing moves;
- one of those whose last day moves out of the days of rest (next-working-day): the same, and then moved; a pause within the days of rest
  by its midnights from the working day to which it moved;
- working days: by one working day for each working day whose end (24:00, closing time or the same time of day) it spans;
- fixed dates (customer-date, monthly, yearly): not at all; only the customer, or an extension, moves a date that was given.
A pause that begins when the clock has already run out changes nothing. Except for fixed dates nothing falls due during a pause.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from kesu.procedure.instants import DAY, TimeRefused, epoch


@dataclass(frozen=True)
class Pause:
    """The clock stood still from `start` to `end` (None: it still does) for that reason."""

    start: datetime
    end: datetime | None
    reason: str = ""


class Held(NamedTuple):
    """A closed pause."""

    start: int
    end: int
    reason: str


class Rule(NamedTuple):
    """A limit seen from its start: `at(taken)` is the due time after pauses took so much, `taken(a, b)` what a pause takes.

    `counts` names what is counted: "working", "elapsed", "days", "workdays" or "date"; `unit` is the seconds of one `taken`.
    """

    counts: str
    at: Callable[[int], int]
    taken: Callable[[int, int], int]
    unit: int = 1


class Run(NamedTuple):
    """A rule with its pauses worked in: the due time, and each pause that moved it with the seconds that it took."""

    rule: Rule
    at: int
    used: tuple[tuple[Held, int], ...] = ()
    ended: int | None = None  # where it would have ended, had that not been a day of rest; None: it moved nowhere


def held_up(rule: Rule, held: Iterable[Held]) -> Run:
    """The rule's due time with these pauses, given in order."""
    taken, at = 0, rule.at(0)
    used: list[tuple[Held, int]] = []
    for pause in held:
        if pause.start >= at:
            break
        took = rule.taken(pause.start, pause.end)
        taken += took
        used.append((pause, took * rule.unit))
        at = rule.at(taken)
    return Run(rule, at, tuple(used))


def moved(run: Run, held: Iterable[Held], move: Callable[[int], int]) -> Run:
    """The run with its last day moved out of the days of rest; a pause in those days moves it on by the days that it takes."""
    used, taken, at = list(run.used), 0, move(run.at)
    ends = at
    for pause in held:
        if pause.start < run.at:
            continue
        if pause.start >= at:
            break
        took = run.rule.taken(pause.start, pause.end)
        taken += took
        used.append((pause, took * run.rule.unit))
        at = move(ends + taken * DAY - DAY // 2)  # noon of that day: daylight saving moves it into no other
    return run if at == run.at else Run(run.rule, at, tuple(used), run.at)


def merged(pauses: Iterable[Pause], begun: int, until: datetime | None = None) -> list[Held]:
    """The pauses after the start in order, overlapping ones as one; an open one ends at `until` or is left out.

    Raises TimeRefused for one that ends before it begins.
    """
    held: list[Held] = []
    for pause in sorted(_closed(pauses, begun, until), key=lambda each: (each.start, each.end, each.reason)):
        overlaps = bool(held) and pause.start < held[-1].end
        held.append(_joined(held.pop(), pause) if overlaps else pause)
    return held


def _closed(pauses: Iterable[Pause], begun: int, until: datetime | None) -> Iterable[Held]:
    for pause in pauses:
        start = epoch(pause.start)
        if pause.end is not None and epoch(pause.end) < start:
            raise TimeRefused(
                f"暂停从 {pause.start} 开始，不能在 {pause.end} 结束", f"a pause from {pause.start} cannot end at {pause.end}"
            )
        end = pause.end or until
        if end is not None and epoch(end) > max(start, begun):
            yield Held(max(start, begun), epoch(end), pause.reason)


def _joined(first: Held, second: Held) -> Held:
    reasons = dict.fromkeys(reason for reason in (*first.reason.split("；"), second.reason) if reason)
    return Held(first.start, max(first.end, second.end), "；".join(reasons))
