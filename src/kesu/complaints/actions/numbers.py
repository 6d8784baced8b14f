"""Case numbers: gap-free per site and day, never given twice, on both databases."""

from __future__ import annotations

from datetime import date

from django.db import connection

from kesu.company.models import Site

# One statement that bumps and reads the counter under its row lock; a rolled-back act gives its numbers back.
_BUMP = """
INSERT INTO complaints_daynumber (site_id, day, last) VALUES (%s, %s, %s)
ON CONFLICT (site_id, day) DO UPDATE SET last = complaints_daynumber.last + excluded.last RETURNING last
"""


def numbers_from(site: Site, pattern: str, day: date, count: int) -> list[str]:
    """The next `count` numbers of the site's day, spelt by the pack's pattern ({site} {yymmdd} {yyyymmdd} {n:03})."""
    with connection.cursor() as cursor:
        cursor.execute(_BUMP, [site.pk, day, count])
        row = cursor.fetchone()
    assert row is not None  # RETURNING of an upsert always has a row
    numbers = range(row[0] - count + 1, row[0] + 1)
    return [pattern.format(site=site.code, yymmdd=f"{day:%y%m%d}", yyyymmdd=f"{day:%Y%m%d}", n=n) for n in numbers]
