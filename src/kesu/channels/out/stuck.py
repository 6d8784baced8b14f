"""What does not go on, and why, whatever it went out by: notices to staff, letters, answers, messages, and calls that nobody has made.

Seen by supervisors, in cases that they may see. Addresses are covered: who is behind one stands in the case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from kesu.channels.models import Answer, Outgoing
from kesu.company.models import Person
from kesu.company.rights import rights_of
from kesu.complaints.models import Case, Letter, Notice
from kesu.complaints.queries import cases
from kesu.complaints.queries.veil import Veil, covered_for
from kesu.customers.masks import masked_phone
from kesu.procedure.refused import Refused
from kesu.procedure.telling import CALL

MOST = 200  # of each kind
LATELY = timedelta(days=60)  # older ones help nobody any more
KINDS = ("call", "message", "answer", "letter", "notice")


@dataclass(frozen=True)
class Stuck:
    """One thing: what it is, to whom, why it does not go on, since when, when it is tried next (None: never by itself)."""

    kind: str  # of KINDS
    id: int
    case: Case | None
    means: str
    to: str
    why: str
    since: datetime
    next_at: datetime | None
    tries: int
    text: str = ""  # what a caller has to say
    may: tuple[str, ...] = ()  # again, drop, done


def covered_address(address: str) -> str:
    """Enough to know it again, too little to use it."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}" if at else masked_phone(address)


def _why(why: str, address: str) -> str:
    return why.replace(address, covered_address(address)) if address else why


def may_look(person: Person, at: datetime) -> bool:
    """Whether this page is for them: supervisors, and whoever sets up."""
    rights = rights_of(person, at)
    return rights.page("board") or rights.page("setup")


def _messages(person: Person, at: datetime) -> QuerySet[Outgoing]:
    mine = Outgoing.objects.filter(company_id=person.company_id, at__gt=at - LATELY, stuck_at__isnull=False).exclude(means=CALL)
    return mine.filter(_seen(person, at)).select_related("case__home", "case__customer", "person", "account").order_by("-id")


def _calls(person: Person, at: datetime) -> QuerySet[Outgoing]:
    mine = Outgoing.objects.filter(company_id=person.company_id, means=CALL, state="waiting")
    return mine.filter(case__in=cases.visible_to(person, at)).select_related("case__home", "case__customer").order_by("due_at", "id")


def _answers(person: Person, at: datetime) -> QuerySet[Answer]:
    goes_on = Outgoing.objects.filter(topic=OuterRef("key"), place__gt=0).exclude(state="waiting", means=CALL)
    bad = Q(state__in=["failed", "bounced"]) | Q(state__in=["waiting", "sending"], tries__gt=0)
    mine = Answer.objects.filter(bad, case__company_id=person.company_id, at__gt=at - LATELY).exclude(Exists(goes_on))
    return mine.filter(case__in=cases.visible_to(person, at)).select_related("case__home", "case__customer").order_by("-id")


def _letters(person: Person, at: datetime) -> QuerySet[Letter]:
    mine = Letter.objects.filter(_mail_stuck(), case__company_id=person.company_id, sent_at__gt=at - LATELY)
    return mine.filter(case__in=cases.visible_to(person, at)).select_related("case__home", "case__customer").order_by("-id")


def _notices(person: Person, at: datetime) -> QuerySet[Notice]:
    mine = Notice.objects.filter(_mail_stuck(), company_id=person.company_id, at__gt=at - LATELY)
    return mine.filter(_seen(person, at)).select_related("case__home", "case__customer", "person").order_by("-id")


def _mail_stuck() -> Q:
    return Q(mail="failed") | Q(mail__in=["waiting", "sending"], mail_tries__gt=0)


def _seen(person: Person, at: datetime) -> Q:
    """About a case that they see; about none: only for those who see the whole company, or set up."""
    rights = rights_of(person, at)
    whole = rights.company_wide() or rights.page("setup")
    seen = Q(case__in=cases.visible_to(person, at))
    return seen | Q(case=None) if whole else seen


QUERIES: dict[str, Callable[[Person, datetime], QuerySet[Any]]] = {
    "call": _calls,
    "message": _messages,
    "answer": _answers,
    "letter": _letters,
    "notice": _notices,
}


def counts(person: Person, at: datetime) -> dict[str, int]:
    """How many of each kind."""
    return {kind: query(person, at)[: MOST + 1].count() for kind, query in QUERIES.items()}


