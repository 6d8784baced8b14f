"""The conditions of the partial indexes, written out: SQLite uses a partial index only when the query repeats its condition word for
word, and a bound parameter is not a word."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, BooleanField, Func


class _Said(Func):
    arity = 1
    output_field = BooleanField()

    def __init__(self, path: str = "state", **extra: Any) -> None:
        super().__init__(path, **extra)


class Live(_Said):
    """Running or paused, as the indexes of what is owed say it. `path` leads to the clock's state."""

    template = "%(expressions)s IN ('running', 'paused')"


class Plainly(Func):
    """An id that shall not lead to an index: without statistics SQLite takes any index of a whole site or company for a good one."""

    template, arity, output_field = "(%(expressions)s + 0)", 1, BigIntegerField()
