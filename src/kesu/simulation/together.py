"""Several hands on one case: tasks, questions, a second call merged, a group, an authority. By the complaint's number, not by chance, so
that nothing else of the company's life shifts by it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from kesu.complaints import actions
from kesu.complaints.actions import Intake
from kesu.complaints.models import Case, Inquiry, Task

if TYPE_CHECKING:
    from kesu.simulation.course import Course, Days
    from kesu.simulation.founding import Worker

TASK, STATEMENT, AGAIN, OUTSIDE = (7, 3), (11, 5), (41, 9), (29, 13)  # every so manyth complaint, beginning with this one


def meanwhile(course: Course, head: Worker, at: datetime) -> Days:
    """What others do while the lead department looks into it; ends when the last of it is done."""
    plan = course.plan
    if plan.stop or course.open_case.round > 1:
        return at
    if plan.group:
        at = yield from _group(course, at)
    for every, act in ((AGAIN, _called_again), (TASK, _task), (STATEMENT, _statement), (OUTSIDE, _outside)):
        if plan.n % every[0] == every[1] and not plan.group:
            at = yield from act(course, head, at)
    return at


def _soon(course: Course, who: Worker, at: datetime, minutes: int) -> datetime:
    return course.staff.free(who, at + timedelta(minutes=minutes))


def _task(course: Course, head: Worker, at: datetime) -> Days:
    """Another department is asked for something, and does it the same day."""
    staff, case = course.staff, course.open_case
    at = yield _soon(course, head, at, 10)
    department = staff.wrong_department(course.plan.site.pk, {case.department_id or 0})
    what, due_at = "把那天的监控和登记调出来", at + timedelta(days=1)
    course.case = actions.assign_task(head.person, case.pk, what=what, due_at=due_at, department_id=department, at=at)
    doer = staff.who("do_task", course.plan.site, at, department=department)
    at = yield _soon(course, doer, at, 90)
    task = Task.objects.filter(case=case).latest("id")
    course.case = actions.do_task(doer.person, case.pk, task_id=task.pk, words="调好了，复印件交给主办部门", at=at)
    return at


def _statement(course: Course, head: Worker, at: datetime) -> Days:
    """Whoever is complained of, no employee of ours, is asked for a statement, and the head writes down what they said."""
    case = course.open_case
    at = yield _soon(course, head, at, 10)
    course.case = actions.name_person(head.person, case.pk, name="外包当班人员", words="住户说的就是这一位", at=at)
    named = case.complained.latest("id")
    at = yield _soon(course, head, at, 5)
    course.case = actions.ask_statement(head.person, case.pk, complained_id=named.pk, words="那天什么时候到的，做了什么", at=at)
    at = yield _soon(course, head, at, 240)
    asked = Inquiry.objects.filter(case=case).latest("id")
    words = "当面问了：到场时间和登记一致，话说得急"
    course.case = actions.investigate(head.person, case.pk, side="staff", kind="statement", words=words, inquiry_id=asked.pk, at=at)
    return at


def _called_again(course: Course, head: Worker, at: datetime) -> Days:
    """The customer rings once more about the same matter; it gets a number of its own and is merged."""
    staff, plan, case = course.staff, course.plan, course.open_case
    desk = staff.who("receive", plan.site, at)
    at = yield _soon(course, desk, at, 15)
    again = Intake(
        site_id=plan.site.pk,
        channel=staff.pack.channels[0].id,
        items=[(case.title[:60], case.category)],
        name=plan.resident.name,
        phone=plan.resident.phone,
        home=plan.resident.home,
    )
    second = actions.receive(desk.person, again, at)
    who = staff.who("merge", plan.site, at)
    at = yield _soon(course, who, at, 12)
    said = {"reason": "同一位住户，同一件事", "channel": staff.pack.channels[0].id, "words": f"和 {case.number} 一起办"}
    actions.merge(who.person, second.pk, into=case.number, **said, at=at)
    course.fresh()
    return at


def _group(course: Course, at: datetime) -> Days:
    """The same cause, another customer: it joins the first one's group, as long as that is open."""
    lead = Case.objects.get(pk=course.group[course.plan.group])
    case = course.open_case
    if lead.pk == case.pk or not lead.is_open:
        return at
    who = course.staff.who("join_group", course.plan.site, at)
    at = yield _soon(course, who, at, 10)
    if course.fresh().is_open and Case.objects.get(pk=lead.pk).is_open:
        actions.join_group(who.person, case.pk, lead=lead.number, name=lead.title[:40], at=at)
        course.fresh()
    return at


def _outside(course: Course, head: Worker, at: datetime) -> Days:
    """The customer rang 12345, too; what they answer is put down."""
    staff, case = course.staff, course.open_case
    who = staff.who("hand_outside", course.plan.site, at)
    limited = [row for row in staff.pack.outside if row.limit]
    body = limited[case.pk % len(limited)]
    at = yield _soon(course, who, at, 20)
    words, number = "住户也向那边反映了，我们照样办", f"{case.pk:06}"
    course.case = actions.hand_outside(who.person, case.pk, body=body.id, number=number, words=words, at=at)
    at = yield _soon(course, who, at, 300)
    handed = case.handovers.latest("id")
    course.case = actions.outside_answer(who.person, case.pk, handover_id=handed.pk, words="转回我们办，办完回复", at=at)
    at = yield _soon(course, who, at, 2000)
    found: dict[str, Any] = {"calls": {"replied": case.pk % 5 > 0, "content": case.pk % 4 > 0}}.get(body.judges, {})
    if body.judges:
        course.case = actions.outside_verdict(who.person, case.pk, body=body.id, solved=case.pk % 3 > 0, **found, at=at)
    return at
