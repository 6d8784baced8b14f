"""The moments of a record's clock at which somebody is told: warnings, the fall, the rungs of the ladder. In order of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kesu.company.holders import Holders
from kesu.company.models import Person
from kesu.company.procedures import pack_of, round_the_clock
from kesu.company.standing import Standing
from kesu.improvement.models import CapaClock
from kesu.procedure.due import moments
from kesu.procedure.improving import Improvement


@dataclass(frozen=True)
class Call:
    """When something is said, what (warned, fell_late, climbed), and which roles hear it."""

    at: datetime
    kind: str
    tell: tuple[str, ...]


def calls(rules: Improvement, clock: CapaClock, zone: str) -> list[Call]:
    """Every moment of this clock for its present due time."""
    time = round_the_clock(zone)
    found = [Call(when, "warned", ()) for _, when in moments(clock.opens_at, clock.due_at, time, rules.warn) if when < clock.due_at]
    found.append(Call(clock.due_at, "fell_late", ()))
    rungs = moments(clock.opens_at, clock.due_at, time, [rung.at for rung in rules.ladder])
    found += [Call(when, "climbed", tuple(rung.tell)) for rung, (_, when) in zip(rules.ladder, rungs, strict=True)]
    return sorted(found, key=lambda call: call.at)


def wind(rules: Improvement, clock: CapaClock, zone: str, at: datetime) -> None:
    """Set when the clock rings next: what lies before `at` was told already or is no longer so. Raises OverflowError beyond calendars."""
    every = calls(rules, clock, zone)
    clock.rung = sum(call.at <= at for call in every)
    clock.next_ring_at = every[clock.rung].at if clock.rung < len(every) else None


def holders(known: Standing, sites: list[int], role: str) -> list[Person]:
    """Who holds the role at one of the sites; the company-wide holders when nobody there does."""
    found = [person for site in sites or [None] for person in Holders(known, site).of(role)]  # type: ignore[list-item]
    return list({person.pk: person for person in found}.values())


def owing(known: Standing, clock: CapaClock, sites: list[int]) -> list[Person]:
    """Who owes it: the person, else the heads of the department, else the role; whom the pack names for nobody when there is none."""
    pack = pack_of(clock.capa.version_id)
    if clock.person_id in known.people:
        return [known.people[clock.person_id]]
    if clock.department_id is not None:
        heads = [role.id for role in pack.roles if role.level == "department" and "sign" in role.may]
        site = known.departments[clock.department_id].site_id if clock.department_id in known.departments else None
        found = Holders(known, site).first_of(heads, clock.department_id)[1]
        inside = [grant.person for grant in known.grants if grant.department_id == clock.department_id]
        people = found or list({person.pk: person for person in inside}.values())
    else:
        people = holders(known, sites, clock.role)
    leads = [pack.improvement.leads] if pack.improvement else []
    return people or _nobody(known, [*leads, *pack.dispatching.nobody], sites)


def _nobody(known: Standing, roles: list[str], sites: list[int]) -> list[Person]:
    return next((people for role in roles if (people := holders(known, sites, role))), [])
