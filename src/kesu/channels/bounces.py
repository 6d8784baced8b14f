"""A letter of ours came back: it is marked undelivered, and somebody who can do something about it hears of it."""

from __future__ import annotations

import re
from datetime import datetime

from kesu.channels import outbox
from kesu.channels.mail.letter import Letter
from kesu.channels.models import Answer
from kesu.company.holders import Holders
from kesu.company.models import Person
from kesu.company.procedures import pack_of
from kesu.company.standing import standing
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
    if answer.state == "bounced":
        return
    Answer.objects.filter(pk=answer.pk).update(state="bounced", next_at=None, error=why[:300])
    data = {"words": f"{answer.address} {why}".strip()[:200]}
    tell(answer.case, "mail_bounced", f"bounced:{answer.pk}", data, at)


def tell(case: Case, kind: str, key: str, data: dict[str, str], at: datetime) -> None:
    """Whoever handles the case or took it in, else who receives what comes by its channel."""
    people: list[Person] = [who for who in (case.handler, case.received_by) if who and who.is_active]
    if not people:
        pack, found = pack_of(case.version_id), standing(case.site.company)
        channel, holders = pack.find("channels", case.channel), Holders(found, case.site_id)
        people = (holders.of(channel.receiver) if channel else []) or holders.first_of(pack.dispatching.nobody)[1]
    save_notices(notices_for(people, case=case, company_id=case.company_id, kind=kind, key=key, data=data, at=at))


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
