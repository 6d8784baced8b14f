"""Questions about time, one JSON object each: when is it due and why, how much working time lies between, is it open. Pure.

What `kesu due` reads and answers; `docs/due.md` is the reference. An impossible question is answered with what is wrong with it.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kesu.procedure.due import Pause, due
from kesu.procedure.duewords import why_json, why_words
from kesu.procedure.instants import TimeRefused, epoch, minutes, zone_of
from kesu.procedure.officialdays import OfficialDays
from kesu.procedure.pausing import merged
from kesu.procedure.timetable import OfficeHours, RoundTheClock, Time

LONGEST_LINE = 1_000_000  # characters; a question is a few hundred
KNOWN = ("id", "zone", "hours", "calendar", "holidays", "special", "start", "limit", "pauses", "customer_date", "end", "at")
MOST_KNOWN = 1000  # timetables kept; a year of one is some hundred kilobytes
ROUND = "24x7"
WHOLE_DAY = [(0, 1440)]
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
Calendars = Callable[[str], OfficialDays]


class _Wrong(TimeRefused):
    """A question that cannot be answered; `code` is for machines."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.code = code


def answer(line: str, calendars: Calendars, words: str = "") -> dict[str, Any]:
    """The answer to one line; `words` ("zh", "en") adds the reckoning in words. Never raises for what stands in the line.

    `calendars`: name → official days; raises OSError or KeyError for a name it does not know.
    """
    asked: Any = None
    try:
        asked = _read(line)
        return {"id": asked.get("id"), **_answered(asked, calendars, words)}
    except TimeRefused as wrong:
        return _fault(asked, getattr(wrong, "code", "time"), f"{wrong.reason_zh} / {wrong.reason_en}")
    except (OverflowError, ValueError, RecursionError):
        return _fault(asked, "time", "这一行算不出来，请核对数字 / this line cannot be reckoned; check its numbers")


def _fault(asked: Any, code: str, words: str) -> dict[str, Any]:
    return {"id": asked.get("id") if isinstance(asked, dict) else None, "error": words, "code": code}


def _read(line: str) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        raise _Wrong("json", "这一行太长", "this line is too long")
    try:
        asked = json.loads(line, parse_constant=_no_number)
    except (ValueError, RecursionError) as wrong:
        raise _Wrong("json", "这一行不是 JSON 对象", f"this line is no JSON object ({type(wrong).__name__})") from wrong
    if not isinstance(asked, dict):
        raise _Wrong("json", "这一行要是一个 JSON 对象", "this line must be a JSON object")
    return asked


def _no_number(text: str) -> None:
    raise ValueError(text)


def _answered(asked: dict[str, Any], calendars: Calendars, words: str) -> dict[str, Any]:
    _no_slips(asked)
    kinds = [key for key in ("limit", "end", "at") if asked.get(key) is not None]
    if len(kinds) != 1:
        raise _Wrong("question", "limit、end、at 要有且只有一个", "exactly one of limit, end and at must be there")
    time = _time(asked, calendars)
    if kinds[0] == "at":
        if asked.get("start") is not None:
            raise _Wrong("question", "问 at 时不写 start", "at goes without start")
        return {"open": time.is_open(_moment(asked, "at", time.zone))}
    start = _moment(asked, "start", time.zone)
    pauses = _pauses(asked.get("pauses"), time.zone)
    return _due(asked, start, pauses, time, words) if kinds[0] == "limit" else _between(asked, start, pauses, time)


def _no_slips(asked: Mapping[str, Any]) -> None:
    """Other keys are let be (notes of whoever asks), but not a known one misspelt: it would silently not count."""
    for key in asked:
        if key not in KNOWN and (near := difflib.get_close_matches(key, KNOWN, 1, 0.8)):
            raise _Wrong("key", f"不认识“{key}”，是不是 {near[0]}", f"unknown key {key!r}; did you mean {near[0]}?")


def _due(asked: Mapping[str, Any], start: datetime, pauses: list[Pause], time: Time, words: str) -> dict[str, Any]:
    limit = asked["limit"]
    if not isinstance(limit, str):
        raise _Wrong("limit", "limit 要写成文字，如 90m、2wd", "limit must be text such as 90m or 2wd")
    wanted = _moment(asked, "customer_date", time.zone) if asked.get("customer_date") is not None else None
    found = due(limit, start, time, pauses=pauses, customer_date=wanted)
    if found is None:
        raise _Wrong(
            "customer_date", "这个时限要客户的日期：写上 customer_date", "this limit needs the customer's date: write customer_date"
        )
    said = {"words": why_words(found, words)} if words else {}
    why = why_json(found)
    return {"due": found.at.isoformat(), "limit": why["limit"], "confirmed": found.confirmed, "why": why["why"], **said}


def _between(asked: Mapping[str, Any], start: datetime, pauses: list[Pause], time: Time) -> dict[str, Any]:
    end = _moment(asked, "end", time.zone)
    begun, ends = epoch(start), epoch(end)
    if ends < begun:
        raise _Wrong("order", "end 早于 start", "end lies before start")
    seconds = time.between_epoch(begun, ends)
    for held in merged(pauses, begun, end):
        seconds -= time.between_epoch(min(held.start, ends), min(held.end, ends))
    whole, rest = divmod(seconds, 60)
    return {"minutes": whole if not rest else round(seconds / 60, 4)}


# zone, hours, calendar
def _time(asked: Mapping[str, Any], calendars: Calendars) -> Time:
    zone = asked.get("zone")
    if not isinstance(zone, str):
        raise _Wrong("zone", "要写 zone，如 Asia/Shanghai", "zone is missing; write one like Asia/Shanghai")
    hours, calendar, holidays, special = (asked.get(key) for key in ("hours", "calendar", "holidays", "special"))
    spelt = repr((zone, hours, calendar, holidays, special))
    made = _known.get(spelt)
    if made is None:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        made = _known[spelt] = _made(zone, hours, calendar, holidays, special, calendars)
    return made


