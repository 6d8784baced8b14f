"""Filling fast: while an empty installation is filled, a power cut costs nothing but the filling."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def unsafe_but_fast() -> Iterator[None]:
    """SQLite does not wait for the disk, PostgreSQL not for its log; both as before afterwards."""
    if connection.in_atomic_block:  # the disk is waited for at its end, once
        yield
        return
    off, on = {
        "sqlite": ("PRAGMA synchronous=OFF", "PRAGMA synchronous=FULL"),
        "postgresql": ("SET synchronous_commit TO OFF", "SET synchronous_commit TO ON"),
    }[connection.vendor]
    _say(off)
    try:
        yield
    finally:
        _say(on)


def _say(words: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(words)
