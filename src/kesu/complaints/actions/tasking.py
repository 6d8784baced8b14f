"""Tasks within a case: the lead, or whoever handles a part, gives somebody something to do by a date (H-2, M-14)."""

from __future__ import annotations

from datetime import datetime

from kesu.company.models import Department, Person
from kesu.complaints.actions.road import Road, begin
from kesu.complaints.models import Case, Part, Task
from kesu.procedure.refused import Refused


def assign_task(
    person: Person,
    case_id: int,
    *,
    what: str,
    due_at: datetime | None,
    department_id: int | None = None,
    to: int | None = None,
    at: datetime,
) -> Case:
    """Give a person or a department of the site a task with its own date. The form of the giver's part waits for it, and so does closing.

    From then on whoever has the task sees the case. Raises Refused for a date that is past and for people and departments of elsewhere.
    """
    with begin(person, case_id, "assign_task", at) as road:
        what = road.needs(what, "what", "写清要做什么", "say what is to be done")
        if due_at is None:
            raise Refused("missing", "写明什么时候前办好", "say by when", field="due_at")
        if due_at <= at:
            raise Refused("past", "时限已经过去，请核对", "that date is past; check it", field="due_at")
        heir, department = _for_whom(road, to, department_id)
        part = _givers_part(road)
        task = Task.objects.create(
            case=road.case,
            round=road.case.round,
            part=part,
            what=what[:400],
            department=department,
            person=heir,
            due_at=due_at,
            asked_by=person,
            asked_at=at,
        )
        road.tasks = [*road.tasks, task]
        name = heir.name if heir else department.name if department else ""
        road.mark(road.act.name)  # before the clocks are brought in line, which ask only where there is a task
        road.journal(task=task.pk, assignee=name, what=task.what, until=due_at.isoformat())
        road.tell([heir] if heir else road.department_heads(department.pk if department else 0), words=task.what)
    return road.case


def _for_whom(road: Road, to: int | None, department_id: int | None) -> tuple[Person | None, Department | None]:
    """(person, department) of the task; a person's department is the one they work in here."""
    site = road.case.site_id
    if to:
        heir = road.standing.people.get(to)
        grants = [grant for grant in road.standing.grants if grant.person_id == to and grant.site_id in (None, site)]
        if heir is None or not grants or not _may_do(road, to):
            raise Refused("person", "请选本处能办的人", "choose somebody of this site who may do it", field="to")
        inside = next((grant.department_id for grant in grants if grant.department_id), None)
        return heir, road.standing.departments.get(inside or 0)
    department = road.standing.departments.get(department_id or 0)
    if department is None or department.site_id != site:
        raise Refused("department", "请选本处的部门或人", "choose a department or person of this site", field="department_id")
    return None, department


def _may_do(road: Road, person_id: int) -> bool:
    return any(road.pack.may(grant.role, "do_task") for grant in road.standing.grants if grant.person_id == person_id)


def _givers_part(road: Road) -> Part | None:
    """The part whose form waits for the task: the one the giver handles or heads, else the lead's."""
    rights, parts = road.rights, sorted(road.live_parts(), key=lambda part: not part.lead)
    assert rights is not None  # staff only
    own = (part for part in parts if part.handler_id == rights.person.pk or part.department_id in rights.department_ids())
    lead = (part for part in parts if part.lead)
    return next(own, None) or next(lead, None)


def _open(road: Road, task_id: int) -> Task:
    task = next((row for row in road.tasks if row.pk == task_id), None)
    if task is None or task.round != road.case.round:
        raise Refused("no_task", "没有这件交办的事", "there is no such task", field="task")
    if task.done_at:
        raise Refused("done", "这件已经办好", "this one is done already", field="task")
    if task.dropped_at:
        raise Refused("dropped", "这件不用办了", "this one is no longer needed", field="task")
    return task


def do_task(person: Person, case_id: int, *, task_id: int, words: str, at: datetime) -> Case:
    """The task is done, with what came of it: by the one it was given to, somebody of that department, or who gave it."""
    with begin(person, case_id, "do_task", at) as road:
        words = road.needs(words, "words", "写下做了什么、结果怎样", "write down what was done and how it came out")
        task = _open(road, task_id)
        rights = road.rights
        assert rights is not None  # staff only
        inside = [task.department_id] if task.department_id else []
        theirs = task.person_id is None and any(grant.department_id in inside for grant in rights.grants)
        head = bool(inside) and any(grant.department_id in inside and road.pack.may(grant.role, "sign") for grant in rights.grants)
        if not (person.pk in (task.person_id, task.asked_by_id) or theirs or head):
            raise Refused("not_yours", "这件没有交给您", "this task was given to somebody else", field="task")
        task.done_at, task.done_by, task.done_words = at, person, words[:400]
        task.save(update_fields=["done_at", "done_by", "done_words"])
        road.journal(task=task.pk, what=task.what, words=words)
        road.tell([task.asked_by], words=words[:200])
    return road.case


def drop_task(person: Person, case_id: int, *, task_id: int, reason: str, at: datetime) -> Case:
    """The task is no longer needed: said by who gave it, or by whoever leads or supervises the case; its clock ends."""
    with begin(person, case_id, "drop_task", at) as road:
        reason = road.needs(reason, "reason", "写清为什么不用办了", "say why it is no longer needed")
        task = _open(road, task_id)
        if person.pk == task.person_id != task.asked_by_id:
            raise Refused("not_yours", "交办的人才能说不用办", "whoever gave the task decides that", field="task")
        task.dropped_at, task.dropped_why = at, reason[:400]
        task.save(update_fields=["dropped_at", "dropped_why"])
        road.journal(task=task.pk, what=task.what, reason=reason)
        road.tell([task.person] if task.person else road.department_heads(task.department_id or 0), words=task.what)
    return road.case


def refuse_open_tasks(road: Road, part: Part) -> None:
    """A form does not go back while a task given for it is open; the lead's waits for those that no other form waits for."""
    alive = {row.pk for row in road.live_parts() if row.returned_at is None and row.pk != part.pk}
    waiting = [
        task
        for task in road.tasks
        if task.open and task.round == road.case.round and (task.part_id == part.pk or task.part_id not in alive)
    ]
    if waiting:
        left = "；".join(task.what for task in waiting)
        raise Refused("tasks", f"交办的事还没办完：{left}", f"tasks that were given are not done: {left}")
