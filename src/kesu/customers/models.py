"""People who complain, and where they live. A case keeps its own copy of name and telephone as given that day."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class Home(Row):
    """A home (or shop, or office) that a site looks after."""

    site = models.ForeignKey("company.Site", on_delete=models.PROTECT, related_name="homes")
    label = models.CharField(max_length=120)  # "6 栋 2 单元 1103"
    key = models.CharField(max_length=120)  # label without spaces and words between the numbers, for finding

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "key"], name="home_once_per_site")]

    def __str__(self) -> str:
        return self.label


class Customer(Row):
    """A customer with at most one telephone number that we find them by."""

    company = models.ForeignKey("company.Company", on_delete=models.PROTECT, related_name="customers")
    site = models.ForeignKey("company.Site", on_delete=models.PROTECT, related_name="customers")
    home = models.ForeignKey(Home, null=True, blank=True, on_delete=models.PROTECT, related_name="customers")
    name = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=40, blank=True)  # digits (and a leading +) only
    tail = models.CharField(max_length=4, blank=True)  # last four digits
    good_time = models.CharField(max_length=120, blank=True)  # when they like to be called
    tell_by = models.CharField(max_length=20, blank=True)  # as they asked for last (procedure.telling.WISHES)
    language = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["company", "phone"], name="customer_by_phone"),
            models.Index(fields=["company", "tail"], name="customer_by_tail"),
            models.Index(fields=["home"], name="customer_by_home"),
        ]

    def __str__(self) -> str:
        return self.name or self.phone
