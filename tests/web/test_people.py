"""People's pages: what stands on them, what is refused with what was typed, who finds nothing there."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.complaints.story import minutes, republished, walk
from tests.web.case_hands import Clock, clock

from kesu.company.models import Person
from kesu.complaints.models import Case, Notice
from kesu.insights import duties
from kesu.performance.actions.opening import forget, open_due
from kesu.performance.fair import Item
from kesu.performance.models import Recognition, Review
from kesu.performance.queries.items import Read

__all__ = ["clock"]
pytestmark = pytest.mark.django_db
NOVEMBER = "period=2026-11"


def sit(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return unescape(answer.content.decode())


@pytest.fixture
def done(cast: Cast, at: datetime, clock: Clock) -> Case:
    """One that 周海 handled to its end; looked at on the second of December, when self-reviews are open."""
    duties.forget()
    forget()
    case = cast.judged(cast.complaint(at=at), at=at)
    walk(cast, case, "done", at + minutes(2))
    clock.to(days=12)
    open_due(clock.at)
    return case


def test_performance_is_read_by_those_who_lead(cast: Cast, done: Case) -> None:
    people, departments = (reverse("figures_view", args=[name]) + f"?{NOVEMBER}" for name in ("people", "departments"))
    for who in (cast.luo_qing, cast.he_wei, cast.zhou_hai):
        page = read(sit(who), people)
        assert "周海" in page and "例数太少，不作比较" in page and "按姓名排，不排名次" in page and "按结果" not in page
        assert "怎么比" in page and "奖金不要直接按这里的件数算" in page
    assert "按结果" in read(sit(cast.luo_qing), departments) and "工程部" in read(sit(cast.luo_qing), departments + "&order=result")
    assert "周海" not in read(sit(cast.chen_li), people).split('<div class="page')[1]
    for who in (cast.ma_qiang, cast.fang_jing, cast.su_min):
        assert sit(who).get(people).status_code == 404
    file = sit(cast.luo_qing).get(reverse("figures_export", args=["people", "person-solved", "csv"]) + f"?{NOVEMBER}")
    assert file.status_code == 200 and "周海,1,0" in file.content.decode()


def test_a_work_page_left_open_shows_a_new_self_review_with_its_next_question(cast: Cast, at: datetime, clock: Clock) -> None:
    duties.forget()
    forget()
    walk(cast, cast.judged(cast.complaint(at=at), at=at), "done", at + minutes(2))
    clock.to(days=12)
    mine, others = sit(cast.zhou_hai), sit(cast.fang_jing)
    rows, blank = reverse("work_rows"), 204

    def stamp(page: str) -> str:
        found = re.search(r'data-seen="([^"]+)"', page)
        assert found
        return found[1]

    seen, elsewhere = (stamp(read(who, reverse("work") + "?show=all")) for who in (mine, others))
    assert mine.get(rows, {"seen": seen}).status_code == others.get(rows, {"seen": elsewhere}).status_code == blank
    open_due(clock.at)
    page = mine.get(rows, {"seen": seen})
    assert page.status_code == 200 and "写自查" in page.content.decode() and others.get(rows, {"seen": elsewhere}).status_code == blank
    seen, review = stamp(page.content.decode()), Review.objects.get(department=cast.engineering, about="department")
    mine.post(reverse("self_review_act", args=[review.pk, "write"]), {"well": "都按时", "change": "早点打电话", "help": "不用"})
    assert Review.objects.get(pk=review.pk).state == "written" and mine.get(rows, {"seen": seen}).status_code == 200


def test_ranked_by_the_procedure_alone_and_never_with_too_few_cases(cast: Cast, done: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four people with cases enough, of whom 周海 is worst and 林晓 best; 陈立 with two, both wrong: he stands below all of them."""
    counted = [(cast.zhou_hai, 40, 20), (cast.ma_qiang, 40, 10), (cast.he_wei, 40, 4), (cast.lin_xiao, 40, 1), (cast.chen_li, 2, 2)]
    items = [
        Item(who.pk, 1000 * place + n, ("minor",), n < bad, (cast.site.pk, cast.engineering.pk))
        for place, (who, cases, bad) in enumerate(counted)
        for n in range(cases)
    ]
    told = Read(defaultdict(list, {("solved", "person"): items}), {}, 30.0)
    monkeypatch.setattr("kesu.performance.comparing.read", lambda *given: told)
    monkeypatch.setattr("kesu.performance.tables.SHORT", 2)  # more rows are folded
    address = reverse("figures_view", args=["people"]) + f"?{NOVEMBER}"

    def order() -> tuple[list[str], str]:
        page = read(sit(cast.luo_qing), address + "&order=result")
        table = page.partition('<h2 id="t-person-solved"')[2].partition("<tbody")[2].partition("</tbody>")[0]
        return sorted((who.name for who, _, _ in counted), key=table.index), page

    names, page = order()
    assert names == sorted(who.name for who, _, _ in counted) and "不排名次" in page and "按结果" not in page
    republished(cast, **{"rank_people = false": "rank_people = true"})
    names, page = order()
    folded = [shown.partition('id="t-person-solved"')[2].count("看数") for shown in (read(sit(cast.luo_qing), address), page)]
    assert folded == [1, 0]  # whoever asks for an order sees it
    assert names == [who.name for who, _, _ in counted] and "20 件以上的可以按结果排" in page and "按结果" in page
    republished(cast, **{"at_least = 20": "at_least = 41"})
    names, page = order()
    assert names == sorted(who.name for who, _, _ in counted) and "例数太少" in page


