"""Paper beside the desk's form: wide, larger by a click or the space bar, scrolled by arrows, without scripts; nothing of it is sent."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser import doors
from tests.browser.house import DESK, PHONE, House


def width(page: Page, name: str = ".sheets img") -> float:
    box = page.locator(name).first.bounding_box()
    assert box
    return box["width"]


@pytest.mark.parametrize(("window", "least"), [(DESK, 600), (PHONE, 300)], ids=["desk", "phone"])
def test_the_picture_is_large_and_becomes_larger(house: House, window: dict[str, int], least: int) -> None:
    page = house.sit(house.cast.fang_jing, window, java_script_enabled=False)
    page.goto(f"{reverse('reception')}?arrival={doors.paper(house)}")
    usual = width(page)
    assert usual > least and width(page, ".sheets .pane") <= window["width"]
    page.locator(".sheets label").click(position={"x": 40, "y": 40})
    assert width(page) > 2 * usual
    page.locator(".sheets label").click(position={"x": 40, "y": 40})
    assert width(page) == usual
    page.get_by_role("checkbox", name="放大第 1 页").focus()
    page.keyboard.press("Space")
    assert width(page) > 2 * usual
    page.get_by_role("region", name="第 1 页").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".sheets .pane")).not_to_have_js_property("scrollLeft", 0)
    inside = page.evaluate("document.querySelector('.sheets input').form.id")
    assert inside == "paper-view" and page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()
