"""Follow-ups (回访): asking the customer afterwards, attempt by attempt; when they want to be asked; their own answers by the link."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class Visit(Row):
    """One attempt to ask the customer whether they are content, by someone who did not handle the case."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="visits")
    round = models.IntegerField()
    attempt = models.IntegerField()
    channel = models.CharField(max_length=60)
    outcome = models.CharField(max_length=12)  # content, not_content, not_reached, later
    words = models.CharField(max_length=400, blank=True)
    answers = models.JSONField(default=dict)  # question id of the pack → 0 (best) …; unanswered ones are absent
    by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["case", "round", "attempt"], name="visit_attempt_once")]


class VisitTime(Row):
    """When the customer wants to be asked; the last one of a round counts."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="visit_times")
    round = models.IntegerField()
    agreed_for = models.DateTimeField()
    by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


class SurveyAnswer(Row):
    """The customer's own answers to the follow-up's questions on their page, once in a round; nobody inside can change them."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="survey_answers")
    round = models.IntegerField()
    answers = models.JSONField()  # question id of the pack → 0 (best) …; unanswered ones are absent
    outcome = models.CharField(max_length=12, blank=True)  # content, not_content, "" (the overall question was left out)
    counts = models.BooleanField(default=False)  # it was this round's follow-up
    words = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["case", "round"], name="survey_once_a_round")]
