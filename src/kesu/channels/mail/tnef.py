"""winmail.dat: files and text that Outlook packs into a kind of its own (MS-OXTNEF), taken out again. What cannot be read stays packed."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kesu.channels.mail.bodies import Enclosed
from kesu.channels.mail.charsets import decoded
from kesu.channels.mail.plaintext import from_html, tidy

MARK = b"\x78\x9f\x3e\x22"
KINDS = ("application/ms-tnef", "application/vnd.ms-tnef")
MOST = 200  # files in one
BEGINS, TITLE, DATA, PROPERTIES = 0x69002, 0x18010, 0x6800F, 0x69005  # attributes of an attachment
ATTACHMENT = 2  # the level of attributes that belong to one
MESSAGE = 1
PLAIN, WHOLE = 0x2800C, 0x69003  # attributes of the message: its text, all its properties
PLAIN_TEXT, HTML = 0x1000, 0x1013  # properties of the message
LONG_NAME, SHORT_NAME, MIME = 0x3707, 0x3704, 0x370E  # properties of one
SIZES = {0x02: 2, 0x0B: 2, 0x03: 4, 0x04: 4, 0x0A: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x14: 8, 0x40: 8, 0x48: 16}
VARIABLE = (0x0D, 0x1E, 0x1F, 0x102)


@dataclass
class _File:
    name: str = ""
    long_name: str = ""
    kind: str = ""
    data: bytes | None = None


def opened(enclosed: Iterable[Enclosed]) -> list[Enclosed]:
    """The files as they are, those of a winmail.dat in its place; one in which none is found stays itself."""
    found: list[Enclosed] = []
    for one in enclosed:
        found += (unpacked(one.data) if is_packed(one) else []) or [one]
    return found


def is_packed(one: Enclosed) -> bool:
    """Whether it is a winmail.dat."""
    return one.kind in KINDS or one.name.lower() == "winmail.dat"


def words_in(data: bytes) -> str:
    """The text of the message in it, "" for none: what it says as plain text, else as HTML. Never raises."""
    plain = html = ""
    for level, name, value in _attributes(data):
        if level != MESSAGE:
            continue
        if name == PLAIN:
            plain = plain or _text(value)
        elif name == WHOLE:
            said = dict(_learned(value))
            plain = said.get(PLAIN_TEXT, "") or plain
            html = html or said.get(HTML, "")
    return tidy(plain) or tidy(from_html(html))


def unpacked(data: bytes) -> list[Enclosed]:
    """The files in it, as far as it can be read. Never raises; never more bytes than came."""
    files: list[_File] = []
    try:
        for level, name, value in _attributes(data):
            if level != ATTACHMENT:
                continue
            if name == BEGINS:
                if len(files) >= MOST:
                    break
                files.append(_File())
            elif files and name == TITLE:
                files[-1].name = _text(value)
            elif files and name == DATA:
                files[-1].data = value
            elif files and name == PROPERTIES:
                _learn(files[-1], value)
    except (struct.error, ValueError, IndexError):
        pass  # cut off in the middle: what came before it counts
    return [
        Enclosed(_plain(one.long_name or one.name) or f"file-{n}", one.kind or "application/octet-stream", one.data)
        for n, one in enumerate(files, 1)
        if one.data
    ]


def _attributes(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(level, name, value) of each; ends at the first that does not fit."""
    if not data.startswith(MARK):
        return
    place = 6
    while place + 11 <= len(data):
        level, name, size = struct.unpack_from("<BII", data, place)
        end = place + 9 + size
        if level not in (1, ATTACHMENT) or end + 2 > len(data):
            return
        yield level, name, data[place + 9 : end]
        place = end + 2


def _learn(file: _File, value: bytes) -> None:
    try:
        for name, words in _words(value):
            if name == LONG_NAME:
                file.long_name = words
            elif name == SHORT_NAME:
                file.name = file.name or words
            elif name == MIME and words.isascii() and words.count("/") == 1:
                file.kind = words.lower()[:100]
    except (struct.error, ValueError, IndexError):
        return


def _learned(value: bytes) -> Iterator[tuple[int, str]]:
    try:
        yield from _words(value)
    except (struct.error, ValueError, IndexError):
        return


def _words(value: bytes) -> Iterator[tuple[int, str]]:
    """The properties that are text; the others are passed over."""
    (count,), place = struct.unpack_from("<I", value), 4
    for _ in range(min(count, 10_000)):
        kind, name = struct.unpack_from("<HH", value, place)
        place += 4
        if name >= 0x8000:
            place = _past_name(value, place)
        many, kind = kind & 0x1000, kind & 0x0FFF
        if kind not in VARIABLE:
            times = 1
            if many:
                (times,), place = struct.unpack_from("<I", value, place), place + 4
            place += times * max(4, SIZES[kind] if kind in SIZES else _unknown())
            continue
        (times,), place = struct.unpack_from("<I", value, place), place + 4
        for _ in range(min(times, 10_000)):
            (size,), place = struct.unpack_from("<I", value, place), place + 4
            if place + size > len(value):
                raise ValueError("longer than what there is")
            piece = value[place : place + size]
            if kind == 0x1F:
                yield name, piece.decode("utf-16-le", "replace").rstrip("\0")
            elif kind == 0x1E or name == HTML:
                yield name, _text(piece)
            place += -(-size // 4) * 4


def _unknown() -> int:
    raise ValueError("a kind of property that we do not know")


def _past_name(value: bytes, place: int) -> int:
    """Past the name of a property that has one."""
    (kind,) = struct.unpack_from("<I", value, place + 16)
    if kind == 0:
        return place + 24
    (size,) = struct.unpack_from("<I", value, place + 20)
    return place + 24 + -(-size // 4) * 4


def _text(value: bytes) -> str:
    return decoded(value.rstrip(b"\0"), "")


def _plain(name: str) -> str:
    """A name and never a path."""
    return name.replace("\0", "").replace("\\", "/").rpartition("/")[2].strip()[:200]
