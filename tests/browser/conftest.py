"""One house for all tests of this directory: founded, served and filled once; emptied when the last has gone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright's loop runs in the test's own thread

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.furnished import Furniture
    from tests.browser.house import House


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """pytest-django founds the test database only for tests that say that they want it."""
    here = os.path.dirname(__file__)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.django_db)


@pytest.fixture
def _django_db_helper() -> None:
    """In place of pytest-django's: what is done in this house stays done, for the server's threads see only what is committed."""


@pytest.fixture(scope="package")
def house_of_all(django_db_setup: None, django_db_blocker: pytest.FixtureRequest, chromium: Browser) -> Iterator[House]:
    """The served company, shared."""
    from django.core.management import call_command
    from pytest_django.live_server_helper import LiveServer

    from kesu.config.messages import compile_stale
    from kesu.web.middleware import FirstRunMiddleware
    from tests.browser.house import House, time_of
    from tests.cast import found

    compile_stale()
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        server = LiveServer("localhost")
        house = House(server.url, chromium, None, _friday())  # type: ignore[arg-type]
        with time_of(house):
            house.cast = found(house.at)
            yield house
        server.stop()
        call_command("flush", interactive=False, verbosity=0)
        FirstRunMiddleware.founded = False


def _friday():  # type: ignore[no-untyped-def]
    from datetime import datetime

    from tests.conftest import ZONE

    return datetime(2026, 11, 20, 14, 32, tzinfo=ZONE)


@pytest.fixture
def house(house_of_all: House) -> Iterator[House]:
    """The house; afterwards everybody has gone, and no console has complained."""
    house_of_all.complaints.clear()
    yield house_of_all
    said = list(house_of_all.complaints)
    house_of_all.leave()
    assert not said, said


@pytest.fixture(scope="package")
def furniture(house_of_all: House) -> Furniture:
    """Cases at every step, for looking at pages."""
    from datetime import timedelta

    from tests.browser.furnished import furnish

    house_of_all.to(days=3)
    furniture = furnish(house_of_all.cast, house_of_all.at - timedelta(seconds=1))
    house_of_all.to(seconds=1)
    return furniture
