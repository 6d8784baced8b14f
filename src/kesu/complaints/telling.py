"""Writing notices into the outbox: who is told, once per person and thing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from kesu.company.models import Person
from kesu.complaints.models import Case, Notice
from kesu.complaints.storing import insert_unless_there


def notices_for(
    people: Iterable[Person],
    *,
    case: Case | None,
    company_id: int,
    kind: str,
    key: str,
    data: dict[str, Any],
    at: datetime,
    but: int | None = None,
) -> list[Notice]:
    """Unsaved notices for these people (`but` is the one who did it and need not be told); `key` names the thing told."""
    return [
        Notice(
            company_id=company_id,
            person=person,
            case=case,
            kind=kind,
            key=f"{key}:{person.pk}",
            data=data,
            at=at,
            mail="waiting" if person.email and person.by_email else "none",
            mail_at=at if person.email and person.by_email else None,
        )
        for person in {person.pk: person for person in people}.values()
        if person.pk != but
    ]


def save_notices(notices: list[Notice]) -> None:
    """Store notices; one already told by the same key is not told again."""
    insert_unless_there(notices)