def test_a_count_opens_its_cases_for_whom_they_are(cast: Cast, done: Case) -> None:
    address = reverse("people_cases") + f"?fair=solved&of=person&unit={cast.zhou_hai.pk}&side=below&{NOVEMBER}"
    assert done.number in read(sit(cast.luo_qing), address) and done.number in read(sit(cast.zhou_hai), address)
    assert done.number not in read(sit(cast.chen_li), address) and "没有这样的投诉单" in read(sit(cast.ma_qiang), address)
    assert "周海" not in read(sit(cast.ma_qiang), address)
    for wrong in ("fair=nothing", "of=team", "unit=x", "side=left"):
        assert sit(cast.luo_qing).get(f"{address}&{wrong}").status_code == 404, wrong


def test_what_is_refused_keeps_what_was_typed(cast: Cast, done: Case) -> None:
    head, row = sit(cast.zhou_hai), Review.objects.get(department=cast.engineering, about="department")
    page, act = reverse("self_review", args=[row.pk]), reverse("self_review_act", args=[row.pk, "write"])
    assert "写自查" in read(head, reverse("work")) and "交给上级" in read(head, page)
    answer = head.post(act, {"well": "都当天到", "change": " "})
    assert answer.status_code == 422 and "都当天到" in answer.content.decode() and "写写打算改什么" in answer.content.decode()
    assert head.post(act, {"well": "都当天到", "change": "晚班排人"}).status_code == 302
    assert '<textarea class="input" id="well"' not in read(head, page)
    assert head.post(act, {"well": "改", "change": "改"}).status_code == 422
    assert head.post(reverse("self_review_act", args=[row.pk, "delete"])).status_code == 404
    for who in (cast.ma_qiang, cast.luo_qing, cast.chen_li, cast.shen_yue):
        assert sit(who).get(page).status_code == 404
    notice = Notice.objects.get(person=cast.he_wei, kind="review_written")
    sent = sit(cast.he_wei).post(reverse("notice", args=[notice.pk]), {"go": "1"})
    assert sent["Location"] == page


def test_thanking_by_page(cast: Cast, done: Case) -> None:
    director, address = sit(cast.he_wei), reverse("people_recognise")
    assert "没有这个编号的单" in director.get(f"{address}?case=RY-000000-000").content.decode()
    assert "周海" in read(director, f"{address}?case={done.number}")
    wanted = {"case": done.number, "who": str(cast.zhou_hai.pk), "words": "陪到修好"}
    assert director.post(address, wanted | {"who": "x"}).status_code == 422
    assert director.post(address, wanted).status_code == 302 and Recognition.objects.get().person == cast.zhou_hai
    assert "陪到修好" in read(sit(cast.zhou_hai), reverse("people"))
    assert "陪到修好" in read(sit(cast.luo_qing), reverse("figures_view", args=["people"]) + "?period=2026-12")
    assert sit(cast.ma_qiang).get(f"{address}?case={done.number}").status_code == 404
