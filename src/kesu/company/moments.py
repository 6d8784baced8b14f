"""Times as SQLite keeps them, read in one step: Django's own way takes four for every value, and pages and rebuilds read very many.

What comes out is the same: aware, UTC. PostgreSQL hands times over as they are.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from django.utils.dateparse import parse_datetime


def moment(stored: bytes) -> datetime | None:
    """The time that stands there. Django takes a time that knows its zone as it is."""
    text = stored.decode()
    try:
        return datetime.fromisoformat(f"{text}+00:00")
    except ValueError:
        return parse_datetime(text)


for name in ("datetime", "timestamp"):
    sqlite3.register_converter(name, moment)
