"""What tasks and handovers outside owe: their rows as subjects of obligations, with dates of their own (M-14)."""

from __future__ import annotations

from django.db.models import QuerySet

from kesu.company.prepared import ask
from kesu.complaints.models import Case, Clock, Handover, Task
from kesu.procedure.running import Subject

GIVEN, HANDED = "assign_task", "hand_outside"  # the marks that say whether there ever was one


def tasks_of(case: Case) -> list[Task]:
    """The tasks of the case, of every round; no query where none was ever given."""
    return ask(_tasks, key=None, case=case.pk) if GIVEN in case.whole_marks else []


def handovers_of(case: Case) -> list[Handover]:
    """Where the case was handed; no query where it never was."""
    return ask(_handovers, key=None, case=case.pk) if HANDED in case.whole_marks else []


def _tasks(*, case: int) -> QuerySet[Task]:
    return Task.objects.filter(case=case)


def _handovers(*, case: int) -> QuerySet[Handover]:
    return Handover.objects.filter(case=case)


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


def whose_task(clock: Clock, tasks: list[Task]) -> tuple[int | None, int | None]:
    """(department, person) of the task that the clock is about."""
    task = next((row for row in tasks if row.pk == clock.subject), None)
    return (task.department_id, task.person_id) if task else (None, None)
