"""Record numbers: gap-free per company and year, never given twice, on both databases."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection

from kesu.company.models import Company

# One statement that bumps and reads the counter under its row lock; a rolled-back act gives its number back.
_BUMP = """
INSERT INTO improvement_capanumber (company_id, year, last) VALUES (%s, %s, 1)
ON CONFLICT (company_id, year) DO UPDATE SET last = improvement_capanumber.last + 1 RETURNING last
"""


def next_number(company: Company, pattern: str, at: datetime) -> str:
    """The company's next number of the year it is there, spelt by the pack's pattern ({yyyy} {yy} {n:03})."""
    year = at.astimezone(ZoneInfo(company.zone)).year
    with connection.cursor() as cursor:
        cursor.execute(_BUMP, [company.pk, year])
        row = cursor.fetchone()
    assert row is not None  # RETURNING of an upsert always has a row
    return pattern.format(yyyy=year, yy=f"{year % 100:02}", n=row[0])
