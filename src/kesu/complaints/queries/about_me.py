"""What is held about somebody who works here: their own record, and what they know of complaints against them (PIPL art. 45)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kesu.company.models import Person
from kesu.complaints.models import Complained, JournalEntry
from kesu.complaints.queries import asked


@dataclass(frozen=True)
class Held:
    """`named`: complaints against them of which they know (asked or told), the newest first; `others`: how many they do not know yet."""

    named: list[Complained]
    others: int
    acts: int
    first: datetime | None


def held_about(person: Person, at: datetime) -> Held:
    """Four queries. Who complained is covered."""
    rows = Complained.objects.filter(person=person, dropped_at__isnull=True, case__erased_at__isnull=True)
    rows = rows.select_related("case__site", "case__home", "case__customer").prefetch_related("inquiries").order_by("-named_at")
    every = list(rows)
    known = [row for row in every if row.told_at or row.inquiries.all()]
    done = JournalEntry.objects.filter(person=person)
    oldest = done.order_by("written_at").values_list("written_at", flat=True).first()
    return Held(asked.discreet(known, person, at), len(every) - len(known), done.count(), oldest)
