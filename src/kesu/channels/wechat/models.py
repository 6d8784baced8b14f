"""Official accounts, who follows them, and what is being said. Tables of the wing `channels`."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class OfficialAccount(Row):
    """A WeChat official account of a company. Its secrets are sealed (channels.sealing); the access token is shared by all processes."""

    company = models.ForeignKey("company.Company", on_delete=models.CASCADE, related_name="official_accounts")
    site = models.ForeignKey("company.Site", on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=60)  # of the pack
    name = models.CharField(max_length=60)
    origin = models.CharField(max_length=40)  # gh_…: to whom messages are addressed
    app_id = models.CharField(max_length=40)
    mode = models.CharField(max_length=8, default="safe")  # how messages come: plain, both, safe
    sealed_secret = models.TextField(blank=True)  # AppSecret
    sealed_token = models.TextField(blank=True)  # with which messages are signed
    sealed_key = models.TextField(blank=True)  # EncodingAESKey
    active = models.BooleanField(default=True)
    templates = models.JSONField(default=dict)  # kind of message → {"how", "id", "fields": {field of the template: what we fill in}}

    sealed_access = models.TextField(blank=True)
    access_until = models.DateTimeField(null=True)
    forced_at = models.DateTimeField(null=True)  # when WeChat was last made to give another token: it counts those
    lease = models.CharField(max_length=36, blank=True)  # who fetches a new one
    leased_until = models.DateTimeField(null=True)

    heard_from_at = models.DateTimeField(null=True)  # when WeChat last called us with a good signature
    last_in_at = models.DateTimeField(null=True)  # when a message last arrived
    fault = models.CharField(max_length=300, blank=True)  # what WeChat said last, while it does not work

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "app_id"], name="official_account_once")]

    def __str__(self) -> str:
        return self.name


class Follower(Row):
    """Somebody on WeChat, known to this account by an id only. `customer` once they have proved a telephone number."""

    account = models.ForeignKey(OfficialAccount, on_delete=models.CASCADE, related_name="followers")
    openid = models.CharField(max_length=64)
    customer = models.ForeignKey("customers.Customer", null=True, on_delete=models.SET_NULL, related_name="followers")
    following = models.BooleanField(default=True)
    since = models.DateTimeField()
    said_at = models.DateTimeField(null=True)  # when they last wrote: for 48 hours they may be answered freely
    shut_at = models.DateTimeField(null=True)  # when WeChat last said that the window is shut, or the number used up

    phone = models.CharField(max_length=40, blank=True)  # to be confirmed by a code
    code = models.CharField(max_length=64, blank=True)  # its hash
    code_until = models.DateTimeField(null=True)
    code_tries = models.IntegerField(default=0)
    codes_sent = models.IntegerField(default=0)  # since `codes_day`
    codes_day = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "openid"], name="follower_once")]


class Followed(Row):
    """A case that a follower may see and hears of: they told it here, or opened its secret link here."""

    follower = models.ForeignKey(Follower, on_delete=models.CASCADE, related_name="followed")
    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="followed")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["follower", "case"], name="followed_once")]


class Talk(Row):
    """An unfinished conversation: what has been gathered, and what was asked last. Its messages are arrivals that wait in it."""

    follower = models.OneToOneField(Follower, on_delete=models.CASCADE, related_name="talk")
    asked = models.CharField(max_length=10, blank=True)  # what, danger, where, picture
    done = models.JSONField(default=list)  # questions asked already: none is asked twice
    words = models.TextField(blank=True)
    place = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    facts = models.JSONField(default=list)  # the pack's questions that were answered with yes
    pictures = models.IntegerField(default=0)
    person = models.BooleanField(default=False)  # a person was asked for
    began_at = models.DateTimeField()
    heard_at = models.DateTimeField()
    said_at = models.DateTimeField()
    file_at = models.DateTimeField(db_index=True)  # when it is filed as it stands


class SentFile(Row):
    """A picture, recording or film of a message, fetched by the worker: WeChat keeps it for three days."""

    arrival = models.OneToOneField("channels.Arrival", on_delete=models.CASCADE, related_name="sent_file")
    account = models.ForeignKey(OfficialAccount, on_delete=models.CASCADE, related_name="+")
    media_id = models.CharField(max_length=200)
    name = models.CharField(max_length=60)
    state = models.CharField(max_length=10, default="waiting")  # waiting, fetched, placed, lost
    sha256 = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    size = models.BigIntegerField(default=0)  # bytes
    next_at = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)
    fault = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["next_at"], name="sent_file_to_fetch", condition=models.Q(state="waiting"))]


class Saying(Row):
    """Something we say in a conversation, once (`key`)."""

    follower = models.ForeignKey(Follower, on_delete=models.CASCADE, related_name="sayings")
    key = models.CharField(max_length=120, unique=True)
    words = models.TextField()
    at = models.DateTimeField()
    state = models.CharField(max_length=10, default="waiting")  # waiting, sent, failed
    next_at = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["next_at"], name="saying_to_send", condition=models.Q(state="waiting"))]
