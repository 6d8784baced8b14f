"""A case goes into corrective and preventive action (P-13). The record itself stands above us, in `kesu.improvement`, which calls this."""

from __future__ import annotations

from datetime import datetime

from kesu.company.models import Person
from kesu.complaints.actions.road import begin
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
