"""What came in through a door, where it is fetched, and what went out to customers by e-mail."""

from __future__ import annotations

from django.db import models

from kesu.channels.wechat.models import Followed, Follower, OfficialAccount, Saying, SentFile, Talk
from kesu.company.rows import Row


class Mailbox(Row):
    """A mailbox of a company: read over IMAP, or filled by the pipe and the web hook. What arrives belongs to its site and channel."""

    company = models.ForeignKey("company.Company", on_delete=models.CASCADE, related_name="mailboxes")
    site = models.ForeignKey("company.Site", on_delete=models.PROTECT, related_name="+")
    address = models.EmailField()
    channel = models.CharField(max_length=60)  # of the pack
    host = models.CharField(max_length=200, blank=True)  # empty: nothing is fetched, only taken by pipe and web hook
    port = models.IntegerField(default=993)
    secured = models.CharField(max_length=8, default="tls")  # tls, starttls, none
    login = models.CharField(max_length=200, blank=True)
    sealed = models.TextField(blank=True)  # the password, encrypted with the installation's key (channels.sealing)
    folder = models.CharField(max_length=200, default="INBOX")
    active = models.BooleanField(default=True)
    writes = models.BooleanField(default=True)  # answers by e-mail leave from this address

    uidvalidity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    lease = models.CharField(max_length=36, blank=True)
    heard_from_at = models.DateTimeField(null=True)  # when the server last answered
    last_in_at = models.DateTimeField(null=True)  # when a message last arrived
    failures = models.IntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=300, blank=True)  # what the server said last, while it does not work

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "address"], name="mailbox_once")]

    def __str__(self) -> str:
        return self.address


class Arrival(Row):
    """One thing that arrived, once (`key`), with its bytes as they came (`sha256`, kept like attachments), and what became of it."""

    company = models.ForeignKey("company.Company", on_delete=models.PROTECT, related_name="arrivals")
    site = models.ForeignKey("company.Site", on_delete=models.PROTECT, related_name="+")
    mailbox = models.ForeignKey(Mailbox, null=True, on_delete=models.SET_NULL, related_name="arrivals")
    account = models.ForeignKey(OfficialAccount, null=True, on_delete=models.SET_NULL, related_name="arrivals")
    follower = models.ForeignKey(Follower, null=True, on_delete=models.SET_NULL, related_name="arrivals")
    door = models.CharField(max_length=20)  # which program of ours took it: mail, wechat
    channel = models.CharField(max_length=60)  # of the pack
    key = models.CharField(max_length=100, unique=True)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()  # bytes
    received_at = models.DateTimeField()
    heard_at = models.DateTimeField()  # when it reached the door: the server's own time, else ours
    sender = models.CharField(max_length=320, blank=True)
    sender_name = models.CharField(max_length=120, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    message_id = models.CharField(max_length=998, blank=True)

    state = models.CharField(max_length=10, default="new")  # new, talking (in an unfinished conversation), waiting, filed, joined, ignored
    why = models.CharField(max_length=20, blank=True)  # a word of channels.reasons; "" where a person said it in words
    words = models.CharField(max_length=300, blank=True)
    case = models.ForeignKey("complaints.Case", null=True, on_delete=models.PROTECT, related_name="arrivals")
    by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)  # by when a person looks at it
    rung = models.BooleanField(default=False)  # told that it is late

    class Meta:
        indexes = [
            models.Index(fields=["received_at"], name="arrival_new", condition=models.Q(state="new")),
            models.Index(fields=["site", "due_at"], name="arrival_waiting", condition=models.Q(state="waiting")),
            models.Index(fields=["company", "-received_at"], name="arrival_newest"),
            models.Index(fields=["company", "sender", "-received_at"], name="arrival_by_sender"),
            models.Index(fields=["message_id"], name="arrival_by_id"),
        ]


class Answer(Row):
    """One letter to a customer, once (`key`): what it says is fixed when it is written."""

    case = models.ForeignKey("complaints.Case", on_delete=models.PROTECT, related_name="answers")
    mailbox = models.ForeignKey(Mailbox, null=True, on_delete=models.SET_NULL, related_name="answers")
    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=30)  # received, notice, question
    address = models.CharField(max_length=320)
    message_id = models.CharField(max_length=200, unique=True)
    replies_to = models.TextField(blank=True)  # message ids, oldest first
    subject = models.CharField(max_length=300)
    body = models.TextField()
    at = models.DateTimeField()
    state = models.CharField(max_length=10, default="waiting")  # waiting, sending, sent, failed, bounced, dropped
    next_at = models.DateTimeField(null=True)
    lease = models.CharField(max_length=36, blank=True)
    tries = models.IntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    read_at = models.DateTimeField(null=True)  # the customer has opened their page since

    class Meta:
        indexes = [models.Index(fields=["next_at"], name="answer_to_send", condition=models.Q(state__in=["waiting", "sending"]))]


from kesu.channels.devicemodels import AlarmTopic, Broker, Device  # noqa: E402  tables of this wing, too
from kesu.channels.out.models import GroupLine, OutAccount, Outgoing  # noqa: E402
from kesu.channels.papermodels import PaperPage  # noqa: E402
from kesu.channels.phonemodels import Call, PhoneLine  # noqa: E402

__all__ = [
    "AlarmTopic",
    "Answer",
    "Arrival",
    "Broker",
    "Call",
    "Device",
    "Followed",
    "Follower",
    "GroupLine",
    "Mailbox",
    "OfficialAccount",
    "OutAccount",
    "Outgoing",
    "PaperPage",
    "PhoneLine",
    "Saying",
    "SentFile",
    "Talk",
]
