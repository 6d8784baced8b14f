"""The only place that asks what time it is. Everything below is handed `at`.

KESU_NOW         an ISO instant that counts as the moment this process started (demonstrations, trials); time runs on from there
KESU_NOW_OFFSET  the same as seconds from real time; the supervisor hands it to its children, so that they agree
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present moment: aware, UTC, whole seconds."""
    return (datetime.now(UTC) + _offset()).replace(microsecond=0)


def offset_seconds() -> float:
    """How far this installation's clock is moved from real time, in seconds. Raises ValueError for a KESU_NOW that is no instant."""
    return _offset().total_seconds()


@cache
def _offset() -> timedelta:
    if seconds := os.environ.get("KESU_NOW_OFFSET"):
        return timedelta(seconds=float(seconds))
    if wanted := os.environ.get("KESU_NOW"):
        return _read(wanted) - datetime.now(UTC)
    return timedelta()


def _read(text: str) -> datetime:
    """An instant without a zone is meant in China's."""
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=ZoneInfo("Asia/Shanghai"))
