"""Which letters these bytes are: what the label says where it can be true, else what they look like.

Old Chinese mail programs write GBK or GB18030 and say gb2312; many say nothing, or something wrong.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

# What a label really means. The right-hand sides contain every character of what was promised, and more.
MEANT = {
    **dict.fromkeys(
        ["gb2312", "gb_2312-80", "gb2312-80", "euc-cn", "euccn", "gbk", "x-gbk", "cp936", "ms936", "windows-936", "gb"], "gb18030"
    ),
    **dict.fromkeys(["chinesesimp", "x-mac-chinesesimp", "simplified chinese", "chinese", "csgb2312", "gb18030-2000"], "gb18030"),
    **dict.fromkeys(["big5", "x-big5", "cn-big5", "big-5", "x-x-big5", "cp950"], "big5hkscs"),
    **dict.fromkeys(["iso-8859-1", "iso8859-1", "latin1", "latin-1", "iso_8859-1", "windows-1252", "cp-1252"], "cp1252"),
    **dict.fromkeys(["utf8", "utf-8", "utf_8", "unicode-1-1-utf-8", "x-utf-8", "utf8mb4", "utf-8-sig"], "utf-8"),
    **dict.fromkeys(["ks_c_5601-1987", "ks_c_5601", "euc-kr"], "cp949"),
    **dict.fromkeys(["shift_jis", "shift-jis", "x-sjis"], "cp932"),
    **dict.fromkeys(["unicode-1-1-utf-7", "utf7"], "utf-7"),
    "hz-gb-2312": "hz",
}
# Labels that say nothing: sevenbit programs' defaults, or no name of letters at all.
SAYS_NOTHING = {
    "",
    "us-ascii",
    "ascii",
    "ansi_x3.4-1968",
    "7bit",
    "8bit",
    "binary",
    "unknown",
    "unknown-8bit",
    "x-unknown",
    "default",
    "none",
}
# Python's own tricks, which are no letters of anybody's mail and may cost a lot.
NOT_LETTERS = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "charmap"}
LATIN = {"cp1252", "iso8859-15", "cp1250"}
LOOKED_AT = 20_000  # bytes by which a text without a true label is judged
TOLERATED = 0.02  # share of broken characters up to which a reading may be right: a text cut off, a flipped byte

_UTF_8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_GB_USUAL = re.compile(rb"[\xb0-\xd7][\xa1-\xfe]|\xa3[\xa1-\xfe]|\xa1[\xa1-\xfe]")
_BIG5_USUAL = re.compile(rb"[\xa4-\xc6][\x40-\x7e\xa1-\xfe]|\xa1[\x40-\x7e\xa1-\xfe]")
_HIGH = re.compile(rb"[\x80-\xff]")


@lru_cache(maxsize=256)
def known(label: str) -> str:
    """The codec that a label means; "" where it says nothing or nobody knows it."""
    name = label.strip().strip("\"'").lower()
    if name in SAYS_NOTHING:
        return ""
    name = MEANT.get(name, name)
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
    text = getattr(codecs.lookup(name), "_is_text_encoding", True)
    return "" if found in NOT_LETTERS or not text else found


def decoded(data: bytes, label: str = "", hint: str = "") -> str:
    """The text. `label` is what the message says of these bytes, `hint` what it says elsewhere. Never fails; loses no ASCII."""
    if data.startswith(codecs.BOM_UTF8):
        data, label = data[3:], "utf-8"
    codec = known(label)
    if codec and (found := _strictly(data, codec)) is not None:
        return found
    if not codec and data.isascii() and (found := _escaped(data)) is not None:
        return found
    return _best(data, codec, known(hint))


def _strictly(data: bytes, codec: str) -> str | None:
    """By the label, if it can be true. A Western label on what is plainly UTF-8 or Chinese is not."""
    if codec in LATIN and (other := _not_western(data)):
        return _strictly(data, other)
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError, LookupError):
        return None


def _escaped(data: bytes) -> str | None:
    """Seven-bit Chinese and Japanese, which need no label to be seen."""
    for mark, codec in ((b"~{", "hz"), (b"\x1b$", "iso2022_jp_2"), (b"\x1b$)A", "iso2022_kr")):
        if mark in data:
            try:
                return data.decode(codec)
            except (UnicodeError, ValueError):
                continue
    return data.decode("ascii")


def _not_western(data: bytes) -> str:
    high = len(_HIGH.findall(data[:LOOKED_AT]))
    if high < 2:
        return ""
    if sum(map(len, _UTF_8.findall(data[:LOOKED_AT]))) == high:
        return "utf-8"
    usual = 2 * len(_GB_USUAL.findall(data[:LOOKED_AT]))
    return "gb18030" if high >= 6 and usual >= 0.8 * high else ""


def _best(data: bytes, *codecs_said: str) -> str:
    """The reading with the fewest broken characters; among equals what was said, then UTF-8, then what is usual in China."""
    order = [codec for codec in codecs_said if codec and codec not in LATIN]
    order += ["utf-8", *(["big5hkscs", "gb18030"] if _looks_traditional(data[:LOOKED_AT]) else ["gb18030", "big5hkscs"])]
    readings = [(data.decode(codec, "replace"), codec) for codec in dict.fromkeys(order)]
    broken = [text.count("\ufffd") - data.count(b"\xef\xbf\xbd") * (codec == "utf-8") for text, codec in readings]
    least = min(broken)
    characters = max(1, len(_HIGH.findall(data[:LOOKED_AT])) // 2)
    utf_8 = broken[[codec for _, codec in readings].index("utf-8")]
    if 0 < utf_8 <= max(1, TOLERATED * characters) and _UTF_8.search(data) and least < utf_8 and not _gb_all(data):
        return readings[[codec for _, codec in readings].index("utf-8")][
            0
        ]  # valid but for a cut: GB18030 reads nearly any bytes as something
    return readings[broken.index(least)][0]


def _gb_all(data: bytes) -> bool:
    high = len(_HIGH.findall(data[:LOOKED_AT]))
    return 2 * len(_GB_USUAL.findall(data[:LOOKED_AT])) >= 0.9 * high


def _looks_traditional(data: bytes) -> bool:
    return len(_BIG5_USUAL.findall(data)) > len(_GB_USUAL.findall(data))
