"""What complaints are set against, and the secret addresses of wall-boards."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class Exposure(Row):
    """So many homes, orders or visits of a site in a month. What is not entered is not known: it is never taken for 0."""

    company = models.ForeignKey("company.Company", on_delete=models.CASCADE, related_name="+", db_index=False)
    site = models.ForeignKey("company.Site", on_delete=models.CASCADE, related_name="+", db_index=False)
    measure = models.CharField(max_length=60)  # a row of the pack's figures.measures
    month = models.DateField()  # its first day
    n = models.BigIntegerField()
    by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "measure", "month", "site"], name="exposure_once"),
            models.CheckConstraint(condition=models.Q(n__gte=0), name="exposure_not_negative"),
        ]


class Wall(Row):
    """A screen in the control room: whoever has the address sees numbers and times, no person and no words. Taken back by its row."""

    company = models.ForeignKey("company.Company", on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey("company.Site", null=True, on_delete=models.CASCADE, related_name="+", db_index=False)  # null: all
    name = models.CharField(max_length=60)
    token = models.CharField(max_length=43, unique=True)
    by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
