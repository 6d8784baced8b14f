"""Notices to staff by e-mail: what is not urgent waits for the end of the night, and what follows a letter goes together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max

from kesu.channels.out.staff import after_hours, is_urgent
from kesu.company.procedures import pack_of
from kesu.company.standing import standing
from kesu.complaints.models import Notice
from kesu.procedure.pack import Pack


def hold_back(notices: Sequence[Notice], at: datetime) -> list[Notice]:
    """Those of the notices that leave later; their `mail_at` is set. The first letter after a quiet while leaves at once."""
    if not notices:
        return []
    packs = {notice.pk: _pack(notice, at) for notice in notices}
    last = dict(
        Notice.objects.filter(
            person__in={notice.person_id for notice in notices}, mailed_at__gt=at - max(pack.telling.staff.pause for pack in packs.values())
        )
        .order_by()
        .values_list("person")
        .annotate(Max("mailed_at"))
    )
    held = []
    for notice in notices:
        pack = packs[notice.pk]
        if notice.mail_tries or is_urgent(notice, pack):
            continue  # begun is begun: it was sent perhaps
        until = after_hours(pack, at)
        if sent := last.get(notice.person_id):
            until = max(until, sent + pack.telling.staff.pause)
        if until > at:
            notice.mail_at = until
            held.append(notice)
    return held


def put_together(notices: Sequence[Notice]) -> None:
    """Letters of one claim to one person become one; what had been put together before stays so, under the same message id."""
    first: dict[int, str] = {}
    for notice in notices:
        if not notice.mail_group:
            notice.mail_group = first.setdefault(notice.person_id, notice.key)


def _pack(notice: Notice, at: datetime) -> Pack:
    return pack_of(notice.case.version_id if notice.case else standing(notice.person.company).version_at(at))
