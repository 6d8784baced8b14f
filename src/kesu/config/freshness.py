"""Is the installation up to date with the source? Answered in milliseconds with the standard library only,
so that a start that has nothing to prepare does not pay for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from kesu.config import installation, messages

STATIC_STAMP = "static.stamp"
LOCK_STAMP = "requirements.stamp"


def is_stale() -> bool:
    """Whether `preparing` has something to do."""
    return messages.is_stale() or static_is_stale() or database_is_stale()


def static_is_stale() -> bool:
    """Whether the collected static files are missing or others than the source's."""
    return not (installation.data_dir() / "static").is_dir() or _stamp(STATIC_STAMP) != static_fingerprint()


def static_fingerprint() -> str:
    """Changes with every static file of ours and with every locked package."""
    lines = [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in _static_files()]
    return "\n".join([locked(), *lines])


def _static_files() -> Iterator[Path]:
    for directory in sorted(installation.SOURCE.glob("*/static")):
        yield from sorted(path for path in directory.rglob("*") if path.is_file())


def database_is_stale() -> bool:
    """Whether migrations may be missing. Only a SQLite file can be asked cheaply; another database is always asked properly."""
    path = installation.sqlite_path()
    if path is None:
        return True
    return not path.exists() or _stamp(LOCK_STAMP) != locked() or not our_migrations() <= _applied(path)


def our_migrations() -> set[tuple[str, str]]:
    """(app, name) of every migration in the source."""
    return {(path.parent.parent.name, path.stem) for path in installation.SOURCE.glob("*/migrations/[0-9]*.py")}


def _applied(path: Path) -> set[tuple[str, str]]:
    try:
        database = sqlite3.connect(path, timeout=5)
        try:
            return set(database.execute("SELECT app, name FROM django_migrations"))
        finally:
            database.close()
    except sqlite3.Error:
        return set()


def locked() -> str:
    """Stands for the locked packages: theirs are the migrations and static files that are not ours."""
    return (installation.ROOT / "requirements.lock").read_text(encoding="utf-8")


def _stamp(name: str) -> str:
    path = installation.data_dir() / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def stamp(name: str, text: str) -> None:
    """Remembers in the data directory what something was made from."""
    (installation.data_dir() / name).write_text(text, encoding="utf-8")
