"""The journal: append-only, hash-chained per case (and, above us, per record of corrective action)."""

from __future__ import annotations

import secrets
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


def new_salt() -> str:
    """Sixteen random bytes: without them nobody can try out what an erased entry said."""
    return secrets.token_hex(16)


class JournalEntry(Entry):
    """One thing that was done to a case."""

    case = models.ForeignKey("complaints.Case", on_delete=models.PROTECT, related_name="journal")
    salt = models.CharField(max_length=32, default=new_salt, blank=True)  # covered by the hash; "" on older entries and erased ones
    erased = models.BooleanField(default=False)  # its words are gone (act deidentify); the hash is the one it had

    class Meta:
        ordering = ["n"]
        indexes = [models.Index(fields=["-written_at"], name="entry_looked", condition=models.Q(act__in=["reveal", "package"]))]
        constraints = [models.UniqueConstraint(fields=["case", "n"], name="journal_n_once")]
