"""What is stored of reports: the report with its figures as they were counted, its journal, its kept files."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row
from kesu.complaints.models.journal import Entry
from kesu.insights.periods import Period

DRAFT, SUBMITTED, APPROVED = "draft", "submitted", "approved"


class Report(Row):
    """One report of one span, of the company or of a site. Once approved nothing of it changes."""

    company = models.ForeignKey("company.Company", on_delete=models.PROTECT, related_name="reports")
    site = models.ForeignKey("company.Site", null=True, on_delete=models.PROTECT, related_name="+")  # null: the whole company
    version = models.ForeignKey("company.ProcedureVersion", on_delete=models.PROTECT, related_name="+")  # whose rules it goes by
    kind = models.CharField(max_length=60)  # a row of the pack's reports
    number = models.CharField(max_length=120)  # kind, span and site: one report of each
    first = models.DateField()
    last = models.DateField()

    state = models.CharField(max_length=10, default=DRAFT)
    counted_at = models.DateTimeField()  # up to which moment it was counted
    entries = models.BigIntegerField(default=0)  # the number of the last entry of any journal that was counted in
    content = models.JSONField(default=dict)  # language → its parts (reporting.contents.content)
    figures = models.JSONField(default=dict)  # figure → value, above, below (reporting.contents.corrections)
    corrections = models.JSONField(default=list)
    comments = models.JSONField(default=dict)  # part → what was written
    commented_by = models.JSONField(default=list)  # ids of those who wrote: none of them approves
    digest = models.CharField(max_length=64, default="")  # over content, figures, corrections, comments
    sha256 = models.CharField(max_length=64, blank=True)  # of the kept PDF
    sha256_en = models.CharField(max_length=64, blank=True)  # of the English one; "" where it was approved before there was one

    opened_at = models.DateTimeField()  # when the draft was due to be made; limits begin here
    comment_from = models.DateTimeField()  # … or when it was returned
    approve_due = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # of what is owed now
    rung = models.IntegerField(default=0)
    next_ring_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)

    journal_n = models.IntegerField(default=0)
    journal_head = models.CharField(max_length=64, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="report_once"),
        ]
        indexes = [
            models.Index(fields=["company", "-last"], name="report_newest"),
            models.Index(fields=["next_ring_at"], name="report_to_ring", condition=models.Q(next_ring_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def kept(self) -> list[str]:
        """The hashes of its kept files: the Chinese one, the English one."""
        return [sha256 for sha256 in (self.sha256, self.sha256_en) if sha256]

    @property
    def period(self) -> Period:
        """Its days."""
        return Period(self.first, self.last)


class ReportEntry(Entry):
    """One thing that was done to a report; append-only and chained as a case's journal."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="journal")

    class Meta:
        ordering = ["n"]
        constraints = [models.UniqueConstraint(fields=["report", "n"], name="report_entry_n_once")]
