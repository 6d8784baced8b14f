"""What is stuck and why, for those who supervise; accounts with a try that shows what came back; messages of a real case; wishes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.channels.letters import letter, mailbox, take
from tests.channels.providers import KEY_ID, SECRET, Providers, serving
from tests.channels.test_out import TEMPLATES, asked, only, robot, sms_account
from tests.channels.weixin import account
from tests.web.case_hands import Clock, clock

from kesu.channels.models import Answer, OfficialAccount, OutAccount, Outgoing
from kesu.channels.out.delivering import send_batch
from kesu.channels.sealing import secrets_of
from kesu.complaints.models import Case, JournalEntry, Notice
from kesu.customers.models import Customer

__all__ = ["clock"]


@pytest.fixture
def providers(settings: Any) -> Iterator[Providers]:
    with serving(settings) as memory:
        yield memory


def seated(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def page(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def stuck_ones(cast: Cast, providers: Providers, at: datetime) -> Case:
    """A text message that a provider does not take, a mail to staff, an answer that came back, a call nobody has made."""
    sms_account(cast)
    case = cast.complaint(at=at)
    providers.faults = [(500, "oops")]
    asked(cast, case, at), send_batch(at)
    cast.zhou_hai.email = "zhou@heyan.example"
    cast.zhou_hai.save()
    row = {"company": cast.company, "person": cast.zhou_hai, "case": case, "kind": "note", "at": at}
    Notice.objects.create(**row, key="stuck", mail="failed", mail_tries=8, mail_error="550 no zhou@heyan.example")
    back = take(mailbox(cast), letter(), at).case
    said = {"case": back, "key": "received:1", "kind": "received", "message_id": "<m>", "subject": "s", "body": "b", "at": at}
    Answer.objects.create(**said, address="zi@customer.example", state="bounced", error="550 zi@customer.example unknown")
    out = {"company": cast.company, "case": case, "kind": "notice", "topic": "notice:1", "key": "notice:1:1", "place": 1, "at": at}
    Outgoing.objects.create(
        **out, means="call", address="13900001007", payload={"text": "原来 11 月 25 日"}, due_at=at + timedelta(hours=4)
    )
    return case


def test_what_is_stuck_is_shown_with_why_and_goes_on_by_one_click(cast: Cast, providers: Providers, at: datetime, clock: Clock) -> None:
    case = stuck_ones(cast, providers, at)
    client = seated(cast.shen_yue)
    shown = page(client, "out")
    assert "4 条卡住" in shown and "HTTP 500 oops" in shown and case.number in shown and "原来 11 月 25 日" in shown
    assert not [word for word in ("13900001007", "zi@customer.example", "zhou@heyan.example") if word in shown]
    assert "550 z•••@customer.example unknown" in shown and "139 **** 1007" in shown
    assert "550" not in page(client, "out", kind="message") and "4 条卡住" in page(client, "out", kind="message")
    assert "收发卡住 4 条" in page(client, "out_strip")
    row, answer, notice = only(), Answer.objects.get(), Notice.objects.get(key="stuck")
    for kind, one in (("message", row), ("answer", answer), ("notice", notice)):
        assert client.post(reverse("out"), {"do": "again", "kind": kind, "id": one.pk}).status_code == 302
        one.refresh_from_db()
    assert (row.state, row.tries, answer.state, notice.mail, notice.mail_tries) == ("waiting", 0, "waiting", "waiting", 0)
    clock.to(minutes=1)
    assert send_batch(at + timedelta(minutes=1)) == 1 and only().state == "sent"


def test_what_is_given_up_keeps_its_reason_and_a_call_goes_into_the_case(
    cast: Cast, providers: Providers, at: datetime, clock: Clock
) -> None:
    case = stuck_ones(cast, providers, at)
    client = seated(cast.lin_xiao)
    row, call = only(), Outgoing.objects.get(means="call")
    client.post(reverse("out"), {"do": "drop", "kind": "message", "id": row.pk, "words": " "})
    row.refresh_from_db()
    assert row.state == "waiting"
    client.post(reverse("out"), {"do": "drop", "kind": "message", "id": row.pk, "words": "已经当面说了"})
    client.post(reverse("out"), {"do": "done", "kind": "call", "id": call.pk, "words": "说好周三来"})
    row.refresh_from_db(), call.refresh_from_db()
    assert (row.state, row.words, row.by, row.stuck_at) == ("dropped", "已经当面说了", cast.lin_xiao, None)
    assert (call.state, call.words) == ("done", "说好周三来")
    assert JournalEntry.objects.get(case=case, act="contact").data["words"] == "说好周三来"
    assert client.post(reverse("out"), {"do": "again", "kind": "message", "id": row.pk}).status_code == 404


def test_others_see_neither_the_page_nor_another_sites_messages(cast: Cast, providers: Providers, at: datetime) -> None:
    case = stuck_ones(cast, providers, at)
    assert seated(cast.ma_qiang).get(reverse("out")).status_code == 404
    for person in (cast.bai_shi, cast.wu_tong):
        client = seated(person)
        answer = client.get(reverse("out"))
        assert answer.status_code == 404 or case.number not in answer.content.decode()
        assert client.post(reverse("out"), {"do": "again", "kind": "message", "id": only().pk}).status_code == 404


def test_an_account_is_tried_before_it_is_stored_and_its_secret_is_never_shown(cast: Cast, providers: Providers) -> None:
    client, new = seated(cast.tang_qing), reverse("setup_new_out_account", args=["dingtalk"])
    typed = {"name": "工程群", "language": "zh-hans", "address": f"{providers.base}/robot/send?access_token=ding-token", "active": "on"}
    wrong = client.post(new, typed | {"secret": "wrong", "do": "try"}).content.decode()
    assert "没收下" in wrong and "sign not match" in wrong and not OutAccount.objects.exists()
    right = client.post(new, typed | {"secret": SECRET, "do": "try"}).content.decode()
    assert "收下了" in right and "对方答 200" in right and "&quot;errcode&quot;: 0" in right and SECRET not in right
    assert client.post(new, typed | {"do": "save"}).status_code == 200 and not OutAccount.objects.exists()  # no secret
    client.post(new, typed | {"secret": SECRET, "do": "save"})
    row = OutAccount.objects.get()
    assert secrets_of(row.sealed) == {"key": "ding-token", "secret": SECRET} and SECRET not in row.sealed and row.since
    edit = page(client, "setup_out_account", row.pk)
    assert SECRET not in edit and "ding-token" not in edit
    client.post(reverse("setup_out_account", args=[row.pk]), {"name": "新名字", "language": "en", "do": "save"})
    row.refresh_from_db()
    assert (row.name, row.active, secrets_of(row.sealed)["secret"]) == ("新名字", False, SECRET)


def test_text_messages_are_set_up_tried_and_previewed(cast: Cast, providers: Providers, at: datetime, clock: Clock) -> None:
    client = seated(cast.tang_qing)
    typed = {"name": "短信", "provider": "aliyun", "key_id": KEY_ID, "sign": "和檐物业", "secret": SECRET, "active": "on"}
    client.post(reverse("setup_new_out_account", args=["sms"]), typed | {"do": "save"})
    row = OutAccount.objects.get()
    fields = {f"{k}_{lang}_{part}": one for k, langs in TEMPLATES.items() for lang, t in langs.items() for part, one in t.items()}
    wrong = client.post(reverse("setup_out_templates", args=[row.pk]), fields | {"told_zh_text": "{nmae}"})
    assert "没有 {nmae} 这个变量" in wrong.content.decode()
    client.post(reverse("setup_out_templates", args=[row.pk]), fields)
    edit = reverse("setup_out_account", args=[row.pk])
    tried = client.post(edit, typed | {"secret": "", "to": "13800001111", "do": "try"}).content.decode()
    assert "收下了" in tried and "BizId" in tried and providers.numbers() == ["13800001111"]
    assert f"/hooks/out/{row.pk}/" in page(client, "setup_out_account", row.pk)
    case = cast.complaint(at=at)
    asked(cast, case, at)
    shown = page(seated(cast.tang_qing), "setup_out_preview", number=case.number)
    assert f"【和檐物业】{case.number}：想请问您：几点在家？" in shown and "We should like to ask you" in shown
    assert case.token not in shown and "•" * len(case.token) in shown and "闵女士" not in shown
    length = len(f"【和檐物业】{case.number}：想请问您：几点在家？ https://kesu.heyan.example/c/{case.token}/")
    assert f"{length} 字，{-(-length // 67)} 条" in shown
    assert "没有找到这张投诉单" in page(client, "setup_out_preview", number="NO-1")


def test_customers_say_how_they_want_to_be_told_at_the_desk_and_on_their_page(cast: Cast, at: datetime, clock: Clock) -> None:
    case = cast.complaint(at=at, tell_by="call", language="en")
    assert (case.tell_by, case.language, Customer.objects.get(pk=case.customer_id).tell_by) == ("call", "en", "call")
    client, track = Client(), reverse("track", args=[case.token])
    assert 'value="call" checked' in client.get(track).content.decode()
    assert client.post(track, {"do": "tell_by", "tell_by": "sms", "language": "zh-hans"}).status_code == 302
    case.refresh_from_db()
    assert (case.tell_by, case.language, Customer.objects.get(pk=case.customer_id).tell_by) == ("sms", "zh-hans", "sms")
    assert client.post(track, {"do": "tell_by", "tell_by": "pigeon"}).status_code == 422
    again = cast.complaint(at=at)  # the same customer, who was not asked
    assert again.tell_by == "" and again.customer and again.customer.tell_by == "sms"


WECHAT = (
    "Mozilla/5.0 (Linux; Android 8.1; MI 6) AppleWebKit/537.36 Chrome/86.0 Mobile Safari/537.36"
    " MicroMessenger/8.0.2 WeChat/arm64 Language/zh_CN"
)


def test_fetching_the_page_is_not_reading_it(cast: Cast, providers: Providers, at: datetime, clock: Clock) -> None:
    """Previews, scanners, browsers that fetch ahead read nothing and do not choose the customer's language, though they run scripts."""
    sms_account(cast)
    case = cast.complaint(at=at)
    asked(cast, case, at), send_batch(at)
    clock.to(minutes=5)
    client, track = Client(headers={"User-Agent": WECHAT, "Accept-Language": "en"}), reverse("track", args=[case.token])
    drawn = re.search(r'data-seen="(/c/[^"]+/seen/)" data-at="([0-9]+)"', client.get(track).content.decode())
    client.head(track), client.get(track, headers={"Sec-Purpose": "prefetch;prerender"}), client.get(f"{track}seen/")
    assert drawn and drawn[1] == f"{track}seen/"
    for agent in (
        "",
        "Mozilla/5.0 (compatible; bingbot/2.0)",
        "WhatsApp/2.23",
        "DingTalkBot-LinkService/1.0",
        "Mozilla/5.0 HeadlessChrome/120",
    ):
        assert Client(headers={"User-Agent": agent}).post(drawn[1], {"at": drawn[2]}).status_code == 204
    case.refresh_from_db()
    assert (only().read_at, case.language) == (None, "")
    asked(cast, case, at + timedelta(minutes=6), "几点在家？再问一次"), send_batch(at + timedelta(minutes=6))
    clock.to(minutes=7)
    assert client.post(drawn[1], {"at": drawn[2]}).status_code == 204
    case.refresh_from_db()

    def read() -> dict[datetime, Any]:
        return dict(Outgoing.objects.filter(case=case, means="sms").values_list("at", "read_at"))

    first, second = sorted(read())
    assert read() == {first: clock.at, second: None} and case.language == "en"  # what was told since the page was drawn stands not on it
    seen = clock.at
    clock.to(minutes=9)
    assert client.post(drawn[1]).status_code == 302  # the button, where no script runs
    assert read() == {first: seen, second: clock.at}
    assert Client().post(reverse("track_seen", args=["x" * 20])).status_code == 404


