"""What passes between us and the customer on their own page: questions, notices, ratings."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class Question(Row):
    """Something we asked the customer; answered once."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="questions")
    words = models.TextField()
    asked_by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]


class CustomerNotice(Row):
    """Something the customer is told without being asked for it, once (`key`): shown on their page, in the words of that moment."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="customer_notices")
    kind = models.CharField(max_length=30)  # the act that told it: chase, grant_extension, resume, agree_date
    key = models.CharField(max_length=120, unique=True)
    words = models.TextField()
    words_en = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def said(self, language: str) -> str:
        """The words in the reader's language."""
        return self.words if language.startswith("zh") else self.words_en


class Rating(Row):
    """The customer's own rating by the secret link; nobody inside can change it. Choices count from 0 (best) to 2."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="ratings")
    round = models.IntegerField()
    answers = models.JSONField()  # rating id of the pack → 0, 1, 2
    words = models.TextField(blank=True)
    at = models.DateTimeField()
    after_closing = models.BooleanField()

    class Meta:
        ordering = ["id"]
