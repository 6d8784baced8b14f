"""How a process learns that it should end: a signal, or the supervisor gone. Standard library only.

The supervisor holds the writing end of a pipe that nobody writes to; when it dies, by kill -9 too, its children read the end of it.
"""

from __future__ import annotations

import os
import select
import signal
import threading

FD = "KESU_LIFELINE"


class Ending:
    """Set by SIGTERM, SIGINT or a lost supervisor. Waiting is by select(): an Event set in a signal handler can deadlock."""

    def __init__(self) -> None:
        self.asked = False
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._writing, False)
        os.set_blocking(self._reading, False)
        signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)
        self._lifeline = lifeline()

    def also_wake_on(self, number: signal.Signals) -> None:
        """Makes `wait` return early on this signal, without ending."""
        signal.signal(number, lambda *_: None)

    def wait(self, seconds: float) -> bool:
        """Waits, at most so long. True when the process should end."""
        watched = [self._reading] + ([] if self._lifeline is None else [self._lifeline])
        if not self.asked:
            ready, _, _ = select.select(watched, [], [], seconds)
            self._read(ready)
        return self.asked

    def _read(self, ready: list[int]) -> None:
        if self._reading in ready:
            os.read(self._reading, 512)
        if self._lifeline in ready:
            self.asked = True

    def _ask(self, *_: object) -> None:
        self.asked = True


def lifeline() -> int | None:
    """The pipe's reading end, when a supervisor started this process."""
    text = os.environ.get(FD)
    return int(text) if text else None


def end_with_supervisor() -> None:
    """Sends this process SIGTERM when its supervisor is gone; for processes whose main thread belongs to somebody else."""
    fd = lifeline()
    if fd is not None:
        threading.Thread(target=_end_at_eof, args=(fd,), daemon=True, name="lifeline").start()


def _end_at_eof(fd: int) -> None:
    os.read(fd, 1)
    os.kill(os.getpid(), signal.SIGTERM)