def test_an_act_on_the_page_is_reading_it(cast: Cast, providers: Providers, at: datetime, clock: Clock) -> None:
    sms_account(cast)
    case = cast.complaint(at=at)
    asked(cast, case, at), send_batch(at)
    clock.to(minutes=5)
    track = reverse("track", args=[case.token])
    assert Client().post(track, {"do": "made up"}).status_code == 200 and only().read_at is None
    assert Client().post(track, {"do": "say", "words": "晚上七点"}).status_code == 302
    assert only().read_at == at + timedelta(minutes=5)


def test_the_case_says_what_the_customer_was_told_and_the_handler_whom_to_call(
    cast: Cast, providers: Providers, at: datetime, clock: Clock
) -> None:
    case = stuck_ones(cast, providers, at)
    Outgoing.objects.filter(means="sms").update(state="delivered", delivered_at=at, read_at=at + timedelta(minutes=3))
    told = page(seated(cast.lin_xiao), "case_messages", case.number)
    assert "已看" in told and "看过 14:35" in told.replace("今天 ", "") and "想请问您：几点在家？" in told and "139 **** 1007" in told
    assert case.token not in told and "13900001007" not in told
    assert seated(cast.wu_tong).get(reverse("case_messages", args=[case.number])).status_code == 404
    assert "给客户打个电话" in page(seated(cast.fang_jing), "work") and "给客户打个电话" not in page(seated(cast.su_min), "work")