def stuck(person: Person, at: datetime, kinds: Iterable[str] = KINDS) -> list[Stuck]:
    """Calls first, then the newest; at most MOST of each kind."""
    found = {kind: [_SHOWN[kind](row) for row in QUERIES[kind](person, at)[:MOST]] for kind in kinds}
    rest = [row for kind, rows in found.items() if kind != "call" for row in rows]
    return _discreet([*found.get("call", []), *sorted(rest, key=lambda row: row.since, reverse=True)], person, at)


def _discreet(rows: list[Stuck], person: Person, at: datetime) -> list[Stuck]:
    """Saying no more of a customer than the reader sees; of a secret one nothing."""
    known = {row.case.pk: row.case for row in rows if row.case}
    veils = covered_for(list(known.values()), person, at)
    return [_behind(row, veils.get(row.case.pk) if row.case else None) for row in rows]


def _behind(row: Stuck, veil: Veil | None) -> Stuck:
    if veil is None:
        return row
    secret = veil.seen.secret and row.kind != "notice"
    to, why = ("", "") if secret else (row.to, row.why)
    return replace(row, to=to, why=veil.words(why), text=veil.words(row.text))


def _message(row: Outgoing) -> Stuck:
    to = row.person.name if row.person else covered_address(row.address) if row.address else (row.account.name if row.account else "")
    again = ("again", "drop") if row.state != "sending" else ()
    why = _why(row.error, row.address)
    return Stuck("message", row.pk, row.case, row.means, to, why, row.stuck_at or row.at, row.next_at, row.tries, may=again)


def _call(row: Outgoing) -> Stuck:
    to = covered_address(row.address)
    text = str(row.payload.get("text", ""))
    return Stuck("call", row.pk, row.case, CALL, to, "", row.at, row.due_at, 0, text, may=("done", "drop"))


def _answer(row: Answer) -> Stuck:
    may = ("again", "drop") if row.state != "sending" else ()
    to = covered_address(row.address)
    return Stuck("answer", row.pk, row.case, "mail", to, _why(row.error, row.address), row.at, row.next_at, row.tries, may=may)


def _letter(row: Letter) -> Stuck:
    since, may = row.sent_at or row.at, ("again",) if row.mail != "sending" else ()
    to = covered_address(row.to)
    return Stuck("letter", row.pk, row.case, "mail", to, _why(row.mail_error, row.to), since, row.mail_at, row.mail_tries, may=may)


def _notice(row: Notice) -> Stuck:
    may = ("again", "drop") if row.mail != "sending" else ()
    why = _why(row.mail_error, row.person.email)
    return Stuck("notice", row.pk, row.case, "mail", row.person.name, why, row.at, row.mail_at, row.mail_tries, may=may)


_SHOWN: dict[str, Callable[[Any], Stuck]] = {
    "call": _call,
    "message": _message,
    "answer": _answer,
    "letter": _letter,
    "notice": _notice,
}


def again(person: Person, kind: str, id: int, at: datetime) -> None:
    """Send it once more, at once. Raises LookupError for what is not theirs or not stuck any more."""
    if kind not in KINDS or kind == "call":
        raise LookupError(kind)
    rows = QUERIES[kind](person, at).order_by().filter(pk=id)
    table = rows.model._default_manager.filter(pk__in=list(rows.values_list("pk", flat=True)))
    if kind in ("letter", "notice"):
        done = table.exclude(mail="sending").update(mail="waiting", mail_at=at, mail_tries=0, mail_lease="")
    else:
        done = table.exclude(state="sending").update(state="waiting", next_at=at, tries=0, lease="")
    if not done:
        raise LookupError(id)


def drop(person: Person, kind: str, id: int, reason: str, at: datetime) -> None:
    """Give it up, with a reason that stays. Raises LookupError as above, Refused without a reason."""
    if kind not in KINDS or kind == "letter":
        raise LookupError(kind)  # a letter is sent another way, from its own page
    if not reason.strip():
        raise Refused("missing", "写下为什么不发了", "say why it is given up", field="reason")
    rows, words = QUERIES[kind](person, at).order_by().filter(pk=id), reason.strip()
    table = rows.model._default_manager.filter(pk__in=list(rows.values_list("pk", flat=True)))
    if kind == "notice":
        done = table.exclude(mail="sending").update(mail="dropped", mail_at=None, mail_lease="", mail_error=words[:200])
    elif kind == "answer":
        done = table.exclude(state="sending").update(state="dropped", next_at=None, lease="", error=words[:300])
    else:
        said = {"by": person, "words": words[:300]}
        done = table.exclude(state="sending").update(state="dropped", next_at=None, lease="", stuck_at=None, **said)
    if not done:
        raise LookupError(id)
