"""Time in words: how much is left, when it is due, and why then. Chinese first, English complete.

Words follow the design language: two units at most, rounded towards less left, 24-hour clock, midnight as 24:00.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from kesu.procedure.instants import epoch, iso, local, zone_from, zone_of
from kesu.procedure.limits import MONTHS, parse_limit
from kesu.procedure.officialdays import english_name

if TYPE_CHECKING:
    from kesu.procedure.due import Due, Why

FIRST_DAY = "first-day"
"""The name of the rest of a start day that does not count."""

_WEEKDAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_ALL_STRETCHES = 8
"""With more stretches than this, ordinary ones (nights, lunches, weekends) are summed up; days off and pauses stay apart."""


# How much is left


def left_words(due_at: datetime, at: datetime, lang: str, zone: str | ZoneInfo | None = None) -> str:  # noqa: ARG001 – elapsed time is the same in every zone
    """ "还剩 2 小时 28 分", "已超 1 小时 12 分": elapsed time as the wall clock shows it, not open time."""
    seconds = epoch(due_at) - epoch(at)
    if 0 <= seconds < _MINUTE:
        return "还剩不到 1 分钟" if _zh(lang) else "less than 1 min left"
    amount = _amount(_rounded_down(seconds) if seconds > 0 else _rounded_up(-seconds), lang)
    if _zh(lang):
        return f"还剩 {amount}" if seconds > 0 else f"已超 {amount}"
    return f"{amount} left" if seconds > 0 else f"{amount} late"


def late_words(seconds: int, lang: str) -> str:
    """How late something is or was, in the units of `left_words`: "4 天", "1 小时 12 分"."""
    return _amount(_rounded_up(max(seconds, _MINUTE)), lang)


def duration_words(seconds: int, lang: str) -> str:
    """A length in hours and minutes: "39 小时 35 分", "48 小时", "10 分钟", "45 秒"."""
    if seconds < _MINUTE:
        return f"{seconds} 秒" if _zh(lang) else f"{seconds} s"
    return _units(("h", seconds // _HOUR), ("m", seconds % _HOUR // _MINUTE), lang)


def _rounded_down(seconds: int) -> int:
    return seconds - seconds % _step(seconds)


def _rounded_up(seconds: int) -> int:
    """Up to the unit that is shown; rounding may reach the next unit, so it goes from small to large."""
    for step in (_MINUTE, _HOUR, _DAY):
        if step <= _step(seconds):
            seconds = -(-seconds // step) * step
    return seconds


def _step(seconds: int) -> int:
    """The smallest unit that is shown of so long a time."""
    if seconds >= 3 * _DAY:
        return _DAY
    return _HOUR if seconds >= _DAY else _MINUTE


def _amount(seconds: int, lang: str) -> str:
    if seconds >= 3 * _DAY:
        number = seconds // _DAY
        return f"{number} 天" if _zh(lang) else f"{number} days"
    if seconds >= _DAY:
        return _units(("d", seconds // _DAY), ("h", seconds % _DAY // _HOUR), lang)
    return _units(("h", seconds // _HOUR), ("m", seconds % _HOUR // _MINUTE), lang)


def _units(large: tuple[str, int], small: tuple[str, int], lang: str) -> str:
    names = {"d": "天", "h": "小时", "m": "分"} if _zh(lang) else {"d": "d", "h": "h", "m": "min"}
    shown = [f"{number} {names[unit]}" for unit, number in (large, small) if number]
    alone = " ".join(shown)
    return alone + "钟" if _zh(lang) and shown and not large[1] and small[0] == "m" else alone


# When it is due


def due_words(due_at: datetime, at: datetime, lang: str, zone: str | ZoneInfo) -> str:
    """ "14:38 前" today, "明天 10:05 前", "周日 14:32 前" within six days, "11 月 30 日前" beyond; midnight is 24:00 of the day it ends."""
    place = zone_of(zone)
    day, clock = _day_and_clock(due_at, place)
    clock = clock[:5]  # whole minutes, rounded towards less left
    today = local(epoch(at), place).date()
    ahead = (day - today).days
    if ahead > 6:
        return f"{_date(day, today, lang)}前" if _zh(lang) else f"by {_date(day, today, lang)}"
    named = _named_day(day, today, ahead, clock, lang)
    if _zh(lang):
        return f"{named} {clock} 前".strip()
    return f"by {named} {clock}" if ahead not in (-1, 0, 1) else f"by {clock} {named}".strip()


def _named_day(day: date, today: date, ahead: int, clock: str, lang: str) -> str:
    zh = _zh(lang)
    if ahead == 0:
        return ("今天" if zh else "today") if clock == "24:00" else ""
    if ahead in (-1, 1):
        return {1: "明天", -1: "昨天"}[ahead] if zh else {1: "tomorrow", -1: "yesterday"}[ahead]
    return (_WEEKDAYS_ZH if zh else _WEEKDAYS_EN)[day.weekday()] if ahead > 0 else _date(day, today, lang)


def _date(day: date, today: date, lang: str) -> str:
    other_year = day.year != today.year
    if _zh(lang):
        return (f"{day.year} 年 " if other_year else "") + f"{day.month} 月 {day.day} 日"
    return f"{day.day} {MONTHS[day.month - 1]}" + (f" {day.year}" if other_year else "")


def moment_words(at: datetime, lang: str, year: int = 0) -> str:
    """ "11 月 20 日 周五 15:02" in the moment's own zone, with the year when it is not `year`; midnight is 24:00 of the day it ends."""
    day, clock = _day_and_clock(at, zone_from(at))
    named = _date(day, day.replace(year=year, day=1) if year else day, lang)
    if _zh(lang):
        return f"{named} {_WEEKDAYS_ZH[day.weekday()]} {clock[:5]}"
    return f"{_WEEKDAYS_EN[day.weekday()]} {named} {clock[:5]}"


