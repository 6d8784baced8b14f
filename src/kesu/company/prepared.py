"""Questions that every page asks anew: their SQL is put together once in a process and asked again with other values.

Putting a question together costs Django several times what the database takes to answer it. `ask` keeps the finished SQL by a
key that names everything the question is built from; what changes from one time to the next (a moment, an id) is left blank
in it and filled in when it is asked. The function that builds a question is given the blanks, never the values, so that no
value of today can stay in the SQL of tomorrow.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Hashable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.sql import Query

from kesu.company.rights import Rights

MOST = 400  # questions kept; one takes up to forty kilobytes
_FIRST_MOMENT = datetime(1, 1, 1, tzinfo=UTC)
_FIRST_ID = -2_000_000_000  # within the range of the shortest integer column

_kept: dict[Hashable, _Question] = {}


def ask(build: Callable[..., QuerySet[Any, Any]], *given: Any, key: Hashable, **values: datetime | int | str) -> list[Any]:
    """The rows of `build(*given, **values)`. `key` must differ whenever `given` would lead to another question."""
    whole = (build, key)
    question = _kept.pop(whole, None)
    if question is None:
        blanks = {name: _blank(n, value) for n, (name, value) in enumerate(values.items())}
        question = _Question(build(*given, **blanks), blanks, given)
        for longest_ago in list(_kept)[: max(0, len(_kept) + 1 - MOST)]:
            _kept.pop(longest_ago, None)
    _kept[whole] = question  # the one asked last stands last
    return question.ask(values)


def ask_about(
    build: Callable[..., QuerySet[Any, Any]],
    *given: Any,
    key: Hashable,
    moments: dict[str, datetime] | None = None,
    **lists: Collection[int | str],
) -> list[Any]:
    """The rows of `build(*given, **lists)`. A list is filled up to a power of two by repeating a value, so that few lengths are kept."""
    full = {name: _filled_up(list(values)) for name, values in lists.items()}
    numbered = {f"{name}_{n}": value for name, values in full.items() for n, value in enumerate(values)}
    lengths = tuple((name, len(values)) for name, values in full.items())
    return ask(_with_lists, build, given, list(full), key=(build, key, lengths), **numbered, **(moments or {}))


def _filled_up(values: list[int | str]) -> list[int | str]:
    return values + values[-1:] * ((1 << (len(values) - 1).bit_length()) - len(values)) if values else []


def _with_lists(build: Callable[..., QuerySet[Any, Any]], given: Any, names: list[str], **blanks: Any) -> QuerySet[Any, Any]:
    lists: dict[str, list[Any]] = {name: [] for name in names}
    for key, blank in blanks.items():
        if (name := key.rpartition("_")[0]) in lists:
            lists[name].append(blank)
    moments = {key: blank for key, blank in blanks.items() if isinstance(blank, datetime)}
    return build(*given, **lists, **moments)


def forget() -> None:
    """Forget every question (tests, where ids come round again)."""
    _kept.clear()


def key_of(rights: Rights) -> tuple[int, ...]:
    """What a question about the cases that a person sees is built from: who asks, and the state of grants and procedure."""
    return (rights.person.pk, rights.company.pk, rights.company.changes, id(rights.pack))


def _blank(n: int, value: datetime | int | str) -> datetime | int | str:
    """Something that no real question holds, of the value's kind."""
    if isinstance(value, datetime):
        return _FIRST_MOMENT + timedelta(seconds=n)
    return _FIRST_ID - n if isinstance(value, int) else f"\0{n}"


def _stored(value: datetime | int | str) -> Any:
    """The value as the database is given it."""
    return connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


class _Ready(Query):
    """A query whose compiler has done its work."""

    def get_compiler(self, *_: Any, **__: Any) -> Any:
        return self.__dict__["compiler"]


class _Question:
    """The finished SQL with its blanks, and how its rows are read."""

    def __init__(self, rows: QuerySet[Any, Any], blanks: dict[str, Any], given: tuple[Any, ...]) -> None:
        self._rows, self._given = rows, given  # what the key names by its id lives as long as the key
        self._compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        names = {_stored(blank): name for name, blank in blanks.items()}
        try:
            self._sql, found = self._compiler.as_sql()
        except EmptyResultSet:
            self._sql, found = "", ()
        query, compiler = rows.query, self._compiler
        query.where = compiler.where = compiler.having = compiler.qualify = None  # type: ignore[assignment]
        query.alias_map, query.alias_refcount, query.table_map = {}, {}, {}  # the tree has become SQL: only its columns are wanted still
        self._params = [(names.get(param) if isinstance(param, datetime | int | str) else None, param) for param in found]

    def ask(self, values: dict[str, Any]) -> list[Any]:
        if not self._sql:
            return []
        stored = {name: _stored(value) for name, value in values.items()}
        filled = self._sql, tuple(param if name is None else stored[name] for name, param in self._params)
        compiler: Any = copy.copy(self._compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        compiler.as_sql = lambda *_, **__: filled
        query = _Ready.__new__(_Ready)
        query.__dict__ = {**self._rows.query.__dict__, "compiler": compiler}
        rows: Any = type(self._rows)(model=self._rows.model, query=query, using=DEFAULT_DB_ALIAS)
        rows._iterable_class, rows._fields = self._rows._iterable_class, self._rows._fields  # type: ignore[attr-defined]
        return list(rows)
