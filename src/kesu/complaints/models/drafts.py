"""What somebody was typing when the browser closed."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class Draft(Row):
    """The contents of a form that was not sent yet, one per person and form."""

    person = models.ForeignKey("company.Person", on_delete=models.CASCADE, related_name="drafts")
    form = models.CharField(max_length=80)  # "reception", "case:123:propose"
    data = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "form"], name="draft_once")]
