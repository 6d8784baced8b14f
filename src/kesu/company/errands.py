"""What several workers share without getting in each other's way: rows that nobody has in hand, and chores that take their time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models import QuerySet

Stored = TypeVar("Stored", bound=models.Model)
log = logging.getLogger("kesu.errands")


def unclaimed(rows: QuerySet[Stored]) -> QuerySet[Stored]:
    """These rows under lock, without those that another worker has in hand; where the database cannot skip them (SQLite) workers wait."""
    return rows.select_for_update(of=("self",), skip_locked=connection.features.has_select_for_update_skip_locked)


class Errand:
    """A chore's work in one thread of its own, so that a slow receiver or a long file keeps no alarm of the worker's from ringing."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._thread: threading.Thread | None = None

    @property
    def busy(self) -> bool:
        """Whether it is under way in this process."""
        return self._thread is not None and self._thread.is_alive()

    def run(self, work: Callable[..., Any], *args: Any) -> None:
        """Begin it; nobody waits. What goes wrong is logged: the rows it had in hand come round again when their lease has ended."""
        self._thread = threading.Thread(target=self._whole, args=(work, *args), daemon=True, name=self.name)
        self._thread.start()

    def _whole(self, work: Callable[..., Any], *args: Any) -> None:
        try:
            work(*args)
        except Exception:
            log.exception("%s stopped", self.name)
        finally:
            connection.close()
