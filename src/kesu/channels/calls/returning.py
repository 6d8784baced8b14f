"""Calling back: a missed call is a task for a person, with the limit of its door. Several from one number are one task with a count."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from django.db import transaction

from kesu.channels import telling
from kesu.channels.arriving import keep
from kesu.channels.deciding import arrivals_of
from kesu.channels.models import Arrival, Call, PhoneLine
from kesu.company.models import Person
from kesu.company.rights import rights_of
from kesu.complaints import actions
from kesu.complaints.models import Case
from kesu.complaints.queries import cases
from kesu.customers.masks import masked_phone
from kesu.customers.phones import spellings
from kesu.procedure.refused import Refused

CALL = "call"
OUTCOMES = ("reached", "not_reached")
DURING = timedelta(hours=2)  # how long ago a call may have begun that reception writes down now


def owe(line: PhoneLine, call: Call, at: datetime) -> None:
    """A task to call back, or one call more of the task that waits for the same number. Nobody can call back a hidden number."""
    if not call.number:
        return
    task = Arrival.objects.filter(company=line.company, site=line.site, door=CALL, state="waiting", sender=call.number).first()
    if task is None:
        task = _task(line, call, at)
        telling.owe(task, line.company, at)
        task.save()
    call.arrival = task
    call.save(update_fields=["arrival"])
    _count(task)


def _task(line: PhoneLine, call: Call, at: datetime) -> Arrival:
    said = json.dumps({"line": line.name, "call": call.call_id, "from": call.number, "at": call.first_at.isoformat()}, ensure_ascii=False)
    data = said.encode()
    row = Arrival(
        company=line.company,
        site=line.site,
        door=CALL,
        channel=line.channel,
        key=f"{line.company_id}:call:{call.pk}",
        sha256=keep(data),
        size=len(data),
        received_at=at,
        heard_at=call.started_at or call.missed_at or at,
        sender=call.number,
        subject=masked_phone(call.number),
        state="waiting",
        why="missed",
    )
    row.save()
    return row


def _count(task: Arrival) -> None:
    n = task.calls.count()
    task.subject = masked_phone(task.sender) + (f" × {n}" if n > 1 else "")
    task.save(update_fields=["subject"])


def answered_after_all(call: Call, at: datetime) -> None:
    """Told as missed too early: somebody answered. Nobody owes that call anything; the task goes when it was for no other."""
    task, call.arrival = call.arrival, None
    call.save(update_fields=["arrival"])
    if task is None or task.state != "waiting":
        return
    if task.calls.exists():
        _count(task)
        return
    task.state, task.why, task.done_at = "ignored", "answered", at
    task.save(update_fields=["state", "why", "done_at"])


def called_back(person: Person, arrival_id: int, *, outcome: str, words: str, number: str = "", at: datetime) -> Arrival:
    """Somebody called back: whether they were reached, what was said; with a case's number it stands there, too. Raises Refused."""
    with transaction.atomic():
        row = arrivals_of(person, at).select_for_update(of=("self",)).get(pk=arrival_id, door=CALL)
        if row.state != "waiting":
            raise Refused("done", "已经有人处理过了", "somebody has dealt with it already")
        if outcome not in OUTCOMES:
            raise Refused("outcome", "请选打通了没有", "say whether they were reached", field="outcome")
        if outcome == "reached" and not words.strip():
            raise Refused("missing", "写下说了什么", "write down what was said", field="words")
        if number.strip():
            said = words.strip() or "回电没有打通"
            row.case = _onto(person, row.channel, number, said, outcome == "reached", at)
            Call.objects.filter(arrival=row).update(case=row.case)
        row.state, row.why, row.words, row.by, row.done_at = "called", outcome, words.strip()[:300], person, at
        row.save(update_fields=["state", "why", "words", "by", "done_at", "case"])
    return row


def write_down(person: Person, call: Call, *, number: str, words: str, at: datetime) -> Case:
    """What was said in a call, with the case that it belongs to. Raises Refused."""
    with transaction.atomic():
        case = _onto(person, call.line.channel, number, words, True, at)
        Call.objects.filter(pk=call.pk).update(case=case)
    return case


def _onto(person: Person, channel: str, number: str, words: str, spoke: bool, at: datetime) -> Case:
    """As a contact where the person may write one, else as a note."""
    try:
        case = cases.get(person, number.strip().upper(), at)
    except Case.DoesNotExist:
        raise Refused("number", "没有找到这张投诉单", "that case was not found", field="number") from None
    if spoke and case.is_open and rights_of(person, at).by_role("contact", site_id=case.site_id):
        return actions.contact(person, case.pk, channel=channel, words=words, at=at)
    return actions.note(person, case.pk, words=words, at=at)


def attach(case: Case, phone: str, at: datetime) -> None:
    """The case was filed or spoken of during a call of this number: the newest call that belongs to no case yet is its call."""
    numbers = spellings(phone)
    if not numbers:
        return
    lately = Call.objects.filter(line__company_id=case.company_id, line__site_id=case.site_id, number__in=numbers, case=None)
    if call := lately.filter(first_at__gt=at - DURING, answered_at__isnull=False).order_by("-id").first():
        Call.objects.filter(pk=call.pk).update(case=case)
