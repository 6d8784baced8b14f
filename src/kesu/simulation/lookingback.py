"""People look back at their month: most write in time, some late, the last ones not yet; superiors answer; colleagues are thanked."""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from kesu.company.standing import standing
from kesu.complaints import actions
from kesu.performance.actions import answer, recognise, write
from kesu.performance.models import Recognition, Review
from kesu.performance.queries.reviews import answerers, rule_of, writers
from kesu.procedure.refused import Refused

if TYPE_CHECKING:
    from kesu.simulation.course import Course, Days
    from kesu.simulation.staff import Staff

LATE, NEVER = 0.1, 0.06
THANKED = 0.3
WELL = ("到场都在时限里，客户说人很客气", "难的那张先打了电话，客户没有再催", "照片和记录都当场传上去了", "几个部门一起办的，先说好谁牵头")
CHANGE = (
    "晚上的单第二天一早先回电话，不等到上班以后",
    "交回之前再看一遍材料，少被打回来",
    "快到时限时先说一声，要延期早点申请",
    "现场没人的，留条子写上回来的时间",
)
HELP = ("", "", "周末值班再排一个人", "备件柜的钥匙多配一把")
SAID = ("写得实在。备件这周补上。", "同意，晚上的单我来排班。", "那张超时是等审批，不怪你；审批我去催。")
THANKS = ("陪着客户等到修好才走", "客户在气头上，一句没顶，事情办完了", "下班了还回去看了一眼")


def opened(known: Container[int]) -> list[Review]:
    """Self-reviews that nobody has in mind yet."""
    rows = Review.objects.filter(state="owed").select_related("company", "person", "department", "site").order_by("pk")
    return [row for row in rows if row.pk not in known]


def name_praised(course: Course, at: datetime) -> None:
    """Whom a customer praises is named in the case. Nothing is drawn by the case's own lot, so that nobody else's life shifts by it."""
    case, staff = course.open_case, course.staff
    rules = staff.pack.performance
    if rules is None or case.nature not in rules.praise:
        return
    here = [worker for worker in staff.founded.workers if worker.department and worker.site and worker.site.pk == case.site_id]
    if here:
        praised = Random(f"praised:{case.number}").choice(here).person
        actions.name_person(staff.who("name_person", course.plan.site, at, but={praised.pk}).person, case.pk, who=praised.pk, at=at)
        course.fresh()


def look_back(staff: Staff, rng: Random, row: Review) -> Days:
    """Whoever owes it writes some days later; the superior answers, and may thank them for a case in which nothing went wrong."""
    known, rule = standing(row.company), rule_of(row)
    who, superior = writers(known, row, rule), answerers(known, row, rule)
    assert row.due_at is not None  # it is owed
    if not who or not superior or rng.random() < NEVER:
        return
    days = rng.uniform(0.3, 4.5) if rng.random() > LATE else rng.uniform(6.5, 9)
    at = yield staff.free(staff.by_id[who[0].pk], row.opened_at + timedelta(days=days))
    write(who[0], row.pk, well=rng.choice(WELL), change=rng.choice(CHANGE), help=rng.choice(HELP), at=at)
    at = yield staff.free(staff.by_id[superior[0].pk], at + timedelta(days=rng.uniform(0.2, 4)))
    answer(superior[0], row.pk, said=rng.choice(SAID), at=at)
    good = [one.case_id for one in row.cases.all() if not one.wrong]
    if good and rng.random() < THANKED and not Recognition.objects.filter(case=good[-1]).exists():
        try:
            recognise(superior[0], good[-1], who=who[0].pk, words=rng.choice(THANKS), at=at + timedelta(minutes=3))
        except Refused:
            return  # somebody else's doing, or not the superior's to thank for
