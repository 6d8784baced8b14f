"""The frame: navigation by rights, inbox, search, drafts, and pages for what did not happen."""

from __future__ import annotations

import errno
import json
import re
from datetime import datetime, timedelta

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from tests.cast import PEOPLE, Cast

from kesu.complaints.models import Case, Draft, Notice
from kesu.complaints.notice_words import words_of
from kesu.complaints.ringing import ring_due
from kesu.config.urls import urlpatterns as shipped_urls
from kesu.procedure.refused import Refused

TROUBLES: dict[str, Exception] = {
    "refused": Refused("wrong_step", "现在不能派单", "not possible now"),
    "full": OperationalError("database or disk is full"),
    "no_space": OSError(errno.ENOSPC, "No space left on device"),
    "locked": OperationalError("database is locked"),
    "bug": ZeroDivisionError("secret detail"),
    "nothing": Case.DoesNotExist("no such case"),
}


def trouble(request: HttpRequest, kind: str) -> HttpResponse:
    raise TROUBLES[kind]


def taken(request: HttpRequest) -> HttpResponse:
    from django.shortcuts import redirect

    return redirect("/me/") if request.POST.get("words") else HttpResponse("still wrong")


urlpatterns = [*shipped_urls, path("trouble/<str:kind>/", trouble), path("taken/", taken)]
handler400 = "kesu.web.shell.errors.bad_request"
handler403 = handler404 = "kesu.web.shell.errors.not_found"
handler500 = "kesu.web.shell.errors.failed"
HERE = pytest.mark.urls(__name__)


# navigation


def rail(client: Client, cast: Cast, person: object) -> str:
    client.force_login(person)  # type: ignore[arg-type]
    text = client.get("/me/").content.decode()
    return text[text.index('<nav class="rail"') : text.index("</nav>")]


def test_the_rail_shows_what_the_person_may_open(client: Client, cast: Cast) -> None:
    assert "设置" in rail(client, cast, cast.tang_qing)
    assert "设置" not in rail(client, cast, cast.fang_jing)
    assert "受理登记" in rail(client, cast, cast.fang_jing)
    assert "受理登记" not in rail(client, cast, cast.ma_qiang) and "督办看板" not in rail(client, cast, cast.ma_qiang)


def test_every_page_that_a_role_may_open_has_its_entry_and_a_phone_never_more_than_five_tabs(client: Client, cast: Cast) -> None:
    for name, _, role, _, _ in PEOPLE:
        nav = rail(client, cast, getattr(cast, name))
        pages = cast.pack.one("roles", role).pages
        for page, address in {"reception": "/reception/", "board": "/board/", "setup": "/setup/", "reports": "/visits/"}.items():
            assert (f'href="{address}' in nav) == (page in pages or (page == "reports" and cast.pack.may(role, "visit"))), (name, page)
        tabs = nav.count("<a ") - nav.count('class="desk"') - nav[nav.index("menu more") :].count("<a ") if "menu more" in nav else 0
        assert tabs <= 1 + 4, name  # the mark, which a phone does not show, and four beside “more”
    assert "/refund/" not in rail(client, cast, cast.he_wei)  # this procedure knows no prepaid cards


def test_no_inline_style_and_no_inline_script(client: Client, cast: Cast) -> None:
    client.force_login(cast.tang_qing)
    for page in ("/me/", "/notices/", "/search/", "/setup/", "/login/"):
        text = client.get(page).content.decode()
        assert " style=" not in text and "onclick" not in text and "<script>" not in text, page


# inbox


def noticed(cast: Cast, at: datetime) -> Case:
    case = cast.judged(cast.complaint(), at=at)
    ring_due(at + timedelta(minutes=11))
    return case


def test_what_is_unread_stands_first_and_in_words(client: Client, cast: Cast, at: datetime) -> None:
    case = noticed(cast, at)
    client.force_login(cast.zhou_hai)
    text = client.get("/notices/").content.decode()
    assert "派来一张投诉单，等签收" in text and "已超时" in text and case.number in text
    assert 'aria-label="' + str(Notice.objects.filter(person=cast.zhou_hai).count()) + " 条未读通知" in text


def test_opening_a_notice_reads_it_and_leads_to_the_case(client: Client, cast: Cast, at: datetime) -> None:
    case = noticed(cast, at)
    client.force_login(cast.zhou_hai)
    notice = Notice.objects.filter(person=cast.zhou_hai).first()
    assert client.post(f"/notices/{notice.pk}/", {"go": "1"})["Location"] == f"/cases/{case.number}/"
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_nobody_reads_or_marks_anothers_notices(client: Client, cast: Cast, at: datetime) -> None:
    noticed(cast, at)
    notice = Notice.objects.filter(person=cast.zhou_hai).first()
    for person in (cast.lin_xiao, cast.bai_shi):
        client.force_login(person)
        assert client.post(f"/notices/{notice.pk}/").status_code == 404
    client.force_login(cast.bai_shi)
    assert "派来一张投诉单" not in client.get("/notices/").content.decode()
    notice.refresh_from_db()
    assert notice.read_at is None


