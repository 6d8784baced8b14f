"""Cases that belong together: merged duplicates, groups with one cause (群诉), what was split off."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class Merge(Row):
    """`case` is the same complaint as `into` and goes on there. `kept`: what undoing it gives back to `into`."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="merges")
    into = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="taken_in")
    reason = models.CharField(max_length=400)
    kept = models.JSONField(default=dict)
    by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["case"], condition=models.Q(undone_at__isnull=True), name="merge_one_open")]


class Group(Row):
    """One cause, many customers: the lead case is investigated for all, each member is told and followed up by itself."""

    company = models.ForeignKey("company.Company", on_delete=models.PROTECT, related_name="+")
    lead = models.OneToOneField("complaints.Case", on_delete=models.CASCADE, related_name="led_group")
    name = models.CharField(max_length=120)
    by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Membership(Row):
    """A case of a group (the lead has none)."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships")
    case = models.OneToOneField("complaints.Case", on_delete=models.CASCADE, related_name="membership")
    by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


class Split(Row):
    """A matter of `case` that became the case `off`."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="splits")
    off = models.OneToOneField("complaints.Case", on_delete=models.CASCADE, related_name="split_from")
    n = models.IntegerField()  # its number among the matters of `case`
    reason = models.CharField(max_length=400)
    by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["case", "n"], name="split_item_once")]
