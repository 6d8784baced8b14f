"""What leaves by WeChat: one access token for all, words while the window is open, templates after, another means when neither works."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from tests.cast import Cast, found
from tests.channels import weixin
from tests.channels.weixin import MIN, Weixin, account, say

from kesu.channels.lettinggo import let_go
from kesu.channels.models import Arrival, Follower, OfficialAccount, Outgoing, Saying, SentFile, Talk
from kesu.channels.out import customers, delivering
from kesu.channels.out.means import Refusal
from kesu.channels.wechat import sending, server, tokens, working
from kesu.channels.wechat.server import Fault
from kesu.complaints import actions
from kesu.complaints.models import Case

M, H = (lambda n: timedelta(minutes=n)), (lambda n: timedelta(hours=n))
TEMPLATE = {"question": {"how": "template", "id": "t1", "fields": {"character_string1": "number", "thing2": "title", "thing3": "text"}}}


@pytest.fixture
def theirs(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Weixin]:
    """WeChat's server; calls to us may be of any time."""
    monkeypatch.setattr("kesu.channels.wechat.arriving._fresh", lambda query, at: None)
    with weixin.running() as double:
        settings.WECHAT_API = double.url
        yield double


@pytest.mark.django_db
def test_a_token_is_asked_for_once_and_renewed_in_time(cast: Cast, at: datetime, theirs: Weixin) -> None:
    row = account(cast)
    assert [tokens.access(row, at), tokens.access(row, at + M(100))] == ["token-0"] * 2
    assert theirs.asked == ["/cgi-bin/stable_token"]
    stored = OfficialAccount.objects.get()
    assert "token-0" not in stored.sealed_access and stored.access_until == at + M(117)
    theirs.tokens.append("token-1")
    assert tokens.access(row, at + M(117)) == "token-1"


@pytest.mark.django_db
@pytest.mark.parametrize("code", server.TOKEN_GONE)
def test_a_token_that_went_bad_is_renewed_once(cast: Cast, at: datetime, theirs: Weixin, code: int) -> None:
    row = account(cast)
    who = Follower.objects.create(account=row, openid=MIN, since=at, said_at=at)
    tokens.access(row, at)
    theirs.tokens.append("token-of-others")  # somebody made WeChat give out another one
    sending.words_to(who, "一", at)
    assert theirs.texts() == ["一"] and theirs.forced == 0
    theirs.faults["/cgi-bin/message/custom/send"] = [code]
    sending.words_to(who, "二", at)
    assert theirs.texts() == ["一", "二"] and theirs.forced == 1
    theirs.faults["/cgi-bin/message/custom/send"] = [code, code]
    with pytest.raises(Fault):  # not again and again: WeChat counts
        sending.words_to(who, "三", at + timedelta(seconds=30))
    assert theirs.forced == 1


@pytest.mark.django_db(transaction=True)
def test_many_at_once_ask_for_one_token(at: datetime, theirs: Weixin) -> None:
    row, got = account(found(at)), []
    theirs.slow = 0.3

    def ask() -> None:
        got.append(tokens.access(row, at))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert got == ["token-0"] * 5 and theirs.asked == ["/cgi-bin/stable_token"]


@pytest.mark.django_db
def test_a_wrong_secret_is_shown_and_gives_no_secret_away(
    cast: Cast, at: datetime, theirs: Weixin, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kesu.channels.sealing import seal

    row = account(cast, sealed_secret=seal("wrong"))
    who = Follower.objects.create(account=row, openid=MIN, since=at, said_at=at)
    with pytest.raises(Fault):
        sending.words_to(who, "一", at)
    assert "40125" in OfficialAccount.objects.get().fault
    monkeypatch.setattr(server, "PATIENCE", 0.3)
    theirs.faults["/cgi-bin/media/get"] = ["slow"]
    with pytest.raises(Fault) as slow:
        server.fetch("/cgi-bin/media/get", access_token="t0ken", media_id="m")
    assert slow.value.later and "t0ken" not in str(slow.value)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fault", "state", "tries"), [(-1, "waiting", 1), (503, "waiting", 1), (45015, "failed", 1), (45047, "failed", 1), (43004, "failed", 1)]
)
def test_a_saying_that_does_not_get_through(cast: Cast, at: datetime, theirs: Weixin, fault: int, state: str, tries: int) -> None:
    row = account(cast)
    theirs.faults["/cgi-bin/message/custom/send"] = [fault]
    say(row, at, "在吗")
    saying = Saying.objects.get()
    assert (saying.state, saying.tries) == (state, tries)
    assert weixin.follower().following is (fault != 43004)
    assert (weixin.follower().shut_at == at) is (fault in server.WINDOW_SHUT)
    working.work(at + M(1))
    assert len(theirs.texts()) == (state == "waiting")


