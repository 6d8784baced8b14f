"""What a process remembers of companies and packs. In tests ids come round again: it has to be forgotten in between."""

from __future__ import annotations

import sys


def forget_all() -> None:
    """Forget it, as far as it was loaded: `tests/pure` runs without Django."""
    standing, procedures, prepared = (sys.modules.get(f"kesu.company.{name}") for name in ("standing", "procedures", "prepared"))
    if standing:
        standing.forget()
    if procedures:
        procedures.pack_of.cache_clear()
        procedures._timetable.cache_clear()
    if prepared:
        prepared.forget()
