"""What the worker deleted because its time was over and no case needed it: a line each time."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class Forgotten(Row):
    """How many things of one kind were deleted at once, and from before which moment they were."""

    company = models.ForeignKey("company.Company", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12)  # letters, calls, imports
    n = models.IntegerField()
    before = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["company", "-at"], name="forgotten_newest")]
