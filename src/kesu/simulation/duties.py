"""Duties that come round without a complaint: mostly done in time, some late, those of the last days still open."""

from __future__ import annotations

from collections.abc import Container
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from kesu.complaints.actions.routines import finish_duty
from kesu.complaints.models import RoutineDuty

if TYPE_CHECKING:
    from kesu.simulation.course import Days
    from kesu.simulation.staff import Staff

LATE = 0.12
DONE = ("做完，结果报管理处主任", "逐项查过，三处要跟进，已开单", "完成，记录附在台账", "做完，有两条意见转给部门")


def opened(known: Container[int]) -> list[RoutineDuty]:
    """Open duties that nobody has in mind yet."""
    return [duty for duty in RoutineDuty.objects.filter(done_at__isnull=True).order_by("id") if duty.pk not in known]


def do(staff: Staff, rng: Random, duty: RoutineDuty) -> Days:
    """Whoever owes it does it some days before it is due, or after."""
    holders = [worker for worker in staff.founded.workers if worker.row.role == duty.role]
    who = next(worker for worker in holders if worker.site is None or worker.site.pk == duty.site_id)
    whole = duty.due_at - duty.opens_at
    wanted = duty.due_at + timedelta(hours=rng.randint(9, 60)) if rng.random() < LATE else duty.opens_at + whole * rng.uniform(0.2, 0.95)
    at = yield staff.free(who, wanted)
    finish_duty(who.person, duty.pk, rng.choice(DONE), at)
