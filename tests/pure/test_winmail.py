"""winmail.dat: what Outlook packed is taken out; whatever is broken stays packed and breaks nothing."""

from __future__ import annotations

import random
import struct

from kesu.channels.mail.bodies import Enclosed
from kesu.channels.mail.tnef import MARK, opened, unpacked


def attribute(level: int, name: int, value: bytes) -> bytes:
    return struct.pack("<BII", level, name, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def text(name: int, words: str) -> bytes:
    value = (words + "\0").encode("utf-16-le")
    return struct.pack("<HHII", 0x1F, name, 1, len(value)) + value + bytes(-len(value) % 4)


def properties(*rows: bytes) -> bytes:
    return struct.pack("<I", len(rows)) + b"".join(rows)


NUMBER = struct.pack("<HHI", 0x03, 0x0E20, 7)
FLAG = struct.pack("<HHI", 0x0B, 0x7FFE, 1)
NAMED = struct.pack("<HH", 0x03, 0x8001) + bytes(16) + struct.pack("<III", 0, 5, 9)
WINMAIL = (
    MARK + b"\1\0"
    + attribute(1, 0x89006, b"\0\0\1\0")
    + attribute(2, 0x69002, bytes(14)) + attribute(2, 0x18010, "漏水~1.PNG".encode("gbk") + b"\0") + attribute(2, 0x6800F, b"\x89PNG one")
    + attribute(2, 0x69005, properties(NUMBER, FLAG, NAMED, text(0x3707, "厨房漏水照片.png"), text(0x370E, "image/png")))
    + attribute(2, 0x69002, bytes(14)) + attribute(2, 0x18010, "缴费单.pdf".encode("gbk") + b"\0") + attribute(2, 0x6800F, b"%PDF two")
)  # fmt: skip


def test_the_files_come_out_with_their_names() -> None:
    packed, other = Enclosed("winmail.dat", "application/ms-tnef", WINMAIL), Enclosed("a.png", "image/png", b"x")
    assert [(one.name, one.kind, one.data) for one in opened([packed, other])] == [
        ("厨房漏水照片.png", "image/png", b"\x89PNG one"),
        ("缴费单.pdf", "application/octet-stream", b"%PDF two"),
        ("a.png", "image/png", b"x"),
    ]


def test_what_cannot_be_read_stays_packed() -> None:
    for data in (b"", MARK, b"nothing of the kind", WINMAIL[:40]):
        packed = Enclosed("winmail.dat", "application/ms-tnef", data)
        assert opened([packed]) == [packed]
    assert [one.data for one in unpacked(WINMAIL[:-9])] == [b"\x89PNG one"]  # cut off: what came before counts
    path = MARK + b"\1\0" + attribute(2, 0x69002, b"") + attribute(2, 0x18010, b"..\\..\\etc/passwd\0") + attribute(2, 0x6800F, b"x")
    assert unpacked(path)[0].name == "passwd"


def test_broken_bytes_never_break_anything() -> None:
    chance = random.Random(22)
    for _ in range(3000):
        data = bytearray(WINMAIL)
        for _ in range(chance.randrange(1, 8)):
            data[chance.randrange(6, len(data))] = chance.randrange(256)
        files = unpacked(bytes(data[: chance.randrange(len(data) + 1)]))
        assert sum(len(one.data) for one in files) <= len(WINMAIL)
    assert unpacked(MARK + b"\1\0" + (attribute(2, 0x69002, b"") + attribute(2, 0x6800F, b"x")) * 5000)[199:] != []
