"""Choosing the means and writing the message: what the customer asked for, then the procedure's order, among what reaches them."""

from __future__ import annotations

from datetime import datetime

from kesu.channels.handlers import tell_handler
from kesu.channels.models import Answer, Outgoing
from kesu.channels.out import means
from kesu.channels.out.means import Told
from kesu.company.procedures import pack_of, time_of
from kesu.complaints.models import Case
from kesu.complaints.storing import insert_unless_there
from kesu.procedure.due import due
from kesu.procedure.pack import Pack
from kesu.procedure.telling import CALL, PAGE, after_quiet

MUST_ANSWER = ("question", "notice")  # these are told by a call where nothing else reaches; that it was received waits for nobody


def tell(told: Told, at: datetime, *, place: int = 0) -> str:
    """Write one message by the first means that is left and reaches them. Returns the means; the same topic and place write one only."""
    case, pack = told.case, pack_of(told.case.version_id)
    if pack.telling.silent(told.kind):
        return _on_page(told, at, place)
    tried = set(Outgoing.objects.filter(topic=told.topic).values_list("means", flat=True)) if place else set()
    if place and Answer.objects.filter(key=told.topic).exists():
        tried.add("mail")
    for id in order(case, told.kind, pack):
        if id == PAGE:
            return _on_page(told, at, place)
        if id not in tried and id != CALL and _by(id, told, at, place, pack):
            return id
    if case.contact_phone and (place or told.kind in MUST_ANSWER):
        return _call(told, at, place, pack)
    return _on_page(told, at, place)


def order(case: Case, kind: str, pack: Pack) -> list[str]:
    """The means for this case and kind, the first one first: what the customer asked for comes before the procedure's."""
    wish, rest = wish_of(case), pack.telling.order(kind)
    if wish in (CALL, PAGE):
        return [wish]
    return [wish, *(id for id in rest if id != wish)] if wish else rest


def wish_of(case: Case) -> str:
    """How this customer wants to be told; "" where they said nothing."""
    return case.tell_by or (case.customer.tell_by if case.customer else "")


def language_of(case: Case) -> str:
    """The customer's language."""
    return case.language or (case.customer.language if case.customer else "") or "zh-hans"


def quiet_until(pack: Pack, at: datetime) -> datetime:
    """When customers may be written to: at once, or when the quiet hours end (S-15)."""
    windows = pack.follow_up.rest if pack.telling.quiet is None else pack.telling.quiet
    return after_quiet(windows, at, pack.pack.zone)


def _by(id: str, told: Told, at: datetime, place: int, pack: Pack) -> bool:
    found = means.find(id)
    if found is None:
        return False
    if found.hand_over is not None:
        return found.hand_over(told, at)
    reach = found.reach(told.case, told.kind, at)
    language = language_of(told.case)
    payload = found.put(told, language, reach.account) if reach else None
    if reach is None or payload is None:
        return False
    urgent = pack.telling.urgent(told.kind)
    row = _row(told, id, at, place)
    row.account, row.address, row.payload, row.language, row.urgent = reach.account, reach.address[:320], payload, language, urgent
    row.not_before = row.next_at = at if urgent else quiet_until(pack, at)
    insert_unless_there([row])
    return True


def _row(told: Told, id: str, at: datetime, place: int) -> Outgoing:
    case = told.case
    return Outgoing(
        company_id=case.company_id,
        case=case,
        customer_id=case.customer_id,
        means=id,
        kind=told.kind,
        topic=told.topic,
        place=place,
        key=f"{told.topic}:{place}",
        at=at,
    )


def _on_page(told: Told, at: datetime, place: int) -> str:
    """It stands on their page; the row says that nothing else was to be done."""
    row = _row(told, PAGE, at, place)
    row.state, row.sent_at = "sent", at
    insert_unless_there([row])
    return PAGE


def _call(told: Told, at: datetime, place: int, pack: Pack) -> str:
    """A person rings them up: whoever handles the case is told, and it stands among what is stuck until somebody has."""
    case, row = told.case, _row(told, CALL, at, place)
    found = due(pack.telling.call, at, time_of(case.site, "office"))
    row.address, row.due_at = case.contact_phone, found.at if found else at
    row.language, row.payload = language_of(case), {"text": told.words(language_of(case))}
    insert_unless_there([row])
    tell_handler(case, "call_customer", f"call:{told.topic}", {"due": row.due_at.isoformat()}, at)
    return CALL
