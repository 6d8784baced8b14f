"""Very many plausible cases for measuring: a small company is lived, then its cases are copied with new numbers, times and hashes.

The copies come in the order of their days, and the customers become more with them, as in an archive that has grown.
Only `bench/` uses this. Copies are written past the actions, yet every journal holds (`kesu verify` proves it), every number of a
day is there, and the clocks of open cases lie around now.
"""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.models import Max

from kesu.company.models import Company, Site
from kesu.company.procedures import pack_of
from kesu.complaints.chain import entry_hash
from kesu.complaints.models import (
    AgreedAction,
    ApprovalLevel,
    Case,
    CaseItem,
    Clock,
    DayNumber,
    Evidence,
    JournalEntry,
    Part,
    Payment,
    Proposal,
    RootCause,
    Visit,
)
from kesu.customers.models import Customer, Home
from kesu.procedure.pack import Pack
from kesu.simulation.life import fill
from kesu.simulation.speed import unsafe_but_fast

OPEN = 500  # open cases, whatever the history: what is being worked on follows from the people, not from the archive
LIVED_MONTHS = 1
BACK_DAYS = 700  # closed copies lie so many days back at most
OPEN_HOURS = 40  # open copies lie so many hours back at most
JITTER_DAYS = 3  # a copy lies up to so many days beside its place in the order
CASES_EACH = 5  # of one customer, in the middle
LONGEST_JOURNAL = 45  # entries; very long stories are left out
PIECE = 2000  # cases written at once
Table = type[models.Model]
ROWS: tuple[Table, ...] = (
    CaseItem, Part, Proposal, ApprovalLevel, AgreedAction, Payment, Visit, Evidence, RootCause, Clock, JournalEntry,
)  # fmt: skip
ALL: tuple[Table, ...] = (Case, *ROWS)
POINTS = {
    "part": Part,
    "proposal": Proposal,
    "action": AgreedAction,
    "payment": Payment,
    "clock": Clock,
    "evidence": Evidence,
}  # ids in the data of a journal entry
SUBJECTS = {"part": Part, "proposal": Proposal, "action": AgreedAction}  # what a clock's subject may be


@dataclass
class Told:
    """A lived case with all its rows, ready to be copied."""

    case: Case
    pack: Pack
    rows: dict[Table, list[Any]]
    places: dict[tuple[Table, int], int]  # (table, id) → which of its rows
    last: datetime  # when the last thing was written

    @property
    def is_over(self) -> bool:
        """Closed, and nothing is owed any more: only of such a one a copy may lie years back."""
        return not self.case.is_open and all(clock.state not in ("running", "paused") for clock in self.rows[Clock])


