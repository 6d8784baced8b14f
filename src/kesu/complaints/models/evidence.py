"""What was collected: statements, records, photographs, from several sides (H-8)."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class Attachment(Row):
    """A file, kept once per content under its SHA-256."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="attachments")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=100)  # media type found by looking at the bytes, never by the name
    size = models.BigIntegerField()  # bytes
    by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")  # null: the customer
    at = models.DateTimeField()
    for_customer = models.BooleanField(default=False)  # the customer may see it
    health = models.BooleanField(default=False)  # shown to the roles of privacy.health alone, and only while consent stands
    original = models.ForeignKey(  # this is the blacked-out picture of that one
        "self", null=True, on_delete=models.PROTECT, related_name="redacted"
    )
    boxes = models.JSONField(default=list)  # what was blacked out: [[left, top, right, bottom], …] in shares of 10 000

    class Meta:
        ordering = ["id"]


class Evidence(Row):
    """A statement or record: which side it comes from, what it says, the file if there is one."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="evidence")
    round = models.IntegerField()
    side = models.CharField(max_length=20)  # customer, staff, record, other, expert
    kind = models.CharField(max_length=20)  # statement, record, photo, recording, measurement, assessment
    who = models.CharField(max_length=60, blank=True)
    origin = models.CharField(max_length=200, blank=True)  # where it was got from: the camera of gate 3, the customer's message
    made_at = models.DateTimeField(null=True)  # when it came about, as far as known; `at` is when it was recorded
    words = models.TextField()
    digest = models.CharField(max_length=64, blank=True)  # SHA-256 over what was recorded, file included; "" on old rows
    health = models.BooleanField(default=False)  # as of its file
    attachment = models.ForeignKey(Attachment, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
