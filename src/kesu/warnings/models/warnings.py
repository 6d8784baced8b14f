"""A warning: something unusual, and the task to answer for it. Nothing in it is a sentence: words are made for each reader."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kesu.company.rows import Row
from kesu.complaints.models.journal import Entry

OPEN, TAKEN, ANSWERED, CLOSED = "open", "taken", "answered", "closed"


class Warning(Row):
    """One unusual thing (warnings.scanning.signal.Signal). `subject` makes it the same one the next day: it grows and is not told anew."""

    company = models.ForeignKey("company.Company", on_delete=models.PROTECT, related_name="warnings")
    site = models.ForeignKey("company.Site", null=True, on_delete=models.PROTECT, related_name="warnings")  # null: several sites at once
    version = models.ForeignKey("company.ProcedureVersion", on_delete=models.PROTECT, related_name="+")  # whose rules it goes by
    n = models.IntegerField()  # counts up in the company, without gaps
    number = models.CharField(max_length=20)
    subject = models.CharField(max_length=300)
    kind = models.CharField(max_length=20)
    of = models.CharField(max_length=20, blank=True)  # what the cases have in common: of procedure.watching.KINDS, or rank
    value = models.CharField(max_length=200, blank=True)
    first = models.DateField()  # of the window
    last = models.DateField()
    observed = models.IntegerField()
    expected = models.FloatField(null=True)
    a_year = models.FloatField(null=True)  # how often chance brings it; null: a threshold
    customers = models.IntegerField(default=0)
    figures = models.JSONField(default=dict)  # the rest of the signal: gap, usual, limit, series of the chart …
    also = models.JSONField(default=list)  # [[kind, value]]: what else was unusual about the same complaints

    state = models.CharField(max_length=10, default=OPEN)
    opened_at = models.DateTimeField()
    owed_from = models.DateTimeField()  # since when the present answer is owed
    seen_on = models.DateField()  # the last day on which it was unusual
    role = models.CharField(max_length=60)  # who answers for it
    person = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")  # who took it
    due_at = models.DateTimeField()
    rung = models.IntegerField(default=0)
    next_ring_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)  # warnings.outcomes.OUTCOMES
    capa = models.ForeignKey("improvement.Capa", null=True, on_delete=models.SET_NULL, related_name="warnings")
    closed_at = models.DateTimeField(null=True)
    again_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="again")

    journal_n = models.IntegerField(default=0)
    journal_head = models.CharField(max_length=64, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "n"], name="warning_n_once"),
            models.UniqueConstraint(fields=["company", "subject"], condition=~Q(state="closed"), name="warning_once_open"),
        ]
        indexes = [
            models.Index(fields=["company", "state"], name="warning_by_state"),
            models.Index(fields=["next_ring_at"], name="warning_to_ring", condition=Q(next_ring_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_owed(self) -> bool:
        """Whether an answer is still owed."""
        return self.state in (OPEN, TAKEN)


class WarningCase(Row):
    """A case behind a warning, from the day on which the scan saw it there."""

    warning = models.ForeignKey(Warning, on_delete=models.CASCADE, related_name="cases")
    case = models.ForeignKey("complaints.Case", on_delete=models.PROTECT, related_name="+")
    seen_on = models.DateField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["warning", "case"], name="warning_case_once")]


class WarningAnswer(Row):
    """What somebody wrote about a warning: in answer (with its outcome) or on closing it. The journal holds the SHA-256 of the words, not
    the words, so that they can go in their time and the chain stays."""

    warning = models.ForeignKey(Warning, on_delete=models.CASCADE, related_name="answers")
    by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=20, blank=True)  # "" on closing
    words = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]


class WarningEntry(Entry):
    """One thing that was done to a warning; append-only and chained as a case's journal."""

    warning = models.ForeignKey(Warning, on_delete=models.PROTECT, related_name="journal")

    class Meta:
        ordering = ["n"]
        constraints = [models.UniqueConstraint(fields=["warning", "n"], name="warning_entry_n_once")]
