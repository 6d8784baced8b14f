"""A fresh installation by its first page: the real server and worker, an empty directory, nobody who knows anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import axe, faults
from tests.start.test_serve import Serving


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    running = Serving(tmp_path / "data")
    running.until(200, seconds=60)
    yield running
    running.stop()


@pytest.fixture
def visitor(chromium: Browser, serving: Serving) -> Iterator[tuple[Page, list[str]]]:
    """A browser, and what its console complains of."""
    context = chromium.new_context(base_url=f"http://127.0.0.1:{serving.port}", locale="zh-CN", reduced_motion="reduce")
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page, said
    context.close()


def test_from_nothing_to_the_first_complaint(visitor: tuple[Page, list[str]]) -> None:
    page, said = visitor
    page.goto("/reception/")
    assert page.url.endswith("/start/"), "whatever is asked, the first page comes first"
    assert not (wrong := [*faults(page, "start"), *axe(page, 390), *axe(page, 1440, dark=True)]), "\n".join(wrong)
    founds(page)
    expect(page.get_by_role("navigation", name="主要")).to_be_visible()
    assert page.goto("/start/").status == 404, "only once"  # type: ignore[union-attr]
    files(page)
    assert not [line for line in said if "404" not in line], said


def founds(page: Page) -> None:
    """Chooses the procedure and fills the page in, first with a password that is too short: it says so and keeps the rest."""
    page.get_by_label("公司名称").fill("云杉物业")
    page.get_by_label("按哪套规程办").select_option("property")
    page.get_by_label("您的姓名").fill("高原")
    page.get_by_label("登录名").fill("gaoyuan")
    page.get_by_label("密码").fill("short")
    first = page.get_by_role("region", name="第 1 个服务点")
    first.get_by_label("名称").fill("松风苑")
    first.get_by_label("代号").fill("SF")
    page.locator("main .btn.main").click()
    expect(page.get_by_label("工程部").first).to_be_checked()  # another procedure was shown: first its departments and hours
    page.get_by_label("密码").fill("short")
    page.locator("main .btn.main").click()
    expect(page.locator(".wrong").first).to_be_visible()
    expect(page.get_by_label("公司名称")).to_have_value("云杉物业")
    page.get_by_label("密码").fill("松风一号 kesu 2026")
    page.locator("main .btn.main").click()
    page.wait_for_url(re.compile(r"/(setup/)?$"))


def files(page: Page) -> None:
    """The new administrator finds the poster; a customer scans it and complains."""
    page.goto("/setup/sites/")
    page.get_by_role("link", name="松风苑").click()
    page.locator("main a[href$='/poster/']").click()
    door = re.search(r"/d/[^/\s]+/", page.locator("main").inner_text())
    assert door
    page.context.clear_cookies()
    page.goto(door.group())
    page.get_by_label("什么事").fill("大堂的灯灭了三天")
    page.get_by_label("怎么找您").fill("13900001234")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", name="收到了")).to_be_visible()
    expect(page.locator("main")).to_contain_text("SF-")
