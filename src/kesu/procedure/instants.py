"""Instants and wall clocks: whole epoch seconds on one side, a zone's days and minutes on the other.

The arithmetic of time runs on integers (seconds since 1970-01-01T00:00Z); datetimes appear only at the edge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAY = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.toordinal()
_SECOND = timedelta(seconds=1)
FIRST_YEAR, LAST_YEAR = 1970, 2199


class TimeRefused(ValueError):
    """A time, a window or a calendar that cannot be meant; the reason is for people, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} ({en})")
        self.reason_zh, self.reason_en = zh, en


class BeyondCalendar(TimeRefused):
    """The reckoning would leave the years a timetable can answer for, or nobody opens for three years on end."""


def zone_of(zone: str | ZoneInfo) -> ZoneInfo:
    """The zone of that name. Raises TimeRefused for a name the system does not know."""
    if isinstance(zone, ZoneInfo):
        return zone
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise TimeRefused(f"没有这个时区：{zone}", f"there is no time zone {zone!r}") from unknown


def zone_from(at: datetime) -> ZoneInfo:
    """The zone a time is told in; UTC where it has a bare offset."""
    return at.tzinfo if isinstance(at.tzinfo, ZoneInfo) else zone_of("UTC")


def epoch(at: datetime) -> int:
    """Whole seconds since 1970, rounded down. Raises TimeRefused for a time without a zone.

    Wall clock less offset, where the whole day keeps one offset: within a zone Python subtracts wall clocks, in a fraction of the time.
    """
    steady = _steady.get(at.tzinfo)
    if steady is not None:
        wall = at - steady[0]
        offset = steady[1].get(wall.days)
        if offset is not None:
            return wall.days * DAY + wall.seconds - offset
    return _epoch(at)


_steady: dict[tzinfo | None, tuple[datetime, dict[int, int | None]]] = {}
"""Per zone: its 1970-01-01T00:00, and the offset of each day asked for that keeps one; None for a day on which the clocks change."""
_MOST_ZONES = 1000


def _epoch(at: datetime) -> int:
    """The same by Python's own way; what there is to remember of the day is remembered."""
    try:
        seconds = (at - _EPOCH) // _SECOND
    except TypeError as naive:
        raise TimeRefused(f"时间没有时区：{at}", f"the time {at} has no time zone") from naive
    if isinstance(at.tzinfo, ZoneInfo) and FIRST_YEAR <= at.year <= LAST_YEAR:
        if len(_steady) > _MOST_ZONES:
            _steady.clear()
        zone, day = at.tzinfo, at.date()
        before, after = _offsets(zone, day)
        known = _steady.setdefault(zone, (datetime(1970, 1, 1, tzinfo=zone), {}))[1]
        known[day.toordinal() - _EPOCH_DAY] = before if before == after else None
    return seconds


def local(seconds: int, zone: ZoneInfo) -> datetime:
    """The wall-clock time of an instant. Raises BeyondCalendar outside 1970–2199."""
    try:
        at = datetime.fromtimestamp(seconds, zone)
    except (OverflowError, ValueError, OSError):
        at = None
    if at is None or not FIRST_YEAR <= at.year <= LAST_YEAR + 1:
        raise BeyondCalendar(f"只能算 {FIRST_YEAR} 到 {LAST_YEAR} 年的时间", f"only the years {FIRST_YEAR} to {LAST_YEAR} can be reckoned")
    return at


@lru_cache(maxsize=65_536)
def iso(seconds: int, zone: ZoneInfo) -> str:
    """An instant in ISO 8601, in the zone's wall-clock time with its offset. Kept: reckonings meet the same openings again and again."""
    return local(seconds, zone).isoformat()


def day_of(seconds: int, zone: ZoneInfo) -> date:
    """The local date of an instant."""
    return local(seconds, zone).date()


def last_day_of(seconds: int, zone: ZoneInfo) -> date:
    """The local date an instant closes: midnight belongs to the day that ends there (24:00)."""
    return day_of(seconds - 1, zone)


def _offset(zone: ZoneInfo, day: date, fold: int) -> int:
    return _seconds(datetime(day.year, day.month, day.day, tzinfo=zone, fold=fold).utcoffset())


@lru_cache(maxsize=32_768)
def _offsets(zone: ZoneInfo, day: date) -> tuple[int, int]:
    """The offsets with which a day begins and ends. Kept: every timetable of a zone asks for the same days."""
    return _offset(zone, day, 0), _offset(zone, day + timedelta(1), 1)


def midnights(zone: ZoneInfo, day: date) -> tuple[int, int]:
    """00:00 of a day, read before and after a change of the clocks; mostly one and the same."""
    base = (day.toordinal() - _EPOCH_DAY) * DAY
    return base - _offset(zone, day, 0), base - _offset(zone, day, 1)


def _seconds(offset: timedelta | None) -> int:
    return int(offset.total_seconds()) if offset is not None else 0


def instant(zone: ZoneInfo, day: date, second: int = 0) -> int:
    """The instant when the wall clock of `day` shows `second` (0–86400). A time that daylight saving skips moves past the gap."""
    base = (day.toordinal() - _EPOCH_DAY) * DAY
    if not second:
        return base - _offsets(zone, day)[0]
    wall = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(seconds=second)  # within one zone this is wall-clock arithmetic
    return base + second - _seconds(wall.utcoffset())


def midnight_after(zone: ZoneInfo, day: date) -> int:
    """24:00 of a day."""
    return instant(zone, day + timedelta(1))


def days(first: date, last: date) -> Iterator[date]:
    """Every date from `first` to `last`, both included."""
    for number in range((last - first).days + 1):
        yield first + timedelta(number)


def open_stretches(zone: ZoneInfo, day: date, windows: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    """The instants at which a day's wall clock stands inside one of the windows (minutes from midnight), in order.

    On a day when the clocks change, an hour that is skipped counts nothing and an hour that is repeated counts twice.
    """
    base = (day.toordinal() - _EPOCH_DAY) * DAY
    before, after = _offsets(zone, day)
    if before == after:
        return [(base + a * 60 - before, base + b * 60 - before) for a, b in windows]
    turn = _turn(zone, base - max(before, after) - DAY, base + DAY - min(before, after) + 3600, before)
    pieces = [(base + a * 60 - before, min(base + b * 60 - before, turn)) for a, b in windows]
    pieces += [(max(base + a * 60 - after, turn), base + b * 60 - after) for a, b in windows]
    return sorted(piece for piece in pieces if piece[0] < piece[1])


def _turn(zone: ZoneInfo, early: int, late: int, before: int) -> int:
    """The first second between two instants at which the zone no longer keeps the offset `before`."""
    while late - early > 1:
        middle = (early + late) // 2
        if _seconds(datetime.fromtimestamp(middle, zone).utcoffset()) == before:
            early = middle
        else:
            late = middle
    return late


def minutes(text: str) -> int:
    """ "09:30" → 570; "24:00" → 1440, allowed as the end of a window. Raises TimeRefused for 25:00, 9.30, 24:01."""
    found = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})", text.strip())
    total = int(found[1]) * 60 + int(found[2]) if found else -1
    if not found or int(found[2]) > 59 or total > 1440:
        raise TimeRefused(f"不是一天里的时间：{text}，要写成 09:00 到 24:00", f"{text!r} is not a time of day; write 00:00 to 24:00")
    return total
