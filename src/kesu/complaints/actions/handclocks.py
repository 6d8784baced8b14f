"""What tasks, handovers outside and questions put to somebody owe: their rows as subjects of obligations, with dates of their own
(M-14, STANDARDS 7.8)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from kesu.company.models import Person
from kesu.company.prepared import ask
from kesu.company.procedures import pack_of
from kesu.complaints.models import Case, Clock, Handover, Inquiry, Task
from kesu.procedure.running import Subject

GIVEN, HANDED = "assign_task", "hand_outside"  # the marks that say whether there ever was one
ASKED_BY = {"statement": "ask_statement", "assessment": "ask_expert"}  # kind of inquiry → the act that asks


def tasks_of(case: Case) -> list[Task]:
    """The tasks of the case, of every round; no query where none was ever given."""
    return ask(_tasks, key=None, case=case.pk) if GIVEN in case.whole_marks else []


def handovers_of(case: Case) -> list[Handover]:
    """Where the case was handed; no query where it never was."""
    return ask(_handovers, key=None, case=case.pk) if HANDED in case.whole_marks else []


def inquiries_of(case: Case) -> list[Inquiry]:
    """What was asked of the people complained of and of experts; no query where nothing ever was."""
    return ask(_inquiries, key=None, case=case.pk) if not case.whole_marks.keys().isdisjoint(ASKED_BY.values()) else []


def _tasks(*, case: int) -> QuerySet[Task]:
    return Task.objects.filter(case=case)


def _handovers(*, case: int) -> QuerySet[Handover]:
    return Handover.objects.filter(case=case)


def _inquiries(*, case: int) -> QuerySet[Inquiry]:
    return Inquiry.objects.filter(case=case)


def task_subject(task: Task) -> Subject:
    """A task: owed from being given until it is done, by its own date."""
    marks = {GIVEN: (task.asked_at, task.asked_at)}
    if task.done_at:
        marks["do_task"] = (task.done_at, task.done_at)
    return Subject("task", task.pk, marks, ended=task.dropped_at, own_date=task.due_at)


def handover_subject(row: Handover) -> Subject:
    """A handover: their result is awaited by their date."""
    marks = {HANDED: (row.at, row.at)}
    if row.answered_at:
        marks["outside_answer"] = (row.answered_at, row.answered_at)
    return Subject("outside", row.pk, marks, own_date=row.due_at)


def inquiry_subject(row: Inquiry) -> Subject:
    """A question: owed from being asked until it is answered or taken back, whatever the round, by its own date."""
    by = ASKED_BY[row.kind]
    marks = {by: (row.asked_at, row.asked_at)}
    if row.answered_at and row.evidence_id:
        marks["state"] = (row.answered_at, row.answered_at)
    return Subject("inquiry", row.pk, marks, ended=None if row.evidence_id else row.answered_at, own_date=row.due_at)


def asked_person(clock: Clock, inquiries: list[Inquiry]) -> int | None:
    """The person of the company who was asked; None for a bare name or a body outside, whose answer the lead brings in."""
    return next((row.person_id for row in inquiries if row.pk == clock.subject), None)


def asked_alone(clock: Clock, person: Person) -> dict[str, Any]:
    """What a notice about the clock says besides, so that whoever was asked is led to the question and reads nothing else of the case."""
    obligation = pack_of(clock.case.version_id).obligation(clock.obligation)
    asked = obligation is not None and obligation.per == "inquiry" and clock.person_id == person.pk
    return {"inquiry": clock.subject} if asked else {}


def whose_task(clock: Clock, tasks: list[Task]) -> tuple[int | None, int | None]:
    """(department, person) of the task that the clock is about."""
    task = next((row for row in tasks if row.pk == clock.subject), None)
    return (task.department_id, task.person_id) if task else (None, None)
