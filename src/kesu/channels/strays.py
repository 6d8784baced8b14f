"""Letters that became no complaint: after the pack's days what they said goes; that something came, when and by which door stays."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kesu.channels.models import Arrival
from kesu.company.models import Company
from kesu.complaints import files, strays
from kesu.complaints.models import Attachment

BATCH = 200  # letters of one company and one round


def forget_due(at: datetime) -> int:
    """A chore: letters that were set aside so long ago. Those that still wait for a person stay. Returns how many."""
    return strays.forget("letters", _delete, at)


@transaction.atomic
def _delete(company: Company, before: datetime) -> int:
    rows = Arrival.objects.filter(company=company, case__isnull=True, state="ignored", done_at__lt=before).exclude(sha256="")
    old = dict(rows.order_by("pk").values_list("pk", "sha256")[:BATCH])
    gone = {"sha256": "", "sender": "", "sender_name": "", "subject": "", "message_id": "", "words": ""}
    Arrival.objects.filter(pk__in=old).update(**gone)
    transaction.on_commit(lambda: _remove(set(old.values())))
    return len(old)


def _remove(gone: set[str]) -> None:
    """Messages that nothing needs any more."""
    needed = set(Arrival.objects.filter(sha256__in=gone).values_list("sha256", flat=True))
    needed |= set(Attachment.objects.filter(sha256__in=gone, case__erased_at__isnull=True).values_list("sha256", flat=True))
    for sha256 in gone - needed:
        files.stored(sha256).unlink(missing_ok=True)
