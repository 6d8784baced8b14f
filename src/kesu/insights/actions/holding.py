"""Whoever counts everything anew holds a company's figures: acts go on and mark their cases, nobody else counts them meanwhile.

A hold lasts two minutes and is prolonged as the work goes on. Of one whose process was ended nothing is left after that: the next who
counts takes it away, and finds by the formula whether everything has to be counted.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection, transaction

from kesu.company.models import Company
from kesu.insights.models import Keeping

LASTS = timedelta(minutes=2)


class Held(Exception):
    """Somebody else counts this company's cases anew, or has taken over: `zh`, `en`."""

    zh, en = (
        "另一处正在重新统计，这一处停了；原来的数没有动",
        "they are being counted anew elsewhere: stopped, the figures stay as they were",
    )


class Hold:
    """The company's figures are ours until we let go."""

    def __init__(self, company: Company, at: datetime) -> None:
        self.company, self.token, self._at, self._began = company, secrets.token_hex(8), at, time.monotonic()

    def now(self) -> datetime:
        """The moment that was handed down, moved on by what has passed since."""
        return self._at + timedelta(seconds=int(time.monotonic() - self._began))

    def prolong(self) -> None:
        """Two minutes from now on. Raises Held when somebody has taken over."""
        if not Keeping.objects.filter(company=self.company, held_by=self.token).update(held_until=self.now() + LASTS):
            raise Held


@contextmanager
def hold(company: Company, at: datetime) -> Iterator[Hold]:
    """Take hold, and let go at the end, however it ends. Raises Held when somebody else has it."""
    held = Hold(company, at)
    with transaction.atomic():
        Keeping.objects.get_or_create(company=company)
        row = Keeping.objects.select_for_update().get(company=company)
        if row.held_until and row.held_until > at:
            raise Held
        Keeping.objects.filter(pk=row.pk).update(held_by=held.token, held_until=at + LASTS)
    try:
        yield held
    finally:
        Keeping.objects.filter(company=company, held_by=held.token).update(held_by="", held_until=None)


def still(company: int, token: str) -> None:
    """Within a transaction that writes: the hold stands, and nobody takes it away before the end. Raises Held."""
    quote, share = connection.ops.quote_name, " FOR SHARE" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        table = quote(Keeping._meta.db_table)
        cursor.execute(f"SELECT 1 FROM {table} WHERE company_id = %s AND held_by = %s{share}", [company, token])  # noqa: S608  # our own table
        if cursor.fetchone() is None:
            raise Held


def free(company: Company, at: datetime) -> bool:
    """Whether nobody holds the figures. A hold that was not prolonged is taken away."""
    until = Keeping.objects.filter(company=company).values_list("held_until", flat=True).first()
    if until is None:
        return True
    return until <= at and bool(Keeping.objects.filter(company=company, held_until=until).update(held_by="", held_until=None))
