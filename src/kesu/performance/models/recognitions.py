"""Recognition: a person is thanked for a case, by a colleague or because a customer praised them."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row
from kesu.complaints.models.journal import Entry


class Recognition(Row):
    """One person, one case, once. Words stand beside the chain, which holds their SHA-256; {}-like "" once they were let go of."""

    company = models.ForeignKey("company.Company", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey("complaints.Case", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="recognitions")
    by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    praised = models.BooleanField()  # the case is a customer's praise
    words = models.TextField(blank=True)

    journal_n = models.IntegerField(default=0)
    journal_head = models.CharField(max_length=64, default="")

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["case", "person"], name="recognised_once")]
        indexes = [models.Index(fields=["company", "-at"], name="recognised_newest")]

    @property
    def number(self) -> str:
        """What its chain is hashed with."""
        return f"recognition {self.case_id} {self.person_id}"


class RecognitionEntry(Entry):
    """That it was given; append-only and chained."""

    recognition = models.ForeignKey(Recognition, on_delete=models.PROTECT, related_name="journal")

    class Meta:
        ordering = ["n"]
        constraints = [models.UniqueConstraint(fields=["recognition", "n"], name="recognition_entry_n_once")]
