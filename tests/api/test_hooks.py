"""Web hooks against a real receiver that checks signatures and can be slow, fail and vanish."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from standardwebhooks import Webhook
from tests.api.conftest import warned
from tests.cast import Cast
from tests.reporting.made import drafted

from kesu.complaints import actions
from kesu.complaints.models import JournalEntry
from kesu.complaints.ringing import ring_due
from kesu.exchange import posting, queueing
from kesu.exchange.actions import add_hook, edit_hook, remove_hook, resend, try_hook
from kesu.exchange.addresses import may_reach, place_of
from kesu.exchange.delivering import PAUSES, TRIES, send_batch
from kesu.exchange.models import Delivery, Hook
from kesu.exchange.signing import new_secret, signature
from kesu.improvement.actions import open_capa
from kesu.procedure.refused import Refused
from kesu.reporting import actions as reporting_actions
from kesu.warnings import actions as warning_actions

pytestmark = pytest.mark.django_db


class Receiver:
    """A program at the other end: keeps what its oracle (the standardwebhooks package) has accepted."""

    def __init__(self) -> None:
        self.secret, self.mood, self.got, self.refused = "", "well", [], 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # noqa: N802 – the name is http.server's
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.answer(self, body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook?from=kesu"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        if self.mood == "drip":  # headers at once, then a byte now and then
            request.send_response(200)
            request.end_headers()
            for _ in range(50):
                request.wfile.write(b".")
                request.wfile.flush()
                time.sleep(0.1)
            return
        if self.mood == "dawdle":  # a byte of the headers now and then
            for _ in range(50):
                request.wfile.write(b"HTTP/1.1 200 OK\r\nX: " if _ == 0 else b"x")
                request.wfile.flush()
                time.sleep(0.1)
            return
        if self.mood == "silent":
            time.sleep(1.5)
            return
        status = {"well": 200, "broken": 500, "gone": 410, "elsewhere": 302}[self.mood]
        try:
            Webhook(self.secret).verify(body, dict(request.headers))
            self.got.append((request.headers["webhook-id"], json.loads(body)))
        except Exception:
            self.refused, status = self.refused + 1, 401
        request.send_response(status)
        request.send_header("Location", "http://169.254.169.254/")
        request.end_headers()
        request.wfile.write(b"thank you" if status == 200 else b"no")

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("KESU_HOOK_NETWORKS", "127.0.0.1/32")
    queueing.forget()
    found = Receiver()
    yield found
    found.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """0.6 s instead of ten."""
    monkeypatch.setattr(posting, "PATIENCE", 0.6)


@pytest.fixture
def present() -> datetime:
    """The oracle looks at the real clock: a message may be five minutes old."""
    return datetime.now(UTC).replace(microsecond=0)


def subscribed(cast: Cast, receiver: Receiver, at: datetime, *acts: str) -> Hook:
    hook = add_hook(cast.tang_qing, name="工单系统", url=receiver.url, acts=acts, at=at)
    receiver.secret = hook.secret
    return hook


def test_the_signature_is_the_standards() -> None:
    secret, at, body = new_secret(), datetime.now(UTC), '{"words": "电梯"}'
    assert signature(secret, "msg_1", at, body) == Webhook(secret).sign("msg_1", at, body)
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 24


def test_every_act_is_told_once(cast: Cast, receiver: Receiver, present: datetime) -> None:
    """One message per line of the journal, signed, in the act's transaction; a refused act tells nothing."""
    subscribed(cast, receiver, present)
    case = cast.complaint(at=present)
    actions.note(cast.fang_jing, case.pk, words="催了一次", at=present)
    with pytest.raises(Refused):
        actions.note(cast.fang_jing, case.pk, words="", at=present)
    ring_due(present + timedelta(days=3))
    queued = Delivery.objects.count()
    assert queued == JournalEntry.objects.filter(case=case).count() > 2
    while send_batch(present + timedelta(days=3)):
        pass
    assert receiver.refused == queued  # the oracle will not take messages dated in three days
    Delivery.objects.update(state="waiting", next_at=present)
    assert send_batch(present) == queued and receiver.refused == queued
    assert len({message for message, _ in receiver.got}) == queued
    told = dict(receiver.got)[f"msg_{Hook.objects.get().pk}_{case.pk}_1"]
    assert (told["type"], told["data"]["case"], told["data"]["by"]) == ("case.receive", case.number, cast.fang_jing.pk)
    assert "电梯" not in json.dumps(receiver.got, ensure_ascii=False)  # no words of the customer go out
    assert not send_batch(present)


def test_only_what_was_asked_for(cast: Cast, receiver: Receiver, present: datetime) -> None:
    """Acts that were not chosen, another company's cases, a resting and a removed hook: nothing is queued."""
    hook = subscribed(cast, receiver, present, "note")
    case = cast.complaint(at=present)
    actions.note(cast.fang_jing, case.pk, words="一", at=present)
    assert list(Delivery.objects.values_list("act", flat=True)) == ["note"]
    edit_hook(cast.tang_qing, hook.pk, name="x", url=hook.url, acts=[], active=False, at=present)
    actions.note(cast.fresh(cast.fang_jing), case.pk, words="二", at=present)
    remove_hook(cast.tang_qing, hook.pk, present)
    actions.note(cast.fresh(cast.fang_jing), case.pk, words="三", at=present)
    assert Delivery.objects.count() == 1


