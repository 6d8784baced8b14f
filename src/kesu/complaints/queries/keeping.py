"""What falls to be de-identified, and when; who looked at whole contact data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from kesu.company.models import Person, ProcedureVersion
from kesu.company.procedures import pack_of
from kesu.company.rights import Rights, rights_of
from kesu.complaints.models import Case, JournalEntry
from kesu.complaints.queries.cases import scope, visible_to
from kesu.complaints.queries.veil import covered
from kesu.procedure.keeping import closed_before, last_day

LOOKS = ("reveal", "package")
SHOWN = 200


@dataclass(frozen=True)
class Due:
    """A closed case and the last day on which it is kept."""

    case: Case
    last: date

    @property
    def held(self) -> bool:
        """Whether a legal hold stops it."""
        return self.case.held_at is not None


def _over(version: ProcedureVersion, today: date) -> Q:
    """The cases under this version whose time is over when `today` begins."""
    zone = ZoneInfo(version.company.zone)
    before = datetime.combine(closed_before(today, pack_of(version.pk).pack.retention_years), time.min, zone)
    return Q(version=version, closed_at__lt=before, erased_at__isnull=True)


def due_now(at: datetime, most: int) -> list[int]:
    """Cases whose time is over and that nothing holds, the longest closed first; of every company."""
    found: list[int] = []
    for version in ProcedureVersion.objects.select_related("company").order_by("id"):
        today = at.astimezone(ZoneInfo(version.company.zone)).date()
        rows = Case.objects.filter(_over(version, today), held_at__isnull=True).order_by("closed_at")
        found += rows.values_list("pk", flat=True)[: most - len(found)]
        if len(found) >= most:
            break
    return found


def end_of_next_month(today: date) -> date:
    """The last day of the month after this one."""
    first = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def due_until(person: Person, until: date, at: datetime) -> list[Due]:
    """What this person sees of the cases whose last day is `until` or earlier, the earliest first; held ones too."""
    rights, found = rights_of(person, at), []
    for version in ProcedureVersion.objects.filter(company=person.company_id).select_related("company"):
        found += list(_due_under(version, rights, until))
    covered([row.case for row in found], rights)
    return sorted(found, key=lambda row: (row.last, row.case.pk))[:SHOWN]


def _due_under(version: ProcedureVersion, rights: Rights, until: date) -> Iterator[Due]:
    zone, years = ZoneInfo(version.company.zone), pack_of(version.pk).pack.retention_years
    rows = Case.objects.filter(scope(rights)).filter(_over(version, until + timedelta(days=1)))
    for case in rows.select_related("site", "home").order_by("closed_at")[:SHOWN]:
        if case.closed_at:
            yield Due(case, last_day(case.closed_at.astimezone(zone).date(), years))


def may_see_looks(rights: Rights) -> bool:
    """Whether these rights show who looked at contact data (pack: privacy.looks)."""
    rules = rights.pack.privacy
    return rules is not None and any(grant.role in rules.looks for grant in rights.grants)


def opens(rights: Rights) -> bool:
    """Whether these rights open the page about personal data: those who let go or hold, and those who see who looked."""
    return may_see_looks(rights) or any(rights.ever(act) for act in ("hold", "lift_hold", "deidentify"))


def looks(person: Person, at: datetime) -> list[JournalEntry]:
    """Who looked at whole contact data or took a file out, the newest first; of cases that this person sees."""
    rows = JournalEntry.objects.filter(act__in=LOOKS, case__in=visible_to(person, at).order_by().values("pk"))
    return list(rows.select_related("case").order_by("-written_at", "-id")[:SHOWN])
