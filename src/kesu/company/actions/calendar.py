"""Official days that the company enters beside the shipped calendar, and how far the announced years are entered."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from kesu.company.actions.asking import allowed
from kesu.company.models import Company, OfficialDay, Person
from kesu.company.standing import changed
from kesu.procedure import officialdays
from kesu.procedure.refused import Refused

KINDS = ("off", "work")
MOST_ROWS = 2000
COLUMNS = ("date", "kind", "name", "source")


@transaction.atomic
def add_days(person: Person, days: Iterable[officialdays.OfficialDay], at: datetime) -> int:
    """Enter days, over what was entered for them before. How many there were."""
    allowed(person, at)
    count = 0
    for day in days:
        if day.kind not in KINDS:
            raise Refused("kind", "只能是放假或上班", "either off or work", field="kind")
        values = {"kind": day.kind, "name": day.name[:60], "source": day.source[:200]}
        OfficialDay.objects.update_or_create(company_id=person.company_id, date=day.date, defaults=values)
        count += 1
    return count


@transaction.atomic
def drop_day(person: Person, day: date, at: datetime) -> None:
    """Take an entered day back; the shipped calendar counts again."""
    allowed(person, at)
    for row in OfficialDay.objects.filter(company_id=person.company_id, date=day):
        row.delete()  # one by one: deleting a row tells every process that the calendar has changed


@transaction.atomic
def confirm_days(person: Person, until: date | None, at: datetime) -> Company:
    """Say up to which day the announced days are entered; None: as far as the shipped calendar goes.

    Raises Refused for a day beyond next year: nobody has announced that, and every limit would be shown as certain.
    """
    allowed(person, at)
    if until and until.year > at.year + 1:
        zh, en = f"{until.year} 年的放假安排还没人公布，请核对年份", f"nobody has announced the days off of {until.year}; check the year"
        raise Refused("until", zh, en, field="until")
    company = Company.objects.select_for_update().get(pk=person.company_id)
    company.confirmed_until = until
    company.save(update_fields=["confirmed_until"])
    changed(company.pk)
    return company


def read_days(raw: bytes) -> list[officialdays.OfficialDay]:
    """The rows of a CSV file with the columns date, kind (off, work), name, source. Raises Refused with the line that is wrong."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = raw.decode("gb18030")  # what a Chinese spreadsheet saves as CSV
        except UnicodeDecodeError as error:
            raise Refused("csv", "不是文字文件，请存成 CSV（UTF-8）", "not a text file: save it as CSV (UTF-8)", field="file") from error
    reader = csv.DictReader(io.StringIO(text.replace("\x00", "")), strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader]  # the file's own line: blank ones count too
    except csv.Error as error:  # a quote that is never closed swallows the rest
        line = reader.line_num
        raise Refused("csv", f"第 {line} 行读不下去，看看引号", f"line {line} cannot be read; look at the quotes", field="file") from error
    if not rows or not set(COLUMNS[:2]) <= set(rows[0][1]):
        raise Refused("csv", "第一行要有 date,kind,name,source", "the first line must be date,kind,name,source", field="file")
    if len(rows) > MOST_ROWS:
        raise Refused("csv", f"最多 {MOST_ROWS} 行", f"at most {MOST_ROWS} rows", field="file")
    return [_row(row, line) for line, row in rows]


def _row(row: dict[str, str], line: int) -> officialdays.OfficialDay:
    kind = (row.get("kind") or "").strip()
    try:
        day = date.fromisoformat((row.get("date") or "").strip())
    except ValueError as error:
        raise Refused(
            "csv", f"第 {line} 行的日期不对，写成 2027-01-01", f"line {line}: write the date as 2027-01-01", field="file"
        ) from error
    if kind not in KINDS:
        raise Refused("csv", f"第 {line} 行的 kind 要写 off 或 work", f"line {line}: kind must be off or work", field="file")
    return officialdays.OfficialDay(day, kind, (row.get("name") or "").strip(), (row.get("source") or "").strip())
