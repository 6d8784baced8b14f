"""What WeChat calls us with: only its own calls count, each once, and it is answered at once. wechatpy is the other side."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from tests.cast import Cast, found
from tests.channels import weixin
from tests.channels.weixin import APP_ID, KEY, MIN, ORIGIN, TOKEN, Weixin, account, call, signed, xml
from wechatpy.crypto import WeChatCrypto

from kesu.channels.arriving import raw
from kesu.channels.models import Arrival, OfficialAccount
from kesu.channels.wechat import codec, message


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    """The pages' time."""
    monkeypatch.setattr("kesu.web.wechat.calling.now", lambda: at)


@pytest.fixture
def theirs(settings: object) -> Iterator[Weixin]:
    """WeChat's server."""
    with weixin.running() as double:
        settings.WECHAT_API = double.url  # type: ignore[attr-defined]
        yield double


def test_our_encryption_and_wechatpys_open_each_other() -> None:
    theirs = WeChatCrypto(TOKEN, KEY, APP_ID)
    for words in ("", "x", "电梯停了🙏" * 500, "]]>", "a" * 31, "a" * 32):
        text = f"<xml><Content>{words}</Content></xml>"
        sealed = codec.fields(theirs.encrypt_message(text, "n", "1").encode())
        assert codec.decrypt(sealed["Encrypt"], KEY, APP_ID).decode() == text
        assert codec.is_signed(sealed["MsgSignature"], TOKEN, "1", "n", sealed["Encrypt"])
        ours = codec.fields(codec.sealed_reply(text.encode(), TOKEN, KEY, APP_ID, 1))
        envelope = f"<xml><Encrypt>{ours['Encrypt']}</Encrypt></xml>"
        assert theirs.decrypt_message(envelope, ours["MsgSignature"], ours["TimeStamp"], ours["Nonce"]) in (text, text.encode())
    for wrong in ("", "AAAA", "%%%", codec.encrypt(b"a", KEY, "wxother"), codec.encrypt(b"a", KEY[::-1], APP_ID)):
        with pytest.raises(codec.Unreadable):
            codec.decrypt(wrong, KEY, APP_ID)


def test_xml_that_bites_is_not_looked_at() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><xml><Content>&b;</Content></xml>'
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Content>&a;</Content></xml>'
    for data in (bomb, outside, "<xml>" * 50, "", "在吗", "<xml><a></xml>", "<xml>" + "<a>" * 9 + "</a>" * 9 + "</xml>"):
        assert not message.read(data.encode()).whole
    nested = "<xml><ScanCodeInfo><ScanResult><![CDATA[6 栋]]></ScanResult></ScanCodeInfo><A><![CDATA[a]]]]><![CDATA[>b]]></A></xml>"
    assert codec.fields(nested.encode()) == {"ScanCodeInfo.ScanResult": "6 栋", "ScanCodeInfo": "", "A": "a]]>b"}


@pytest.mark.django_db
def test_the_address_is_proved_to_the_console(cast: Cast, at: datetime, clock: None) -> None:
    row = account(cast)
    address = f"/hooks/wechat/{row.pk}/"
    good = Client().get(address, signed(at) | {"echostr": "5577"})
    assert (good.status_code, good.content) == (200, b"5577")
    for query in (signed(at, token="another"), signed(at - timedelta(minutes=6)), signed(at) | {"nonce": "other"}, {}, {"signature": "签"}):
        assert Client().get(address, query | {"echostr": "5577"}).status_code == 403
    assert Client().get("/hooks/wechat/999/", signed(at)).status_code == 403
    OfficialAccount.objects.update(active=False)
    assert Client().get(address, signed(at)).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("mode", ["plain", "both", "safe"])
def test_a_message_is_kept_and_answered_at_once(cast: Cast, at: datetime, clock: None, mode: str) -> None:
    row = account(cast, mode=mode)
    text = xml("text", at, Content="电梯又停了")
    for _ in range(3):  # WeChat tries again when it thinks that we were too slow
        answer = call(row, text, at)
        assert (answer.status_code, answer.content) == (200, b"success")
    kept = Arrival.objects.get()
    assert raw(kept).decode() == text and (kept.state, kept.sender, kept.heard_at) == ("new", MIN, at)
    event = xml("event", at, Event="CLICK", EventKey="kesu_mine")
    for _ in range(3):
        call(row, event, at)
    assert Arrival.objects.count() == 2


