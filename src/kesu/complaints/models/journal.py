"""The journal: append-only, hash-chained per case."""

from __future__ import annotations

from django.db import models


class JournalEntry(models.Model):
    """One thing that was done to a case. Never updated, never deleted; `kesu verify` proves it.

    `at` is when it counts (a clock fell late at its due time), `written_at` when it was written by our own clock.
    """

    case = models.ForeignKey("complaints.Case", on_delete=models.PROTECT, related_name="journal")
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

    class Meta:
        ordering = ["n"]
        constraints = [models.UniqueConstraint(fields=["case", "n"], name="journal_n_once")]
