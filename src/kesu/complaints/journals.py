"""What has a journal of its own beside the cases: records of corrective action, warnings, reports. The wings that keep them say here
how they are told of to the world outside; whoever tells (web hooks, robots of work chats) asks here and does not know those wings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kesu.complaints.models.journal import Entry


@dataclass(frozen=True)
class Glance:
    """What may leave the house of one of them: no name, no number, no words of anybody. `sites`, by id: none is several or all."""

    number: str
    sites: tuple[int, ...]
    state: str
    open: bool
    path: str  # of its page
    departments: tuple[int, ...] = ()  # that have something to do in it


@dataclass(frozen=True)
class Kind:
    """`name`: as messages and notices call it; `acts`: act → what it is called; `found`: by company and what a notice's data call it."""

    name: str
    zh: str
    en: str
    acts: Mapping[str, tuple[str, str]]
    glance: Callable[[Any], Glance]
    found: Callable[[int, Any], Any]
    chats: bool = True  # groups of staff hear of it

    def label(self, language: str) -> str:
        """What it is called."""
        return self.zh if language.startswith("zh") else self.en


kinds: dict[str, Kind] = {}
Listener = Callable[[Kind, Any, Sequence[Entry]], None]
_listeners: list[Listener] = []


def known(kind: Kind) -> None:
    """A wing makes its kind known, once per process."""
    kinds[kind.name] = kind


def listen(listener: Listener) -> None:
    """Hear of every entry as it is stored, in the same transaction."""
    if listener not in _listeners:
        _listeners.append(listener)


def store(name: str, whole: Any, entries: Sequence[Entry]) -> None:
    """Store new entries of a row that stands as it is after the act, and tell the listeners."""
    if not entries:
        return
    type(entries[0])._default_manager.bulk_create(entries)
    for listener in _listeners:
        listener(kinds[name], whole, entries)


def acts() -> dict[str, tuple[str, str]]:
    """`record.plan` → what it is called: every act of every kind."""
    return {f"{kind.name}.{act}": pair for kind in kinds.values() for act, pair in kind.acts.items()}
