"""What was collected: statements, records, photographs, from several sides (H-8)."""

from __future__ import annotations

from django.db import models


class Attachment(models.Model):
    """A file, kept once per content under its SHA-256."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="attachments")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=100)  # media type found by looking at the bytes, never by the name
    size = models.BigIntegerField()  # bytes
    by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")  # null: the customer
    at = models.DateTimeField()
    for_customer = models.BooleanField(default=False)  # the customer may see it

    class Meta:
        ordering = ["id"]


class Evidence(models.Model):
    """A statement or record: which side it comes from, what it says, the file if there is one."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="evidence")
    round = models.IntegerField()
    side = models.CharField(max_length=20)  # customer, staff, record, other, expert
    kind = models.CharField(max_length=20)  # statement, record, photo, recording, measurement
    who = models.CharField(max_length=60, blank=True)
    words = models.TextField()
    attachment = models.ForeignKey(Attachment, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