def _told(case: Case) -> list[tuple[str, str, str]]:
    return list(Outgoing.objects.filter(case=case).order_by("id").values_list("means", "kind", "state"))


@pytest.mark.django_db(transaction=True)
def test_answers_go_by_words_then_by_template_then_by_telephone(at: datetime, theirs: Weixin) -> None:
    cast = found(at)
    row = account(cast, templates=TEMPLATE)
    theirs.templates["t1"] = ["character_string1", "thing2", "thing3"]
    say(row, at, "3 栋楼道的灯一个星期不亮了，晚上老人下楼看不见，摔了怎么办", kind="text")
    say(row, at + M(1), "13900001007 人工")
    working.work(at + M(30))
    case = Case.objects.get()
    assert case.contact_phone == "13900001007" and _told(case) == [("wechat", "received", "sent")]

    def tell(words: str, when: datetime) -> None:
        actions.ask(cast.fang_jing, case.pk, words=words, at=when)
        customers.tell_new(when + M(1))
        delivering.send_batch(when + M(1))

    tell("几楼？", at + M(40))
    assert "几楼？" in theirs.texts()[-1] and _told(case)[-1] == ("wechat", "question", "sent")
    theirs.faults["/cgi-bin/message/custom/send"] = [45047]  # five messages are used up
    tell("几单元？", at + M(50))
    path, body = theirs.said[-1]
    assert path.endswith("template/send") and body["data"]["character_string1"]["value"] == case.number and "几单元" in str(body)
    assert all(len(one["value"]) <= 20 for name, one in body["data"].items() if name.startswith("thing"))
    tell("还黑着吗？", at + H(1))  # WeChat is not asked in vain any more
    assert theirs.said[-1][0].endswith("template/send") and len(theirs.texts()) == 4
    for n, (went, state) in enumerate((("success", "delivered"), ("failed:user block", "failed")), 2):  # WeChat reports, again and again
        number = 200_000_000 + [index for index, (path, _) in enumerate(theirs.said, 1) if "template" in path][n - 2]
        report = {"kind": "event", "Event": "TEMPLATESENDJOBFINISH", "MsgID": str(number), "Status": went}
        say(row, at + M(60 + n), **report)
        say(row, at + M(60 + n), **report)
        assert Outgoing.objects.get(provider_id=str(number)).state == state
    assert _told(case)[-1][0] == "call"  # the second was blocked
    OfficialAccount.objects.update(templates={})
    tell("明天上午在家吗？", at + H(20))
    assert _told(case)[-1][:2] == ("call", "question")  # nothing is left but the telephone: a task for whoever handles it
    say(row, at + H(21), "在家")
    tell("谢谢，师傅 9 点到", at + H(22))
    assert "师傅" in theirs.texts()[-1]


@pytest.mark.django_db
def test_whoever_has_left_is_told_by_another_means(cast: Cast, at: datetime, theirs: Weixin) -> None:
    row = account(cast)
    theirs.faults["/cgi-bin/message/custom/send"] = [43004, 43004]
    say(row, at, "人工")
    say(row, at + M(1), "水管爆了 13900001007")
    case = Case.objects.get()
    assert _told(case)[0] == ("wechat", "received", "failed")
    outgoing = Outgoing(company=cast.company, case=case, means="wechat", address=MIN, kind="told", payload={"text": "有结果了"}, at=at)
    with pytest.raises(Refusal) as gone:
        sending.send_at(outgoing, at + M(3))
    assert gone.value.for_good


@pytest.mark.django_db
def test_nothing_of_a_follower_is_left_when_the_case_is_let_go(cast: Cast, at: datetime, theirs: Weixin) -> None:
    theirs.media["m"] = ("image/jpeg", weixin.JPEG)
    row = account(cast)
    say(row, at, "人工")
    say(row, at + M(1), kind="image", MediaId="m")
    say(row, at + M(2), "我是闵女士，6 栋漏水")
    case = Case.objects.order_by("id").first()
    assert case is not None
    files = set(SentFile.objects.values_list("sha256", flat=True))
    gone = let_go(case)
    hashes = set(Arrival.objects.filter(case=case).values_list("sha256", flat=True))
    assert hashes | files <= gone
    assert not Follower.objects.exists() and not Saying.objects.exists() and not Talk.objects.exists() and not SentFile.objects.exists()
