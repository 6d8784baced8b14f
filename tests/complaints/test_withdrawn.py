"""A complaint that the customer takes back: closed with steps left out, then the archive."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.cast import Cast

from kesu.complaints import actions
from kesu.complaints.models import Clock


def test_a_withdrawn_complaint_goes_to_the_archive_without_the_steps_it_skipped(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at + timedelta(minutes=3))
    actions.withdraw(cast.lin_xiao, case.pk, reason="住户说自己弄好了", at=at + timedelta(hours=1))
    assert actions.close(cast.lin_xiao, case.pk, at=at + timedelta(hours=2)).step == "archive"
    assert actions.archive(cast.luo_qing, case.pk, at=at + timedelta(hours=3)).step == "done"


def test_nobody_has_to_say_that_it_was_received_once_it_is_taken_back(cast: Cast, at: datetime) -> None:
    """A letter's acknowledgement is owed for a working day; taken back within it, only closing is left."""
    case = cast.complaint(channel="letter", at=at)
    assert Clock.objects.filter(case=case, obligation="acknowledge_letter", state="running").exists()
    actions.withdraw(None, case.pk, reason="不用办了", actor="customer", at=at + timedelta(hours=1))
    owed = set(Clock.objects.filter(case=case, state="running").values_list("obligation", flat=True))
    assert not [name for name in owed if name.startswith("acknowledge")] and "close" in owed
