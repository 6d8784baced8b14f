"""The customer's pages in WeChat's browser: a photograph comes through a lost connection and a closed page; large type; an old phone."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from kesu.channels.models import Followed, Follower, Outgoing
from kesu.channels.wechat import binding
from kesu.complaints.models import Attachment, Case
from tests.browser.furnished import Furniture
from tests.browser.house import PHONE, House
from tests.browser.looking import axe, faults
from tests.channels.weixin import account
from tests.web.test_out import WECHAT

PHOTO = {"name": "6栋大堂的门.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0" + os.urandom(900_000)}
SMALL = {"name": "门锁.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + os.urandom(900)}
STATIC = Path(__file__).parents[2] / "src" / "kesu" / "web" / "static"


def door(house: House, page: Page) -> None:
    page.goto(reverse("door", args=[house.cast.site.door]))


def fill(page: Page) -> None:
    page.get_by_label("什么事").fill("大堂的门关不上，夜里一直响")
    page.get_by_label("在哪里").fill("6 栋大堂")
    page.get_by_label("怎么找您").fill("13900001055")
    page.get_by_label("都没有").check()


def test_a_photograph_survives_a_lost_connection_and_a_closed_page(house: House) -> None:
    page = house.visitor(PHONE)
    passed = 0

    def two_pieces(route: Route) -> None:
        nonlocal passed
        passed += route.request.method == "POST"
        route.continue_() if passed <= 2 else route.abort()

    door(house, page)
    fill(page)
    page.route("**/u/**", two_pieces)
    page.set_input_files("input[type=file]", [PHOTO])
    line = page.locator(".coming li")
    expect(line).to_contain_text("等网络")
    page.wait_for_timeout(600)  # the draft is kept
    page.reload()  # WeChat closes pages as it likes
    expect(page.get_by_label("什么事")).to_have_value("大堂的门关不上，夜里一直响")
    expect(line).to_contain_text("等网络")
    page.unroute("**/u/**")
    expect(line).to_contain_text("传好了", timeout=20_000)
    page.set_input_files("input[type=file]", [SMALL, {"name": "木马.exe", "mimeType": "image/jpeg", "buffer": b"MZ" + b"\0" * 99}])
    expect(page.locator(".coming li").nth(2)).to_contain_text("没有收下")
    page.get_by_role("button", name="去掉 木马.exe").click()
    wrong = faults(page, "customer-coming") + axe(page, 390)
    page.get_by_role("button", name="提交").click()
    page.wait_for_url(re.compile(r"/c/.+/new/"))
    case = Case.objects.latest("id")
    kept = {row.name: row.size for row in Attachment.objects.filter(case=case)}
    assert kept == {PHOTO["name"]: len(PHOTO["buffer"]), SMALL["name"]: len(SMALL["buffer"])}  # type: ignore[arg-type]
    door(house, page)
    page.wait_for_timeout(500)
    expect(page.locator(".coming li")).to_have_count(0)  # what was taken is not offered again
    house.complaints[:] = [said for said in house.complaints if "ERR_FAILED" not in said]  # the connection was lost on purpose
    assert not wrong


def test_without_scripts_it_is_a_plain_form(house: House) -> None:
    page = house.visitor(PHONE, java_script_enabled=False)
    door(house, page)
    fill(page)
    page.set_input_files("input[type=file]", [SMALL])
    page.get_by_role("button", name="提交").click()
    page.wait_for_url(re.compile(r"/c/.+/new/"))
    assert Attachment.objects.get(case=Case.objects.latest("id")).name == SMALL["name"]
    page.get_by_role("button", name="大字").click()
    expect(page.locator("html")).to_have_attribute("data-size", "large")


def test_large_type_fits_and_stays(house: House, furniture: Furniture) -> None:
    page = house.visitor(PHONE)
    door(house, page)
    page.get_by_role("button", name="大字").click()
    expect(page.locator("html")).to_have_attribute("data-size", "large")
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "17.5px"
    page.wait_for_load_state("networkidle")
    wrong = []
    for name, path in (("door", reverse("door", args=[house.cast.site.door])), ("track", reverse("track", args=[furniture["done"].token]))):
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("data-size", "large")
        wrong += faults(page, f"customer-large-{name}")
    assert not wrong


def test_ones_own_cases_in_wechat(house: House, furniture: Furniture) -> None:
    row = account(house.cast, app_id="wx00000000mine")
    follower = Follower.objects.create(account=row, openid="oLook", since=house.at, said_at=house.at, phone="13900001055", code="x")
    for which in ("done", "concerned"):
        Followed.objects.create(follower=follower, case=furniture[which], at=house.at)
    page = house.visitor(PHONE)
    page.context.add_cookies([{"name": "kesu_wx", "value": binding.pass_for(follower), "url": house.url}])
    page.goto(reverse("wx_mine", args=[row.pk]))
    expect(page.get_by_text(furniture["done"].number)).to_be_visible()
    assert not faults(page, "wechat-mine") + axe(page, 390)
    page.context.clear_cookies()
    page.goto(reverse("wx_back", args=[row.pk]))
    assert not faults(page, "wechat-again")


@pytest.mark.parametrize("which", ["door", "track"])
def test_a_browser_that_skips_our_layers_gets_a_plain_page(house: House, furniture: Furniture, which: str) -> None:
    """As a phone of 2018 sees it: no cascade layers, so that only the old style is there."""
    page = house.visitor(PHONE)
    plain = (STATIC / "pages" / "old.css").read_text(encoding="utf-8").replace("@supports not (accent-color: red)", "@media all")
    page.route("**/*.css", lambda route: route.fulfill(body=plain if "old" in route.request.url else "", content_type="text/css"))
    page.goto(reverse("door", args=[house.cast.site.door]) if which == "door" else reverse("track", args=[furniture["done"].token]))
    page.set_viewport_size({"width": 360, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    if folder := os.environ.get("KESU_LOOK"):
        page.screenshot(path=f"{folder}/old-{which}.png", full_page=True)
    heights = page.evaluate("[...document.querySelectorAll('main .btn:not([hidden])')].map((one) => one.offsetHeight).filter(Boolean)")
    assert heights and min(heights) >= 44


def test_told_is_read_when_the_page_stays_in_sight_or_is_touched(house: House, furniture: Furniture) -> None:
    """Not when it is fetched, not at once; after five seconds, or by a finger before."""
    case, made = furniture["done"], []
    for n in range(2):
        said = {"company": house.cast.company, "means": "sms", "kind": "notice", "state": "sent", "at": house.at}
        made.append(Outgoing.objects.create(case=case, topic=f"read{n}", key=f"read{n}", **said))
        page = house.visitor(PHONE, user_agent=WECHAT)
        page.clock.install(time=house.at)
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url) if request.url.endswith("/seen/") else None)
        page.goto(reverse("track", args=[case.token]))
        page.clock.run_for(4_000)
        made[n].refresh_from_db()
        assert not asked and made[n].read_at is None
        if n:
            page.get_by_role("heading", level=1).tap()
        else:
            page.clock.run_for(2_000)
        until = time.monotonic() + 10
        while made[n].read_at is None and time.monotonic() < until:
            page.evaluate("1")  # the browser goes on meanwhile
            made[n].refresh_from_db()
        assert made[n].read_at is not None and len(asked) == 1
        page.context.close()
