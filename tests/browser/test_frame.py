"""The frame in a real browser: drafts that survive, light and dark, the keyboard, the menu on a phone."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.house import House

NEW = "/setup/people/new/"


def until(page: Page, expression: str) -> None:
    """Wait until it is so. Playwright's own waiting evaluates strings in the page, which our policy forbids."""
    from playwright.sync_api import Error

    for _ in range(80):
        page.wait_for_timeout(100)
        page.wait_for_load_state()
        with contextlib.suppress(Error):  # a page that loads anew has no answer for a moment
            if page.evaluate(expression):
                return
    raise AssertionError(expression)


def test_a_form_survives_a_closed_browser(house: House) -> None:
    page = house.sit(house.cast.tang_qing)
    page.goto(NEW)
    page.get_by_label("姓名").fill("许诺")
    until(page, "localStorage.length > 0")
    context = page.context
    page.close()
    again = house.page_of(context)
    again.goto(NEW)
    again.get_by_text("已恢复没交出的内容").wait_for()
    assert again.get_by_label("姓名").input_value() == "许诺"
    again.get_by_role("button", name="清掉重填").click()
    until(again, "localStorage.length === 0 && document.querySelector('[name=name]').value === ''")


def test_a_form_goes_on_at_another_device_and_is_forgotten_everywhere_once_sent(house: House) -> None:
    first, second = house.sit(house.cast.tang_qing), house.sit(house.cast.tang_qing)
    first.goto(NEW)
    with first.expect_response("**/drafts/**") as kept:
        first.get_by_label("姓名").fill("许愿")
        first.wait_for_timeout(2600)
    assert kept.value.status == 204
    second.goto(NEW)
    until(second, "document.querySelector('[name=name]').value === '许愿'")
    second.get_by_label("登录名").fill("xuyuan")
    second.get_by_label("初始密码").fill("first-day-2026")
    second.get_by_role("button", name="加上").click()
    second.wait_for_url("**/setup/people/*/")
    for page in (second, first):
        page.goto(NEW)
        until(page, "localStorage.length === 0")
        assert page.get_by_label("姓名").input_value() == ""


def test_light_and_dark_change_at_once_and_stay(house: House) -> None:
    page = house.sit(house.cast.lin_xiao)
    page.goto("/me/")
    with page.expect_response("**/theme/"):
        page.get_by_role("button", name="切换明暗").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.goto("/notices/")
    assert page.evaluate("getComputedStyle(document.body).colorScheme || document.documentElement.dataset.theme") == "dark"


def test_the_keyboard_works_outside_fields_and_can_be_switched_off(house: House) -> None:
    page = house.sit(house.cast.lin_xiao)
    page.goto("/me/")
    page.keyboard.press("?")
    page.get_by_role("heading", name="快捷键").wait_for()
    page.get_by_label("不用单个字母的快捷键").check()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("w")
    page.wait_for_timeout(200)
    assert page.url.endswith("/me/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("g w")
    assert page.url.endswith("/me/")
    page.evaluate("localStorage.clear(); document.activeElement.blur()")
    page.keyboard.press("g")
    page.keyboard.press("w")
    page.wait_for_url(f"{house.url}/")


def test_on_a_phone_everything_is_behind_more_and_the_seal(house: House) -> None:
    page = house.sit(house.cast.tang_qing, {"width": 390, "height": 844})
    page.goto("/notices/")
    page.locator(".rail .more summary").click()
    page.locator(".rail .menu-list").get_by_role("link", name="设置").click()
    page.wait_for_url("**/setup/")
    page.locator(".me-menu summary").click()
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/login/")
