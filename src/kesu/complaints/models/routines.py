"""Duties that are not tied to a case: monthly statistics (P-12), seasonal checks (M-2)."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class RoutineDuty(Row):
    """One occurrence of a routine at a site."""

    company = models.ForeignKey("company.Company", on_delete=models.PROTECT)
    site = models.ForeignKey("company.Site", on_delete=models.PROTECT, related_name="duties")
    routine = models.CharField(max_length=60)
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    role = models.CharField(max_length=60)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=400, blank=True)
    rung = models.IntegerField(default=0)
    next_ring_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "routine", "due_at"], name="duty_once")]
        indexes = [
            models.Index(fields=["site", "due_at"], name="duty_owed", condition=models.Q(done_at__isnull=True)),
            models.Index(fields=["next_ring_at"], name="duty_to_ring", condition=models.Q(next_ring_at__isnull=False)),
        ]
