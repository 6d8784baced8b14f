"""Facts: what a case's journal comes to, in columns that can be counted. Written by `insights.actions.counting` alone, rebuilt at any time.

No words of anybody and nobody outside the company: what stands here outlives de-identification. Days and hours are the company's own.
Site and department (the one that leads) stand in every table: by them a reader's figures are cut to what the reader may see.
"""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class Fact(Row):
    """Where it belongs. Every table has its `case` besides."""

    company = models.ForeignKey("company.Company", on_delete=models.CASCADE, related_name="+", db_index=False)
    site = models.ForeignKey("company.Site", on_delete=models.CASCADE, related_name="+", db_index=False)
    department = models.ForeignKey("company.Department", null=True, on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta:
        abstract = True


class CaseFact(Fact):
    """One case."""

    case = models.OneToOneField("complaints.Case", on_delete=models.CASCADE, related_name="fact")
    n = models.IntegerField()  # entries of the journal when it was derived; −1: a rebuild has begun, it is in no sum
    channel = models.CharField(max_length=60)
    nature = models.CharField(max_length=60)
    grade = models.CharField(max_length=60)
    category = models.CharField(max_length=60)
    cause = models.CharField(max_length=60)
    outcome = models.CharField(max_length=20)
    handler = models.ForeignKey("company.Person", null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    against = models.JSONField(default=list)  # ids of the company's people who are complained of

    counted = models.BooleanField()  # a merged case counts where it went on
    complaint = models.BooleanField()  # its nature counts as a complaint (or nobody has judged it yet)
    judged = models.BooleanField()
    valid = models.BooleanField()  # judged, a complaint, and not found to be without ground
    outside = models.BooleanField()  # known to an authority, a platform or a court
    outside_first = models.BooleanField()  # … who told us of it
    escalated = models.BooleanField()  # a clock of it went up the ladder
    first_time = models.BooleanField()  # closed, accepted at the follow-up, never reopened, escalated, or complained of again
    hotline_replied = models.BooleanField(null=True)  # what a hotline found by its own calls; null: nothing is recorded
    hotline_solved = models.BooleanField(null=True)
    hotline_content = models.BooleanField(null=True)
    odr_settled = models.BooleanField(null=True)  # lay with a platform on which one settles, and was settled there; null: lay with none
    mediated = models.BooleanField(null=True)  # lay with a mediator, with success; null: lay with none
    old_record = models.BooleanField()  # taken over: beginning and end are known, no clocks ran

    heard_at = models.DateTimeField()
    received_at = models.DateTimeField()
    replied_at = models.DateTimeField(null=True)  # the first word about the matter itself
    told_at = models.DateTimeField(null=True)  # the result, in the last round
    closed_at = models.DateTimeField(null=True)  # and still closed
    received_day = models.DateField()
    closed_day = models.DateField(null=True)
    hour = models.SmallIntegerField()  # of the day at which the customer was heard

    flow = models.JSONField(default=list)  # [[day, opened or closed], …]
    rounds = models.IntegerField()
    bounces = models.IntegerField()
    repeats = models.BigIntegerField(null=True)  # id of the earlier case of the same customer about the same, within the pack's time
    repeated = models.BigIntegerField(null=True)  # id of the next such one

    reply_clock = models.IntegerField(null=True)  # minutes from hearing to the first reply …
    reply_work = models.IntegerField(null=True)  # … of which within opening hours
    final_clock = models.IntegerField(null=True)  # minutes from hearing to telling the result, else to closing
    final_work = models.IntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["company", "received_day"], name="fact_received"),
            models.Index(fields=["company"], name="fact_open", condition=models.Q(closed_at__isnull=True)),
            models.Index(fields=["company", "closed_day"], name="fact_closed", condition=models.Q(closed_day__isnull=False)),
            # ties that lead out of what a reader may be told of are looked for in them (queries.ties)
            models.Index(fields=["company", "received_day"], name="fact_repeats", condition=models.Q(repeats__isnull=False)),
            models.Index(fields=["company", "closed_day"], name="fact_repeated", condition=models.Q(repeated__isnull=False)),
            models.Index(fields=["company"], name="fact_old_anew", condition=models.Q(old_record=True, rounds__gt=1)),
        ]


class StepFact(Fact):
    """How long a case stood at a step in a round; `step` is one of procedure.acts.STEPS, or `bounce`: sent out until sent out again."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="+")
    round = models.IntegerField()
    step = models.CharField(max_length=20)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)  # null: it stands there
    left_day = models.DateField(null=True)
    clock = models.IntegerField(null=True)  # minutes
    work = models.IntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["company", "left_day"], name="step_left")]


class ClockFact(Fact):
    """One obligation that somebody had to keep. What was lifted before it was due, and what waits for the customer, does not stand here.

    `duty` is what it is about, from the acts that end it: `reply`, a step of procedure.acts.STEPS, or `other`.
    """

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="+")
    round = models.IntegerField()
    obligation = models.CharField(max_length=60)
    duty = models.CharField(max_length=20)
    own = models.BooleanField()  # of the case itself, not of a part, an action …
    began_at = models.DateTimeField()
    first_due_at = models.DateTimeField()
    due_at = models.DateTimeField()
    due_day = models.DateField()
    state = models.CharField(max_length=10)  # running, paused, done, lifted (when it was late already)
    ended_at = models.DateTimeField(null=True)
    kept = models.BooleanField(null=True)  # by the due time, extensions that were granted included; null: not known yet
    kept_first = models.BooleanField(null=True)  # by the first due time
    extended = models.BooleanField()
    approver = models.ForeignKey(
        "company.Person", null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )  # of the extension
    role = models.CharField(max_length=60)
    person = models.ForeignKey("company.Person", null=True, on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["company", "due_at"], name="clock_fact_due"),
            models.Index(fields=["company", "due_at"], name="clock_fact_open", condition=models.Q(ended_at__isnull=True)),
        ]


class VisitFact(Fact):
    """One follow-up: an attempt by us, or the customer's own answers where they counted as one."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="+")
    round = models.IntegerField()
    at = models.DateTimeField()
    day = models.DateField()
    outcome = models.CharField(max_length=12)  # content, not_content, not_reached, later
    by_link = models.BooleanField()
    last = models.BooleanField()  # the answer that stands for its round
    answers = models.JSONField()  # question of the pack → good, middle, bad, unrated

    class Meta:
        indexes = [models.Index(fields=["company", "day"], name="visit_fact_day")]


class RemedyFact(Fact):
    """Something was proposed, agreed or paid. A reversed payment is one with a negative sum."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)  # a row of the pack's remedies; "" where none was named
    payer = models.CharField(max_length=12)
    what = models.CharField(max_length=10)  # proposed, agreed, paid
    fen = models.BigIntegerField()
    at = models.DateTimeField()
    day = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["company", "day"], name="remedy_fact_day")]
