"""A browser closed in mid-form loses nothing; without JavaScript everything works as plain forms."""

from __future__ import annotations

import re
from typing import Any

from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from kesu.complaints.models import Case, Draft
from tests.browser.furnished import Furniture
from tests.browser.house import PHONE, House, fresh

SAID = "地下车库 B 区漏水，车顶滴了一片"


def crashed(page: Page) -> Any:
    """The browser is gone; what its disk keeps."""
    kept = page.context.storage_state()
    page.context.close()
    return kept


def words_of(page: Page) -> list[str]:
    """What stands in the lines of the sheet."""
    return [line.input_value() for line in page.locator("[data-line] textarea").all()]


def half_a_sheet(page: Page) -> None:
    """Two lines, a name, an answer; then the telephone drops."""
    page.goto("/reception/")
    first = page.get_by_role("textbox", name="第 1 件")
    first.fill(SAID)
    first.press("Enter")
    page.keyboard.type("保安说不归他管")
    page.get_by_label("姓名").fill("顾女士")
    page.evaluate("document.querySelector('[data-draft-state]').textContent = ''")  # what was kept half-way does not count
    page.get_by_role("radiogroup", name="同一件事以前已经提过两次以上").get_by_role("radio", name="是", exact=True).check()
    expect(page.locator("[data-draft-state]")).to_contain_text(re.compile(r"\d\d:\d\d"))


def expect_the_half_sheet(page: Page) -> None:
    expect(page.locator("[data-line]")).to_have_count(2, timeout=15_000)
    assert words_of(page) == [SAID, "保安说不归他管"]
    expect(page.get_by_label("姓名")).to_have_value("顾女士")
    group = page.get_by_role("radiogroup", name="同一件事以前已经提过两次以上")
    expect(group.get_by_role("radio", name="是", exact=True)).to_be_checked()


def test_reception_closed_and_opened_again(house: House) -> None:
    page = house.sit(house.cast.lin_xiao)
    half_a_sheet(page)
    again = house.visitor(storage_state=crashed(page))
    again.goto("/reception/")
    expect_the_half_sheet(again)
    again.get_by_role("button", name="只登记").click()
    again.wait_for_url(re.compile(r"/reception/RY-"))
    again.goto("/reception/")
    again.wait_for_load_state("networkidle")
    assert words_of(again) == [""], "a sheet that was filed does not come back"


def test_the_half_sheet_waits_for_a_script_that_comes_late(house: House) -> None:
    """On a slow line the draft may be there before the script that makes room for its rows."""
    page = house.sit(house.cast.lin_xiao)
    half_a_sheet(page)
    again = house.visitor(storage_state=crashed(page))

    def late(route: Route) -> None:
        again.wait_for_timeout(1500)
        route.continue_()

    again.route("**/js/reception.js", late)
    again.goto("/reception/")
    expect_the_half_sheet(again)
    again.context.close()
    Draft.objects.filter(person=house.cast.lin_xiao).delete()


def test_the_draft_waits_on_another_device(house: House) -> None:
    page = house.sit(house.cast.lin_xiao)
    with page.expect_response(lambda answer: "/drafts/" in answer.url and "顾女士" in (answer.request.post_data or ""), timeout=20_000):
        half_a_sheet(page)
    assert Draft.objects.filter(person=house.cast.lin_xiao).exists()
    elsewhere = house.sit(house.cast.lin_xiao, PHONE)
    elsewhere.goto("/reception/")
    expect_the_half_sheet(elsewhere)
    somebody_else = house.sit(house.cast.fang_jing)
    somebody_else.goto("/reception/")
    somebody_else.wait_for_load_state("networkidle")
    assert words_of(somebody_else) == [""]
    Draft.objects.filter(person=house.cast.lin_xiao).delete()


