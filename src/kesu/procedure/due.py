"""When a clock falls due and why: a limit, a start, a kind of time, the pauses and an extension → a time and its reasons.

How each limit reckons is in `rules`, how pauses move it in `pausing`; what it says to people in `duewords`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from typing import NamedTuple

from kesu.procedure.duewords import FIRST_DAY, due_words, left_words, why_json, why_words
from kesu.procedure.instants import day_of, days, epoch, last_day_of, local, midnight_after, zone_from
from kesu.procedure.limits import DayEnd, Either, Elapsed, Later, Limit, LimitError, Moved, Rolled, Within, WorkingDays, parse_limit
from kesu.procedure.moments import moments
from kesu.procedure.pausing import Held, Pause, Run, held_up, merged, moved
from kesu.procedure.rules import counts_from, out_of_rest, rolled_start, rule_of
from kesu.procedure.timetable import OfficeHours, Stretch, Time, joined

__all__ = ["Due", "Pause", "Time", "Why", "due", "due_words", "extended_at_most", "left", "left_words", "moments", "why_json", "why_words"]


class Step(NamedTuple):
    """One step of the reckoning, in epoch seconds. Kinds: "start", "rolled" (to the next opening), "counted", "closed",
    "lunch", "off_day", "moved" (the last day was one of rest), "paused", "limit", "extended", "agreed" (with the customer, later).

    `seconds` is the elapsed length; for "paused" what the pause moved the due time by (whole days × 86400 for limits that
    end with a day); for "limit" that of the limit, 0 when it has no fixed length. `name` is the off day's name, the pause's
    reason, or the limit as the pack spells it.
    """

    kind: str
    start: int
    end: int
    seconds: int
    name: str = ""


@dataclass(frozen=True)
class Why:
    """The same in the site's wall-clock time."""

    kind: str
    start: datetime
    end: datetime
    seconds: int
    name: str = ""


@dataclass
class Due:
    """When it is due (`at`, with a granted extension), when it was without one, and why.

    `counts` says what was counted: "working" seconds, "elapsed" seconds, "days", "workdays", or a fixed "date".
    `confirmed` is False when the answer rests on official days that nobody has announced yet. Nobody changes one; it is not frozen
    because that alone would cost a quarter of the reckoning.
    """

    at: datetime
    original_at: datetime
    reasons: Callable[[], list[Step]] | list[Step] | tuple[Within, int, Time] = field(compare=False, repr=False)
    confirmed: bool = True
    limit: str = ""
    counts: str = "date"

    @cached_property
    def steps(self) -> list[Step]:
        """The reckoning step by step. Worked out when asked: every act reckons due times, few ask why."""
        if isinstance(self.reasons, tuple):
            return _straight_reasons(*self.reasons, self.at)
        return self.reasons() if callable(self.reasons) else self.reasons

    @cached_property
    def why(self) -> list[Why]:
        """The same in datetimes."""
        zone = zone_from(self.at)
        return [Why(step.kind, local(step.start, zone), local(step.end, zone), step.seconds, step.name) for step in self.steps]


def due(
    limit: Limit | str,
    start: datetime,
    time: Time,
    *,
    pauses: Iterable[Pause] = (),
    customer_date: date | datetime | None = None,
    extended_to: datetime | None = None,
    until: datetime | None = None,
) -> Due | None:
    """When the limit falls due; None when it is the customer's date alone and there is none.

    A pause without end counts up to `until` ("as if resumed then") and is left out without it. An extension sets `at`
    whatever the pauses; `original_at` stays what it would have been.
    Raises LimitError, BeyondCalendar, or TimeRefused (no zone, a pause that ends before it begins, working days round the clock).
    """
    limit = parse_limit(limit) if isinstance(limit, str) else limit
    begun = epoch(start)
    if isinstance(limit, Within) and not pauses and extended_to is None:
        return _straight(limit, begun, time)
    found = _run(limit, begun, time, merged(pauses, begun, until) if pauses else [], customer_date)
    if found is None:
        return None
    run = found[2]
    original = local(run.at, time.zone)
    at = original if extended_to is None else local(epoch(extended_to), time.zone)
    confirmed = extended_to is not None or _confirmed(found[0], run, time)

    return Due(at, original, partial(_reasons, limit, found, begun, at, time), confirmed, str(limit), run.rule.counts)


