"""The conversation: few questions, a person at any time, nothing lost, whatever order messages come in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.cast import Cast
from tests.channels import weixin
from tests.channels.weixin import AMR, JPEG, MIN, ZI, Weixin, account, last, say, states

from kesu.channels import deciding
from kesu.channels.models import Arrival, Followed, OfficialAccount, Saying, SentFile, Talk
from kesu.channels.wechat import wording, working
from kesu.complaints import actions
from kesu.complaints.models import Attachment, Case, JournalEntry, Notice, Question

pytestmark = pytest.mark.django_db
S, M = (lambda n: timedelta(seconds=n)), (lambda n: timedelta(minutes=n))
INPUTS = Path(__file__).parents[1] / "data" / "inputs.jsonl"


@pytest.fixture
def theirs(settings: object) -> Iterator[Weixin]:
    """WeChat's server."""
    with weixin.running() as double:
        settings.WECHAT_API = double.url  # type: ignore[attr-defined]
        yield double


@pytest.fixture
def row(cast: Cast, theirs: Weixin, monkeypatch: pytest.MonkeyPatch) -> OfficialAccount:
    """The account, called at whatever time the message has."""
    monkeypatch.setattr("kesu.channels.wechat.arriving._fresh", lambda query, at: None)
    return account(cast)


def noted(case: Case) -> list[str]:
    """What was added to the case."""
    return [entry.data["words"] for entry in JournalEntry.objects.filter(case=case, act="note").order_by("n")]


def none_of(cast: Cast) -> str:
    """The number of “none of these”."""
    return str(len([fact for fact in cast.pack.facts if fact.door]) + 1)


def test_four_messages_are_a_complaint(row: OfficialAccount, cast: Cast, at: datetime, theirs: Weixin) -> None:
    theirs.media["m1"] = ("image/jpeg", JPEG)
    say(row, at, "6 栋右手那台电梯今天又不动，纸一贴就完事了")
    assert "爆水管" in last() and Case.objects.count() == 0
    say(row, at + S(20), none_of(cast))
    assert last() == wording.WHERE[0]
    say(row, at + S(40), "6栋2单元1103")
    assert last() == wording.PICTURE[0]
    say(row, at + S(60), kind="image", MediaId="m1", PicUrl="http://x")
    case = Case.objects.get()
    assert case.number in last()
    say(row, at + S(80), "好了")
    assert states()[-1] == ("ignored", "thanks")
    assert (case.title, case.place, case.heard_at, case.received_by) == (
        "6 栋右手那台电梯今天又不动，纸一贴就完事了",
        "6栋2单元1103",
        at,
        None,
    )
    assert "6 栋右手" in case.raw and "6栋2单元1103" in case.raw and "[照片" in case.raw
    assert Attachment.objects.get(case=case).kind == "image/jpeg" and SentFile.objects.get().state == "placed"
    assert {state for state, _ in states()[:-1]} == {"filed"} and not Talk.objects.exists()
    assert theirs.texts() == [saying.words for saying in Saying.objects.order_by("id")] and len(theirs.texts()) == 4


def test_danger_is_filed_at_once_and_tells_the_one_on_duty(row: OfficialAccount, cast: Cast, at: datetime) -> None:
    say(row, at, "有人困在电梯里了！")
    say(row, at + S(9), "1")
    case = Case.objects.get()
    first = next(fact for fact in cast.pack.facts if fact.door)
    assert case.facts == {first.id: True} and wording.URGENT[0] in last()
    assert Notice.objects.filter(case=case).exists()


def test_danger_that_nobody_answers_for_counts_after_the_short_silence(row: OfficialAccount, cast: Cast, at: datetime) -> None:
    say(row, at, "楼道里有很浓的燃气味")
    working.work(at + M(3) - S(1))
    assert not Case.objects.exists()
    working.work(at + M(3))
    assert any(Case.objects.get().facts.values())


def test_silence_files_what_there_is(row: OfficialAccount, at: datetime) -> None:
    say(row, at, "路灯坏了一个星期")
    say(row, at + M(19), "小区东门那排")  # speaking goes on
    working.work(at + M(38))
    assert not Case.objects.exists()
    working.work(at + M(39))
    case = Case.objects.get()
    assert "路灯坏了一个星期" in case.title + case.raw and "东门" in case.raw and case.heard_at == at
    assert case.number in last() and not Talk.objects.exists()


def test_a_person_is_reached_at_any_moment_and_nothing_is_told_twice(row: OfficialAccount, cast: Cast, at: datetime) -> None:
    say(row, at, "楼上装修从早吵到晚")
    say(row, at + S(5), "人工。")
    case = Case.objects.get()
    assert case.wants == "要人工联系" and case.number in last() and "不用再讲一遍" in last() and cast.company.phone in last()
    say(row, at + S(30), "０")
    assert Case.objects.count() == 1 and case.number in last()
    assert [words for words in noted(case) if "人工" in words]


