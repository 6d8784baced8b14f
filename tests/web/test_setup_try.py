"""Set-up, the test bench: a complaint made up on the spot, what would be due when and why, with what was typed kept."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from tests.cast import Cast

from kesu.complaints.models import Case

FRIDAY = {"received": "2026-11-20T14:32", "channel": "hotline", "nature": "valid", "grade": "important"}


@pytest.fixture
def admin(client: Client, cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> Client:
    """唐青, the administrator, signed in, at the cast's own moment."""
    for module in ("trying", "frame"):
        monkeypatch.setattr(f"kesu.web.setup.{module}.now", lambda: at)
    client.force_login(cast.tang_qing)
    return client


def tried(client: Client, cast: Cast, **typed: object) -> str:
    return client.get(f"/setup/procedure/{cast.version.pk}/try/", {"site": cast.site.pk, **FRIDAY, **typed}).content.decode()


def test_a_made_up_complaint_says_who_owes_what_until_when_and_why(admin: Client, cast: Cast) -> None:
    text = tried(admin, cast)
    assert "个时限在走" in text and "11 月 20 日 周五 14:32 起算" not in text
    for words in ("派单", "11 月 20 日 14:32 起算", "事务部主管", "超时：", "所以是"):
        assert words in text, words
    assert not Case.objects.exists()  # only reckoned


def test_clocks_stand_in_the_order_of_their_due_times(admin: Client, cast: Cast) -> None:
    answer = admin.get(f"/setup/procedure/{cast.version.pk}/try/", {"site": cast.site.pk, **FRIDAY})
    due = [clock.due.at for clock in answer.context["course"].owed()]
    assert due == sorted(due) and len(answer.context["clocks"]) == len(due) > 1


def test_the_sites_own_opening_hours_count(admin: Client, cast: Cast) -> None:
    # judged within 30 opening minutes: at 听橘苑, which closes at 14:45 that day, on Saturday
    cast.other_site.special = {"2026-11-20": [[510, 720], [810, 885]]}
    cast.other_site.save()
    unjudged = {"nature": "", "grade": ""}
    assert "11 月 20 日 周五 15:02" in tried(admin, cast, **unjudged)
    assert "11 月 21 日 周六 09:17" in tried(admin, cast, site=cast.other_site.pk, **unjudged)


def test_what_is_done_later_ends_and_begins_clocks_by_name_or_id(admin: Client, cast: Cast) -> None:
    before = tried(admin, cast, acts="派单 @ 14:40")
    assert "<strong>签收</strong>" in before and "11 月 20 日 周五 14:42" in before
    after = tried(admin, cast, acts="派单 @ 14:40\r\nsign @ 2026-11-20 14:45")
    assert "<strong>签收</strong>" not in after


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"received": ""}, "这里要填"),
        ({"received": "yesterday"}, "acts"),
        ({"heard": "2026-11-20T15:00"}, "客户说起要在受理之前"),
        ({"grade": "colossal"}, "请从列出的里面选"),
        ({"site": "999999"}, "请从列出的里面选"),
        ({"acts": "签收 14:40"}, "看不懂“签收 14:40”"),
        ({"acts": "跳舞 @ 14:40"}, "看不懂“跳舞 @ 14:40”"),
        ({"acts": "签收 @ 25:00"}, "的时间看不懂"),
        ({"acts": "签收 @ 14:00"}, "在受理之前"),
        ({"acts": "event:none @ 14:40"}, "没有“event:none”这个动作"),
        ({"acts": "签收 @ 14:40\n" * 41}, "最多 40 行"),
        ({"received": "9999-12-31T23:59"}, "wrong"),
    ],
)
def test_what_cannot_be_meant_is_said_beside_its_field_and_stays_typed(
    admin: Client, cast: Cast, typed: dict[str, str], words: str
) -> None:
    text = tried(admin, cast, category="lift", **typed)
    assert words in text and 'class="wrong"' in text and "个时限在走" not in text
    assert 'value="lift" selected' in text


def test_english_and_the_empty_form(admin: Client, cast: Cast) -> None:
    admin.cookies["kesu_language"] = "en"
    assert admin.get(f"/setup/procedure/{cast.version.pk}/try/").status_code == 200
    assert "Fri 20 Nov" in tried(admin, cast) and "Sign for" in tried(admin, cast, acts="Dispatch @ 14:40")


def test_for_others_it_does_not_exist(client: Client, cast: Cast) -> None:
    for person in (cast.lin_xiao, cast.bai_shi):
        client.force_login(person)
        assert client.get(f"/setup/procedure/{cast.version.pk}/try/", FRIDAY).status_code == 404
