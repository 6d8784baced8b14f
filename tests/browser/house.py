"""A house to live in by the browser: 和檐物业 served on an address of its own, its time in the test's hands, people who sit down at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from kesu.company.models import Person
from kesu.complaints.models import AgreedAction, Case
from kesu.complaints.ringing import ring_due
from kesu.customers.places import spots
from kesu.improvement.models import Capa, Measure, MeasureExtension
from tests.browser.reviewed import written
from tests.cast import PASSWORD, Cast

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE = 15_000  # milliseconds until something that should be there is missed

# What the browser itself says about an answer that is meant to be 404 or 422; the page says it better.
EXPECTED = (
    "Failed to load resource: the server responded with a status of",
    "htmx:afterRequest",  # a page that is left while it asks: what goes wrong on the server is htmx:responseError
    "htmx:sendAbort",
)


@dataclass
class House:
    """The served company. `at` is what its clocks show; `to` moves them on."""

    url: str
    browser: Browser
    cast: Cast
    at: datetime
    complaints: list[str] = field(default_factory=list)  # what consoles said since the last look
    _open: list[BrowserContext] = field(default_factory=list)

    def offset(self) -> timedelta:
        """How far the house's time is from real time. Between two moves it stands still."""
        return self.at.astimezone(UTC) - datetime.now(UTC) + timedelta(milliseconds=500)

    def to(self, **later: float) -> datetime:
        """So much later; the worker has done meanwhile what fell due."""
        self.at += timedelta(**later)
        ring_due(self.at)
        return self.at

    def visitor(self, viewport: dict[str, int] = DESK, **wanted: Any) -> Page:
        """Somebody with a browser of their own, not signed in."""
        options: dict[str, Any] = {
            "base_url": self.url,
            "viewport": viewport,
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            "reduced_motion": "reduce",
        }
        if viewport["width"] < 768:
            options |= {"is_mobile": True, "has_touch": True}
        context = self.browser.new_context(**(options | wanted))
        context.set_default_timeout(PATIENCE)
        self._open.append(context)
        return self.page_of(context)

    def page_of(self, context: BrowserContext) -> Page:
        """A page whose console is listened to."""
        page = context.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        return page

    def sit(self, person: Person, viewport: dict[str, int] = DESK, **wanted: Any) -> Page:
        """Somebody who has signed in before."""
        page = self.visitor(viewport, **wanted)
        self.seat(page, person)
        return page

    def seat(self, page: Page, person: Person) -> None:
        """Signs somebody in at this browser, in place of whoever was."""
        client = Client()
        client.force_login(person)
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value, "url": self.url}
        page.context.add_cookies([cookie])  # type: ignore[list-item]

    def signs_in(self, page: Page, person: Person) -> None:
        """By name and password, at the door."""
        page.goto("/login/")
        page.get_by_label("登录名").fill(person.login)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url("**/")

    def data(self) -> set[str]:
        """Words that people have written: names of houses, people, cases. They stay as they are in any language."""
        cast = self.cast
        people = Person.objects.values_list("name", flat=True)
        cases = Case.objects.values_list("contact_name", "title")
        promised = AgreedAction.objects.values_list("what", flat=True)
        places = [cast.company.name, *(site.name for site in cast.sites.values()), *(row.name for row in cast.departments.values())]
        records = Capa.objects.values_list("title", "problem", "cause_words", "judged_words")
        measures = Measure.objects.values_list("what", "ended_words")
        reasons = MeasureExtension.objects.values_list("reason", flat=True)
        promised = [*promised, *reasons, *written(), "登记表.png", *(word for row in (*records, *measures) for word in row)]
        return {words for words in (*places, *people, *promised, *(word for case in cases for word in case)) if words} | {
            *("电梯停在3层", "按了对讲", "第三次", "把电梯彻底修好", "晚上八点", "25日前", "电梯", "对讲"),  # what was read on paper
            *(spot for site in cast.sites.values() for spot in spots(site.pk)),
            "简体中文",
            "中文",
        }

    def keep(self, page: Page) -> Page:
        """This one stays open when everybody leaves."""
        self._open.remove(page.context)
        return page

    def leave(self) -> None:
        """Everybody closes their browser."""
        for context in self._open:
            if context in self.browser.contexts:
                context.close()
        self._open.clear()
        self.complaints.clear()

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(EXPECTED):
            self.complaints.append(f"{message.location.get('url', '')}: {message.text}")


@contextmanager
def time_of(house: House) -> Iterator[None]:
    """The server sees the house's time."""
    from kesu.config import now

    real = now._offset
    now._offset = house.offset  # type: ignore[assignment]
    try:
        yield
    finally:
        now._offset = real


def fresh(case: Case) -> Case:
    """The case as it is stored now."""
    return Case.objects.select_related("site__company").get(pk=case.pk)
