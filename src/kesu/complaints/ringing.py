"""Ringing: the worker tells what is due. Each moment of a clock exactly once, dated when it fell due, however many workers there are
and however long they slept (a late worker writes every missed moment and tells once)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet

from kesu.company.holders import Holders
from kesu.company.models import Person, Site
from kesu.company.prepared import ask, ask_about
from kesu.company.procedures import pack_of
from kesu.company.standing import standing
from kesu.complaints import chain
from kesu.complaints.actions import judging, pausing
from kesu.complaints.actions.handclocks import asked_alone
from kesu.complaints.actions.road import locked, system_road
from kesu.complaints.models import Case, Clock, JournalEntry, Notice, Pause
from kesu.complaints.moments import Moment, moments_of
from kesu.complaints.telling import notices_for, save_notices
from kesu.procedure.pack import Obligation

BATCH = 500


@dataclass
class Batch:
    """What one transaction of ringing writes."""

    at: datetime
    entries: list[JournalEntry] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    late: list[tuple[Clock, Obligation]] = field(default_factory=list)
    holders: dict[tuple[int, int], Holders] = field(default_factory=dict)
    pauses: dict[int, list[Pause]] = field(default_factory=dict)

    def holders_at(self, clock: Clock) -> Holders:
        """Who holds what at the clock's site, read once per batch."""
        key = (clock.company_id, clock.site_id)
        if key not in self.holders:
            self.holders[key] = Holders(standing(clock.case.site.company), clock.site_id)
        return self.holders[key]


TOLD = ("step", "nature", "grade", "closed_at")  # what listeners to the journal say of a case


def ring_due(at: datetime) -> int:
    """Ring what fell due by `at`: ends overdue pauses, reminds customers whom paused clocks wait for, then one batch of clocks.

    Returns how many clocks and pauses it dealt with.
    """
    return _end_pauses(at) + _chase_customers(at) + _ring_batch(at)


def _ring_batch(at: datetime) -> int:
    if not ask(_due, 1, key=1, at=at):  # no write lock for nothing
        return 0
    with transaction.atomic():
        case_ids = list(dict.fromkeys(ask(_due, BATCH, key=BATCH, at=at)))
        cases = _locked(case_ids)
        clocks: list[Clock] = ask_about(_of_cases, key=None, moments={"at": at}, cases=list(cases)) if cases else []
        batch = Batch(at)
        for row in ask_about(_pauses_of, key=None, cases=list(cases)) if cases else ():
            batch.pauses.setdefault(row.case_id, []).append(row)
        for clock in clocks:
            clock.case = cases[clock.case_id]
            _ring(batch, clock)
        _write(batch, clocks, list(cases.values()))
        _consequences(batch)
    return len(clocks)


def _due(most: int, *, at: datetime) -> QuerySet[Clock, int]:
    """The cases with a clock that has something to say, the one that waits longest first."""
    return Clock.objects.filter(next_ring_at__lte=at, state="running").order_by("next_ring_at").values_list("case_id", flat=True)[:most]


def _of_cases(*, cases: list[int], at: datetime) -> QuerySet[Clock]:
    due = Clock.objects.filter(next_ring_at__lte=at, state="running", case_id__in=cases)
    return due.select_related("person").order_by("next_ring_at")


def _pauses_of(*, cases: list[int]) -> QuerySet[Pause]:
    return Pause.objects.filter(case_id__in=cases)


def _under_lock(*, cases: list[int]) -> QuerySet[Case]:
    skip = connection.features.has_select_for_update_skip_locked
    columns = ("company_id", "site_id", "version_id", "number", "round", "journal_n", "journal_head", *TOLD)
    return Case.objects.select_for_update(of=("self",), skip_locked=skip).only(*columns).filter(pk__in=cases)


def _sites(*, sites: list[int]) -> QuerySet[Site]:
    return Site.objects.select_related("company").filter(pk__in=sites)


def _locked(case_ids: list[int]) -> dict[int, Case]:
    """The cases under lock, with no more of them than ringing needs; a site is read once, not once per case."""
    cases = {case.pk: case for case in ask_about(_under_lock, key=None, cases=case_ids)}
    sites = {site.pk: site for site in ask_about(_sites, key=None, sites=list({case.site_id for case in cases.values()}))} if cases else {}
    for case in cases.values():
        case.site = sites[case.site_id]
    return cases


def _ring(batch: Batch, clock: Clock) -> None:
    case = clock.case
    obligation = pack_of(case.version_id).obligation(clock.obligation)
    if obligation is None:
        clock.next_ring_at = None
        return
    moments = moments_of(obligation, clock, case.site, batch.pauses.get(case.pk, ()))
    missed = [moment for moment in moments[clock.rung :] if moment.at <= batch.at]
    told = _told(batch, clock, missed)
    for moment in missed:
        _write_moment(batch, clock, moment, [person.name for person in told[moment]])
        if moment.kind == "fell_late":
            batch.late.append((clock, obligation))
    _tell_once(batch, clock, missed, told)
    clock.rung += len(missed)
    ahead = moments[clock.rung :]
    clock.next_ring_at = ahead[0].at if ahead else None


