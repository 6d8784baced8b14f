"""Reception in the demonstration company: taking in, acknowledging, judging, sending out, signing for, sending back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from kesu.company.prepared import ask
from kesu.complaints import actions
from kesu.complaints.actions import Intake
from kesu.complaints.models import Case, Clock
from kesu.simulation.handling import fresh
from kesu.simulation.photo import photo

if TYPE_CHECKING:
    from kesu.simulation.course import Course, Days


def receive(course: Course) -> Days:
    """The complaint comes in: by the customer's own page, or reception writes it down and often judges and dispatches at once."""
    plan, staff = course.plan, course.staff
    at = yield plan.at
    channel = staff.pack.one("channels", plan.channel)
    intake = _intake(course, at)
    if channel.customer:
        course.case = actions.receive(None, intake, at)
    else:
        reception = staff.who("receive", plan.site, at, role=channel.receiver)
        if plan.does("judged_at_once"):
            intake.nature, intake.facts = plan.nature, plan.facts
            if "dispatch" in staff.pack.one("natures", plan.nature).steps:
                intake.lead, intake.co = staff.departments_of(plan.site.pk, plan.matter.category, _takes_co(course))
        course.case = actions.receive(reception.person, intake, at)
    if plan.group:
        course.group.setdefault(plan.group, course.case.pk)
    if channel.acknowledge:
        at = yield course.soon(at, 6)
        course.case = actions.acknowledge(
            staff.who("acknowledge", plan.site, at).person, course.open_case.pk, channel=plan.channel, words="", at=at
        )
    if course.case.judged:
        yield from _urgent(course, at)


def _intake(course: Course, at: datetime) -> Intake:
    plan, rng = course.plan, course.rng
    wanted = at + timedelta(days=rng.randint(1, 5)) if plan.does("wanted_by") else None
    reach = rng.choice(course.story.customers["reach"]) if rng.random() < 0.15 else ""
    return Intake(
        site_id=plan.site.pk,
        channel=plan.channel,
        items=plan.items,
        heard_at=at - timedelta(seconds=plan.heard_before),
        name=plan.resident.name,
        phone=plan.resident.phone,
        home=plan.resident.home,
        reach=reach,
        confidential=plan.does("confidential"),
        place=plan.place,
        wants=plan.wants,
        wanted_by=wanted,
        same_as=course.group.get(plan.group),
        uploads=[photo(plan.n)] if plan.does("photo") else [],
    )


def _takes_co(course: Course) -> bool:
    return bool(course.plan.group) or course.rng.random() < 0.35


def running(*, case: int) -> QuerySet[Clock]:
    """The clocks of a case that run."""
    return Clock.objects.filter(case=case, state="running")


def _urgent(course: Course, at: datetime) -> Days:
    """Danger first: reception rings back while the rest goes its way; presenting to superiors is somebody else's task."""
    urgent = ask(running, key=None, case=course.open_case.pk)
    if any((row := course.staff.pack.obligation(clock.obligation)) and row.act == "contact" and row.facts for clock in urgent):
        at = yield course.soon(at, 2)
        who = course.staff.who("contact", course.plan.site, at, role=course.staff.pack.channels[0].receiver)
        course.case = actions.contact(
            who.person, course.open_case.pk, channel=course.staff.pack.channels[0].id, words=course.said("contact"), at=at
        )
    return at


def present(course: Course) -> Days:
    """Whoever must present the case to a superior does so; lived beside the course."""
    pack, case = course.staff.pack, course.open_case
    wanted = [
        mark.partition(":")[2]
        for clock in ask(running, key=None, case=case.pk)
        if (row := pack.obligation(clock.obligation)) and row.act == "present"
        for mark in row.until[:1]
    ]
    at = _latest(case)
    for role in dict.fromkeys(wanted):
        at = yield course.soon(at, 17)
        if course.fresh().is_open:
            who = course.staff.who("present", course.plan.site, at)
            course.case = actions.present(who.person, case.pk, to=role, words="", at=at)


def judge(course: Course) -> Days:
    """Reception or the supervisor judges by the facts."""
    at = yield course.soon(course.open_case.received_at, 7)
    plan = course.plan
    who = course.staff.who("judge", plan.site, at, role=course.staff.pack.one("channels", plan.channel).receiver)
    categories = {n: category for n, (_, category) in enumerate(plan.items, 1)}
    course.case = actions.judge(who.person, course.open_case.pk, nature=plan.nature, facts=plan.facts, categories=categories, at=at)
    yield from _urgent(course, at)


def _latest(case: Case) -> datetime:
    """When the last thing was done to it."""
    return max(case.received_at, *(datetime.fromisoformat(pair[1]) for pair in case.marks.values()))


def dispatch(course: Course) -> Days:
    """The form goes to its departments; a third time the director decides."""
    case, plan, staff = course.fresh(), course.plan, course.staff
    at = yield course.soon(_latest(case), 3 if course.bounces == 0 else 25)
    rule = staff.pack.dispatching
    role = rule.arbiter if case.bounces >= rule.max_bounces else ""
    who = staff.who("dispatch", plan.site, at, role=role)
    lead, co = staff.departments_of(plan.site.pk, plan.matter.category, case.round == 1 and _takes_co(course))
    busy = {part.department_id for part in course.parts()}
    if course.bounces % 2 and course.bounces < plan.bounces:
        lead, co = staff.wrong_department(plan.site.pk, {lead, *busy}), []
    co = [department for department in co if department not in busy]
    course.case = actions.dispatch(who.person, case.pk, lead=lead, co=co, reason=course.said("director_decides") if role else "", at=at)


def sign(course: Course) -> Days:
    """The department signs: whoever is on duty, some always late; or it says that this is not theirs."""
    part = course.parts()[0]
    staff, at = course.staff, part.dispatched_at
    who = staff.who("sign", course.plan.site, at, department=part.department_id)
    at = yield course.soon(at, 3.2 * who.row.signs * (1 if staff.on_duty(who, at) else 2.2))
    if course.bounces < course.plan.bounces:
        course.bounces += 1
        head = staff.who("send_back", course.plan.site, at, department=part.department_id)
        course.case = actions.send_back(head.person, course.open_case.pk, reason=course.said("not_ours"), at=at)
        return
    who = fresh(course, "sign", who)
    course.case = actions.sign(who.person, course.open_case.pk, department_id=part.department_id, at=at)
    course.aims(at)


def sign_beside(course: Course) -> Days:
    """The co-departments sign for their own parts; lived beside the course."""
    case = course.open_case
    for part in course.parts()[1:]:
        who = course.staff.who("sign", course.plan.site, part.dispatched_at, department=part.department_id)
        at = yield course.soon(part.dispatched_at, 5 * who.row.signs)
        part.refresh_from_db()
        if course.fresh().step in ("sign", "investigate", "answer", "handle") and part.signed_at is None and part.round == case.round:
            actions.sign(who.person, case.pk, department_id=part.department_id, at=at)
