"""Money that went to the customer for an agreed remedy, and what proves that a thing was carried out."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class Payment(Row):
    """One payment for one agreed action, or the reversal of one. Rows are only ever added."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="payments")
    action = models.ForeignKey("complaints.AgreedAction", on_delete=models.PROTECT, related_name="payments")
    amount = models.BigIntegerField()  # fen, more than 0; a reversal has the amount of what it takes back
    to = models.CharField(max_length=120)  # who got it
    method = models.CharField(max_length=60)  # a row of the pack's payment_methods, or in words
    words = models.CharField(max_length=400, blank=True)
    key = models.CharField(max_length=64)  # the same form sent twice pays once
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "key"], name="payment_key_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="payment_is_something"),
        ]


class Proof(Row):
    """A receipt, photograph or signature that shows an agreed action was done or paid."""

    action = models.ForeignKey("complaints.AgreedAction", on_delete=models.CASCADE, related_name="proofs")
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="proofs")
    kind = models.CharField(max_length=20)  # procedure.remedies.PROOFS
    attachment = models.ForeignKey("complaints.Attachment", on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
