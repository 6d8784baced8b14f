"""winmail.dat: what Outlook packed is taken out; whatever is broken stays packed and breaks nothing."""

from __future__ import annotations

import base64
import random
import struct

from kesu.channels.mail.bodies import Enclosed
from kesu.channels.mail.letter import read
from kesu.channels.mail.tnef import MARK, opened, unpacked, words_in


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


def html(words: str, charset: str) -> bytes:
    value = f'<html><head><meta charset="{charset}"></head><body><p>{words}</p><script>x</script></body></html>'.encode(charset)
    return struct.pack("<HHII", 0x102, 0x1013, 1, len(value)) + value + bytes(-len(value) % 4)


def mail(packed: bytes, words: str = "") -> bytes:
    """As Outlook sends it: perhaps a text beside the winmail.dat."""
    text_part = f'--b\r\nContent-Type: text/plain; charset="utf-8"\r\n\r\n{words}\r\n' if words else ""
    head = f"From: min@c.example\r\nSubject: =?utf-8?B?5ryP5rC0?=\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{text_part}"
    part = '--b\r\nContent-Type: application/ms-tnef; name="winmail.dat"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    return head.encode() + part.encode() + base64.encodebytes(packed) + b"\r\n--b--\r\n"


def test_the_text_within_is_read_where_there_is_no_other() -> None:
    words = "厨房顶上又漏水了，请今天派人来。"
    plain = MARK + b"\1\0" + attribute(1, 0x2800C, words.encode("gbk") + b"\0") + WINMAIL[6:]
    wide = MARK + b"\1\0" + attribute(1, 0x69003, properties(NUMBER, FLAG, text(0x1000, words))) + WINMAIL[6:]
    for charset in ("utf-8", "gbk"):
        within = MARK + b"\1\0" + attribute(1, 0x69003, properties(NAMED, html(words, charset)))
        assert read(mail(within)).text == words, charset
    for packed in (plain, wide):
        letter = read(mail(packed))
        assert letter.text == words and len(opened(letter.enclosed)) == 2
    assert read(mail(wide, "门坏了")).text == "门坏了"
    assert read(mail(WINMAIL)).text == ""


def test_what_cannot_be_read_stays_packed() -> None:
    for data in (b"", MARK, b"nothing of the kind", WINMAIL[:40]):
        packed = Enclosed("winmail.dat", "application/ms-tnef", data)
        assert opened([packed]) == [packed]
    assert [one.data for one in unpacked(WINMAIL[:-9])] == [b"\x89PNG one"]  # cut off: what came before counts
    path = MARK + b"\1\0" + attribute(2, 0x69002, b"") + attribute(2, 0x18010, b"..\\..\\etc/passwd\0") + attribute(2, 0x6800F, b"x")
    assert unpacked(path)[0].name == "passwd"


def test_broken_bytes_never_break_anything() -> None:
    chance = random.Random(22)
    whole = MARK + b"\1\0" + attribute(1, 0x69003, properties(NUMBER, NAMED, text(0x1000, "漏水"), html("漏水", "gbk"))) + WINMAIL[6:]
    for _ in range(3000):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 8)):
            data[chance.randrange(6, len(data))] = chance.randrange(256)
        cut = bytes(data[: chance.randrange(len(data) + 1)])
        files = unpacked(cut)
        assert len(words_in(cut)) <= len(whole)
        assert sum(len(one.data) for one in files) <= len(whole)
    assert unpacked(MARK + b"\1\0" + (attribute(2, 0x69002, b"") + attribute(2, 0x6800F, b"x")) * 5000)[199:] != []
