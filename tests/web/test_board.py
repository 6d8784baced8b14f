"""The board through its pages: figures, the lists behind them, urging, and that nobody counts what they may not see."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.cast import Cast

from kesu.company.models import Person
from kesu.company.rights import rights_of
from kesu.complaints import actions
from kesu.complaints.models import Case, Clock, JournalEntry, Notice
from kesu.complaints.ringing import ring_due
from kesu.insights import behind
from kesu.insights.actions.counting import count_due
from kesu.insights.behind import After, Wanted, cases_behind
from kesu.insights.figures import LATE, NEAR, Load, figures

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


@pytest.fixture
def busy(cast: Cast, now: Now) -> list[Case]:
    """Five cases at two sites, at different steps, of different grades; ten minutes later some are late."""
    told = [cast.complaint(at=now.at, phone="", home="") for _ in range(4)]
    told.append(cast.complaint(by=cast.wu_tong, at=now.at, site_id=cast.other_site.pk, phone="", home=""))
    cast.judged(told[1], at=now.to(minutes=1))
    cast.judged(told[2], at=now.at, facts={"company_fault": True})
    cast.judged(told[3], at=now.at, facts={"company_fault": True, "U2": True}, lead="security")
    actions.sign(cast.zhou_hai, told[2].pk, at=now.to(minutes=1))
    now.to(minutes=10)
    ring_due(now.at)
    return told


def seen(cast: Cast, person: Person, at: datetime, **wanted: object) -> list[str]:
    return [row.case.number for row in cases_behind(rights_of(person, at), at, Wanted(**wanted))[0]]  # type: ignore[arg-type]


def test_every_figure_is_the_length_of_its_list(cast: Cast, now: Now, busy: list[Case]) -> None:
    for person in (cast.shen_yue, cast.he_wei, cast.lin_xiao, cast.zhou_hai, cast.chen_li, cast.luo_qing):
        counted = figures(rights_of(person, now.at), now.at)
        for wanted, n in (({}, counted.total.open), ({"late": LATE}, counted.total.late), ({"late": NEAR}, counted.total.near)):
            assert len(seen(cast, person, now.at, **wanted)) == n, (person.name, wanted)
        for (step, grade), load in counted.cells.items():
            assert len(seen(cast, person, now.at, step=step, grade=grade)) == load.open
            assert len(seen(cast, person, now.at, step=step, grade=grade, late=LATE)) == load.late
        for site, load in counted.sites.items():
            assert len(seen(cast, person, now.at, site=site, late=LATE)) == load.late
        assert len(seen(cast, person, now.at, received="today")) == counted.received_today


def test_no_figure_counts_what_the_reader_cannot_see(cast: Cast, now: Now, busy: list[Case]) -> None:
    def of(person: Person) -> Load:
        return figures(rights_of(person, now.at), now.at).total

    count_due(now.at)
    assert (of(cast.shen_yue).open, of(cast.he_wei).open, of(cast.zhou_hai).open, of(cast.chen_li).open) == (5, 4, 2, 1)
    assert set(seen(cast, cast.zhou_hai, now.at)) == {busy[1].number, busy[2].number}
    assert set(seen(cast, cast.zheng_chuan, now.at)) == set()
    assert of(cast.bai_shi) == Load()
    head = figures(rights_of(cast.zhou_hai, now.at), now.at)
    assert set(head.sites) <= {cast.site.pk} and head.received_today == 2
    of_engineering = Clock.objects.filter(case__in=[busy[1], busy[2]], waits_for="")
    fell_due = of_engineering.filter(state__in=["done", "running"], due_at__lte=now.at).count()
    assert head.total.ended == fell_due < of(cast.shen_yue).ended


def test_one_site_counts_only_its_own(cast: Cast, now: Now, busy: list[Case], sit: Sit) -> None:
    counted = figures(rights_of(cast.shen_yue, now.at), now.at, cast.other_site.pk)
    assert (counted.total.open, counted.received_today, set(counted.sites)) == (1, 1, {cast.other_site.pk})
    page = sit(cast.shen_yue).get(f"/board/?site={cast.other_site.pk}").content.decode()
    assert busy[4].number in page and busy[0].number not in page
    assert sit(cast.he_wei).get(f"/board/?site={cast.other_site.pk}").status_code == 404
    assert sit(cast.shen_yue).get("/board/?site=999999").status_code == 404
    assert sit(cast.shen_yue).get("/board/?site=abc").status_code == 404


def test_late_and_nearly_late(cast: Cast, now: Now) -> None:
    rights = rights_of(cast.shen_yue, now.at)
    cast.complaint(at=now.at, channel="hotline")
    begun = now.at

    def total() -> tuple[int, int]:
        load = figures(rights, now.at).total
        return load.late, load.near

    assert total() == (0, 0)
    now.at = begun + timedelta(minutes=5)  # the dispatch's warning: 50 % of ten minutes; no worker has rung it yet
    assert total() == (0, 1)
    ring_due(now.at)
    assert total() == (0, 1)
    now.at = begun + timedelta(minutes=10)
    assert total() == (1, 0)


def test_on_time_counts_overdue_and_open_as_not_on_time(cast: Cast, now: Now, sit: Sit) -> None:
    """Of what fell due this month; what is not due yet counts on neither side. The board counts what waited to be counted."""
    case = cast.complaint(at=now.at)
    cast.judged(case, at=now.to(minutes=3))
    now.to(minutes=40)  # judging and sending out were due by now and done; signing is overdue
    clocks = Clock.objects.filter(due_at__lte=now.at, waits_for="").exclude(state="void")
    done, overdue = clocks.filter(state="done").count(), clocks.filter(state="running").count()
    page = sit(cast.shen_yue).get("/board/").content.decode()
    load = figures(rights_of(cast.shen_yue, now.at), now.at).total
    assert done and overdue and (load.ended, load.in_time) == (done + overdue, done)
    assert load.share is not None and load.share < 100 and f"{load.share:g}%" in page


def test_a_paused_case_is_not_late(cast: Cast, now: Now) -> None:
    case = cast.judged(cast.complaint(at=now.at), at=now.at)
    actions.sign(cast.zhou_hai, case.pk, at=now.to(minutes=1))
    actions.pause(cast.zhou_hai, case.pk, reason=cast.pack.pauses[0].id, evidence="短信", at=now.to(minutes=1))
    Clock.objects.filter(case=case, state="running").update(state="paused", paused_at=now.at)
    now.to(days=30)
    assert figures(rights_of(cast.shen_yue, now.at), now.at).total.late == 0


def test_the_page_shows_figures_matrix_and_the_most_urgent(cast: Cast, now: Now, busy: list[Case], sit: Sit) -> None:
    page = unescape(sit(cast.shen_yue).get("/board/").content.decode())
    late = figures(rights_of(cast.shen_yue, now.at), now.at).total.late
    assert late and re.search(rf'data-time="late"><dt>已超时</dt><dd><a href="/board/list/\?late=late">{late}</a>', page)
    matrix = page.partition("卡在哪一步")[2].partition("</table>")[0]
    assert re.findall(r'<th scope="row">(.*?)</th>', matrix) == ["定级", "签收", "调查"]
    urgent = page.partition("最急的")[2].partition("</ol>")[0]
    assert len(re.findall(r'class="clock" data-time="(?:late|warn)"', urgent)) == len(set(re.findall(r"/cases/([^/]+)/", urgent))) > 3
    assert "超时没办的算不按时" in page and "怎么算" in page
    assert not re.search(r"\sstyle=", page)


def test_every_link_of_the_board_leads_to_a_page(cast: Cast, now: Now, busy: list[Case], sit: Sit) -> None:
    client = sit(cast.shen_yue)
    links = set(re.findall(r'href="((?:/board/)?(?:list/)?\?[^"]+|/board/list/[^"]*)"', client.get("/board/").content.decode()))
    assert len(links) > 10
    for link in links:
        url = unescape(link)
        assert client.get(url if url.startswith("/") else f"/board/{url}").status_code == 200, url


def test_urging_from_the_board_is_on_record_and_told(cast: Cast, now: Now, busy: list[Case], sit: Sit) -> None:
    client = sit(cast.he_wei)
    page = client.get("/board/").content.decode()
    forms = re.findall(r'action="(/board/urge/(\d+)/)"', page)
    url, clock = next((url, Clock.objects.get(pk=pk)) for url, pk in forms if Clock.objects.get(pk=pk).obligation == "sign")
    assert client.post(url, {"next": "/board/?site="}).status_code == 302
    entry = JournalEntry.objects.get(case=clock.case, act="urge")
    assert entry.person == cast.he_wei
    heads = {cast.zhou_hai.pk, cast.chen_li.pk}
    assert Notice.objects.filter(kind="urge", person__in=heads, case=clock.case).exists()


def test_urging_what_is_no_longer_owed_says_so(cast: Cast, now: Now, busy: list[Case], sit: Sit) -> None:
    clock = Clock.objects.get(case=busy[1], obligation="sign")
    actions.sign(cast.zhou_hai, busy[1].pk, at=now.at)
    answer = sit(cast.he_wei).post(f"/board/urge/{clock.pk}/", {"next": "https://else.where/"}, follow=True)
    assert answer.redirect_chain == [("/board/", 302)]
    assert "已经不欠" in answer.content.decode()
    assert not JournalEntry.objects.filter(act="urge").exists()


def test_strangers_and_those_without_the_board_learn_nothing(cast: Cast, now: Now, busy: list[Case], sit: Sit) -> None:
    clock = Clock.objects.filter(case=busy[1], state="running").first()
    assert clock
    for person in (cast.fang_jing, cast.ma_qiang, cast.bai_shi):
        client = sit(person)
        assert client.get("/board/").status_code == 404
        assert client.get("/board/list/").status_code == 404
        assert client.post(f"/board/urge/{clock.pk}/").status_code == 404
    other = Clock.objects.filter(case=busy[4], state="running").first()
    assert other and sit(cast.zhou_hai).post(f"/board/urge/{other.pk}/").status_code == 404
    assert not JournalEntry.objects.filter(act="urge").exists()
    assert Client().get("/board/")["Location"].startswith("/login/")


@pytest.mark.usefixtures("busy")
def test_the_list_is_paged_and_shows_each_case_once(cast: Cast, now: Now, sit: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(behind, "PAGE", 2)
    for query in ("", "?late=late"):
        client, found, url = sit(cast.shen_yue), [], f"/board/list/{query}"
        while url:
            page = client.get(url).content.decode()
            found += re.findall(r'class="no">([^<]+)<', page)
            following = re.search(r'href="([^"]+)" rel="next"', page)
            url = "/board/list/" + unescape(following[1]) if following else ""
        assert len(found) == len(set(found)) == len(seen_all(cast, now, query))


def seen_all(cast: Cast, now: Now, query: str) -> set[str]:
    rights = rights_of(cast.shen_yue, now.at)
    rows, after, found = [None], None, set()
    while rows:
        rows, after = cases_behind(rights, now.at, Wanted(late=query.removeprefix("?late=")), after)  # type: ignore[assignment]
        found |= {row.case.number for row in rows}  # type: ignore[attr-defined]
        if after is None:
            break
    return found


ODD = ["step=x", "grade=%27", "after=1.x", "after=99999999999999999999.1", "person=-1", "department=٣", "late=soon", "role=a b"]


@pytest.mark.parametrize("query", ODD)
def test_addresses_that_no_page_gave_out_do_no_harm(cast: Cast, now: Now, busy: list[Case], sit: Sit, query: str) -> None:
    assert sit(cast.shen_yue).get(f"/board/list/?{query}").status_code == 200


def test_the_cursor_reads_what_it_wrote(at: datetime) -> None:
    assert After.read(str(After(at, 7))) == After(at, 7)
    assert After.read(str(After(behind.FAR, 7))) == After(behind.FAR, 7)


def test_who_is_waited_for(cast: Cast, now: Now, busy: list[Case], sit: Sit) -> None:
    page = unescape(sit(cast.he_wei).get("/board/").content.decode())
    awaited = page.partition("在等谁")[2].partition("</table>")[0]
    assert "周海" in awaited and "部门负责人（没人接）" in awaited
    for url, n in re.findall(r'<a href="([^"]+)">[^<]*</a>.*?data-label="在办">(\d+)<', awaited, re.S):
        rows = re.findall(r'class="no">', sit(cast.he_wei).get(url).content.decode())
        assert len(rows) == int(n), url


def test_few_queries_however_many_cases(cast: Cast, now: Now, busy: list[Case], sit: Sit) -> None:
    client = sit(cast.shen_yue)

    def cost(url: str) -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        return len(asked)

    few = cost("/board/"), cost("/board/list/")
    for _ in range(10):
        cast.judged(cast.complaint(at=now.at, phone="", home=""), at=now.at)
    assert (cost("/board/"), cost("/board/list/")) == few
    assert few[0] <= 12 and few[1] <= 8


def test_a_merged_complaint_counts_as_received_once(cast: Cast, now: Now) -> None:
    rights = rights_of(cast.he_wei, now.at)
    before = figures(rights, now.at).received_today
    first, second = (cast.complaint(at=now.at) for _ in range(2))
    assert figures(rights, now.at).received_today == before + 2
    actions.merge(cast.lin_xiao, second.pk, into=first.number, reason="打了两次", channel="hotline", words="一起办", at=now.at)
    assert figures(rights, now.at).received_today == before + 1
