"""Brokers that devices tell their alarms to, what their words mean, and the devices themselves."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class Broker(Row):
    """An MQTT broker that is listened to, one worker at a time (a lease on its row)."""

    company = models.ForeignKey("company.Company", on_delete=models.CASCADE, related_name="brokers")
    name = models.CharField(max_length=60)
    host = models.CharField(max_length=200)
    port = models.IntegerField(default=8883)
    secured = models.CharField(max_length=8, default="tls")  # tls, none
    login = models.CharField(max_length=200, blank=True)
    sealed = models.TextField(blank=True)  # the password, encrypted with the installation's key (channels.sealing)
    active = models.BooleanField(default=True)
    subscribed = models.JSONField(default=list)  # the filters the broker keeps for us; those we no longer want are taken back

    leased_until = models.DateTimeField(null=True)
    lease = models.CharField(max_length=36, blank=True)
    heard_from_at = models.DateTimeField(null=True)
    last_in_at = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="broker_once")]

    def __str__(self) -> str:
        return self.name


class AlarmTopic(Row):
    """A filter of topics: whose devices they are, where each thing stands in a message, what its kinds mean in the procedure."""

    broker = models.ForeignKey(Broker, on_delete=models.CASCADE, related_name="topics")
    site = models.ForeignKey("company.Site", on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=60)  # of the pack
    filter = models.CharField(max_length=200)
    name = models.CharField(max_length=60)  # what kind of device: 电梯
    category = models.CharField(max_length=60, blank=True)  # of the pack
    paths = models.JSONField(default=dict)  # what → where (channels.devices.reading)
    recovered = models.CharField(max_length=200, blank=True)  # states that mean: all well again, separated by commas
    rules = models.JSONField(default=list)  # [{"kind": …, "facts": [ids], "category": id}]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["broker", "filter"], name="topic_once")]


class Device(Row):
    """A device that has told of an alarm, and the case that its alarms join while that is open."""

    topic = models.ForeignKey(AlarmTopic, on_delete=models.CASCADE, related_name="devices")
    code = models.CharField(max_length=120)
    case = models.ForeignKey("complaints.Case", null=True, on_delete=models.SET_NULL, related_name="+")
    alarms = models.IntegerField(default=0)  # of this case
    unnoted = models.IntegerField(default=0)  # of them, those that no note has told of yet
    last_words = models.CharField(max_length=200, blank=True)
    last_at = models.DateTimeField(null=True)
    noted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "code"], name="device_once")]
        indexes = [models.Index(fields=["noted_at"], name="device_to_note", condition=models.Q(unnoted__gt=0))]
