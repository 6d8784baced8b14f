"""What a person does with their own notices and unfinished forms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kesu.company.models import Person
from kesu.complaints.models import Draft, Notice

LONGEST_NAME = 80
LARGEST = 200_000  # characters of one draft


def read_notice(person: Person, notice_id: int, at: datetime) -> Notice:
    """Mark one as read; the notice. Raises Notice.DoesNotExist for somebody else's."""
    notice = Notice.objects.select_related("case").get(pk=notice_id, person=person)
    if notice.read_at is None:
        notice.read_at = at
        notice.save(update_fields=["read_at"])
    return notice


def read_all(person: Person, at: datetime, up_to: int | None = None) -> int:
    """Mark all as read (up to and with the notice `up_to`, so that one that arrives meanwhile stays unread). How many there were."""
    rows = Notice.objects.filter(person=person, read_at__isnull=True)
    return (rows.filter(pk__lte=up_to) if up_to else rows).update(read_at=at)


def keep_draft(person: Person, form: str, data: list[list[str]], at: datetime) -> Draft | None:
    """Keep what is being typed; None when it is too large to keep."""
    if len(form) > LONGEST_NAME or sum(len(name) + len(value) for name, value in data) > LARGEST:
        return None
    kept: dict[str, Any] = {"fields": data}
    return Draft.objects.update_or_create(person=person, form=form, defaults={"data": kept, "saved_at": at})[0]


def forget_draft(person: Person, form: str) -> None:
    """The form was sent or thrown away."""
    Draft.objects.filter(person=person, form=form).delete()
