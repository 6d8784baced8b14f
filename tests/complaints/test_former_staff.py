"""People who left: their account goes when the pack's time is over, their name in journals with the cases; what is left proves itself."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from tests.cast import Cast
from tests.complaints.story import chain_holds, days, entries, fresh, refused, walk

from kesu.company.actions.people import dismiss, reinstate
from kesu.company.models import Grant, Person
from kesu.complaints import actions
from kesu.complaints.actions.formerstaff import let_go_due, let_go_of_person
from kesu.complaints.models import Case, FormerStaff, JournalEntry, Notice
from kesu.config.proof import prove

pytestmark = pytest.mark.django_db
YEARS = timedelta(days=3 * 366)


def _left(cast: Cast, at: datetime) -> tuple[Person, Case, datetime]:
    """周海 handles a case to its end and leaves the day after."""
    case = cast.judged(cast.complaint(at=at), at=at)
    now = walk(cast, case, "done", at) + days(1)
    dismiss(cast.tang_qing, cast.zhou_hai.pk, now)
    return Person.objects.get(pk=cast.zhou_hai.pk), fresh(case), now


def test_nobody_is_let_go_of_at_work_too_soon_by_the_wrong_hand_or_under_hold(cast: Cast, at: datetime) -> None:
    with refused("at_work"):
        let_go_of_person(cast.luo_qing, cast.chen_li.pk, at=at)
    who, case, left = _left(cast, at)
    assert who.left_at == left
    with refused("kept"):
        let_go_of_person(cast.luo_qing, who.pk, at=left + days(3 * 365 - 2))
    with refused("not_allowed"):
        let_go_of_person(cast.he_wei, who.pk, at=left + YEARS)
    actions.hold(cast.luo_qing, case.pk, reason="诉讼", at=left + days(1))
    with refused("held"):
        let_go_of_person(cast.luo_qing, who.pk, at=left + YEARS)
    assert let_go_due(left + YEARS) == 0


def test_the_account_goes_at_once_and_the_name_in_journals_with_the_case(cast: Cast, at: datetime) -> None:
    who, case, left = _left(cast, at)
    late = left + YEARS
    record = let_go_of_person(cast.luo_qing, who.pk, at=late)
    gone = Person.objects.get(pk=who.pk)
    assert (gone.name, gone.phone, gone.email, gone.has_usable_password()) == (f"离职员工 {who.pk}", "", "", False)
    assert not Grant.objects.filter(person=who).exists() and not Notice.objects.filter(person=who).exists()
    assert record.entries == JournalEntry.objects.filter(case=case, person=who).count() > 0 and record.by == cast.luo_qing
    assert let_go_due(late) == 0 and "周海" in {entry.name for entry in entries(case)}  # the case is kept: its proof is, too
    assert not prove().faults
    actions.deidentify(None, case.pk, at=max(late, case.closed_at + YEARS))
    assert (let_go_due(late + days(1)), let_go_due(late + days(1))) == (1, 0)
    rows = JournalEntry.objects.filter(case=case).values()
    assert "周海" not in json.dumps(list(rows), default=str, ensure_ascii=False)
    assert {entry.name for entry in entries(case)} >= {"方静", "林晓"}
    assert chain_holds(case) and not prove().faults
    with refused("erased"):
        let_go_of_person(cast.luo_qing, who.pk, at=late)
    with refused("erased"):
        reinstate(cast.tang_qing, who.pk, late)


def test_the_worker_does_it_the_day_after_the_last(cast: Cast, at: datetime) -> None:
    who, _, left = _left(cast, at)
    last = left.replace(year=left.year + 3, hour=23, minute=59)
    assert let_go_due(last) == 0
    assert let_go_due(last + timedelta(minutes=1)) == 1
    assert FormerStaff.objects.get(person=who).by is None


def test_whoever_comes_back_in_time_is_kept(cast: Cast, at: datetime) -> None:
    who, _, left = _left(cast, at)
    reinstate(cast.tang_qing, who.pk, left + days(30))
    assert Person.objects.get(pk=who.pk).left_at is None and let_go_due(left + YEARS) == 0
