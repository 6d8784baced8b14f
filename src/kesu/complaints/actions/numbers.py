"""Case numbers: gap-free per site and day, never given twice, on both databases."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection

from kesu.company.models import Site

# One statement that bumps and reads the counter under its row lock; a rolled-back act gives its number back.
_BUMP = """
INSERT INTO complaints_daynumber (site_id, day, last) VALUES (%s, %s, 1)
ON CONFLICT (site_id, day) DO UPDATE SET last = complaints_daynumber.last + 1 RETURNING last
"""


def next_number(site: Site, pattern: str, at: datetime) -> str:
    """The next number of the site's day, spelt by the pack's pattern ({site} {yymmdd} {yyyymmdd} {n:03})."""
    day = at.astimezone(ZoneInfo(site.company.zone)).date()
    with connection.cursor() as cursor:
        cursor.execute(_BUMP, [site.pk, day])
        row = cursor.fetchone()
    assert row is not None  # RETURNING of an upsert always has a row
    return pattern.format(site=site.code, yymmdd=f"{day:%y%m%d}", yyyymmdd=f"{day:%Y%m%d}", n=row[0])
