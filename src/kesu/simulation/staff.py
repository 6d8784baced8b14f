"""Who does it, and when they get round to it. Roles come from the pack: whoever answers for an act there, does it here."""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from kesu.company.models import Site
from kesu.company.procedures import round_the_clock, timetable
from kesu.company.rights import rights_of
from kesu.procedure.pack import Pack
from kesu.procedure.timetable import RoundTheClock
from kesu.simulation.founding import Founded, Worker

ROUNDS = (8, 19)  # the hours in which departments go to people's homes, every day


class Staff:
    """The people of the company, asked by act."""

    def __init__(self, founded: Founded) -> None:
        self.founded, self.pack = founded, founded.pack
        self.zone = ZoneInfo(founded.company.zone)
        self.by_id = {worker.person.pk: worker for worker in founded.workers}
        self.able: dict[tuple[str, int, int | None], list[Worker]] = {}
        self.pace_of_site = {site.pk: founded.rows[code].pace for code, site in founded.sites.items()}

    def who(self, act: str, site: Site, at: datetime, *, department: int | None = None, but: Container[int] = (), role: str = "") -> Worker:
        """Somebody who may do the act there: of the department if one is named, else by the role that answers for it; on duty first."""
        able = [worker for worker in self._able(act, site, department, at) if worker.person.pk not in but]
        if not able:
            raise LookupError(f"nobody may {act} at {site.code}")
        wanted = [role] if role else _roles_for(self.pack, act)
        inside = department is not None  # within a department whoever is on duty does it
        return min(able, key=lambda row: (inside and not self.on_duty(row, at), _rank(wanted, row.row.role), not self.on_duty(row, at)))

    def _able(self, act: str, site: Site, department: int | None, at: datetime) -> list[Worker]:
        """Rights do not change while the story is told, so each question is asked once."""
        key = (act, site.pk, department)
        if key not in self.able:
            self.able[key] = [worker for worker in self.founded.workers if self._may(worker, act, site, department, at)]
        return self.able[key]

    def _may(self, worker: Worker, act: str, site: Site, department: int | None, at: datetime) -> bool:
        if department is not None and (worker.department is None or worker.department.pk != department):
            return False
        here, rights = [department] if department is not None else [], rights_of(worker.person, at)
        sees = rights.company_wide() or site.pk in rights.site_ids() or bool(rights.department_ids() & set(here))
        return sees and rights.by_role(act, site_id=site.pk, departments=here) is not None

    def named(self, person_id: int | None) -> Worker | None:
        """The worker with this id."""
        return self.by_id.get(person_id) if person_id else None

    def on_duty(self, worker: Worker, at: datetime) -> bool:
        """Whether they work at that hour."""
        hour = at.astimezone(self.zone).hour
        first, last = worker.row.shift or ROUNDS
        return first <= hour < last if first < last else hour >= first or hour < last

    def free(self, worker: Worker, at: datetime) -> datetime:
        """The first moment from `at` on at which they work: shifts and rounds every day, the office by its opening hours."""
        if worker.row.shift or worker.department is not None:
            while not self.on_duty(worker, at):
                at = _next_hour(at)
            return at
        site = worker.site or next(iter(self.founded.sites.values()))
        hours = timetable(site)
        return at if hours.is_open(at) else hours.next_open(at)

    def after(self, rng: Random, worker: Worker, at: datetime, minutes: float, *, spread: float = 0.6) -> datetime:
        """When they have done it: so many minutes in the middle, by habit and site, within their working time."""
        start = self.free(worker, at)
        return start + timedelta(seconds=int(60 * minutes * self.pace(worker) * rng.lognormvariate(0, spread)) + 20)

    def pace(self, worker: Worker) -> float:
        """How many times slower than usual this person at this site is."""
        return worker.row.pace * (self.pace_of_site[worker.site.pk] if worker.site else 1.0)

    def departments_of(self, site_id: int, category: str, with_co: bool = True) -> tuple[int, list[int]]:
        """The lead and the co-departments that the pack names for a category, as far as the site has them."""
        lead, co = self.pack.with_leads(category)
        here = self._here(site_id)
        first = here.get(lead or "") or next(iter(here.values()))
        return first, [here[kind] for kind in co if with_co and kind in here and here[kind] != first]

    def wrong_department(self, site_id: int, but: Container[int]) -> int:
        """Another department than the right one: somebody guessed."""
        return next(pk for pk in self._here(site_id).values() if pk not in but)

    def _here(self, site_id: int) -> dict[str, int]:
        return {kind: row.pk for (site, kind), row in self.founded.departments.items() if site == site_id}

    def clock_of(self, site: Site) -> RoundTheClock:
        """Elapsed time at the site."""
        return round_the_clock(site.company.zone)


def _roles_for(pack: Pack, act: str) -> list[str]:
    answers = [row.role for row in pack.owed() if row.act == act or act in row.until]
    return [*answers, *[row.id for row in pack.roles]]


def _rank(roles: list[str], role: str) -> int:
    return roles.index(role) if role in roles else len(roles)


def _next_hour(at: datetime) -> datetime:
    return (at + timedelta(hours=1)).replace(minute=0, second=0)
