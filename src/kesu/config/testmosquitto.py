"""A real MQTT broker for the tests of devices: mosquitto, the system's or installed where that is possible, on a port of its own.

KESU_MOSQUITTO  the program to use instead
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kesu.config.testprogram import program

# It keeps sessions on disk, so that it can be killed and started again.
CONFIG = """
listener {port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {home}/
autosave_interval 1
autosave_on_changes true
max_queued_messages 0
log_dest none
"""


class NoMosquitto(Exception):
    """No broker could be started; the text says why, in both languages."""


@dataclass
class MqttServer:
    """Where it listens; `stop` as a power cut would, `start` with what it had kept."""

    path: str
    home: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Raises NoMosquitto."""
        config = self.home / "mosquitto.conf"
        config.write_text(CONFIG.format(home=self.home, port=self.port), encoding="ascii")
        self.process = subprocess.Popen([self.path, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise NoMosquitto("mosquitto 没有起来 / mosquitto did not start")

    def stop(self) -> None:
        """At once; what it had saved stays."""
        if self.process:
            self.process.kill()
            self.process.wait()


def installed() -> str | None:
    """The path of the program; None without one."""
    return program(os.environ.get("KESU_MOSQUITTO", "mosquitto"), "mosquitto")


@contextmanager
def server() -> Iterator[MqttServer]:
    """A running broker that has kept nothing yet. Raises NoMosquitto."""
    path = installed()
    if path is None:
        raise NoMosquitto("没有 mosquitto，请运行 apt install mosquitto / No mosquitto: apt install mosquitto")
    home = Path(tempfile.mkdtemp(prefix="kesu-mqtt-", dir="/tmp"))
    home.chmod(0o777)  # started by root, it goes on as a user of its own
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    running = MqttServer(path, home, port)
    try:
        running.start()
        yield running
    finally:
        running.stop()
        shutil.rmtree(home, ignore_errors=True)
