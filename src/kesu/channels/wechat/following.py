"""Who hears of a case on WeChat, and how they may be written to just now."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from kesu.channels.models import Arrival, Followed, Follower
from kesu.complaints.models import Case
from kesu.complaints.storing import insert_unless_there

FREELY = timedelta(hours=48)  # after they wrote; WeChat's own rule


def of_case(case: Case) -> Follower | None:
    """The follower who hears of this case: told here, or bound to its customer; the one who wrote last."""
    wanted = Q(followed__case=case)
    if case.customer_id:
        wanted |= Q(customer_id=case.customer_id)
    rows = Follower.objects.filter(wanted, following=True, account__active=True, account__company_id=case.company_id)
    return rows.select_related("account__company").order_by("-said_at", "-id").first()


def is_open(follower: Follower, at: datetime) -> bool:
    """Whether they may be written to freely: within 48 hours of their last word, and WeChat has not said otherwise since."""
    said = follower.said_at
    return bool(said and at < said + FREELY and not (follower.shut_at and follower.shut_at > said))


def shut(follower: Follower, at: datetime) -> None:
    """WeChat says that the window is shut, or the messages are used up: until they write again."""
    Follower.objects.filter(pk=follower.pk).update(shut_at=at)
    follower.shut_at = at


def taken_up(row: Arrival, case: Case, at: datetime) -> None:
    """A person has filed or joined a message of a follower: from now on they hear of that case here."""
    if row.follower_id:
        insert_unless_there([Followed(follower_id=row.follower_id, case=case, at=at)])
