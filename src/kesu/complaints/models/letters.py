"""Letters to the customer: drafts, who read them before they went out, and what was sent, byte for byte."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class Mailed(Row):
    """What the outbox needs to know of a row that goes out by e-mail."""

    mail = models.CharField(max_length=10, default="none")  # none, waiting, sending, sent, failed
    mail_at = models.DateTimeField(null=True)  # next try, or end of the lease while sending
    mail_tries = models.IntegerField(default=0)
    mail_lease = models.CharField(max_length=36, blank=True)
    mail_error = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True


class Letter(Mailed):
    """One letter. Until it is sent its words may change (`revision` counts); what was sent is the attachment, which never does."""

    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="letters")
    round = models.IntegerField()
    kind = models.CharField(max_length=60)  # a row of the pack's letters
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=100)
    text = models.TextField()
    revision = models.IntegerField(default=1)
    state = models.CharField(max_length=10, default="draft")  # draft, review, passed, sent, dropped
    writers = models.JSONField(default=list)  # ids of all who wrote on it: none of them reviews it
    by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")  # who wrote on it last
    at = models.DateTimeField()

    attachment = models.ForeignKey("complaints.Attachment", null=True, on_delete=models.PROTECT, related_name="+")  # the PDF as sent
    way = models.CharField(max_length=10, blank=True)  # complaints.actions.lettering.WAYS
    to = models.CharField(max_length=200, blank=True)  # the address, or who took it
    proof = models.CharField(max_length=400, blank=True)  # the number of the consignment, who signed for it
    subject = models.CharField(max_length=200, blank=True)  # of the e-mail, as it goes out
    cover = models.TextField(blank=True)  # the e-mail's own words, as they go out
    sent_by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["mail_at"], name="letter_to_mail", condition=models.Q(mail__in=["waiting", "sending"]))]

    @property
    def open(self) -> bool:
        """Whether somebody still has something to do with it."""
        return self.state in ("draft", "review", "passed") or self.mail == "failed"


class LetterReview(Row):
    """A version handed in for review; answered once, or taken back because the words changed."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="reviews")
    case = models.ForeignKey("complaints.Case", on_delete=models.CASCADE, related_name="+")
    round = models.IntegerField()
    revision = models.IntegerField()
    role = models.CharField(max_length=60)
    asked_by = models.ForeignKey("company.Person", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=10, blank=True)  # "", passed, returned, withdrawn
    words = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey("company.Person", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["letter"], condition=models.Q(answer=""), name="letter_review_one_open"),
        ]
