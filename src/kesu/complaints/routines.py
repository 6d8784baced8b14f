"""Routines: duties that come round without any case (monthly statistics P-12, seasonal checks M-2, calls and surveys M-4).

The worker opens each occurrence once per site, from the pack in force when it falls due, and rings its warnings, its fall and its
ladder exactly once, however many workers there are and however long they slept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from kesu.company.errands import unclaimed
from kesu.company.holders import Holders
from kesu.company.models import Company, Person, Site
from kesu.company.procedures import pack_of, round_the_clock
from kesu.company.standing import Standing, standing
from kesu.complaints.models import Notice, RoutineDuty
from kesu.complaints.telling import notices_for, save_notices
from kesu.procedure.due import due, moments
from kesu.procedure.limits import Later, Within, parse_limit
from kesu.procedure.pack import Pack, Routine

BATCH = 200
TICK = timedelta(seconds=1)
RECHECK = timedelta(days=1)  # at least so often, should nothing open for longer
_checked: dict[int, tuple[Standing, datetime, datetime]] = {}  # company → what was looked at, when, and until when nothing opens


@dataclass(frozen=True)
class Call:
    """When something is said about a duty, what (warned, fell_late, climbed), and which roles hear it."""

    at: datetime
    kind: str
    tell: tuple[str, ...]


def start_due(at: datetime) -> int:
    """Open the duties that have come round and ring those that are due. Returns how many of either."""
    opened = sum(_open_for(company, at) for company in Company.objects.all())
    return opened + _ring_batch(at)


# Opening


def _open_for(company: Company, at: datetime) -> int:
    found = standing(company)
    seen, since, until = _checked.get(company.pk, (None, at, at))
    if seen is found and since <= at < until:
        return 0
    fresh, until = _missing(found, at)
    with transaction.atomic():
        before = RoutineDuty.objects.filter(company=company).count()
        RoutineDuty.objects.bulk_create(fresh, ignore_conflicts=True)
        opened = RoutineDuty.objects.filter(company=company).count() - before
    _checked[company.pk] = (found, at, until)
    return opened


def _missing(found: Standing, at: datetime) -> tuple[list[RoutineDuty], datetime]:
    """The duties that should be open by `at` and may not be, and until when nothing more opens."""
    if not found.versions:
        return [], at + RECHECK
    latest = _latest(found.company)
    fresh, until = [], at + RECHECK
    for site in found.sites.values():
        for routine in pack_of(found.version_at(at)).routines:
            for falls, opens in _occurrences(found, routine, latest.get((site.pk, routine.id)), at):
                if opens > at:
                    until = min(until, opens)
                elif _in_force(found, routine, falls):
                    fresh.append(_duty(site, routine, opens, falls))
    return fresh, until


def _latest(company: Company) -> dict[tuple[int, str], datetime]:
    rows = RoutineDuty.objects.filter(company=company).values_list("site_id", "routine").annotate(last=Max("due_at"))
    return {(site, routine): last for site, routine, last in rows}


def _occurrences(found: Standing, routine: Routine, last: datetime | None, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """(due, opens) of every occurrence after the last one known (without one: from now on), up to the first that opens later than `at`."""
    time = round_the_clock(found.company.zone)
    since = last if last else at
    while True:
        next_due = due(routine.due, since, time)
        assert next_due is not None, "a routine's limit is a date that comes round"
        opens = opens_at(routine, next_due.at)
        if last is None or next_due.at > last:
            yield next_due.at, opens
        if opens > at:
            return
        since = max(next_due.at, since + TICK)


def _in_force(found: Standing, routine: Routine, falls: datetime) -> bool:
    """Whether the procedure of that day asked for it: after a sleep, what was not asked for then is not owed now."""
    return pack_of(found.version_at(falls - TICK)).find("routines", routine.id) is not None


def opens_at(routine: Routine, due_at: datetime) -> datetime:
    """When an occurrence shows as owed: so long before it falls due, elapsed; a month counts 30 days."""
    limit = parse_limit(routine.opens)
    if isinstance(limit, Within):
        return due_at - timedelta(seconds=limit.seconds)
    if isinstance(limit, Later):
        return due_at - (timedelta(weeks=limit.number) if limit.unit == "w" else timedelta(days=30 * limit.number))
    return due_at - timedelta(days=7)


def _duty(site: Site, routine: Routine, opens: datetime, falls: datetime) -> RoutineDuty:
    duty = RoutineDuty(company_id=site.company_id, site=site, routine=routine.id, opens_at=opens, due_at=falls, role=routine.role)
    duty.next_ring_at = calls(routine, duty)[0].at
    return duty


# Ringing


def calls(routine: Routine, duty: RoutineDuty) -> list[Call]:
    """Every moment of this duty at which somebody is told, in order. `duty.site.company` must be loaded."""
    time = round_the_clock(duty.site.company.zone)
    found = [Call(when, "warned", ()) for _, when in moments(duty.opens_at, duty.due_at, time, routine.warn) if when < duty.due_at]
    found.append(Call(duty.due_at, "fell_late", ()))
    rungs = moments(duty.opens_at, duty.due_at, time, [rung.at for rung in routine.ladder])
    found += [Call(when, "climbed", tuple(rung.tell)) for rung, (_, when) in zip(routine.ladder, rungs, strict=True)]
    return sorted(found, key=lambda call: call.at)


def _ring_batch(at: datetime) -> int:
    waiting = RoutineDuty.objects.filter(next_ring_at__lte=at, done_at__isnull=True)
    if not waiting.exists():  # no write lock for nothing
        return 0
    with transaction.atomic():
        rows = unclaimed(waiting).select_related("site__company").order_by("next_ring_at", "id")
        duties = list(rows[:BATCH])
        save_notices([notice for duty in duties for notice in _ring(duty, at)])
        RoutineDuty.objects.bulk_update(duties, ["rung", "next_ring_at"])
    return len(duties)


def _ring(duty: RoutineDuty, at: datetime) -> list[Notice]:
    found = standing(duty.site.company)
    pack = pack_of(found.version_at(duty.due_at))
    routine = pack.find("routines", duty.routine)
    if routine is None:  # a later procedure no longer asks for it
        duty.next_ring_at = None
        return []
    all_calls = calls(routine, duty)
    missed = [call for call in all_calls[duty.rung :] if call.at <= at]
    duty.rung += len(missed)
    ahead = all_calls[duty.rung :]
    duty.next_ring_at = ahead[0].at if ahead else None
    return _tell_once(found, pack, routine, duty, missed, at)


def _tell_once(found: Standing, pack: Pack, routine: Routine, duty: RoutineDuty, missed: list[Call], at: datetime) -> list[Notice]:
    """One notice per person for all that was missed, about the last call that concerns them."""
    last: dict[int, tuple[Person, Call]] = {}
    for call in missed:
        for person in _hearers(found, pack, duty, call):
            last[person.pk] = (person, call)
    data = {
        "duty": duty.pk,
        "routine": duty.routine,
        "name": routine.name,
        "name_en": routine.name_en,
        "site": duty.site.name,
        "due": duty.due_at.isoformat(),
    }
    told: list[Notice] = []
    for person, call in last.values():
        key = f"r{duty.pk}:{call.kind}:{int(call.at.timestamp())}"
        told += notices_for([person], case=None, company_id=duty.company_id, kind=call.kind, key=key, data=data, at=at)
    return told


def _hearers(found: Standing, pack: Pack, duty: RoutineDuty, call: Call) -> list[Person]:
    """Those who owe it, or the roles of the rung; never nobody."""
    if call.kind == "climbed":
        people = [person for role in call.tell for person in owing(found, role, duty.site_id)]
    else:
        people = owing(found, duty.role, duty.site_id)
    return people or Holders(found, duty.site_id).first_of(pack.dispatching.nobody)[1]


def owing(found: Standing, role: str, site_id: int) -> list[Person]:
    """Who holds the role anywhere at this site, in whatever department; the company-wide holders when nobody there does."""
    rows = [grant for grant in found.grants if grant.role == role and grant.site_id in (None, site_id)]
    nearest = [grant for grant in rows if grant.site_id is not None] or rows
    return list({grant.person_id: grant.person for grant in nearest}.values())
