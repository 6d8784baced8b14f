"""Reading, where it can be known: the customer opens their page, so what was told there has been read."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists

from kesu.channels.models import Answer, Outgoing
from kesu.complaints.models import Case


def page_opened(case_id: int, at: datetime) -> int:
    """The customer has opened their page: what was told before is read. Returns how many messages; writes only when there are any."""
    rows = Outgoing.objects.filter(case_id=case_id, person=None, read_at=None, at__lte=at, state__in=["sent", "delivered"])
    answers = Answer.objects.filter(case_id=case_id, read_at=None, at__lte=at, state="sent")
    if not Case.objects.filter(Exists(rows) | Exists(answers), pk=case_id).exists():
        return 0
    return rows.update(read_at=at) + answers.update(read_at=at)
