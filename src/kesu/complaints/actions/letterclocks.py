"""What letters owe: each version handed in is owed an answer by the role that reviews it."""

from __future__ import annotations

from kesu.complaints.models import Case, LetterReview
from kesu.procedure.running import Subject

HANDED_IN = "submit_letter"  # the mark that says whether there ever was one


def reviews_of(case: Case) -> list[LetterReview]:
    """Everything handed in, of every round; no query where nothing ever was."""
    return list(LetterReview.objects.filter(case=case)) if HANDED_IN in case.whole_marks else []


def review_subject(row: LetterReview) -> Subject:
    """A version handed in: owed from then until it is answered; taken back, nothing is owed."""
    marks = {HANDED_IN: (row.asked_at, row.asked_at)}
    if row.at and row.answer in ("passed", "returned"):
        marks["pass_letter" if row.answer == "passed" else "return_letter"] = (row.at, row.at)
    return Subject("letter", row.pk, marks, ended=row.at if row.answer == "withdrawn" else None)
