"""The pages of what came on paper."""

from __future__ import annotations

from django.db import models

from kesu.company.rows import Row


class PaperPage(Row):
    """A photograph or scan of one page, or a PDF; what was read on it is a proposal and nothing more."""

    arrival = models.ForeignKey("channels.Arrival", on_delete=models.CASCADE, related_name="pages")
    n = models.IntegerField()
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    read_at = models.DateTimeField(null=True)  # when somebody began to read it; null: it is still to be read
    said = models.JSONField(null=True)  # what stands in which field; null: not read yet; {}: nothing could be read

    class Meta:
        constraints = [models.UniqueConstraint(fields=["arrival", "n"], name="page_once")]
        indexes = [models.Index(fields=["id"], name="page_to_read", condition=models.Q(read_at__isnull=True))]