def test_the_customers_words_stay(house: House) -> None:
    address = reverse("door", args=[house.cast.site.door])
    page = house.visitor(PHONE)
    page.goto(address)
    page.get_by_label("什么事").fill(SAID)
    page.get_by_label("在哪里").fill("地下车库 B 区")
    page.get_by_label("怎么找您").fill("139 0000 2288")
    page.wait_for_timeout(700)
    again = house.visitor(PHONE, storage_state=crashed(page))
    again.goto(address)
    expect(again.get_by_label("什么事")).to_have_value(SAID)
    expect(again.get_by_label("怎么找您")).to_have_value("139 0000 2288")
    again.get_by_role("button", name="提交").click()
    expect(again.get_by_role("heading", name="收到了")).to_be_visible()
    again.goto(address)
    again.wait_for_load_state("networkidle")
    expect(again.get_by_label("什么事")).to_have_value("")


def test_a_message_to_us_stays(house: House, furniture: Furniture) -> None:
    address = reverse("track", args=[furniture["investigate"].token])
    page = house.visitor(PHONE)
    page.goto(address)
    page.get_by_label("留言").fill("今天又漏了")
    page.wait_for_timeout(700)
    again = house.visitor(PHONE, storage_state=crashed(page))
    again.goto(address)
    expect(again.get_by_label("留言")).to_have_value("今天又漏了")
    again.get_by_role("button", name="发给我们").click()
    expect(again.locator(".said-list")).to_contain_text("今天又漏了")
    expect(again.get_by_label("留言")).to_have_value("")


def test_an_act_form_closed_and_opened_again(house: House, furniture: Furniture) -> None:
    case = furniture["investigate"]
    address = reverse("case_act", args=[case.number, "note"])
    page = house.sit(house.cast.fang_jing)
    page.goto(address)
    page.get_by_label("要记的事").fill("住户说晚上八点以后在家")
    page.wait_for_timeout(700)
    again = house.visitor(storage_state=crashed(page))
    again.goto(address)
    expect(again.get_by_label("要记的事")).to_have_value("住户说晚上八点以后在家")


def test_without_javascript_reception_files(house: House) -> None:
    page = house.sit(house.cast.fang_jing, java_script_enabled=False)
    page.goto("/reception/")
    page.get_by_role("textbox", name="第 1 件").fill(SAID)
    page.get_by_role("button", name="加一件").click()
    page.get_by_role("textbox", name="第 2 件").fill("保安说不归他管")
    page.get_by_role("textbox", name="电话").fill("12")
    page.get_by_role("button", name="只登记").click()
    expect(page.locator("[aria-describedby=phone-wrong]")).to_have_value("12")
    assert words_of(page) == [SAID, "保安说不归他管"], "what was typed is kept"
    page.get_by_role("textbox", name="电话").fill("139 0000 2299")
    page.get_by_role("button", name="只登记").click()
    expect(page.get_by_role("heading", name="受理回执")).to_be_visible()
    case = Case.objects.get(contact_phone="13900002299")
    assert [item.words for item in case.items.order_by("n")] == [SAID, "保安说不归他管"]


def test_without_javascript_an_act_is_done(house: House, furniture: Furniture) -> None:
    case = furniture["sign"]
    page = house.sit(house.cast.zhou_hai, PHONE, java_script_enabled=False)
    page.goto(reverse("case", args=[case.number]))
    page.locator("main .btn.main").click()
    assert fresh(case).handler == house.cast.zhou_hai
    page.goto(reverse("case_act", args=[case.number, "contact"]))
    page.get_by_label("说了什么").fill("约了下午三点上门")
    page.locator("main .btn.main").click()
    expect(page.get_by_text("约了下午三点上门").first).to_be_visible()


def test_without_javascript_a_customer_files(house: House) -> None:
    page = house.visitor(PHONE, java_script_enabled=False)
    page.goto(reverse("door", args=[house.cast.site.door]))
    page.get_by_label("什么事").fill("🙏🙏")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_label("什么事")).to_have_value("🙏🙏")
    page.get_by_label("什么事").fill("大堂的灯灭了三天")
    page.get_by_label("怎么找您").fill("13900002277")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", name="收到了")).to_be_visible()
    page.get_by_role("link", name="看进度").click()
    expect(page.get_by_role("heading", name="答应您的事")).to_be_visible()
    assert Case.objects.get(contact_phone="13900002277").channel == "web"
