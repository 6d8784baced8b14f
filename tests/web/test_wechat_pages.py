"""WeChat's pages: who somebody is comes from WeChat alone, a number is proved by a code, and everybody sees their own cases only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.channels import weixin
from tests.channels.weixin import APP_ID, KEY, MIN, SECRET, TOKEN, ZI, Weixin, account

from kesu.channels.models import Follower, OfficialAccount, OutAccount, Outgoing
from kesu.channels.sealing import unseal
from kesu.channels.wechat import binding
from kesu.complaints.models import Case

pytestmark = pytest.mark.django_db
MIN_PHONE = "13900001007"


@pytest.fixture
def theirs(settings: Any, monkeypatch: pytest.MonkeyPatch, at: datetime) -> Iterator[Weixin]:
    """WeChat's server, and the pages' time."""
    for name in ("wechat.pages", "setup.wechat", "customer.door", "customer.track"):
        monkeypatch.setattr(f"kesu.web.{name}.now", lambda: at)
    with weixin.running() as double:
        settings.WECHAT_API = double.url
        yield double


def enter(client: Client, row: OfficialAccount, theirs: Weixin, openid: str = MIN, query: str = "") -> Any:
    """Open the account's page in WeChat, which says who it is."""
    away = client.get(reverse("wx", args=[row.pk]) + query)
    there = urlsplit(away["Location"])
    asked = {name: values[0] for name, values in parse_qs(there.query).items()}
    assert (there.netloc, asked["appid"], asked["scope"], there.fragment) == (
        "open.weixin.qq.com",
        APP_ID,
        "snsapi_base",
        "wechat_redirect",
    )
    assert asked["state"].isalnum() and len(asked["state"]) <= 128
    theirs.codes[f"code-{openid}"] = openid
    back = urlsplit(asked["redirect_uri"])
    return client.get(back.path, {"code": f"code-{openid}", "state": asked["state"]})


def test_wechat_says_who_it_is_and_the_form_files_for_them(cast: Cast, at: datetime, theirs: Weixin) -> None:
    row, client = account(cast), Client()
    assert enter(client, row, theirs, query="?to=file")["Location"] == reverse("door", args=[cast.site.door])
    page = client.post(reverse("door", args=[cast.site.door]), {"words": "路灯不亮", "place": "东门", "phone": MIN_PHONE, "none": "1"})
    assert page.status_code == 302
    case = Case.objects.get()
    mine = client.get(reverse("wx_mine", args=[row.pk])).content.decode()
    assert case.number in mine and reverse("track", args=[case.token]) in mine
    other = Client()
    enter(other, row, theirs, ZI)
    assert case.number not in other.get(reverse("wx_mine", args=[row.pk])).content.decode()


def test_a_return_that_somebody_else_began_is_worth_nothing(cast: Cast, at: datetime, theirs: Weixin) -> None:
    row, client = account(cast), Client()
    back = reverse("wx_back", args=[row.pk])
    theirs.codes |= {"stolen": MIN, "again": MIN}
    assert client.get(back, {"code": "stolen", "state": "0" * 32}).status_code == 400
    begun = Client().get(reverse("wx", args=[row.pk]))
    state = parse_qs(urlsplit(begun["Location"]).query)["state"][0]
    assert client.get(back, {"code": "stolen", "state": state}).status_code == 400
    enter(client, row, theirs)
    assert client.get(back, {"code": "made up", "state": "x"}).status_code == 400
    another = account(cast, app_id="wx9876543210")  # the pass of one account is none of another
    assert client.get(reverse("wx_mine", args=[another.pk])).status_code == 302
    client.cookies["kesu_wx"] = client.cookies["kesu_wx"].value[:-3] + "abc"
    assert client.get(reverse("wx_mine", args=[row.pk])).status_code == 302
    OfficialAccount.objects.update(active=False)
    assert client.get(reverse("wx", args=[row.pk])).status_code == 404


def test_a_secret_link_opened_in_wechat_is_followed_there(cast: Cast, at: datetime, theirs: Weixin) -> None:
    row, client, case = account(cast), Client(), cast.complaint(at=at)
    cast.complaint(at=at, items=[("同一客户的另一件", "")])
    track = reverse("track", args=[case.token])
    inside = {"HTTP_USER_AGENT": "Mozilla/5.0 MicroMessenger/8.0"}
    assert "微信里收进展" in client.get(track, **inside).content.decode()
    assert "微信里收进展" not in client.get(track).content.decode()
    assert enter(client, row, theirs, query=f"?case={case.token}")["Location"].startswith(track)
    page = client.get(reverse("wx_mine", args=[row.pk])).content.decode()
    assert case.number in page and "同一客户的另一件" not in page  # the link proves this case and no other
    client.post(reverse("wx_mine", args=[row.pk]), {"do": "drop", "number": case.number})
    assert case.number not in client.get(reverse("wx_mine", args=[row.pk])).content.decode()
    assert enter(Client(), row, theirs, ZI, "?case=guessed")["Location"] == reverse("wx_mine", args=[row.pk])
    assert binding.follow(Follower.objects.get(openid=ZI), case.token[:-1], at) is None


def texts(cast: Cast) -> None:
    """A text message account with a template for codes."""
    templates = {"code": {"zh": {"code": "SMS_1", "text": "验证码 {code}"}}}
    OutAccount.objects.create(company=cast.company, means="sms", provider="aliyun", name="短信", active=True, templates=templates)


