"""The follow-ups that are owed: what somebody who asks customers afterwards has before them, in the order of calling (S-15, P-11)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from kesu.company.models import Person
from kesu.company.procedures import pack_of
from kesu.company.rights import rights_of
from kesu.company.standing import standing
from kesu.complaints.models import Case, Clock, Visit, VisitTime
from kesu.complaints.queries.cases import visible_to
from kesu.complaints.queries.handlers import handled_by
from kesu.complaints.queries.veil import covered

MOST = 300  # rows of one page; the rest follows when these are done


@dataclass
class Owed:
    """One case that waits for a follow-up. `agreed`: when the customer wants the call; `mine`: the person handled it and may not call."""

    case: Case
    clock: Clock | None = None
    agreed: datetime | None = None
    tries: list[Visit] = field(default_factory=list)
    mine: bool = False

    @property
    def call_at(self) -> datetime | None:
        """When to call at the latest: the time agreed, else when the follow-up falls due."""
        return self.agreed or (self.clock.due_at if self.clock else None)


def owed_visits(person: Person, at: datetime, site: int | None = None) -> list[Owed]:
    """Every case that waits for a follow-up which this person may make, the first to call first. At most twelve queries."""
    rights, known = rights_of(person, at), standing(person.company)
    rows = visible_to(person, at).filter(step="visit", closed_at__isnull=True).select_related("home").order_by("told_at", "id")
    rows = rows.filter(site_id=site) if site else rows
    found: dict[int, Owed] = {}
    for case in rows[:MOST]:
        case.site = known.sites.get(case.site_id) or case.site
        if rights.by_role("visit", site_id=case.site_id):
            found[case.pk] = Owed(case)
    if found:
        _read_times(found)
        covered([row.case for row in found.values()], rights)
        for pk in handled_by(person, list(found)):
            found[pk].mine = True
    return sorted(found.values(), key=lambda row: (row.call_at is None, row.call_at or at, row.case.pk))


def _read_times(found: dict[int, Owed]) -> None:
    for visit in Visit.objects.filter(case__in=found).select_related("by"):
        if visit.round == found[visit.case_id].case.round:
            found[visit.case_id].tries.append(visit)
    for time in VisitTime.objects.filter(case__in=found).order_by("id"):
        if time.round == found[time.case_id].case.round:
            found[time.case_id].agreed = time.agreed_for
    for row in found.values():
        if row.agreed and any(visit.at >= row.agreed for visit in row.tries):
            row.agreed = None  # that call has been made
    for clock in Clock.objects.filter(case__in=found, state__in=["running", "paused"]).order_by("-due_at"):
        row = found[clock.case_id]
        obligation = pack_of(row.case.version_id).obligation(clock.obligation)
        if obligation and obligation.act == "visit":
            clock.case, row.clock = row.case, clock