def test_records_warnings_and_reports_are_told(cast: Cast, receiver: Receiver, present: datetime) -> None:
    """Every line of their journals, by the number the interface knows, without a word of what is in them; chosen like a case's acts."""
    chosen = add_hook(cast.tang_qing, name="只看整改", url=receiver.url, acts=["record.plan", "warning.take", "made.up"], at=present)
    assert chosen.acts == ["record.plan", "warning.take"]
    edit_hook(cast.tang_qing, chosen.pk, name="x", url=chosen.url, acts=chosen.acts, active=True, at=present)
    hook = subscribed(cast, receiver, present)
    case = cast.complaint(at=present)
    capa = open_capa(cast.fresh(cast.luo_qing), [case.pk], problem="电梯停在 3 层", at=present)
    row = warned(cast, present, [case])
    warning_actions.take(cast.fresh(cast.he_wei), row.pk, at=present)
    report = drafted(cast, present)
    reporting_actions.comment(cast.fresh(cast.lin_xiao), report.pk, {"own-sum": "电梯一件"}, present)
    with pytest.raises(Refused):
        warning_actions.take(cast.fresh(cast.he_wei), row.pk, at=present)
    told = [json.loads(one.body) for one in Delivery.objects.filter(hook=hook, case=None).order_by("pk")]
    assert [one["type"] for one in told] == ["record.open", "warning.raised", "warning.take", "report.drafted", "report.commented"]
    assert told[0]["data"] | {"sites": 0} == {
        "record": capa.number, "sites": 0, "n": 1, "act": "open", "actor": "staff", "by": cast.luo_qing.pk, "round": 1, "state": "plan",
        "open": True,
    }  # fmt: skip
    assert told[0]["data"]["sites"] == ["RY"] and told[2]["data"]["warning"] == row.number and told[3]["data"]["report"] == str(report.pk)
    assert "电梯" not in json.dumps(told, ensure_ascii=False)
    assert list(Delivery.objects.filter(hook=chosen).values_list("act", flat=True)) == ["warning.take"]
    while send_batch(present):
        pass
    assert receiver.refused == 1 and len(receiver.got) == Delivery.objects.filter(hook=hook).count()  # the chosen one signs by its own key


@pytest.mark.parametrize(("mood", "status"), [("broken", 500), ("silent", None), ("elsewhere", 302)])
def test_a_receiver_in_trouble(cast: Cast, receiver: Receiver, present: datetime, impatient: None, mood: str, status: int | None) -> None:
    """Tried again later each time, given up at the end, the log says why; the same id at every try; one click sends it once more."""
    subscribed(cast, receiver, present, "receive")
    cast.complaint(at=present)
    receiver.mood = mood
    send_batch(present)
    row = Delivery.objects.get()
    assert (row.state, row.status, row.tries, row.next_at) == ("waiting", status, 1, present + PAUSES[0])
    assert row.answer and not send_batch(present)
    Delivery.objects.update(tries=TRIES - 1, next_at=present)
    send_batch(present)
    row.refresh_from_db()
    assert (row.state, row.tries) == ("failed", TRIES)
    receiver.mood, receiver.got = "well", []
    posting.PATIENCE = 10.0  # given back by the fixture
    resend(cast.tang_qing, row.pk, present)
    send_batch(present)
    row.refresh_from_db()
    assert (row.state, row.status, row.answer, receiver.got[0][0]) == ("sent", 200, "thank you", row.message)


def test_a_receiver_that_drips(cast: Cast, receiver: Receiver, present: datetime, impatient: None) -> None:
    """Ten patient seconds (0.6 here) for the whole answer, however it comes."""
    hook = subscribed(cast, receiver, present, "receive")
    for mood, status in (("drip", 200), ("dawdle", None)):
        receiver.mood, began = mood, time.monotonic()
        assert try_hook(cast.tang_qing, hook.pk, present).status == status
        assert time.monotonic() - began < 4


def test_a_receiver_that_wants_no_more(cast: Cast, receiver: Receiver, present: datetime) -> None:
    subscribed(cast, receiver, present, "receive")
    cast.complaint(at=present)
    receiver.mood = "gone"
    send_batch(present)
    assert Delivery.objects.get().state == "failed"


def test_a_courier_that_died(cast: Cast, receiver: Receiver, present: datetime) -> None:
    """Its lease ends and another sends the message under the same id; the late one does not undo what was written since."""
    subscribed(cast, receiver, present, "receive")
    cast.complaint(at=present)
    Delivery.objects.update(state="sending", lease="dead", next_at=present + timedelta(minutes=5))
    assert send_batch(present) == 0
    assert send_batch(present + timedelta(minutes=5)) == 1


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.1.1", "169.254.169.254", "::1", "fd00::1", "::ffff:127.0.0.1", "0.0.0.0", "100.64.0.1", "224.0.0.1"],
)
def test_nobody_inside_is_reached(address: str) -> None:
    assert not may_reach(address)
    with pytest.raises(Refused):
        place_of(f"http://[{address}]/" if ":" in address else f"http://{address}/")


@pytest.mark.parametrize(
    "url", ["ftp://a.example/", "javascript:alert(1)", "http://", "https://user:pw@a.example/", "http://a b/", "http://a.example:99999/"]
)
def test_what_is_no_address(cast: Cast, at: datetime, url: str) -> None:
    with pytest.raises(Refused) as refused:
        add_hook(cast.tang_qing, name="x", url=url, at=at)
    assert refused.value.field == "url"
    assert may_reach("8.8.8.8") and may_reach("2606:4700::1111")
