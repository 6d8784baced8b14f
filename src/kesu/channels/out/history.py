"""What a customer was told about a case, by which means, and what became of each message: sent, arrived, read, given up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from kesu.channels.models import Answer, Outgoing
from kesu.channels.out.stuck import covered_address
from kesu.company.rights import Rights
from kesu.complaints.models import Case
from kesu.complaints.queries.veil import Veil, veil_for
from kesu.procedure.telling import CALL, KINDS

STATES: dict[str, tuple[str, str]] = {
    "waiting": ("待发", "to be sent"),
    "sending": ("在发", "being sent"),
    "sent": ("已发出", "sent"),
    "delivered": ("已送到", "delivered"),
    "read": ("已看", "read"),
    "failed": ("没送到", "not delivered"),
    "bounced": ("退信", "came back"),
    "refused": ("被拒收", "refused"),
    "dropped": ("不再发", "given up"),
    "done": ("打过了", "called"),
}


@dataclass(frozen=True)
class Entry:
    """One message: `state` is one of STATES, "read" once they have opened their page since; the secret of the page is covered."""

    at: datetime
    kind: str
    means: str
    to: str
    text: str
    state: str
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    why: str

    def kind_words(self, language: str) -> str:
        """What was told."""
        pair = KINDS.get(self.kind)
        return pair[0 if language.startswith("zh") else 1] if pair else self.kind

    def state_words(self, language: str) -> str:
        """What became of it."""
        if self.means == CALL and self.state == "waiting":
            return "等人打" if language.startswith("zh") else "to be called"
        pair = STATES.get(self.state)
        return pair[0 if language.startswith("zh") else 1] if pair else self.state


def told(case: Case, rights: Rights) -> list[Entry]:
    """Everything that the customer of this case was told, newest first, saying no more of them than the reader sees. A few queries."""
    veil = veil_for(case, rights)
    out = Outgoing.objects.filter(case=case, person=None).order_by("-id")[:200]
    answers = Answer.objects.filter(case=case).order_by("-id")[:200]
    found = [*(_message(row, case) for row in out), *(_answer(row, case) for row in answers)]
    return [_covered_for(entry, veil) for entry in sorted(found, key=lambda entry: entry.at, reverse=True)]


def _covered_for(entry: Entry, veil: Veil) -> Entry:
    to, why = ("", "") if veil.seen.secret else (entry.to, entry.why)
    return replace(entry, to=to, text=veil.words(entry.text), why=veil.words(why))


def _message(row: Outgoing, case: Case) -> Entry:
    state = "read" if row.read_at else row.state
    to = covered_address(row.address) if row.address else ""
    why = (row.words or row.error).replace(row.address, to) if row.address else row.words or row.error
    text = _covered(str(row.payload.get("text", "")), case)
    return Entry(row.at, row.kind, row.means, to, text, state, row.sent_at, row.delivered_at, row.read_at, why)


def _answer(row: Answer, case: Case) -> Entry:
    state, to = "read" if row.read_at else row.state, covered_address(row.address)
    why = row.error.replace(row.address, to) if row.address else row.error
    return Entry(row.at, row.kind, "mail", to, _covered(row.body, case), state, None, None, row.read_at, why)


def _covered(text: str, case: Case) -> str:
    return text.replace(case.token, "•" * 8)
