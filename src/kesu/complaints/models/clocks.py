"""Running time limits: a clock is an obligation that runs for a case; pauses and extensions are rows of their own."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class Clock(Row):
    """An obligation running for a case, a part, an action, a proposal or an extension.

    `state`: running, paused, done, void. Late is asked (`due_at < at` while running or `done_at > due_at`), never stored.
    `next_ring_at` is the next moment at which the worker has something to say; null when there is nothing more.
    """

    # No index per column: what is asked is what runs, and that has its own indexes below; one of a case begins the unique one.
    company = models.ForeignKey("company.Company", on_delete=models.PROTECT, db_index=False)
    site = models.ForeignKey("company.Site", on_delete=models.PROTECT, db_index=False)
    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="clocks", db_index=False)
    round = models.IntegerField()
    obligation = models.CharField(max_length=60)
    subject = models.BigIntegerField(default=0)  # id of the part, action, proposal or extension; 0: the case
    limit = models.CharField(max_length=120)  # as it was when the clock started
    time = models.CharField(max_length=10)  # always, office
    began_at = models.DateTimeField()
    began_by = models.CharField(max_length=80)
    due_at = models.DateTimeField()
    first_due_at = models.DateTimeField()  # before any extension
    extended_to = models.DateTimeField(null=True)
    confirmed = models.BooleanField(default=True)  # false: counts on holidays that are not announced yet
    state = models.CharField(max_length=10, default="running")
    done_at = models.DateTimeField(null=True)
    void_why = models.CharField(max_length=60, blank=True)
    paused_at = models.DateTimeField(null=True)

    role = models.CharField(max_length=60)  # who answers for it …
    department = models.ForeignKey(  # … in this department (null: of the site) …
        "company.Department", null=True, on_delete=models.PROTECT, db_index=False
    )
    company_wide = models.BooleanField(default=False)  # … or of the whole company
    person = models.ForeignKey(  # the one who took it on
        "company.Person", null=True, on_delete=models.PROTECT, related_name="clocks", db_index=False
    )
    waits_for = models.CharField(max_length=10, blank=True)  # "customer", "date": nothing to do before it is due

    rung = models.IntegerField(default=0)  # how many moments (warnings, late, rungs) were dealt with for this due time
    next_ring_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "round", "obligation", "subject"], name="clock_once")]
        indexes = [
            models.Index(fields=["next_ring_at"], name="clock_to_ring", condition=models.Q(next_ring_at__isnull=False)),
            models.Index(fields=["site", "state", "due_at"], name="clock_owed", condition=models.Q(state__in=["running", "paused"])),
            models.Index(fields=["case", "due_at"], name="clock_of_case", condition=models.Q(state__in=["running", "paused"])),
            models.Index(fields=["person", "due_at"], name="clock_of_person", condition=models.Q(state__in=["running", "paused"])),
            models.Index(fields=["department", "due_at"], name="clock_of_department", condition=models.Q(state__in=["running", "paused"])),
            models.Index(fields=["company", "role", "due_at"], name="clock_of_role", condition=models.Q(state__in=["running", "paused"])),
            models.Index(fields=["site", "done_at", "due_at"], name="clock_done", condition=models.Q(state="done")),
        ]


class Pause(Row):
    """The case's clocks stood still for a reason that the pack allows."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="pauses")
    round = models.IntegerField()
    reason = models.CharField(max_length=60)
    evidence = models.CharField(max_length=400, blank=True)
    began_at = models.DateTimeField()
    ends_by = models.DateTimeField()  # resumes by itself then
    ended_at = models.DateTimeField(null=True)
    chased = models.IntegerField(default=0)  # how many times the customer was reminded
    chase_at = models.DateTimeField(null=True)  # next reminder; null: none comes
    by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["began_at"]
        constraints = [models.UniqueConstraint(fields=["case"], condition=models.Q(ended_at__isnull=True), name="pause_one_open")]
        indexes = [
            models.Index(fields=["ends_by"], name="pause_to_end", condition=models.Q(ended_at__isnull=True)),
            models.Index(fields=["chase_at"], name="pause_to_chase", condition=models.Q(chase_at__isnull=False)),
        ]


class Extension(Row):
    """Leave to go past a limit (超时审批): asked before expiry, answered once."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="extensions")
    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="extensions")
    new_due = models.DateTimeField()
    reason = models.CharField(max_length=400)
    approver = models.CharField(max_length=60)  # role
    told = models.CharField(max_length=400, blank=True)  # what the customer is told about it
    state = models.CharField(max_length=10, default="asked")  # asked, granted, refused, lapsed
    asked_by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clock"], condition=models.Q(state="asked"), name="extension_one_open")]