@dataclass
class Copying:
    """What copying needs to know: next ids, numbers given out, customers to choose from."""

    rng: Random
    at: datetime
    ids: dict[Table, int]
    given: dict[tuple[int, date], int]
    customers: dict[int, list[Customer]]
    batch: dict[Table, list[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(list))


def build(cases: int, at: datetime, seed: int = 7, open_cases: int = OPEN) -> int:
    """Fill up to so many cases around `at`, about `open_cases` of them open (at most half), in the company that is there or a newly
    lived one. Returns how many there are now."""
    with unsafe_but_fast():
        if not Company.objects.exists():
            fill(seed=seed, months=LIVED_MONTHS, until=at)
        told = list(_all_told())
        closed, opened = [row for row in told if row.is_over], [row for row in told if row.case.is_open]
        _more_customers(cases // CASES_EACH, at)
        copying = _copying(Random(f"{seed}:bulk"), at)
        missing = max(0, cases - Case.objects.count())
        wanted = min(max(0, open_cases - Case.objects.filter(closed_at=None).count()), cases // 2) if opened else 0
        for start in range(0, missing, PIECE):
            with transaction.atomic():
                for n in range(start, min(start + PIECE, missing)):
                    chosen = opened if (n + 1) * wanted // missing > n * wanted // missing else closed
                    _copy(copying, copying.rng.choice(chosen), n / missing)
                _write_all(copying)
        _write_numbers(copying)
        _set_sequences()
    return Case.objects.count()


def _all_told() -> Iterator[Told]:
    simple = Case.objects.filter(journal_n__lte=LONGEST_JOURNAL, attachments=None, pauses=None, extensions=None, questions=None)
    cases = {case.pk: case for case in simple.filter(ratings=None).select_related("site__company")}
    rows: dict[int, dict[Table, list[Any]]] = defaultdict(lambda: {table: [] for table in ROWS})
    for table in ROWS:
        if table is ApprovalLevel:
            found: Iterable[Any] = ApprovalLevel.objects.filter(proposal__case__in=list(cases)).select_related("proposal").order_by("pk")
        else:
            found = table._default_manager.filter(case__in=list(cases)).order_by("pk")
        for row in found:
            rows[row.proposal.case_id if table is ApprovalLevel else row.case_id][table].append(row)
    for pk, case in cases.items():
        places = {(table, row.pk): place for table, own in rows[pk].items() for place, row in enumerate(own)}
        last = max(entry.written_at for entry in rows[pk][JournalEntry])
        yield Told(case, pack_of(case.version_id), rows[pk], places, last)


def _more_customers(wanted: int, at: datetime) -> None:
    """Up to so many customers, each with a home and a number of their own, at the sites of those that are there."""
    known = list(Customer.objects.order_by("id"))
    for start in range(len(known), wanted, PIECE):
        places = [(n, known[n % len(known)]) for n in range(start, min(start + PIECE, wanted))]
        homes = [Home(site_id=like.site_id, label=f"{n} 号院 {n % 30 + 1} 单元 {n % 18 + 1}01", key=f"bulk{n}") for n, like in places]
        rows = [
            Customer(
                company_id=like.company_id, site_id=like.site_id, home=home, name=like.name, phone=f"139{n:08}", tail=f"{n % 10_000:04}",
                created_at=at,
            )
            for (n, like), home in zip(places, Home.objects.bulk_create(homes), strict=True)
        ]  # fmt: skip
        Customer.objects.bulk_create(rows)


def _copying(rng: Random, at: datetime) -> Copying:
    ids = {table: (table._default_manager.aggregate(last=Max("pk"))["last"] or 0) + 1 for table in ALL}
    given = {(row.site_id, row.day): row.last for row in DayNumber.objects.all()}
    customers: dict[int, list[Customer]] = defaultdict(list)
    for customer in Customer.objects.select_related("home").order_by("id"):
        customers[customer.site_id].append(customer)
    return Copying(rng, at, ids, given, customers)


# One copy


def _copy(copying: Copying, told: Told, share: float) -> None:
    by = _moved_by(copying, told, share)
    case_id = _next_id(copying, Case)
    first = {table: copying.ids[table] for table in ROWS}
    number = _number(copying, told.case.site, told.pack, told.case.received_at + by)
    for table in ROWS:
        copying.ids[table] += len(told.rows[table])
    head = _journal(copying, told, by, case_id, first, number)
    for table in ROWS:
        if table is not JournalEntry:
            for place, row in enumerate(told.rows[table]):
                _row(copying, told, table, row, by, {"id": first[table] + place, "case_id": case_id, **_points(told, row, first)})
    customer = copying.rng.choice(copying.customers[told.case.site_id])
    _row(copying, told, Case, told.case, by, {
        "id": case_id, "number": number, "token": secrets.token_urlsafe(24), "filed_key": None, "same_as_id": None, "journal_head": head,
        "marks": _moved_marks(told.case.marks, by), "whole_marks": _moved_marks(told.case.whole_marks, by), "customer_id": customer.pk,
        "home_id": customer.home_id, "contact_name": customer.name, "contact_phone": customer.phone, "contact_tail": customer.tail,
    })  # fmt: skip


def _moved_by(copying: Copying, told: Told, share: float) -> timedelta:
    """How far the copy lies from the lived case: whole days back for closed ones, the further the smaller the share of copies that are
    made already; some hours for open ones; never into the future."""
    latest = copying.at - told.last
    if told.case.is_open:
        return min(latest, timedelta()) - timedelta(seconds=copying.rng.randrange(OPEN_HOURS * 3600))
    back = max(0, round(BACK_DAYS * (1 - share)) - copying.rng.randrange(JITTER_DAYS))
    return timedelta(days=min(0, latest.days)) - timedelta(days=back)


def _next_id(copying: Copying, table: Table) -> int:
    copying.ids[table] += 1
    return copying.ids[table] - 1


def _number(copying: Copying, site: Site, pack: Pack, received_at: datetime) -> str:
    day = received_at.astimezone(ZoneInfo(site.company.zone)).date()
    n = copying.given[site.pk, day] = copying.given.get((site.pk, day), 0) + 1
    return pack.pack.number.format(site=site.code, yymmdd=f"{day:%y%m%d}", yyyymmdd=f"{day:%Y%m%d}", n=n)


def _moved_marks(marks: dict[str, list[str]], by: timedelta) -> dict[str, list[str]]:
    return {name: [(datetime.fromisoformat(stamp) + by).isoformat() for stamp in pair] for name, pair in marks.items()}


def _points(told: Told, row: Any, first: dict[Table, int]) -> dict[str, Any]:
    """The ids by which a row points to others of its case."""
    if isinstance(row, AgreedAction | ApprovalLevel):
        return {"proposal_id": first[Proposal] + told.places[Proposal, row.proposal_id]}
    if isinstance(row, CaseItem) and row.rests_on:
        return {"rests_on": [first[Evidence] + told.places[Evidence, pk] for pk in row.rests_on]}
    if isinstance(row, Payment):
        return {"action_id": first[AgreedAction] + told.places[AgreedAction, row.action_id]}
    if isinstance(row, Clock) and row.subject:
        obligation = told.pack.obligation(row.obligation)
        table = SUBJECTS.get(obligation.per) if obligation else None
        return {"subject": first[table] + told.places[table, row.subject]} if table else {}
    return {}


def _journal(copying: Copying, told: Told, by: timedelta, case_id: int, first: dict[Table, int], number: str) -> str:
    """The entries with their times and ids moved and the chain made anew; the hash at its end."""
    head = ""
    for place, entry in enumerate(told.rows[JournalEntry]):
        data = {key: _moved_value(told, key, value, by, first) for key, value in entry.data.items()}
        copy = JournalEntry(
            n=entry.n, at=entry.at + by, written_at=entry.written_at + by, round=entry.round, act=entry.act, actor=entry.actor,
            person_id=entry.person_id, name=entry.name, role=entry.role, data=data, before=head, salt=entry.salt,
        )  # fmt: skip
        head = entry_hash(copy, number)
        changed = {"id": first[JournalEntry] + place, "case_id": case_id, "data": data, "before": copy.before, "hash": head}
        _row(copying, told, JournalEntry, entry, by, changed)
    return head


def _moved_value(told: Told, key: str, value: Any, by: timedelta, first: dict[Table, int]) -> Any:
    table = POINTS.get(key)
    if table and isinstance(value, int):
        return first[table] + told.places[table, value]
    if isinstance(value, str) and len(value) >= 19 and value[4:5] == "-" and value[10:11] == "T":
        return (datetime.fromisoformat(value) + by).isoformat()
    return value


def _row(copying: Copying, told: Told, table: Table, row: Any, by: timedelta, changed: dict[str, Any]) -> None:
    """The row's values in the order of the columns, times moved."""
    values = []
    for name, kind in COLUMNS[table]:
        value = changed[name] if name in changed else getattr(row, name)
        if kind == "time" and value is not None:
            value = _stored(value + by)
        elif kind == "json":
            value = json.dumps(value, ensure_ascii=False)
        values.append(value)
    if table is Clock:
        _calm(copying, told, row, by, values)
    copying.batch[table].append(tuple(values))


def _calm(copying: Copying, told: Told, clock: Clock, by: timedelta, values: list[Any]) -> None:
    """What would have rung by now has rung: the next moment lies ahead."""
    if clock.next_ring_at is None or clock.next_ring_at + by > copying.at:
        return
    obligation = told.pack.obligation(clock.obligation)
    names = [name for name, _ in COLUMNS[Clock]]
    warnings, rungs = (len(obligation.warn), len(obligation.ladder)) if obligation else (0, 0)
    late = clock.due_at + by <= copying.at
    values[names.index("rung")] = warnings + 1 + rungs if late else warnings
    values[names.index("next_ring_at")] = None if late else _stored(clock.due_at + by)


# Writing


def _columns(table: Table) -> list[tuple[str, str]]:
    """(attribute, kind) of every column: times are moved, JSON is spelt out."""
    return [(column.attname, _kind(column)) for column in table._meta.concrete_fields]


def _kind(column: Any) -> str:
    if isinstance(column, models.DateTimeField):
        return "time"
    return "json" if isinstance(column, models.JSONField) else ""


COLUMNS = {table: _columns(table) for table in ALL}


def _stored(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


def _write_all(copying: Copying) -> None:
    for table in ALL:
        _write(table, copying.batch[table])
    copying.batch.clear()


def _write(table: Table, rows: list[tuple[Any, ...]]) -> None:
    columns = [str(column.column) for column in table._meta.concrete_fields]
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table._meta.db_table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany(f"INSERT INTO {table._meta.db_table} ({names}) VALUES ({', '.join(['%s'] * len(columns))})", rows)


def _write_numbers(copying: Copying) -> None:
    DayNumber.objects.bulk_create(
        [DayNumber(site_id=site, day=day, last=last) for (site, day), last in copying.given.items()],
        update_conflicts=True,
        unique_fields=["site", "day"],
        update_fields=["last"],
    )


def _set_sequences() -> None:
    """PostgreSQL is told which ids are taken, and looks at what has come, as it does by itself within a minute or so."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(ALL)):
            cursor.execute(statement)
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")
