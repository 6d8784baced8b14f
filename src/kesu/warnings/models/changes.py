"""Changes whose effect is asked (B-18), beside corrective action and new versions of the procedure: a training, a new rule, new staff."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class Change(Row):
    """Something that began on a day, entered by hand. `category`: only complaints of this matter; "" is all of them."""

    company = models.ForeignKey("company.Company", on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey("company.Site", null=True, on_delete=models.PROTECT, related_name="+")  # null: every site
    name = models.CharField(max_length=120)
    day = models.DateField()
    category = models.CharField(max_length=60, blank=True)
    by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-day", "-id"]
        indexes = [models.Index(fields=["company", "-day"], name="change_newest")]