def agreed_later(found: Due, when: datetime) -> Due:
    """The same, moved to a later time that the customer agreed to; the first one stays to be seen."""
    zone = zone_from(found.at)
    was, now = epoch(found.at), epoch(when)
    steps = lambda: [*found.steps, Step("agreed", was, now, now - was)]  # noqa: E731
    return Due(local(now, zone), found.original_at, steps, True, found.limit, found.counts)


def _straight(limit: Within, begun: int, time: Time) -> Due:
    """So much time without a pause: most of what is ever asked, so the rule is only made when somebody wants the reasons."""
    if isinstance(limit, Elapsed) or not isinstance(time, OfficeHours):
        ends, counts, confirmed = begun + limit.seconds, "elapsed", True
    else:
        ends, counts = time.add_epoch(begun, limit.seconds), "working"
        confirmed = time.confirmed_at(ends)
    at = local(ends, time.zone)
    return Due(at, at, (limit, begun, time), confirmed, limit.spelt, counts)


def _straight_reasons(limit: Within, begun: int, time: Time, at: datetime) -> list[Step]:
    found = _run(limit, begun, time, [], None)
    assert found is not None  # a length always has an end
    return _reasons(limit, found, begun, at, time)


def extended_at_most(longest: Limit | str, first_due: datetime, time: Time) -> datetime:
    """The latest time to which a limit first due then may be extended. 24:00 belongs to the day that ends there: ten working days
    after the end of a Wednesday end with a Wednesday.

    Raises as `due`; LimitError also for the customer's date, which is no length.
    """
    limit = parse_limit(longest) if isinstance(longest, str) else longest
    begun = epoch(first_due)
    by_days = isinstance(limit, DayEnd | WorkingDays | Moved) or (isinstance(limit, Later) and limit.midnight)
    if by_days and day_of(begun, time.zone) != last_day_of(begun, time.zone):
        begun -= 1
    found = due(limit, local(begun, time.zone), time)
    if found is None:
        raise LimitError(str(limit), f"延期多久不能写成「{limit}」", f"the length of an extension cannot be {str(limit)!r}")
    return found.at


def left(due_at: datetime, at: datetime, time: Time) -> int:
    """Seconds of the clock's own time still left at `at`; negative when it is late, by so much of that time."""
    return time.between(at, due_at) or -time.between(due_at, at)


def _run(limit: Limit, begun: int, time: Time, held: Sequence[Held], asked: date | datetime | None) -> tuple[Limit, int, Run] | None:
    """The limit that binds (of several the earlier or the later), from when it really counts, and its run."""
    if isinstance(limit, Either):
        parts = [found for part in limit.parts if (found := _run(part, begun, time, held, asked)) is not None]
        choose = min if limit.which == "earlier" else max
        return choose(parts, key=lambda found: found[2].at) if parts else None
    if isinstance(limit, Rolled):
        begun = rolled_start(limit, begun, time)
        limit, held = limit.limit, _after(held, begun)
    if isinstance(limit, Moved):
        rule = rule_of(limit.limit, begun, time, asked)
        return None if rule is None else (limit, begun, moved(held_up(rule, held), held, lambda at: out_of_rest(at, time)))
    rule = rule_of(limit, begun, time, asked)
    return None if rule is None else (limit, begun, held_up(rule, held))


def _after(held: Sequence[Held], begun: int) -> list[Held]:
    """What of the pauses lies after the start."""
    return [Held(max(pause.start, begun), pause.end, pause.reason) for pause in held if pause.end > begun]


