"""My work through its page: what is owed by what falls due first, filters, refreshing, routine duties, strangers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast

from kesu.company.models import Person
from kesu.company.rights import rights_of
from kesu.complaints import actions
from kesu.complaints.models import Case, Clock, Draft, RoutineDuty
from kesu.complaints.queries import work as queries
from kesu.complaints.queries.work import Cursor, Filters
from kesu.complaints.routines import start_due
from kesu.insights.figures import running_clocks

ZONE = ZoneInfo("Asia/Shanghai")
Sit = Callable[[Person], Client]


class Now:
    """The time that the pages see."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def to(self, **later: float) -> datetime:
        self.at += timedelta(**later)
        return self.at


@pytest.fixture
def now(at: datetime, monkeypatch: pytest.MonkeyPatch) -> Now:
    found = Now(at)
    monkeypatch.setattr("kesu.config.now._offset", lambda: found.at.astimezone(UTC) - datetime.now(UTC) + timedelta(milliseconds=500))
    return found


@pytest.fixture
def sit() -> Sit:
    def as_person(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return as_person


def owed(client: Client, url: str = "/") -> list[tuple[str, str, str, str]]:
    """(section, number or title, duty, button) of every row, as the page shows them."""
    page = client.get(url)
    assert page.status_code == 200, page
    html, found = page.content.decode(), []
    for section, body in re.findall(r'<h2 id="g-(\w+)">.*?</header>(.*?)</section>', html, re.S):
        for row in re.findall(r'<li class="owed".*?</li>', body, re.S):
            number = re.search(r'class="no">([^<]+)<', row)
            title = re.search(r"<strong>(.*?)</strong>", row)
            duty = re.search(r'class="duty"><b>(.*?)</b>', row)
            button = re.search(r'class="btn[^>]*>(.*?)</', row)
            assert title and duty and button
            found.append((section, number[1] if number else title[1], duty[1], button[1]))
    return found


def test_reception_owes_the_dispatch_and_what_falls_due_first_stands_first(cast: Cast, now: Now, sit: Sit) -> None:
    older = cast.complaint(at=now.at)
    newer = cast.complaint(at=now.to(minutes=3), items=[("路灯不亮", "")])
    rows = owed(sit(cast.fang_jing))
    assert [row[1] for row in rows if row[2] == "派单"] == [older.number, newer.number]
    assert {row[0] for row in rows} == {"today"}
    now.to(minutes=8)
    assert [row[0] for row in owed(sit(cast.fang_jing)) if row[2] == "派单"] == ["late", "today"]


def test_a_grade_that_nobody_has_said_is_not_shown_as_one(cast: Cast, now: Now, sit: Sit) -> None:
    case = cast.filed_by_customer(at=now.at)
    lin = sit(cast.lin_xiao)
    for url in ("/", "/board/list/", f"/search/?q={case.number}"):
        page = lin.get(url).content.decode()
        assert "待定级" in page and "轻微</span>" not in page, url
    actions.judge(cast.lin_xiao, case.pk, nature="valid", facts={}, at=now.to(minutes=3))
    assert "轻微</span>" in lin.get("/").content.decode()


def test_danger_is_marked_by_a_word(cast: Cast, now: Now, sit: Sit) -> None:
    for facts, word in (({}, ""), ({"U5": True}, "紧急"), ({"U5": True, "U1": True}, "特急")):
        cast.complaint(at=now.at, facts=facts)
        page = sit(cast.fang_jing).get("/").content.decode()
        assert ("特急</span>" in page, "紧急</span>" in page) == (word == "特急", word in ("紧急", "特急"))


def test_the_department_head_signs_by_one_press(cast: Cast, now: Now, sit: Sit) -> None:
    case = cast.judged(cast.complaint(at=now.at), at=now.to(minutes=2))
    client = sit(cast.zhou_hai)
    assert ("today", case.number, "签收", "签收") in owed(client)
    form = re.search(r'<form method="post" action="(/cases/[^"]+/sign/)"', client.get("/").content.decode())
    assert form
    assert client.post(form[1]).status_code == 302
    assert Case.objects.get(pk=case.pk).handler == cast.zhou_hai
    assert not [row for row in owed(client) if row[2] == "签收"]


def test_the_button_leads_to_the_act_that_is_possible_now(cast: Cast, now: Now, sit: Sit) -> None:
    case = cast.judged(cast.complaint(at=now.at), at=now.to(minutes=2))
    actions.sign(cast.zhou_hai, case.pk, at=now.to(minutes=2))
    actions.find_cause(cast.zhou_hai, case.pk, cause=cast.pack.causes[0].id, words="呼叫器没电", findings={}, at=now.to(minutes=2))
    client = sit(cast.zhou_hai)
    assert Case.objects.get(pk=case.pk).step == "answer"
    [row] = [row for row in owed(client) if row[1] == case.number and row[2].startswith("办完")]
    assert row[3] == "拟方案"
    assert f'href="/cases/{case.number}/propose/"' in client.get("/").content.decode()


def test_what_one_department_owes_is_not_anothers(cast: Cast, now: Now, sit: Sit) -> None:
    case = cast.judged(cast.complaint(at=now.at), at=now.to(minutes=2))
    assert case.number not in str(owed(sit(cast.chen_li)))
    assert case.number not in str(owed(sit(cast.zheng_chuan)))
    assert case.number not in str(owed(sit(cast.wu_tong)))
    page = sit(cast.bai_shi).get("/").content.decode()
    assert case.number not in page and "没有欠的" in page


def test_the_list_agrees_with_the_case_page_about_who_owes(cast: Cast, now: Now) -> None:
    from kesu.complaints.queries.case_page import open_page

    cases = [cast.complaint(at=now.at) for _ in range(3)]
    cast.judged(cases[1], at=now.to(minutes=1))
    cast.judged(cases[2], at=now.at, facts={"company_fault": True})
    actions.sign(cast.zhou_hai, cases[2].pk, at=now.to(minutes=1))
    for person in (cast.fang_jing, cast.lin_xiao, cast.zhou_hai, cast.chen_li, cast.he_wei, cast.su_min, cast.shen_yue, cast.luo_qing):
        listed = {clock.pk for clock in queries.owed(person, now.at)[0]}
        for case in cases:
            try:
                situation = open_page(person, case.number, now.at, "zh-hans").situation
            except Case.DoesNotExist:
                continue
            mine = {clock.pk for clock in situation.running() if situation.owes(clock) and not clock.waits_for}
            assert listed & {clock.pk for clock in situation.clocks} == mine, (person.name, case.number)


def test_filters_are_links_that_survive_reload_and_are_remembered(cast: Cast, now: Now, sit: Sit) -> None:
    cast.complaint(at=now.at)
    client = sit(cast.lin_xiao)
    everything = owed(client, "/?show=all")
    chosen = owed(client, "/?step=judge")
    assert {row[2] for row in chosen} == {"定性质和等级"} and len(chosen) < len(everything)
    again = client.get("/")
    assert (again.status_code, again["Location"]) == (302, "/?step=judge")
    elsewhere = sit(cast.lin_xiao)
    assert elsewhere.get("/")["Location"] == "/?step=judge"
    owed(client, "/?show=all")
    assert owed(client) == everything
    assert not Draft.objects.filter(person=cast.lin_xiao).exists()


def test_grave_nobody_and_mine_narrow_the_list(cast: Cast, now: Now, sit: Sit) -> None:
    light = cast.complaint(at=now.at)
    grave = cast.judged(cast.complaint(at=now.at), at=now.at, facts={"company_fault": True, "U2": True})
    head = sit(cast.zhou_hai)
    cast.judged(light, at=now.at)
    assert {row[1] for row in owed(head, "/?only=grave")} == {grave.number}
    actions.sign(cast.zhou_hai, grave.pk, at=now.to(minutes=1))
    assert {row[1] for row in owed(head, "/?only=mine")} == {grave.number}
    assert {row[1] for row in owed(head, "/?only=nobody")} == {light.number}
    assert owed(head, "/?only=nobody&step=sign") and not owed(head, "/?only=mine&step=sign")
    assert "这里没有欠的" in head.get("/?only=mine&step=sign").content.decode()


ODD = ["step=;drop", "only=boss", "after=1.2", "after=0.99999999999999999999.1", "after=0.1.ß", "step=judge&only="]


@pytest.mark.parametrize("query", ODD)
def test_addresses_that_no_page_gave_out_do_no_harm(cast: Cast, now: Now, sit: Sit, query: str) -> None:
    cast.complaint(at=now.at)
    assert sit(cast.lin_xiao).get(f"/?{query}").status_code == 200


def test_a_paused_clock_stands_last_and_is_not_late(cast: Cast, now: Now, sit: Sit) -> None:
    case = cast.judged(cast.complaint(at=now.at), at=now.at)
    actions.sign(cast.zhou_hai, case.pk, at=now.to(minutes=1))
    reason = next(reason for reason in cast.pack.pauses)
    actions.pause(cast.zhou_hai, case.pk, reason=reason.id, evidence="住户短信", at=now.to(minutes=1))
    now.to(days=4)
    standing_still = Clock.objects.filter(case=case, state="paused")
    assert standing_still.exists()
    page = sit(cast.zhou_hai).get("/").content.decode()
    later = page.partition('id="g-later"')[2]
    assert later.count('data-time="paused"') == standing_still.count()
    assert "已停走，不算超时" in later and "g-late" not in page.partition('id="g-later"')[0].partition(case.number)[2]


def test_fifty_rows_a_page_and_every_row_once(cast: Cast, now: Now, sit: Sit) -> None:
    for n in range(queries.PAGE + 5):
        cast.complaint(at=now.at + timedelta(seconds=n // 10), phone="", home="")
    client, seen, url = sit(cast.fang_jing), [], "/"
    total = Clock.objects.filter(person=cast.fang_jing, state="running").count()
    while url:
        page = client.get(url).content.decode()
        rows = re.findall(r'id="r-c(\d+)"', page)
        assert len(rows) <= queries.PAGE
        seen += rows
        following = re.search(r'href="([^"]+)" rel="next"', page)
        url = following[1].replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == total > queries.PAGE


def test_the_cursor_reads_what_it_wrote(at: datetime) -> None:
    cursor = Cursor(1, at + timedelta(microseconds=7), 12)
    assert Cursor.read(str(cursor)) == cursor


def test_waiting_for_others_shows_what_the_receiver_waits_for(cast: Cast, now: Now, sit: Sit) -> None:
    cast.judged(cast.complaint(at=now.at), at=now.at)
    page = sit(cast.fang_jing).get("/").content.decode()
    assert "工程部 签收" in page.partition("等别人")[2]
    now.to(minutes=30)
    assert re.search(r'data-time="late"><a [^>]+>工程部 签收</a><b>已超 20 分钟', sit(cast.fang_jing).get("/").content.decode())


def test_the_list_asks_again_cheaply_and_redraws_when_something_happened(cast: Cast, now: Now, sit: Sit) -> None:
    case = cast.complaint(at=now.at)
    client = sit(cast.lin_xiao)
    seen = re.search(r'data-seen="([^"]+)"', client.get("/").content.decode())
    assert seen
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/work/rows/", {"seen": seen[1]}).status_code == 204
    assert len(asked) <= 9  # one for each thing that may be owed
    actions.note(cast.lin_xiao, case.pk, words="记一笔", at=now.at)
    changed = client.get("/work/rows/", {"seen": seen[1]})
    assert changed.status_code == 200 and changed.content.decode().lstrip().startswith('<div class="page" id="work"')


def test_the_list_redraws_when_a_clock_falls_late(cast: Cast, now: Now, sit: Sit) -> None:
    cast.complaint(at=now.at)
    at, before = now.at, queries.stamp(cast.fang_jing, now.at)
    assert queries.stamp(cast.fang_jing, at + timedelta(minutes=9)) == before
    assert queries.stamp(cast.fang_jing, at + timedelta(minutes=10)) != before
    assert queries.counts(cast.fang_jing, at).stamp == before


def test_asking_again_signed_out_stops(cast: Cast) -> None:
    assert Client().get("/work/rows/").status_code == 286
    assert Client().get("/")["Location"].startswith("/login/")


def test_queries_do_not_grow_with_cases(cast: Cast, now: Now, sit: Sit) -> None:
    client = sit(cast.lin_xiao)

    def cost() -> int:
        client.get("/?show=all")
        with CaptureQueriesContext(connection) as asked:
            client.get("/?show=all")
        return len(asked)

    cast.judged(cast.complaint(at=now.at), at=now.at)
    few = cost()
    for _ in range(15):
        cast.judged(cast.complaint(at=now.at, phone="", home=""), at=now.at)
    assert cost() == few <= 19


def test_a_routine_duty_is_done_in_words(cast: Cast, now: Now, sit: Sit) -> None:
    now.at = datetime(2026, 11, 28, 10, tzinfo=ZONE)
    start_due(now.at)
    client = sit(cast.lin_xiao)
    [statistics] = [row for row in owed(client) if row[2] == "例行" and row[1] == "月度投诉统计分析"]
    assert statistics[0] == "later" and statistics[3] == "写结果"
    duty = RoutineDuty.objects.get(site=cast.site, routine="monthly_statistics")
    assert "统计并分析本月投诉" in client.get(f"/work/duties/{duty.pk}/").content.decode()
    refused = client.post(f"/work/duties/{duty.pk}/", {"words": "   "})
    assert refused.status_code == 422 and "写下做了什么" in refused.content.decode()
    long = client.post(f"/work/duties/{duty.pk}/", {"words": "长" * 401})
    assert long.status_code == 422 and "长" * 401 in long.content.decode()
    assert client.post(f"/work/duties/{duty.pk}/", {"words": "11 月 12 件"}).status_code == 302
    duty.refresh_from_db()
    assert (duty.words, duty.done_by) == ("11 月 12 件", cast.lin_xiao)
    again = client.post(f"/work/duties/{duty.pk}/", {"words": "又做了"})
    assert again.status_code == 422 and "已经办完" in again.content.decode()


def test_a_strangers_duty_does_not_exist(cast: Cast, now: Now, sit: Sit) -> None:
    now.at = datetime(2026, 11, 28, 10, tzinfo=ZONE)
    start_due(now.at)
    duty = RoutineDuty.objects.get(site=cast.site, routine="monthly_statistics")
    for person in (cast.bai_shi, cast.wu_tong, cast.zhou_hai):
        assert sit(person).get(f"/work/duties/{duty.pk}/").status_code == 404
        assert sit(person).post(f"/work/duties/{duty.pk}/", {"words": "做了"}).status_code == 404
    duty.refresh_from_db()
    assert duty.done_at is None


def test_counts_are_those_of_the_rows(cast: Cast, now: Now) -> None:
    for n in range(4):
        case = cast.complaint(at=now.at)
        if n % 2:
            cast.judged(case, at=now.at, facts={"company_fault": True})
    for person in (cast.fang_jing, cast.lin_xiao, cast.zhou_hai, cast.su_min):
        counts = queries.counts(person, now.at)
        for filters in (Filters(), *map(Filters, counts.groups()), Filters("", "grave"), Filters("", "nobody"), Filters("", "mine")):
            assert counts.of(filters) == len(queries.owed(person, now.at, filters)[0]), (person.name, filters)


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL reads a small table whole whatever its indexes")
def test_sqlite_reads_along_the_partial_indexes(cast: Cast, now: Now) -> None:
    for person, index in ((cast.lin_xiao, "clock_of_role"), (cast.zhou_hai, "clock_of_department")):
        plan = queries.owed_by(rights_of(person, now.at), now.at).explain()
        assert "clock_of_person" in plan and index in plan and "SCAN complaints_clock" not in plan, plan
    plan = running_clocks(rights_of(cast.shen_yue, now.at)).explain()
    assert "clock_owed" in plan and "SCAN" not in plan, plan
