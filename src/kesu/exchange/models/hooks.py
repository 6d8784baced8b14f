"""Subscriptions of other programs to what happens, and every message that was sent to them."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class Hook(Row):
    """An address that is told of acts. Signing needs the secret itself, so it is stored as it is."""

    company = models.ForeignKey("company.Company", on_delete=models.CASCADE, related_name="hooks")
    name = models.CharField(max_length=60)
    url = models.CharField(max_length=500)
    secret = models.CharField(max_length=100)  # whsec_…
    acts = models.JSONField(default=list)  # names of acts; empty: all
    active = models.BooleanField(default=True)
    made_by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)


class Delivery(Row):
    """One message to one hook: written in the act's transaction, delivered by the worker under a lease."""

    hook = models.ForeignKey(Hook, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    case = models.ForeignKey("complaints.Case", null=True, on_delete=models.CASCADE, related_name="+")
    message = models.CharField(max_length=60, unique=True)  # webhook-id: the same at every try
    act = models.CharField(max_length=30)
    body = models.TextField()
    at = models.DateTimeField()  # when it happened
    state = models.CharField(max_length=10, default="waiting")  # waiting, sending, sent, failed
    next_at = models.DateTimeField(null=True)  # next try, or end of the lease
    lease = models.CharField(max_length=36, blank=True)
    tries = models.IntegerField(default=0)
    status = models.IntegerField(null=True)  # of the last answer
    answer = models.CharField(max_length=1000, blank=True)  # the beginning of the last answer, or why there was none
    took = models.IntegerField(null=True)  # milliseconds
    tried_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["hook", "-id"], name="delivery_of_hook"),
            models.Index(fields=["next_at"], name="delivery_due", condition=models.Q(state__in=["waiting", "sending"])),
        ]
