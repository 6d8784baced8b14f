"""Reports of the last months: drafted when the procedure says, commented by whoever owes it, mostly in time, approved by their superior."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from kesu.company.models import Company
from kesu.company.rights import rights_of
from kesu.company.standing import standing
from kesu.papers.fonts import NoFont
from kesu.reporting.actions.drafting import draft, missing
from kesu.reporting.actions.working import approve, comment, submit
from kesu.reporting.models import Report
from kesu.reporting.queries.sight import owes

if TYPE_CHECKING:
    from kesu.simulation.course import Days
    from kesu.simulation.founding import Worker
    from kesu.simulation.staff import Staff

LIVED = timedelta(days=100)  # before the end: of older months nobody opens the report, and each takes a second to make
FRESH = timedelta(days=1)  # what opened longer ago is of the time before that
LATE = 0.15
DONE = (
    "超时的逐件看过，多数卡在等审批和等配件，原因写在各单里",
    "退回重派的几件，都是第一次没问清位置；受理时加问一句楼层",
    "回访没打通的，换了时间再打，三次打不通的发了短信",
)
NEXT = (
    "下月先做两件事：夜里的单第二天一早先回电话；快到时限的提前一天提醒经办人",
    "下月把设备类的单按楼栋排给固定的人，少跑冤枉路",
    "下月请客服和工程每周碰一次头，把拖着的单过一遍",
)


def drafted(company: Company, at: datetime, until: datetime) -> list[Report]:
    """What is drafted this morning: quarters and years always, months of the last ones of a life up to `until`."""
    known, there = standing(company), {*Report.objects.filter(company=company).values_list("pk", flat=True)}
    for wanted in missing(company, known, at):
        if at - wanted.opens_at < FRESH and (wanted.rule.every != "month" or at >= until - LIVED):
            draft(company, wanted, known, at)
    return list(Report.objects.filter(company=company).exclude(pk__in=there).select_related("company", "site").order_by("pk"))


def hand_in(staff: Staff, rng: Random, row: Report) -> Days:
    """Whoever owes it comments on it some days later, their superior approves; without a font for the paper it waits for that."""
    writer = _who_owes(staff, row, row.opened_at)
    if writer is None:
        return
    assert row.due_at is not None  # it is owed
    in_time = row.opened_at + (row.due_at - row.opened_at) * rng.uniform(0.2, 0.8)
    late = row.due_at + timedelta(hours=rng.uniform(3, 40))
    at = yield staff.free(writer, late if rng.random() < LATE else in_time)
    comment(writer.person, row.pk, _words(rng, row), at)
    submit(writer.person, row.pk, at + timedelta(minutes=12))
    row.refresh_from_db()
    superior = _who_owes(staff, row, at)
    if superior is None:
        return
    at = yield staff.free(superior, at + timedelta(days=rng.uniform(0.3, 3)))
    try:
        approve(superior.person, row.pk, row.digest, at)
    except NoFont:
        return


def _who_owes(staff: Staff, row: Report, at: datetime) -> Worker | None:
    return next((worker for worker in staff.founded.workers if owes(rights_of(worker.person, at), row)), None)


def _words(rng: Random, row: Report) -> dict[str, str]:
    """On the first part what was received and how much was on time, on the next ones what was looked into and what comes next."""
    parts = [part["id"] for part in row.content["zh-hans"]["parts"]]
    said = [
        f"收到投诉 {_of(row, 'complaints')[0]} 件；到期的时限 {_of(row, 'in_time')[1]} 个，按时 {_of(row, 'in_time')[0]} 个",
        rng.choice(DONE),
        rng.choice(NEXT),
    ]
    return dict(zip(parts, said, strict=False))


def _of(row: Report, kpi: str) -> tuple[int, int]:
    found = row.figures.get(kpi, {})
    return found.get("above") or 0, found.get("below") or 0
