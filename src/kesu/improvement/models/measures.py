"""Measures (措施): what is done, by whom, until when, with which proof; and leave to end one later."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class Measure(Row):
    """One thing that is done. Its owner is a person or a department, never neither. `first_due_at` is what was planned first."""

    capa = models.ForeignKey("improvement.Capa", on_delete=models.CASCADE, related_name="measures")
    n = models.IntegerField()
    round = models.IntegerField()
    kind = models.CharField(max_length=20)  # procedure.improving.KINDS
    what = models.TextField()
    person = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="measures")
    department = models.ForeignKey("company.Department", null=True, on_delete=models.PROTECT, related_name="measures")
    had = models.JSONField(default=list)  # owners before the present one: {"person": id} or {"department": id}
    first_due_at = models.DateTimeField()
    due_at = models.DateTimeField()
    by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")
    ended_words = models.TextField(blank=True)
    dropped_at = models.DateTimeField(null=True)
    dropped_why = models.TextField(blank=True)

    class Meta:
        ordering = ["n"]
        constraints = [
            models.UniqueConstraint(fields=["capa", "n"], name="measure_n_once"),
            models.CheckConstraint(condition=models.Q(person__isnull=False) | models.Q(department__isnull=False), name="measure_has_owner"),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it still has to be done."""
        return self.ended_at is None and self.dropped_at is None

    @property
    def owner_name(self) -> str:
        """The person, else the department."""
        return self.person.name if self.person else self.department.name if self.department else ""


class MeasureExtension(Row):
    """A request to end a measure later: both dates stay on record, answered once by the pack's approver."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="extensions")
    before = models.DateTimeField()
    new_due = models.DateTimeField()
    reason = models.TextField()
    asked_by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    approver = models.CharField(max_length=60)
    state = models.CharField(max_length=10, default="asked")  # asked, granted, refused, lapsed
    decided_by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    words = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["measure"], condition=models.Q(state="asked"), name="one_open_request_per_measure"),
        ]


class Proof(Row):
    """A file that shows that a measure was done, kept once per content under its SHA-256 (complaints.files)."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="proofs")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=100)  # media type found by looking at the bytes
    size = models.BigIntegerField()  # bytes
    by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
