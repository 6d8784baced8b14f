"""What a letter consists of: its text, its HTML and what is attached. Everything that is no text is an attachment, so nothing is lost."""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy
from email.message import Message
from email.parser import BytesParser
from email.utils import unquote
from typing import cast
from urllib.parse import unquote_to_bytes

from kesu.channels.mail.charsets import decoded
from kesu.channels.mail.headers import BASE64, decoded_words, header, one_line, raw, unbase64
from kesu.channels.mail.plaintext import flowed, from_html, tidy

LONGEST_NAME = 200
DEEPEST = 60  # parts within parts
ENDINGS = {
    "text/plain": "txt", "text/html": "html", "text/calendar": "ics", "message/rfc822": "eml", "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png", "image/gif": "gif", "application/ms-tnef": "dat", "message/delivery-status": "txt", "text/rfc822-headers": "txt",
    "audio/mpeg": "mp3", "video/mp4": "mp4", "application/zip": "zip", "image/webp": "webp", "image/bmp": "bmp",
}  # fmt: skip
READ = ("text/plain", "text/html", "text/enriched", "text/richtext")
STUB = re.compile(r"html", re.I)  # "your program cannot show HTML"


@dataclass(frozen=True)
class Enclosed:
    """An attachment: the name it is given (never a path), its media type as declared, its bytes."""

    name: str
    kind: str
    data: bytes = field(repr=False)


@dataclass
class Body:
    """What was found. `html` is as it came: clean it before it is shown."""

    text: str = ""
    html: str = ""
    enclosed: list[Enclosed] = field(default_factory=list)


def body_of(message: Message) -> Body:
    """Text and attachments of a parsed message."""
    hint = charset_hint(message)
    body = Body()
    pieces: list[tuple[str, str]] = []
    htmls: list[str] = []
    for part, alternative in _leaves(message):
        kind = kind_of(part)
        if _is_text(part, kind):
            text = _text(part, kind, hint)
            if kind == "text/html":
                htmls.append(text)
            pieces.append((f"{alternative}{kind}", text))
        else:
            body.enclosed.append(_enclosed(part, kind, hint, len(body.enclosed) + 1))
    body.html = "\n".join(htmls)
    body.text = _readable(pieces) or _calendar_words(body.enclosed)
    return body


def _leaves(message: Message) -> Iterator[tuple[Message, str]]:
    """Every part that holds no others, in order, with the mark of the alternative it belongs to. No recursion: a bomb may be deep."""
    stack: list[tuple[Message, str, int]] = [(message, "", 0)]
    count = 0
    while stack:
        part, alternative, depth = stack.pop()
        inside = _inside(part) if depth < DEEPEST else []
        if not inside:
            yield part, alternative
            continue
        count += 1
        mark = f"{count}:" if part.get_content_subtype() == "alternative" and not alternative else alternative
        stack += [(child, mark, depth + 1) for child in reversed(inside)]


_BOUNDARY = re.compile(rb"^--([^\r\n]{1,200}?)[ \t]*\r?\n(?=content-)", re.I | re.M)


def _inside(part: Message) -> list[Message]:
    """The parts of a container; of one whose boundary is not the announced one, those between the lines that look like one."""
    kind = kind_of(part)
    if kind.startswith("message/"):
        return []
    inside = part.get_payload()
    if isinstance(inside, list):
        return cast(list[Message], inside)
    if not kind.startswith("multipart/"):
        return []
    data = unread(part)
    found = _BOUNDARY.search(data)
    if found is None:
        part.replace_header("Content-Type", "text/plain")
        return []
    head = b'Content-Type: multipart/mixed; boundary="' + found[1].replace(b'"', b"") + b'"\n\n'
    again = BytesParser(policy=policy.compat32).parsebytes(head + data).get_payload()
    return cast(list[Message], again) if isinstance(again, list) else []


