"""What came by a door goes with its case: de-identification takes messages and answers, too."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast
from tests.channels.letters import letter, mailbox, take
from tests.channels.lines import line
from tests.complaints.story import refused

from kesu.channels import deciding
from kesu.channels.calls import returning, taking
from kesu.channels.calls.events import read_event
from kesu.channels.models import Answer, Arrival, Call, Outgoing
from kesu.channels.strays import forget_due
from kesu.complaints import actions
from kesu.complaints.files import stored
from kesu.complaints.models import Forgotten

pytestmark = pytest.mark.django_db


def test_the_message_goes_with_its_case(cast: Cast, at: datetime, django_capture_on_commit_callbacks) -> None:  # type: ignore[no-untyped-def]
    box = mailbox(cast)
    came = take(box, letter(subject="6 栋 1202 漏水", text="我是闵女士，13800006021，又漏了。"), at)
    came.refresh_from_db()
    case = came.case
    assert case is not None and came.sender and stored(came.sha256).exists()
    Answer.objects.create(case=case, key="a", kind="notice", address="min@c.example", message_id="<a>", subject="s", body="闵女士：", at=at)
    said = {"case": case, "company": cast.company, "means": "sms", "kind": "notice", "topic": "t", "key": "t:0", "at": at}
    Outgoing.objects.create(**said, error="闵女士", address="13800006021", payload={"text": "闵女士：您反映的事"}, words="闵女士不要短信")
    actions.withdraw(cast.lin_xiao, case.pk, reason="业主自己修好了", at=at)
    actions.close(cast.lin_xiao, case.pk, at=at)
    with django_capture_on_commit_callbacks(execute=True):
        actions.deidentify(cast.luo_qing, case.pk, at=at.replace(year=at.year + 3) + timedelta(days=2))
    came.refresh_from_db()
    assert (came.sender, came.sender_name, came.subject, came.message_id) == ("", "", "", "")
    assert came.case_id == case.pk and came.received_at and not stored(came.sha256).exists()
    assert not Answer.objects.filter(case=case).exclude(body="", address="").exists()
    sent = Outgoing.objects.get(key="t:0")
    assert (sent.address, sent.payload, sent.error, sent.words, sent.means) == ("", {}, "", "", "sms")
    assert Arrival.objects.count() == 1


def test_what_became_no_complaint_goes_in_time_with_a_line_and_what_waits_stays(
    cast: Cast, at: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    box = mailbox(cast)
    aside = take(box, letter(subject="特价发票", text="代开发票", sender="ad@spam.example"), at)
    waits = take(box, letter(subject="又一封", sender="b@spam.example"), at)
    Arrival.objects.filter(pk=waits.pk).update(state="waiting", case=None)
    Arrival.objects.filter(pk=aside.pk).update(state="ignored", case=None, done_at=at, words="广告")
    path = stored(aside.sha256)
    assert path.exists() and forget_due(at + timedelta(days=180)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert (forget_due(at + timedelta(days=180, seconds=1)), forget_due(at + timedelta(days=400))) == (1, 0)
    aside.refresh_from_db()
    waits.refresh_from_db()
    assert (aside.sender, aside.subject, aside.words, aside.state) == ("", "", "", "ignored") and not path.exists()
    assert waits.sender and stored(waits.sha256).exists()
    line = Forgotten.objects.get()
    assert (line.kind, line.n, line.company) == ("letters", 1, cast.company)
    with refused("gone"):
        deciding.ignore(cast.fang_jing, aside.pk, reason="广告", at=at + timedelta(days=400))


def test_a_call_that_became_no_complaint_goes_in_time_and_one_that_waits_or_has_a_case_stays(
    cast: Cast, client: Client, at: datetime, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """Who called goes, with what was said on calling back; that somebody did, on which line and when stays, with a line on record."""
    hotline, said = line(cast), {"agent": "方静", "recording": "https://pbx.example/1.wav"}

    def rang(call: str, number: str, *events: str) -> Call:
        for event in events:
            told = read_event({"event": event, "call": call, "from": number} | (said if event == "answered" else {}), "Asia/Shanghai", at)
            found = taking.take(hotline, told, at)
        return found

    spoken, filed = (rang(f"{n}", number, "answered", "ended") for n, number in enumerate(("13800006021", "13900001007")))
    returning.attach(cast.complaint(at=at), "13900001007", at)
    waits, called = rang("2", "13800006022", "missed"), rang("3", "13800006023", "missed")
    later = at + timedelta(days=2)
    returning.called_back(cast.fang_jing, called.arrival_id, outcome="reached", words="闵女士问几点来", at=later)
    raw = stored(Arrival.objects.get(pk=called.arrival_id).sha256)
    assert forget_due(at + timedelta(days=180)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert [forget_due(at + timedelta(days=days, seconds=1)) for days in (180, 181, 182, 400)] == [1, 0, 1, 0]
    kept = {row.pk: (row.number, row.agent, row.recording, row.call_id) for row in Call.objects.all()}
    assert kept[spoken.pk] == kept[called.pk] == ("", "", "", "")
    assert kept[filed.pk][:2] == ("13900001007", "方静") and kept[waits.pk][0] == "13800006022"
    task = Arrival.objects.get(pk=called.arrival_id)
    assert (task.sender, task.subject, task.words, task.state) == ("", "", "", "called") and not raw.exists()
    assert Arrival.objects.get(pk=waits.arrival_id).sender == "13800006022"
    assert list(Forgotten.objects.order_by("pk").values_list("kind", "n")) == [("calls", 1), ("calls", 1)]
    monkeypatch.setattr("kesu.web.calls.views.now", lambda: at + timedelta(days=400))
    client.force_login(cast.fang_jing)
    assert "号码到期已删" in client.get(f"/calls/{spoken.pk}/").content.decode()
    assert client.get("/calls/").content.decode().count("号码到期已删") == 2
    assert client.get(f"/arrivals/{task.pk}/").status_code == 200
    client.force_login(cast.luo_qing)
    assert "以前没立案的电话 1 次" in client.get("/privacy/").content.decode()
