"""Figures on pages: who sees what, the cases behind a number, files with real numbers, what is entered, the wall-board without people."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import date, datetime
from html import unescape
from io import BytesIO, StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from tests.cast import Cast
from tests.complaints.story import days, hours, minutes, walk
from tests.web.case_hands import Clock, clock

from kesu.company.models import Person
from kesu.complaints import actions
from kesu.complaints.models import Case
from kesu.insights import duties
from kesu.insights.models import Exposure, Mark, Wall
from kesu.insights.queries.cases_of import COUNTED
from kesu.insights.tables.breakdown import DIMENSIONS
from kesu.web.figures.looking import OVERVIEW, VIEWS

__all__ = ["clock"]
pytestmark = pytest.mark.django_db
Sit = Callable[[Person], Client]
NOVEMBER = "?period=2026-11"


@pytest.fixture(autouse=True)
def new_versions() -> None:
    duties.forget()


@pytest.fixture
def sit() -> Sit:
    def as_person(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return as_person


@pytest.fixture
def month(cast: Cast, at: datetime, clock: Clock) -> list[Case]:
    """Two at 榕砚里 (one settled, one overdue), one at 听橘苑; looked at three days later."""
    one = cast.judged(cast.complaint(at=at), at=at)
    walk(cast, one, "done", at + minutes(2))
    two = cast.judged(cast.complaint(at=at, phone="13900009001", home="7栋1单元101", name="乔先生"), at=at)
    three = cast.complaint(by=cast.wu_tong, at=at, site_id=cast.other_site.pk, home="1栋1单元101", phone="13900009002")
    clock.to(days=3)
    return [one, two, three]


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return unescape(answer.content.decode())


def test_every_view_opens_in_both_languages_and_explains_itself(cast: Cast, month: list[Case], sit: Sit) -> None:
    client = sit(cast.luo_qing)
    for id in VIEWS:
        address = reverse("figures") if id == OVERVIEW else reverse("figures_view", args=[id])
        for period in ("2026-11", "2026", "2026-11-01..2026-11-23", "2019-02", "nonsense"):
            assert 'style="' not in page(client, f"{address}?period={period}")
    overview = page(client, reverse("figures") + NOVEMBER)
    assert "到期还没做完的算没按时" in overview or "到期还没做完" in overview  # the definition stands beside the figure
    assert "没填在管户" in overview and "分母" in overview
    client.post(reverse("language"), {"language": "en", "next": "/"})
    assert "Handling on time" in page(client, reverse("figures") + NOVEMBER)
    assert client.get("/figures/nothing/").status_code == 404


def test_the_overview_begins_with_big_numbers_and_says_what_is_ordinary(cast: Cast, month: list[Case], sit: Sit, clock: Clock) -> None:
    """Today in four numbers; the period beside the one before and last year's, and nothing is called higher that chance may bring."""
    for n in range(40):
        cast.complaint(at=clock.at - days(34), phone=f"139000081{n:02}", home=f"6栋1单元1{n:02}")
    while Mark.objects.exists():
        page(sit(cast.luo_qing), reverse("figures"))
    today, glance = page(sit(cast.luo_qing), reverse("figures") + NOVEMBER).split('<dl class="tiles">')[1:3]
    head = [re.sub(r"<[^>]+>", " ", tile).split() for tile in today.split("</div>")[:4]]
    assert [words[0] for words in head] == ["今天受理", "今天结案", "在办", "有时限超时没办"] and head[2][1] == "42"
    tiles = {words[0]: words[1:] for tile in glance.split("</div>")[:6] if (words := re.sub(r"<[^>]+>", " ", tile).split())}
    assert tiles["受理"] == ["3", "上期", "40", "低了", "去年同期", "没有"]  # against as many days of October; last year nobody kept record
    assert tiles["满意率"][1:] == ["上期", "没有", "去年同期", "没有"] and "没有这样的单" in glance
    assert "以后还会变" in page(sit(cast.luo_qing), reverse("figures") + NOVEMBER)
    assert "以后还会变" not in page(sit(cast.luo_qing), reverse("figures") + "?period=2026-10")


