"""Records in words: what is owed, and the journal's sentences, in the reader's language."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from kesu.improvement.models import CapaClock, CapaEntry
from kesu.procedure.improving import KINDS, RECORD_ACTS, VERDICTS
from kesu.procedure.pack import Pack

DUTIES: dict[str, tuple[str, str]] = {
    "plan": ("定整改计划", "Settle the plan of corrective action"),
    "judge": ("评整改效果", "Judge the effect of corrective action"),
    "close": ("整改结项", "Close the corrective action"),
}


def duty_names(clock: CapaClock) -> tuple[str, str]:
    """What the clock asks for (zh, en)."""
    n = clock.measure.n if clock.measure else 0
    if clock.duty == "measure":
        return f"整改措施 {n}", f"Measure {n} of corrective action"
    if clock.duty == "extend":
        return f"批复整改措施 {n} 的延期", f"Answer the request for more time on measure {n}"
    return DUTIES[clock.duty]


class _Blank(dict[str, str]):
    """Missing names read as nothing, so an old entry never breaks a page."""

    def __missing__(self, key: str) -> str:
        return ""


def say(entry: CapaEntry, pack: Pack, language: str, zone: str) -> str:
    """What happened, as one sentence without the name of who did it."""
    act, zh = RECORD_ACTS[entry.act], language.startswith("zh")
    if entry.erased and not entry.data:
        return f"{act.zh}（内容已抹去）" if zh else f"{act.en} (words erased)"
    words = _Blank({key: _word(key, value, pack, language, zone) for key, value in entry.data.items()})
    sentence = (act.said_zh if zh else act.said_en).format_map(words)
    return sentence.replace("。。", "。").replace("..", ".").rstrip("：: 。.")


def _word(key: str, value: Any, pack: Pack, language: str, zone: str) -> str:
    zh = language.startswith("zh")
    if key == "kind":
        return _pair(KINDS, value, zh)
    if key == "verdict":
        return _pair(VERDICTS, value, zh)
    if key == "cause":
        return pack.label("causes", str(value), language)
    if key in ("due", "until") or (key == "before" and isinstance(value, str) and _is_moment(value)):
        return when_words(datetime.fromisoformat(str(value)), zone, language)
    if key == "duty":
        return str(value[0 if zh else 1])
    if key == "files":
        return _files(value, zh)
    if isinstance(value, list):
        names = ("、" if zh else ", ").join(map(str, value))
        return names or ("（没有人）" if zh else "nobody")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _pair(table: dict[str, tuple[str, str]], key: str, zh: bool) -> str:
    if key not in table:
        return key
    return table[key][0] if zh else table[key][1].lower()


def _files(files: list[dict[str, str]], zh: bool) -> str:
    if not files:
        return ""
    names = ("、" if zh else ", ").join(row["name"] for row in files)
    return f"（附 {names}）" if zh else f" (with {names})"


def when_words(at: datetime, zone: str, language: str) -> str:
    """11 月 21 日 14:32; midnight is the day's 24:00."""
    there = at.astimezone(ZoneInfo(zone))
    if language.startswith("zh"):
        return f"{there.month} 月 {there.day} 日 {there:%H:%M}"
    return f"{there.day} {there:%b %H:%M}"
