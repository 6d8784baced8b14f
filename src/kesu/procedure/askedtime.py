"""The timetable and the moments of a question about time, as JSON spells them. What may stand there: `docs/due.md`."""

from __future__ import annotations

import marshal
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kesu.procedure.instants import FIRST_YEAR, LAST_YEAR, TimeRefused, epoch, minutes, zone_of
from kesu.procedure.officialdays import OFF, OfficialDay, OfficialDays
from kesu.procedure.openings import beyond
from kesu.procedure.timetable import WHOLE_DAY, OfficeHours, RoundTheClock, Time

MOST_KNOWN = 256
"""Timetables kept; one that was asked about weeks has some ten kilobytes, about decades some megabytes."""
ROUND = "24x7"
OWN_DAY_OFF = "公司假日"
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_MOMENT = re.compile(
    r"[0-9]{4}-?(?:[0-9]{2}-?[0-9]{2}|W[0-9]{2}-?[0-9])[T ][0-9]{2}(?::?[0-9]{2}(?::?[0-9]{2}(?:[.,][0-9]{1,9})?)?)?"
    r"(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_MIDNIGHT = re.compile(r"(.{8,10}[T ])24((?::?00){0,2})((?:Z|[+-].*)?)")
Calendars = Callable[[str], OfficialDays]


class WrongQuestion(TimeRefused):
    """A question that cannot be answered; `code` is for machines."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.code = code


def time_asked(asked: Mapping[str, Any], calendars: Calendars) -> Time:
    """The time that a question is asked in. Raises WrongQuestion."""
    written = tuple(map(asked.get, ("zone", "hours", "calendar", "holidays", "special")))
    spelt = marshal.dumps(written, 0)  # the quickest way to tell two spellings apart; it is never read back
    made = _known.pop(spelt, None)
    if made is None:
        if len(_known) >= MOST_KNOWN:
            del _known[next(iter(_known))]
        try:
            made = _made(written, calendars)
        except WrongQuestion:
            raise
        except TimeRefused as wrong:
            raise WrongQuestion("hours", wrong.reason_zh, wrong.reason_en) from wrong
    _known[spelt] = made
    return made


_known: dict[bytes, Time] = {}  # as the lines spell them, the last one used last: made once for as many lines as ask in it


def _made(written: tuple[Any, ...], calendars: Calendars) -> Time:
    zone, hours, calendar, holidays, special = written
    place, official = _zone(zone), _official(calendar, calendars)
    off, days = _dates(holidays), _special(special)
    if hours == ROUND and official is None and not off and not days:
        return RoundTheClock(place)
    if off:
        official = _with_own(official, off)
    return OfficeHours(place, _week(hours), official, days, makeup_replaces=True)


def _zone(zone: Any) -> ZoneInfo:
    if not isinstance(zone, str):
        raise WrongQuestion("zone", "要写 zone，如 Asia/Shanghai", "zone is missing; write one like Asia/Shanghai")
    try:
        return zone_of(zone)
    except TimeRefused as unknown:
        raise WrongQuestion("zone", unknown.reason_zh, unknown.reason_en) from unknown


def _official(name: Any, calendars: Calendars) -> OfficialDays | None:
    if name is None:
        return None
    try:
        return calendars(str(name))
    except (OSError, KeyError) as unknown:
        raise WrongQuestion("calendar", f"没有“{name}”这个日历", f"there is no calendar {name!r}") from unknown


def _with_own(official: OfficialDays | None, off: list[date]) -> OfficialDays:
    """A country's days with the questioner's own over them; where there is no country, nothing has to be announced."""
    rows = [OfficialDay(day, OFF, OWN_DAY_OFF) for day in off]
    if official is not None:
        return official.with_rows(rows)
    own = OfficialDays(rows, confirmed_until=date.max)
    own.confirmed_from = date.min
    return own


# hours


def _week(hours: Any) -> dict[int, list[tuple[int, int]]]:
    if hours == ROUND:
        return dict.fromkeys(range(7), list(WHOLE_DAY))
    if not isinstance(hours, dict):
        raise WrongQuestion(
            "hours", 'hours 要写 "24x7" 或 {"mon": [["09:00", "12:00"]]}', 'hours must be "24x7" or {"mon": [["09:00", "12:00"]]}'
        )
    from_zero = "0" in hours
    week: dict[int, list[tuple[int, int]]] = {}
    for name, windows in hours.items():
        day = _weekday(name, from_zero)
        if day in week:
            raise WrongQuestion("hours", f"“{name}”写了两次", f"{name!r} is there twice")
        week[day] = _windows(windows)
    return week


def _weekday(name: str, from_zero: bool) -> int:
    """mon, Monday, 周一; 1–7 as in ISO 8601, or 0–6 from Monday where a 0 is among them."""
    spelt = name.strip().lower()
    if re.fullmatch("[0-9]", spelt):
        number = int(spelt) if from_zero else int(spelt) - 1
        if number in range(7):
            return number
    for number, (en, zh) in enumerate(zip(_WEEKDAYS, _ZH, strict=True)):
        if spelt == zh or (len(spelt) >= 3 and en.startswith(spelt)):
            return number
    raise WrongQuestion("hours", f"“{name}”不是星期，写成 mon、tue … sun", f"{name!r} is no weekday; write mon, tue … sun")


def _windows(windows: Any) -> list[tuple[int, int]]:
    if not isinstance(windows, list):
        raise WrongQuestion("hours", '时段要写成 [["09:00", "12:00"]]', 'windows are written [["09:00", "12:00"]]')
    return [_window(window) for window in windows]


def _window(window: Any) -> tuple[int, int]:
    if not (isinstance(window, list) and len(window) == 2 and all(isinstance(edge, str) for edge in window)):
        raise WrongQuestion("hours", '时段要写成 ["09:00", "12:00"]', 'a window is written ["09:00", "12:00"]')
    return minutes(window[0]), minutes(window[1])


def _dates(days: Any) -> list[date]:
    if days is None:
        return []
    if not isinstance(days, list):
        raise WrongQuestion("holidays", 'holidays 要写成 ["2026-10-01"]', 'holidays are written ["2026-10-01"]')
    return [date_of(day) for day in days]


def _special(days: Any) -> dict[date, list[tuple[int, int]]]:
    if days is None:
        return {}
    if not isinstance(days, dict):
        raise WrongQuestion("special", "special 要写成 {日期: 时段}", "special is written {date: windows}")
    found = {date_of(day): list(WHOLE_DAY) if windows == ROUND else _windows(windows) for day, windows in days.items()}
    if len(found) < len(days):
        raise WrongQuestion("special", "special 里有一天写了两次", "special has a day twice")
    return found


# dates and moments


def date_of(text: Any) -> date:
    """A date such as 2026-10-01. Raises WrongQuestion."""
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError) as wrong:
        raise WrongQuestion("date", f"不是日期：{text}，写成 2026-10-01", f"not a date: {text!r}; write 2026-10-01") from wrong


def moment_of(text: Any, zone: ZoneInfo) -> datetime:
    """A time in ISO 8601; without offset it is what the wall clock of the zone shows, the first time where that is shown twice.

    Raises WrongQuestion, also for a time that the wall clock skips and for a bare date; BeyondCalendar outside 1970–2199.
    """
    at = _read(text)
    if at is None:
        raise WrongQuestion("time", f"看不懂时间：{text}，写成 2026-11-20T14:22:00+08:00", f"cannot read the time {text!r}; write ISO 8601")
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise beyond()
    if at.tzinfo is not None:
        return at
    here = at.replace(tzinfo=zone)
    if datetime.fromtimestamp(epoch(here), zone).replace(tzinfo=None) != at.replace(microsecond=0):
        raise WrongQuestion("gap", f"{text}：那天的钟拨快了，没有这个时刻", f"{text}: the clocks went forward, there is no such time")
    return here


def _read(text: Any) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        if _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:
        return _midnight(text)
    return None


def _midnight(text: str) -> datetime | None:
    """24:00, the end of a day, which ISO 8601 allows and Python does not know."""
    found = _MIDNIGHT.fullmatch(text)
    try:
        return datetime.fromisoformat(f"{found[1]}00{found[2]}{found[3]}") + timedelta(1) if found else None
    except (ValueError, OverflowError):
        return None
