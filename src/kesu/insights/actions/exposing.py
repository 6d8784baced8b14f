"""Entering what complaints are set against: by hand or from a table, month by month. What was entered wrongly is entered once more."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date, datetime
from io import StringIO

from django.db import transaction

from kesu.company.models import Company, Person
from kesu.company.procedures import pack_of
from kesu.company.rights import Rights, rights_of
from kesu.company.standing import standing
from kesu.insights.models import Exposure
from kesu.insights.periods import Period
from kesu.procedure.figuring import Measure
from kesu.procedure.refused import Refused

MOST = 10**9
MOST_LINES = 20_000


def may_enter(rights: Rights) -> bool:
    """Whoever makes the reports of the whole company, or sets it up."""
    return rights.company_wide() and (rights.page("reports") or rights.page("setup"))


def measures(company: Company, at: datetime) -> list[Measure]:
    """What the procedure in force sets complaints against."""
    return list(pack_of(standing(company).version_at(at)).figures.measures)


def enter(person: Person, site: int, measure: str, months: Mapping[date, int | None], at: datetime) -> int:
    """Enter (None: take back) what a site had in each month. Returns how many were. Refused for a stranger or an odd number."""
    rights = rights_of(person, at)
    known = {row.id for row in measures(rights.company, at)}
    if not may_enter(rights) or site not in standing(rights.company).sites or measure not in known:
        raise Refused("not_allowed", "您不能填这个", "you may not enter this")
    for month, n in months.items():
        if n is not None and not 0 <= n <= MOST:
            raise Refused("number", f"{month:%Y-%m} 的数目不对", f"the number for {month:%Y-%m} cannot be right", field="n")
    with transaction.atomic():
        for month, n in months.items():
            row = Exposure.objects.filter(company=rights.company, site=site, measure=measure, month=month.replace(day=1))
            if n is None:
                row.delete()
            elif not row.update(n=n, by=person, at=at):
                Exposure.objects.create(
                    company=rights.company, site_id=site, measure=measure, month=month.replace(day=1), n=n, by=person, at=at
                )
    return len(months)


def enter_table(person: Person, text: str, at: datetime) -> int:
    """A table with the columns site (code), month (2026-11), measure (id or name), n. All of it or nothing; Refused names the line."""
    rights = rights_of(person, at)
    sites = {site.code: site.pk for site in standing(rights.company).sites.values()}
    names = {name: row.id for row in measures(rights.company, at) for name in (row.id, row.name, row.name_en)}
    lines = list(csv.reader(StringIO(text.lstrip("\ufeff"))))
    if len(lines) > MOST_LINES:
        raise Refused("too_long", f"最多 {MOST_LINES} 行", f"at most {MOST_LINES} lines", field="file")
    wanted: dict[tuple[int, str], dict[date, int | None]] = {}
    for n, line in enumerate(lines, 1):
        if not any(cell.strip() for cell in line) or (n == 1 and not _looks_filled(line)):
            continue
        site, month, measure, number = _read(n, [cell.strip() for cell in line], sites, names)
        wanted.setdefault((site, measure), {})[month] = number
    with transaction.atomic():
        return sum(enter(person, site, measure, months, at) for (site, measure), months in wanted.items())


def _looks_filled(line: list[str]) -> bool:
    return bool(line) and line[-1].strip().replace(",", "").isdecimal()


def _read(n: int, line: list[str], sites: dict[str, int], names: dict[str, str]) -> tuple[int, date, str, int]:
    try:
        code, month, measure, number = line[:4]
        found = Period.read(month)
        if found is None or not found.whole_months or len(found.starts()) != 1:
            raise ValueError(month)
        return sites[code], found.first, names[measure], int(number.replace(",", ""))
    except (ValueError, KeyError) as wrong:
        raise Refused(
            "line",
            f"第 {n} 行看不懂：要写项目代号、月份（2026-11）、填什么、数目",
            f"line {n} cannot be read: write the site's code, the month (2026-11), what it is, the number",
            field="file",
        ) from wrong