def code_sent() -> str:
    """The code in the last text message."""
    return str(Outgoing.objects.filter(kind="code").latest("id").payload["text"])[-6:]


def test_a_number_is_proved_by_a_code_and_shows_its_cases(cast: Cast, at: datetime, theirs: Weixin) -> None:
    row, client, case = account(cast), Client(), cast.complaint(at=at)
    stranger = cast.complaint(at=at, phone="13900001999", name="别人", home="1栋1单元101", items=[("别人的事", "")])
    enter(client, row, theirs)
    mine = reverse("wx_mine", args=[row.pk])
    assert "发验证码" not in client.get(mine).content.decode()  # nobody could send one
    texts(cast)
    assert client.post(mine, {"do": "code", "phone": "1390000"}).status_code == 422
    assert client.post(mine, {"do": "bind", "code": "000000"}).status_code == 422
    client.post(mine, {"do": "code", "phone": "139 0000 1007"})
    sent = Outgoing.objects.get(kind="code")
    assert (sent.address, sent.means, sent.urgent) == (MIN_PHONE, "sms", True) and case.number not in client.get(mine).content.decode()
    wrong = "000000" if code_sent() != "000000" else "000001"
    for _ in range(binding.CODE_TRIES):
        assert client.post(mine, {"do": "bind", "code": wrong}).status_code == 422
    assert client.post(mine, {"do": "bind", "code": code_sent()}).status_code == 422  # guessed too often: not even the right one
    client.post(mine, {"do": "code", "phone": MIN_PHONE})
    assert client.post(mine, {"do": "bind", "code": code_sent()}).status_code == 302
    page = client.get(mine).content.decode()
    assert case.number in page and stranger.number not in page and "139 **** 1007" in page and MIN_PHONE not in page
    client.post(mine, {"do": "unbind"})
    assert case.number not in client.get(mine).content.decode()


def test_codes_end_and_are_few(cast: Cast, at: datetime, theirs: Weixin, monkeypatch: pytest.MonkeyPatch) -> None:
    row, client = account(cast), Client()
    texts(cast)
    enter(client, row, theirs)
    mine = reverse("wx_mine", args=[row.pk])
    client.post(mine, {"do": "code", "phone": MIN_PHONE})
    monkeypatch.setattr("kesu.web.wechat.pages.now", lambda: at + binding.CODE_HOLDS)
    assert client.post(mine, {"do": "bind", "code": code_sent()}).status_code == 422
    answers = [client.post(mine, {"do": "code", "phone": MIN_PHONE}).status_code for _ in range(5)]
    assert answers == [302] * 4 + [422]
    other = Client()  # another follower, the same number: whoever owns it is not flooded
    enter(other, row, theirs, ZI)
    assert other.post(mine, {"do": "code", "phone": MIN_PHONE}).status_code == 422
    monkeypatch.setattr("kesu.web.wechat.pages.now", lambda: at + timedelta(days=1, minutes=11))
    assert client.post(mine, {"do": "code", "phone": MIN_PHONE}).status_code == 302
    assert Outgoing.objects.filter(kind="code").count() == 1  # yesterday's are forgotten


def test_setting_up_an_account_and_trying_it(cast: Cast, at: datetime, theirs: Weixin) -> None:
    client = Client()
    client.force_login(cast.tang_qing)
    new = reverse("setup_new_wechat_account")
    channel = next(row.id for row in cast.pack.channels if row.name == "微信")
    typed = {
        "name": "和檐物业", "site": cast.site.pk, "channel": channel, "app_id": APP_ID, "origin": "gh_kesu", "mode": "safe",
        "token": TOKEN, "key": KEY, "secret": "wrong", "active": "on",
        "how_question": "template", "id_question": "t1", "fields_question": "thing1=title，time2=time",
    }  # fmt: skip
    theirs.templates["t1"] = ["thing1", "time3"]
    assert "40125" in client.post(new, typed | {"do": "try"}).content.decode() and not OfficialAccount.objects.exists()
    page = client.post(new, typed | {"do": "try", "secret": SECRET}).content.decode()
    assert "拿到了访问令牌" in page and "time2, time3" in page and "微信还没有叫过我们" in page
    for wrong in ({"key": "short"}, {"token": "有汉字"}, {"app_id": "x"}, {"origin": "x"}, {"fields_question": "thing1=secret"}):
        assert client.post(new, typed | wrong | {"do": "save"}).status_code == 200 and not OfficialAccount.objects.exists()
    saved = client.post(new, typed | {"do": "save", "secret": SECRET})
    row = OfficialAccount.objects.get()
    page = client.get(saved["Location"]).content.decode()
    assert f"/hooks/wechat/{row.pk}/" in page and not any(secret in page for secret in (TOKEN, KEY, SECRET))
    assert (unseal(row.sealed_token), unseal(row.sealed_secret)) == (TOKEN, SECRET) and SECRET not in row.sealed_secret
    client.post(saved["Location"], typed | {"do": "save", "token": "", "key": "", "secret": "", "app_id": "wxanother1234"})
    row.refresh_from_db()
    assert (unseal(row.sealed_token), row.sealed_secret) == (TOKEN, "")  # a secret is not handed to another account
    client.force_login(cast.fang_jing)
    assert client.get(saved["Location"]).status_code == 404
