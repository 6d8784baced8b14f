"""Bringing facts and roll-ups in line with the journals: what was added for a case is taken away, what it comes to now is added.

One counts at a time for a company (the row of its `Keeping` is locked); whoever finds it locked leaves the work to that one. Marks
that were read are deleted, marks that came meanwhile stay: nothing is lost, whatever comes first.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from kesu.company.models import Company, OfficialDay, Site
from kesu.complaints.models import Case
from kesu.insights.actions.holding import free
from kesu.insights.actions.marking import mark_anew
from kesu.insights.actions.storing import add, replace, stored
from kesu.insights.cells import Sheet
from kesu.insights.deriving import Facts, derive
from kesu.insights.models import Keeping, Mark
from kesu.insights.queries.telling import Reader

FORMULA = 2  # another number whenever the same journal comes to other facts or cells: everything is counted anew then
PIECE = 100  # cases brought in line in one transaction
AT_A_TIME = 400  # cases in one turn of the worker
FOR_A_READER = 20  # so many waiting cases are brought in line before a figure is read; more are said to wait


def count_due(at: datetime) -> int:
    """A chore: bring waiting cases in line, company by company. Returns how many were."""
    done = 0
    for company in Company.objects.order_by("pk"):
        _look_whether_reckoned_otherwise(company, at)
        while done < AT_A_TIME and (n := catch_up(company, at, PIECE)):
            done += n
    return done


def catch_up(company: Company, at: datetime, most: int = FOR_A_READER) -> int:
    """Bring up to so many waiting cases in line, the oldest marks first. Returns how many."""
    if not Mark.objects.filter(company=company).exists():  # no write lock for nothing
        return 0
    with transaction.atomic():
        if not _claimed(company, at):
            return 0
        marks = list(Mark.objects.filter(company=company).order_by("pk").values_list("pk", "case_id")[: most * 4])
        cases = list(dict.fromkeys(case for _, case in marks))[:most]
        taken = set(cases)
        recount(company, sorted(taken), at)
        Mark.objects.filter(pk__in=[pk for pk, case in marks if case in taken]).delete()
        return len(cases)


def _claimed(company: Company, at: datetime) -> bool:
    Keeping.objects.get_or_create(company=company, defaults={"formula": FORMULA, "reckoned": reckoned(company), "changes": company.changes})
    rows = Keeping.objects.filter(company=company)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    there = rows.exists() if not connection.features.has_select_for_update else bool(list(rows))
    return there and free(company, at)


def recount(company: Company, cases: Sequence[int], at: datetime) -> None:
    """Take away what stands in the sums for these cases and add what they come to now. The caller holds the lock."""
    replace_in_sums(company, cases, derived(Reader(company), cases), at)


def derived(reader: Reader, cases: Sequence[int]) -> dict[int, Facts]:
    """What these cases come to now."""
    return {told.case.pk: derive(told) for told in reader.told(cases)}


def replace_in_sums(company: Company, cases: Sequence[int], after: dict[int, Facts], at: datetime) -> None:
    """These facts instead of those that stand there, in tables and sums. The caller holds the lock."""
    sheet, before = Sheet(), stored(cases)
    for facts in before.values():
        sheet.take(facts, -1)
    for facts in after.values():
        sheet.take(facts)
    replace(cases, after.values())
    add(company.pk, sheet.cells)
    if others := _neighbours(before, after) - set(cases):
        mark_anew(company.pk, sorted(others), at)


def _neighbours(before: dict[int, Facts], after: dict[int, Facts]) -> set[int]:
    """The cases that are repeated, or no longer repeated, by what came out now: they tell something else as well."""
    found: set[int] = set()
    for pk in {*before, *after}:
        old, new = before.get(pk), after.get(pk)
        for tie in ("repeats", "repeated"):
            pair = {facts.case[tie] if facts else None for facts in (old, new)}
            if len(pair) > 1:
                found |= {other for other in pair if other is not None}
    return found


# What minutes and days depend on beside the journal


def reckoned(company: Company) -> str:
    """A digest of the zone, the opening hours and the official days by which days and minutes are reckoned."""
    sites = Site.objects.filter(company=company).order_by("pk").values_list("pk", "hours", "special")
    days = OfficialDay.objects.filter(company=company).order_by("pk").values_list("date", "kind")
    said = json.dumps([company.zone, list(sites), [[str(day), kind] for day, kind in days]], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


def _look_whether_reckoned_otherwise(company: Company, at: datetime) -> None:
    kept = Keeping.objects.filter(company=company).first()
    if kept is None or (kept.changes == company.changes and kept.formula == FORMULA) or not free(company, at):
        return
    now = reckoned(company)
    with transaction.atomic():
        if now != kept.reckoned or kept.formula != FORMULA:
            mark_all(company, at)
        Keeping.objects.filter(pk=kept.pk).update(reckoned=now, formula=FORMULA, changes=company.changes)


def mark_all(company: Company, at: datetime) -> None:
    """Every case of the company waits to be counted anew. One statement."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(Mark._meta.db_table)} (company_id, case_id, at) "  # noqa: S608  # names of our own tables
            f"SELECT company_id, id, %s FROM {quote(Case._meta.db_table)} WHERE company_id = %s",
            [connection.ops.adapt_datetimefield_value(at), company.pk],
        )


def waiting(company: Company) -> datetime | None:
    """Since when something waits to be counted; None: the figures are as of now."""
    return Mark.objects.filter(company=company).order_by("pk").values_list("at", flat=True).first()


def brought_up(company: Company, at: datetime) -> datetime | None:
    """For whoever is about to read figures: the few cases that wait are counted first. Since when something waits still; None: nothing."""
    since = waiting(company)
    if since is None:
        return None
    catch_up(company, at)
    return waiting(company)
