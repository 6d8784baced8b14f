"""A form that a department sends back lies with reception again, and somebody owes sending it on (P-6, M-14)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.cast import Cast

from kesu.complaints import actions
from kesu.complaints.models import Clock


@pytest.mark.django_db
def test_each_time_it_is_sent_back_dispatching_is_owed_anew(cast: Cast, at: datetime) -> None:
    def later(minutes: int) -> datetime:
        return at + timedelta(minutes=minutes)

    def again() -> Clock:
        return Clock.objects.get(case=case, obligation="dispatch_again")

    case = cast.complaint(at=at, nature="valid", lead=cast.engineering.pk)
    assert not Clock.objects.filter(case=case, obligation="dispatch_again").exists()

    actions.send_back(cast.zhou_hai, case.pk, reason="归安保部", at=later(3))
    assert (again().state, again().due_at, again().person) == ("running", later(13), cast.fang_jing)
    actions.dispatch(cast.fang_jing, case.pk, lead=cast.security.pk, at=later(5))
    assert again().state == "done"

    actions.send_back(cast.chen_li, case.pk, reason="归工程部", at=later(30))
    assert (again().state, again().began_at, again().due_at) == ("running", later(30), later(40))
    assert not Clock.objects.filter(case=case, obligation="dispatch").exists(), "the first dispatch came with the reception and stays done"
    actions.dispatch(cast.fang_jing, case.pk, lead=cast.engineering.pk, at=later(33))
    assert (again().state, again().done_at) == ("done", later(33))


@pytest.mark.django_db
def test_a_co_department_that_sends_its_part_back_leaves_the_lead_at_work(cast: Cast, at: datetime) -> None:
    case = cast.complaint(at=at, nature="valid", lead=cast.engineering.pk, co=[cast.security.pk])
    actions.send_back(cast.chen_li, case.pk, reason="与安保无关", at=at + timedelta(minutes=2))
    assert not Clock.objects.filter(case=case, obligation="dispatch_again").exists()
