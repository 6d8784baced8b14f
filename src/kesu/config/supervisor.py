"""Keeps the web process and the worker running. Standard library only: this process stays small."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from kesu.config import door as doors
from kesu.config import lifeline, now

GRACE = 4.5  # seconds between SIGTERM and SIGKILL: all has ended within 5
STEADY = 30.0  # seconds after which an end counts as the first one again
DELAYS = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)  # seconds before the next try


def python(*words: str) -> list[str]:
    """The command of a process of ours."""
    return [sys.executable, "-P", *words]


class Child:
    """A process that is started again when it ends."""

    def __init__(self, name: str, start: Callable[[], subprocess.Popen[bytes]], clock: Callable[[], float] = time.monotonic) -> None:
        self.name, self._start, self._clock = name, start, clock
        self.process: subprocess.Popen[bytes] | None = None
        self.failures, self._began, self._again_at = 0, 0.0, 0.0

    def look_after(self) -> None:
        """Starts the process when it is due; notes its end."""
        if self.process is None:
            if self._clock() >= self._again_at:
                self._began, self.process = self._clock(), self._start()
        elif (code := self.process.poll()) is not None:
            self._ended(code)

    def _ended(self, code: int) -> None:
        steady = self._clock() - self._began >= STEADY
        self.failures = 1 if steady else self.failures + 1
        delay = DELAYS[min(self.failures, len(DELAYS)) - 1]
        self.process, self._again_at = None, self._clock() + delay
        say(f"{self.name} 意外结束（{code}），{delay:g} 秒后重启 / {self.name} ended ({code}), starting again in {delay:g} s")

    def next_look(self) -> float:
        """Seconds until `look_after` may have something to do, when no signal comes before."""
        return 1.0 if self.process else max(0.0, self._again_at - self._clock())

    def send(self, number: signal.Signals) -> None:
        """Sends a signal, when the process runs."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)

    def wait_until(self, deadline: float) -> bool:
        """Whether the process has ended by then (`clock` seconds)."""
        try:
            if self.process:
                self.process.wait(max(0.0, deadline - self._clock()))
        except subprocess.TimeoutExpired:
            return False
        return True


def say(text: str) -> None:
    """A line for the person who started us."""
    print(text, file=sys.stderr, flush=True)


def run(door: socket.socket, announce: Callable[[], None]) -> int:
    """Runs web and worker until SIGTERM or SIGINT. `announce` is called once, when the first page can be served. Returns the exit code."""
    ending = lifeline.Ending()
    ending.also_wake_on(signal.SIGCHLD)
    reading, _kept_open = os.pipe()
    environment = os.environ | {lifeline.FD: str(reading), doors.FD: str(door.fileno()), "KESU_NOW_OFFSET": str(now.offset_seconds())}
    children = [Child(name, _starter(name, environment, [reading, door.fileno()])) for name in ("web", "work")]
    threading.Thread(target=_announce_when_up, args=(door, announce), daemon=True).start()
    while not ending.asked:
        for child in children:
            child.look_after()
        ending.wait(min(child.next_look() for child in children))
    return _end(children)


def _starter(name: str, environment: dict[str, str], descriptors: list[int]) -> Callable[[], subprocess.Popen[bytes]]:
    # A group of its own: Ctrl-C reaches the supervisor only, which then ends everybody in order.
    return lambda: subprocess.Popen(python("-m", "kesu", name), env=environment, pass_fds=descriptors, process_group=0)


def _announce_when_up(door: socket.socket, announce: Callable[[], None]) -> None:
    """The request waits at the open door until the web process takes it."""
    with socket.create_connection(("127.0.0.1", door.getsockname()[1]) if _is_local(door) else door.getsockname()[:2]) as caller:
        caller.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
        if caller.recv(1):
            announce()


def _is_local(door: socket.socket) -> bool:
    return door.family == socket.AF_INET and door.getsockname()[0] in {"0.0.0.0", "127.0.0.1"}


def _end(children: list[Child]) -> int:
    deadline = time.monotonic() + GRACE
    for child in children:
        child.send(signal.SIGTERM)
    slow = [child for child in children if not child.wait_until(deadline)]
    for child in slow:
        say(f"{child.name} 没有按时结束，强行停止 / {child.name} did not end in time and is stopped")
        child.send(signal.SIGKILL)
        child.wait_until(time.monotonic() + 1)
    return 1 if slow else 0
