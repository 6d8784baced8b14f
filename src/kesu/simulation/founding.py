"""The demonstration company before its first complaint: sites, departments, people with their habits, residents on the list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random

from django.contrib.auth.hashers import make_password

from kesu.company.models import Company, Department, Grant, Person, Site
from kesu.company.procedures import minutes_of_week, pack_of, publish, shipped_packs
from kesu.company.standing import standing
from kesu.customers.actions import Caller, customers_for
from kesu.procedure.pack import Pack
from kesu.simulation.doors import set_up
from kesu.simulation.story import Homes, PersonRow, SiteRow, Story


@dataclass(frozen=True)
class Worker:
    """A person and their habits."""

    person: Person
    row: PersonRow
    site: Site | None
    department: Department | None


@dataclass(frozen=True)
class Resident:
    """Somebody who lives there."""

    name: str
    phone: str
    home: str


@dataclass
class Founded:
    """The company as it opens."""

    company: Company
    pack: Pack
    sites: dict[str, Site]
    rows: dict[str, SiteRow]
    departments: dict[tuple[int, str], Department]  # (site id, kind)
    workers: list[Worker]
    residents: dict[str, list[Resident]]  # by site code


def found(story: Story, seed: int, at: datetime) -> Founded:
    """Write the company down. The only place of the simulation that writes rows by itself: setting up is not an act on a case."""
    company = Company.objects.create(name=story.company["name"], phone=story.company["phone"], founded_at=at)
    file = next(path for path in shipped_packs() if path.stem == story.company["pack"])
    pack = pack_of(publish(company, file, None, at).pk)
    sites = {row.code: _site(company, row, pack) for row in story.sites}
    rows = {row.code: row for row in story.sites}
    departments = {
        (sites[row.code].pk, kind.id): Department.objects.create(site=sites[row.code], kind=kind.id, name=kind.name)
        for row in story.sites
        for kind in pack.departments
        if kind.id not in row.without
    }
    set_up(story.exhibits, company, sites, departments)
    password = make_password(story.company["password"])
    people = [_employ(company, row, sites, departments, password).pk for row in story.people]
    residents = {code: _residents(story, Random(f"{seed}:residents:{code}"), site, rows[code].homes, at) for code, site in sites.items()}
    known = standing(Company.objects.get(pk=company.pk))  # as it stands now, the same rows that every act will know
    sites = {site.code: site for site in known.sites.values()}
    departments = {(row.site_id, row.kind): row for row in known.departments.values()}
    workers = [
        Worker(known.people[pk], row, sites.get(row.site), departments.get((sites[row.site].pk, row.department)) if row.site else None)
        for pk, row in zip(people, story.people, strict=True)
    ]
    return Founded(known.company, pack, sites, rows, departments, workers, residents)


def _site(company: Company, row: SiteRow, pack: Pack) -> Site:
    return Site.objects.create(company=company, code=row.code, name=row.name, phone=row.phone, door=row.door, hours=minutes_of_week(pack))


def _employ(
    company: Company, row: PersonRow, sites: dict[str, Site], departments: dict[tuple[int, str], Department], password: str
) -> Person:
    person = Person.objects.create(company=company, login=row.login, name=row.name, password=password)
    site = sites.get(row.site)
    department = departments[site.pk, row.department] if site and row.department else None
    Grant.objects.create(person=person, role=row.role, site=site, department=department)
    return person


def _residents(story: Story, rng: Random, site: Site, homes: Homes, at: datetime) -> list[Resident]:
    """The list of residents that the company took over; telephone numbers of the block that nobody has."""
    places = [
        f"{building}栋{unit}单元{floor}{door:02}"
        for building in range(1, homes.buildings + 1)
        for unit in range(1, homes.units + 1)
        for floor in range(1, homes.floors + 1)
        for door in range(1, homes.doors + 1)
    ]
    here = [
        Resident(_name(story, rng), f"1390{site.pk % 10}{number + 21000:06}", place)
        for number, place in enumerate(rng.sample(places, homes.known))
    ]
    customers_for([Caller(site, row.name, row.phone, row.home, at) for row in here])
    return here


def _name(story: Story, rng: Random) -> str:
    said = story.customers
    surname = rng.choice(said["surnames"])
    return surname + rng.choice(said["given"] if rng.random() < said["full_name"] else said["called"])
