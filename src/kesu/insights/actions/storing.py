"""Facts and roll-ups as rows: facts of a case are replaced as a whole, roll-ups are added to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any

from django.db import connection, models
from django.db.models import Q

from kesu.insights.cells import Cells
from kesu.insights.deriving import Facts, Row
from kesu.insights.models import CaseFact, ClockFact, RemedyFact, StepFact, Tally, VisitFact
from kesu.insights.models.tallies import WIDTH
from kesu.insights.queries.fetching import fetched

TABLES: dict[str, type[models.Model]] = {
    "case": CaseFact,
    "steps": StepFact,
    "clocks": ClockFact,
    "visits": VisitFact,
    "remedies": RemedyFact,
}
COLUMNS = {
    name: tuple(str(column.attname) for column in table._meta.concrete_fields if not column.primary_key) for name, table in TABLES.items()
}
NUMBERS = tuple(f"n{n}" for n in range(WIDTH))
KEY = ("company_id", "grain", "kind", "dimension", "period", "site", "department", "value")
AT_ONCE = 300  # roll-ups in one statement
NOWHERE = -1  # entries of the journal: this fact is in no sum
Values = dict[str, list[tuple[Any, ...]]]  # table → rows, in the order of COLUMNS

_VALUES: dict[str, Callable[[Row], tuple[Any, ...]]] = {name: itemgetter(*columns) for name, columns in COLUMNS.items()}
_CASE = {name: columns.index("case_id") for name, columns in COLUMNS.items()}
_N = COLUMNS["case"].index("n")


def rows_of(facts: Facts) -> dict[str, list[Row]]:
    """The rows of one case by table."""
    return {"case": [facts.case], "steps": facts.steps, "clocks": facts.clocks, "visits": facts.visits, "remedies": facts.remedies}


def values_of(facts: Facts) -> Values:
    """The same as plain values."""
    return {name: [_VALUES[name](row) for row in rows] for name, rows in rows_of(facts).items()}


def kept(cases: Sequence[int]) -> dict[int, Values]:
    """The facts of these cases as they stand, those in no sum too. One query for each table."""
    found: dict[int, Values] = {}
    for name, table in TABLES.items():
        place, rows = _CASE[name], table._default_manager.filter(_these(cases)).order_by("case_id", "pk")
        for row in fetched(rows.values_list(*COLUMNS[name])):
            if name == "case":
                found[row[place]] = {other: [] for other in TABLES}
            if row[place] in found:
                found[row[place]][name].append(row)
    return {case: found[case] for case in cases if case in found}


def in_sums(values: Values | None) -> bool:
    """Whether these facts were added to the roll-ups."""
    return values is not None and values["case"][0][_N] != NOWHERE


def as_facts(values: Values) -> Facts:
    """Plain values as the facts that they are."""
    rows = {name: [dict(zip(COLUMNS[name], row, strict=True)) for row in own] for name, own in values.items()}
    return Facts(rows["case"][0], rows["steps"], rows["clocks"], rows["visits"], rows["remedies"])


def stored(cases: Sequence[int]) -> dict[int, Facts]:
    """The facts of these cases as they stand in the sums. One query for each table."""
    return {case: as_facts(values) for case, values in kept(cases).items() if in_sums(values)}


def _these(cases: Sequence[int]) -> Q:
    """Of many that lie together the first and the last are named: a thousand ids cost more than the rows."""
    first, last = min(cases, default=0), max(cases, default=0)
    if len(cases) > 50 and last - first < 2 * len(cases):
        return Q(case__gte=first, case__lte=last)
    return Q(case__in=cases)


def replace(cases: Sequence[int], facts: Iterable[Facts]) -> None:
    """Facts instead of those that stand there."""
    swap(cases, (values_of(one) for one in facts))


def swap(cases: Sequence[int], news: Iterable[Values]) -> None:
    """The same with plain values. Nothing points to a fact: no row is read before it is deleted."""
    rows: Values = {name: [] for name in TABLES}
    for values in news:
        for name, own in values.items():
            rows[name] += own
    for name, table in TABLES.items():
        there = table._default_manager.filter(case__in=cases)
        there._raw_delete(there.db)
        _write(table, COLUMNS[name], rows[name])


def _write(table: type[models.Model], columns: Sequence[str], rows: list[tuple[Any, ...]]) -> None:
    if not rows:
        return
    quote = connection.ops.quote_name
    names, turns = zip(*_spelling(table, tuple(columns)), strict=True)
    by_column: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for n, turn in enumerate(turns):
        if turn is not None:
            by_column[n] = [None if value is None else turn(value) for value in by_column[n]]
    into = f"{quote(table._meta.db_table)} ({', '.join(map(quote, names))})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                for row in zip(*by_column, strict=True):
                    copy.write_row(row)
        else:
            blank = ", ".join(["%s"] * len(names))
            cursor.executemany(f"INSERT INTO {into} VALUES ({blank})", list(zip(*by_column, strict=True)))  # noqa: S608  # our own table


@lru_cache(maxsize=16)
def _spelling(table: type[models.Model], columns: tuple[str, ...]) -> list[tuple[str, Callable[[Any], Any] | None]]:
    """(column, how its values are written) of each."""
    found: list[tuple[str, Callable[[Any], Any] | None]] = []
    for name in columns:
        column = next(field for field in table._meta.concrete_fields if field.attname == name)
        turn: Callable[[Any], Any] | None = None
        if isinstance(column, models.JSONField):
            turn = json.dumps
        elif connection.vendor == "sqlite":
            turn = _utc if isinstance(column, models.DateTimeField) else str if isinstance(column, models.DateField) else None
        found.append((str(column.column), turn))
    return found


def _utc(at: datetime) -> str:
    return str(at if at.tzinfo is UTC else at.astimezone(UTC))[:-6]


def add(company: int, cells: Cells) -> None:
    """Add these cells to the roll-ups, in the order of their keys, so that two who count never wait for each other in a circle."""
    rows = sorted((key, numbers) for key, numbers in cells.items() if any(numbers))
    quote, table = connection.ops.quote_name, connection.ops.quote_name(Tally._meta.db_table)
    names = ", ".join(map(quote, (*KEY, *NUMBERS)))
    more = ", ".join(f"{quote(name)} = {table}.{quote(name)} + excluded.{quote(name)}" for name in NUMBERS)
    blank = f"({', '.join(['%s'] * (len(KEY) + WIDTH))})"
    with connection.cursor() as cursor:
        for first in range(0, len(rows), AT_ONCE):
            piece = rows[first : first + AT_ONCE]
            values = [value for key, numbers in piece for value in (company, *_spelt(key), *numbers)]
            cursor.execute(
                f"INSERT INTO {table} ({names}) VALUES {', '.join([blank] * len(piece))} "  # noqa: S608  # names of our own table
                f"ON CONFLICT ({', '.join(map(quote, KEY))}) DO UPDATE SET {more}",
                values,
            )


def _spelt(key: tuple[Any, ...]) -> tuple[Any, ...]:
    grain, kind, dimension, period, site, department, value = key
    return grain, kind, dimension, connection.ops.adapt_datefield_value(period), site, department, value[:80]
