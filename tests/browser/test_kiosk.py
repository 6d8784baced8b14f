"""The screen at the counter: when nobody has touched it for a minute and a half, nothing of who stood there is left for the next."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from kesu.complaints.models import Case
from kesu.web.customer.kiosk import IDLE, kiosk_token
from tests.browser.house import House

COUNTER = {"width": 1080, "height": 1920}
SECOND = 1000  # milliseconds
SAID = {"什么事": "大堂的门关不上，夜里一直响", "在哪里": "6 栋大堂", "怎么找您": "13900001066", "怎么称呼您（可以不写）": "戚女士"}


@pytest.fixture
def counter(house: House) -> Iterator[Page]:
    """The empty form on the screen, its clock in our hands."""
    channel = next(row.id for row in house.cast.pack.channels)
    page = house.visitor(COUNTER)
    page.clock.install(time=house.at)
    page.goto(reverse("kiosk", args=[kiosk_token(house.cast.site, channel)]))
    yield page
    page.context.close()


def write(page: Page) -> None:
    for label, words in SAID.items():
        page.get_by_label(label, exact=True).fill(words)
    page.get_by_label("替我保密").check()


def nothing_is_left(page: Page) -> None:
    """Not in the form, the page, the browser's stores, nor behind the back and forward buttons or a reload."""
    for go in (lambda: None, page.reload, page.go_back, page.go_forward, page.reload):
        go()
        if page.url == "about:blank":
            continue
        expect(page.get_by_label("什么事")).to_have_value("")
        typed = page.evaluate(
            "[...document.querySelectorAll('textarea, input:not([type=hidden], [type=checkbox])')].map((one) => one.value).join('')"
        )
        ticked = page.locator("input:checked").count()
        assert (typed, ticked) == ("", 0)
        left = page.evaluate(
            "(async () => JSON.stringify([{...localStorage}, {...sessionStorage}, await indexedDB.databases(), document.cookie]))()"
        )
        page_and_stores = page.content() + left
        assert not [words for words in SAID.values() if words in page_and_stores] and '"draft' not in left


def test_what_was_typed_is_gone_after_a_minute_and_a_half_without_a_hand(counter: Page) -> None:
    write(counter)
    counter.clock.run_for((IDLE - 5) * SECOND)
    expect(counter.get_by_label("怎么找您")).to_have_value(SAID["怎么找您"])
    counter.get_by_label("在哪里").press("End")  # a hand: the time begins anew
    counter.clock.run_for((IDLE - 5) * SECOND)
    expect(counter.get_by_label("怎么找您")).to_have_value(SAID["怎么找您"])
    with counter.expect_navigation():
        counter.clock.run_for(10 * SECOND)
    nothing_is_left(counter)


def test_what_was_refused_is_gone_too(counter: Page) -> None:
    write(counter)
    counter.get_by_label("怎么找您").fill("139")
    counter.get_by_role("button", name="提交").click()
    expect(counter.locator("#phone-wrong")).to_be_visible()
    with counter.expect_navigation():
        counter.clock.run_for((IDLE + 2) * SECOND)
    nothing_is_left(counter)


def test_the_number_is_gone_too_and_going_back_does_not_bring_it(counter: Page, house: House) -> None:
    write(counter)
    counter.get_by_label("都没有").check()
    counter.get_by_role("button", name="提交").click()
    expect(counter.get_by_role("heading", name="收到了")).to_be_visible()
    case = Case.objects.latest("id")
    assert case.contact_phone == SAID["怎么找您"] and case.number in counter.content()
    counter.clock.run_for((IDLE - 5) * SECOND)
    expect(counter.get_by_text(case.number)).to_be_visible()
    with counter.expect_navigation():
        counter.clock.run_for(10 * SECOND)
    nothing_is_left(counter)
    assert case.number not in counter.content() and case.token not in counter.content()
