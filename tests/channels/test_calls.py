"""The telephone: events of an exchange in any order and any number of times, calls that nobody answered, screen-pop."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.channels.lines import line, tell
from tests.web.test_arrivals import signed_in

from kesu.channels import telling
from kesu.channels.calls import lines
from kesu.channels.calls.events import Told
from kesu.channels.calls.taking import take
from kesu.channels.models import Arrival, Call, PhoneLine
from kesu.complaints import actions
from kesu.complaints.models import Case, JournalEntry, Notice
from kesu.config.now import now
from kesu.customers.models import Customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def hotline(cast: Cast) -> PhoneLine:
    return line(cast)


def said(event: str, at: datetime, call: str = "1", number: str = "13800006021") -> Told:
    return Told(event, call, number, False, at)


@pytest.mark.parametrize("order", list(itertools.permutations(["started", "answered", "ended"])), ids="-".join)
def test_whatever_the_order_the_call_ends_up_the_same(hotline: PhoneLine, at: datetime, order: tuple[str, ...]) -> None:
    times = {"started": at, "answered": at + timedelta(seconds=9), "ended": at + timedelta(seconds=70)}
    for event in [*order, *order]:  # and told twice
        call = take(hotline, said(event, times[event]), at + timedelta(minutes=2))
    assert (call.state, call.minutes, call.started_at, Call.objects.count()) == ("ended", 2, at, 1)
    assert not Arrival.objects.filter(state="waiting").exists()  # told as ended first, it was a task for a moment


def test_missed_calls_of_one_number_are_one_task_told_once_and_again_when_late(cast: Cast, hotline: PhoneLine, at: datetime) -> None:
    for n in range(3):
        take(hotline, said("missed", at, call=str(n)), at + timedelta(minutes=n))
    take(hotline, said("missed", at, call="other", number="13900001007"), at)
    take(hotline, said("missed", at, call="hidden", number=""), at)
    first, other = Arrival.objects.order_by("id")
    assert (first.subject, first.calls.count(), other.subject) == ("138 **** 6021 × 3", 3, "139 **** 1007")
    assert first.due_at and first.due_at > at
    told = Notice.objects.filter(kind="call_back")
    assert told.count() == 2 and {row.person for row in told} == {cast.fang_jing}
    assert telling.ring_due(max(first.due_at, other.due_at or at)) == 2
    assert Notice.objects.filter(kind="call_back_late", person=cast.fang_jing).count() == 2
    take(hotline, said("answered", at, call="other"), at + timedelta(minutes=4))
    other.refresh_from_db()
    assert (other.state, other.why) == ("ignored", "answered")


def test_an_exchange_that_counts_from_one_again_means_another_call(hotline: PhoneLine, at: datetime) -> None:
    take(hotline, said("missed", at), at)
    take(hotline, said("missed", at + timedelta(days=2)), at + timedelta(days=2))
    assert Call.objects.count() == 2 and Arrival.objects.get().calls.count() == 2


def test_the_door_takes_what_is_signed_and_understood_once(cast: Cast, hotline: PhoneLine) -> None:
    first = tell(hotline, "missed").json()
    assert first == tell(hotline, "missed").json() and first["state"] == "missed" and Call.objects.count() == 1
    call = Call.objects.get()
    assert call.number == "13800006021" and Arrival.objects.get().calls.get() == call
    assert tell(hotline, "missed", at=now() - timedelta(minutes=6)).status_code == 401  # recorded and sent again
    for wrong in ({"event": "exploded"}, {"call": ""}, {"recording": "javascript:alert(1)"}, {"recording": "http://a.example/1.mp3"}):
        more = {"call": "2", **wrong}
        answer = tell(hotline, more.pop("event", "ended"), **more)
        assert answer.status_code == 422 and answer.json()["field"], wrong
    hotline.refresh_from_db()
    assert "https" in hotline.fault
    assert tell(hotline, "recording", recording="https://pbx.example/1.mp3", agent="\ud800").status_code == 200
    url = reverse("tell_call", args=[hotline.pk])
    assert Client().post(url, b"[" * 19_000, content_type="application/json").status_code == 401
    assert Client().post(url, b"x" * 30_000, content_type="application/json").status_code == 413
    assert PhoneLine.objects.get().last_in_at


def test_a_secret_in_the_address_counts_only_where_it_is_allowed(cast: Cast, hotline: PhoneLine) -> None:
    url, key = reverse("tell_call", args=[hotline.pk]), lines.plain_secret(hotline)
    event = {"key": key, "event": "missed", "call": "7", "from": "+8613800006021"}
    assert Client().get(url, event).status_code == 401
    hotline.plain = True
    lines.save_line(cast.tang_qing, hotline)
    assert Client().get(url, event | {"key": "x" * 32}).status_code == 401 and Client().get(url).status_code == 401
    assert Client().get(url, event).json()["state"] == "missed" and Call.objects.get().number == "13800006021"
    form = Client().post(f"{url}?key={key}", {"event": "hangup", "call_id": "8", "caller": "13900001007"})
    assert form.json()["state"] == "missed"
    lines.save_line(cast.tang_qing, hotline, renew=True)
    assert Client().get(url, event).status_code == 401


def test_calling_back_on_the_page(cast: Cast, hotline: PhoneLine) -> None:
    tell(hotline, "missed", call="1")
    task, client = Arrival.objects.get(), signed_in(cast.fang_jing)
    assert "1 件来信来电等人看" in client.get("/?show=all").content.decode()
    assert "未接来电" in client.get(reverse("arrivals")).content.decode()
    url = reverse("arrival", args=[task.pk])
    assert "138 0000 6021" in client.get(url).content.decode()
    assert client.post(url, {"outcome": "reached", "words": ""}).status_code == 422
    case = cast.complaint(at=now().replace(microsecond=0) - timedelta(hours=1))
    assert client.post(url, {"outcome": "reached", "words": "说明天上午来", "number": case.number}).status_code == 302
    task.refresh_from_db()
    assert (task.state, task.why, task.by, task.case) == ("called", "reached", cast.fang_jing, case)
    assert JournalEntry.objects.filter(case=case, act__in=["contact", "note"]).last().data["words"] == "说明天上午来"  # type: ignore[union-attr]
    assert client.post(url, {"outcome": "not_reached"}).status_code == 422
    assert "回电打通了" in client.get(reverse("arrivals") + "?state=called").content.decode()
    assert signed_in(cast.wu_tong).get(url).status_code == 404


def test_the_call_is_kept_with_the_case_written_down_during_it(cast: Cast, hotline: PhoneLine) -> None:
    for event in ("started", "answered"):
        tell(hotline, event, agent="8002")
    client = signed_in(cast.fang_jing)
    data = {"site": cast.site.pk, "channel": hotline.channel, "item": "电梯坏了", "category": "", "do": "record", "phone": "13800006021"}
    assert client.post(reverse("reception"), data).status_code == 302
    case, call = Case.objects.get(), Call.objects.get()
    assert call.case == case
    tell(hotline, "ended", recording="https://pbx.example/1.mp3")
    assert f"?case={case.number}" in client.get(reverse("case", args=[case.number])).content.decode()
    page = client.get(reverse("calls") + f"?case={case.number}").content.decode()
    assert "8002" in page and reverse("call", args=[call.pk]) in page
    assert "8002" not in client.get(reverse("calls") + "?case=RY-1").content.decode()
    one = client.get(reverse("call", args=[call.pk])).content.decode()
    assert "https://pbx.example/1.mp3" in one and "方静" in one and 'rel="noopener noreferrer"' in one
    assert signed_in(cast.wu_tong).get(reverse("call", args=[call.pk])).status_code == 404
    quality = signed_in(cast.zhou_hai).get(reverse("case", args=[case.number]))
    assert quality.status_code == 404 or "pbx.example" not in quality.content.decode()


@pytest.mark.parametrize("tel", ["%2B86%20139-0000-1007", "+8613900001007", "008613900001007", "013900001007"])
def test_screen_pop_finds_the_caller_however_the_number_is_written(cast: Cast, at: datetime, tel: str) -> None:
    case = cast.complaint(at=at)
    page = signed_in(cast.fang_jing).get(f"{reverse('reception')}?tel={tel}").content.decode()
    assert "闵女士" in page and case.number in page and 'value="139 0000 1007"' in page


def test_screen_pop_for_a_shared_an_unknown_and_a_local_number(cast: Cast, at: datetime, hotline: PhoneLine) -> None:
    rows = {"company": cast.company, "site": cast.site, "created_at": at}
    for name in ("闵女士", "闵先生"):
        Customer.objects.create(name=name, phone="88887777", tail="7777", **rows)
    client = signed_in(cast.fang_jing)
    page = client.get(reverse("reception") + "?tel=0755-88887777-802").content.decode()
    assert page.count("data-pick") == 2 and 'data-name="闵先生"' in page and 'name="name" autocomplete="off" value=""' in page
    tell(hotline, "missed", **{"from": "13700000000"})
    page = client.get(reverse("reception") + "?tel=13700000000").content.decode()
    assert "最近的电话" in page and "没接到" in page and 'value="137 0000 0000"' in page


def test_screen_pop_returns_after_the_sign_in(cast: Cast) -> None:
    address = reverse("reception") + "?tel=13900001007"
    door = Client().get(address.replace("/?", "?"), follow=True)
    assert door.redirect_chain[-1][0].startswith("/login/?next=") and "tel%3D13900001007" in door.redirect_chain[-1][0]


def test_a_line_is_set_up_tried_and_renewed(cast: Cast) -> None:
    client = signed_in(cast.tang_qing)
    channel = next(row.id for row in cast.pack.channels if row.name == "客服电话")
    data = {"name": "客服热线", "number": "4000001007", "site": cast.site.pk, "channel": channel, "active": "on", "do": "save"}
    assert client.post(reverse("setup_new_line"), data).status_code == 302
    row = PhoneLine.objects.get()
    url = reverse("setup_line", args=[row.pk])
    page = client.post(url, {"do": "try"}).content.decode()
    assert "200 {" in page and "ringing" in page and not Call.objects.exists()
    assert client.post(url, data | {"do": "renew"}).status_code == 302 and PhoneLine.objects.get().turn == 2
    assert client.post(reverse("setup_new_line"), data).status_code == 200  # the same name twice
    assert signed_in(cast.fang_jing).get(reverse("setup_lines")).status_code == 404


def test_letting_go_of_a_case_takes_its_calls(cast: Cast, hotline: PhoneLine, at: datetime, django_capture_on_commit_callbacks) -> None:  # type: ignore[no-untyped-def]
    case = cast.complaint(at=at)
    call = take(hotline, said("answered", at), at)
    Call.objects.filter(pk=call.pk).update(case=case, recording="https://pbx.example/1.mp3")
    actions.withdraw(cast.lin_xiao, case.pk, reason="自己修好了", at=at)
    actions.close(cast.lin_xiao, case.pk, at=at)
    with django_capture_on_commit_callbacks(execute=True):
        actions.deidentify(cast.luo_qing, case.pk, at=at.replace(year=at.year + 3) + timedelta(days=2))
    call.refresh_from_db()
    assert (call.number, call.recording, call.case_id) == ("", "", case.pk) and call.answered_at
