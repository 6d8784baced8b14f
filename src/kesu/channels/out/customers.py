"""The chore that tells customers what is new: each thing once, by the first means that reaches them."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings

from kesu.channels.models import Mailbox, OutAccount
from kesu.channels.out import means, news, writing

log = logging.getLogger("kesu.out")


def tell_new(at: datetime) -> int:
    """Write messages for everything that is new. Returns how many things were told; one that cannot be told holds up no other."""
    companies = _that_write()
    told = news.fresh(at, companies) if companies else []
    for one in told:
        try:
            writing.tell(one, at)
        except Exception:
            log.exception("%s could not be told", one.topic)
    return len(told)


def _that_write() -> set[int]:
    """Companies with anything to write with."""
    ids = [one.id for one in means.known() if one.for_customers]
    found = set(OutAccount.objects.filter(active=True, means__in=ids).values_list("company_id", flat=True))
    if settings.EMAIL_HOST:
        found |= set(Mailbox.objects.filter(active=True, writes=True).values_list("company_id", flat=True))
    return found.union(*(one.companies() for one in means.known() if one.companies))
