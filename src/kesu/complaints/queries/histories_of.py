"""Earlier complaints against the same person: for the roles that the pack names, and only cases that they may see anyway."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from kesu.company.rights import Rights
from kesu.complaints.models import Case, Complained
from kesu.complaints.queries.cases import scope
from kesu.procedure.keeping import closed_before
from kesu.procedure.pack import Pack

SHOWN = 20


def earlier_against(people: Sequence[Complained], case: Case, pack: Pack, rights: Rights, at: datetime) -> dict[int, list[Case]]:
    """Person → other cases in which they were complained of, the newest first. {} for roles that the pack does not name."""
    roles = pack.investigation.histories if pack.investigation else []
    departments = [case.department_id] if case.department_id else []
    if not any(rights.holds(role, site_id=case.site_id, departments=departments) for role in roles):
        return {}
    wanted = {row.person_id for row in people if row.person_id and row.person_id != rights.person.pk}
    found: dict[int, list[Case]] = {pk: [] for pk in wanted}
    seen = Case.objects.filter(scope(rights), erased_at__isnull=True)
    if pack.privacy and pack.privacy.histories_years:  # what somebody did long ago follows them no more
        zone = ZoneInfo(rights.company.zone)
        first = closed_before(at.astimezone(zone).date(), pack.privacy.histories_years)
        seen = seen.filter(received_at__gte=datetime.combine(first, time.min, zone))
    rows = Complained.objects.filter(person__in=wanted, dropped_at__isnull=True, case__in=seen)
    for row in rows.exclude(case=case).select_related("case__home").order_by("-case__received_at")[: SHOWN * max(1, len(wanted))]:
        if row.person_id:
            found[row.person_id].append(row.case)
    return found
