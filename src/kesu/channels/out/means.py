"""The means: each says whom it reaches, how it puts what is told, and how it sends. Wings of the doors register theirs at start."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from kesu.channels.out.models import OutAccount, Outgoing
from kesu.complaints.models import Case
from kesu.procedure.telling import CALL, MEANS


class Refusal(Exception):
    """It was not taken. `for_good`: this address or message will never be, the next means is tried; else later.

    `account`: nothing goes out by this account (wrong key, no money): shown where accounts are set up. `wait`: how long, where they say so.
    """

    def __init__(self, why: str, *, for_good: bool = False, account: bool = False, wait: timedelta | None = None) -> None:
        super().__init__(why)
        self.why, self.for_good, self.account, self.wait = why[:300], for_good, account, wait


@dataclass(frozen=True)
class Sent:
    """It was taken. `provider_id`: their number, by which reports name it; `facts`: plain values that stay (parts, fee)."""

    provider_id: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Reach:
    """Where a customer can be reached, and with which account (None where the means knows by itself)."""

    address: str
    account: OutAccount | None = None


@dataclass(frozen=True)
class Told:
    """What a customer is told: the words in both languages are fixed. `topic` names it for ever: it is told once."""

    topic: str
    case: Case
    kind: str  # of procedure.telling.KINDS
    zh: str
    en: str
    at: datetime
    link: str = ""  # the customer's page, whole

    def words(self, language: str) -> str:
        """In the customer's language."""
        return self.zh if language.startswith("zh") else self.en


def _reaches_nobody(case: Case, kind: str, at: datetime) -> Reach | None:
    return None


def _plain(told: Told, language: str, account: OutAccount | None) -> dict[str, Any] | None:
    return {"text": told.words(language), "link": told.link}


@dataclass(frozen=True)
class Means:
    """One way to get a message to somebody.

    `send` may take as long as a request takes and is called outside any transaction; it raises Refusal and nothing else on purpose
    (anything else counts as "later"). `reach` asks the database only. `put` gives the payload, plain JSON whose "text" a person can read;
    None where this means has no way to say such a thing (no template): then the next one is tried. `key` of the message may serve as an
    idempotency key: it is the same for every try.
    """

    id: str
    zh: str
    en: str
    send: Callable[[OutAccount | None, Outgoing], Sent]
    reach: Callable[[Case, str, datetime], Reach | None] = _reaches_nobody  # case, kind, at; only of means for customers
    put: Callable[[Told, str, OutAccount | None], dict[str, Any] | None] = _plain
    per_minute: int = 0  # messages that one account may send; 0: as many as there are
    companies: Callable[[], Iterable[int]] | None = None  # ids of companies that can write by it; None: those with an OutAccount for it
    hand_over: Callable[[Told, datetime], bool] | None = None  # it keeps messages of its own (mail) and writes one here; False: it cannot

    @property
    def for_customers(self) -> bool:
        """Whether customers can be told by it."""
        return self.id in MEANS

    def label(self, language: str) -> str:
        """Its name in the reader's language."""
        return self.zh if language.startswith("zh") else self.en


_means: dict[str, Means] = {}


def register(means: Means) -> None:
    """Make it known; once more with the same id replaces it."""
    _means[means.id] = means


def find(id: str) -> Means | None:
    """The means with this id, if this installation has it."""
    return _means.get(id)


def known() -> list[Means]:
    """All of them, in the order in which they were registered."""
    return list(_means.values())


def name_of(id: str, language: str) -> str:
    """Its name in the reader's language; a call is one, too."""
    if id == CALL:
        return "打电话" if language.startswith("zh") else "Telephone call"
    means = _means.get(id)
    return means.label(language) if means else id
