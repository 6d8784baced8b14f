"""A mailbox on its IMAP server: what is new there, in pieces; a test that says what the server said."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from kesu.channels.models import Mailbox
from kesu.channels.sealing import unseal

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

PATIENCE = 20  # seconds for every answer of the server
PIECE = 50  # messages fetched together
PIECE_BYTES = 16_000_000  # and not more bytes than this, unless one message has more
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_DATE = re.compile(rb'\bINTERNALDATE "([^"]+)"')
TROUBLE = (OSError, imaplib.IMAP4.error, ssl.SSLError, EOFError)


class Unusable(Exception):
    """The mailbox cannot be read; the text is what the server said."""


@dataclass(frozen=True)
class Piece:
    """Messages that were fetched together: bytes, when the server got them; `last` is the highest id among them."""

    messages: list[tuple[bytes, datetime | None]]
    last: int


@contextmanager
def connected(mailbox: Mailbox) -> Iterator[BaseMailBox]:
    """Signed in, with the folder open for reading only. Raises Unusable, or what the line breaks with."""
    box = _connect(mailbox)
    try:
        try:
            box.login(mailbox.login, unseal(mailbox.sealed), initial_folder=None)
            _check(box.client.select(_folder(mailbox.folder), readonly=True))
        except Exception as problem:
            if isinstance(problem, OSError):
                raise
            raise Unusable(said(problem)) from problem
        yield box
    finally:
        try:
            box.client.logout()
        except (*TROUBLE, AttributeError):
            box.client.shutdown()


def _folder(name: str) -> str:
    from imap_tools.imap_utf7 import utf7_encode  # with the mailbox

    quoted = utf7_encode(name).decode("ascii").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'


def _connect(mailbox: Mailbox) -> BaseMailBox:
    from imap_tools import MailBox, MailBoxStartTls, MailBoxUnencrypted  # only where a mailbox is set up

    if mailbox.secured == "tls":
        return MailBox(mailbox.host, mailbox.port, timeout=PATIENCE, ssl_context=ssl.create_default_context())
    if mailbox.secured == "starttls":
        return MailBoxStartTls(mailbox.host, mailbox.port, timeout=PATIENCE, ssl_context=ssl.create_default_context())
    return MailBoxUnencrypted(mailbox.host, mailbox.port, timeout=PATIENCE)


def said(problem: BaseException) -> str:
    """What the server or the line said, in one line."""
    words = getattr(problem, "command_result", None) or (problem.args[0] if problem.args else problem)
    if isinstance(words, tuple | list):
        words = " ".join(_text(word) for word in words)
    return " ".join(f"{type(problem).__name__}: {_text(words)}".split())[:300]


def _text(word: Any) -> str:
    if isinstance(word, list | tuple):
        return " ".join(_text(one) for one in word)
    return word.decode("utf-8", "replace") if isinstance(word, bytes) else str(word)


def _check(answer: tuple[str, list[Any]]) -> list[Any]:
    if answer[0] != "OK":
        raise Unusable(_text(answer[1])[:300])
    return answer[1]


def validity(box: BaseMailBox) -> int:
    """UIDVALIDITY: another number means that all ids of the folder are new."""
    _, found = box.client.response("UIDVALIDITY")
    return int(found[0]) if found and found[0] else 0


def pieces(box: BaseMailBox, after: int) -> Iterator[Piece]:
    """Everything with an id above `after`, oldest first."""
    answer = _check(box.client.uid("SEARCH", f"UID {after + 1}:*"))
    wanted = sorted(int(uid) for uid in (answer[0] or b"").split() if int(uid) > after)  # the last one is always named
    for ids in _portions(box, wanted):
        yield _fetch(box, ids)


def _portions(box: BaseMailBox, wanted: list[int]) -> Iterator[list[int]]:
    for first in range(0, len(wanted), 500):
        sizes = dict.fromkeys(wanted[first : first + 500], 0)
        for line in _check(box.client.uid("FETCH", _set(list(sizes)), "(UID RFC822.SIZE)")):
            head = line[0] if isinstance(line, tuple) else line or b""
            if (uid := _UID.search(head)) and (size := _SIZE.search(head)):
                sizes[int(uid[1])] = int(size[1])
        portion: list[int] = []
        for uid_, bytes_ in sizes.items():
            if portion and (len(portion) == PIECE or sum(sizes[one] for one in portion) + bytes_ > PIECE_BYTES):
                yield portion
                portion = []
            portion.append(uid_)
        if portion:
            yield portion


def _set(ids: list[int]) -> str:
    return ",".join(map(str, ids))


def _fetch(box: BaseMailBox, ids: list[int]) -> Piece:
    found: list[tuple[bytes, datetime | None]] = []
    for line in _check(box.client.uid("FETCH", _set(ids), "(UID INTERNALDATE BODY.PEEK[])")):
        if isinstance(line, tuple) and len(line) == 2 and b"BODY[]" in line[0]:
            found.append((line[1], _internal_date(line[0])))
    return Piece(found, ids[-1])


def _internal_date(head: bytes) -> datetime | None:
    found = _DATE.search(head)
    try:
        return datetime.strptime(found[1].decode().strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(UTC) if found else None
    except ValueError:
        return None


def tried(mailbox: Mailbox) -> list[tuple[bool, str]]:
    """The test button: (went well, what came back), step by step, exactly as the server said it."""
    found: list[tuple[bool, str]] = []
    try:
        with connected(mailbox) as box:
            found.append((True, f"{mailbox.host}:{mailbox.port} {_text(box.client.welcome)}"))
            found.append((True, f"LOGIN {mailbox.login}: OK"))
            found.append((True, f"CAPABILITY {' '.join(box.client.capabilities)}"))
            count = _check(box.client.uid("SEARCH", "ALL"))
            ids = [int(uid) for uid in (count[0] or b"").split()]
            found.append((True, f"SELECT {mailbox.folder}: {len(ids)}, UIDVALIDITY {validity(box)}"))
            if ids:
                head = _check(box.client.uid("FETCH", str(ids[-1]), "(INTERNALDATE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT)])"))
                found.append((True, _newest(head)))
    except (Unusable, *TROUBLE) as problem:
        found.append((False, str(problem) if isinstance(problem, Unusable) else said(problem)))
    return found


def _newest(head: list[Any]) -> str:
    from kesu.channels.mail.headers import shown
    from kesu.channels.mail.letter import read

    line = next((one for one in head if isinstance(one, tuple)), (b"", b""))
    letter, when = read(line[1]), _DATE.search(line[0])
    return " ".join(filter(None, [_text(when[1]) if when else "", shown(letter.sender), letter.subject]))
