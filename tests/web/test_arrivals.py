"""The pages of what arrived, the set-up of mailboxes, and the door that messages are pushed to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from standardwebhooks.webhooks import Webhook
from tests.cast import Cast
from tests.channels.letters import letter, mailbox, take

from kesu.channels.models import Answer, Arrival, Mailbox
from kesu.channels.sealing import unseal
from kesu.channels.settingup import push_secret
from kesu.channels.sorting import sort_new
from kesu.complaints.models import Case
from kesu.config.now import now


def signed_in(person: Any) -> Client:
    """A browser in which this person has signed in."""
    client = Client()
    client.force_login(person, backend="kesu.web.shell.backend.PeopleBackend")
    return client


@pytest.fixture
def row(cast: Cast) -> Arrival:
    """A letter that waits for a person."""
    bad = "想投诉电梯<script>alert(1)</script>\n\n> 旧话"
    return take(mailbox(cast), letter(subject="自动回复：您好", text=bad), now().replace(microsecond=0))


def test_a_waiting_letter_is_on_the_work_page_in_the_list_and_shown_safely(cast: Cast, row: Arrival) -> None:
    client = signed_in(cast.fang_jing)
    assert "1 件来信来电等人看" in client.get("/?show=all").content.decode()
    assert "自动回复：您好" in client.get(reverse("arrivals")).content.decode()
    page = client.get(reverse("arrival", args=[row.pk])).content.decode()
    assert "&lt;script&gt;alert(1)" in page and "<script>alert" not in page and "引用的旧话" in page
    raw = client.get(reverse("arrival_raw", args=[row.pk]))
    assert hashlib.sha256(raw.content).hexdigest() == row.sha256 and raw["Content-Type"] == "application/octet-stream"
    assert raw["Content-Disposition"].startswith("attachment")
    stranger = signed_in(cast.wu_tong)
    assert {stranger.get(reverse(name, args=[row.pk])).status_code for name in ("arrival", "arrival_raw")} == {404}


def test_it_is_filed_at_the_desk_with_what_it_says(cast: Cast, row: Arrival) -> None:
    client = signed_in(cast.lin_xiao)
    page = client.get(reverse("reception") + f"?arrival={row.pk}").content.decode()
    assert "想投诉电梯" in page and f'name="arrival" value="{row.pk}"' in page
    fields = dict(re.findall(r'<input type="hidden" name="(filed_key|arrival|raw)" value="([^"]*)"', page))
    data = {"site": row.site_id, "channel": row.channel, "item": "电梯坏了", "category": "", "do": "record", "name": "訾先生", **fields}
    assert client.post(reverse("reception"), data).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.case, row.by) == ("filed", Case.objects.get(), cast.lin_xiao)


def test_joining_and_setting_aside_on_the_page(cast: Cast, row: Arrival, at: datetime) -> None:
    client, url = signed_in(cast.fang_jing), reverse("arrival", args=[row.pk])
    wrong = client.post(url, {"which": "join", "number": "NO-1"})
    assert wrong.status_code == 422 and "没有找到这张投诉单" in wrong.content.decode()
    assert client.post(url, {"which": "ignore", "reason": ""}).status_code == 422
    assert client.post(url, {"which": "ignore", "reason": "广告"}).status_code == 302
    assert "广告" in client.get(reverse("arrivals") + "?state=ignored").content.decode()
    case = cast.complaint(at=at)
    assert client.post(url, {"which": "join", "number": case.number}).status_code == 302
    row.refresh_from_db()
    assert row.case == case


FORM = {"address": "kefu@heyan.example", "host": "imap.heyan.example", "port": 993, "secured": "tls", "login": "kefu", "folder": "INBOX"}


def test_a_mailbox_is_set_up_and_its_password_is_shown_to_nobody(cast: Cast) -> None:
    client = signed_in(cast.tang_qing)
    channel = next(row.id for row in cast.pack.channels if row.name == "电子邮件")
    data = FORM | {"site": cast.site.pk, "channel": channel, "password": "very-secret-1", "active": "on", "writes": "on"}
    assert client.post(reverse("setup_new_mailbox"), data).status_code == 302
    box = Mailbox.objects.get()
    assert "very-secret" not in box.sealed and unseal(box.sealed) == "very-secret-1"
    page = client.get(reverse("setup_mailbox", args=[box.pk])).content.decode()
    assert "very-secret" not in page and box.sealed not in page
    client.post(reverse("setup_mailbox", args=[box.pk]), data | {"password": "", "folder": "客服"})
    box.refresh_from_db()
    assert unseal(box.sealed) == "very-secret-1" and box.folder == "客服"
    client.post(reverse("setup_mailbox", args=[box.pk]), data | {"password": "", "host": "evil.example"})
    box.refresh_from_db()
    assert box.sealed == ""  # the password is not handed to another server
    assert client.post(reverse("setup_new_mailbox"), data).status_code == 200  # twice the same address
    assert signed_in(cast.fang_jing).get(reverse("setup_mailboxes")).status_code == 404


def test_the_test_button_says_what_came_back_and_stores_nothing(cast: Cast) -> None:
    client = signed_in(cast.tang_qing)
    channel = next(row.id for row in cast.pack.channels if row.name == "电子邮件")
    data = FORM | {"site": cast.site.pk, "channel": channel, "host": "127.0.0.1", "port": 1, "secured": "none", "do": "try"}
    page = client.post(reverse("setup_new_mailbox"), data).content.decode()
    assert "ConnectionRefusedError" in page and "不通" in page and not Mailbox.objects.exists()


def push(box: Mailbox, data: bytes, headers: dict[str, str]) -> Any:
    return Client().post(reverse("push_mail", args=[box.pk]), data, content_type="message/rfc822", headers=headers)


def test_a_signed_push_is_taken_once_and_a_forged_or_old_one_is_not(cast: Cast) -> None:
    box, data, at = mailbox(cast), letter(), now()
    secret = push_secret(box)
    # the public library is the witness of the signature; ours is over bytes, its over text
    good = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", at, data.decode()),
    }
    assert [push(box, data, good).json() for _ in range(2)] == [{"new": 1}, {"new": 0}]
    old = str(int(at.timestamp()) - 400)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    stale = base64.b64encode(hmac.new(key, f"msg_1.{old}.".encode() + data, hashlib.sha256).digest()).decode()
    other = Webhook(push_secret(Mailbox(pk=box.pk + 1))).sign("msg_1", at, data.decode())
    for wrong in (
        {},
        good | {"webhook-id": "msg_2"},
        good | {"webhook-signature": other},
        {"webhook-id": "msg_1", "webhook-timestamp": old, "webhook-signature": f"v1,{stale}"},
        good | {"webhook-timestamp": "9" * 400},
    ):
        assert push(box, data, wrong).status_code == 401
    assert push(box, data + b"x", good).status_code == 401
    sort_new(now())
    assert Case.objects.count() == 1


def test_a_stuck_letter_is_sent_again_by_one_click_and_only_ones_own(cast: Cast, at: datetime) -> None:
    case = take(mailbox(cast), letter(), at).case
    assert case
    made = {"key": "k", "kind": "received", "message_id": "<m>", "subject": "s", "body": "b", "at": at}
    answer = Answer.objects.create(case=case, address="zi@x.example", state="failed", error="550 no", tries=8, **made)
    client, url = signed_in(cast.tang_qing), reverse("setup_mailboxes")
    assert "550 no" in client.get(url).content.decode()
    assert client.post(url, {"again": answer.pk}).status_code == 302
    answer.refresh_from_db()
    assert (answer.state, answer.tries) == ("waiting", 0) and answer.next_at
    assert client.post(url, {"again": "777"}).status_code == 404
