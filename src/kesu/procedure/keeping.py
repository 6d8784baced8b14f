"""How long personal data of a closed case are kept: whole years after closing, by the calendar of the place (STANDARDS 2.3)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta


def last_day(closed: date, years: int) -> date:
    """The last day of the time: the same day so many years on; where that month has no such day, its last day (civil code, art. 202)."""
    year = closed.year + years
    return date(year, closed.month, min(closed.day, monthrange(year, closed.month)[1]))


def closed_before(today: date, years: int) -> date:
    """A case that was closed before this day has had its time when `today` begins."""
    year = today.year - years
    first = date(year, today.month, min(today.day, monthrange(year, today.month)[1]))
    while last_day(first, years) < today:
        first += timedelta(days=1)
    while last_day(first - timedelta(days=1), years) >= today:
        first -= timedelta(days=1)
    return first
