"""Letters and calls that became no complaint: after the pack's days what they said goes; that it came, when and by which door, stays."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from kesu.channels.calls.returning import CALL
from kesu.channels.models import Arrival, Call
from kesu.company.models import Company
from kesu.complaints import files, strays
from kesu.complaints.models import Attachment

BATCH = 200  # letters, and calls, of one company and one round


def forget_due(at: datetime) -> int:
    """A chore: letters that were set aside, and calls that were made, so long ago. What waits for a person stays. Returns how many."""
    return strays.forget("letters", _letters, at) + strays.forget("calls", _calls, at)


@transaction.atomic
def _letters(company: Company, before: datetime) -> int:
    rows = Arrival.objects.filter(company=company, case__isnull=True, state="ignored", done_at__lt=before).exclude(door=CALL)
    return _empty(rows)


@transaction.atomic
def _calls(company: Company, before: datetime) -> int:
    """Who called, whom they spoke to, where the recording lies; and tasks to call back, with what was said. A task's calls go with it."""
    rows = Call.objects.filter(line__company=company, case__isnull=True, first_at__lt=before).exclude(call_id="")
    rows = rows.exclude(arrival__state="waiting").exclude(arrival__done_at__gte=before)
    old = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
    Call.objects.filter(pk__in=old).update(call_id="", number="", agent="", recording="")
    _empty(Arrival.objects.filter(company=company, door=CALL, case__isnull=True, done_at__lt=before))
    return len(old)


def _empty(rows: QuerySet[Arrival]) -> int:
    old = dict(rows.exclude(sha256="").order_by("pk").values_list("pk", "sha256")[:BATCH])
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
