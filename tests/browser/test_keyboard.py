"""Hands on the keyboard: everything that is done all day is done without a mouse. Menus, light and dark, the language."""

from __future__ import annotations

import re

from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser.furnished import Furniture
from tests.browser.house import PHONE, House


def test_keys_that_lead_somewhere(house: House, furniture: Furniture) -> None:
    page = house.sit(house.cast.lin_xiao)
    page.goto("/")
    page.keyboard.press("/")
    expect(page.locator("#bar-search")).to_be_focused()
    page.keyboard.type("n电梯")
    assert page.locator("#bar-search").input_value() == "n电梯", "a letter in a field is a letter"
    page.keyboard.press("Escape")
    page.locator("h1").click()
    for keys, end in ((("n",), "/reception/"), (("g", "b"), "/board/"), (("g", "w"), "/")):
        for key in keys:
            page.keyboard.press(key)
        page.wait_for_url(f"**{end}")
        page.locator("h1").click()


def test_rows_and_enter(house: House, furniture: Furniture) -> None:
    page = house.sit(house.cast.lin_xiao)
    page.goto("/")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    row = page.locator("[data-row]").nth(1)
    expect(row).to_be_focused()
    address = row.get_attribute("href") or ""
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**{address}")
    page.goto(reverse("case", args=[furniture["judge"].number]))
    wanted = page.locator("main .btn.main").get_attribute("href") or ""
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{wanted}")


def test_the_list_of_keys_and_switching_them_off(house: House) -> None:
    page = house.sit(house.cast.lin_xiao)
    page.goto("/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    page.get_by_label("不用单个字母的快捷键").check()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_hidden()
    page.keyboard.press("n")
    page.wait_for_timeout(200)
    assert page.url == f"{house.url}/"
    page.keyboard.press("/")
    expect(page.locator("#bar-search")).to_be_focused()


def test_reception_by_keyboard(house: House, furniture: Furniture) -> None:
    page = house.sit(house.cast.fang_jing)
    page.goto("/reception/")
    expect(page.get_by_role("textbox", name="第 1 件")).to_be_focused()
    page.keyboard.type("电梯里有股焦味")
    urgent = page.get_by_role("radiogroup").first
    urgent.get_by_role("radio").last.focus()
    page.keyboard.press("y")
    expect(urgent.get_by_role("radio", name="是", exact=True)).to_be_checked()
    expect(page.locator("#urgent .tip").first).to_be_visible()
    page.keyboard.press("Backspace")
    expect(urgent.get_by_role("radio", name="没问", exact=True)).to_be_checked()
    page.get_by_role("textbox", name="电话").fill("13900002255")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/reception/RY-"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/reception/")


RING = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  return one === document.body || style.outlineStyle !== "none" || style.boxShadow !== "none";
}"""


def test_the_skip_link_and_the_focus(house: House) -> None:
    page = house.sit(house.cast.lin_xiao)
    page.goto("/search/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    for _ in range(12):
        page.keyboard.press("Tab")
        ring = page.evaluate(RING)
        assert ring, page.evaluate("() => document.activeElement.outerHTML.slice(0, 200)")


def colours(page: Page) -> str:
    return page.evaluate("() => getComputedStyle(document.body).backgroundColor")


def test_light_and_dark_stay(house: House) -> None:
    page = house.sit(house.cast.lin_xiao, color_scheme="light")
    page.goto("/")
    light = colours(page)
    with page.expect_response("**/theme/"):
        page.get_by_role("button", name="切换明暗").click()
    assert colours(page) != light
    page.reload()
    assert colours(page) != light
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_the_menu_and_the_language(house: House, furniture: Furniture) -> None:
    page = house.sit(house.cast.su_min, PHONE)
    page.goto(reverse("case", args=[furniture["visit"].number]))
    page.locator("summary.me").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith(f"/cases/{furniture['visit'].number}/")
    expect(page.get_by_role("link", name=re.compile("^Follow")).first).to_be_visible()
    page.locator("summary.me").click()
    page.get_by_role("button", name="简体中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
