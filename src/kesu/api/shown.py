"""What the interface shows of a case: the rows that its page shows to the same person, as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from ninja import Schema
from pydantic import ConfigDict, Field

from kesu.complaints.models import Case, Clock, JournalEntry
from kesu.complaints.queries import clocks
from kesu.complaints.queries.case_page import CasePage
from kesu.complaints.sentences import say
from kesu.procedure.duewords import why_steps
from kesu.procedure.pack import Pack


class Brief(Schema):
    """A case in a list."""

    number: str
    title: str
    site: int
    step: str
    nature: str
    grade: str
    category: str
    channel: str
    round: int
    heard_at: str
    received_at: str
    closed_at: str | None
    outcome: str


class Row(Schema):
    """A row that belongs to the case; its fields are those of docs/api.md."""

    model_config = ConfigDict(extra="allow")
    id: int | str | None = None


class Running(Schema):
    """A time limit."""

    id: int
    obligation: str
    name: str
    name_en: str
    subject: int
    state: str
    began_at: str
    due_at: str
    first_due_at: str
    done_at: str | None
    role: str
    person: int | None
    department: int | None
    why: list[Row] | None = Field(None, description="The reckoning step by step")


class Whole(Brief):
    """A case with everything that belongs to it."""

    n: int
    contact_name: str
    contact_phone: str = Field(description="Masked unless the person may see it; `reveal` shows it, on record")
    place: str
    wants: str
    facts: dict[str, bool]
    judged: bool
    handler: int | None
    department: int | None
    items: list[Row]
    parts: list[Row]
    proposals: list[Row]
    agreed: list[Row]
    payments: list[Row]
    questions: list[Row]
    tasks: list[Row]
    handovers: list[Row]
    references: list[Row]
    complained: list[Row]
    extensions: list[Row]
    files: list[Row]
    clocks: list[Running]
    may: list[str] = Field(description="Acts that the person could do now")


class Entry(Schema):
    """One line of the journal."""

    n: int
    at: str
    written_at: str
    act: str
    actor: str
    by: str
    role: str
    said: str
    said_en: str
    hash: str


FIELDS: dict[str, tuple[str, ...]] = {
    "items": ("n", "words", "category", "finding", "reason"),
    "parts": ("id", "round", "department_id", "lead", "handler_id", "dispatched_at", "signed_at", "sent_back_at", "returned_at"),
    "proposals": ("id", "round", "words", "company_pays", "customer_pays", "state", "approver", "at"),
    "agreed": ("id", "proposal_id", "n", "what", "remedy", "cost", "payer", "department_id", "due_at", "agreed_at", "done_at"),
    "payments": ("id", "action_id", "amount", "to", "method", "reverses_id", "at"),
    "questions": ("id", "words", "answer", "asked_at", "answered_at"),
    "tasks": ("id", "what", "department_id", "person_id", "due_at", "done_at", "dropped_at"),
    "handovers": ("id", "body", "name", "number", "due_at", "at", "answered_at", "answer"),
    "references": ("id", "kind", "number", "dated"),
    "complained": ("id", "person_id", "name", "words", "told_at"),
    "extensions": ("id", "clock_id", "new_due", "reason", "approver", "state"),
    "files": ("id", "name", "kind", "size", "sha256", "for_customer", "at"),
}


def plain(value: Any) -> Any:
    """Times in ISO 8601 with offset; everything else as it is."""
    return value.isoformat() if isinstance(value, (datetime, date)) else value


def rows(name: str, found: Iterable[Any]) -> list[dict[str, Any]]:
    """These rows with the fields that this list shows."""
    return [{field: plain(getattr(row, field)) for field in FIELDS[name]} for row in found]


def brief(case: Case) -> dict[str, Any]:
    """A case for a list."""
    named = (
        "number",
        "title",
        "step",
        "nature",
        "grade",
        "category",
        "channel",
        "round",
        "heard_at",
        "received_at",
        "closed_at",
        "outcome",
    )
    return {name: plain(getattr(case, name)) for name in named} | {"site": case.site_id}


def running(clock: Clock, pack: Pack, why: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """A clock; `why` where it was reckoned."""
    row = pack.obligation(clock.obligation)
    named = ("obligation", "subject", "state", "began_at", "due_at", "first_due_at", "done_at", "role")
    told = {name: plain(getattr(clock, name)) for name in named}
    told |= {"id": clock.pk, "person": clock.person_id, "department": clock.department_id}
    told |= {"name": row.label("zh") if row else clock.obligation, "name_en": row.label("en") if row else clock.obligation}
    return told | ({"why": why} if why is not None else {})


def reckoned(page: CasePage) -> list[dict[str, Any]]:
    """The case's clocks, each with why it is due then."""
    found = []
    for clock in page.clocks:
        clock.case = page.case
        due = clocks.why(clock, page.pack, page.at, page.pauses)
        found.append(running(clock, page.pack, why_steps(due) if due else []))
    return found


def whole(page: CasePage) -> dict[str, Any]:
    """Everything of the case that this person sees."""
    case = page.case
    lists: dict[str, Iterable[Any]] = {
        "items": page.items, "parts": page.parts, "proposals": page.proposals, "agreed": page.actions, "payments": page.payments,
        "questions": page.questions, "tasks": page.hands.tasks, "handovers": page.hands.handovers, "references": page.hands.references,
        "complained": page.complained, "extensions": page.extensions, "files": page.files,
    }  # fmt: skip
    named = ("contact_name", "place", "wants", "facts", "judged")
    told = brief(case) | {name: getattr(case, name) for name in named}
    told |= {"n": case.journal_n, "handler": case.handler_id, "department": case.department_id}
    told["contact_phone"] = case.contact_phone  # covered where this person does not see it
    told |= {name: rows(name, found) for name, found in lists.items()}
    may = [*([page.next.mine.act] if page.next.mine else []), *page.next.others]
    return told | {"clocks": [running(clock, page.pack) for clock in page.clocks], "may": may}


def entry(row: JournalEntry, pack: Pack, zone: str) -> dict[str, Any]:
    """A line of the journal in both languages."""
    return {
        "n": row.n,
        "at": plain(row.at),
        "written_at": plain(row.written_at),
        "act": row.act,
        "actor": row.actor,
        "by": row.name,
        "role": row.role,
        "said": say(row, pack, "zh-hans", zone),
        "said_en": say(row, pack, "en", zone),
        "hash": row.hash,
    }