def _day_and_clock(moment: datetime, zone: ZoneInfo) -> tuple[date, str]:
    """The date and time of day as people say them: midnight is 24:00 of the day that ends."""
    wall = local(epoch(moment), zone)
    if wall.hour == wall.minute == wall.second == 0:
        return wall.date() - timedelta(1), "24:00"
    return wall.date(), f"{wall:%H:%M}" if not wall.second else f"{wall:%H:%M:%S}"


# Why then


def why_json(due: Due) -> dict[str, Any]:
    """The reckoning for machines: times in ISO 8601 with offset, lengths in seconds."""
    return {
        "due": due.at.isoformat(),
        "original": due.original_at.isoformat(),
        "limit": due.limit,
        "counts": due.counts,
        "confirmed": due.confirmed,
        "why": why_steps(due),
    }


def why_steps(due: Due) -> list[dict[str, Any]]:
    """The steps alone."""
    zone = zone_from(due.at)
    return [
        {"kind": kind, "start": iso(start, zone), "end": iso(end, zone), "seconds": seconds, "name": name}
        for kind, start, end, seconds, name in due.steps
    ]


def why_words(due: Due, lang: str) -> list[str]:
    """The reckoning line by line: start, what was counted, what was not and why, the limit, an extension, the result."""
    zh = _zh(lang)
    tellings = {
        "start": _told_start,
        "limit": _told_limit,
        "extended": _told_extended,
        "agreed": _told_agreed,
        "rest": _told_rest,
        "rolled": _told_rolled,
    }
    lines = [tellings.get(why.kind, _told_stretch)(why, due, lang) for why in _shortened(due.why)]
    if not due.confirmed:
        year = due.at.year
        lines.append(
            f"{year} 年的放假安排还没公布，到期时间可能变动"
            if zh
            else f"the days off of {year} are not announced yet; the due time may move"
        )
    day, clock = _day_and_clock(due.at, zone_from(due.at))
    lines.append(f"所以是 {_date(day, day, lang)} {clock} 前" if zh else f"so it is due by {_date(day, day, lang)} {clock}")
    return lines


def _shortened(whys: Iterable[Why]) -> Iterator[Why]:
    whys = list(whys)
    if sum(_ordinary(why) for why in whys) <= _ALL_STRETCHES:
        yield from whys
        return
    for ordinary, group in groupby(whys, key=_ordinary):
        together = list(group)
        yield from [_summed(together)] if ordinary else together


def _ordinary(why: Why) -> bool:
    return why.kind in ("counted", "lunch", "closed") and why.name != FIRST_DAY


def _summed(group: list[Why]) -> Why:
    if len(group) == 1:
        return group[0]
    counted = sum(why.seconds for why in group if why.kind == "counted")
    return type(group[0])("rest", group[0].start, group[-1].end, counted)


def _told_start(why: Why, _due: Due, lang: str) -> str:
    return f"{_when(why.start, lang)} 起算" if _zh(lang) else f"starts {_when(why.start, lang)}"


def _told_limit(why: Why, due: Due, lang: str) -> str:
    words = parse_limit(why.name).words(lang)
    hint = ("，只算上班时间" if _zh(lang) else ", office hours only") if due.counts == "working" else ""
    return f"时限：{words}{hint}" if _zh(lang) else f"limit: {words}{hint}"


