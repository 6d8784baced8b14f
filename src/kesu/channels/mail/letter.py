"""A letter: one e-mail read from its bytes. Whatever arrives, a letter comes out; the bytes themselves are kept elsewhere, untouched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.message import Message
from email.parser import BytesParser
from typing import Any

from kesu.channels.mail.bodies import Body, Enclosed, body_of, charset_hint
from kesu.channels.mail.charsets import decoded
from kesu.channels.mail.headers import addresses, date_of, header, ids, shown
from kesu.channels.mail.plaintext import from_html, tidy
from kesu.channels.mail.signs import Signs, signs_of
from kesu.channels.mail.tnef import is_packed, words_in

MOST_PARTS = 20_000  # containers within a message before it is taken for a bomb and read as one text
DEEP = 200  # levels of containers, likewise
LONGEST_TEXT = 2_000_000  # characters kept as text of a message that cannot be taken apart

_CONTAINER = re.compile(rb"^content-type:\s*(?:multipart|message/rfc822)", re.I | re.M)
_ENVELOPE = re.compile(rb"^From \S+.*\b\d{2}:\d{2}.*$", re.M)
_HEADER_LINE = re.compile(rb"\A[!-9;-~]+[ \t]*:")


@dataclass
class Letter:
    """`sender` and recipients are (name, address); `text` is all of the text, quoted lines too; `html` is as it came."""

    sender: tuple[str, str] = ("", "")
    to: list[tuple[str, str]] = field(default_factory=list)
    copies: list[tuple[str, str]] = field(default_factory=list)
    delivered_to: list[str] = field(default_factory=list)  # addresses that the mail servers wrote down
    subject: str = ""
    date: datetime | None = None
    text: str = ""
    html: str = ""
    enclosed: list[Enclosed] = field(default_factory=list)
    message_id: str = ""
    in_reply_to: str = ""
    references: list[str] = field(default_factory=list)
    signs: Signs = field(default_factory=Signs)
    whole: bool = True  # False: it could not be taken apart, or says nothing; a person must look at the bytes


def messages(data: bytes) -> Iterator[bytes]:
    """The single messages of a file: one, or all of an mbox."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not _ENVELOPE.match(data):
        yield data
        return
    starts = [
        found.start() for found in _ENVELOPE.finditer(data) if found.start() == 0 or data[: found.start()].endswith((b"\n\n", b"\n\r\n"))
    ]
    for start, end in zip(starts, [*starts[1:], len(data)], strict=True):
        yield re.sub(rb"^>(>*From )", rb"\1", data[start:end].partition(b"\n")[2], flags=re.M)


def read(data: bytes) -> Letter:
    """The letter in these bytes. Never raises for what it finds in them."""
    data = _upright(data)
    if not _HEADER_LINE.match(data):
        return Letter(text=_all_as_text(data), whole=False)
    try:
        if len(_CONTAINER.findall(data)) > DEEP and (len(_CONTAINER.findall(data)) > MOST_PARTS or _deep(data)):
            return _heads_only(data)
        message = BytesParser(policy=policy.compat32).parsebytes(data)
        body = body_of(message)
        body.text = body.text or next(filter(None, (words_in(one.data) for one in body.enclosed if is_packed(one))), "")
        return _letter(message, body)
    except (RecursionError, MemoryError, Exception):  # whatever a message can do to the parser: its headers and its bytes are still there
        return _heads_only(data)


def _deep(data: bytes) -> bool:
    """Whether containers lie in each other: boundaries are announced much more often than they are ended."""
    return len(re.findall(rb"^--[^\r\n]+--[ \t]*\r?$", data, re.M)) < len(_CONTAINER.findall(data)) - DEEP


def _upright(data: bytes) -> bytes:
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if _ENVELOPE.match(data):
        data = data.partition(b"\n")[2]
    return data.replace(b"\r", b"\n") if b"\n" not in data[:65536] and b"\r" in data[:65536] else data


def _all_as_text(data: bytes) -> str:
    text = decoded(data[:LONGEST_TEXT])
    return "" if "\0" in text[:2000] else tidy(text)


def _heads_only(data: bytes) -> Letter:
    """A message that the parser cannot take: its headers, and the rest as it stands."""
    try:
        head, _, rest = data.partition(b"\n\n") if b"\n\n" in data else data.partition(b"\r\n\r\n")
        message = BytesParser(policy=policy.compat32).parsebytes(head + b"\n\n", headersonly=True)
        letter = _letter(message, Body())
        letter.text, letter.whole = tidy(decoded(rest[:LONGEST_TEXT], charset_hint(message))), False
        return letter
    except Exception:
        return Letter(text=_all_as_text(data), whole=False)


def _letter(message: Message, body: Body) -> Letter:
    hint = charset_hint(message)
    senders = [one for name in ("From", "Sender", "Reply-To", "Return-Path") for one in addresses(message, name, hint)]
    sender = next((one for one in senders if one[1]), senders[0] if senders else ("", ""))
    subject = header(message, "Subject", hint)
    in_reply_to = ids(message, "In-Reply-To")
    said = [
        address for name in ("Delivered-To", "X-Original-To", "Envelope-To", "X-Forwarded-To") for _, address in addresses(message, name)
    ]
    return Letter(
        sender=sender,
        to=addresses(message, "To", hint),
        copies=addresses(message, "Cc", hint),
        delivered_to=said,
        subject=subject,
        date=date_of(message),
        text=body.text,
        html=body.html,
        enclosed=body.enclosed,
        message_id=next(iter(ids(message, "Message-ID")), ""),
        in_reply_to=in_reply_to[0] if in_reply_to else "",
        references=ids(message, "References"),
        signs=signs_of(message, sender[1], subject, body),
        whole=bool(body.text or body.enclosed or subject),
    )


def as_line(file: str, letter: Letter) -> str:
    """One line of JSON, without characters at which anybody might break the line."""
    told: dict[str, Any] = {
        "file": file,
        "from": shown(letter.sender),
        "to": [shown(one) for one in letter.to],
        "subject": letter.subject,
        "date": letter.date.isoformat() if letter.date else None,
        "text": letter.text,
        "attachments": [{"name": one.name, "size": len(one.data), "type": one.kind} for one in letter.enclosed],
        "message_id": letter.message_id,
        "in_reply_to": letter.in_reply_to,
        "references": letter.references,
        "auto": bool(letter.signs.auto),
        "bounce": letter.signs.bounce,
    }
    line = json.dumps(told, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")
    return line.replace("\x85", "\\u0085").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


__all__ = ["Letter", "as_line", "from_html", "messages", "read"]
