"""What a person does with an arrival that waits: file it (at the desk), join it to a case, or say that it is no complaint."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from kesu.channels.models import Arrival, Call
from kesu.channels.reading import letter_of
from kesu.channels.sorting import join_case, keep_enclosed
from kesu.channels.wechat.following import taken_up
from kesu.company.models import Person
from kesu.company.rights import rights_of
from kesu.complaints import actions
from kesu.complaints.files import Upload, stored
from kesu.complaints.models import Case
from kesu.complaints.queries import cases
from kesu.procedure.refused import Refused

OPEN = ("waiting", "ignored")  # what was set aside by a machine may still be taken up


def arrivals_of(person: Person, at: datetime) -> QuerySet[Arrival]:
    """What arrived at the sites where this person may receive complaints."""
    rights = rights_of(person, at)
    sites = [site.pk for site in rights.sites() if rights.by_role("receive", site_id=site.pk)]
    return Arrival.objects.filter(company_id=person.company_id, site_id__in=sites)


def owed(person: Person, at: datetime) -> QuerySet[Arrival]:
    """What waits for a person there, what falls due first first."""
    return arrivals_of(person, at).filter(state="waiting").order_by("due_at", "id")


def _locked(person: Person, arrival_id: int, at: datetime) -> Arrival:
    """Raises Arrival.DoesNotExist for a stranger, Refused when somebody was quicker."""
    row = arrivals_of(person, at).select_for_update(of=("self",)).get(pk=arrival_id)
    if row.state not in OPEN:
        raise Refused("done", "已经有人处理过了", "somebody has dealt with it already")
    if not row.sha256:
        raise Refused("gone", "存放到期，内容已删", "kept long enough: what it said was deleted")
    return row


def _done(row: Arrival, person: Person, at: datetime, state: str, words: str = "", case: Case | None = None) -> Arrival:
    row.state, row.by, row.done_at, row.words, row.why, row.case = state, person, at, words[:300], "", case
    row.save(update_fields=["state", "by", "done_at", "words", "why", "case"])
    if case:
        taken_up(row, case, at)
    return row


def ignore(person: Person, arrival_id: int, *, reason: str, at: datetime) -> Arrival:
    """It is no complaint; why is kept."""
    with transaction.atomic():
        row = _locked(person, arrival_id, at)
        if not reason.strip():
            raise Refused("missing", "写下为什么不算投诉", "say why it is no complaint", field="reason")
        return _done(row, person, at, "ignored", reason.strip())


def join(person: Person, arrival_id: int, *, number: str, at: datetime) -> Arrival:
    """It belongs to that case: what it says is added there in the customer's name."""
    with transaction.atomic():
        row = _locked(person, arrival_id, at)
        try:
            case = cases.get(person, number.strip().upper(), at)
        except Case.DoesNotExist:
            raise Refused("number", "没有找到这张投诉单", "that case was not found", field="number") from None
        letter = letter_of(row)
        files, left = keep_enclosed(letter)
        join_case(row, letter, case, files, left, at)
        return _done(row, person, at, "joined", case=case)


def filed(person: Person, arrival_id: int, case: Case, at: datetime) -> Arrival | None:
    """The desk has filed it as this case; None when somebody else has dealt with it meanwhile (the case stands all the same)."""
    with transaction.atomic():
        row = arrivals_of(person, at).select_for_update(of=("self",)).filter(pk=arrival_id, company_id=case.company_id).first()
        if row is None or row.state not in OPEN:
            return None
        if row.door == "call":
            Call.objects.filter(arrival=row).update(case=case)
            return _done(row, person, at, "filed", case=case)
        for file in keep_enclosed(letter_of(row))[0]:
            upload = Upload(file.name, file.size, [stored(file.sha256).read_bytes()])
            actions.attach(None, case.pk, upload=upload, actor="customer", at=at)
        return _done(row, person, at, "filed", case=case)
