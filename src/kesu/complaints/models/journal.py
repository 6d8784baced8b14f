"""The journal: append-only, hash-chained per case (and, above us, per record of corrective action)."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models

from kesu.company.rows import Row


class AppendOnly(Exception):
    """Somebody tried to change or remove what stands in the journal."""


class Entries(models.QuerySet[Any]):
    """Entries can be read and added."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly("the journal is append-only")

    def delete(self) -> NoReturn:
        raise AppendOnly("the journal is append-only")


class Entry(Row):
    """One thing that was done. Never updated, never deleted; `kesu verify` proves it.

    `at` is when it counts (a clock fell late at its due time), `written_at` when it was written by our own clock.
    """

    n = models.IntegerField()
    at = models.DateTimeField()
    written_at = models.DateTimeField()
    round = models.IntegerField()
    act = models.CharField(max_length=30)
    actor = models.CharField(max_length=10)  # staff, customer, system
    person = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60, blank=True)  # the person's name that day
    role = models.CharField(max_length=60, blank=True)  # by which role the act was allowed
    data = models.JSONField(default=dict)
    before = models.CharField(max_length=64)  # hash of the entry before
    hash = models.CharField(max_length=64)

    objects = Entries.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the entry; AppendOnly for one that is stored already."""
        if not self._state.adding:
            raise AppendOnly("the journal is append-only")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Never: AppendOnly."""
        raise AppendOnly("the journal is append-only")


class JournalEntry(Entry):
    """One thing that was done to a case."""

    case = models.ForeignKey("complaints.Case", on_delete=models.PROTECT, related_name="journal")

    class Meta:
        ordering = ["n"]
        constraints = [models.UniqueConstraint(fields=["case", "n"], name="journal_n_once")]
