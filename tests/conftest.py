"""What every test may use. No Django is imported here: `tests/pure` runs without it.

The database is chosen by KESU_DATABASE_URL (default: SQLite in a directory of its own).
"""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

if TYPE_CHECKING:
    from tests.cast import Cast

ZONE = ZoneInfo("Asia/Shanghai")


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
    """Ids come round again from test to test: what a process remembers of companies and packs is forgotten in between."""
    remembered = sys.modules.get("kesu.company.standing"), sys.modules.get("kesu.company.procedures")
    if remembered[0]:
        remembered[0].forget()
    if remembered[1]:
        remembered[1].pack_of.cache_clear()
        remembered[1]._timetable.cache_clear()