def kind_of(part: Message) -> str:
    """The declared media type in small letters; application/octet-stream for what is none."""
    try:
        said = part.get_content_type().lower()
    except (AttributeError, ValueError, TypeError, IndexError):  # of a header that is no header
        return "application/octet-stream"
    kind = re.sub(r"[^a-z0-9!#$&^_.+/-]", "", said)
    return kind if kind.count("/") == 1 else "application/octet-stream"


def _is_text(part: Message, kind: str) -> bool:
    return kind in READ and not part.is_multipart() and _disposition(part) != "attachment" and not _given_name(part)


def _disposition(part: Message) -> str:
    said = raw(part, "Content-Disposition")
    return said[0].decode("utf-8", "replace").partition(";")[0].strip().lower() if said else ""


def charset_hint(message: Message) -> str:
    """The first charset that any part names: raw bytes elsewhere in the letter are probably of the same."""
    for part, _ in _leaves(message):
        if said := parameter(part, "Content-Type", "charset"):
            return said
    return ""


def _text(part: Message, kind: str, hint: str) -> str:
    data = content(part)
    charset = parameter(part, "Content-Type", "charset")
    if kind == "text/html" and not charset and (meta := re.search(rb"charset\s*=\s*[\"']?([\w-]+)", data[:4096], re.I)):
        charset = meta[1].decode("ascii", "replace")
    text = decoded(data, charset, hint).replace("\r\n", "\n").replace("\r", "\n")
    if kind == "text/plain" and parameter(part, "Content-Type", "format").lower() == "flowed":
        text = flowed(text, delete_space=parameter(part, "Content-Type", "delsp").lower() == "yes")
    return text


def content(part: Message) -> bytes:
    """The bytes of a part after its transfer encoding; of a letter within a letter that letter."""
    inside = part.get_payload()
    if isinstance(inside, list):
        return b"\n".join(_whole(cast(Message, one)) for one in inside)
    data = unread(part)
    said = raw(part, "Content-Transfer-Encoding")
    encoding = said[0].decode("ascii", "replace").strip().strip("\"'").lower() if said else ""
    if encoding.startswith("base64"):
        strangers = len(data.translate(None, BASE64 + b"= \t\r\n"))
        return data if strangers > len(data) // 10 else unbase64(data)
    if encoding.startswith("quoted-printable"):
        return quopri.decodestring(data)
    if encoding in ("x-uuencode", "uuencode", "uue", "x-uue"):
        found = part.get_payload(decode=True)
        return found if isinstance(found, bytes) else data
    return data


def unread(part: Message) -> bytes:
    """The bytes of a part as they stand in the message. `get_payload` would decode them by the label, which is what we do better."""
    return str(getattr(part, "_payload", None) or "").encode("utf-8", "surrogateescape") if not part.is_multipart() else b""


def _whole(message: Message) -> bytes:
    try:
        return message.as_bytes()
    except Exception:  # the generator trips over many a broken header; the pieces themselves are there
        lines = [f"{name}: {value}" for name, value in message.raw_items()]
        return "\n".join([*lines, "", str(message.get_payload())]).encode("utf-8", "surrogateescape")


# Names


def _enclosed(part: Message, kind: str, hint: str, number: int) -> Enclosed:
    name = safe_name(decoded_words(_given_name(part, hint)))
    if not name and kind == "message/rfc822" and isinstance(inside := part.get_payload(), list) and inside:
        subject = safe_name(header(cast(Message, inside[0]), "Subject", hint))
        name = f"{subject}.eml" if subject else ""
    return Enclosed(name or f"attachment-{number}.{ENDINGS.get(kind, 'bin')}", kind, content(part))


def safe_name(name: str) -> str:
    """The last piece of a path, without characters that hide its ending; "" where nothing is left."""
    name = one_line(name.replace("\\", "/").replace("\0", "")).rpartition("/")[2].strip(" .")
    if len(name) <= LONGEST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: LONGEST_NAME - 20]}.{ending}" if dot and len(ending) < 16 else name[:LONGEST_NAME]


