"""What a worker that slept writes about whom it told: each moment with its own people, nobody twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.cast import Cast

from kesu.complaints import ringing
from kesu.complaints.models import JournalEntry


def test_missed_moments_name_their_own_people_once(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at + timedelta(minutes=2))
    while ringing.ring_due(at + timedelta(hours=40)):
        pass
    told = JournalEntry.objects.filter(case=case, actor="system", data__obligation="solve_minor").values_list("data__told", flat=True)
    assert list(told) == [["周海"], ["周海"]]
    signing = (
        JournalEntry.objects.filter(case=case, actor="system", data__obligation="sign").order_by("at").values_list("act", "data__told")
    )
    assert dict(signing)["climbed"] == ["何伟"]
