"""What every test may use. No Django is imported here: `tests/pure` runs without it.

The database is chosen by KESU_DATABASE_URL (default: SQLite in a directory of its own).
"""

from __future__ import annotations

import gc
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings

from tests.remembered import forget_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from tests.cast import Cast

ZONE = ZoneInfo("Asia/Shanghai")

# A busy machine is no fault of the code: properties are about right and wrong, bench/ is about time.
settings.register_profile("kesu", deadline=None)
settings.load_profile("kesu")


def pytest_collection_finish() -> None:
    """What was imported stays to the end: the collector need not go through it again and again (a twentieth of the time)."""
    gc.freeze()


@pytest.fixture
def at() -> datetime:
    """A Friday afternoon in office hours: 2026-11-20 14:32 in China."""
    return datetime(2026, 11, 20, 14, 32, tzinfo=ZONE)


@pytest.fixture
def cast(db: None, at: datetime) -> Cast:
    """和檐物业 and its people, founded at `at` (tests/cast.py)."""
    from tests.cast import found

    return found(at)


@pytest.fixture(autouse=True)
def forget_standing() -> None:
    """Nothing is remembered from test to test."""
    forget_all()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The real browser of `tests/browser`: the system's Chromium. `chromium.new_context(locale="zh-CN", …).new_page()` opens a page."""
    from playwright.sync_api import sync_playwright

    from kesu.config import testbrowser

    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=testbrowser.chromium(), args=testbrowser.FLAGS)
        yield browser
        browser.close()
