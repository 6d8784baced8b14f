"""A case goes into corrective and preventive action (P-13). The record itself stands above us, in `kesu.improvement`, which calls this."""

from __future__ import annotations

from datetime import datetime

from kesu.company.models import Person
from kesu.complaints.actions.road import STAFF, SYSTEM, begin
from kesu.complaints.models import Case


def put_right(person: Person, case_id: int, *, record: str, words: str, at: datetime) -> Case:
    """Note on the case that it is in the record of corrective action with this number; also after closing.

    Ends what the pack lets run until then, and fulfils the closing condition `put_right` for every round of the case.
    """
    with begin(person, case_id, "put_right", at) as road:
        record = road.needs(record, "into", "选一项整改，或新立一项", "choose a record of corrective action or open one")
        words = road.needs(words, "words", "写清要解决什么问题", "say which problem is to be put right")
        road.journal(record=record, words=words)
    return road.case


def take_out(person: Person, case_id: int, *, record: str, kept: bool, words: str, at: datetime) -> Case:
    """The record with this number was withdrawn: unless another one holds the case (`kept`), what ended with it is owed again.

    Follows from the act on the record, whose rights were asked there.
    """
    with begin(person, case_id, "take_out", at, actor=SYSTEM) as road:
        road.own_mark = False
        if not kept:
            road.unmark("put_right")
            road.case.whole_marks.pop("put_right", None)
        road.journal(actor=STAFF, record=record, kept=kept, words=words)
    return road.case
