"""Several processes at the same messages: each arrives once, one conversation, one case."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.cast import found
from tests.channels import wechatracers, weixin
from tests.complaints.racers import race

from kesu.channels.models import Arrival, Follower, Saying
from kesu.complaints.models import Case

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_call_by_four_processes_and_one_follower_sorted_by_three(at: datetime) -> None:
    row = weixin.account(found(at))
    first, second = weixin.xml("text", at, Content="楼道灯坏了"), weixin.xml("text", at + timedelta(seconds=1), Content="3 栋 2 单元")
    arrived = at + timedelta(seconds=2)  # after both were said
    kept = race([(wechatracers.called, (row.pk, text, arrived)) for text in (first, first, second, first)])
    assert kept == ["kept it"] * 4 and Arrival.objects.count() == 2
    assert race([(wechatracers.sort, (arrived,))] * 3) == ["sorted it"] * 3
    assert Saying.objects.count() == 1 and Follower.objects.get().talk.words == "楼道灯坏了\n3 栋 2 单元"
    later = arrived + timedelta(minutes=20)
    assert race([(wechatracers.sort, (later,))] * 3) == ["sorted it"] * 3
    assert Case.objects.count() == 1 and Saying.objects.count() == 2
