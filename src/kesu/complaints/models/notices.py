"""Notices: the outbox. Written in the act's transaction; shown in the inbox; delivered by the worker."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class Notice(Row):
    """One thing told to one person once (`key`). The words are rendered from `kind` and `data` in the reader's language."""

    company = models.ForeignKey("company.Company", on_delete=models.PROTECT)
    person = models.ForeignKey("company.Person", on_delete=models.CASCADE, related_name="notices")
    case = models.ForeignKey("complaints.Case", null=True, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=30)  # act name, warned, fell_late, climbed, routine
    key = models.CharField(max_length=120, unique=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    mail = models.CharField(max_length=10, default="none")  # none, waiting, sending, sent, failed, dropped
    mail_at = models.DateTimeField(null=True)  # next try, or end of the lease while sending
    mail_tries = models.IntegerField(default=0)
    mail_lease = models.CharField(max_length=36, blank=True)
    mailed_at = models.DateTimeField(null=True)  # when it left
    mail_group = models.CharField(max_length=120, blank=True)  # key of the first notice in the same letter
    mail_error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-at"], name="notice_inbox"),
            models.Index(fields=["person"], name="notice_unread", condition=models.Q(read_at__isnull=True)),
            models.Index(fields=["mail_at"], name="notice_to_mail", condition=models.Q(mail__in=["waiting", "sending"])),
        ]
