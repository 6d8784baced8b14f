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

INSTALL = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "mosquitto"]
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


def program() -> str | None:
    """The path of mosquitto, installed when allowed to; None without one."""
    wanted = os.environ.get("KESU_MOSQUITTO", "mosquitto")
    if found := _found(wanted):
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("正在安装 / Installing: mosquitto …", flush=True)
        for command in (["apt-get", "update", "-qq"], INSTALL):
            subprocess.run(command, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, capture_output=True, check=False)
    return _found(wanted)


def _found(wanted: str) -> str | None:
    return shutil.which(wanted) or shutil.which(wanted, path="/usr/sbin:/usr/local/sbin")


@contextmanager
def server() -> Iterator[MqttServer]:
    """A running broker that has kept nothing yet. Raises NoMosquitto."""
    path = program()
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