@pytest.mark.django_db
def test_what_is_not_by_wechat_for_this_account_is_refused(cast: Cast, at: datetime, clock: None) -> None:
    row = account(cast)
    text = xml("text", at, Content="假的")
    other = xml("text", at, to="gh_other", Content="别人的")
    refused = [
        call(row, text, at, query=signed(at - timedelta(minutes=6))),  # recorded, and played again
        call(row, text, at, query=signed(at + timedelta(minutes=6))),
        call(row, text, at, query=signed(at, token="guessed")),
        call(row, text, at, mode="plain"),  # signed by nobody: only the address was
        call(row, text, at, token="guessed"),
        call(row, text, at, key=KEY[::-1]),
        call(row, text, at, app_id="wxother"),
        call(row, other, at),
        call(OfficialAccount(pk=999, mode="safe"), text, at),
    ]
    assert [answer.status_code for answer in refused] == [403] * len(refused) and not Arrival.objects.exists()
    assert call(row, xml("text", at, Content="大" * 400_000), at).status_code == 413
    both = account(cast, mode="both", app_id="wx2")
    faked = call(both, text, at, mode="both", app_id="wx2")
    assert faked.status_code == 200 and raw(Arrival.objects.get()).decode() == text


@pytest.mark.django_db
def test_of_a_readable_copy_only_what_was_encrypted_counts(cast: Cast, at: datetime, clock: None) -> None:
    row, real, forged = account(cast, mode="both"), xml("text", at, Content="真的"), xml("text", at, Content="改过的")
    sealed = WeChatCrypto(TOKEN, KEY, APP_ID).encrypt_message(real, "n0nce", str(int(at.timestamp())))
    parts = codec.fields(sealed.encode())
    body = forged.replace("</xml>", f"<Encrypt>{parts['Encrypt']}</Encrypt></xml>")
    query = "&".join(f"{name}={value}" for name, value in (signed(at) | {"msg_signature": parts["MsgSignature"]}).items())
    assert Client().post(f"/hooks/wechat/{row.pk}/?{query}", body.encode(), content_type="text/xml").status_code == 200
    assert raw(Arrival.objects.get()).decode() == real


@pytest.mark.django_db
def test_whoever_comes_is_greeted_within_the_request(cast: Cast, at: datetime, clock: None) -> None:
    row = account(cast)
    answer = call(row, xml("event", at, Event="subscribe", EventKey=""), at)
    parts = codec.fields(answer.content)
    theirs = WeChatCrypto(TOKEN, KEY, APP_ID)
    envelope = f"<xml><Encrypt>{parts['Encrypt']}</Encrypt></xml>"
    opened = codec.fields(theirs.decrypt_message(envelope, parts["MsgSignature"], parts["TimeStamp"], parts["Nonce"]).encode())
    assert (opened["ToUserName"], opened["FromUserName"], opened["MsgType"]) == (MIN, ORIGIN, "text")
    assert "和檐物业" in opened["Content"] and "0" in opened["Content"]


@pytest.mark.django_db
def test_what_cannot_be_read_waits_for_a_person(cast: Cast, at: datetime, clock: None, theirs: Weixin) -> None:
    row = account(cast, mode="plain")
    for body in ("<xml><MsgType>text", xml("sticker", at, Content="x"), xml("text", at, sender="", Content="x")):
        assert call(row, body, at).status_code == 200
        weixin.working.work(at)
    assert [state for state, _ in weixin.states()] == ["waiting"] * 3
    assert all(Arrival.objects.values_list("due_at", flat=True))


@pytest.mark.django_db(transaction=True)
def test_the_same_call_at_once_is_one_arrival(at: datetime, clock: None) -> None:
    row = account(found(at))
    text, codes = xml("text", at, Content="一次"), []

    def deliver() -> None:
        codes.append(call(row, text, at).status_code)
        connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert codes == [200] * 6 and Arrival.objects.count() == 1
