"""Pieces of a rebuild in processes of their own, one for each core. Nothing of Django is imported above: a new process begins here."""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Future

    from kesu.insights.actions.piecework import Piece

Task = tuple[str, int, str, Sequence[int]]  # "rebuilt" or "compared", company, token of the hold, cases
AHEAD = 2  # pieces for each process: done and not yet fetched, or waiting


def worked(tasks: Iterable[Task], processes: int) -> Iterator[Piece]:
    """The pieces in their order, never more at a time than keep everybody busy. With one process: in this one."""
    if processes <= 1:
        yield from map(work, tasks)
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    waiting: deque[Future[Piece]] = deque()
    with ProcessPoolExecutor(processes, get_context("spawn"), _begin) as pool:
        try:
            for task in tasks:
                waiting.append(pool.submit(work, task))
                if len(waiting) > AHEAD * processes:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for rest in waiting:
                rest.cancel()


def work(task: Task) -> Piece:
    """One piece, wherever it runs."""
    from kesu.insights.actions import piecework

    what, company, token, ids = task
    return (piecework.rebuilt if what == "rebuilt" else piecework.compared)(company, token, ids)


def _begin() -> None:
    """A process of its own: it leaves the keyboard to the one that started it, and ends with that one."""
    import django

    gc.set_threshold(200_000, 20, 20)  # rows come and go by the ten thousand, and nothing among them points in a circle
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    django.setup()


def _end_with_parent() -> None:
    from multiprocessing import parent_process

    if parent := parent_process():
        parent.join()
        os._exit(1)
