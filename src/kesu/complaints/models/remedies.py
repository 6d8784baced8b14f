"""What is offered to the customer and what was agreed to be done."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class Proposal(Row):
    """An offer: approved where the pack says so, told to the customer, answered by the customer."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="proposals")
    round = models.IntegerField()
    words = models.TextField()
    company_pays = models.BigIntegerField(default=0)  # fen
    customer_pays = models.BigIntegerField(default=0)  # fen; said before the work (M-8)
    price = models.BigIntegerField(default=0)  # fen paid for the service complained of: what guide bands are a percentage of; 0: not said
    order_number = models.CharField(max_length=60, blank=True)  # the service order it is about
    over_why = models.CharField(max_length=400, blank=True)  # why more than the pack's ceiling is right here
    state = models.CharField(max_length=12)  # pending, approved, refused, offered, agreed, declined, replaced
    approver = models.CharField(max_length=60, blank=True)  # the role whose turn it is, at last that of the last level; empty: none needed
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


class AgreedAction(Row):
    """One thing promised in a proposal: what, by which department, by when, and what came of it (B-15)."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="agreed_actions")
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="actions")
    n = models.IntegerField()
    what = models.CharField(max_length=400)
    remedy = models.CharField(max_length=60, blank=True)
    cost = models.BigIntegerField(default=0)  # fen; `payer` says who bears it
    payer = models.CharField(max_length=12, default="company")  # procedure.remedies.PAYERS
    basis = models.CharField(max_length=400, blank=True)  # why this and why so much
    ground = models.CharField(max_length=60, blank=True)  # the pack's row of law or contract it rests on
    effect = models.CharField(max_length=400, blank=True)  # what is expected of it (B-15)
    owner = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")
    company = models.ForeignKey("company.Company", null=True, db_index=False, on_delete=models.PROTECT, related_name="+")  # with category:
    category = models.CharField(max_length=60, blank=True)  # what similar cases got is read along one index
    department = models.ForeignKey("company.Department", null=True, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True)
    agreed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")
    done_words = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["proposal_id", "n"]
        indexes = [
            models.Index(
                fields=["company", "category", "-agreed_at"], name="action_similar", condition=models.Q(agreed_at__isnull=False, cost__gt=0)
            )
        ]


class ApprovalLevel(Row):
    """One level of a proposal's approval: whose role it is, and how and by whom it was answered, once."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="levels")
    n = models.IntegerField()
    role = models.CharField(max_length=60)
    answer = models.CharField(max_length=12, blank=True)  # "", approved, refused
    by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(null=True)
    why = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["proposal_id", "n"]
        constraints = [models.UniqueConstraint(fields=["proposal", "n"], name="approval_level_once")]
