"""What de-identification takes out of a case, and what it leaves: times, kinds, ids, sums, answers by number. No text that anybody wrote.

New columns are erased unless their name stands here or their kind cannot hold what somebody wrote: to keep one is a decision.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, models

from kesu.complaints.models import (
    AgreedAction,
    ApprovalLevel,
    Attachment,
    Case,
    CaseItem,
    Clock,
    Complained,
    CustomerNotice,
    Draft,
    Evidence,
    Extension,
    Forgotten,
    FormerStaff,
    Group,
    Handover,
    Inquiry,
    JournalEntry,
    Letter,
    LetterReview,
    Merge,
    Notice,
    Part,
    Pause,
    Payment,
    Proof,
    Proposal,
    Question,
    Rating,
    Reference,
    RootCause,
    RoutineDuty,
    Split,
    SurveyAnswer,
    Task,
    Visit,
)
from kesu.complaints.models.journal import Entry
from kesu.complaints.storing import spelled

WITH_WORDS: dict[type[models.Model], str] = {  # table → where its case stands
    CaseItem: "case", Evidence: "case", Attachment: "case", Complained: "case", Inquiry: "case", RootCause: "case",
    Extension: "clock__case",
    Pause: "case", Question: "case", Rating: "case", SurveyAnswer: "case", Visit: "case", Part: "case", Proposal: "case",
    AgreedAction: "case",
    ApprovalLevel: "proposal__case", Payment: "case", Task: "case", Handover: "case", Reference: "case", Split: "case", Merge: "case",
    Letter: "case", LetterReview: "case",
}  # fmt: skip
GONE: tuple[type[models.Model], ...] = (Notice, CustomerNotice)  # whole rows: they say nothing that counts later
WITHOUT_WORDS = (Proof, Clock)
BESIDE = (Draft, Forgotten, FormerStaff, Group, RoutineDuty)  # of a person, of several cases, of a site: not of one case
KINDS = frozenset(  # columns that hold a word of the pack or the code, or a hash
    (
        "channel",
        "nature",
        "grade",
        "category",
        "cause",
        "outcome",
        "step",
        "journal_head",
        "finding",
        "kind",
        "side",
        "state",
        "method",
        "body",
    )
    + ("remedy", "payer", "ground", "role", "approver", "sha256", "digest", "key", "token", "act", "actor", "before", "hash")
)
ANSWERS = frozenset(  # JSON columns of numbers, kinds and times
    ("grade_because", "facts", "categories", "marks", "whole_marks", "rests_on", "answers", "boxes", "consents")
)
NUMBERED = ("number",)  # of the case itself
TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.+Z-]+")
PACK_WORDS = frozenset(  # what a journal entry may keep beside numbers and times
    (
        "channel",
        "nature",
        "grade",
        "before",
        "cause",
        "obligation",
        "finding",
        "outcome",
        "kind",
        "side",
        "method",
        "event",
        "body",
        "paper",
    )
    + ("remedy", "payer", "state", "per", "mark", "rung", "matter")
)
WORD = re.compile(r"[a-z][a-z0-9_]{0,59}")


_others: list[Callable[[Case], set[str]]] = []


def also(erase: Callable[[Case], set[str]]) -> None:
    """For wings above: their function takes what they hold of the case out, in the same transaction, and names (SHA-256) the files that
    nothing of theirs needs any more."""
    if erase not in _others:
        _others.append(erase)


def elsewhere(case: Case) -> set[str]:
    """Take out what other wings hold of the case; the SHA-256 of their files."""
    return set().union(*(erase(case) for erase in _others))


def columns(table: type[models.Model]) -> Iterator[tuple[str, Any]]:
    """(column, what stands in it afterwards) of the table's columns that can hold what somebody wrote."""
    kept = NUMBERED if table is Case else ()
    for column in table._meta.concrete_fields:
        if isinstance(column, models.JSONField):
            if column.name not in ANSWERS:
                yield column.name, column.get_default()
        elif isinstance(column, models.CharField | models.TextField) and column.name not in KINDS and column.name not in kept:
            yield column.name, None if column.null else ""


def overwrite(entry: Entry) -> None:
    """Store what is left of an entry: its name and data, without salt, marked as erased. The one place that goes past the journal's own
    lock; whoever calls it records the sum over what is left (spelling.Remains) in an entry of its own."""
    table = connection.ops.quote_name(type(entry)._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET data = %s, name = %s, salt = '', erased = %s WHERE id = %s",  # noqa: S608  # the name of our own table
            [spelled(entry.data), entry.name, True, entry.pk],
        )


def left_of(entry: JournalEntry) -> dict[str, Any]:
    """What is left of an entry's data: numbers, times, words of the pack."""
    return {key: value for key, value in ((key, _left(key, value)) for key, value in entry.data.items()) if value is not None}


def _left(key: str, value: Any) -> Any:
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return value if TIME.fullmatch(value) or (key in PACK_WORDS and WORD.fullmatch(value)) else None
    if isinstance(value, dict):
        found = {inner: left for inner, one in value.items() if WORD.fullmatch(inner) and (left := _left(inner, one)) is not None}
        return found or None
    return None
