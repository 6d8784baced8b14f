"""People who left: how long their data are kept, what hinders letting go, what was let go of (PIPL arts 19 and 47)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q

from kesu.company.models import Company, Person
from kesu.company.procedures import pack_of
from kesu.company.rights import Rights
from kesu.company.standing import standing
from kesu.complaints.models import Case, Complained, FormerStaff, JournalEntry
from kesu.procedure.keeping import last_day

SHOWN = 200


@dataclass(frozen=True)
class Leaver:
    """Somebody who left and the last day on which their data are kept. `held`: they stand in a case under legal hold."""

    person: Person
    left: date
    last: date
    held: bool

    def over(self, today: date) -> bool:
        """Whether the time is over when `today` begins."""
        return self.last < today


def may_let_go(rights: Rights) -> str | None:
    """The role by which these rights let go of former staff: one that de-identifies for the whole company."""
    return rights.by_role("deidentify", site_id=None)


def years_of(company: Company, at: datetime) -> int:
    """How many years the procedure in force keeps them (pack: privacy.staff_years)."""
    pack = pack_of(standing(company).version_at(at))
    return pack.privacy.staff_years if pack.privacy else pack.pack.retention_years


def leavers(company: Company, at: datetime) -> list[Leaver]:
    """Everybody who left and is still named, the earliest last day first."""
    zone, years = ZoneInfo(company.zone), years_of(company, at)
    acted = JournalEntry.objects.filter(person=OuterRef("pk"), case__held_at__isnull=False)
    meant = Complained.objects.filter(person=OuterRef("pk"), case__held_at__isnull=False)
    rows = Person.objects.filter(company=company, is_active=False, left_at__isnull=False, former__isnull=True)
    held = rows.annotate(held=Exists(acted) | Exists(meant)).order_by("left_at", "pk")[:SHOWN] if rows.exists() else []
    found = []
    for person in held:
        assert person.left_at is not None
        left = person.left_at.astimezone(zone).date()
        found.append(Leaver(person, left, last_day(left, years), bool(getattr(person, "held", False))))
    return found


def gone(company: Company) -> list[FormerStaff]:
    """Those let go of, the latest first."""
    return list(FormerStaff.objects.filter(person__company=company).select_related("person", "by").order_by("-at", "-pk")[:SHOWN])


def cases_naming(most: int) -> list[int]:
    """De-identified cases whose journals still name somebody who was let go of; of every company."""
    ids = list(FormerStaff.objects.values_list("person_id", flat=True))
    if not ids:
        return []
    rows = JournalEntry.objects.filter(person__in=ids, case__erased_at__isnull=False).exclude(name="")
    return list(rows.order_by("case_id").values_list("case_id", flat=True).distinct()[:most])


def kept_entries(person: Person) -> int:
    """How many entries of cases that are still kept name the person: they stay as proof until their case goes."""
    return JournalEntry.objects.filter(Q(person=person) & Q(case__in=Case.objects.filter(erased_at__isnull=True))).count()


def first_day(row: Leaver) -> date:
    """The day from which on they may be let go of."""
    return row.last + timedelta(days=1)
