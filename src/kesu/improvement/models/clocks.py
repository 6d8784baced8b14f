"""What is owed on a record: the plan, each measure, an answer to a request, the judgement, the closing."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from kesu.company.rows import Row


class CapaClock(Row):
    """One thing owed, from `opens_at` until `due_at`, by a person, a department or the holders of a role; rung as routines are."""

    capa = models.ForeignKey("improvement.Capa", on_delete=models.CASCADE, related_name="clocks")
    company = models.ForeignKey("company.Company", on_delete=models.PROTECT)
    duty = models.CharField(max_length=20)  # plan, measure, extend, judge, close
    measure = models.ForeignKey("improvement.Measure", null=True, on_delete=models.CASCADE, related_name="clocks")
    person = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey("company.Department", null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=60, blank=True)
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    rung = models.IntegerField(default=0)
    next_ring_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["company", "due_at"], name="capa_owed", condition=Q(done_at__isnull=True)),
            models.Index(fields=["next_ring_at"], name="capa_to_ring", condition=Q(next_ring_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["capa", "duty"], condition=Q(done_at__isnull=True, measure__isnull=True), name="capa_duty_once_open"
            ),
            models.UniqueConstraint(
                fields=["measure", "duty"], condition=Q(done_at__isnull=True, measure__isnull=False), name="measure_duty_once_open"
            ),
        ]
