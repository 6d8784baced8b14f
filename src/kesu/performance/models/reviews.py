"""A self-review: somebody's month as they see it, and their superior's answer. What was written is never changed, only added to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kesu.company.rows import Row
from kesu.complaints.models.journal import Entry
from kesu.insights.periods import Period

OWED, WRITTEN, ANSWERED = "owed", "written", "answered"


class Review(Row):
    """One person's month, or one department's (then `department` says whose; whoever heads it writes)."""

    company = models.ForeignKey("company.Company", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("company.ProcedureVersion", on_delete=models.PROTECT, related_name="+")  # whose rules it goes by
    kind = models.CharField(max_length=60)  # a row of the pack's performance.reviews
    number = models.CharField(max_length=120)  # kind, month and whose: one of each
    first = models.DateField()
    last = models.DateField()
    person = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey("company.Department", null=True, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("company.Site", null=True, on_delete=models.PROTECT, related_name="+")
    about = models.CharField(max_length=12)  # person, department

    state = models.CharField(max_length=10, default=OWED)
    figures = models.JSONField(default=list)  # as they were when it opened (performance.actions.opening)
    opened_at = models.DateTimeField()
    owed_from = models.DateTimeField()  # since when what is owed now is owed
    due_at = models.DateTimeField(null=True)
    rung = models.IntegerField(default=0)
    next_ring_at = models.DateTimeField(null=True)
    written_by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    journal_n = models.IntegerField(default=0)
    journal_head = models.CharField(max_length=64, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "number"], name="review_once")]
        indexes = [
            models.Index(fields=["company", "-first"], name="review_newest"),
            models.Index(fields=["next_ring_at"], name="review_to_ring", condition=Q(next_ring_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def period(self) -> Period:
        """Its days."""
        return Period(self.first, self.last)


class ReviewCase(Row):
    """A case of the month; `wrong`: the measures in which it went wrong, none for one that went well."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="cases")
    case = models.ForeignKey("complaints.Case", on_delete=models.PROTECT, related_name="+")
    wrong = models.JSONField(default=list)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["review", "case"], name="review_case_once")]


class ReviewWords(Row):
    """What somebody wrote: the review, its answer, or something added later. The journal holds the SHA-256 of it, not the words, so that
    they can go in their time and the chain stays."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="words")
    by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    act = models.CharField(max_length=10)  # write, answer, add
    words = models.JSONField(default=dict)  # well, change, help; or said. {}: let go of

    class Meta:
        ordering = ["id"]


class ReviewEntry(Entry):
    """One thing that was done to a self-review; append-only and chained as a case's journal."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="journal")

    class Meta:
        ordering = ["n"]
        constraints = [models.UniqueConstraint(fields=["review", "n"], name="review_entry_n_once")]
