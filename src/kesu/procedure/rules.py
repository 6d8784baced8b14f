"""What each limit means from a given start, in a given kind of time."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kesu.procedure.instants import DAY, TimeRefused, day_of, days, epoch, instant, last_day_of, local, midnight_after
from kesu.procedure.limits import CustomerDate, DayEnd, EachMonth, EachYear, Elapsed, Later, Limit, Rolled, Within, WorkingDays
from kesu.procedure.pausing import Rule
from kesu.procedure.timetable import OfficeHours, RoundTheClock, Time


def rule_of(limit: Limit, begun: int, time: Time, asked: date | datetime | None) -> Rule | None:
    """The limit from that start (epoch seconds). None for a customer's date that was never named."""
    if isinstance(limit, Within):
        return _length_of_time(limit, begun, time)
    zone = time.zone
    first = day_of(begun, zone)
    match limit:
        case DayEnd():
            return _day_end(first + timedelta(limit.later), zone)
        case Later(midnight=True):
            return _day_end(_later_day(first, limit), zone)
        case Later():
            at = instant(zone, _later_day(first, limit), _second_of_day(begun, zone))
            return Rule("elapsed", lambda taken: at + taken, _length)
        case WorkingDays():
            return _working_days(limit, begun, time)
        case CustomerDate():
            return None if asked is None else _fixed(_ahead_of(_asked(asked, zone), limit.ahead, zone))
        case EachMonth() | EachYear():
            return _fixed(midnight_after(zone, _next_date(limit, first)))
    raise TypeError(f"no rule for {limit!r}")


def _length_of_time(limit: Within, begun: int, time: Time) -> Rule:
    seconds = limit.seconds
    if isinstance(limit, Elapsed):
        return Rule("elapsed", lambda taken: begun + seconds + taken, _length)
    counts = "working" if isinstance(time, OfficeHours) else "elapsed"
    return Rule(counts, lambda taken: time.add_epoch(begun, seconds + taken), time.between_epoch)


def rolled_start(limit: Rolled, begun: int, time: Time) -> int:
    """Where the limit really starts: itself in opening hours before the cut-off, else the next opening (of the next working day).

    Raises TimeRefused when the clock has no opening hours.
    """
    if isinstance(time, RoundTheClock):
        raise TimeRefused(
            f"时限「{limit}」要看上班时间，但这个时钟不分昼夜",
            f"the limit {limit!s} needs opening hours, but the clock runs round the clock",
        )
    at = local(begun, time.zone)
    if limit.cut_off is not None and time.works_on(at.date()) and at.hour * 60 + at.minute >= limit.cut_off:
        begun = midnight_after(time.zone, at.date())
    return epoch(time.next_open(local(begun, time.zone)))


def out_of_rest(at: int, time: Time) -> int:
    """The end of a day (24:00), or of the next working day when that is a day of rest (民法典 203).

    Raises TimeRefused when the clock knows no working days, BeyondCalendar when none comes within three years.
    """
    if isinstance(time, RoundTheClock):
        raise TimeRefused("这个时限要看工作日，但这个时钟不分昼夜", "the limit moves to working days, but the clock runs round the clock")
    last = last_day_of(at, time.zone)
    return midnight_after(time.zone, last if time.works_on(last) else time.working_day(last, 1))


def counts_from(limit: WorkingDays, begun: int, hours: OfficeHours) -> date:
    """The date after which working days are counted: the start day, or the day before when the start day is day 1.

    A start after closing time cannot have that day as its day 1 when the limit ends at closing time.
    """
    first = day_of(begun, hours.zone)
    if not limit.counting_start:
        return first
    over = limit.end == "close" and hours.works_on(first) and epoch(hours.closing(first)) <= begun
    return first if over else first - timedelta(1)


