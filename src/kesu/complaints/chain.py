"""The hash chain of the journal: what an entry's hash covers, and the proof."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from kesu.complaints.models import Case, JournalEntry
from kesu.complaints.models.journal import Entry
from kesu.complaints.spelling import ERASING, NOT_ANSWERED, NOT_AS_LEFT, Remains, digest
from kesu.complaints.storing import insert

_listeners: list[Callable[[Sequence[JournalEntry]], None]] = []


def listen(listener: Callable[[Sequence[JournalEntry]], None]) -> None:
    """Hear of all entries as they are stored, in the same transaction. For wings above, which this one does not know."""
    if listener not in _listeners:
        _listeners.append(listener)


def store(entries: Sequence[JournalEntry]) -> None:
    """Store new entries whose cases have their ids and stand as they are after the act."""
    insert(entries)
    for listener in _listeners:
        listener(entries)


def entry_hash(entry: Entry, number: str) -> str:
    """SHA-256 over the number of what it belongs to and everything the entry says, in one fixed spelling, chained to the entry before."""
    return digest(said(entry, number))


def said(entry: Entry, number: str) -> dict[str, Any]:
    """What the entry says, as plain values: what its hash covers."""
    return {
        "case": number,
        "n": entry.n,
        "at": _stamp(entry.at),
        "written_at": _stamp(entry.written_at),
        "round": entry.round,
        "act": entry.act,
        "actor": entry.actor,
        "person": entry.person_id,
        "name": entry.name,
        "role": entry.role,
        "data": entry.data,
        "before": entry.before,
        **({"salt": salt} if (salt := getattr(entry, "salt", "")) else {}),
        **({"erased": True} if getattr(entry, "erased", False) else {}),
    }


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def append(case: Case, entry: JournalEntry) -> JournalEntry:
    """Give the entry its number and hash and move the case's end of chain; saving both is the caller's."""
    entry.case = case
    link(case, entry)
    return entry


def link(whole: Any, entry: Entry) -> None:
    """Append to the chain of whatever has a journal: anything with `number`, `journal_n` and `journal_head`."""
    entry.n = whole.journal_n + 1
    entry.before = whole.journal_head
    entry.hash = entry_hash(entry, whole.number)
    whole.journal_n, whole.journal_head = entry.n, entry.hash


def faults(case: Any, entries: Iterable[Entry]) -> list[tuple[int, str, str]]:
    """(entry number, zh, en) for every break: changed, missing, inserted or cut-off entries. Empty when the chain holds."""
    found: list[tuple[int, str, str]] = []
    before, n, remains = "", 0, Remains()
    for entry in entries:
        n += 1
        if entry.n != n:
            found.append((n, f"缺第 {n} 条", f"entry {n} is missing"))
            n = entry.n
        elif entry.before != before:
            found.append((entry.n, f"第 {entry.n} 条与前一条接不上", f"entry {entry.n} does not follow the one before"))
        if getattr(entry, "erased", False):
            remains.take(said(entry, case.number), entry.hash)
        elif entry_hash(entry, case.number) != entry.hash:
            found.append((entry.n, f"第 {entry.n} 条被改动过", f"entry {entry.n} has been changed"))
        elif entry.act == ERASING and not remains.answered_by(entry.data):
            found.append((entry.n, *NOT_AS_LEFT))
        before = entry.hash
    if remains.unanswered and not found:
        found.append((n, *NOT_ANSWERED))
    if not found and (n != case.journal_n or before != case.journal_head):
        found.append((n + 1, f"第 {n} 条之后被截断或改动", f"entries after {n} were cut off or changed"))
    return found
