"""Telephone lines, and the calls that the exchange told us of."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from kesu.company.rows import Row


class PhoneLine(Row):
    """A line that customers call: who takes what comes by it, and whether an exchange that cannot sign may speak for it."""

    company = models.ForeignKey("company.Company", on_delete=models.CASCADE, related_name="phone_lines")
    site = models.ForeignKey("company.Site", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    number = models.CharField(max_length=40, blank=True)  # what customers dial
    channel = models.CharField(max_length=60)  # of the pack
    active = models.BooleanField(default=True)
    plain = models.BooleanField(default=False)  # a secret in the address counts as well as a signature
    turn = models.IntegerField(default=1)  # of its secrets: another one, and the old ones are worth nothing
    last_in_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=200, blank=True)  # why the last event was not understood

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="phone_line_once")]

    def __str__(self) -> str:
        return self.name


class Call(Row):
    """One call. Each time is told once; what is told again, or late, changes nothing that is known."""

    line = models.ForeignKey(PhoneLine, on_delete=models.PROTECT, related_name="calls")
    call_id = models.CharField(max_length=120)  # the exchange's own; "" once who called was let go of
    outgoing = models.BooleanField(default=False)
    number = models.CharField(max_length=40, blank=True)  # of the other side, as it is dialled here; "" when it is hidden
    agent = models.CharField(max_length=60, blank=True)  # as the exchange calls whoever answered
    first_at = models.DateTimeField()  # when we first heard of it
    started_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    recording = models.CharField(max_length=500, blank=True)  # https only; the recording itself stays with the exchange
    arrival = models.ForeignKey("channels.Arrival", null=True, on_delete=models.SET_NULL, related_name="calls")  # the call-back task
    case = models.ForeignKey("complaints.Case", null=True, on_delete=models.PROTECT, related_name="calls")

    class Meta:
        indexes = [
            models.Index(fields=["line", "call_id"], name="call_by_id"),
            models.Index(fields=["line", "number", "-first_at"], name="call_by_number"),
            models.Index(fields=["case"], name="call_by_case", condition=models.Q(case__isnull=False)),
        ]

    @property
    def state(self) -> str:
        """talking, ended, missed or ringing. Whoever was answered in the end was not missed."""
        if self.answered_at:
            return "ended" if self.ended_at else "talking"
        return "missed" if self.missed_at else "ended" if self.ended_at else "ringing"

    @property
    def when(self) -> datetime:
        """When it happened, as far as the exchange said so."""
        return self.started_at or self.answered_at or self.missed_at or self.first_at

    @property
    def minutes(self) -> int | None:
        """Whole minutes spoken, begun ones counted; None while it lasts or where nobody spoke."""
        if not (self.answered_at and self.ended_at):
            return None
        return max(1, -(-int((self.ended_at - self.answered_at).total_seconds()) // 60))
