"""The worker: does what falls due without anybody clicking. Any number may run; each chore claims its work by itself."""

from __future__ import annotations

import importlib
import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import close_old_connections, connection

from kesu.config import lifeline
from kesu.config.beside import BESIDE, Beside
from kesu.config.now import now

CHORES = [
    "kesu.complaints.ringing.ring_due",
    "kesu.complaints.routines.start_due",
    "kesu.improvement.ringing.ring_due",
    "kesu.improvement.looking.look_due",
    "kesu.complaints.actions.keeping.deidentify_due",
    "kesu.complaints.actions.formerstaff.let_go_due",
    "kesu.improvement.lettinggo.let_go_due",
    "kesu.channels.strays.forget_due",
    "kesu.exchange.strays.forget_due",
    "kesu.channels.outbox.deliver_due",
    "kesu.exchange.delivering.deliver_due",
    "kesu.exchange.actions.imports.take_due",
    "kesu.exchange.actions.tokens.forget_answers",
    "kesu.channels.telling.ring_due",
    "kesu.channels.answering.answer_due",
    "kesu.channels.out.groups.tell_groups",
    "kesu.channels.out.staff.tell_urgent",
    "kesu.channels.out.delivering.deliver_due",
    "kesu.insights.actions.counting.count_due",
    "kesu.warnings.daily.scan_due",
    "kesu.warnings.ringing.ring_due",
    "kesu.complaints.coming.forget_old",
    "kesu.reporting.actions.drafting.draft_due",
    "kesu.reporting.ringing.ring_due",
    "kesu.performance.actions.opening.open_due",
    "kesu.performance.ringing.ring_due",
    "kesu.config.sessions.forget_ended",
]
EVERY = 1.0  # seconds between rounds when there was nothing to do
BEAT_EVERY = 2.0  # seconds
STUCK_AFTER = 60.0  # seconds: a worker whose chore takes longer gives no sign of life any more
LONGEST_REST = 60.0  # seconds a failing chore rests
FORGOTTEN_AFTER = timedelta(days=1)

log = logging.getLogger("kesu.worker")
Work = Callable[[datetime], int]


class Chore:
    """One kind of work. It never raises: a failure is logged and the chore rests, longer each time."""

    def __init__(self, name: str, work: Work, clock: Callable[[], float] = time.monotonic) -> None:
        self.name, self._work, self._clock = name, work, clock
        self._failures, self._rests_until = 0, 0.0

    def do(self, at: datetime) -> int:
        """How many things were done; 0 while it rests."""
        if self._clock() < self._rests_until:
            return 0
        try:
            done = self._work(at)
        except Exception:
            self._rest()
            return 0
        self._failures = 0
        return done

    def _rest(self) -> None:
        self._failures += 1
        seconds = min(LONGEST_REST, 2.0 ** (self._failures - 1))
        self._rests_until = self._clock() + seconds
        log.exception("chore %s failed, rests %g s", self.name, seconds)
        connection.close()


def found_chores(paths: list[str]) -> list[Chore]:
    """The chores that exist; a missing one is logged, so that a half-built house runs too."""
    found = [(path, _find(path)) for path in paths]
    return [Chore(path, work) for path, work in found if work is not None]


def _find(path: str) -> Work | None:
    module, _, name = path.rpartition(".")
    try:
        return getattr(importlib.import_module(module), name)
    except ModuleNotFoundError as problem:
        if not module.startswith(problem.name or "\0"):
            raise  # the chore is there, but what it needs is not
        log.warning("chore %s does not exist yet", path)
        return None


class Beat:
    """The worker's sign of life, from a thread of its own: a long delivery must not look like death, a stuck one must."""

    def __init__(self) -> None:
        self.host, self.pid, self.started_at = socket.gethostname(), os.getpid(), now()
        self.name = f"{self.host}:{self.pid}"
        self.moved = time.monotonic()  # when the loop last moved
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True, name="beat")

    def __enter__(self) -> Beat:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(2)

    def _beat(self) -> None:
        while True:
            if time.monotonic() - self.moved < STUCK_AFTER:
                self._quietly(self._write)
            if self._over.wait(BEAT_EVERY):
                break
        self._quietly(self._say_goodbye)
        connection.close()

    def _quietly(self, act: Callable[[], object]) -> None:
        try:
            act()
        except Exception:
            log.exception("no sign of life could be given")
            connection.close()

    def _write(self) -> None:
        from kesu.company.models import WorkerBeat

        seen = {"pid": self.pid, "host": self.host, "started_at": self.started_at, "beat_at": now()}
        if not WorkerBeat.objects.filter(name=self.name).update(**seen):
            WorkerBeat.objects.filter(beat_at__lt=now() - FORGOTTEN_AFTER).delete()
            WorkerBeat.objects.create(name=self.name, **seen)

    def _say_goodbye(self) -> None:
        from kesu.company.models import WorkerBeat

        WorkerBeat.objects.filter(name=self.name).delete()


def run(ending: lifeline.Ending | None = None, paths: list[str] | None = None) -> None:
    """Does chores until SIGTERM or SIGINT; ends between two chores."""
    ending = ending or lifeline.Ending()
    chores = found_chores(CHORES if paths is None else paths)
    with Beat() as beat, Beside(BESIDE if paths is None else []):
        while not ending.asked:
            if not _round(chores, ending, beat):
                ending.wait(EVERY)
    connection.close()


def _round(chores: list[Chore], ending: lifeline.Ending, beat: Beat) -> int:
    close_old_connections()
    done = 0
    for chore in chores:
        if ending.asked:
            break
        beat.moved = time.monotonic()
        done += chore.do(now())
    return done
