"""Whose effect is asked (B-18): corrective action, a new version of the procedure, a training or rule entered by hand."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Min, QuerySet

from kesu.company.models import Company, Person, ProcedureVersion
from kesu.company.procedures import pack_of
from kesu.company.rights import Rights, rights_of
from kesu.company.standing import Standing, standing
from kesu.complaints.models import Case
from kesu.complaints.queries.cases import visible_to
from kesu.improvement.models import Capa
from kesu.improvement.queries.recurrence import same_as
from kesu.improvement.queries.sight import visible_to as records_of
from kesu.warnings.models import Change
from kesu.warnings.queries.history import born_late, exposure, gone_since
from kesu.warnings.queries.sight import sees_any
from kesu.warnings.scanning.effect import YEAR, Effect, effect
from kesu.warnings.scanning.history import Event, Place, months
from kesu.warnings.statistics.seasons import YEARS, month_factors

CAPA, VERSION, CHANGE = "capa", "version", "change"
SHOWN = 30
RENAMED = Effect(None, None, None, "renamed")
UNSEEN = Effect(None, None, None, "unseen")


@dataclass(frozen=True)
class Asked:
    """A change: what it is, where and about what, the last day before it and the first day after; `begins` None: not yet."""

    source: str
    key: str
    name: str
    sites: tuple[int, ...]
    category: str
    ends: date
    begins: date | None
    cause: str = ""
    mine: bool = False  # entered by the reader, who may take it back


class NotThere(Exception):
    """There is no such change for this reader."""


def listed(person: Person, at: datetime) -> list[Asked]:
    """Every change whose effect the person may ask, the newest first. NotThere for who sees no site whole."""
    rights = _opener(person, at)
    found = [*_records(person, at), *_versions(rights), *_changes(rights)]
    return sorted(found, key=lambda row: row.begins or row.ends, reverse=True)[:SHOWN]


def _opener(person: Person, at: datetime) -> Rights:
    rights = rights_of(person, at)
    if not sees_any(rights):
        raise NotThere
    return rights


def _records(person: Person, at: datetime) -> Iterable[Asked]:
    rows = records_of(person, at).exclude(verdict="withdrawn").prefetch_related("sites").order_by("-opened_at")[:SHOWN]
    rights = rights_of(person, at)
    return [_of_record(row, rights) for row in rows]


def _of_record(row: Capa, rights: Rights) -> Asked:
    """Of a record of several sites only those of which the reader sees every case: the others' counts are not theirs."""
    zone, mine = rights.company.zone, set(_sites(rights))
    opened = row.opened_at.astimezone(ZoneInfo(zone)).date()
    begins = row.carried_at.astimezone(ZoneInfo(zone)).date() + timedelta(days=1) if row.carried_at else None
    sites = tuple(site.pk for site in row.sites.all() if site.pk in mine)
    return Asked(CAPA, row.number, row.title, sites, row.same_category, opened, begins, row.same_cause)


def _versions(rights: Rights) -> Iterable[Asked]:
    sites = tuple(_sites(rights))
    rows = list(ProcedureVersion.objects.filter(company=rights.company).only("id", "version", "effective").order_by("effective", "id"))
    return [Asked(VERSION, str(row.pk), row.version, sites, "", row.effective - timedelta(days=1), row.effective) for row in rows[1:]]


def _changes(rights: Rights) -> Iterable[Asked]:
    rows = Change.objects.filter(company_id=rights.company.pk)
    whole = set(_sites(rights))
    for row in rows:
        if row.site_id is None or row.site_id in whole:
            sites = tuple(whole) if row.site_id is None else (row.site_id,)
            mine = row.by_id == rights.person.pk
            yield Asked(CHANGE, str(row.pk), row.name, sites, row.category, row.day - timedelta(days=1), row.day, mine=mine)


def _sites(rights: Rights) -> list[int]:
    """The sites of which the person sees every case."""
    known = standing(rights.company).sites
    return list(known) if rights.company_wide() else [site for site in known if site in rights.site_ids()]


