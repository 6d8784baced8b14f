"""The kinds of time of a pack on its own: the opening hours it starts new sites with, its calendar, its zone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kesu.procedure.officialdays import OfficialDays
from kesu.procedure.pack import Pack
from kesu.procedure.playing import Times
from kesu.procedure.timetable import OfficeHours, RoundTheClock, Time, minutes, working_days

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def read_calendar(directory: Path | str, name: str) -> OfficialDays:
    """The calendar of that name among the pack's calendars. Raises OSError when there is none, TimeRefused when a row is wrong."""
    return OfficialDays.read(Path(directory) / f"{name}.csv")


def times_of(pack: Pack, official: OfficialDays) -> Times:
    """always, office (the pack's own hours) and official, on this calendar."""
    return times_in(pack.pack.zone, pack.hours.week.items(), official)


def times_in(zone: str, hours: Iterable[tuple[str, Iterable[tuple[str, str]]]], official: OfficialDays) -> Times:
    """The same for these hours (mon … sun) in this zone."""
    week = {WEEKDAYS.index(day): [(minutes(opens), minutes(closes)) for opens, closes in windows] for day, windows in hours}
    kinds: dict[str, Time] = {
        "always": RoundTheClock(zone),
        "office": OfficeHours(zone, week, official),
        "official": working_days(zone, official),
    }
    return kinds.__getitem__
