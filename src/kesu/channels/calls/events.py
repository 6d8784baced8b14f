"""What an exchange says about a call, read from whatever it sends: JSON, a form, or the address it opens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from kesu.customers.phones import caller_number
from kesu.procedure.refused import Refused

EVENTS = {
    "started": "started", "start": "started", "ringing": "started", "ring": "started", "incoming": "started",
    "answered": "answered", "answer": "answered", "connected": "answered",
    "ended": "ended", "end": "ended", "hangup": "ended", "completed": "ended",
    "missed": "missed", "noanswer": "missed", "abandoned": "missed", "busy": "missed",
    "recording": "recording",
}  # fmt: skip
JOINTS = str.maketrans("", "", "-_ ")  # "no-answer", "NO_ANSWER"
OUT = ("out", "outgoing", "outbound")
OLDEST = timedelta(days=7)  # an older time is a wrong clock, and ours is taken


@dataclass(frozen=True)
class Told:
    """One event."""

    event: str
    call_id: str
    number: str
    outgoing: bool
    at: datetime
    agent: str = ""
    recording: str = ""


def read_event(data: Mapping[str, object], zone: str, at: datetime) -> Told:
    """The event. Raises Refused (field named) for one that we do not know or that names no call."""
    event = EVENTS.get(_text(data, "event").lower().translate(JOINTS), "")
    if not event:
        raise Refused("event", "不认识这种事件", f"event must be one of: {', '.join(sorted(set(EVENTS.values())))}", field="event")
    call_id = _text(data, "call", "call_id", "id")[:100]
    if not call_id:
        raise Refused("call", "没有写是哪一次通话", "the id of the call is missing", field="call")
    outgoing = _text(data, "direction").lower() in OUT
    return Told(
        event=event,
        call_id=call_id,
        number=caller_number(_text(data, *(("to", "callee") if outgoing else ("from", "caller"))))[:40],
        outgoing=outgoing,
        at=_moment(_text(data, "at", "time"), zone, at),
        agent=_text(data, "agent")[:60],
        recording=_recording(_text(data, "recording")),
    )


def _text(data: Mapping[str, object], *names: str) -> str:
    for name in names:
        found = data.get(name)
        if isinstance(found, str | int) and not isinstance(found, bool) and str(found).strip():
            return str(found).strip().replace("\0", "").encode("utf-8", "replace").decode()
    return ""


def _recording(address: str) -> str:
    """Only https, so that nobody on the way hears it, and nothing that a browser would run."""
    if not address:
        return ""
    try:
        found = urlsplit(address)
    except ValueError:
        found = urlsplit("")
    if found.scheme != "https" or not found.hostname or found.username or len(address) > 500 or not address.isprintable():
        raise Refused("recording", "录音地址要以 https:// 开头", "the recording must be an https address", field="recording")
    return address


def _moment(typed: str, zone: str, at: datetime) -> datetime:
    """When it happened; ours where none is said, or one that cannot be. Seconds or milliseconds since 1970, or ISO 8601."""
    try:
        if typed.isdecimal() and len(typed) in (10, 13):
            found = datetime.fromtimestamp(int(typed[:10]), UTC)
        else:
            found = datetime.fromisoformat(typed)
            found = found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))
    except (ValueError, OverflowError):
        return at
    return found.replace(microsecond=0) if at - OLDEST < found <= at else at
