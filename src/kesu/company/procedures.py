"""The procedure in force, read once per version; the timetables of the sites."""

from __future__ import annotations

import datetime as dt
import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from kesu.company.models import Company, OfficialDay, Person, ProcedureVersion, Site
from kesu.procedure.due import Time
from kesu.procedure.law import read
from kesu.procedure.lintbeside import beside
from kesu.procedure.officialdays import OfficialDays
from kesu.procedure.pack import Pack
from kesu.procedure.packfile import Further, load, reread
from kesu.procedure.timetable import OfficeHours, RoundTheClock, working_days

DEFAULT_CALENDAR = "cn"


@lru_cache(maxsize=64)
def pack_of(version_id: int) -> Pack:
    """The pack of a version; versions never change, so it is read once per process."""
    version = ProcedureVersion.objects.get(pk=version_id)
    return reread(version.text, file=f"{version.pack_id} {version.version}")


def publish(company: Company, path: Path, by: Person | None, at: dt.datetime, effective: dt.date | None = None) -> ProcedureVersion:
    """Store a pack file as a version; the same text twice is the same version. Raises PackError when it is wrong."""
    loaded = load(path)
    version, _ = ProcedureVersion.objects.get_or_create(
        company=company,
        digest=loaded.digest,
        defaults={
            "pack_id": loaded.pack.pack.id,
            "version": loaded.pack.pack.version,
            "effective": effective or loaded.pack.pack.effective,
            "text": loaded.text,
            "published_by": by,
            "published_at": at,
        },
    )
    return version


def shipped_packs() -> list[Path]:
    """The packs that come with the product."""
    return sorted(Path(settings.PACKS).glob("*.toml"))


def beside_shipped() -> Further:
    """What else to ask of a procedure: its calendar, and the law at the place that it names itself."""
    packs = Path(settings.PACKS)
    return beside(packs / "calendars", read(sorted((packs / "law").glob("*.toml"))))


def shipped_calendars() -> list[str]:
    """The names of the working calendars that come with the product: cn …"""
    return sorted(path.stem for path in (Path(settings.PACKS) / "calendars").glob("*.csv"))


@lru_cache(maxsize=8)
def _shipped_days(calendar: str) -> OfficialDays:
    return OfficialDays.read(Path(settings.PACKS) / "calendars" / f"{calendar}.csv")


def official_days(company_id: int, calendar: str = DEFAULT_CALENDAR) -> OfficialDays:
    """The shipped calendar with the company's own rows on top."""
    own = list(OfficialDay.objects.filter(company_id=company_id).values_list("date", "kind", "name", "source"))
    confirmed = Company.objects.filter(pk=company_id).values_list("confirmed_until", flat=True).first()
    days = _shipped_days(calendar)
    return days.with_rows(own, confirmed_until=confirmed) if own or confirmed else days


@lru_cache(maxsize=512)
def _timetable(zone: str, hours: str, special: str, company_id: int, changes: int, calendar: str) -> OfficeHours:
    week = {int(day): [tuple(window) for window in windows] for day, windows in json.loads(hours).items()}
    exceptions = {dt.date.fromisoformat(day): [tuple(window) for window in windows] for day, windows in json.loads(special).items()}
    return OfficeHours(zone, week, official_days(company_id, calendar), exceptions)


def timetable(site: Site, calendar: str = DEFAULT_CALENDAR) -> OfficeHours:
    """The site's office hours on the working calendar, built once per process and state of hours, special and official days.

    `site.company` must be loaded.
    """
    company = site.company
    return _timetable(company.zone, json.dumps(site.hours), json.dumps(site.special), company.pk, company.changes, calendar)


@lru_cache(maxsize=64)
def round_the_clock(zone: str) -> RoundTheClock:
    """Elapsed time, day and night."""
    return RoundTheClock(zone)


@lru_cache(maxsize=512)
def _working_days(zone: str, company_id: int, changes: int, calendar: str) -> OfficeHours:
    return working_days(zone, official_days(company_id, calendar))


@lru_cache(maxsize=512)
def _calendar(company_id: int, changes: int) -> str:
    newest = ProcedureVersion.objects.filter(company_id=company_id).order_by("-effective", "-id").values_list("pk", flat=True).first()
    return pack_of(newest).pack.calendar if newest else DEFAULT_CALENDAR


def time_of(site: Site, kind: str) -> Time:
    """The time in which a clock of this kind ("always", "office", "official") runs at this site, on its company's calendar."""
    company = site.company
    if kind == "always":
        return round_the_clock(company.zone)
    calendar = _calendar(company.pk, company.changes)
    return timetable(site, calendar) if kind == "office" else _working_days(company.zone, company.pk, company.changes, calendar)


def minutes_of_week(pack: Pack) -> dict[str, list[list[int]]]:
    """A pack's opening hours in the shape that a site stores."""
    names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    return {str(names.index(day)): [[_minutes(start), _minutes(end)] for start, end in windows] for day, windows in pack.hours.week.items()}


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