def test_all_read_leaves_what_came_meanwhile(client: Client, cast: Cast, at: datetime) -> None:
    noticed(cast, at)
    client.force_login(cast.zhou_hai)
    shown = Notice.objects.filter(person=cast.zhou_hai).latest("pk")
    later = cast.judged(cast.complaint(at=at + timedelta(hours=1)), at=at + timedelta(hours=1))
    client.post("/notices/read/", {"up_to": shown.pk})
    left = Notice.objects.filter(person=cast.zhou_hai, read_at__isnull=True)
    assert left and {row.case_id for row in left} == {later.pk}
    assert client.post("/notices/read/", {"up_to": "all"}).status_code == 404


def test_the_inbox_costs_no_more_with_many(client: Client, cast: Cast, at: datetime, django_assert_max_num_queries) -> None:
    for minute in range(12):
        cast.judged(cast.complaint(at=at + timedelta(minutes=minute)), at=at + timedelta(minutes=minute))
    client.force_login(cast.zhou_hai)
    client.get("/notices/")
    with django_assert_max_num_queries(6):
        client.get("/notices/")


def test_read_notices_come_a_page_at_a_time(client: Client, cast: Cast, at: datetime) -> None:
    case = cast.complaint()
    rows = [
        Notice(
            company=cast.company, person=cast.su_min, case=case, kind="note", key=f"k{n}", at=at, read_at=at, data={"words": f"第 {n} 条话"}
        )
        for n in range(120)
    ]
    Notice.objects.bulk_create(rows)
    client.force_login(cast.su_min)
    seen: list[int] = []
    for url in ("", *[f"?before={row.pk}" for row in (Notice.objects.order_by("-id")[49], Notice.objects.order_by("-id")[99])]):
        text = client.get(f"/notices/{url}").content.decode()
        seen += [n for n in range(120) if f"第 {n} 条话<" in text]
        assert ('href="?before=' in text) == (len(seen) < 120)
    assert seen and sorted(seen) == list(range(120)) and len(seen) == 120


def test_every_kind_of_notice_has_words_in_both_languages(cast: Cast, at: datetime) -> None:
    case = noticed(cast, at)
    kinds = {row.on for row in cast.pack.tell} | {
        "present",
        "urge",
        "transfer",
        "bounced",
        "customer_said",
        "warned",
        "fell_late",
        "climbed",
    }
    for kind in kinds:
        notice = Notice(company=cast.company, person=cast.zhou_hai, case=case, kind=kind, at=at, data={"obligation": "sign"})
        zh, en = words_of(notice, "zh-hans"), words_of(notice, "en")
        assert zh.title and en.title.isascii() and not zh.title.isascii(), kind
        assert "{" not in zh.title + en.title


