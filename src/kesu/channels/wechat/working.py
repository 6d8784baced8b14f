"""Beside the worker's chores, because it waits for WeChat: understand what came, say what is to be said, fetch files, file silent talks."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from django.db import close_old_connections, connection

from kesu.channels.models import OfficialAccount
from kesu.channels.wechat import fetching, sending, sorting, talking

ROUND = 0.5  # seconds between looks: a conversation should not feel slow
IDLE = 5.0  # … while no account is set up

log = logging.getLogger("kesu.wechat")
Now = Callable[[], datetime]


def watch(over: threading.Event, now: Now) -> None:
    """Until `over`."""
    while not over.is_set():
        pause = IDLE
        try:
            close_old_connections()
            if OfficialAccount.objects.exists():
                pause = ROUND
                while work(now()) and not over.is_set():
                    pass
        except Exception:
            log.exception("WeChat could not be looked after")
            connection.close()
        over.wait(pause)
    connection.close()


def work(at: datetime) -> int:
    """One round. Returns how much there was to do."""
    return sorting.sort_new(at) + talking.file_silent(at) + sending.say_due(at) + fetching.fetch_due(at)
