"""The customer's pages through the door: filing from a phone, following by the secret link, nothing internal."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.cast import Cast

from kesu.complaints import actions
from kesu.complaints.models import Case
from kesu.complaints.queries import letters
from kesu.procedure.refused import Refused

JPEG = b"\xff\xd8\xff\xe0" + bytes(64)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, at: datetime) -> dict[str, datetime]:
    """The pages' clock; `clock["at"]` moves it."""
    from kesu.web.customer import door, track

    hands = {"at": at}
    for page in (door, track):
        monkeypatch.setattr(page, "now", lambda: hands["at"])
    return hands


@pytest.fixture
def phone(clock: dict[str, datetime], cast: Cast) -> Client:
    """A customer's browser: no session, forgery checks on."""
    return Client(enforce_csrf_checks=True)


def words(**fields: Any) -> dict[str, Any]:
    return {"words": "单元门关不上，风一吹就砰砰响", "place": "3 栋 2 单元门口", "phone": "138 0000 6021", "filed_key": "one"} | fields


def door(cast: Cast) -> str:
    return f"/d/{cast.site.door}/"


def page_of(phone: Client, case: Case, query: str = "") -> str:
    answer = phone.get(f"/c/{case.token}/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_three_fields_are_enough(phone: Client, cast: Cast) -> None:
    answer = phone.post(door(cast), words())
    case = Case.objects.get()
    assert answer.url == f"/c/{case.token}/new/"
    assert (case.channel, case.contact_phone, case.received_by, case.judged) == ("web", "13800006021", None, False)
    assert case.items.get().words == case.raw == "单元门关不上，风一吹就砰砰响"
    filed = phone.get(answer.url).content.decode()
    assert case.number in filed and f"/c/{case.token}/" in filed and "<svg" in filed


def test_their_own_words_stand_there_in_full_when_the_title_is_shorter(phone: Client, cast: Cast) -> None:
    phone.post(door(cast), words(words="提个建议，不是投诉哈。\n南门出去那一小段晚上黑得很，能不能装几盏灯"))
    page = page_of(phone, Case.objects.get())
    assert "您说的事" in page and "能不能装几盏灯" in page
    phone.post(door(cast), words(filed_key="two"))
    assert "您说的事" not in page_of(phone, Case.objects.get(filed_key="two")), "the title says it all"


def test_the_page_starts_filled_in_with_the_posters_place(phone: Client, cast: Cast) -> None:
    page = phone.get(door(cast), {"at": "3 栋大堂"}).content.decode()
    assert 'value="3 栋大堂"' in page and "4000001007" in page


@pytest.mark.parametrize(
    ("field", "sent", "reason"),
    [
        ("phone", {"phone": "1380000602"}, "少了 1 位，手机号是 11 位"),
        ("phone", {"phone": ""}, "留个电话"),
        ("words", {"words": "  "}, "写一句"),
        ("words", {"words": "啊" * 8001}, "多了 1 字"),
        ("place", {"place": "远" * 201}, "最多 200 字"),
        ("files", {"files": [SimpleUploadedFile(f"{n}.jpg", JPEG) for n in range(10)]}, "您选了 10 个"),
        ("files", {"files": [SimpleUploadedFile("a.jpg", b"<html></html>")]}, "没有收下"),
    ],
)
def test_what_is_refused_comes_back_as_typed(phone: Client, cast: Cast, field: str, sent: dict[str, Any], reason: str) -> None:
    answer = phone.post(door(cast), words(name="老贺") | sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and not Case.objects.exists()
    assert f'id="{field}-wrong"' in page and reason in page and "老贺" in page and 'value="one"' in page


def test_sending_twice_files_once(phone: Client, cast: Cast) -> None:
    assert phone.post(door(cast), words()).url == phone.post(door(cast), words()).url
    assert Case.objects.count() == 1


def test_photos_come_along_and_only_the_link_shows_them(phone: Client, cast: Cast) -> None:
    phone.post(door(cast), words(files=[SimpleUploadedFile("门.jpg", JPEG)]))
    case = Case.objects.get()
    kept = case.attachments.get()
    answer = phone.get(f"/c/{case.token}/files/{kept.pk}/")
    assert answer.status_code == 200 and answer["Content-Type"] == "image/jpeg" and "sandbox" in answer["Content-Security-Policy"]
    assert phone.get(f"/c/{'x' * 32}/files/{kept.pk}/").status_code == 404


def test_internal_files_are_not_for_the_link(phone: Client, cast: Cast, at: datetime) -> None:
    from kesu.complaints.files import Upload

    case = cast.complaint()
    actions.attach(cast.lin_xiao, case.pk, upload=Upload("内部.jpg", len(JPEG), [JPEG]), at=at)
    kept = case.attachments.get()
    assert phone.get(f"/c/{case.token}/files/{kept.pk}/").status_code == 404
    assert "内部.jpg" not in page_of(phone, case)


def test_several_matters_are_only_proposed(phone: Client, cast: Cast) -> None:
    text = "1、门禁坏了\n2、灯不亮"
    assert "像是 2 件事" in phone.post(f"{door(cast)}items/", {"words": text}).content.decode()
    phone.post(door(cast), words(words=text))
    phone.post(door(cast), words(words=text, apart="1", filed_key="two"))
    assert [case.items.count() for case in Case.objects.order_by("pk")] == [1, 2]


@pytest.mark.parametrize("path", ["/d/nowhere/", "/d/nowhere/poster/", "/c/guessed/", "/c/guessed/new/", f"/c/{'A' * 32}/"])
def test_a_guessed_address_leads_nowhere(phone: Client, cast: Cast, path: str) -> None:
    cast.complaint()
    assert phone.get(path).status_code == 404


def test_secret_pages_are_not_kept_indexed_or_told(phone: Client, cast: Cast) -> None:
    case = cast.complaint()
    for path in (f"/c/{case.token}/", f"/c/{case.token}/new/"):
        answer = phone.get(path)
        assert answer["Referrer-Policy"] == "no-referrer" and "no-store" in answer["Cache-Control"] and "noindex" in answer["X-Robots-Tag"]


@pytest.mark.parametrize(("address", "choice"), [("/language/", {"language": "en"}), ("/theme/", {"theme": "dark"})])
def test_language_and_theme_are_chosen_there_too(phone: Client, cast: Cast, address: str, choice: dict[str, str]) -> None:
    page = f"/c/{cast.complaint().token}/"
    answer = phone.post(address, choice | {"next": page}, headers={"origin": "null"})
    assert answer.status_code == 302 and answer.url == page


def test_the_poster_leads_to_the_door_with_its_place(phone: Client, cast: Cast) -> None:
    page = phone.get(f"{door(cast)}poster/", {"at": "3 栋大堂"}).content.decode()
    other = phone.get(f"{door(cast)}poster/", {"at": "5 栋大堂"}).content.decode()
    code = "<svg" + page.split('class="poster-code"')[1].split("</svg>")[0].split("<svg")[1]
    assert f"/d/{cast.site.door}/</p>" in page and "3 栋大堂" in page and code not in other


# The link, through a whole case


def offered(cast: Cast, case: Case, at: datetime) -> None:
    """Up to an offer that waits for the customer."""
    actions.sign(cast.zhou_hai, case.pk, at=at)
    actions.investigate(cast.zhou_hai, case.pk, side="record", words="内部记录：值班表空白", at=at)
    actions.find_cause(cast.zhou_hai, case.pk, cause="upkeep", words="内部：保养没做", at=at)
    promises = [actions.Promise("换门轴", due_at=at + timedelta(days=2), cost=12300)]
    actions.propose(cast.zhou_hai, case.pk, words="内部：先认下来", promises=promises, at=at)
    actions.approve(cast.he_wei, case.pk, words="内部：可以", at=at)
    actions.reply(cast.zhou_hai, case.pk, channel="hotline", words="查清楚了，门轴老化。我们换新的，对不起。", at=at)


@pytest.fixture
def waiting(cast: Cast, at: datetime) -> Case:
    """A case with an offer waiting for the customer."""
    case = cast.judged(cast.complaint(confidential=True), at=at, facts={"company_fault": True})
    actions.note(cast.lin_xiao, case.pk, words="内部：这户以前投诉过", at=at)
    offered(cast, case, at)
    case.refresh_from_db()
    return case


def test_nothing_internal_is_shown(phone: Client, cast: Cast, waiting: Case) -> None:
    page = page_of(phone, waiting)
    assert "查清楚了，门轴老化" in page and "换门轴" in page
    grades = [row.name for row in cast.pack.grades]
    roles = [row.name for row in cast.pack.roles]
    departments = [row.name for row in cast.departments.values()]
    internal = ["内部", "123", "结案", "工单", "责任部门", waiting.contact_phone, *grades, *roles, *departments, "保养不到位"]
    shown = page.split("<main")[1].replace(waiting.token, "").replace(waiting.number, "")
    assert [word for word in internal if word in shown.split("</main>")[0]] == []


def test_the_customer_agrees(phone: Client, waiting: Case) -> None:
    assert "您付" in page_of(phone, waiting)
    assert phone.post(f"/c/{waiting.token}/", {"do": "agree"}).status_code == 302
    waiting.refresh_from_db()
    assert waiting.step == "handle"
    page = page_of(phone, waiting, "?done=agree")
    assert "您已同意" in page and "周日 14:32 前：换门轴" in page and "请您看看这个办法" not in page


def test_the_sum_that_is_agreed_to_is_told_and_what_work_costs_is_not(phone: Client, cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(at=at), at=at, facts={"company_fault": True})
    actions.sign(cast.zhou_hai, case.pk, at=at)
    actions.investigate(cast.zhou_hai, case.pk, side="record", words="门轴老化", at=at)
    actions.find_cause(cast.zhou_hai, case.pk, cause="upkeep", words="保养没做", at=at)
    promises = [actions.Promise("换门轴", remedy="mend", cost=12_300), actions.Promise("赔一副眼镜", remedy="compensation", cost=120_000)]
    actions.propose(cast.zhou_hai, case.pk, words="先认下来", promises=promises, at=at)
    for boss in (cast.he_wei, cast.shen_yue):
        with suppress(Refused):
            actions.approve(boss, case.pk, at=at)
    form = Client()
    form.force_login(cast.zhou_hai)
    reply = form.get(f"/cases/{case.number}/reply/").content.decode()
    assert "2. 赔一副眼镜（1,200 元）" in reply and "1. 换门轴\n2." in reply
    actions.reply(cast.zhou_hai, case.pk, channel="hotline", words="我们赔", at=at)
    page = page_of(phone, case)
    assert "赔一副眼镜（1,200 元）" in page and "123 元" not in page
    actions.agree(None, case.pk, words="好", actor="customer", at=at)
    assert "赔一副眼镜（1,200 元）" in letters.facts(case, cast.pack, at, "zh-hans")["remedy"]


def test_declining_needs_a_reason_and_keeps_what_was_typed(phone: Client, waiting: Case) -> None:
    answer = phone.post(f"/c/{waiting.token}/", {"do": "decline", "words": " "})
    assert answer.status_code == 422 and 'id="why-not-wrong"' in answer.content.decode()
    phone.post(f"/c/{waiting.token}/", {"do": "decline", "words": "要换整扇门"})
    waiting.refresh_from_db()
    assert waiting.step == "answer" and waiting.journal.last().data["reason"] == "要换整扇门"


def test_an_answer_given_twice_is_refused_kindly(phone: Client, waiting: Case) -> None:
    phone.post(f"/c/{waiting.token}/", {"do": "agree"})
    assert phone.post(f"/c/{waiting.token}/", {"do": "agree"}).status_code == 422


def test_questions_are_answered_once(phone: Client, cast: Cast, waiting: Case, at: datetime) -> None:
    actions.ask(cast.zhou_hai, waiting.pk, words="周六上午在家吗？", at=at)
    question = waiting.questions.get()
    assert "周六上午在家吗？" in page_of(phone, waiting)
    phone.post(f"/c/{waiting.token}/", {"do": "say", "question": question.pk, "words": "在的"})
    question.refresh_from_db()
    assert question.answer == "在的"
    again = phone.post(f"/c/{waiting.token}/", {"do": "say", "question": question.pk, "words": "改口"})
    assert again.status_code == 422
    assert "在的" in page_of(phone, waiting)


def test_a_message_and_a_photograph_move_no_clock(phone: Client, waiting: Case) -> None:
    before = list(waiting.clocks.order_by("pk").values_list("due_at", "state"))
    phone.post(f"/c/{waiting.token}/", {"do": "say", "words": "门又掉了", "files": [SimpleUploadedFile("a.jpg", JPEG)]})
    assert list(waiting.clocks.order_by("pk").values_list("due_at", "state")) == before
    assert waiting.attachments.filter(by=None, for_customer=True).count() == 1
    assert "门又掉了" in page_of(phone, waiting)


def test_saying_nothing_is_refused_beside_the_field(phone: Client, waiting: Case) -> None:
    answer = phone.post(f"/c/{waiting.token}/", {"do": "say", "words": ""})
    assert answer.status_code == 422 and 'id="more-wrong"' in answer.content.decode()


def test_rating_once_per_state(phone: Client, waiting: Case) -> None:
    phone.post(f"/c/{waiting.token}/", {"do": "rate", "rate_speed": "0", "rate_solved": "2", "words": "快"})
    rating = waiting.ratings.get()
    assert rating.answers == {"speed": 0, "solved": 2} and not rating.after_closing
    assert "您的评价" in page_of(phone, waiting) and "很快" in page_of(phone, waiting)
    assert phone.post(f"/c/{waiting.token}/", {"do": "rate", "rate_speed": "2"}).status_code == 422
    assert waiting.ratings.count() == 1


def test_an_empty_or_impossible_rating_is_refused(phone: Client, waiting: Case) -> None:
    assert phone.post(f"/c/{waiting.token}/", {"do": "rate"}).status_code == 422
    assert phone.post(f"/c/{waiting.token}/", {"do": "rate", "rate_speed": "99"}).status_code == 422


def test_complaining_again_only_when_it_was_handled(phone: Client, cast: Cast, waiting: Case, at: datetime) -> None:
    early = phone.post(f"/c/{waiting.token}/", {"do": "reopen", "words": "没好"})
    assert early.status_code == 422 and "还在办理中" in early.content.decode()
    phone.post(f"/c/{waiting.token}/", {"do": "agree"})
    actions.execute(cast.zhou_hai, waiting.pk, action_id=waiting.agreed_actions.get().pk, words="换好了", at=at)
    actions.return_form(cast.zhou_hai, waiting.pk, words="换好门轴", at=at)
    assert "这事没解决，再投诉一次" in page_of(phone, waiting)
    phone.post(f"/c/{waiting.token}/", {"do": "reopen", "words": "又关不上了"})
    waiting.refresh_from_db()
    assert (waiting.round, waiting.step) == (2, "dispatch")
    assert "上一次办的时候" in page_of(phone, waiting)
    assert "又关不上了" in page_of(phone, waiting), "what they said then is still there"


def test_withdrawing(phone: Client, cast: Cast, at: datetime) -> None:
    case = cast.complaint()
    assert phone.post(f"/c/{case.token}/", {"do": "withdraw", "words": ""}).status_code == 422
    phone.post(f"/c/{case.token}/", {"do": "withdraw", "words": "自己修好了"})
    case.refresh_from_db()
    assert (case.outcome, case.step) == ("withdrawn", "close")
    assert "您已撤回" in page_of(phone, case)


def test_switching_the_link_off(phone: Client, cast: Cast) -> None:
    case = cast.complaint()
    assert "链接已停用" in phone.post(f"/c/{case.token}/", {"do": "link_off"}).content.decode()
    for path in (f"/c/{case.token}/", f"/c/{case.token}/new/"):
        assert phone.get(path).status_code == 404
    assert phone.post(f"/c/{case.token}/", {"do": "say", "words": "还在吗"}).status_code == 404


def test_an_extension_tells_the_new_time_and_why(phone: Client, cast: Cast, at: datetime, clock: dict[str, datetime]) -> None:
    case = cast.judged(cast.complaint(), at=at, facts={"company_fault": True})
    actions.sign(cast.zhou_hai, case.pk, at=at)
    running = case.clocks.get(obligation="solve_important")
    until = running.due_at + timedelta(days=1)
    actions.ask_extension(cast.zhou_hai, case.pk, clock_id=running.pk, new_due=until, reason="内部：缺件", told="零件周一到", at=at)
    actions.grant_extension(cast.shen_yue, case.pk, extension_id=case.extensions.get().pk, at=at)
    page = page_of(phone, case)
    assert "原来答应 周一 14:32 前" in page and "零件周一到" in page and "缺件" not in page


def test_what_is_late_says_so(phone: Client, cast: Cast, at: datetime, clock: dict[str, datetime]) -> None:
    case = cast.judged(cast.complaint(), at=at)
    clock["at"] = at + timedelta(minutes=25)
    page = page_of(phone, case)
    assert "晚了 15 分钟，对不起，还在办" in page and 'data-time="late"' in page


def test_the_page_asks_few_questions_of_the_database(phone: Client, waiting: Case, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(16):
        page_of(phone, waiting)


def test_english_readers_get_english(phone: Client, waiting: Case) -> None:
    phone.cookies["kesu_language"] = "en"
    assert "Somebody takes it up by 14:42" in page_of(phone, waiting)


INPUTS = Path(__file__).parent.parent / "data" / "inputs.jsonl"
PROPERTY = [row for line in INPUTS.read_text("utf-8").splitlines() if (row := json.loads(line))["sector"] == "property"]


def test_every_real_input_is_filed_whole(phone: Client, cast: Cast) -> None:
    sent = {row["id"]: row["text"] for row in PROPERTY} | {"emoji": "🤬🤬", "traditional": "電梯又壞了，請盡快處理"}
    for key, text in sent.items():
        answer = phone.post(door(cast), words(words=text, filed_key=key))
        if answer.status_code == 422:  # it sounds like danger and nothing was ticked: asked once, and as typed
            assert "马上通知值班的人；不是就勾" in answer.content.decode()
            answer = phone.post(door(cast), words(words=text, filed_key=key, none="1"))
        assert answer.status_code == 302
        case = Case.objects.get(filed_key=key)
        assert case.items.get().words == text.strip() == case.raw
