"""Every page at five widths, in light and dark, by keyboard: nothing scrolls sideways, nothing is cut off, axe finds nothing serious."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.furnished import Furniture
from tests.browser.house import House
from tests.browser.looking import IN_ENGLISH, axe, faults, untranslated
from tests.browser.pages import ACTS, EVERY, Sight, act_page

# Act forms are made of the same parts: these four stand for all of them in the dark.
ALIKE_IN_DARK = {f"act-{act}" for act in ACTS} - {"act-judge", "act-propose", "act-approve", "act-visit"}
INLINE = re.compile(r"<[a-z][^>]*\s(?:style|on[a-z]+)=[^>]*>|<style[^>]*>|<script(?![^>]*\ssrc=)[^>]*>")


@pytest.fixture(scope="module")
def window(house_of_all: House) -> Iterator[Page]:
    """One browser window for all pages; whoever looks is seated at it."""
    page = house_of_all.keep(house_of_all.visitor())
    yield page
    page.context.close()


def look(house: House, window: Page, name: str, who: str, path: str, status: int = 200) -> list[str]:
    """Everything that is wrong with one page."""
    window.context.clear_cookies()
    if who:
        house.seat(window, getattr(house.cast, who))
    answer = window.goto(path)
    assert answer is not None
    wrong = [] if answer.status == status else [f"answered {answer.status}"]
    wrong += [f"inline: {found}" for found in INLINE.findall(answer.text())]
    wrong += faults(window, name)
    wrong += axe(window, 390)
    if name not in ALIKE_IN_DARK:
        wrong += axe(window, 1440, dark=True, contrast_alone=True)
    return wrong + house.complaints


def test_pale_words_are_found_on_a_page_whose_colours_are_known(house: House, furniture: Furniture, window: Page) -> None:
    house.seat(window, house.cast.he_wei)
    window.goto("/")
    assert axe(window, 390) == [] == axe(window, 390)
    window.evaluate("document.querySelector('h1').style.color = '#c8c8c8'")
    assert "color-contrast" in axe(window, 390)[0]
    window.goto("/")
    window.evaluate("document.querySelector('main').style.background = '#777'")
    assert "color-contrast" in axe(window, 390)[0]
    window.evaluate("document.querySelector('main').style.background = ''")
    assert axe(window, 390) == []


@pytest.mark.parametrize("sight", EVERY, ids=str)
def test_page(house: House, furniture: Furniture, window: Page, sight: Sight) -> None:
    wrong = look(house, window, sight.name, sight.who, sight.where(house, furniture), sight.status)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("act", ACTS)
def test_act_form(house: House, furniture: Furniture, window: Page, act: str) -> None:
    found = act_page(house, furniture, act)
    assert found, f"nobody may {act} anything here"
    wrong = look(house, window, f"act-{act}", *found)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("sight", EVERY, ids=str)
def test_page_in_english(house: House, furniture: Furniture, window: Page, sight: Sight) -> None:
    wrong = look_in_english(house, window, sight.name, sight.who, sight.where(house, furniture))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("act", ACTS)
def test_act_form_in_english(house: House, furniture: Furniture, window: Page, act: str) -> None:
    found = act_page(house, furniture, act)
    assert found
    wrong = look_in_english(house, window, f"act-{act}", *found)
    assert not wrong, "\n".join(wrong)


def look_in_english(house: House, window: Page, name: str, who: str, path: str) -> list[str]:
    """Longer words in the same boxes; nothing of ours is left in Chinese."""
    window.context.clear_cookies()
    window.context.add_cookies([{"name": "kesu_language", "value": "en", "url": house.url}])
    if who:
        house.seat(window, getattr(house.cast, who))
    window.goto(path)
    ours = [words for words in untranslated(window) if not any(data in words for data in house.data())]
    return [*faults(window, f"{name}-en", IN_ENGLISH), *(f"Chinese: {words}" for words in ours), *house.complaints]
