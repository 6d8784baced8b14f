"""The daily scan: claimed once a day and company, and what it found that is no warning."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class Scan(Row):
    """One company's scan of one day. Claimed by making the row; a claim that lapsed (a worker that died) may be taken over."""

    company = models.ForeignKey("company.Company", on_delete=models.CASCADE, related_name="scans")
    day = models.DateField()
    claimed_until = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    looked = models.JSONField(default=dict)  # sites → how many things were looked at
    a_year = models.FloatField(default=0)  # false alarms to be expected in a year
    ordinary = models.JSONField(default=list)  # warnings.scanning.signal.Ordinary
    untold = models.JSONField(default=list)  # warnings.scanning.signal.Untold

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "day"], name="scan_once_a_day")]
