"""Corrective and preventive action at the demonstration company: opened from grave complaints, planned, carried out, watched, judged.

Quality takes a complaint into the open record of the same matter at the same site, or opens one. What becomes of a record follows from
its number and from what really came again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from kesu.complaints.models import Case, Clock
from kesu.improvement import actions
from kesu.improvement.actions import Owner
from kesu.improvement.models import Capa, Measure
from kesu.improvement.queries.recurrence import effect

if TYPE_CHECKING:
    from kesu.simulation.course import Course, Days
    from kesu.simulation.founding import Worker
    from kesu.simulation.staff import Staff

LATE, LONGER, IN_DEPARTMENT, BY_NAME = 0.12, 0.12, 0.3, 0.7
KINDS = (("containment", 0.5), ("corrective", 1.0), ("corrective", 0.3), ("preventive", 0.6))  # how often a plan has them
WHAT = {
    "containment": ("先查同类部位，有隐患的停用并贴告示", "当班加派一人，问题没解决前每天看一次", "给受影响的住户先行告知，留值班电话"),
    "corrective": (
        "把这一项写进岗位作业单，做完两人签字",
        "换下同批次的旧件，逐台登记",
        "改派单规则，这类报修直接派到专人",
        "和外包单位补签条款，没做到扣款",
    ),
    "preventive": (
        "全员培训一次，现场考",
        "每季度抽查，结果挂在部门栏",
        "加进入职培训，讲这几件投诉",
        "给易发部位定更换周期，列进年度计划",
    ),
}
WHY = ("作业单上没有这一步，全凭各人记性", "换件周期没人定，坏了才换", "两个部门各管一半，中间没人接", "新来的没培训就上岗")
DONE = ("做完了，抽查 10 处都合格", "单子已改，这周起用，见附件台账", "换好并登记，旧件已报废", "培训 23 人，考试都过")
GOOD, BAD = "同类投诉明显少了，现场抽查也稳", "同类投诉没有少下来，措施没打到根上"


def put_right(course: Course, share: float) -> Days:
    """Quality takes the complaint in, after this share of the time it has."""
    case = course.fresh()
    if "put_right" in case.whole_marks:
        return
    clock = Clock.objects.filter(case=case, obligation__startswith="put_right", state="running").first()
    since = max(datetime.fromisoformat(pair[1]) for pair in case.marks.values())
    who = course.staff.who("put_right", course.plan.site, since)
    wanted = clock.began_at + (clock.due_at - clock.began_at) * share if clock else since
    at = yield course.staff.free(who, max(wanted, since + timedelta(minutes=20)))
    if "put_right" in course.fresh().whole_marks:
        return
    found = Capa.objects.filter(sites=case.site, same_category=case.category, stage__in=["plan", "carry", "watch"]).order_by("id").first()
    if found and case.category:
        actions.include(who.person, found.pk, case_id=case.pk, words=f"又一件：{case.title}"[:200], at=at)
    else:
        capa = actions.open_capa(who.person, [case.pk], problem=f"{case.title}。同类情况不止一次，要从根上解决。", at=at)
        course.beside.append(live(course.staff, Random(f"{course.plan.site.code}:{capa.number}"), capa.pk))
    course.fresh()


def live(staff: Staff, rng: Random, capa_id: int) -> Days:
    """A record from its plan to its closing, in as many rounds as it takes."""
    capa = Capa.objects.select_related("company").get(pk=capa_id)
    at = capa.opened_at
    while capa.stage == "plan":
        at = yield from _plan(staff, rng, capa, at)
        yield from _carry(staff, rng, capa, at)
        capa = yield from _judge(staff, rng, capa_id)
        at = capa.judged_at or at
        if capa.stage == "close":
            at = yield staff.free(_lead(staff, capa, at), at + timedelta(hours=rng.randint(3, 60)))
            actions.close(_lead(staff, capa, at).person, capa_id, words="转入日常检查", at=at)
            return


def _lead(staff: Staff, capa: Capa, at: datetime) -> Worker:
    site = capa.sites.order_by("pk")[0]
    return staff.who("put_right", site, at)


def _plan(staff: Staff, rng: Random, capa: Capa, at: datetime) -> Days:
    who = _lead(staff, capa, at)
    at = yield staff.free(who, at + timedelta(hours=rng.randint(20, 190 if rng.random() < LATE else 150)))
    kinds = [kind for kind, share in KINDS if rng.random() < share]
    case = Case.objects.filter(origins__capa=capa).order_by("origins__id")[0]
    for n, kind in enumerate(kinds):
        at = at + timedelta(minutes=rng.randint(2, 9))
        days = rng.randint(1, 3) if kind == "containment" else rng.randint(6, 25)
        due = (at + timedelta(days=days)).astimezone(staff.zone).replace(hour=18, minute=0, second=0, microsecond=0)
        what = WHAT[kind][(rng.randrange(9) + n) % len(WHAT[kind])]
        actions.measure(who.person, capa.pk, kind=kind, what=what, owner=_owner(staff, rng, case, at), due_at=due, at=at)
    at = yield at + timedelta(minutes=rng.randint(5, 40))
    cause = capa.cause or case.cause or staff.pack.causes[0].id
    actions.plan(who.person, capa.pk, cause=cause, words=rng.choice(WHY), at=at)
    return at


def _owner(staff: Staff, rng: Random, case: Case, at: datetime) -> Owner:
    if case.department_id and rng.random() < IN_DEPARTMENT:
        return Owner(department=case.department_id)
    if case.department_id and rng.random() < BY_NAME:
        return Owner(person=staff.who("return", case.site, at, department=case.department_id).person.pk)
    return Owner(person=staff.who("close", case.site, at).person.pk)


def _carry(staff: Staff, rng: Random, capa: Capa, at: datetime) -> Days:
    for row in list(Measure.objects.filter(capa=capa, round=Capa.objects.get(pk=capa.pk).round).order_by("due_at", "n")):
        who = _doer(staff, row, at)
        if rng.random() < LONGER:
            at = yield from _longer(staff, rng, row, who, at)
            row.refresh_from_db()
        whole = row.due_at - row.at
        wanted = row.due_at + timedelta(hours=rng.randint(8, 90)) if rng.random() < LATE else row.at + whole * rng.uniform(0.3, 0.97)
        at = yield staff.free(who, max(wanted, at + timedelta(minutes=30)))
        actions.end(who.person, capa.pk, measure_id=row.pk, words=rng.choice(DONE), at=at)


def _doer(staff: Staff, row: Measure, at: datetime) -> Worker:
    known = staff.named(row.person_id)
    if known:
        return known
    assert row.department is not None
    return staff.who("return", row.department.site, at, department=row.department_id)


def _longer(staff: Staff, rng: Random, row: Measure, who: Worker, at: datetime) -> Days:
    """Ask for more time, and have it answered by the one who may."""
    asked = yield staff.free(who, max(at + timedelta(minutes=20), row.at + (row.due_at - row.at) * 0.6))
    if asked >= row.due_at:
        return asked
    new_due = row.due_at + timedelta(days=rng.randint(3, 12))
    actions.ask_extension(who.person, row.capa_id, measure_id=row.pk, new_due=new_due, reason="备件要下周才到", at=asked)
    rules = staff.pack.improvement
    approver = next(worker for worker in staff.founded.workers if rules and rules.extension and worker.row.role == rules.extension.approver)
    answered = yield staff.free(approver, asked + timedelta(hours=rng.randint(1, 20)))
    if answered < row.due_at:
        actions.grant_extension(approver.person, row.capa_id, measure_id=row.pk, words="只延这一次", at=answered)
    return answered


def _judge(staff: Staff, rng: Random, capa_id: int) -> Days:
    """When the watch is over, by what came: less than before is effective."""
    capa = Capa.objects.select_related("company").get(pk=capa_id)
    assert capa.watch_until is not None  # every measure has ended
    who = _lead(staff, capa, capa.watch_until)
    at = yield staff.free(who, capa.watch_until + timedelta(hours=rng.randint(4, 150)))
    seen = effect(capa, at)
    better = seen.after is None or seen.after.n == 0 or (seen.after.rate or 0) < 0.6 * (seen.before.rate or 0)
    verdict, words = ("effective", GOOD) if better else ("not_effective", BAD)
    actions.judge(who.person, capa_id, verdict=verdict, words=words, at=at)
    return Capa.objects.select_related("company").get(pk=capa_id)
