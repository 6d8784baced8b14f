"""Questions that every page asks anew: their SQL is put together once in a process and asked again with other values.

Putting a question together costs Django several times what the database takes to answer it. `ask` keeps the finished SQL by a
key that names everything the question is built from; what changes from one time to the next (a moment, an id) is left blank
in it and filled in when it is asked. The function that builds a question is given the blanks, never the values, so that no
value of today can stay in the SQL of tomorrow.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    ValuesIterable,
    ValuesListIterable,
    get_related_populators,
)

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


class _Question:
    """The finished SQL with its blanks, and how its rows are read."""

    def __init__(self, rows: Any, blanks: dict[str, Any], given: tuple[Any, ...]) -> None:
        self._given = given  # what the key names by its id lives as long as the key
        if rows._prefetch_related_lookups or rows._known_related_objects:
            raise TypeError("a question kept ready brings its rows alone")
        compiler: Any = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        names = {_stored(blank): name for name, blank in blanks.items()}
        try:
            self._sql, found = compiler.as_sql()
        except EmptyResultSet:
            self._sql, found = "", ()
            return
        self._params = [(names.get(param) if isinstance(param, datetime | int | str) else None, param) for param in found]
        self._width = compiler.col_count
        self._converters = compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]])
        self._made = _maker(rows, compiler)

    def ask(self, values: dict[str, Any]) -> list[Any]:
        if not self._sql:
            return []
        connection = connections[DEFAULT_DB_ALIAS]
        stored = {name: _stored(value) for name, value in values.items()}
        with connection.cursor() as cursor:
            cursor.execute(self._sql, tuple(param if name is None else stored[name] for name, param in self._params))
            found = [list(row[: self._width]) for row in cursor.fetchall()]
        for place, (converters, expression) in self._converters.items():
            for row in found:
                value = row[place]
                for convert in converters:
                    value = convert(value, expression, connection)
                row[place] = value
        return self._made(found)


_populators: Any = get_related_populators


def _maker(rows: Any, compiler: Any) -> Callable[[list[list[Any]]], list[Any]]:
    """How a question's rows become what its builder promised: things with what hangs on them, tuples, or single values."""
    kind = rows._iterable_class
    if kind is FlatValuesListIterable:
        return lambda found: [row[0] for row in found]
    if kind is ValuesListIterable:
        return lambda found: [tuple(row) for row in found]
    if kind is ValuesIterable:
        query = rows.query
        names = list(query.selected or [*query.extra_select, *query.values_select, *query.annotation_select])
        return lambda found: [dict(zip(names, row, strict=True)) for row in found]
    if kind is not ModelIterable:
        raise TypeError(f"a question kept ready cannot bring {kind.__name__}")
    table, columns = compiler.klass_info["model"], compiler.klass_info["select_fields"]
    first, last = columns[0], columns[-1] + 1
    names = [column[0].target.attname for column in compiler.select[first:last]]
    populators = _populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS)
    beside = list(compiler.annotation_col_map.items()) if compiler.annotation_col_map else []

    def made(found: list[list[Any]]) -> list[Any]:
        things = []
        for row in found:
            thing = table.from_db(DEFAULT_DB_ALIAS, names, row[first:last])
            for populator in populators:
                populator.populate(row, thing)
            for name, place in beside:
                setattr(thing, name, row[place])
            things.append(thing)
        return things

    return made
