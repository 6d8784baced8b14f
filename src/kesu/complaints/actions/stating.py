"""The answer of whoever was asked: a statement or an assessment, given on their own page by their own name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from kesu.company.models import Person
from kesu.complaints.actions.inquiring import STATEMENT, answered, open_inquiry
from kesu.complaints.actions.investigating import record
from kesu.complaints.actions.road import STAFF, begin
from kesu.complaints.files import Upload, keep
from kesu.complaints.models import Case, Evidence, Inquiry
from kesu.procedure.investigationacts import ASKED


def state(person: Person, inquiry_id: int, *, words: str, uploads: Iterable[Upload] = (), at: datetime) -> Case:
    """Answer what was asked of this very person: it becomes evidence. Case.DoesNotExist for what was asked of somebody else."""
    asked = Inquiry.objects.only("case_id").filter(pk=inquiry_id, person=person).first()
    if asked is None:
        raise Case.DoesNotExist
    with begin(person, asked.case_id, "state", at, actor=ASKED) as road:
        if person.pk not in road.standing.people:
            raise Case.DoesNotExist
        words = road.needs(words, "words", "写下您知道的经过", "write down what you know")
        inquiry, files = open_inquiry(road, inquiry_id), list(uploads)
        side, kind = ("staff", "statement") if inquiry.kind == STATEMENT else ("expert", "assessment")
        row = Evidence(side=side, kind=kind, who=person.name, made_at=at, words=words, by=person)
        record(road, row, files[0] if files else None)
        more = [keep(upload, road.case, person, at).sha256 for upload in files[1:]]
        answered(road, inquiry, row)
        first = [row.attachment.sha256] if row.attachment else []
        road.journal(actor=STAFF, inquiry=inquiry.pk, words=words, files=[*first, *more], evidence=row.pk, digest=row.digest)
    return road.case