def _told_extended(why: Why, _due: Due, lang: str) -> str:
    was, now = _when(why.start, lang), _when(why.end, lang)
    return f"经批准延到 {now}，原来是 {was}" if _zh(lang) else f"extended to {now}, was {was}"


def _told_agreed(why: Why, _due: Due, lang: str) -> str:
    was, now = _when(why.start, lang), _when(why.end, lang)
    return (
        f"客户约的时间在后面，等到 {now}，原来是 {was}" if _zh(lang) else f"the customer asked for a later time: moved to {now}, was {was}"
    )


def _told_rolled(why: Why, _due: Due, lang: str) -> str:
    begins = _when(why.end, lang)
    return f"收到时已不接收，从 {begins} 算起" if _zh(lang) else f"received out of hours: counted from {begins}"


def _told_rest(why: Why, due: Due, lang: str) -> str:
    stretch = _from_to(why, lang)
    if due.counts != "working":
        return f"{stretch} 按工作日计入，休息日不计" if _zh(lang) else f"{stretch}: working days counted, days of rest not"
    counted = duration_words(why.seconds, lang)
    return (
        f"{stretch} 计入 {counted}，午休、下班和休息日不计"
        if _zh(lang)
        else f"{stretch}: {counted} counted, breaks, nights and days of rest not"
    )


def _told_stretch(why: Why, due: Due, lang: str) -> str:
    joint = " " if _zh(lang) else ": "
    return _from_to(why, lang) + joint + (_stretch_zh(why, due) if _zh(lang) else _stretch_en(why, due))


def _stretch_zh(why: Why, due: Due) -> str:
    if why.kind == "counted":
        return f"计入 {duration_words(why.seconds, 'zh')}" if due.counts in ("working", "elapsed") else "计入"
    if why.kind == "paused":
        return f"暂停{f'（{why.name}）' if why.name else ''}，{_moved_zh(why, due)}"
    if why.kind == "closed" and why.name == FIRST_DAY:
        return "当天不算"
    if why.kind == "moved":
        return f"最后一天放假{f'（{why.name}）' if why.name else ''}，顺延到下个工作日"
    return {"lunch": "午休", "closed": "不上班", "off_day": f"{why.name}放假"}[why.kind] + "，不计"


def _stretch_en(why: Why, due: Due) -> str:
    if why.kind == "counted":
        return f"{duration_words(why.seconds, 'en')} counted" if due.counts in ("working", "elapsed") else "counted"
    if why.kind == "paused":
        return f"paused{f' ({why.name})' if why.name else ''}, {_moved_en(why, due)}"
    if why.kind == "closed" and why.name == FIRST_DAY:
        return "the first day does not count"
    if why.kind == "moved":
        return f"the last day is one of rest{f' ({english_name(why.name)})' if why.name else ''}: moved to the next working day"
    return {"lunch": "break", "closed": "closed", "off_day": f"{english_name(why.name)} off"}[why.kind] + ", not counted"


def _moved_zh(why: Why, due: Due) -> str:
    if not why.seconds:
        return {"working": "都在不上班的时间，不顺延", "date": "约定的日期不变"}.get(due.counts, "没跨过一天的截止，不顺延")
    if due.counts in ("days", "workdays"):
        return f"顺延 {why.seconds // _DAY} " + ("天" if due.counts == "days" else "个工作日")
    return f"不计 {duration_words(why.seconds, 'zh')}"


def _moved_en(why: Why, due: Due) -> str:
    if not why.seconds:
        return {"working": "all of it out of hours, nothing moves", "date": "the agreed date stays"}.get(
            due.counts, "no day ended meanwhile, nothing moves"
        )
    if due.counts in ("days", "workdays"):
        number = why.seconds // _DAY
        return f"moves it by {number} " + ("day" if due.counts == "days" else "working day") + ("s" if number > 1 else "")
    return f"{duration_words(why.seconds, 'en')} not counted"


def _when(moment: datetime, lang: str) -> str:
    day, clock = _day_and_clock(moment, zone_from(moment))
    return f"{_date(day, day, lang)} {clock}"


def _from_to(why: Why, lang: str) -> str:
    start = local(epoch(why.start), zone_from(why.start))
    day, clock = _day_and_clock(why.end, zone_from(why.end))
    begins = f"{_date(start.date(), start.date(), lang)} {start:%H:%M}" + (f":{start:%S}" if start.second else "")
    if day == start.date():
        return f"{begins}–{clock}"
    return f"{begins} 至 {_date(day, day, lang)} {clock}" if _zh(lang) else f"{begins} to {_date(day, day, lang)} {clock}"


def _zh(lang: str) -> bool:
    return lang.lower().startswith("zh")
