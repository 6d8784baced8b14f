"""What a device's message says, by where set-up says each thing stands. Plain Python.

A place is a path into the message's JSON ("data.alarm.id", "list.0.code") or the level of the topic, counted from 1 ("/3"). What has no
place, or is not there, is empty; only the device must be known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

WHAT = ("device", "alarm", "kind", "state", "time", "text")
AHEAD = timedelta(minutes=5)  # by so much a device's clock may be fast; more, and ours is taken
OLDEST = timedelta(days=366)
LONGEST = 500


class Unread(Exception):
    """The message names no device; the text says what was missing."""


@dataclass(frozen=True)
class Alarm:
    """One message of a device. `id` is "" where the device gives its alarms none."""

    device: str
    id: str
    kind: str
    recovered: bool
    at: datetime
    timed: bool  # the device said when
    text: str


def read_alarm(topic: str, payload: bytes, paths: Mapping[str, str], recovered: str, zone: str, at: datetime) -> Alarm:
    """The alarm. Raises Unread."""
    data = _data(payload)
    said = {what: _place(paths.get(what, ""), topic, data) for what in WHAT}
    if not said["device"]:
        raise Unread("device")
    moment = _moment(said["time"], zone, at)
    words = {word.strip().lower() for word in recovered.replace("，", ",").split(",") if word.strip()}
    text = said["text"] or (data if isinstance(data, str) else "")
    return Alarm(
        device=said["device"][:120],
        id=said["alarm"][:120],
        kind=said["kind"][:60],
        recovered=said["state"].lower() in words,
        at=moment or at,
        timed=moment is not None,
        text=text[:LONGEST],
    )


def _data(payload: bytes) -> Any:
    """JSON, else the text itself; bytes that are no UTF-8 are read as GB18030, as old gateways write."""
    try:
        text = payload.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = payload.decode("gb18030", "replace")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text.strip()


def _place(path: str, topic: str, data: Any) -> str:
    if not path:
        return ""
    if path.startswith("/"):
        levels = topic.split("/")
        n = int(path[1:]) if path[1:].isdecimal() and len(path) < 5 else 0
        return _clean(levels[n - 1]) if 0 < n <= len(levels) else ""
    for step in path.removeprefix("$").replace("[", ".").replace("]", "").strip(".").split("."):
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and step.isdecimal() and len(step) < 5 and int(step) < len(data):
            data = data[int(step)]
        else:
            return ""
    return _clean(str(data)) if isinstance(data, str | int | float | bool) else ""


def _clean(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode().strip()[:2000]


def _moment(typed: str, zone: str, at: datetime) -> datetime | None:
    try:
        if typed.replace(".", "", 1).isdecimal() and len(typed.partition(".")[0]) in (10, 13):
            found = datetime.fromtimestamp(int(typed[:10]), UTC)
        else:
            found = datetime.fromisoformat(typed)
            found = found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))
        return found.replace(microsecond=0) if at - OLDEST < found <= at + AHEAD else None
    except (ValueError, OverflowError):
        return None


def same(topic: str, payload: bytes, alarm: Alarm | None, retained: bool) -> str:
    """What two copies of a message have in common; "" where nothing tells a copy from another alarm.

    With an id: device, alarm and whether it ended. With a time, or kept by the broker to be told again: every byte. Otherwise each counts.
    """
    if alarm and alarm.id:
        return f"{alarm.device}\n{alarm.id}\n{'end' if alarm.recovered else 'begin'}"
    if alarm and alarm.timed or retained:
        return f"{topic}\n{payload.hex()}"
    return ""
