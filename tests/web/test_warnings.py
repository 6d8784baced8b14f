"""The pages of early warning and of "did it work", through the door."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.improvement.capas import watched
from tests.warnings.histories import burst, filed, life
from tests.web.case_hands import Clock, clock

from kesu.company.actions.publishing import publish_text
from kesu.company.models import Person, ProcedureVersion
from kesu.company.standing import changed
from kesu.improvement.models import Capa
from kesu.warnings.daily import scan_due
from kesu.warnings.models import Change, Warning

__all__ = ["clock"]
pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def raised(cast: Cast, at: datetime, clock: Clock) -> Warning:
    life(cast, at)
    burst(cast, at)
    scan_due(at)
    return Warning.objects.get()


def window(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_list_tells_what_is_unusual_and_what_is_ordinary(cast: Cast, at: datetime, raised: Warning) -> None:
    page = window(cast.luo_qing).get(reverse("warnings")).content.decode()
    assert "榕砚里：电梯比平常多" in page and "单凭巧合" in page and "<svg" in page and "听橘苑" in page and "还没有投诉" in page
    theirs = window(cast.he_wei).get(reverse("warnings")).content.decode()
    assert "电梯比平常多" in theirs and "听橘苑" not in theirs  # nothing of a site that is not theirs
    blind = window(cast.zhou_hai).get(reverse("warnings")).content.decode()
    assert "电梯比平常多" not in blind and "只看得到一部分" in blind
    english = window(cast.luo_qing)
    english.cookies["kesu_language"] = "en"
    assert "more than usual" in english.get(reverse("warnings")).content.decode()


def test_on_the_owners_work_until_answered(cast: Cast, at: datetime, raised: Warning) -> None:
    mine = window(cast.he_wei)
    work = mine.get(reverse("work"), {"step": "warning"}).content.decode()
    assert "电梯比平常多" in work and reverse("warning", args=[raised.pk]) in work
    assert "电梯比平常多" not in window(cast.fang_jing).get(reverse("work")).content.decode()
    address = reverse("warning_act", args=[raised.pk, "answer"])
    assert mine.post(address, {"outcome": "measures", "words": " "}).status_code == 422
    assert mine.post(address, {"outcome": "measures", "words": "换门机皮带"}).status_code == 302
    assert f"r-w{raised.pk}" in work and f"r-w{raised.pk}" not in mine.get(reverse("work"), {"step": "warning"}).content.decode()
    page = mine.get(reverse("warning", args=[raised.pk])).content.decode()
    assert "换门机皮带" in page and "确有问题" in page
    assert mine.post(reverse("warning_act", args=[raised.pk, "close"]), {"words": ""}).status_code == 302
    raised.refresh_from_db()
    assert raised.state == "closed"


def test_a_work_page_left_open_shows_a_new_warning_with_its_next_question(cast: Cast, at: datetime, clock: Clock) -> None:
    life(cast, at)
    burst(cast, at)
    mine, others = window(cast.he_wei), window(cast.fang_jing)
    pages = [who.get(reverse("work"), {"show": "all"}).content.decode() for who in (mine, others)]
    assert all("电梯比平常多" not in page for page in pages)
    seen = [re.search(r'data-seen="([^"]+)"', page)[1] for page in pages]  # type: ignore[index]
    assert [who.get(reverse("work_rows"), {"seen": stamp}).status_code for who, stamp in zip((mine, others), seen, strict=True)] == [
        204,
        204,
    ]
    scan_due(at)
    again = mine.get(reverse("work_rows"), {"seen": seen[0]})
    assert again.status_code == 200 and "电梯比平常多" in again.content.decode()
    assert others.get(reverse("work_rows"), {"seen": seen[1]}).status_code == 204
    mine.post(reverse("warning_act", args=[Warning.objects.get().pk, "answer"]), {"outcome": "known", "words": "在换"})
    seen_again = re.search(r'data-seen="([^"]+)"', again.content.decode())[1]  # type: ignore[index]
    after = mine.get(reverse("work_rows"), {"seen": seen_again})
    assert after.status_code == 200 and "电梯比平常多" not in after.content.decode().split('id="notices"')[0]


def test_taken_handed_and_put_right_from_its_page(cast: Cast, at: datetime, raised: Warning) -> None:
    mine = window(cast.he_wei)
    assert mine.post(reverse("warning_act", args=[raised.pk, "take"])).status_code == 302
    assert mine.post(reverse("warning_act", args=[raised.pk, "hand"]), {"to": cast.lin_xiao.pk}).status_code == 302
    assert mine.post(reverse("warning_act", args=[raised.pk, "hand"]), {"to": "x"}).status_code == 422
    assert mine.post(reverse("warning_act", args=[raised.pk, "capa"]), {"problem": "电梯反复停运"}).status_code == 302
    page = mine.get(reverse("warning", args=[raised.pk])).content.decode()
    assert Capa.objects.get().number in page and "交给 林晓" in page and "通知何伟" in page


def test_a_stranger_learns_nothing(cast: Cast, at: datetime, raised: Warning) -> None:
    for who in (cast.bai_shi, cast.wu_tong, cast.zhou_hai):
        client = window(who)
        assert client.get(reverse("warning", args=[raised.pk])).status_code == 404
        assert client.post(reverse("warning_act", args=[raised.pk, "answer"]), {"outcome": "known", "words": "x"}).status_code == 404
    assert window(cast.he_wei).post(reverse("warning_act", args=[raised.pk, "burn"])).status_code == 404


# Did it work


def test_a_training_is_entered_compared_and_taken_back(cast: Cast, at: datetime, clock: Clock) -> None:
    life(cast, at)
    mine = window(cast.luo_qing)
    form = {"name": "电梯困人应对培训", "day": "2026-08-01", "site": cast.site.pk, "category": "lift"}
    assert mine.post(reverse("effects"), form | {"day": "2026-02-30"}).status_code == 422
    page = mine.post(reverse("effects"), form, follow=True).content.decode()
    assert "电梯困人应对培训" in page and "还看不出变化" in page and "别的变化" in page and "<svg" in page
    change = Change.objects.get()
    assert window(cast.wu_tong).get(reverse("did_it_work", args=["change", change.pk])).status_code == 404
    assert window(cast.he_wei).post(reverse("effect_take_back", args=[change.pk])).status_code == 404
    assert window(cast.he_wei).post(reverse("effects"), form | {"site": cast.other_site.pk}).status_code == 404
    assert mine.post(reverse("effect_take_back", args=[change.pk])).status_code == 302 and not Change.objects.exists()


def test_a_change_still_to_come_and_one_of_yesterday_say_that_nothing_can_be_told(cast: Cast, at: datetime, clock: Clock) -> None:
    life(cast, at)
    mine = window(cast.luo_qing)
    for day, says in ((at + 9 * DAY, "还没有开始"), (at, "各有 14 天"), (at - DAY, "各有 14 天")):
        form = {"name": "新规定", "day": day.date().isoformat(), "site": "", "category": ""}
        assert says in mine.post(reverse("effects"), form, follow=True).content.decode()


def test_a_day_that_is_not_over_is_not_compared(cast: Cast, at: datetime, clock: Clock) -> None:
    life(cast, at)
    form = {"name": "新规定", "day": (at - 20 * DAY).date().isoformat(), "site": "", "category": ""}
    before = window(cast.luo_qing).post(reverse("effects"), form, follow=True).content.decode()
    filed(cast, [at - timedelta(minutes=n) for n in range(9)])
    after = window(cast.luo_qing).get(reverse("did_it_work", args=["change", Change.objects.get().pk])).content.decode()
    assert f"{(at - DAY).date()}</small>" in after and f"{at.date()}</small>" not in after
    assert before.partition("</table>")[0].partition("<table")[2] == after.partition("</table>")[0].partition("<table")[2]


def test_a_matter_that_was_renamed_or_split_is_compared_only_while_it_was_one(cast: Cast, at: datetime, clock: Clock) -> None:
    """From forty days ago 电梯 is called by another id: less of the old one and more of the new one is no effect of anything."""
    text = cast.version.text
    renamed = at.date() - timedelta(days=40)
    publish_text(
        cast.tang_qing,
        text.replace('"lift"', '"lift_now"').replace('version = "', 'version = "9', 1),
        file="n.toml",
        effective=at.date(),
        at=at,
    )
    ProcedureVersion.objects.filter(effective=at.date()).update(effective=renamed)
    changed(cast.company.pk)
    filed(cast, [at - n * DAY for n in range(41, 400, 2)], category="lift")
    filed(cast, [at - n * DAY for n in range(1, 41, 2)], category="lift_now")
    mine = window(cast.luo_qing)
    for category, began, says in (
        ("lift", 20, "改了名或拆开了"),
        ("lift", 100, "还看不出变化"),
        ("lift_now", 40, "各有 14 天"),
        ("lift_now", 20, "还看不出变化"),
    ):
        change = Change.objects.create(
            company=cast.company, name="培训", day=(at - began * DAY).date(), site=cast.site, category=category, by=cast.luo_qing, at=at
        )
        assert says in mine.get(reverse("did_it_work", args=["change", change.pk])).content.decode(), (category, began)


def test_of_a_record_of_several_sites_only_ones_own_are_counted(cast: Cast, at: datetime, clock: Clock) -> None:
    start = at - 60 * DAY
    capa = watched(cast, start)
    capa.sites.add(cast.other_site)
    Capa.objects.filter(pk=capa.pk).update(same_cause="", same_category="", same_against="")
    for site, every in ((cast.site, 5), (cast.other_site, 3)):
        filed(cast, [start + n * every * DAY for n in range(-20, 60 // every)], site=site)
    address = reverse("did_it_work", args=["capa", capa.number])

    def counted(who: Person) -> tuple[str, list[int]]:
        page = window(who).get(address).content.decode()
        return page, [int(n) for n in re.findall(r"<b>(\d+)</b>", page.partition('class="table effect"')[2])]

    whole, everything = counted(cast.luo_qing)
    own, mine = counted(cast.he_wei)
    assert cast.other_site.name in whole and cast.other_site.name not in own
    assert everything[1] > 2 * mine[1] > 0
    blind, nothing = counted(cast.zhou_hai)  # who owns a measure of it, and sees what his department has
    assert nothing == [] and "只看得到这里的一部分" in blind


def test_a_record_links_to_its_effect(cast: Cast, at: datetime, clock: Clock) -> None:
    capa = watched(cast, at)
    mine = window(cast.luo_qing)
    assert reverse("did_it_work", args=["capa", capa.number]) in mine.get(reverse("capa", args=[capa.number])).content.decode()
    page = mine.get(reverse("did_it_work", args=["capa", capa.number])).content.decode()
    assert capa.title in page and "还没有开始" in page
    assert mine.get(reverse("did_it_work", args=["capa", "ZG-2026-999"])).status_code == 404
    assert mine.get(reverse("did_it_work", args=["weather", "1"])).status_code == 404
