"""Questions about time, one JSON object each: when is it due and why, how much working time lies between, is it open. Pure.

What `kesu due` reads and answers; `docs/due.md` is the reference. An impossible question is answered with what is wrong with it.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from kesu.procedure.askedtime import Calendars, WrongQuestion, date_of, moment_of, time_asked
from kesu.procedure.due import Due, Pause, due
from kesu.procedure.duewords import why_words
from kesu.procedure.instants import BeyondCalendar, TimeRefused, epoch, iso
from kesu.procedure.pausing import merged
from kesu.procedure.timetable import Time

LONGEST_LINE = 1_000_000  # bytes; a question is a few hundred
LONGEST_LIMIT = 200  # characters
LONGEST_ERROR = 600  # characters; what was written may be as long as the line
KNOWN = frozenset(
    {"id", "zone", "hours", "calendar", "holidays", "special", "start", "limit", "pauses", "until", "customer_date", "end", "at"}
)
GO_WITH: dict[str, set[str]] = {"limit": {"start", "pauses", "until", "customer_date"}, "end": {"start", "pauses"}, "at": set()}
"""What each kind of question takes besides its timetable."""
Members = dict[str, str]
"""The members of an answer, their values in JSON already: most of an answer is times, which are known as text."""


def answer(line: bytes | str, calendars: Calendars, words: str = "") -> str:
    """The answer to one line, as one; `words` ("zh", "en") adds the reckoning in words. Never raises for what stands in the line.

    `calendars`: name → official days; raises OSError or KeyError for a name it does not know.
    """
    asked: dict[str, Any] = {}
    try:
        asked = _read(line)
        told = {"id": _json(asked.get("id")), **_answered(asked, calendars, words)}
    except TimeRefused as wrong:
        told = _fault(asked, wrong)
    except (OverflowError, ValueError, RecursionError):
        told = _fault(asked, WrongQuestion("time", "这一行算不出来，请核对数字", "this line cannot be reckoned; check its numbers"))
    return "{" + ", ".join([f'"{key}": {value}' for key, value in told.items()]) + "}"


def _fault(asked: Mapping[str, Any], wrong: TimeRefused) -> Members:
    code = "beyond" if isinstance(wrong, BeyondCalendar) else getattr(wrong, "code", "time")
    zh, en = wrong.reason_zh[:LONGEST_ERROR], wrong.reason_en[:LONGEST_ERROR]
    try:
        id = _json(asked.get("id"))
    except (ValueError, RecursionError):
        id = "null"
    return {"id": id, "error": _json(f"{zh} / {en}"), "code": _json(code)}


# reading and writing


class _Doubled(dict[str, Any]):
    """An object with a key twice: one of the values would silently not count."""


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    return found if len(found) == len(members) else _Doubled(found)


def _number(text: str) -> float:
    number = float(text)
    if abs(number) == float("inf"):
        raise ValueError(text)
    return number


def _no_number(text: str) -> None:
    raise ValueError(text)


_decode = json.JSONDecoder(object_pairs_hook=_object, parse_float=_number, parse_constant=_no_number).decode
_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, allow_nan=False).encode
_encode_ascii = json.JSONEncoder(check_circular=False, allow_nan=False).encode


def _json(value: Any) -> str:
    """The value in JSON that can be written as UTF-8: half a character ("\\ud800") stays escaped."""
    told = _encode(value)
    try:
        told.encode()
    except UnicodeEncodeError:
        return _encode_ascii(value)
    return told


def _read(line: bytes | str) -> dict[str, Any]:
    if len(line) > LONGEST_LINE:
        raise WrongQuestion("json", "这一行太长", "this line is too long")
    try:
        asked = _decode(line.decode() if isinstance(line, bytes) else line)
    except UnicodeDecodeError as wrong:
        raise WrongQuestion("utf-8", "这一行不是 UTF-8", "this line is not UTF-8") from wrong
    except (ValueError, RecursionError) as wrong:
        raise WrongQuestion("json", "这一行不是 JSON 对象", f"this line is no JSON object ({type(wrong).__name__})") from wrong
    if not isinstance(asked, dict):
        raise WrongQuestion("json", "这一行要是一个 JSON 对象", "this line must be a JSON object")
    return asked


# the questions


def _answered(asked: dict[str, Any], calendars: Calendars, words: str) -> Members:
    kind = _kind(asked)
    time = time_asked(asked, calendars)
    if kind == "at":
        return {"open": "true" if time.is_open(_moment(asked, "at", time.zone)) else "false"}
    start = _moment(asked, "start", time.zone)
    pauses = _pauses(asked.get("pauses"), time.zone)
    return _due(asked, start, pauses, time, words) if kind == "limit" else _between(asked, start, pauses, time)


def _kind(asked: Mapping[str, Any]) -> str:
    """Which question it is. Other keys are let be (notes of whoever asks), but not one that would silently not count."""
    if _Doubled in (type(asked), type(asked.get("hours")), type(asked.get("special"))):
        raise WrongQuestion("key", "有一个键写了两次", "a key is there twice")
    for key in asked.keys() - KNOWN:
        if near := _near(key):
            raise WrongQuestion("key", f"不认识“{key}”，是不是 {near}", f"unknown key {key!r}; did you mean {near}?")
    kinds = [key for key in GO_WITH if asked.get(key) is not None]
    if len(kinds) != 1:
        raise WrongQuestion("question", "limit、end、at 要有且只有一个", "exactly one of limit, end and at must be there")
    for key in ("start", "pauses", "until", "customer_date"):
        if key not in GO_WITH[kinds[0]] and asked.get(key):
            raise WrongQuestion("question", f"问 {kinds[0]} 时不写 {key}", f"{kinds[0]} goes without {key}")
    return kinds[0]


@lru_cache(maxsize=1024)
def _near(key: str) -> str:
    """The known key that is meant, if one is; whoever adds notes adds the same to every line."""
    return "".join(difflib.get_close_matches(key, KNOWN, 1, 0.8)) if len(key) < 40 else ""


def _due(asked: Mapping[str, Any], start: datetime, pauses: list[Pause], time: Time, words: str) -> Members:
    limit, wanted, until = asked["limit"], asked.get("customer_date"), asked.get("until")
    if not isinstance(limit, str) or len(limit) > LONGEST_LIMIT:
        raise WrongQuestion("limit", "limit 要写成文字，如 90m、2wd", "limit must be text such as 90m or 2wd")
    resumed = moment_of(until, time.zone) if until is not None else None
    wanted = _customer_date(wanted, time.zone) if wanted is not None else None
    try:
        found = due(limit, start, time, pauses=pauses, customer_date=wanted, until=resumed)
    except BeyondCalendar:
        raise
    except TimeRefused as wrong:
        raise WrongQuestion("limit", wrong.reason_zh, wrong.reason_en) from wrong
    if found is None:
        raise WrongQuestion(
            "customer_date", "这个时限要客户的日期：写上 customer_date", "this limit needs the customer's date: write customer_date"
        )
    if until is None and found.counts != "date" and any(pause.end is None and epoch(pause.start) < epoch(found.at) for pause in pauses):
        raise WrongQuestion("pauses", "还在暂停，算不出到期：写上 until", "the clock still stands still: write until, as if resumed then")
    told = {"due": f'"{iso(epoch(found.at), time.zone)}"', "limit": _json(found.limit), "confirmed": "true" if found.confirmed else "false"}
    told["why"] = _why(found, time.zone)
    if words:
        told["words"] = _json(why_words(found, words))
    return told


def _why(found: Due, zone: ZoneInfo) -> str:
    """As `duewords.why_steps`, written at once."""
    steps = [
        f'{{"kind": "{kind}", "start": "{iso(start, zone)}", "end": "{iso(end, zone)}", "seconds": {seconds}, "name": {_name(name)}}}'
        for kind, start, end, seconds, name in found.steps
    ]
    return f"[{', '.join(steps)}]"


_name = lru_cache(maxsize=4096)(_json)


def _between(asked: Mapping[str, Any], start: datetime, pauses: list[Pause], time: Time) -> Members:
    end = _moment(asked, "end", time.zone)
    begun, ends = epoch(start), epoch(end)
    if ends < begun:
        raise WrongQuestion("order", "end 早于 start", "end lies before start")
    seconds = time.between_epoch(begun, ends)
    for held in merged(pauses, begun, end):
        seconds -= time.between_epoch(min(held.start, ends), min(held.end, ends))
    return {"minutes": str(seconds // 60) if seconds % 60 == 0 else repr(seconds / 60)}


def _moment(asked: Mapping[str, Any], key: str, zone: ZoneInfo) -> datetime:
    if asked.get(key) is None:
        raise WrongQuestion(key, f"缺 {key}", f"{key} is missing")
    return moment_of(asked[key], zone)


def _customer_date(text: Any, zone: ZoneInfo) -> date | datetime:
    """A bare date is one: it ends at its 24:00."""
    return date_of(text) if isinstance(text, str) and len(text) == len("2026-10-01") else moment_of(text, zone)


def _pauses(pauses: Any, zone: ZoneInfo) -> list[Pause]:
    if pauses is None:
        return []
    if not isinstance(pauses, list):
        raise WrongQuestion("pauses", "pauses 要写成 [[从, 到], …]", "pauses are written [[from, to], …]")
    return [_pause(pause, zone) for pause in pauses]


def _pause(pause: Any, zone: ZoneInfo) -> Pause:
    if not (isinstance(pause, list) and (len(pause) == 2 or (len(pause) == 3 and isinstance(pause[2], str)))):
        raise WrongQuestion("pauses", "每个暂停要写 [从, 到] 或 [从, 到, 理由]", "each pause is written [from, to] or [from, to, reason]")
    start, end = moment_of(pause[0], zone), None if pause[1] is None else moment_of(pause[1], zone)
    if end is not None and epoch(end) < epoch(start):
        raise WrongQuestion("pauses", "暂停的结束早于开始", "a pause ends before it begins")
    return Pause(start, end, *pause[2:])
