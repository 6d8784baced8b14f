"""Facts and roll-ups as rows: facts of a case are replaced as a whole, roll-ups are added to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

from kesu.complaints.storing import insert
from kesu.insights.cells import Cells
from kesu.insights.deriving import Facts, Row
from kesu.insights.models import CaseFact, ClockFact, RemedyFact, StepFact, Tally, VisitFact
from kesu.insights.models.tallies import WIDTH

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


def rows_of(facts: Facts) -> dict[str, list[Row]]:
    """The rows of one case by table."""
    return {"case": [facts.case], "steps": facts.steps, "clocks": facts.clocks, "visits": facts.visits, "remedies": facts.remedies}


def stored(cases: Sequence[int]) -> dict[int, Facts]:
    """The facts of these cases as they stand in the sums. One query for each table."""
    found: dict[int, Facts] = {}
    for name, table in TABLES.items():
        for row in table._default_manager.filter(case__in=cases).order_by("case_id", "pk").values(*COLUMNS[name]):
            if name == "case":
                if row["n"] >= 0:
                    found[row["case_id"]] = Facts(row)
            elif row["case_id"] in found:
                getattr(found[row["case_id"]], name).append(row)
    return found


def replace(cases: Sequence[int], facts: Iterable[Facts]) -> None:
    """Facts instead of those that stand there."""
    news: dict[str, list[Any]] = {name: [] for name in TABLES}
    for one in facts:
        for name, rows in rows_of(one).items():
            columns, table = COLUMNS[name], TABLES[name]
            news[name] += [table.from_db(None, ("id", *columns), (None, *(row[column] for column in columns))) for row in rows]
    for name, table in TABLES.items():
        if table._default_manager.filter(case__in=cases).exists():
            table._default_manager.filter(case__in=cases).delete()
        insert(news[name])


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
