"""Files that are taken in, how their columns are read, and what could not be taken."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class Import(Row):
    """One file on its way in. `seen` moves in the transaction that stores the rows, so it can go on where it stopped."""

    company = models.ForeignKey("company.Company", on_delete=models.CASCADE, related_name="imports")
    person = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)  # cases, customers, homes, staff
    name = models.CharField(max_length=200)  # of the file
    sha256 = models.CharField(max_length=64)  # of its content: where it lies
    columns = models.JSONField(default=dict)  # {heading: field}
    settled = models.JSONField(default=dict)  # what counts for the whole file: site, channel, source
    dry = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default="ready")  # ready, running, done, failed
    why = models.JSONField(default=list)  # [zh, en] when the whole file failed
    rows = models.IntegerField(default=0)  # how many the file has
    seen = models.IntegerField(default=0)  # how many are dealt with
    added = models.IntegerField(default=0)
    known = models.IntegerField(default=0)  # there already
    refused = models.IntegerField(default=0)
    at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["company", "-id"], name="import_newest")]


class ImportFault(Row):
    """A row that was not taken: its own words and why."""

    whole = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="faults", db_index=False)
    row = models.IntegerField()  # as a spreadsheet counts, the heading is in row 1 as a rule
    words = models.JSONField(default=list)  # the cells as they came
    field = models.CharField(max_length=40, blank=True)
    zh = models.CharField(max_length=400)
    en = models.CharField(max_length=400)

    class Meta:
        ordering = ["row"]
        constraints = [models.UniqueConstraint(fields=["whole", "row"], name="import_fault_once")]


class Mapping(Row):
    """How a file with these headings was read last time."""

    company = models.ForeignKey("company.Company", on_delete=models.CASCADE, related_name="mappings")
    kind = models.CharField(max_length=12)
    headings = models.CharField(max_length=64)  # SHA-256 of the headings in order
    columns = models.JSONField(default=dict)
    settled = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "kind", "headings"], name="mapping_once")]