def one(person: Person, source: str, key: str, at: datetime) -> Asked:
    """One of them. NotThere."""
    if source == CAPA:
        row = records_of(person, at).filter(number=key).prefetch_related("sites").first()
        if row is None:
            raise NotThere
        return _of_record(row, rights_of(person, at))
    rights = _opener(person, at)
    rows = _versions(rights) if source == VERSION else _changes(rights) if source == CHANGE else []
    found = next((row for row in rows if row.key == key), None)
    if found is None:
        raise NotThere
    return found


def measured(person: Person, asked: Asked, at: datetime) -> Effect:
    """Before and after, up to the last whole day: half a day beside a whole day of service would look like fewer. UNSEEN where the reader
    sees none of its sites whole. Five queries."""
    if not asked.sites:
        return UNSEEN
    company, zone = person.company, ZoneInfo(person.company.zone)
    today = at.astimezone(zone).date()
    since = asked.ends - timedelta(days=YEAR)
    rows = _rows(person, asked, at).filter(received_at__gte=datetime.combine(since, time.min, zone), received_at__lte=at)
    events: dict[int, list[Event]] = defaultdict(list)
    for pk, site, received in rows.order_by("received_at", "id").values_list("id", "site_id", "received_at"):
        events[site].append(Event(pk, received.astimezone(zone).toordinal(), site))
    known = standing(company)
    born, last = _known_as_that(asked, known, today - timedelta(days=1))
    if asked.begins and last < asked.begins <= today and last < today - timedelta(days=1):
        return RENAMED
    units = exposure(company, pack_of(known.version_at(at)), since, last)
    opened = dict(Case.objects.filter(company=company).order_by().values_list("site_id").annotate(first=Min("received_at")))
    places = []
    for site in asked.sites:
        first = opened[site].astimezone(zone).date() if site in opened else today
        start = max((first + timedelta(days=1)).toordinal(), since.toordinal(), born)
        places.append(Place(site, [event for event in events[site] if event.day >= start], start, units.get(site)))
    begins = asked.begins.toordinal() if asked.begins else today.toordinal() + 1
    return effect(places, asked.ends.toordinal(), begins, last.toordinal(), season(company, today))


def _known_as_that(asked: Asked, known: Standing, last: date) -> tuple[int, date]:
    """(since which day, up to which day at most) the matter and cause asked about are called so: versions rename and split them."""
    matter = (("category", asked.category), ("cause", asked.cause))
    born, gone = born_late(known), gone_since(known)
    return max(born.get(one, 0) for one in matter), min([last, *(date.fromordinal(gone[one] - 1) for one in matter if one in gone)])


def _rows(person: Person, asked: Asked, at: datetime) -> QuerySet[Case]:
    """The complaints that count: for a record those that are the same, else the reader's own of the sites and the matter."""
    if asked.source == CAPA:
        return same_as(Capa.objects.get(company_id=person.company_id, number=asked.key))
    pack = rights_of(person, at).pack
    silent = [nature.id for nature in pack.natures if not nature.counts_as_complaint]
    rows = visible_to(person, at).filter(site_id__in=asked.sites).exclude(outcome__in=("merged", "withdrawn")).exclude(nature__in=silent)
    return rows.filter(category=asked.category) if asked.category else rows


def season(company: Company, today: date) -> dict[int, float] | None:
    """Month-of-year factors of the company from its whole months of two years; None where it has not been there so long."""
    zone = ZoneInfo(company.zone)
    end = today.replace(day=1) - timedelta(days=1)
    start = end.replace(year=end.year - YEARS, day=1)
    start = (start.replace(day=28) + timedelta(days=4)).replace(day=1)
    rows = Case.objects.filter(company=company).exclude(outcome="merged")
    oldest = rows.order_by("received_at").values_list("received_at", flat=True).first()
    if oldest is None or oldest.astimezone(zone).date() > start:
        return None
    inside = rows.filter(received_at__gte=datetime.combine(start, time.min, zone), received_at__lt=datetime.combine(end, time.max, zone))
    seen = Counter(received.astimezone(zone).month for received in inside.values_list("received_at", flat=True).iterator(chunk_size=20_000))
    days = Counter(dict.fromkeys(range(1, 13), 0))
    for (_year, month), n in months(start.toordinal(), end.toordinal()):
        days[month] += n
    whole, even = sum(seen.values()), sum(days.values())
    return month_factors(dict(seen), {month: n * whole / even for month, n in days.items()}) if whole else None
