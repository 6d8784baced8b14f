"""Storing rows: what `bulk_create` and `save` do, for rows whose values are of the columns' own kinds already.

Django asks every field of every row in five steps how to store its value; that was the larger part of what a complaint cost.
Here the columns of a table are looked at once in a process: texts, numbers and ids go as they are, times and JSON as the
database wants them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.db import connection, models

Spell = Callable[[Any], Any] | None


@lru_cache(maxsize=64)
def _columns(table: type[models.Model]) -> tuple[str, list[tuple[str, str]]]:
    """The start of the statement, and (attribute, kind) of every column but the id."""
    columns = [column for column in table._meta.concrete_fields if not column.primary_key]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(column.column)) for column in columns)
    return f"INSERT INTO {quote(table._meta.db_table)} ({names}) VALUES ", [(column.attname, _kind(column)) for column in columns]


def _kind(column: models.Field[Any, Any]) -> str:
    if isinstance(column, models.DateTimeField):
        return "time"
    return "json" if isinstance(column, models.JSONField) else ""


def insert(rows: Sequence[models.Model]) -> None:
    """Store new rows of one table, in their order, and give them their ids. No signals are sent, as with `bulk_create`."""
    _store(rows, " RETURNING id")


def insert_unless_there(rows: Sequence[models.Model]) -> None:
    """Store those new rows of one table whose unique columns are not taken yet. Nobody learns the ids."""
    _store(rows, " ON CONFLICT DO NOTHING")


class _Held(threading.local):
    """What this thread holds back: statements, and the rows that wait for the ids each returns."""

    statements: list[tuple[str, Sequence[models.Model]]] | None = None


_held = _Held()


@contextmanager
def together() -> Iterator[None]:
    """What is stored within goes to the database at the end, in its order and in one message, where the database takes several statements
    at once (each by itself would be waited for). Rows have their ids afterwards; questions asked within do not see them yet."""
    if connection.vendor != "postgresql" or _held.statements is not None:
        yield
        return
    held: list[tuple[str, Sequence[models.Model]]] = []
    _held.statements = held
    try:
        yield
    finally:
        _held.statements = None
    if held:
        with connection.cursor() as cursor:
            cursor.execute("; ".join(statement for statement, _ in held))
            for _, rows in held:
                _give_ids(rows, cursor.fetchall() if rows else ())
                cursor.nextset()


def update(row: models.Model) -> None:
    """Write all columns of a row that is stored already. No signals are sent and no defaults are filled in."""
    assert not hasattr(row, "_covered"), "what was covered for a reader is never written back"
    statement, columns = _assignments(type(row))
    with connection.cursor() as cursor:
        cursor.execute(statement, [*_values([row], columns), row.pk])


@lru_cache(maxsize=64)
def _assignments(table: type[models.Model]) -> tuple[str, list[tuple[str, str]]]:
    _, columns = _columns(table)
    quote = connection.ops.quote_name
    names = [quote(str(column.column)) for column in table._meta.concrete_fields if not column.primary_key]
    return f"UPDATE {quote(table._meta.db_table)} SET {', '.join(f'{name} = %s' for name in names)} WHERE id = %s", columns


def update_columns(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Write these columns (by attribute) of rows of one table that are stored already, all in one statement: Django's `bulk_update` puts
    an expression together for every single value. No signals are sent."""
    if not rows:
        return
    start, end, columns = _setting(type(rows[0]), tuple(names))
    for piece in _pieces(rows, len(columns)):
        _run(start, piece, columns, end)


@lru_cache(maxsize=64)
def _setting(table: type[models.Model], names: tuple[str, ...]) -> tuple[str, str, list[tuple[str, str]]]:
    """The statement before and after its rows of values, whose first is the id, and (attribute, kind) of each value."""
    wanted = [column for column in table._meta.concrete_fields if column.attname in names]
    assert len(wanted) == len(names), "every one is a column of the table"
    quote = connection.ops.quote_name
    said = ", ".join(f"{quote(str(column.column))} = {_cast(column, f'said.column{n}')}" for n, column in enumerate(wanted, 2))
    name = quote(table._meta.db_table)
    columns = [("id", ""), *((column.attname, _kind(column)) for column in wanted)]
    return f"UPDATE {name} SET {said} FROM (VALUES ", f") AS said WHERE {name}.id = said.column1", columns


def _cast(column: models.Field[Any, Any], value: str) -> str:
    """PostgreSQL takes a column of nothing but NULLs for text; texts themselves are left to the table, which refuses what is too long."""
    if connection.vendor != "postgresql" or isinstance(column, models.CharField | models.TextField):
        return value
    return f"CAST({value} AS {column.db_type(connection)})"


def _store(rows: Sequence[models.Model], ending: str) -> None:
    if not rows:
        return
    start, columns = _columns(type(rows[0]))
    learn = "RETURNING" in ending
    for piece in _pieces(rows, len(columns)):
        if _held.statements is not None:
            _held.statements.append((f"{start}{_spelt_out(_values(piece, columns), len(columns))}{ending}", piece if learn else ()))
        else:
            _give_ids(piece if learn else (), _run(start, piece, columns, ending))


def _pieces(rows: Sequence[models.Model], width: int) -> Iterator[Sequence[models.Model]]:
    """As many rows as one statement takes."""
    most = max(1, (connection.features.max_query_params or 30_000) // width)
    for first in range(0, len(rows), most):
        yield rows[first : first + most]


def _run(start: str, rows: Sequence[models.Model], columns: list[tuple[str, str]], end: str) -> Sequence[tuple[int]]:
    """One statement about these rows; the ids that it returns, if it does."""
    values = _values(rows, columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"{start}{_spelt_out(values, len(columns))}{end}")
        else:
            row = f"({', '.join(['%s'] * len(columns))})"
            cursor.execute(f"{start}{', '.join([row] * len(rows))}{end}", values)
        return cursor.fetchall() if "RETURNING" in end else ()


def _spelt_out(values: list[Any], width: int) -> str:
    """Rows of so many values as they stand in a statement. The driver puts values into a statement on our side as well, but first
    looks for every placeholder of it, thousands in a long one, each time anew."""
    from psycopg.adapt import Transformer  # only where there is PostgreSQL

    connection.ensure_connection()
    spell = Transformer(connection.connection).as_literal
    said = [b"NULL" if value is None else spell(value) for value in values]
    return b", ".join(b"(" + b", ".join(said[n : n + width]) + b")" for n in range(0, len(said), width)).decode()


def _give_ids(rows: Sequence[models.Model], ids: Sequence[tuple[int]]) -> None:
    for row, (pk,) in zip(rows, ids, strict=True):
        row.pk = pk
        row._state.adding, row._state.db = False, connection.alias


def _values(rows: Sequence[models.Model], columns: list[tuple[str, str]]) -> list[Any]:
    spell: dict[str, Spell] = {"time": connection.ops.adapt_datetimefield_value, "json": _json, "": None}
    plan = [(name, spell[kind]) for name, kind in columns]
    found: list[Any] = []
    for row in rows:
        values = row.__dict__
        found += [values[name] if stored is None else stored(values[name]) for name, stored in plan]
    return found


def _json(value: Any) -> Any:
    return connection.ops.adapt_json_value(value, None)


def spelled(value: Any) -> Any:
    """A JSON value as the database wants it."""
    return _json(value)
