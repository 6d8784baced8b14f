"""What passes between us and the customer on their own page: questions, ratings."""

from __future__ import annotations

from django.db import models


class Question(models.Model):
    """Something we asked the customer; answered once."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="questions")
    words = models.TextField()
    asked_by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]


class Rating(models.Model):
    """The customer's own rating by the secret link; nobody inside can change it. Choices count from 0 (best) to 2."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="ratings")
    round = models.IntegerField()
    answers = models.JSONField()  # rating id of the pack → 0, 1, 2
    words = models.TextField(blank=True)
    at = models.DateTimeField()
    after_closing = models.BooleanField()

    class Meta:
        ordering = ["id"]
