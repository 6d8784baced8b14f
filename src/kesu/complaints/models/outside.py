"""What of a case lies elsewhere: handed to an authority, and the papers of the service it is about (STANDARDS 2.2, part 6)."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class Handover(Row):
    """The case lies with somebody outside (12315, 12345, a court): their number, their date, what came of it."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="handovers")
    round = models.IntegerField()
    body = models.CharField(max_length=60)  # a row of the pack's `outside`
    name = models.CharField(max_length=120, blank=True)  # which one: 某某区市场监管局
    number = models.CharField(max_length=60, blank=True)  # its number there
    due_at = models.DateTimeField(null=True)  # when they must have a result
    rests = models.BooleanField(default=False)  # our clocks stand still meanwhile
    by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=400, blank=True)
    answer_by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["number"], name="handover_by_number", condition=~models.Q(number=""))]


class Reference(Row):
    """A service order, a repair, a contract that the complaint is about: its kind (pack), number and date."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="references")
    kind = models.CharField(max_length=60)
    number = models.CharField(max_length=60)
    dated = models.DateField(null=True)
    by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["case", "kind", "number"], name="reference_once")]
        indexes = [models.Index(fields=["number"], name="reference_by_number")]
