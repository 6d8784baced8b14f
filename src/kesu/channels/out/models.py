"""What goes out by other means than e-mail, and with whom it is sent."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class OutAccount(Row):
    """An account with a provider, or a robot in a work chat. Off until somebody switches it on; secrets are sealed (channels.sealing)."""

    company = models.ForeignKey("company.Company", on_delete=models.CASCADE, related_name="out_accounts")
    means = models.CharField(max_length=20)  # an id of channels.out.means
    provider = models.CharField(max_length=20, blank=True)  # of a means that has several
    name = models.CharField(max_length=60)
    site = models.ForeignKey("company.Site", null=True, blank=True, on_delete=models.CASCADE, related_name="+")  # none: every site
    department = models.ForeignKey("company.Department", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    settings = models.JSONField(default=dict)  # what is no secret: ids, signature, region
    sealed = models.TextField(blank=True)  # the secrets as JSON, encrypted
    templates = models.JSONField(default=dict)  # kind → language → {"code", "text", "names"}
    active = models.BooleanField(default=False)
    since = models.DateTimeField(null=True)  # switched on: what happened before is no news

    last_out_at = models.DateTimeField(null=True)
    last_in_at = models.DateTimeField(null=True)  # a report, or a reply
    fault = models.CharField(max_length=300, blank=True)  # of the account itself, while it lasts
    fault_since = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["company", "means"], name="out_account_by_means")]

    def __str__(self) -> str:
        return self.name


class Outgoing(Row):
    """One message to one address by one means, once (`key`). What it says is fixed when it is written.

    `topic` is what is told; the messages of one topic are the means tried one after the other (`place` 0, 1, …), the last one a call.
    """

    company = models.ForeignKey("company.Company", on_delete=models.PROTECT, related_name="outgoing")
    case = models.ForeignKey("complaints.Case", null=True, on_delete=models.CASCADE, related_name="outgoing")
    person = models.ForeignKey("company.Person", null=True, on_delete=models.CASCADE, related_name="+")  # of the company
    customer = models.ForeignKey("customers.Customer", null=True, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(OutAccount, null=True, on_delete=models.SET_NULL, related_name="outgoing")
    means = models.CharField(max_length=20)
    address = models.CharField(max_length=320, blank=True)  # number, openid …; "" for a group with one robot
    kind = models.CharField(max_length=30)
    topic = models.CharField(max_length=140)
    place = models.IntegerField(default=0)
    key = models.CharField(max_length=160, unique=True)
    language = models.CharField(max_length=10, default="zh-hans")
    payload = models.JSONField(default=dict)  # plain; "text" is always what a person would read
    urgent = models.BooleanField(default=False)
    at = models.DateTimeField()  # written

    # waiting, sending, sent, delivered, read; failed (tried in vain, or reported as not delivered), refused (for good), dropped (given
    # up by a person), done (a call that was made)
    state = models.CharField(max_length=10, default="waiting")
    not_before = models.DateTimeField(null=True)  # quiet hours
    next_at = models.DateTimeField(null=True)  # next try, or end of the lease while sending
    due_at = models.DateTimeField(null=True)  # of a call
    lease = models.CharField(max_length=36, blank=True)
    tried_at = models.DateTimeField(null=True)  # last try
    tries = models.IntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    stuck_at = models.DateTimeField(null=True)  # since when it does not go on
    provider_id = models.CharField(max_length=120, blank=True)
    facts = models.JSONField(default=dict)  # what the provider said that stays: parts, fee
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")  # who called, or gave it up
    words = models.CharField(max_length=300, blank=True)  # why, or what was said

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], name="outgoing_to_send", condition=models.Q(state__in=["waiting", "sending"])),
            models.Index(fields=["company", "-id"], name="outgoing_stuck", condition=models.Q(stuck_at__isnull=False)),
            models.Index(fields=["case"], name="outgoing_by_case"),
            models.Index(fields=["company"], name="outgoing_calls", condition=models.Q(means="call", state="waiting")),
            models.Index(fields=["provider_id"], name="outgoing_by_provider", condition=~models.Q(provider_id="")),
            models.Index(fields=["topic"], name="outgoing_by_topic"),
            models.Index(fields=["account", "-tried_at"], name="outgoing_by_account"),
        ]


class GroupLine(Row):
    """What a robot has told its group already: each thing once, in whichever message."""

    account = models.ForeignKey(OutAccount, on_delete=models.CASCADE, related_name="+", db_index=False)
    thing = models.CharField(max_length=120)  # the key of the notices, without the person
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "thing"], name="group_line_once")]