def test_the_bell_does_not_keep_a_session_alive(client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from kesu.config import sessions

    client.force_login(cast.fang_jing)
    client.get("/me/")
    before = client.session[sessions.SEEN]
    monkeypatch.setattr(sessions, "now", lambda: datetime.fromtimestamp(before + 7200, tz=cast.at.tzinfo))
    assert client.get("/notices/bell/").status_code == 200
    assert client.session[sessions.SEEN] == before
    assert Client().get("/notices/bell/").status_code == 286


# search


def test_a_case_is_found_by_what_people_have_of_it(client: Client, cast: Cast) -> None:
    case = cast.complaint()
    client.force_login(cast.fang_jing)
    for words in (case.number, case.number[-7:], "1007", "139 0000 1007", "6栋2单元1103", "电梯"):
        assert case.number in client.get("/search/", {"q": words}).content.decode(), words


def test_nothing_found_says_what_can_be_searched_for(client: Client, cast: Cast) -> None:
    client.force_login(cast.fang_jing)
    text = client.get("/search/", {"q": "<script>alert(1)"}).content.decode()
    assert "没有找到" in text and "房号" in text and "<script>alert" not in text


def test_another_sites_and_another_companys_case_is_not_found(client: Client, cast: Cast) -> None:
    case = cast.complaint()
    for person in (cast.wu_tong, cast.bai_shi, cast.zhou_hai):
        client.force_login(person)
        assert case.title not in client.get("/search/", {"q": case.number}).content.decode()
        assert case.title not in client.get("/search/").content.decode()


def test_all_cases_newest_first_a_page_at_a_time(client: Client, cast: Cast, at: datetime) -> None:
    numbers = [cast.complaint(at=at + timedelta(minutes=n)).number for n in range(53)]
    client.force_login(cast.fang_jing)
    first = client.get("/search/").content.decode()
    assert first.index(numbers[-1]) < first.index(numbers[-2]) and numbers[2] not in first
    more = re.search(r'href="(\?before=\d+)"', first)[1]
    rest = client.get(f"/search/{more}").content.decode()
    assert numbers[2] in rest and numbers[0] in rest and 'href="?before=' not in rest


# drafts


def test_a_draft_is_kept_given_back_and_forgotten(client: Client, cast: Cast) -> None:
    client.force_login(cast.fang_jing)
    pairs = [["words", "电梯🙂"], ["item", "一"], ["item", "二"]]
    assert client.get("/drafts/reception/").status_code == 204
    assert client.post("/drafts/reception/", json.dumps(pairs), content_type="application/json").status_code == 204
    assert client.get("/drafts/reception/").json()["fields"] == pairs
    other = Client()
    other.force_login(cast.lin_xiao)
    assert other.get("/drafts/reception/").status_code == 204
    assert client.delete("/drafts/reception/").status_code == 204 and not Draft.objects.exists()


@pytest.mark.parametrize(("body", "status"), [("nonsense", 400), ("[1,2]", 400), (json.dumps([["a", "x" * 200_001]]), 413)])
def test_a_draft_that_cannot_be_kept_is_refused(client: Client, cast: Cast, body: str, status: int) -> None:
    client.force_login(cast.fang_jing)
    assert client.post("/drafts/reception/", body, content_type="application/json").status_code == status


@HERE
def test_a_form_that_was_taken_takes_its_draft_along_and_another_does_not(client: Client, cast: Cast) -> None:
    client.force_login(cast.fang_jing)
    client.post("/drafts/case:1:note/", json.dumps([["words", "x"]]), content_type="application/json")
    client.post("/taken/", {"_draft": "case:1:note"})
    assert Draft.objects.count() == 1
    answer = client.post("/taken/", {"_draft": "case:1:note", "words": "x"})
    assert answer.cookies["kesu_sent"].value == "case:1:note" and not Draft.objects.exists()


@HERE
def test_a_session_that_ended_in_mid_form_does_not_lose_the_draft(client: Client, cast: Cast) -> None:
    answer = client.post("/me/", {"_draft": "me", "which": "reach"})
    assert answer["Location"].startswith("/login/") and "kesu_sent" not in answer.cookies


# what did not happen


@HERE
@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("refused", 409, "现在不能派单"),
        ("full", 507, "磁盘满了"),
        ("no_space", 507, "您写的还在这个页面上"),
        ("locked", 503, "数据库正忙"),
        ("bug", 500, "这是程序的错"),
        ("nothing", 404, "没有这个页面，或您无权查看"),
    ],
)
@pytest.mark.parametrize("signed_in", [True, False])
def test_a_trouble_is_told_in_plain_words(client: Client, cast: Cast, kind: str, status: int, words: str, signed_in: bool) -> None:
    client.raise_request_exception = False
    if signed_in:
        client.force_login(cast.fang_jing)
    answer = client.post(f"/trouble/{kind}/")
    text = answer.content.decode()
    assert answer.status_code == status and words in text and "secret detail" not in text and "Traceback" not in text
    assert kind != "locked" or answer["Retry-After"] == "5"
    english = client.post(f"/trouble/{kind}/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert words not in english


@HERE
def test_a_program_gets_its_refusal_as_json(client: Client, cast: Cast) -> None:
    answer = client.post("/trouble/refused/", HTTP_ACCEPT="application/json")
    assert answer.status_code == 409 and answer.json() == {"code": "wrong_step", "reason": "现在不能派单"}


def test_no_page_and_no_right_read_the_same(client: Client, cast: Cast) -> None:
    client.force_login(cast.fang_jing)
    texts = [client.get(page).content.decode().replace(page, "") for page in ("/no/such/page/", "/setup/")]
    tails = [text[text.index('<main id="main"') : text.index("</main>")] for text in texts]
    assert tails[0] == tails[1]


def test_a_form_without_its_token_is_explained(cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/login/", {"login": "fangjing", "password": "x"})
    assert answer.status_code == 403 and "这个页面放得太久" in answer.content.decode()


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000)
def test_too_much_text_is_refused_in_words(client: Client, cast: Cast) -> None:
    client.force_login(cast.fang_jing)
    answer = client.post("/me/", {"which": "reach", "phone": "1" * 2000})
    assert answer.status_code == 413 and "您写的还在这个页面上" in answer.content.decode()