def _told(batch: Batch, clock: Clock, missed: list[Moment]) -> dict[Moment, list[Person]]:
    """Who hears of each moment: the one who owes it, and for each rung its roles; never nobody, nobody twice."""
    holders, pack = batch.holders_at(clock), pack_of(clock.case.version_id)
    owing = [clock.person] if clock.person and clock.person.is_active else holders.of(clock.role, clock.department_id)
    told: dict[Moment, list[Person]] = {}
    for moment in missed:
        above = [person for role in moment.tell for person in holders.of(role, clock.department_id)]
        people = owing + above if moment.kind != "climbed" else above
        people = people or holders.first_of(pack.dispatching.nobody)[1]
        told[moment] = list({person.pk: person for person in people}.values())
    return told


def _write_moment(batch: Batch, clock: Clock, moment: Moment, names: list[str]) -> None:
    entry = JournalEntry(
        at=moment.at,
        written_at=batch.at,
        round=clock.case.round,
        act=moment.kind,
        actor="system",
        data={"obligation": clock.obligation, "clock": clock.pk, "due": clock.due_at.isoformat(), "told": names},
    )
    batch.entries.append(chain.append(clock.case, entry))


def _tell_once(batch: Batch, clock: Clock, missed: list[Moment], told: dict[Moment, list[Person]]) -> None:
    """One notice per person for all that was missed, about the last moment that concerns them."""
    last: dict[int, tuple[Person, Moment]] = {}
    for moment in missed:
        for person in told[moment]:
            last[person.pk] = (person, moment)
    for person, moment in last.values():
        data = {"obligation": clock.obligation, "clock": clock.pk, "due": clock.due_at.isoformat()} | asked_alone(clock, person)
        key = f"c{clock.pk}:{moment.kind}:{int(moment.at.timestamp())}"
        batch.notices += notices_for(
            [person], case=clock.case, company_id=clock.company_id, kind=moment.kind, key=key, data=data, at=batch.at
        )


def _write(batch: Batch, clocks: list[Clock], cases: list[Case]) -> None:
    chain.store(batch.entries)
    save_notices(batch.notices)
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE complaints_clock SET rung = %s, next_ring_at = %s WHERE id = %s",
            [(clock.rung, _stored(clock.next_ring_at), clock.pk) for clock in clocks],
        )
        cursor.executemany(
            "UPDATE complaints_case SET journal_n = %s, journal_head = %s WHERE id = %s",
            [(case.journal_n, case.journal_head, case.pk) for case in cases],
        )


def _stored(at: datetime | None) -> str | datetime | None:
    return connection.ops.adapt_datetimefield_value(at) if at else None


def _consequences(batch: Batch) -> None:
    """What the procedure itself does when a clock falls late: a month unsolved becomes major (P-2)."""
    for clock, obligation in batch.late:
        rule = obligation.late
        if rule is None:
            continue
        case = locked(clock.case_id)
        pack = pack_of(case.version_id)
        target, present = pack.one("grades", rule.regrade), pack.find("grades", case.grade)
        if case.is_open and (present is None or target.rank > present.rank):
            road = system_road(case, "regrade", batch.at)
            judging.put_grade(road, rule.regrade, rule.because, rule.because_en)
            road.finish()


def _overdue_pauses(*, at: datetime) -> QuerySet[Pause, int]:
    return Pause.objects.filter(ended_at__isnull=True, ends_by__lte=at).values_list("case_id", flat=True)[:BATCH]


def _to_be_chased(*, at: datetime) -> QuerySet[Pause, int]:
    return Pause.objects.filter(chase_at__lte=at).values_list("case_id", flat=True)[:BATCH]


def _end_pauses(at: datetime) -> int:
    """Pauses whose longest time is over end by themselves, dated when it was over."""
    ended = 0
    for case_id in ask(_overdue_pauses, key=None, at=at):
        with transaction.atomic():
            case = locked(case_id)
            row = Pause.objects.filter(case=case, ended_at__isnull=True, ends_by__lte=at).first()
            if row is None:
                continue
            road = system_road(case, "resume", at)
            pausing.end_pause(road, ended_at=row.ends_by)
            road.finish()
            ended += 1
    return ended


def _chase_customers(at: datetime) -> int:
    """Customers are reminded of what paused clocks wait for, as often as the procedure says; each time once."""
    chased = 0
    for case_id in ask(_to_be_chased, key=None, at=at):
        with transaction.atomic():
            case = locked(case_id)
            row = Pause.objects.filter(case=case, ended_at__isnull=True, chase_at__lte=at).first()
            if row is None:
                continue
            road = system_road(case, "chase", at)
            pausing.chase(road, row)
            road.finish()
            chased += 1
    return chased
