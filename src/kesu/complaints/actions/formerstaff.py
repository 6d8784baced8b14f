"""Letting go of people who left: the account when the pack's time is over, their name in journals with the cases (PIPL arts 19 and 47)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from kesu.company.models import Company, Person
from kesu.company.rights import rights_of
from kesu.complaints import chain, erasing
from kesu.complaints.models import Case, Draft, FormerStaff, JournalEntry, Notice
from kesu.complaints.queries.formerstaff import cases_naming, first_day, kept_entries, leavers, may_let_go
from kesu.complaints.spelling import ERASING, Remains
from kesu.procedure.acts import SYSTEM
from kesu.procedure.refused import Refused

BATCH = 20  # people, or cases, of one chore
_others: list[Callable[[Person], None]] = []


def also(let_go: Callable[[Person], None]) -> None:
    """For wings above: their function takes out what they hold of the person, in the same transaction."""
    if let_go not in _others:
        _others.append(let_go)


def let_go_of_person(by: Person, person_id: int, *, at: datetime) -> FormerStaff:
    """Take name, sign-in, telephone, e-mail, roles, notices and drafts of somebody who left.

    Raises Person.DoesNotExist for a stranger, Refused without the right, while they work here, before the pack's last day is over, and
    while they stand in a case under legal hold.
    """
    if may_let_go(rights_of(by, at)) is None:
        raise Refused("not_allowed", "您的岗位不能给离职员工去标识化", "your role may not let go of former staff")
    with transaction.atomic():
        person = Person.objects.select_for_update(of=("self",)).select_related("company").get(pk=person_id, company_id=by.company_id)
        return _let_go(person, by, at)


def let_go_due(at: datetime) -> int:
    """A chore: people whose time is over and whom no hold keeps, then a batch of the journals that still name such people."""
    done = 0
    for company in Company.objects.filter(people__is_active=False, people__left_at__isnull=False, people__former__isnull=True).distinct():
        today = at.astimezone(ZoneInfo(company.zone)).date()
        for row in [row for row in leavers(company, at) if row.over(today) and not row.held][:BATCH]:
            with transaction.atomic():
                _let_go(Person.objects.select_for_update(of=("self",)).select_related("company").get(pk=row.person.pk), None, at)
            done += 1
    for case_id in cases_naming(BATCH):
        with transaction.atomic():
            _unname(Case.objects.select_for_update(of=("self",)).get(pk=case_id), at)
        done += 1
    return done


def _let_go(person: Person, by: Person | None, at: datetime) -> FormerStaff:
    row = next((row for row in leavers(person.company, at) if row.person.pk == person.pk), None)
    if row is None:
        if FormerStaff.objects.filter(person=person).exists():
            raise Refused("erased", "已经去标识化了", "this was done already")
        raise Refused("at_work", "还在职，不能去标识化", "still works here")
    if row.held:
        raise Refused(
            "held", "有投诉单暂缓删除，里面有这个人；解除后再办", "a case under legal hold names this person; lift the hold first"
        )
    if not row.over(at.astimezone(ZoneInfo(person.company.zone)).date()):
        day = first_day(row)
        zh = f"留到 {row.last:%Y-%m-%d}，{day:%Y-%m-%d} 起才能办"
        raise Refused("kept", zh, f"kept until {row.last:%Y-%m-%d}; possible from {day:%Y-%m-%d}")
    assert person.left_at is not None  # or they would be no leaver
    record = FormerStaff.objects.create(person=person, left_at=person.left_at, at=at, by=by, entries=kept_entries(person))
    person.name, person.login = f"离职员工 {person.pk}", f"gone-{person.pk}-{secrets.token_hex(4)}"
    person.phone, person.email, person.by_email, person.gone_at = "", "", False, at
    person.set_unusable_password()
    person.save()
    person.grants.all().delete()
    Notice.objects.filter(person=person).delete()
    Draft.objects.filter(person=person).delete()
    for let_go in _others:
        let_go(person)
    return record


def _unname(case: Case, at: datetime) -> None:
    """Take the names of people who were let go of out of a de-identified case's journal; a further entry answers for what is left."""
    remains = Remains()
    let_go = set(FormerStaff.objects.values_list("person_id", flat=True))
    entries = list(JournalEntry.objects.filter(case=case).order_by("n"))
    for entry in entries:
        named = entry.person_id in let_go and entry.name
        if named or not entry.erased:  # the entry of de-identification itself: its sum held the names
            entry.name = "" if named else entry.name
            entry.data, entry.salt, entry.erased = erasing.left_of(entry), "", True
            erasing.overwrite(entry)
        remains.take(chain.said(entry, case.number), entry.hash)
    data = {"erased": remains.n, "left": remains.sum, "files": 0}
    answer = JournalEntry(at=at, written_at=at, round=case.round, act=ERASING, actor=SYSTEM, data=data)
    chain.store([chain.append(case, answer)])
    Case.objects.filter(pk=case.pk).update(journal_n=case.journal_n, journal_head=case.journal_head)
