"""Recognising a person for a case."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import IntegrityError, transaction

from kesu.company.models import Company, Person
from kesu.company.rights import rights_of
from kesu.company.standing import standing
from kesu.complaints import chain
from kesu.complaints.models import Case
from kesu.complaints.queries.cases import visible_to
from kesu.complaints.telling import notices_for, save_notices
from kesu.performance.models import Recognition, RecognitionEntry
from kesu.performance.queries.recognitions import may_recognise, whom
from kesu.procedure.acts import STAFF
from kesu.procedure.refused import Refused

LONGEST = 400


def recognise(person: Person, case_id: int, *, who: int, words: str, at: datetime) -> Recognition:
    """Thank somebody who had a hand in the case. Raises Case.DoesNotExist for one that the person may not see, Refused otherwise."""
    with transaction.atomic():
        company = Company.objects.select_for_update().get(pk=person.company_id)
        rights = rights_of(person, at, company)
        case = visible_to(person, at).get(pk=case_id)
        role = may_recognise(rights, case)
        if role is None:
            raise Refused("not_allowed", "您的岗位不能表扬", "your role may not recognise anybody")
        if who == person.pk:
            raise Refused("self", "不能表扬自己", "nobody recognises themselves", field="who")
        if who not in {one.pk for one in whom(case, standing(company))}:
            raise Refused("person", "这个人没有经手这张单", "this person had no hand in the case", field="who")
        if not words.strip():
            raise Refused("missing", "写写做得好在哪里", "say what was done well", field="words")
        kept = words.strip()[:LONGEST]
        praised = rights.pack.performance is not None and case.nature in rights.pack.performance.praise
        row = Recognition(company=company, case=case, person_id=who, by=person, at=at, praised=praised, words=kept)
        try:
            with transaction.atomic():
                _store(row, person, role, kept, at)
        except IntegrityError:
            raise Refused("recognised", "这张单已经表扬过这个人", "this person was recognised for the case already") from None
        _tell(row, case, company, at)
        return row


def _store(row: Recognition, person: Person, role: str, kept: str, at: datetime) -> None:
    data = {"sha256": hashlib.sha256(kept.encode()).hexdigest(), "praised": row.praised}
    entry = RecognitionEntry(at=at, written_at=at, round=1, act="recognise", actor=STAFF, person=person, name="", role=role, data=data)
    chain.link(row, entry)
    row.save()
    entry.recognition = row
    entry.save()


def _tell(row: Recognition, case: Case, company: Company, at: datetime) -> None:
    told = [standing(company).people[row.person_id]]
    key = f"thanks{row.pk}"
    save_notices(notices_for(told, case=None, company_id=company.pk, kind="recognised", key=key, data={"title": case.number}, at=at))
