"""Rows of a question as plain tuples: what `values_list` gives, with each column looked at once instead of each value of each row.

Counting a million cases anew reads sixty million values; Django's converters, one call after the other for every value, were the larger
part of that.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models

Turn = Callable[[Any], Any]


def fetched(rows: models.QuerySet[Any, Any]) -> list[tuple[Any, ...]]:
    """The rows of a `values_list` of columns of tables, with the values that Django gives. One query."""
    compiler = rows.query.get_compiler(rows.db)
    try:
        statement, params = compiler.as_sql()
    except EmptyResultSet:
        return []
    turns = {n: turn for n, (column, _, _) in enumerate(compiler.select) if (turn := _turn(column.output_field))}
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return list(_turned(found, turns)) if turns and found else found


def _turned(found: list[tuple[Any, ...]], turns: dict[int, Turn]) -> Iterator[tuple[Any, ...]]:
    """Column by column: the same step for many values in a row is the quick way."""
    columns: list[Sequence[Any]] = list(zip(*found, strict=True))
    for n, turn in turns.items():
        columns[n] = [None if value is None else turn(value) for value in columns[n]]
    return zip(*columns, strict=True)


def _turn(column: models.Field[Any, Any]) -> Turn | None:
    """What is left to do: both databases hand over times, days and truths as they are (`company.moments`), but JSON as text."""
    return json.loads if isinstance(column, models.JSONField) else None