def _working_days(limit: WorkingDays, begun: int, time: Time) -> Rule:
    if isinstance(time, RoundTheClock):
        raise TimeRefused(
            f"时限「{limit}」按工作日算，但这个时钟不分昼夜", f"the limit {limit!s} counts working days, but the clock runs round the clock"
        )
    before = counts_from(limit, begun, time)
    return Rule(
        "workdays",
        lambda taken: _ends(limit, time.working_day(before, limit.number + taken), begun, time),
        lambda start, end: _working_marks(limit, start, end, begun, time),
        DAY,
    )


def _ends(limit: WorkingDays, day: date, begun: int, hours: OfficeHours) -> int:
    if limit.end == "close":
        return epoch(hours.closing(day))
    if limit.end != "same-time":
        return midnight_after(hours.zone, day)
    if hours.works_on(day_of(begun, hours.zone)):
        return instant(hours.zone, day, _second_of_day(begun, hours.zone))
    # A day of rest has no time of day to share: as if begun when the next working day does, so that waiting never makes it sooner.
    return instant(hours.zone, day) if limit.counting_start else midnight_after(hours.zone, day)


def _working_marks(limit: WorkingDays, start: int, end: int, begun: int, hours: OfficeHours) -> int:
    """How many working days reach the moment at which they could have been the last one while the pause lasts."""
    across = (day for day in days(day_of(start, hours.zone), day_of(end, hours.zone)) if hours.works_on(day))
    return sum(start < _ends(limit, day, begun, hours) <= end for day in across)


def _midnights(start: int, end: int, zone: ZoneInfo) -> list[date]:
    """The dates whose 24:00 lies after `start` and not after `end`."""
    first, last = day_of(start, zone), day_of(end, zone)
    return [first + timedelta(number) for number in range((last - first).days)]


def _day_end(last: date, zone: ZoneInfo) -> Rule:
    return Rule(
        "days",
        lambda taken: midnight_after(zone, last + timedelta(taken)),
        lambda start, end: len(_midnights(start, end, zone)),
        DAY,
    )


def _fixed(at: int) -> Rule:
    return Rule("date", lambda _taken: at, lambda _start, _end: 0)


def _length(start: int, end: int) -> int:
    return end - start


def _second_of_day(moment: int, zone: ZoneInfo) -> int:
    wall = local(moment, zone)
    return wall.hour * 3600 + wall.minute * 60 + wall.second


def _later_day(first: date, limit: Later) -> date:
    """The last day. Where the first day counts it is the day before: from 1 March to the 31st; from 31 January to the end of February."""
    if limit.counting_start and limit.unit == "mo" and first.day > 1:
        return _months_later(first - timedelta(1), limit.number)
    if limit.counting_start:
        return (first + timedelta(weeks=limit.number) if limit.unit == "w" else _months_later(first, limit.number)) - timedelta(1)
    return first + timedelta(weeks=limit.number) if limit.unit == "w" else _months_later(first, limit.number)


def _months_later(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return _day_in(first.year + years, month + 1, first.day)


def _day_in(year: int, month: int, day: int) -> date:
    """That day, or the month's last one when it is shorter (P-12: the 30th in February)."""
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _next_date(limit: EachMonth | EachYear, first: date) -> date:
    """The first such day that is not before `first`."""
    if isinstance(limit, EachYear):
        this = _day_in(first.year, limit.month, limit.day)
        return this if this >= first else _day_in(first.year + 1, limit.month, limit.day)
    this = _day_in(first.year, first.month, limit.day)
    later = _months_later(first.replace(day=1), 1)
    return this if this >= first else _day_in(later.year, later.month, limit.day)


def _asked(asked: date | datetime, zone: ZoneInfo) -> int:
    """A bare date means its 24:00."""
    return epoch(asked) if isinstance(asked, datetime) else midnight_after(zone, asked)


def _ahead_of(named: int, ahead: int, zone: ZoneInfo) -> int:
    """The date itself, or 24:00 of the day so many days before its day. A date that ends with a day (24:00) belongs to that day."""
    return midnight_after(zone, last_day_of(named, zone) - timedelta(ahead)) if ahead else named
