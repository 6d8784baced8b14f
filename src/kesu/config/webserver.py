"""Serves the pages: granian's threads in this process.

granian would start one more process for its worker; on CPython with a GIL its threaded server does the same work in one,
which saves some 20 MiB and leaves no orphan behind when the process is killed.
"""

from __future__ import annotations

import socket

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.net import SocketHolder
from granian.server.common import AbstractServer
from granian.server.mt import MTServer

from kesu.config import door as doors
from kesu.config import lifeline

THREADS = 8
KEEP_THREADS = 600  # seconds idle; each has a database connection that is worth keeping


class OneProcess(MTServer):
    """granian's threaded server on a socket that is already open."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(
            "kesu.config.wsgi:application",
            interface=Interfaces.WSGI,
            blocking_threads=THREADS,
            blocking_threads_idle_timeout=KEEP_THREADS,
            backlog=doors.BACKLOG,
            websockets=False,
            log_level=LogLevels.warning,
        )
        self._descriptor = descriptor

    def _check_gil(self) -> None:
        """It runs with a GIL as well; only more threads at a time would not."""

    def _init_shared_socket(self) -> None:
        self._ssp = None
        self._shd = SocketHolder(self._descriptor, False, doors.BACKLOG)  # type: ignore[call-arg, assignment]  # its stub lacks them


def serve(descriptor: int) -> None:
    """Serves until SIGTERM or SIGINT; requests that have begun are finished."""
    from kesu.config.wsgi import application

    lifeline.end_with_supervisor()
    # The threaded server's own `serve` only adds a warning about free-threaded Pythons.
    AbstractServer.serve(OneProcess(descriptor), target_loader=lambda: application, wrap_loader=False)


def serve_alone(host: str, port: int) -> None:
    """As `serve`, with a socket of its own. Raises DoorShut."""
    door: socket.socket = doors.open_door(host, port)
    serve(door.fileno())