def test_words_about_a_secret_customer_are_covered_here_too(cast: Cast, at: datetime, clock: Clock) -> None:
    case = cast.judged(cast.complaint(at=at, confidential=True), at=at)
    out = {"company": cast.company, "case": case, "kind": "notice", "topic": "notice:1", "key": "notice:1:1", "at": at, "due_at": at}
    Outgoing.objects.create(**out, means="call", address="13900001007", payload={"text": "闵女士，6栋2单元1103 的事要多用些时间"})
    for person, knows in ((cast.zhou_hai, False), (cast.he_wei, True)):
        shown = page(seated(person), "out") + page(seated(person), "case_messages", case.number)
        assert case.number in shown and ("闵女士" in shown, "1007" in shown) == (knows, knows) and "13900001007" not in shown


def test_the_strip_says_which_way_does_not_work_and_since_when(cast: Cast, providers: Providers, at: datetime, clock: Clock) -> None:
    robot(cast, fault="310000 sign not match", fault_since=at - timedelta(hours=2))
    client = seated(cast.lin_xiao)
    assert "310000 sign not match" in page(client, "out") and "12:32 起不通" in page(client, "out")
    assert "12:32 起不通" in page(client, "out_strip")
    OutAccount.objects.update(active=False)
    assert "起不通" not in page(client, "out_strip")


def test_official_accounts_stand_in_the_strip_with_what_wechat_said_last(cast: Cast, at: datetime, clock: Clock) -> None:
    row = account(cast, fault="40164 invalid ip", last_in_at=at - timedelta(minutes=32))
    case = cast.complaint(at=at)
    said = {"company": cast.company, "case": case, "means": "wechat", "kind": "told", "topic": "t", "key": "t:0", "at": at}
    Outgoing.objects.create(**said, sent_at=at - timedelta(minutes=12), state="sent")
    client = Client()
    client.force_login(cast.tang_qing)
    strip = client.get("/out/").content.decode()
    line = strip[strip.index(f"微信　{row.name}") :][:900]
    assert "40164 invalid ip" in line and "收 今天 14:00" in line and "发 今天 14:20" in line and "不通" in line
    OfficialAccount.objects.update(active=False)
    assert "已停" in client.get("/out/").content.decode()
