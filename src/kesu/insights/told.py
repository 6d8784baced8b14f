"""What a case's facts are derived from: its row, its journal, and those rows that carry the ids which journal entries lose when their
words are erased. Plain tuples: a rebuild reads a million of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from kesu.procedure.pack import Pack


class Card(NamedTuple):
    """The columns of a case that count, by their names there."""

    pk: int
    company_id: int
    site_id: int
    department_id: int | None
    version_id: int
    number: str
    journal_n: int
    channel: str
    nature: str
    judged: bool
    grade: str
    category: str
    cause: str
    outcome: str
    handler_id: int | None
    heard_at: datetime
    received_at: datetime
    closed_at: datetime | None
    erased_at: datetime | None
    round: int
    step: str
    bounces: int
    customer_id: int | None
    home_id: int | None
    same_as_id: int | None


class Said(NamedTuple):
    """One entry of the journal, as far as it counts. `data` is read for follow-ups and for what those outside found."""

    act: str
    at: datetime
    round: int
    data: dict[str, Any]


class Form(NamedTuple):
    """A department's part. The journal names the department as it was called that day; the row knows which one it is."""

    round: int
    department: int
    lead: bool
    dispatched_at: datetime
    signed_at: datetime | None
    sent_back_at: datetime | None
    returned_at: datetime | None


class Limit(NamedTuple):
    """A clock as it stands, and who granted more time. It is what the journal makes of it, to the second (tests replay it)."""

    pk: int
    obligation: str
    round: int
    began_at: datetime
    first_due_at: datetime
    due_at: datetime
    state: str
    done_at: datetime | None
    paused_at: datetime | None
    extended_to: datetime | None
    approver: int | None
    role: str
    person: int | None
    waits_for: str


class Sum(NamedTuple):
    """Money proposed, agreed or paid. In fen; a reversal is negative."""

    kind: str
    payer: str
    what: str
    fen: int
    at: datetime


@dataclass
class Told:
    """One case, ready to be counted."""

    case: Card
    pack: Pack
    zone: ZoneInfo
    work: Callable[[datetime, datetime], int]  # seconds of opening hours of its site between two moments
    journal: list[Said] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)
    against: list[int] = field(default_factory=list)
    repeats: int | None = None
    repeated: int | None = None
