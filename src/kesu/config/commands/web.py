"""只启动网页 · the pages alone [--port 8000] [--host 127.0.0.1]"""

from __future__ import annotations

import argparse

from kesu.config import door as doors
from kesu.config import freshness
from kesu.config.supervisor import say


def main(argv: list[str]) -> int:
    """Serves pages on the supervisor's socket, or on one of its own."""
    parser = argparse.ArgumentParser(prog="kesu web")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args(argv)
    descriptor = doors.inherited()
    if descriptor is None:
        return _alone(options.host, options.port)
    from kesu.config import webserver

    webserver.serve(descriptor)
    return 0


def _alone(host: str, port: int) -> int:
    from kesu.config import installation, preparing, webserver

    installation.uses_django()
    if freshness.is_stale():
        preparing.prepare()
    try:
        webserver.serve_alone(host, port)
    except doors.DoorShut as problem:
        say(str(problem))
        return 1
    return 0
