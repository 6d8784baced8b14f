"""Roll-ups: sums over facts per day or month, site, lead department and one dimension; which cases wait to be counted; how it stands."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row

WIDTH = 8


class Tally(Row):
    """So much of a kind there and then. What n0 … n7 mean depends on `kind` (insights.cells.KINDS). `department` 0: nobody leads yet."""

    company = models.ForeignKey("company.Company", on_delete=models.CASCADE, related_name="+", db_index=False)
    grain = models.CharField(max_length=1)  # d: a day, m: a month, by its first day
    kind = models.CharField(max_length=8)
    dimension = models.CharField(max_length=20)  # "" is the whole
    period = models.DateField()
    site = models.BigIntegerField()
    department = models.BigIntegerField()
    value = models.CharField(max_length=80)
    n0 = models.BigIntegerField(default=0)
    n1 = models.BigIntegerField(default=0)
    n2 = models.BigIntegerField(default=0)
    n3 = models.BigIntegerField(default=0)
    n4 = models.BigIntegerField(default=0)
    n5 = models.BigIntegerField(default=0)
    n6 = models.BigIntegerField(default=0)
    n7 = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "grain", "kind", "dimension", "period", "site", "department", "value"], name="tally_once"
            )
        ]


class Mark(Row):
    """This case's journal grew, and its facts do not say so yet. Laid down in the act's transaction; several of one case do no harm."""

    company = models.ForeignKey("company.Company", on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    at = models.DateTimeField()


class Keeping(Row):
    """How a company's figures are kept: by which formula, and for which zone, hours and calendar minutes and days were reckoned."""

    company = models.OneToOneField("company.Company", on_delete=models.CASCADE, related_name="+")
    formula = models.IntegerField(default=0)
    reckoned = models.CharField(max_length=64, default="")
    changes = models.BigIntegerField(default=0)  # the company's stamp at which `reckoned` was looked at last
    built_at = models.DateTimeField(null=True)
    held_by = models.CharField(max_length=16, default="")  # who counts everything anew (insights.actions.holding) …
    held_until = models.DateTimeField(null=True)  # … and until when nobody else counts
