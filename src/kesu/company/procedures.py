"""The procedure in force, read once per version; the timetables of the sites."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from kesu.company.models import Company, OfficialDay, Person, ProcedureVersion, Site
from kesu.procedure.due import Time
from kesu.procedure.officialdays import OfficialDays
from kesu.procedure.pack import Pack
from kesu.procedure.packfile import load, loads
from kesu.procedure.timetable import OfficeHours, RoundTheClock


@lru_cache(maxsize=64)
def pack_of(version_id: int) -> Pack:
    """The pack of a version; versions never change, so it is read once per process."""
    version = ProcedureVersion.objects.get(pk=version_id)
    return loads(version.text, file=f"{version.pack_id} {version.version}").pack


def in_force_id(company_id: int, on: dt.date) -> int:
    """The id of the version that counts for a complaint received on this day; ProcedureVersion.DoesNotExist when there is none."""
    rows = ProcedureVersion.objects.filter(company_id=company_id)
    found = rows.filter(effective__lte=on).order_by("-effective", "-id").values_list("pk", flat=True).first()
    found = found or rows.order_by("effective", "id").values_list("pk", flat=True).first()
    if found is None:
        raise ProcedureVersion.DoesNotExist
    return found


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
    return sorted(Path(settings.KESU_PACKS).glob("*.toml"))


@lru_cache(maxsize=8)
def _shipped_days(calendar: str) -> OfficialDays:
    return OfficialDays.read(Path(settings.KESU_PACKS) / "calendars" / f"{calendar}.csv")


def official_days(company_id: int, calendar: str = "cn") -> OfficialDays:
    """The shipped calendar with the company's own rows on top."""
    own = list(OfficialDay.objects.filter(company_id=company_id).values_list("date", "kind", "name", "source"))
    days = _shipped_days(calendar)
    return days.with_rows(own) if own else days


_tables: dict[tuple[int, str], OfficeHours] = {}


def timetable(site: Site, calendar: str = "cn") -> OfficeHours:
    """The site's office hours on the working calendar. Kept per process until hours, special days or official days change."""
    newest = OfficialDay.objects.filter(company_id=site.company_id).count()
    key = (site.pk, repr((site.hours, site.special, calendar, newest, site.company_id)))
    if key not in _tables:
        if len(_tables) > 500:
            _tables.clear()
        week = {int(day): [tuple(window) for window in windows] for day, windows in site.hours.items()}
        special = {dt.date.fromisoformat(day): [tuple(window) for window in windows] for day, windows in site.special.items()}
        _tables[key] = OfficeHours(site.company.zone, week, official_days(site.company_id, calendar), special)
    return _tables[key]


@lru_cache(maxsize=64)
def round_the_clock(zone: str) -> RoundTheClock:
    """Elapsed time, day and night."""
    return RoundTheClock(zone)


def time_of(site: Site, kind: str, calendar: str = "cn") -> Time:
    """The time in which a clock of this kind ("always", "office") runs at this site."""
    return timetable(site, calendar) if kind == "office" else round_the_clock(site.company.zone)


def minutes_of_week(pack: Pack) -> dict[str, list[list[int]]]:
    """A pack's opening hours in the shape that a site stores."""
    names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    return {
        str(names.index(day)): [[_minutes(start), _minutes(end)] for start, end in windows] for day, windows in pack.hours.week.items()
    }


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
