"""Tokens by which programs act for a person, and the answers kept for requests that are sent again."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row

SCOPES = ("read", "receive", "act")


class Token(Row):
    """A program's right to act as a person. Only a digest is stored: the token itself was shown once."""

    company = models.ForeignKey("company.Company", on_delete=models.CASCADE, related_name="tokens")
    person = models.ForeignKey("company.Person", on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=60)  # what it is for
    digest = models.CharField(max_length=64, unique=True)  # SHA-256
    tail = models.CharField(max_length=4)  # the last four characters, to tell tokens apart
    scopes = models.JSONField(default=list)  # of SCOPES
    made_by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)  # give or take some minutes
    window_at = models.DateTimeField(null=True)  # when the minute began in which requests are counted
    window_n = models.IntegerField(default=0)  # requests of that minute that some process has set aside for itself


class KeptAnswer(Row):
    """What was answered under an idempotency key; the same key again gets the same answer."""

    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="answers", db_index=False)
    key = models.CharField(max_length=64)  # SHA-256 of the key
    request = models.CharField(max_length=64)  # SHA-256 of method, path and body
    status = models.IntegerField(default=0)
    etag = models.CharField(max_length=20, blank=True)
    body = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="answer_once")]
        indexes = [models.Index(fields=["at"], name="answer_by_age")]
