"""The journal of a record: append-only and hash-chained as a case's (complaints.chain proves both)."""

from __future__ import annotations

from django.db import models

from kesu.complaints.models.journal import Entry, new_salt


class CapaEntry(Entry):
    """One thing that was done to a record."""

    capa = models.ForeignKey("improvement.Capa", on_delete=models.PROTECT, related_name="journal")
    salt = models.CharField(max_length=32, default=new_salt, blank=True)  # as in a case's journal
    erased = models.BooleanField(default=False)  # its words were changed or taken out (kesu.improvement.lettinggo); the hash is the old one

    class Meta:
        ordering = ["n"]
        constraints = [models.UniqueConstraint(fields=["capa", "n"], name="capa_entry_n_once")]
