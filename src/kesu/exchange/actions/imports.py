"""Taking a file in: kept, mapped, tried, then taken in batches.

A batch and its place in the file are one transaction, so it can stop anywhere and go on.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import DataError, IntegrityError, transaction
from django.db.models import Q

from kesu.company.errands import Errand
from kesu.company.models import Person
from kesu.company.rights import Rights, rights_of
from kesu.company.standing import standing
from kesu.complaints.files import written
from kesu.exchange.columns import KINDS, fields_of, guessed
from kesu.exchange.models import Import, ImportFault, Mapping
from kesu.exchange.tables import Row, Table, opened
from kesu.exchange.taking import cases, customers, staff
from kesu.exchange.taking.rows import ADDED, KNOWN, REFUSED, Desk, Line
from kesu.procedure.refused import Refused

BATCH = 250  # rows in one transaction
LEASE = timedelta(minutes=2)
log = logging.getLogger("kesu.import")
_taker = Errand("import")
MOST_FAULTS = 10_000  # refused rows that are kept to be downloaded; beyond that the file is wrong as a whole
TAKE: dict[str, Callable[[Desk, Sequence[Line]], None]] = {
    "cases": cases.take, "customers": customers.take, "homes": customers.take_homes, "staff": staff.take,
}  # fmt: skip


class _Undone(Exception):
    """A dry run goes back on what it did."""


def kinds_for(rights: Rights) -> list[str]:
    """What this person may take in: complaints where they may receive, the rest by the right to set up."""
    return [kind for kind in KINDS if (rights.ever("receive") if kind == "cases" else rights.page("setup"))]


def file_of(sha256: str) -> Path:
    """Where the content of an import lies."""
    return Path(settings.DATA) / "imports" / sha256


def keep_file(pieces: Iterable[bytes]) -> str:
    """Put the content on disk, piece by piece; its SHA-256."""
    path, digest, _ = written(pieces, file_of("x").parent)
    os.replace(path, file_of(digest))
    return digest


def prepare(person: Person, kind: str, name: str, pieces: Iterable[bytes], at: datetime) -> Import:
    """Keep a file and look at it: how its columns are read comes from the last time, else from their names. Raises Refused."""
    if kind not in kinds_for(rights_of(person, at)):
        raise Refused("not_allowed", "您的岗位不能导入这一种", "your role may not import these", field="kind")
    sha = keep_file(pieces)
    table = opened(file_of(sha), name)
    known = Mapping.objects.filter(company_id=person.company_id, kind=kind, headings=_print(table.headings)).first()
    return Import.objects.create(
        company_id=person.company_id,
        person=person,
        kind=kind,
        name=Path(name.replace("\\", "/")).name[:200] or "file",
        sha256=sha,
        columns=known.columns if known else guessed(kind, table.headings),
        settled=known.settled if known else {},
        rows=sum(1 for _ in table.rows()),
        at=at,
    )


def _print(headings: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(headings).encode()).hexdigest()


def table_of(whole: Import) -> Table:
    """The file of an import. Raises Refused when it is gone."""
    return opened(file_of(whole.sha256), whole.name)


def map_columns(person: Person, import_id: int, columns: dict[str, str], settled: dict[str, str], at: datetime) -> Import:
    """Say which column is what and what counts for the whole file; remembered for the next file with these headings. Raises Refused."""
    whole = Import.objects.get(pk=import_id, company_id=person.company_id)
    if whole.kind not in kinds_for(rights_of(person, at)):
        raise Refused("not_allowed", "您的岗位不能导入这一种", "your role may not import these")
    headings, known = table_of(whole).headings, {field.id for field in fields_of(whole.kind)}
    kept = {heading: name for heading, name in columns.items() if heading in headings and name in known}
    if len(set(kept.values())) < len(kept):
        raise Refused("twice", "两列不能对到同一项", "two columns cannot be the same thing", field="columns")
    for field in fields_of(whole.kind):
        if field.needed and field.id not in kept.values():
            raise Refused("missing", f"还没说哪一列是“{field.zh}”", f"say which column is “{field.en}”", field="columns")
    whole.columns, whole.settled = kept, {key: value[:120] for key, value in settled.items() if value}
    whole.save(update_fields=["columns", "settled"])
    memory = {"columns": whole.columns, "settled": whole.settled}
    Mapping.objects.update_or_create(company_id=whole.company_id, kind=whole.kind, headings=_print(headings), defaults=memory)
    return whole


@transaction.atomic
def start(person: Person, import_id: int, at: datetime, *, dry: bool) -> Import:
    """Let the worker begin (or go on). A dry run does everything and keeps nothing but what would have come of it."""
    whole = Import.objects.select_for_update().get(pk=import_id, company_id=person.company_id)
    if whole.state == "running":
        return whole
    if whole.state in ("done", "failed") or whole.dry != dry:
        ImportFault.objects.filter(whole=whole).delete()
        whole.seen = whole.added = whole.known = whole.refused = 0
    whole.dry, whole.state, whole.why, whole.done_at, whole.lease_until = dry, "running", [], None, None
    whole.save()
    return whole


def take_due(at: datetime) -> int:
    """A chore: sees that somebody takes in when a file waits. Returns 0: the rows are taken in a thread beside the other chores."""
    if not _taker.busy:
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=at)
        waiting = Import.objects.filter(free, state="running").order_by("id").values_list("pk", flat=True).first()
        if waiting is not None:
            _taker.run(run, waiting, at)
    return 0


def run(import_id: int, at: datetime, tell: Callable[[Import], None] = lambda whole: None) -> Import:
    """Take the file from where it stopped to its end. Whoever else does the same meanwhile takes other batches, never the same."""
    whole, began, place = Import.objects.get(pk=import_id), time.monotonic(), -1
    rows: Iterator[Row] = iter(())
    while whole.state == "running":
        try:
            if place != whole.seen:
                table = table_of(whole)
                place, rows = whole.seen, islice(table.rows(), whole.seen, None)
            batch = list(islice(rows, BATCH))
        except Exception as problem:  # reading only: a broken Excel file fails in its own ways
            log.warning("import %s cannot be read on: %s", import_id, problem)
            zh, en = (problem.zh, problem.en) if isinstance(problem, Refused) else ("文件读到一半读不下去了", "the file cannot be read on")
            Import.objects.filter(pk=import_id).update(state="failed", why=[zh, en], done_at=at)
        else:
            moment = at + timedelta(seconds=int(time.monotonic() - began))
            place += _take(import_id, place, table.headings, batch, moment)
        whole = Import.objects.get(pk=import_id)
        tell(whole)
    return whole


def _take(import_id: int, seen: int, headings: list[str], rows: Sequence[Row], at: datetime) -> int:
    with transaction.atomic():
        whole = Import.objects.select_for_update().select_related("person__company").get(pk=import_id)
        if whole.state != "running" or whole.seen != seen:
            return 0  # somebody else has taken this batch
        if not rows:
            whole.state, whole.done_at = "done", at
            whole.save(update_fields=["state", "done_at"])
            return 0
        lines = _lines(whole, headings, rows)
        _judge(whole, lines, at)
        whole.seen, whole.lease_until = seen + len(rows), at + LEASE
        for line in lines:
            setattr(whole, line.outcome, getattr(whole, line.outcome) + 1)
        kept = max(0, MOST_FAULTS - (whole.refused - sum(line.outcome == REFUSED for line in lines)))
        ImportFault.objects.bulk_create([_fault(whole, line) for line in lines if line.fault][:kept])
        whole.save(update_fields=["seen", "lease_until", ADDED, KNOWN, REFUSED])
    return len(rows)


def _lines(whole: Import, headings: list[str], rows: Sequence[Row]) -> list[Line]:
    places = [(headings.index(heading), name) for heading, name in whole.columns.items() if heading in headings]
    return [Line(number, {name: cells[n] for n, name in places if cells[n]}, cells) for number, cells in rows]


def _judge(whole: Import, lines: Sequence[Line], at: datetime) -> None:
    person = whole.person
    rights = rights_of(person, at)
    needed = [field for field in fields_of(whole.kind) if field.needed]
    for line in lines:
        for field in needed:
            if not line.get(field.id) and not line.fault:
                line.refuse(Refused("missing", f"缺“{field.zh}”", f"“{field.en}” is missing", field=field.id))
    desk = Desk(person, rights, rights.pack, standing(person.company), at, whole.settled, whole.dry)
    good = [line for line in lines if not line.fault]
    if whole.kind not in kinds_for(rights):
        for line in good:
            line.refuse(Refused("not_allowed", "您的岗位不能导入这一种", "your role may not import these"))
        return
    try:
        with transaction.atomic():
            _take_in(TAKE[whole.kind], desk, good)
            if whole.dry:
                raise _Undone
    except _Undone:
        pass


def _take_in(take: Callable[[Desk, Sequence[Line]], None], desk: Desk, lines: Sequence[Line]) -> None:
    """All at once; where the database takes one of them amiss, one by one, so that only that one is refused."""
    try:
        with transaction.atomic():
            take(desk, lines)
    except (DataError, IntegrityError):
        for line in lines:
            line.outcome, line.fault = "", None
            try:
                with transaction.atomic():
                    take(desk, [line])
            except (DataError, IntegrityError):
                line.refuse(Refused("unstorable", "这一行有一项太长或重复，存不下", "something in this row is too long or doubled"))


def _fault(whole: Import, line: Line) -> ImportFault:
    fault = line.fault
    assert fault is not None
    return ImportFault(whole=whole, row=line.number, words=line.words, field=fault.field or "", zh=fault.zh[:400], en=fault.en[:400])
