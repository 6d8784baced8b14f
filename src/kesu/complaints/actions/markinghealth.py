"""Marking afterwards what holds health data: evidence, a file, words of the journal (PIPL arts 28, 29). It hides: no consent is needed."""

from __future__ import annotations

from datetime import datetime

from kesu.company.models import Person
from kesu.complaints.actions.road import Road, begin
from kesu.complaints.models import Attachment, Case, Evidence, JournalEntry
from kesu.procedure.refused import Refused

WORDED = ("words", "reason", "answer")  # what people write into an entry


def mark_health(person: Person, case_id: int, *, evidence_id: int = 0, attachment_id: int = 0, entry: int = 0, at: datetime) -> Case:
    """From now on only the pack's roles see it, and only while consent stands. One of the three: evidence, file, number of an entry.

    Raises Refused where the procedure knows no health data, when nothing is named, and for what is marked already.
    """
    with begin(person, case_id, "mark_health", at) as road:
        road.moves_clocks = False
        if road.pack.privacy is None or road.pack.privacy.health is None:
            raise Refused("unknown", "规程里没有健康资料的规定", "the procedure has no rule for health data")
        if evidence_id:
            numbers = _evidence(road, evidence_id)
        elif attachment_id:
            numbers = _file(road, attachment_id)
        else:
            numbers = _words(road, entry)
        road.journal(entries=numbers)
    return road.case


def _evidence(road: Road, evidence_id: int) -> list[int]:
    row = Evidence.objects.filter(case=road.case, pk=evidence_id).first()
    _check(row, row is not None and row.health)
    Evidence.objects.filter(pk=evidence_id).update(health=True)
    if row and row.attachment_id:
        Attachment.objects.filter(pk=row.attachment_id).update(health=True)
    return _numbers(road, "evidence", evidence_id)


def _file(road: Road, attachment_id: int) -> list[int]:
    row = Attachment.objects.filter(case=road.case, pk=attachment_id).first()
    _check(row, row is not None and row.health)
    Attachment.objects.filter(pk=attachment_id).update(health=True)
    return _numbers(road, "file", row.sha256 if row else "")


def _words(road: Road, n: int) -> list[int]:
    row = JournalEntry.objects.filter(case=road.case, n=n).first()
    if row is None or not any(row.data.get(name) for name in WORDED):
        raise Refused("entry", "请选一条写了话的经过", "choose an entry in which something was written", field="entry")
    _check(row, any(n in one.data.get("entries", ()) for one in JournalEntry.objects.filter(case=road.case, act="mark_health")))
    return [n]


def _check(row: object, marked: bool) -> None:
    if row is None:
        raise Refused("missing", "请选要标的证据、附件或经过", "choose evidence, a file or an entry", field="entry")
    if marked:
        raise Refused("marked", "已经标过了", "it is marked already", field="entry")


def _numbers(road: Road, key: str, value: object) -> list[int]:
    """The entries that tell of it."""
    return [row.n for row in JournalEntry.objects.filter(case=road.case) if row.data.get(key) == value]
