"""What the worker does in threads of its own, because it waits for others: a server that hangs must not hold up the chores."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable
from datetime import datetime

from kesu.config.now import now

# each is called with an event that says when to end, and with what tells the time
BESIDE = [
    "kesu.channels.mail.fetching.watch",
    "kesu.channels.wechat.working.watch",
    "kesu.channels.devices.listening.watch",
    "kesu.channels.paper.running.watch",
]


class Beside:
    """Runs them while the worker works."""

    def __init__(self, paths: list[str]) -> None:
        self._over = threading.Event()
        self._threads = [threading.Thread(target=_found(path), args=(self._over, now), daemon=True, name=path) for path in paths]

    def __enter__(self) -> Beside:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(1.5)


def _found(path: str) -> Callable[[threading.Event, Callable[[], datetime]], None]:
    module, _, name = path.rpartition(".")
    found: Callable[[threading.Event, Callable[[], datetime]], None] = getattr(importlib.import_module(module), name)
    return found