def test_a_number_leads_to_its_cases_and_no_further(cast: Cast, month: list[Case], sit: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two, three = month
    address = f"{reverse('figures_cases')}?kpi=received&period=2026-11"
    assert all(case.number in page(sit(cast.luo_qing), address) for case in month)
    site = page(sit(cast.he_wei), address)
    assert one.number in site and two.number in site and three.number not in site
    rest = page(sit(cast.luo_qing), f"{reverse('figures_cases')}?kpi=handle_in_time&side=rest&period=2026-11&site={cast.site.pk}")
    assert two.number in rest or "没有这样的投诉单" in rest
    monkeypatch.setitem(COUNTED, "cases", 2)
    assert "超过 2 件" in page(sit(cast.luo_qing), address) and "共 2 件" in page(sit(cast.he_wei), address)
    for wrong in (
        "kpi=nothing",
        "kpi=received&side=left",
        "kpi=received&by=title&value=x",
        "kpi=received&by=hour&value=99999999999999999999",
        "kpi=received&by=duty&value=reply",
        "",
    ):
        assert sit(cast.luo_qing).get(f"{reverse('figures_cases')}?{wrong}").status_code == 404, wrong
    assert sit(cast.he_wei).get(f"{address}&site={cast.other_site.pk}").status_code == 404


def test_whatever_an_address_asks_of_events_is_answered(cast: Cast, month: list[Case], sit: Sit) -> None:
    """Values that nothing has are lists of nothing, and odd ones break nothing."""
    desk = sit(cast.luo_qing)
    for kpi, by in (("in_time", "rule"), ("owing", "duty"), ("left", "step"), ("answers", "answer"), ("proposed", "payer")):
        for value in ("nothing", "", "a'b:good", 'x"]:bad', "__:middle", ":", "result:good:bad"):
            answer = desk.get(reverse("figures_cases"), {"kpi": kpi, "by": by, "value": value, "period": "2026-11"})
            assert answer.status_code == 200 and month[0].number not in answer.content.decode(), (kpi, by, value)
    for by in ("department", "handler", "category", "cause", "hour", "against"):
        assert desk.get(reverse("figures_cases"), {"kpi": "received", "by": by, "period": "2026-11"}).status_code in (200, 404), by
    waiting = page(desk, f"{reverse('figures_cases')}?kpi=left&by=step&value=intake&period=2026-11")
    assert "一张单有几次也只列一次" in waiting


def test_what_stands_now_and_how_long_things_took_lead_to_their_cases_too(cast: Cast, month: list[Case], sit: Sit) -> None:
    one, two, three = month
    for person, mine in ((cast.luo_qing, {two.number, three.number}), (cast.he_wei, {two.number})):
        seen = page(sit(person), reverse("figures") + NOVEMBER)
        links = dict(re.findall(r'<a href="(/figures/cases/[?]kpi=(?:open|overdue)[^"]*)">(\d+)</a>', seen))
        assert set(links.values()) == {str(len(mine))} and len(links) == 2, links
        for address in links:
            listed = page(sit(person), address)
            assert f"{len(mine)} 件" in listed and "此刻" in listed
            assert {case.number for case in month if case.number in listed} == mine
    assert re.search(r'kpi=final_clock_50[^"]*period=2026-11', page(sit(cast.luo_qing), reverse("figures") + NOVEMBER))
    closed = page(sit(cast.luo_qing), f"{reverse('figures_cases')}?kpi=final_clock_50&period=2026-11")
    assert one.number in closed and two.number not in closed and "本期结案的　共 1 件" in closed


def test_what_was_sent_to_nobody_yet_leads_to_just_that(cast: Cast, month: list[Case], sit: Sit) -> None:
    """The third case waits for being sent out: its row among the departments is a list of one, in every column."""
    seen = page(sit(cast.luo_qing), reverse("figures_view", args=["by-department"]) + NOVEMBER)
    row = next(row for row in seen.split("<tr>")[1:] if "还没派" in row)
    links = re.findall(r'<a href="(/figures/cases/[^"]+)">([^<]+)</a>', row)
    assert links and links[0][1] == "1"
    for address, _ in links:
        listed = page(sit(cast.luo_qing), address)
        assert "还没派" in listed and month[0].number not in listed and month[1].number not in listed, address
    assert month[2].number in page(sit(cast.luo_qing), links[0][0])
    for wrong in ("x", "-1"):
        assert sit(cast.luo_qing).get(f"{reverse('figures_cases')}?kpi=received&by=department&value={wrong}").status_code == 404


def test_a_period_that_is_none_is_said_to_be_none(cast: Cast, month: list[Case], sit: Sit) -> None:
    """A page shows this month and says so; a file or a list of other days than were asked for is not given at all."""
    client = sit(cast.luo_qing)
    for wrong in ("2026-13", "2027-02-29", "2026-10-20..2026-10-05", "10 月"):
        assert f"没有“{wrong}”这段时间，下面是 2026-11 的。" in page(client, f"{reverse('figures')}?period={wrong}")
        assert client.get(f"{reverse('figures_cases')}?kpi=received&period={wrong}").status_code == 404
        assert client.get(reverse("figures_export", args=["by-site", "by-site", "csv"]) + f"?period={wrong}").status_code == 404
    assert "这段时间，下面是" not in page(client, reverse("figures")) + page(client, reverse("figures") + "?period=2024-02-29")


def test_who_may_see_which_figures(cast: Cast, month: list[Case], sit: Sit) -> None:
    """People are compared only for those who make reports; a head of department sees what the department leads."""
    head = page(sit(cast.zhou_hai), reverse("figures") + NOVEMBER)
    assert "只统计榕砚里 工程部" in head
    for view in ("by-handler", "by-against"):
        assert sit(cast.zhou_hai).get(reverse("figures_view", args=[view])).status_code == 404
        assert sit(cast.he_wei).get(reverse("figures_view", args=[view])).status_code == 200
    assert sit(cast.fang_jing).get(reverse("figures")).status_code == 404  # neither board nor reports
    assert sit(cast.ma_qiang).get(reverse("figures_cases") + "?kpi=received").status_code == 404
    assert "按经办人" not in page(sit(cast.zhou_hai), reverse("figures_view", args=["asked"]) + NOVEMBER)
    assert "按经办人" in page(sit(cast.he_wei), reverse("figures_view", args=["asked"]) + NOVEMBER)
    handlers = page(sit(cast.luo_qing), reverse("figures_view", args=["by-handler"]) + NOVEMBER)
    assert "按姓名列，不排先后" in handlers and "及时低于整体" not in handlers and "件数太少" not in handlers


def test_what_waits_is_counted_before_it_is_read_or_said_to_wait(cast: Cast, at: datetime, sit: Sit, clock: Clock) -> None:
    for n in range(30):
        cast.complaint(at=at, phone=f"139000080{n:02}", home=f"6栋1单元1{n:02}")
    clock.to(minutes=1)
    assert "以后的还没算进来" in page(sit(cast.shen_yue), reverse("figures"))
    assert Mark.objects.count() == 10
    assert "以后的还没算进来" not in page(sit(cast.shen_yue), reverse("figures"))


def test_tables_go_out_with_real_numbers_and_their_definitions(cast: Cast, month: list[Case], sit: Sit) -> None:
    answer = sit(cast.luo_qing).get(reverse("figures_export", args=["by-site", "by-site", "xlsx"]) + NOVEMBER)
    book = load_workbook(BytesIO(answer.content))
    sheet = book.worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    named = dict(zip(rows[0], next(row for row in rows if row[0] == "榕砚里"), strict=True))
    assert named["投诉"] == 2 and named["已结案"] == 0.5 and sheet.cell(2, 4).number_format == "0.0%"
    assert [named[f"一次解决 95% {end}"] for end in ("下限", "上限")] == [pytest.approx(0.2065, abs=1e-4), 1]  # one of one
    assert named["按时 95% 下限"] < named["按时"]
    ends = [cell for cell in sheet[2] if rows[0][cell.column - 1] == "按时 95% 上限"]
    assert ends[0].number_format == "0.0%" and named["按时"] < ends[0].value <= 1
    words = " ".join(str(cell.value) for row in book.worksheets[1].iter_rows() for cell in row)
    assert "办结率 分母" in words and "2026-11" in words
    sent = sit(cast.luo_qing).get(reverse("figures_export", args=["late", "late", "csv"]) + NOVEMBER).content.decode()
    lines = list(csv.reader(StringIO(sent.lstrip("\ufeff"))))
    assert sent.startswith("\ufeff") and lines[0][0] == "单号" and any(row and row[0] == month[1].number for row in lines)
    for wrong in (["by-site", "by-site", "pdf"], ["by-site", "nothing", "csv"], ["nothing", "by-site", "csv"]):
        assert sit(cast.luo_qing).get(reverse("figures_export", args=wrong)).status_code == 404


def test_homes_are_entered_by_hand_or_by_table(cast: Cast, month: list[Case], sit: Sit) -> None:
    client, address = sit(cast.luo_qing), reverse("figures_entered")
    assert "在管户" in page(client, address)
    name = f"n-{cast.site.pk}-2026-11"
    assert client.post(address, {name: "1,600"}).status_code == 302
    assert Exposure.objects.get(site=cast.site, month=date(2026, 11, 1)).n == 1600
    wrong = client.post(address, {name: "很多"})
    assert wrong.status_code == 422 and "要写整数" in wrong.content.decode() and "很多" in wrong.content.decode()
    table = SimpleUploadedFile("a.csv", "\ufeff项目,月份,什么,数\nTJ,2026-11,在管户,400\nRY,2026-10,homes,1600\n".encode())
    assert client.post(address, {"file": table}).status_code == 302
    assert Exposure.objects.count() == 3
    for words in (
        "TJ,2026-13,homes,4\n",
        "TJ,0026-11,homes,4\n",
        "TJ,2026-Q4,homes,4\n",
        "XX,2026-11,homes,4\n",
        "TJ,2026-11,things,4\n",
        "TJ,2026-11,homes,1\nTJ,2026-11,homes\n",
        "\xff",
    ):
        sent = words.encode("latin-1" if words == "\xff" else "utf-8")
        assert client.post(address, {"file": SimpleUploadedFile("a.csv", sent)}).status_code == 422, words
    assert Exposure.objects.get(site=cast.other_site).n == 400
    assert "每 10,000 在管户" in page(client, reverse("figures_view", args=["by-site"]) + NOVEMBER)
    assert (
        client.post(address, {name: ""}).status_code == 302
        and not Exposure.objects.filter(site=cast.site, month=date(2026, 11, 1)).exists()
    )
    assert sit(cast.he_wei).get(address).status_code == 404  # of one site only


def test_the_wall_shows_numbers_and_nobody(cast: Cast, month: list[Case], sit: Sit) -> None:
    """Big numbers, kinds of things, departments; no name, no telephone, no home, no title; gone when it is taken down."""
    client = sit(cast.shen_yue)
    assert client.post(reverse("figures_walls"), {"name": " "}).status_code == 422
    assert client.post(reverse("figures_walls"), {"name": "监控室", "site": cast.site.pk}).status_code == 302
    hung = Wall.objects.get()
    answer = Client().get(reverse("wall", args=[hung.token]))
    shown = unescape(answer.content.decode())
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"] and answer["Refresh"] == "30"
    assert "电梯" in shown and "工程部" in shown and "已超时" in shown
    people = {row.name for row in Person.objects.filter(company=cast.company)} - {"管理员"}
    for word in (*people, "乔先生", "闵女士", "9001", "7栋", "7 栋", month[1].title, month[1].number):
        assert word not in shown, word
    assert client.post(reverse("figures_wall_end", args=[hung.pk])).status_code == 302
    assert Client().get(reverse("wall", args=[hung.token])).status_code == 404
    assert client.post(reverse("figures_wall_end", args=[hung.pk])).status_code == 404
    assert sit(cast.he_wei).get(reverse("figures_walls")).status_code == 404


def test_nothing_of_nobody_is_no_error(cast: Cast, sit: Sit, clock: Clock, at: datetime) -> None:
    """A company without a case; days to come; a case that is a day old; every dimension."""
    client = sit(cast.luo_qing)
    for view in (f"by-{name}" for name in DIMENSIONS):
        page(client, reverse("figures_view", args=[view]))
    assert "没有这样的单" in page(client, reverse("figures"))
    case = cast.complaint(at=at)
    actions.judge(cast.lin_xiao, case.pk, nature="valid", facts={}, at=at + hours(1))
    clock.at = at + days(1)
    later = page(client, reverse("figures") + "?period=2027-01")
    assert "还没到" in later and "没有这样的单" not in later
