"""Legal hold, and de-identification once the pack's time is over: the statistical row and the proof stay (STANDARDS 2.3)."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from kesu.company.models import Person
from kesu.complaints import chain, erasing, files
from kesu.complaints.actions.road import SYSTEM, Road, begin
from kesu.complaints.models import Attachment, Case, JournalEntry
from kesu.complaints.queries.keeping import due_now
from kesu.complaints.queries.kept import not_yet
from kesu.complaints.spelling import Remains
from kesu.customers.models import Customer, Home
from kesu.procedure.refused import Refused

BATCH = 20  # cases of one chore; each in a transaction of its own


def hold(person: Person, case_id: int, *, reason: str, at: datetime) -> Case:
    """Nothing of the case is erased until the hold is lifted. Raises Refused when it is held already, or without a reason."""
    with begin(person, case_id, "hold", at) as road:
        reason = road.needs(reason, "reason", "写明为什么要留着", "say why it must be kept")
        if road.case.held_at is not None:
            raise Refused("held", "已经暂缓了", "it is under legal hold already")
        road.moves_clocks = False
        road.case.held_at = at
        road.journal(reason=reason)
    return road.case


def lift_hold(person: Person, case_id: int, *, reason: str, at: datetime) -> Case:
    """The time for de-identification counts again. Raises Refused when nothing is held, or without a reason."""
    with begin(person, case_id, "lift_hold", at) as road:
        reason = road.needs(reason, "reason", "写明为什么可以解除", "say why it may be lifted")
        if road.case.held_at is None:
            raise Refused("not_held", "没有暂缓", "it is not under legal hold")
        road.moves_clocks = False
        road.case.held_at = None
        road.journal(reason=reason)
    return road.case


def deidentify(person: Person | None, case_id: int, *, at: datetime) -> Case:
    """Take personal data, texts and files out of a closed case for good; by a person, or by the worker (no person).

    Raises Refused for an open case, under legal hold, and before the last day of the pack's time is over.
    """
    with begin(person, case_id, "deidentify", at, **({} if person else {"actor": SYSTEM})) as road:
        _may_go(road)
        road.moves_clocks = False
        road.case.erased_at = at  # other wings ask since when
        gone = _erase_rows(road.case)
        remains = _erase_journal(road.case)
        _erase_case(road.case, at)
        road.case.title = road.pack.label("categories", road.case.category) or road.pack.label("natures", road.case.nature)
        road.journal(erased=remains.n, left=remains.sum, files=len(gone))
    transaction.on_commit(lambda: _remove(gone))
    return road.case


def deidentify_due(at: datetime) -> int:
    """A chore: one batch of the cases whose time is over. Returns how many were done."""
    done = 0
    for case_id in due_now(at, BATCH):
        try:
            deidentify(None, case_id, at=at)
            done += 1
        except Refused:  # put under hold, or done by somebody else, since it was found
            continue
    return done


def _may_go(road: Road) -> None:
    hindrance = not_yet(road.case, road.pack, road.at)
    if hindrance:
        raise Refused("kept", *hindrance)


def _erase_rows(case: Case) -> set[str]:
    """Everything in the tables around the case; the SHA-256 of its files."""
    gone = set(Attachment.objects.filter(case=case).values_list("sha256", flat=True))
    for table, path in erasing.WITH_WORDS.items():
        ids = list(table._default_manager.filter(**{path: case}).values_list("pk", flat=True))
        table._default_manager.filter(pk__in=ids).update(**dict(erasing.columns(table)))
    for table in erasing.GONE:
        table._default_manager.filter(case=case).delete()
    return gone | erasing.elsewhere(case)


def _erase_journal(case: Case) -> Remains:
    """Every entry keeps its place, time, act, actor and hash; its words and salt go. The caller records the sum over what is left."""
    remains = Remains()
    for entry in JournalEntry.objects.filter(case=case).order_by("n"):
        entry.data, entry.salt, entry.erased = erasing.left_of(entry), "", True
        remains.take(chain.said(entry, case.number), entry.hash)
        erasing.overwrite(entry)
    return remains


def _erase_case(case: Case, at: datetime) -> None:
    """The row itself: what counts for statistics stays; customer and home go when no other case needs them."""
    customer, home = case.customer_id, case.home_id
    for name, empty in erasing.columns(Case):
        setattr(case, name, empty)
    case.customer = case.home = None
    case.token, case.token_off, case.erased_at = secrets.token_urlsafe(32), True, at
    Case.objects.filter(pk=case.pk).update(customer=None, home=None)
    if customer and not Case.objects.filter(customer=customer).exists():
        Customer.objects.filter(pk=customer).delete()
    if home and not Case.objects.filter(home=home).exists() and not Customer.objects.filter(home=home).exists():
        Home.objects.filter(pk=home).delete()


def _remove(gone: set[str]) -> None:
    """Files that no other case needs."""
    needed = set(Attachment.objects.filter(sha256__in=gone, case__erased_at__isnull=True).values_list("sha256", flat=True))
    for sha256 in gone - needed:
        files.stored(sha256).unlink(missing_ok=True)
