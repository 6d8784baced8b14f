"""The board put together: figures, what is most urgent, where cases stand, who is waited for, sites and departments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from kesu.company.models import Person, Site
from kesu.company.procedures import pack_of
from kesu.company.rights import Rights, rights_of
from kesu.company.standing import Standing, standing
from kesu.complaints.models import Clock
from kesu.complaints.queries import board as queries
from kesu.complaints.queries import clocks
from kesu.complaints.queries.clocks import ClockView
from kesu.complaints.queries.work import day_ends
from kesu.insights.behind import Wanted
from kesu.insights.figures import LATE, NEAR, Figures, Load, figures, running_clocks
from kesu.procedure.acts import STEPS, step_name
from kesu.procedure.pack import Grade, Pack
from kesu.web.work.rows import Reader, who_owes


@dataclass(frozen=True)
class Chip:
    """A scope: the whole, or one site."""

    name: str
    url: str
    chosen: bool


@dataclass(frozen=True)
class Cell:
    """Open cases of one step and grade."""

    name: str
    load: Load
    url: str


@dataclass(frozen=True)
class Line:
    """A row of a table of loads: where, its figures, and its bar in percent of the longest."""

    name: str
    url: str
    load: Load
    late: str
    near: str
    rest: str
    near_from: str
    rest_from: str


@dataclass(frozen=True)
class Urgent:
    """One of the most urgent cases."""

    view: ClockView
    clock: Clock
    pack: Pack
    url: str
    about: str
    urge: bool


@dataclass(frozen=True)
class Await:
    """Somebody who is waited for."""

    name: str
    where: str
    n: int
    late: int
    url: str


def list_address(site: int | None, **wanted: Any) -> str:
    """The cases behind a figure, within the scope."""
    return f"{reverse('board_list')}?{urlencode(Wanted(**({'site': site} | wanted)).pairs())}"


def reader_of(person: Person, at: datetime, language: str) -> Reader:
    """Who reads the board."""
    return Reader(person, rights_of(person, at), standing(person.company), at, day_ends(person.company.zone, at), language)


def sites_of(rights: Rights) -> list[Site]:
    """The sites whose cases the reader sees (some or all of them)."""
    return rights.sites()


def context(person: Person, at: datetime, language: str, site: int | None) -> dict[str, Any]:
    """Everything the board shows. At most nine queries."""
    reader = reader_of(person, at, language)
    counted = figures(reader.rights, at, site)
    pack, sites = reader.rights.pack, sites_of(reader.rights)
    grades = sorted(pack.grades, key=lambda grade: -grade.rank)
    return {
        "site": site,
        "chips": _chips(sites, site),
        "many": len(sites) > 1 and site is None,
        "figures": counted,
        "share": share_words(counted.total),
        "grades": [(grade, counted.grades[grade.id].open if grade.id in counted.grades else 0) for grade in grades],
        "links": {
            "late": list_address(site, late=LATE),
            "near": list_address(site, late=NEAR),
            "open": list_address(site),
            "today": list_address(site, received="today"),
        },
        "worst": _worst(reader, site),
        "columns": grades,
        "matrix": _matrix(counted, grades, site, language),
        "site_lines": _lines([(row.name, f"?site={row.pk}", counted.sites.get(row.pk, Load())) for row in sites]),
        "department_lines": _lines(_departments(counted, reader.standing, alone=len(sites) == 1 or site is not None)),
        "awaited": [_await(row, reader, site) for row in queries.awaited(running_clocks, reader.rights, site, at)],
    }


def share_words(load: Load) -> str:
    """91.3%, or nothing while no limit has ended."""
    return "" if load.share is None else f"{load.share:g}%"


def _chips(sites: list[Site], chosen: int | None) -> list[Chip]:
    whole = Chip(_("全部"), reverse("board"), chosen is None)
    return [whole, *(Chip(site.name, f"{reverse('board')}?site={site.pk}", site.pk == chosen) for site in sites)] if len(sites) > 1 else []


def _matrix(counted: Figures, grades: list[Grade], site: int | None, language: str) -> list[tuple[str, list[Cell], Cell]]:
    """(step, its cells by grade, its sum) for every step at which a case stands."""
    known, rows = {grade.id for grade in grades}, []
    for step in STEPS:
        loads = {grade: load for (at_step, grade), load in counted.cells.items() if at_step == step and load.open}
        if not loads:
            continue
        urls = [list_address(site, step=step, grade=grade.id) for grade in grades]
        cells = [Cell(grade.label(language), loads.get(grade.id, Load()), url) for grade, url in zip(grades, urls, strict=True)]
        others = [load for grade, load in loads.items() if grade not in known]  # grades of an older procedure count in the sum
        whole = _added([cell.load for cell in cells] + others)
        rows.append((step_name(step, language), cells, Cell(_("合计"), whole, list_address(site, step=step))))
    return rows


def _added(loads: Iterable[Load]) -> Load:
    found = Load()
    for load in loads:
        found.open, found.late, found.near = found.open + load.open, found.late + load.late, found.near + load.near
    return found


def _departments(counted: Figures, company: Standing, *, alone: bool) -> list[tuple[str, str, Load]]:
    """Departments with something open or ended, those with most late first; named with their site where several are shown."""
    rows = []
    for pk, load in counted.departments.items():
        department = company.departments.get(pk or 0)
        if department is None or not (load.open or load.ended):
            continue
        place = company.sites.get(department.site_id)
        name = department.name if alone or place is None else f"{place.name} {department.name}"
        rows.append((name, list_address(department.site_id, department=pk), load))
    return sorted(rows, key=lambda row: (-row[2].late, -row[2].near, -row[2].open, row[0]))


def _lines(rows: list[tuple[str, str, Load]]) -> list[Line]:
    longest = max((load.open for _, _, load in rows), default=0) or 1
    return [_line(name, url, load, longest) for name, url, load in rows]


def _line(name: str, url: str, load: Load, longest: int) -> Line:
    late, near, rest = (100 * part / longest for part in (load.late, load.near, load.open - load.late - load.near))
    return Line(name, url, load, *(f"{part:.1f}%" for part in (late, near, rest, late, late + near)))


def _worst(reader: Reader, site: int | None) -> list[Urgent]:
    found = []
    for clock in queries.worst(running_clocks, reader.rights, site):
        pack = pack_of(clock.case.version_id)
        view = clocks.view(clock, pack, reader.at, reader.language, reader.zone, reader.standing.sites.get(clock.site_id))
        if view is not None and view.tone in ("late", "warn"):
            found.append(_urgent(clock, view, pack, reader))
    return found


def _urgent(clock: Clock, view: ClockView, pack: Pack, reader: Reader) -> Urgent:
    site = reader.standing.sites.get(clock.site_id)
    who = who_owes(clock, pack, reader.standing, reader.language)
    owes = _("欠 %(what)s") % {"what": view.name}
    about = "　".join(filter(None, [site.name if site else "", who, owes]))
    departments = [pk for pk in (clock.department_id, clock.case.department_id) if pk]
    urge = reader.rights.by_role("urge", site_id=clock.site_id, departments=departments) is not None and clock.person_id != reader.person.pk
    return Urgent(view, clock, pack, reverse("case", args=[clock.case.number]), about, urge)


def _await(row: queries.Awaited, reader: Reader, site: int | None) -> Await:
    person = reader.standing.people.get(row.person or 0)
    if row.person:
        name = person.name if person else _("已离职的人")
        return Await(name, "", row.n, row.late, list_address(site, person=row.person))
    department, place = reader.standing.departments.get(row.department or 0), reader.standing.sites.get(row.site or 0)
    role = reader.rights.pack.label("roles", row.role, reader.language)
    where = "　".join(part.name for part in (place, department) if part and not (part is place and site))
    url = list_address(row.site, role=row.role, department=row.department)
    name = _("%(role)s（没人接）") % {"role": role} if row.department else role  # what falls to a whole site is taken by no one person
    return Await(name, where, row.n, row.late, url)