_known: dict[str, Time] = {}  # as the lines spell them: made once for as many lines as ask in it


def _made(zone: str, hours: Any, calendar: Any, holidays: Any, special: Any, calendars: Calendars) -> Time:
    place, official = zone_of(zone), _official(calendar, calendars)
    days: dict[date, list[tuple[int, int]]] = {day: [] for day in _dates(holidays)}
    days.update(_special(special))
    if hours == ROUND and official is None and not days:
        return RoundTheClock(place)
    return OfficeHours(place, _week(hours), official, days, makeup_replaces=True)


def _official(name: Any, calendars: Calendars) -> OfficialDays | None:
    if name is None:
        return None
    try:
        return calendars(str(name))
    except (OSError, KeyError) as unknown:
        raise _Wrong("calendar", f"没有“{name}”这个日历", f"there is no calendar {name!r}") from unknown


def _week(hours: Any) -> dict[int, list[tuple[int, int]]]:
    if hours == ROUND:
        return dict.fromkeys(range(7), WHOLE_DAY)
    if not isinstance(hours, dict):
        raise _Wrong("hours", 'hours 要写 "24x7" 或 {"mon": [["09:00", "12:00"]]}', 'hours must be "24x7" or {"mon": [["09:00", "12:00"]]}')
    from_zero = "0" in hours
    week: dict[int, list[tuple[int, int]]] = {}
    for name, windows in hours.items():
        day = _weekday(name, from_zero)
        if day in week:
            raise _Wrong("hours", f"“{name}”写了两次", f"{name!r} is there twice")
        week[day] = _windows(windows)
    return week


def _weekday(name: str, from_zero: bool) -> int:
    """mon, Monday, 周一; 1–7 as in ISO 8601, or 0–6 from Monday where a 0 is among them."""
    spelt = name.strip().lower()
    if spelt.isdecimal() and len(spelt) == 1:
        number = int(spelt) if from_zero else int(spelt) - 1
        if number in range(7):
            return number
    for number, (en, zh) in enumerate(zip(_WEEKDAYS, _ZH, strict=True)):
        if spelt == zh or (len(spelt) >= 3 and en.startswith(spelt)):
            return number
    raise _Wrong("hours", f"“{name}”不是星期，写成 mon、tue … sun", f"{name!r} is no weekday; write mon, tue … sun")


def _windows(windows: Any) -> list[tuple[int, int]]:
    if not isinstance(windows, list):
        raise _Wrong("hours", '时段要写成 [["09:00", "12:00"]]', 'windows are written [["09:00", "12:00"]]')
    found = []
    for window in windows:
        if not (isinstance(window, list) and len(window) == 2 and all(isinstance(edge, str) for edge in window)):
            raise _Wrong("hours", '时段要写成 ["09:00", "12:00"]', 'a window is written ["09:00", "12:00"]')
        found.append((minutes(window[0]), minutes(window[1])))
    return found


def _dates(days: Any) -> list[date]:
    if days is None:
        return []
    if not isinstance(days, list):
        raise _Wrong("holidays", 'holidays 要写成 ["2026-10-01"]', 'holidays are written ["2026-10-01"]')
    return [_date(day) for day in days]


def _special(days: Any) -> dict[date, list[tuple[int, int]]]:
    if days is None:
        return {}
    if not isinstance(days, dict):
        raise _Wrong("special", "special 要写成 {日期: 时段}", "special is written {date: windows}")
    return {_date(day): WHOLE_DAY if windows == ROUND else _windows(windows) for day, windows in days.items()}


def _date(text: Any) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError) as wrong:
        raise _Wrong("date", f"不是日期：{text}，写成 2026-10-01", f"not a date: {text!r}; write 2026-10-01") from wrong


# moments
def _moment(asked: Mapping[str, Any], key: str, zone: ZoneInfo) -> datetime:
    if asked.get(key) is None:
        raise _Wrong(key, f"缺 {key}", f"{key} is missing")
    return _instant(asked[key], zone)


def _instant(text: Any, zone: ZoneInfo) -> datetime:
    """A time in ISO 8601; without offset it is what the wall clock of the zone shows. Refuses one that daylight saving skips."""
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError) as wrong:
        raise _Wrong(
            "time", f"看不懂时间：{text}，写成 2026-11-20T14:22:00+08:00", f"cannot read the time {text!r}; write ISO 8601"
        ) from wrong
    if at.tzinfo is not None:
        return at
    at = at.replace(tzinfo=zone)
    if datetime.fromtimestamp(at.timestamp(), zone).replace(tzinfo=None) != at.replace(tzinfo=None):
        raise _Wrong("gap", f"{text} 那天的钟拨快了，没有这个时刻", f"{text}: the clocks went forward, there is no such time")
    return at


def _pauses(pauses: Any, zone: ZoneInfo) -> list[Pause]:
    if pauses is None:
        return []
    if not isinstance(pauses, list):
        raise _Wrong("pauses", "pauses 要写成 [[从, 到], …]", "pauses are written [[from, to], …]")
    found = []
    for pause in pauses:
        if not (isinstance(pause, list) and len(pause) == 2):
            raise _Wrong("pauses", "每个暂停要写 [从, 到]", "each pause is written [from, to]")
        start, end = (_instant(edge, zone) for edge in pause)
        if end - start < timedelta():
            raise _Wrong("pauses", "暂停的结束早于开始", "a pause ends before it begins")
        found.append(Pause(start, end))
    return found