def _given_name(part: Message, hint: str = "") -> str:
    return parameter(part, "Content-Disposition", "filename", hint) or parameter(part, "Content-Type", "name", hint)


def parameter(part: Message, of: str, name: str, hint: str = "") -> str:
    """A header's parameter as text: plain, quoted, RFC 2231 in one or several pieces, encoded words, raw bytes; "" without one."""
    said = raw(part, of)
    if not said:
        return ""
    pairs = list(_pairs(said[0], hint))
    return _continued(pairs, name, hint) or next((value for key, value in pairs if key == name), "")


_PAIR = re.compile(r";\s*([^=;\s]+)\s*=\s*(\"(?:[^\"\\]|\\.)*\"|\"[^\"]*$|(?:=\?[^?]*\?[bBqQ]\?[^?]*\?=|[^;])*)", re.S)


def _pairs(value: bytes, hint: str) -> Iterator[tuple[str, str]]:
    text = re.sub(r"\r?\n[ \t]?|\r", " ", decoded(value[:65536], "", hint))
    for found in _PAIR.finditer(text):
        said = found[2].strip()
        yield found[1].lower(), unquote(said if said.endswith('"') and len(said) > 1 else f'{said}"') if said.startswith('"') else said


def _continued(pairs: list[tuple[str, str]], name: str, hint: str) -> str:
    """RFC 2231: filename*=charset'language'…, filename*0*=…, filename*1=…, in whatever order."""
    pieces: list[tuple[int, bool, bytes]] = []
    for key, value in pairs:
        if found := re.fullmatch(rf"{name}\*(?:(\d{{1,4}})(\*)?)?", key):
            pieces.append((int(found[1] or 0), found[1] is None or bool(found[2]), value.encode("utf-8")))
    if not pieces:
        return ""
    pieces.sort(key=lambda piece: piece[0])
    charset, data = "", b""
    for n, (_, encoded, piece) in enumerate(pieces):
        said = piece
        if n == 0 and encoded and piece.count(b"'") >= 2:
            label, _, said = piece.split(b"'", 2)
            charset = label.decode("ascii", "replace")
        data += unquote_to_bytes(said) if encoded else said
    return decoded(data, charset, hint)


# What is read


def _readable(pieces: list[tuple[str, str]]) -> str:
    """The pieces in the order of reading; of alternatives the plain one, unless it is empty or only says that there is another."""
    out: list[str] = []
    groups: dict[str, list[tuple[str, str]]] = {}
    for mark, text in pieces:
        number, colon, kind = mark.rpartition(":")
        if not colon:
            out.append(_laid_out(kind, text))
        elif number in groups:
            groups[number].append((kind, text))
        else:
            groups[number] = [(kind, text)]
            out.append(f"\x00{number}")
    return tidy("\n\n".join(filter(None, (_chosen(groups[one[1:]]) if one.startswith("\x00") else one for one in out))))


def _laid_out(kind: str, text: str) -> str:
    return tidy(text) if kind == "text/plain" else from_html(text)


def _chosen(alternatives: list[tuple[str, str]]) -> str:
    plain = tidy("\n\n".join(text for kind, text in alternatives if kind == "text/plain"))
    others = [text for kind, text in alternatives if kind != "text/plain"]
    if plain and not (others and len(plain) < 200 and STUB.search(plain)):
        return plain
    rich = "\n\n".join(filter(None, (from_html(text) for text in others)))
    return rich if len(rich) > len(plain) else plain


_CALENDAR = re.compile(r"^(SUMMARY|DESCRIPTION|LOCATION|DTSTART)[^:\n]*:(.*)$", re.M)


def _calendar_words(enclosed: list[Enclosed]) -> str:
    """An invitation without any text: what it is about, when and where."""
    for one in enclosed:
        if one.kind == "text/calendar":
            text = re.sub(r"\n[ \t]", "", decoded(one.data).replace("\r\n", "\n"))
            found = [value.replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";").strip() for _, value in _CALENDAR.findall(text)]
            return tidy("\n".join(filter(None, found)))
    return ""