def test_a_person_before_any_word_is_owed_and_the_next_words_are_filed(row: OfficialAccount, cast: Cast, at: datetime) -> None:
    say(row, at, "0")
    waits = Arrival.objects.get()
    assert (waits.state, waits.why, waits.due_at) == ("waiting", "human", at + M(30)) and "15:02 前有人看" in last()
    assert [arrival.pk for arrival in deciding.owed(cast.fang_jing, at)] == [waits.pk]
    say(row, at + S(40), "门禁卡刷不开")
    case = Case.objects.get()
    assert case.wants and {state for state, _ in states()} == {"filed"} and "没有" not in case.raw


def test_a_greeting_alone_is_asked_once_and_then_let_be(row: OfficialAccount, at: datetime) -> None:
    say(row, at, "在吗？")
    assert last() == wording.WHAT[0]
    say(row, at + S(9), "你好")
    assert Saying.objects.count() == 1
    working.work(at + M(30))
    assert not Case.objects.exists() and set(states()) == {("ignored", "hello")}


def test_fragments_that_come_together_get_one_answer_and_late_ones_their_place(row: OfficialAccount, at: datetime) -> None:
    for n, words in ((2, "垃圾三天没人收"), (1, "3 栋楼下"), (3, "臭得不行")):
        say(row, at + S(n), words, work=False)
    working.work(at + S(4))
    assert Saying.objects.count() == 1 and Talk.objects.get().words.split("\n") == ["3 栋楼下", "垃圾三天没人收", "臭得不行"]


def test_the_open_case_takes_what_follows(row: OfficialAccount, cast: Cast, at: datetime, theirs: Weixin) -> None:
    say(row, at, "楼道灯坏了")
    working.work(at + M(25))
    case = Case.objects.get()
    theirs.media["m2"] = ("image/jpeg", JPEG + b"2")
    say(row, at + M(30), "还是黑的")
    say(row, at + M(31), kind="image", MediaId="m2")
    assert Attachment.objects.filter(case=case).count() == 1 and Case.objects.count() == 1
    assert len([words for words in theirs.texts() if "记在" in words and "接着" not in words]) == 1  # said once a day
    actions.ask(cast.fang_jing, case.pk, words="几楼？", at=at + M(32))
    say(row, at + M(33), "5 楼")
    assert Question.objects.get().answer == "5 楼"
    say(row, at + M(34), "谢谢🙏")
    assert states()[-1] == ("ignored", "thanks")
    say(row, at + M(35), "新投诉")
    assert last() == wording.WHAT[0]
    say(row, at + M(36), "车位被占了，京A12345")
    working.work(at + M(60))
    assert Case.objects.count() == 2
    actions.withdraw(cast.lin_xiao, case.pk, reason="修好了", at=at + M(70))
    for one in Case.objects.filter(closed_at=None):
        Case.objects.filter(pk=one.pk).update(closed_at=at + M(80))
    say(row, at + M(90), "好的，谢谢")
    assert states()[-1] == ("ignored", "thanks") and not Talk.objects.exists() and Case.objects.filter(round__gt=1).count() == 0
    say(row, at + M(95), "又黑了")
    assert Talk.objects.exists()


def test_voice_place_link_and_film(row: OfficialAccount, cast: Cast, at: datetime, theirs: Weixin) -> None:
    theirs.media |= {"v": ("audio/amr", AMR), "f": ("video", b"\0\0\0\x18ftypmp42" + b"\0" * 40)}
    say(row, at, kind="voice", MediaId="v", Format="amr", Recognition="地下车库漏水漏得厉害")
    say(row, at + S(5), kind="location", Location_X="30.1", Location_Y="120.2", Scale="15", Label="和檐路 8 号")
    say(row, at + S(8), kind="link", Title="业主群的通知", Description="", Url="https://a.example/1")
    say(row, at + S(9), kind="video", MediaId="f", ThumbMediaId="t")
    working.work(at + M(21))
    case = Case.objects.get()
    assert case.place.startswith("和檐路 8 号") and "地下车库漏水" in case.title and "https://a.example/1" in case.raw
    assert sorted(Attachment.objects.values_list("kind", flat=True)) == ["audio/amr", "video/mp4"]


def test_a_voice_that_nobody_could_recognise_is_a_complaint_all_the_same(row: OfficialAccount, at: datetime, theirs: Weixin) -> None:
    theirs.media["v"] = ("audio/amr", AMR)
    say(row, at, kind="voice", MediaId="v", Format="amr")
    working.work(at + M(21))
    assert Attachment.objects.get(case=Case.objects.get()).kind == "audio/amr"


