"""The record of corrective and preventive action (整改): one problem, the complaints it comes from, and whether it came back."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class CapaNumber(Row):
    """The last record number given out by a company in a year; bumped in the transaction that opens the record, so no gaps."""

    company = models.ForeignKey("company.Company", on_delete=models.PROTECT)
    year = models.IntegerField()
    last = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "year"], name="capa_number_once_a_year")]


class Capa(Row):
    """One record. `stage` is where it stands (procedure.improving.STAGES); its rules are those of `version`, in force at its opening."""

    company = models.ForeignKey("company.Company", on_delete=models.PROTECT, related_name="capas")
    version = models.ForeignKey("company.ProcedureVersion", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    problem = models.TextField()  # what happened again and again, or once and must not again
    sites = models.ManyToManyField("company.Site", related_name="capas")  # those of its complaints
    stage = models.CharField(max_length=20, default="plan")
    round = models.IntegerField(default=1)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    opened_key = models.CharField(max_length=64, null=True, blank=True)  # the same form sent twice opens once

    cause = models.CharField(max_length=60, blank=True)  # a cause of the pack (H-9, B-10)
    cause_words = models.TextField(blank=True)

    # what counts as the same complaint again; "" and False leave it out
    same_sites = models.BooleanField(default=True)
    same_cause = models.CharField(max_length=60, blank=True)
    same_category = models.CharField(max_length=60, blank=True)
    same_against = models.CharField(max_length=200, blank=True)

    carried_at = models.DateTimeField(null=True)  # when the last measure of this round had ended
    watch_until = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=20, blank=True)  # "", effective, not_effective
    judged_at = models.DateTimeField(null=True)
    judged_by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")
    judged_words = models.TextField(blank=True)
    counted = models.JSONField(default=dict)  # what the judge saw: before, before_days, after, after_days
    closed_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)  # when its words were let go of
    look_at = models.DateTimeField(null=True)  # when the worker next looks for the same complaint again; null: not watched

    journal_n = models.IntegerField(default=0)
    journal_head = models.CharField(max_length=64, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="capa_number_once"),
            models.UniqueConstraint(fields=["company", "opened_key"], name="capa_opened_once"),
        ]
        indexes = [
            models.Index(fields=["company", "stage"], name="capa_by_stage"),
            models.Index(fields=["look_at"], name="capa_to_look", condition=models.Q(look_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Whether anything is still owed on it."""
        return self.closed_at is None


class Origin(Row):
    """A complaint from which the record comes."""

    capa = models.ForeignKey(Capa, on_delete=models.CASCADE, related_name="origins")
    case = models.ForeignKey("complaints.Case", on_delete=models.PROTECT, related_name="origins")
    by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["capa", "case"], name="origin_once")]


class Recurrence(Row):
    """The same complaint again, seen by the worker and told once; `effective`: after the record was judged effective."""

    capa = models.ForeignKey(Capa, on_delete=models.CASCADE, related_name="recurrences")
    case = models.ForeignKey("complaints.Case", on_delete=models.PROTECT, related_name="+")
    round = models.IntegerField()
    seen_at = models.DateTimeField()
    effective = models.BooleanField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["capa", "case"], name="recurrence_once")]
