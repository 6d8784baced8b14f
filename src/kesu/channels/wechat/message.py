"""What a follower sent, read from the message's fields into words: a text, what a voice message was heard to say, a place, a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from kesu.channels.wechat.codec import Unreadable, fields

FILES = {"image": ("jpg", "照片"), "voice": ("amr", "语音"), "video": ("mp4", "视频"), "shortvideo": ("mp4", "视频")}  # ending, what it is
COMES, GOES, REPORTS = ("subscribe",), ("unsubscribe",), ("templatesendjobfinish",)
QUIET_EVENTS = ("location", "view", "masssendjobfinish", *REPORTS)


@dataclass(frozen=True)
class Message:
    """`words` is what was said, "" for a bare picture; `place` a position they sent; `event` and `menu` what they pressed."""

    to: str = ""
    sender: str = ""
    sent_at: datetime | None = None
    key: str = ""  # the same for every delivery of the same message
    kind: str = ""
    words: str = ""
    place: str = ""
    media_id: str = ""
    event: str = ""
    menu: str = ""
    about: str = ""  # an event about a message of ours: its number, and how it went
    went: str = ""
    whole: bool = True  # False: a person must look at it

    @property
    def file_name(self) -> str:
        """What its file is called in the case."""
        ending, what = FILES.get(self.kind, ("", ""))
        stamp = self.sent_at.strftime("%m%d%H%M%S") if self.sent_at else ""
        return f"{what}{stamp}.{ending}" if what else ""


def read(data: bytes) -> Message:
    """The message; never fails: what cannot be read has `whole` False."""
    try:
        found = fields(data)
    except Unreadable:
        return Message(whole=False)
    kind, event = found.get("MsgType", "").lower(), found.get("Event", "").lower()
    place = found.get("Label", "") if kind == "location" else ""
    if kind == "location" and found.get("Location_X"):
        place = f"{place}（{found['Location_X']},{found.get('Location_Y', '')}）".strip()
    return Message(
        to=found.get("ToUserName", ""),
        sender=found.get("FromUserName", ""),
        sent_at=_time(found.get("CreateTime", "")),
        key=_key(found),
        kind=kind,
        words=_words(kind, found),
        place=place,
        media_id=found.get("MediaId", "") if kind in FILES else "",
        event=event,
        menu=found.get("EventKey", ""),
        about=found.get("MsgID", "") if kind == "event" else "",
        went=found.get("Status", "").lower(),
        whole=bool(found.get("FromUserName")) and (kind in ("text", "location", "link", *FILES) or (kind == "event" and bool(event))),
    )


def _words(kind: str, found: dict[str, str]) -> str:
    if kind == "text":
        return found.get("Content", "").strip()
    if kind == "voice":
        return found.get("Recognition", "").strip()
    if kind == "link":
        return "\n".join(filter(None, (found.get(name, "").strip() for name in ("Title", "Description", "Url"))))
    return ""


def _key(found: dict[str, str]) -> str:
    if found.get("MsgId"):
        return found["MsgId"]
    return "-".join(found.get(name, "") for name in ("FromUserName", "CreateTime", "Event", "EventKey", "MsgID"))


def _time(written: str) -> datetime | None:
    return datetime.fromtimestamp(int(written), UTC) if written.isdecimal() and len(written) < 12 else None
