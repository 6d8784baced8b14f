"""Brings an installation up to date with the source: tables, translations, static files. A process of its own
(`python -m kesu.config.preparing`), so that the supervisor stays small."""

from __future__ import annotations

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from kesu.config import freshness, installation, messages

FILLED = 3  # exit code of `--empty`
MIGRATING = 5_378_001  # key of PostgreSQL's advisory lock: machines that start at once migrate one after the other


def main(argv: list[str]) -> int:
    """Prepares; with --empty the exit code tells whether a company has been founded (3) or not (0)."""
    try:
        installation.uses_django()
        prepare()
    except Exception as failure:
        if (told := installation.trouble(failure)) is None:
            raise
        print(told, file=sys.stderr, flush=True)
        return 1
    if "--empty" in argv:
        from kesu.company.models import Company

        return FILLED if Company.objects.exists() else 0
    return 0


def prepare() -> None:
    """Does what is stale, alone on this machine. Raises what the database or the disk raises."""
    with _alone():
        messages.compile_stale()
        migrate()
        collect_static()


@contextmanager
def _alone() -> Iterator[None]:
    with open(installation.data_dir() / "preparing.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def migrate() -> None:
    """Applies missing migrations, and only then: Django's own command takes a second to find nothing."""
    from django.core.management import call_command
    from django.db import connection

    from kesu.config import newtables

    if freshness.database_is_stale():
        with _one_migrator(connection):
            if not newtables.make(connection) and _missing(connection):
                call_command("migrate", verbosity=0, interactive=False)
        freshness.stamp(freshness.LOCK_STAMP, freshness.locked())


def _missing(connection) -> bool:  # type: ignore[no-untyped-def]
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def _one_migrator(connection) -> Iterator[None]:  # type: ignore[no-untyped-def]
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])


def collect_static() -> None:
    """Collects and compresses the static files when they are others than the last time."""
    from django.core.management import call_command

    if freshness.static_is_stale():
        made_from = freshness.static_fingerprint()
        call_command("collectstatic", verbosity=0, interactive=False)
        freshness.stamp(freshness.STATIC_STAMP, made_from)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
