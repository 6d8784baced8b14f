"""Headers of a letter in readable form: encoded words however cut, raw bytes, addresses, ids, dates."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email.message import Message
from email.utils import parsedate_tz
from itertools import pairwise

from kesu.channels.mail.charsets import decoded, known

LONGEST = 1 << 16  # characters of one header that are read for encoded words
LONGEST_PERSON = 2000  # characters of one name and address
CHINA = timezone(timedelta(hours=8))  # for a date without a zone

BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
NOT_BASE64 = bytes(set(range(256)) - set(BASE64))

_WORD = re.compile(r"=\?([\w\-.:+]+)(?:\*[\w-]*)?\?([bBqQ])\?(.{0,4000}?)\?=", re.S)
_FOLD = re.compile(r"\r?\n[ \t]*|\r")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b\u202a-\u202e\u2066-\u2069\ufeff]")
_ID = re.compile(r"<[^<>\s]{1,900}>")
_BARE_ID = re.compile(r"[^\s<>,;()\"@]{1,300}@[^\s<>,;()\"@]{1,300}")
_ADDRESS = re.compile(r"[^\s<>,;:()\"@\[\]]+@[^\s<>,;:()\"@]+")
_ISO = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})?")


def raw(message: Message, name: str) -> list[bytes]:
    """The bytes of every header of this name, as they came."""
    wanted = name.lower()
    return [value.encode("utf-8", "surrogateescape") for key, value in message.raw_items() if key.lower() == wanted]


def header(message: Message, name: str, hint: str = "") -> str:
    """The first header of this name that says something, in one line of readable text; "" without one."""
    for value in raw(message, name):
        if found := one_line(words(value[:LONGEST], hint)):
            return found
    return ""


def one_line(text: str) -> str:
    """Without control characters and marks that turn the direction of reading; spaces once."""
    return " ".join(_CONTROL.sub("", text.replace("\t", " ")).split())


def words(value: bytes, hint: str = "") -> str:
    """Encoded words and what stands between them, as text."""
    return decoded_words(_FOLD.sub(" ", decoded(value, "", hint)))


def decoded_words(text: str) -> str:
    """Words of one charset that follow each other are joined as bytes first: many programs cut in the middle of a character."""
    out: list[str] = []
    run: list[tuple[str, str, str]] = []
    at = 0
    for found in _WORD.finditer(text):
        between = text[at : found.start()]
        if run and between.strip():
            out.append(_joined(run))
            run = []
        if between.strip() or not run:
            out.append(between)
        run.append((found[1], found[2].lower(), found[3]))
        at = found.end()
    return "".join([*out, _joined(run), text[at:]])


def _joined(run: list[tuple[str, str, str]]) -> str:
    """The text of encoded words standing side by side."""
    out: list[str] = []
    for label, group in _by_label(run):
        whole = [b"".join(_bytes(kind, text) for kind, text in group), _as_one(group)]
        out.append(next((text for data in whole if (text := _exact(data, label)) is not None), None) or decoded(whole[0] or b"", label))
    return "".join(out)


def _by_label(run: list[tuple[str, str, str]]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    group: list[tuple[str, str]] = []
    for (label, kind, text), after in pairwise([*run, ("", "", "")]):
        group.append((kind, text))
        if known(after[0]) != known(label) or not after[0]:
            yield label, group
            group = []


def _exact(data: bytes | None, label: str) -> str | None:
    if data is None:
        return None
    try:
        return data.decode(known(label) or "utf-8")
    except (UnicodeError, ValueError):
        return None


def _bytes(kind: str, text: str) -> bytes:
    if kind == "b":
        return unbase64(text.encode("ascii", "ignore"))
    data = re.sub(r"_", " ", text).encode("utf-8", "surrogateescape")
    return re.sub(rb"=([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), data)


def _as_one(group: list[tuple[str, str]]) -> bytes | None:
    """Base64 that was cut anywhere, read as one text."""
    if any(kind != "b" for kind, _ in group):
        return None
    return unbase64("".join(text.rstrip("= ") for _, text in group).encode("ascii", "ignore"))


def unbase64(data: bytes) -> bytes:
    """Base64 without its padding, with blanks or strangers in it; what cannot be read at its end, or stands after it, is left out."""
    clean = data.partition(b"=")[0].translate(None, NOT_BASE64)
    clean = clean[: len(clean) - 1] if len(clean) % 4 == 1 else clean
    try:
        return base64.b64decode(clean + b"=" * (-len(clean) % 4))
    except (binascii.Error, ValueError):
        return b""


# Addresses


def addresses(message: Message, name: str, hint: str = "") -> list[tuple[str, str]]:
    """(name, address) of everybody in all headers of this name; address "" for somebody without one."""
    found = []
    for value in raw(message, name):
        for piece in _pieces(_FOLD.sub(" ", decoded(value, "", hint))):
            if one := _person(piece):
                found.append(one)
    return found


def shown(person: tuple[str, str]) -> str:
    """ "Name <address>", or whichever of them is there."""
    name, address = person
    return f"{name} <{address}>" if name and address and name != address else address or name


def _pieces(text: str) -> Iterator[str]:
    """Between commas and semicolons that stand in no quotes, brackets or encoded words."""
    start = at = 0
    quoted, depth, angle = False, 0, False
    while at < len(text):
        sign = text[at]
        if sign == "=" and not angle and (word := _WORD.match(text, at)):
            at = word.end()
            continue
        if sign == "\\" and (quoted or depth):
            at += 2
            continue
        if sign == '"' and not depth:
            quoted = not quoted
        elif not quoted and sign in "()":
            depth = max(0, depth + (1 if sign == "(" else -1))
        elif not quoted and not depth and sign in "<>":
            angle = sign == "<"
        elif not quoted and not depth and (sign in "；，;" or (sign == "," and (not angle or "@" in text[start:at]))):
            yield text[start:at]
            start, angle = at + 1, False
        at += 1
    rest = text[start:]
    if (quoted or depth) and rest.count("@") > 1:  # a quotation mark that nobody closed swallows nobody
        yield from re.split(r"[,;]", rest)
    else:
        yield rest


def _person(piece: str) -> tuple[str, str] | None:
    piece = piece[:LONGEST_PERSON]
    before, bracket, inside = piece.rpartition("<")
    if bracket:
        address = "".join(inside.partition(">")[0].split()).removeprefix("mailto:")
        name = before + inside.partition(">")[2]
        if "@" not in address and (found := _ADDRESS.search(piece)):
            address = found[0]
    elif found := _ADDRESS.search(piece):
        address, name = found[0], piece[: found.start()] + piece[found.end() :]
    else:
        address, name = "", piece.rpartition(":")[2]
    if ":" in name and not _WORD.search(name) and '"' not in name:  # the name of a group
        name = name.rpartition(":")[2]
    name = one_line(_unquoted(decoded_words(name)))
    address = _CONTROL.sub("", decoded_words(address)).strip("'\"")
    return (name, address) if name or address else None


def _unquoted(name: str) -> str:
    name = name.strip().strip(",;").strip()
    if name.startswith("(") and name.endswith(")"):
        name = name[1:-1]
    while len(name) > 1 and name[0] == name[-1] and name[0] in "\"'":
        name = name[1:-1].strip()
    return re.sub(r'\\(["\\])', r"\1", name).strip('"')


# Ids and dates


def ids(message: Message, name: str) -> list[str]:
    """Message ids with their angle brackets, in order, each once."""
    text = " ".join(_FOLD.sub(" ", value.decode("utf-8", "replace")) for value in raw(message, name))[:LONGEST]
    found = _ID.findall(text) or [f"<{bare}>" for bare in _BARE_ID.findall(text)]
    return list(dict.fromkeys(found))


def date_of(message: Message) -> datetime | None:
    """When the sender says it was written, with its offset; None without a date that can be."""
    for value in raw(message, "Date"):
        if found := read_date(_FOLD.sub(" ", value.decode("utf-8", "replace"))):
            return found
    return None


def read_date(text: str) -> datetime | None:
    """RFC 5322, and the forms that are often written instead of it. A date without a zone is taken as China's."""
    text = decoded_words(text[:200]).strip()
    try:
        if found := _ISO.match(text):
            year, month, day, hour, minute = (int(part) for part in found.groups()[:5])
            return datetime(year, month, day, hour, minute, int(found[6] or 0), tzinfo=_zone(found[7]))
        parts = parsedate_tz(re.sub(r"\bCST\b(?!\))", "+0800", text) if not re.search(r"[+-]\d{4}", text) else text)  # here CST is China's
        if parts is None:
            return None
        offset = parts[9]
        says_zone = bool(re.search(r"[+-]\d{4}|[A-Z]{1,4}\)?$", text))
        zone = timezone(timedelta(seconds=offset or 0)) if says_zone else CHINA
        return datetime(*parts[:5], min(parts[5], 59), tzinfo=zone)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _zone(text: str | None) -> timezone:
    if not text:
        return CHINA
    if text == "Z":
        return timezone.utc  # noqa: UP017 - a timezone, as the others here
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(offset if text[0] == "+" else -offset)
