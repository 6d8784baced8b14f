"""The case: one complaint with its whole record, and the items the customer named."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class DayNumber(Row):
    """The last case number given out at a site on a day; bumped in the transaction that files the case, so no gaps."""

    site = models.ForeignKey("company.Site", on_delete=models.PROTECT)
    day = models.DateField()
    last = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "day"], name="day_number_once")]


class Case(Row):
    """One complaint. `step` is where it stands (procedure.acts.STEPS or "done"); `marks` is what happened in this round."""

    company = models.ForeignKey("company.Company", on_delete=models.PROTECT, related_name="cases")
    site = models.ForeignKey("company.Site", on_delete=models.PROTECT, related_name="cases")
    version = models.ForeignKey("company.ProcedureVersion", on_delete=models.PROTECT, related_name="cases")
    number = models.CharField(max_length=40)
    token = models.CharField(max_length=43, unique=True)  # the secret of the customer's link
    token_off = models.BooleanField(default=False)  # the customer has switched the link off
    filed_key = models.CharField(max_length=64, null=True, blank=True)  # the same form sent twice files once

    title = models.CharField(max_length=120)
    channel = models.CharField(max_length=60)
    heard_at = models.DateTimeField()
    received_at = models.DateTimeField()
    received_by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")
    raw = models.TextField(blank=True)  # the customer's words as they came

    customer = models.ForeignKey("customers.Customer", null=True, on_delete=models.PROTECT, related_name="cases")
    home = models.ForeignKey("customers.Home", null=True, on_delete=models.PROTECT, related_name="cases")
    contact_name = models.CharField(max_length=60, blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)
    contact_tail = models.CharField(max_length=4, blank=True)
    reach = models.CharField(max_length=200, blank=True)  # other ways or times to reach them (P-1)
    tell_by = models.CharField(max_length=20, blank=True)  # how they want to be told (procedure.telling.WISHES); "": as the procedure says
    language = models.CharField(max_length=10, blank=True)  # the customer's; "": Chinese
    confidential = models.BooleanField(default=False)
    place = models.CharField(max_length=200, blank=True)
    happened = models.CharField(max_length=120, blank=True)  # when, in the customer's words
    against = models.CharField(max_length=200, blank=True)  # the person or department complained of
    wants = models.TextField(blank=True)
    wanted_by = models.DateTimeField(null=True, blank=True)  # the date the customer asked for

    nature = models.CharField(max_length=60)
    judged = models.BooleanField(default=False)  # a person has judged it; until then nature and grade are suggested
    grade = models.CharField(max_length=60)
    grade_because = models.JSONField(default=list)  # [[zh, en], …]
    facts = models.JSONField(default=dict)  # fact id → true/false; unanswered ones are absent
    category = models.CharField(max_length=60, blank=True)  # the first item's
    consents = models.JSONField(default=dict)  # matter asked separately → given, refused, withdrawn; what was never asked is absent
    categories = models.JSONField(default=list)  # of all items, without repeats
    cause = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=20, blank=True)  # "", resolved, unfounded, withdrawn, merged

    round = models.IntegerField(default=1)
    step = models.CharField(max_length=20)
    marks = models.JSONField(default=dict)  # act → [first, last] of this round
    whole_marks = models.JSONField(default=dict)  # the same across rounds
    bounces = models.IntegerField(default=0)
    department = models.ForeignKey("company.Department", null=True, on_delete=models.PROTECT, related_name="led_cases")  # leads
    handler = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="handled_cases")  # who signed for it
    told_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    same_as = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="repeats")  # an earlier complaint about it

    held_at = models.DateTimeField(null=True)  # under legal hold since then: nothing of it is erased
    erased_at = models.DateTimeField(null=True)  # de-identified: only what counts for statistics is left

    journal_n = models.IntegerField(default=0)
    journal_head = models.CharField(max_length=64, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="case_number_once"),
            models.UniqueConstraint(fields=["company", "filed_key"], name="case_filed_once"),
        ]
        indexes = [
            models.Index(fields=["site", "step"], name="case_by_site_step"),
            models.Index(  # what falls to be de-identified, the oldest first
                fields=["version", "closed_at"],
                name="case_to_erase",
                condition=models.Q(closed_at__isnull=False, erased_at__isnull=True),
            ),
            models.Index(fields=["told_at"], name="case_told", condition=models.Q(told_at__isnull=False)),  # is there news for them
            models.Index(fields=["site", "step"], name="case_open", condition=models.Q(closed_at__isnull=True)),
            models.Index(fields=["handler"], name="case_open_handler", condition=models.Q(closed_at__isnull=True)),
            models.Index(fields=["received_by"], name="case_open_receiver", condition=models.Q(closed_at__isnull=True)),
            models.Index(fields=["company", "-received_at"], name="case_newest"),
            models.Index(fields=["company", "contact_phone"], name="case_by_phone"),
            models.Index(fields=["company", "contact_tail"], name="case_by_tail"),
            models.Index(fields=["customer", "-received_at"], name="case_by_customer"),
            models.Index(fields=["home", "-received_at"], name="case_by_home"),
            models.Index(fields=["site", "category", "-received_at"], name="case_by_category"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Whether anything is still owed to the customer: not closed, not in the archive."""
        return self.closed_at is None


class CaseItem(Row):
    """One matter that the customer named (M-3: every one is written down)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="items")
    n = models.IntegerField()
    words = models.TextField()
    category = models.CharField(max_length=60, blank=True)
    finding = models.CharField(max_length=20, blank=True)  # "", found, partly, not_found, unclear
    reason = models.TextField(blank=True)  # of the finding
    rests_on = models.JSONField(default=list)  # ids of the evidence that the finding stands on
    found_by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    found_at = models.DateTimeField(null=True)
    found_n = models.IntegerField(default=0)  # how many findings there were, the present one included: each stands in the journal

    class Meta:
        ordering = ["n"]
        constraints = [models.UniqueConstraint(fields=["case", "n"], name="item_n_once")]
        indexes = [models.Index(fields=["category"], name="item_by_category")]
