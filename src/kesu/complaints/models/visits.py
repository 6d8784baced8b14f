"""Follow-ups (回访): asking the customer afterwards, attempt by attempt."""

from __future__ import annotations

from django.db import models


class Visit(models.Model):
    """One attempt to ask the customer whether they are content, by someone who did not handle the case."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="visits")
    round = models.IntegerField()
    attempt = models.IntegerField()
    channel = models.CharField(max_length=60)
    outcome = models.CharField(max_length=12)  # content, not_content, not_reached
    words = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["case", "round", "attempt"], name="visit_attempt_once")]