def _confirmed(binding: Limit, run: Run, time: Time) -> bool:
    rests = isinstance(binding, Moved) or run.rule.counts in ("working", "workdays")
    return not rests or time.confirmed_at(run.at)


def _reasons(limit: Limit, found: tuple[Limit, int, Run], begun: int, at: datetime, time: Time) -> list[Step]:
    binding, counted_from, run = found
    rolled = [Step("rolled", begun, counted_from, counted_from - begun)] if counted_from > begun else []
    course = _course(binding, run, counted_from, time)
    return [Step("start", begun, begun, 0), *rolled, *course, *_ends(limit, binding, counted_from, run.at, epoch(at))]


def _course(binding: Limit, run: Run, begun: int, time: Time) -> list[Step]:
    """Every stretch from start to due, counted, skipped or paused."""
    stretches = _stretches(binding, run, begun, time) if run.at > begun else []
    return _with_pauses(stretches, run.used)


def _ends(whole: Limit, binding: Limit, begun: int, original: int, at: int) -> Iterator[Step]:
    yield Step("limit", begun, original, binding.seconds if isinstance(binding, Within) else 0, str(whole))
    if at != original:
        yield Step("extended", original, at, at - original)


def _stretches(binding: Limit, run: Run, begun: int, time: Time) -> list[Stretch]:
    if run.rule.counts == "working":
        return time.stretches(begun, run.at)
    if isinstance(binding, WorkingDays) and isinstance(time, OfficeHours):
        return joined(_day_by_day(begun, run.at, time, counts_from(binding, begun, time)))
    if run.ended is not None and isinstance(time, OfficeHours):
        return [("counted", begun, run.ended, ""), *joined(_rest_days(run.ended, run.at, time))]
    return [("counted", begun, run.at, "")]


def _rest_days(ended: int, at: int, hours: OfficeHours) -> Iterator[Stretch]:
    """From where the limit would have ended to the end of the working day to which it moved."""
    for day in days(day_of(ended, hours.zone), last_day_of(at, hours.zone)):
        kind, name = hours.day_kind(day)
        yield (
            "counted" if kind == "counted" else "moved",
            max(midnight_after(hours.zone, day - timedelta(1)), ended),
            midnight_after(hours.zone, day),
            name,
        )


def _day_by_day(begun: int, ends: int, hours: OfficeHours, after: date) -> Iterator[Stretch]:
    """The days between, as working days see them: counted, closed or off; the start day, where it does not count."""
    at = begun
    for day in days(day_of(begun, hours.zone), last_day_of(ends, hours.zone)):
        kind, name = ("closed", FIRST_DAY) if day <= after else hours.day_kind(day)
        at, since = min(ends, midnight_after(hours.zone, day)), at
        yield kind, since, at, name


def _with_pauses(stretches: list[Stretch], used: Sequence[tuple[Held, int]]) -> list[Step]:
    """The stretches with the pauses cut out of them and put between; both come in order."""
    if not used:
        return [Step(kind, start, end, end - start, name) for kind, start, end, name in stretches]
    rows = [Step(kind, start, end, end - start, name) for kind, start, end, name in _between_pauses(stretches, [held for held, _ in used])]
    rows += [Step("paused", pause.start, pause.end, took, pause.reason) for pause, took in used]
    return sorted(rows, key=lambda step: step.start)


def _between_pauses(stretches: list[Stretch], pauses: list[Held]) -> Iterator[Stretch]:
    first = 0
    for kind, start, end, name in stretches:
        while first < len(pauses) and pauses[first].end <= start:
            first += 1
        nth = first
        while nth < len(pauses) and pauses[nth].start < end:
            if start < pauses[nth].start:
                yield kind, start, pauses[nth].start, name
            start, nth = max(start, pauses[nth].end), nth + 1
        if start < end:
            yield kind, start, end, name
