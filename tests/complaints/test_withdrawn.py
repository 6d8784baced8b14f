"""A complaint that the customer takes back: closed with steps left out, then the archive."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.cast import Cast

from kesu.complaints import actions


def test_a_withdrawn_complaint_goes_to_the_archive_without_the_steps_it_skipped(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at + timedelta(minutes=3))
    actions.withdraw(cast.lin_xiao, case.pk, reason="住户说自己弄好了", at=at + timedelta(hours=1))
    assert actions.close(cast.lin_xiao, case.pk, at=at + timedelta(hours=2)).step == "archive"
    assert actions.archive(cast.luo_qing, case.pk, at=at + timedelta(hours=3)).step == "done"
