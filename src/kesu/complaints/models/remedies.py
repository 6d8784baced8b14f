"""What is offered to the customer and what was agreed to be done."""

from __future__ import annotations

from django.db import models


class Proposal(models.Model):
    """An offer: approved where the pack says so, told to the customer, answered by the customer."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="proposals")
    round = models.IntegerField()
    words = models.TextField()
    company_pays = models.BigIntegerField(default=0)  # fen
    customer_pays = models.BigIntegerField(default=0)  # fen; said before the work (M-8)
    state = models.CharField(max_length=12)  # pending, approved, refused, offered, agreed, declined, replaced
    approver = models.CharField(max_length=60, blank=True)  # role; empty: none needed
    by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    decided_by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_why = models.CharField(max_length=400, blank=True)
    offered_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(state__in=["pending", "approved", "offered"]), name="proposal_one_open"
            )
        ]


class AgreedAction(models.Model):
    """One thing promised in a proposal: what, by which department, by when, and what came of it (B-15)."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="agreed_actions")
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="actions")
    n = models.IntegerField()
    what = models.CharField(max_length=400)
    remedy = models.CharField(max_length=60, blank=True)
    cost = models.BigIntegerField(default=0)  # fen, borne by the company
    department = models.ForeignKey("company.Department", null=True, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True)
    agreed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")
    done_words = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["proposal_id", "n"]
