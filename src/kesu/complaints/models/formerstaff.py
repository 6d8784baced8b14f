"""That somebody who left was let go of: the record that stays when the name is gone."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class FormerStaff(Row):
    """One person of the company whose data were taken out after the pack's time. Never changed."""

    person = models.OneToOneField("company.Person", on_delete=models.PROTECT, related_name="former")
    left_at = models.DateTimeField()
    at = models.DateTimeField()
    by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")  # nobody: the worker, in time
    entries = models.IntegerField(default=0)  # entries of kept cases that still name them, when it was done

    class Meta:
        indexes = [models.Index(fields=["at"], name="former_by_time")]