def test_a_picture_that_comes_late_or_never(row: OfficialAccount, at: datetime, theirs: Weixin) -> None:
    theirs.media["late"] = ("image/jpeg", JPEG)
    theirs.faults["/cgi-bin/media/get"] = [500, -1]
    say(row, at, "井盖没了")
    say(row, at + S(2), kind="image", MediaId="late")
    say(row, at + S(3), kind="image", MediaId="never")
    working.work(at + M(21))
    case = Case.objects.get()
    assert Attachment.objects.filter(case=case).count() == 1
    working.work(at + M(60))
    assert len([words for words in noted(case) if "没有取到" in words]) == 1


def test_menu_poster_and_going_away(row: OfficialAccount, cast: Cast, at: datetime, settings: object) -> None:
    settings.BASE_URL = "https://kesu.example"  # type: ignore[attr-defined]
    say(row, at, kind="event", Event="subscribe", EventKey="qrscene_at_6 栋大堂")
    assert last() == wording.WHAT[0]
    say(row, at + S(9), "大堂的门关不上")
    working.work(at + M(30))
    assert Case.objects.get().place == "6 栋大堂"
    say(row, at + M(31), kind="event", Event="CLICK", EventKey="kesu_mine")
    assert f"https://kesu.example/wx/{row.pk}/" in last()
    say(row, at + M(32), kind="event", Event="CLICK", EventKey="kesu_person")
    assert Case.objects.get().number in last()
    say(row, at + M(33), kind="event", Event="CLICK", EventKey="kesu_file")
    assert last() == wording.WHAT[0]
    say(row, at + M(34), kind="event", Event="unsubscribe")
    assert not weixin.follower().following and Followed.objects.count() == 1


def test_the_refused_waits_for_a_person(row: OfficialAccount, cast: Cast, at: datetime) -> None:
    OfficialAccount.objects.update(channel="gone")
    row.refresh_from_db()
    say(row, at, "水费多收了")
    working.work(at + M(30))
    waits = Arrival.objects.get()
    assert (waits.state, waits.why) == ("waiting", "refused") and waits.due_at and not Case.objects.exists()
    case = cast.complaint(at=at + M(31))
    deciding.join(cast.fang_jing, waits.pk, number=case.number, at=at + M(40))
    assert Followed.objects.get().case_id == case.pk  # and hears of it from now on


def test_no_message_of_the_collection_is_lost(row: OfficialAccount, cast: Cast, at: datetime) -> None:
    """Fifty real ones, each by a follower of its own, sent in the pieces in which they were written; nobody answers a question."""
    told = [json.loads(line) for line in INPUTS.read_text().splitlines()]
    for n, one in enumerate(told):
        for k, piece in enumerate(filter(str.strip, one["text"].split("\n\n"))):
            say(row, at + S(k), piece.strip(), sender=f"o{n:03}", work=False)
    while working.sorting.sort_new(at + S(60)):
        pass
    while working.talking.file_silent(at + M(30)):
        pass
    assert set(Arrival.objects.values_list("state", flat=True)) <= {"filed", "joined"}
    assert Case.objects.count() == len(told)
    for n, one in enumerate(told):
        case = Case.objects.get(followed__follower__openid=f"o{n:03}")
        said = "\n".join([case.raw, *noted(case)])
        assert all(line.strip() in said for line in one["text"].split("\n")), one["id"]
    asked = list(Saying.objects.filter(key__contains=":ask:").values_list("follower", "words"))
    assert len(asked) == len(set(asked))  # nobody is asked the same twice


def test_english_is_answered_in_english(row: OfficialAccount, at: datetime) -> None:
    say(row, at, "The lift in building 6 is stuck again", sender=ZI)
    assert "Numbers, please" in last(ZI) and MIN != ZI


def test_a_procedure_without_a_conversation_files_every_first_message(
    row: OfficialAccount, cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working.sorting, "pack_of", lambda version: cast.pack.model_copy(update={"conversation": None}))
    say(row, at, "在吗")
    say(row, at + S(5), "谢谢")
    case = Case.objects.get()
    assert case.title == "在吗" and noted(case) == ["谢谢"]


def test_a_flood_waits_for_a_person(row: OfficialAccount, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working.sorting, "MANY", 3)
    for n in range(5):
        say(row, at + S(n), f"第 {n} 次说", work=False)
    say(row, at, "别人的", sender=ZI, work=False)
    working.work(at + S(9))
    assert sorted(states()) == [*[("talking", "")] * 4, *[("waiting", "many")] * 2]
    Arrival.objects.update(received_at=at)
    say(row, at + M(61), "后来再说")
    assert states()[-1] == ("talking", "")
