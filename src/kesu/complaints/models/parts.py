"""A department's part in a case: sent to it, signed for, sent back or returned."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class Part(Row):
    """One dispatch to one department. A department that sends it back and gets it again has two parts."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="parts")
    round = models.IntegerField()
    department = models.ForeignKey("company.Department", on_delete=models.PROTECT, related_name="parts")
    lead = models.BooleanField()
    first = models.BooleanField()  # of the first dispatch of the first round
    dispatched_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")
    handler = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="parts", db_index=False)
    sent_back_at = models.DateTimeField(null=True)
    sent_back_why = models.CharField(max_length=400, blank=True)
    returned_at = models.DateTimeField(null=True)
    returned_by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "round", "department"], condition=models.Q(sent_back_at__isnull=True), name="part_once_per_round"
            )
        ]
        # Asked "has this case a part of theirs?": with the case in the index the answer is one step, not a walk through all of theirs.
        indexes = [
            models.Index(fields=["department", "case"], name="part_by_department"),
            models.Index(fields=["handler", "case"], name="part_by_handler"),
        ]
