"""Finding out: who is complained of, what was asked of them and of experts, why it happened (H-8, H-9, STANDARDS 7.6, 7.8)."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class Complained(Row):
    """A person complained of in a case: one of the company, or a name; taken off again when it was a mistake."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="complained")
    person = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=60)
    words = models.CharField(max_length=400, blank=True)  # in what way: the worker who came, the cashier on duty
    named_by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    named_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)  # the result (STANDARDS 7.8)
    told_by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    told_words = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person"],
                condition=models.Q(dropped_at__isnull=True, person__isnull=False),
                name="complained_once",
            )
        ]
        indexes = [models.Index(fields=["person", "case"], name="complained_by_person")]


class Inquiry(Row):
    """Something asked of one person or body: a statement of the person complained of, or an expert's assessment; answered once."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="inquiries")
    kind = models.CharField(max_length=12)  # statement, assessment
    complained = models.ForeignKey(Complained, null=True, on_delete=models.CASCADE, related_name="inquiries")
    person = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=60)  # of the person, or of a body outside
    words = models.TextField()  # the question; the whole of what the one asked sees of the case
    asked_by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    evidence = models.ForeignKey("complaints.Evidence", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["complained"], condition=models.Q(answered_at__isnull=True), name="statement_one_open")
        ]
        indexes = [models.Index(fields=["person", "-id"], name="inquiry_of_person")]


class RootCause(Row):
    """Why it could happen, as found in one round: a cause of the pack's tree, in words, with the whys that led there."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="causes")
    round = models.IntegerField()
    cause = models.CharField(max_length=60)
    words = models.TextField()
    whys = models.JSONField(default=list)  # one to five lines, each the answer to "why" of the one before
    by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
