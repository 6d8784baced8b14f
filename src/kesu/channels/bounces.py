"""A letter of ours came back: it is marked undelivered, and somebody who can do something about it hears of it."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import transaction

from kesu.channels import outbox
from kesu.channels.handlers import tell_handler
from kesu.channels.mail.letter import Letter
from kesu.channels.models import Answer
from kesu.channels.out.falling import fall
from kesu.complaints.models import Case, Notice
from kesu.complaints.telling import notices_for, save_notices

_ID = re.compile(rb"<kesu\.[0-9a-z.-]{10,120}@[^<>\s]{1,200}>", re.I)
LOOKED_AT = 2_000_000  # bytes of a bounce in which our own id is looked for
LATELY = 200  # letters to a person of ours among which the one that came back is looked for


def take_bounce(letter: Letter, data: bytes, company_id: int, at: datetime) -> Case | None:
    """Mark what came back as undelivered and tell somebody. Returns its case; None when it was no letter of ours to a customer."""
    ids = {found.decode("ascii").lower() for found in _ID.findall(data[:LOOKED_AT])} | {letter.in_reply_to.lower()}
    rows = Answer.objects.filter(case__company_id=company_id, message_id__in=ids).select_related("case__site__company", "case__handler")
    answer = rows.order_by("-id").first()
    if answer:
        _undelivered(answer, letter.signs.why, at)
        return answer.case
    _to_staff(letter, ids, company_id, at)
    return None


def _undelivered(answer: Answer, why: str, at: datetime) -> None:
    """Marked once; then the next means is tried, in the same transaction."""
    with transaction.atomic():
        if Answer.objects.filter(pk=answer.pk).exclude(state="bounced").update(state="bounced", next_at=None, error=why[:300]):
            fall(answer.key, 0, at)
            _say(answer, why, at)


def _say(answer: Answer, why: str, at: datetime) -> None:
    data = {"words": f"{answer.address} {why}".strip()[:200]}
    tell_handler(answer.case, "mail_bounced", f"bounced:{answer.pk}", data, at)


def _to_staff(letter: Letter, ids: set[str], company_id: int, at: datetime) -> None:
    """A notice to one of ours came back: it counts as not mailed, and they see why when they sign in."""
    for address in letter.signs.failed[:20]:
        rows = Notice.objects.filter(company_id=company_id, person__email__iexact=address, mail="sent").select_related("person")
        for notice in rows.order_by("-id")[:LATELY]:
            if outbox.message_id(notice).lower() in ids:
                Notice.objects.filter(pk=notice.pk).update(mail="failed", mail_error=letter.signs.why[:200])
                data = {"words": f"{address} {letter.signs.why}".strip()[:200]}
                told = notices_for(
                    [notice.person], case=None, company_id=company_id, kind="mail_own", key=f"own:{notice.pk}", data=data, at=at
                )
                for row in told:
                    row.mail, row.mail_at = "none", None  # to the same address it would only come back again
                save_notices(told)
