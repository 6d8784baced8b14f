"""Lint of a pack beside the files that ship with it: its calendar and the law. Needs the files, so loading a pack does without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path as File

from kesu.procedure import lawlint
from kesu.procedure.findings import Findings, error, warning
from kesu.procedure.instants import TimeRefused
from kesu.procedure.law import Law
from kesu.procedure.officialdays import OfficialDays
from kesu.procedure.pack import Pack
from kesu.procedure.packfaults import did_you_mean
from kesu.procedure.packtimes import read_calendar, times_of


def beside(calendars: File, law: Law, province: str = "", city: str = "") -> Callable[[Pack], Findings]:
    """What to ask of a pack with these calendars (a directory) and this law, for a business at this place (none: the pack's own)."""

    def remarks(pack: Pack) -> Findings:
        name, known = pack.pack.calendar, sorted(path.stem for path in calendars.glob("*.csv"))
        if name not in known:
            zh, en = did_you_mean(name, known)
            yield error(
                ("pack", "calendar"),
                f"没有“{name}”这份日历{zh}；可以写 {'、'.join(known)}，或在 {calendars.name} 里加上 {name}.csv",
                f"there is no calendar {name!r}{en or ';'} write one of {', '.join(known)}, or add {name}.csv to {calendars.name}",
            )
            return
        try:
            official = read_calendar(calendars, name)
        except TimeRefused as refused:
            yield error(("pack", "calendar"), refused.reason_zh, refused.reason_en)
            return
        yield from _years(pack, official)
        yield from lawlint.check(pack, law, times_of(pack, official), province, city)

    return remarks


def _years(pack: Pack, official: OfficialDays) -> Findings:
    """Working days of a year that nobody has announced are computed; whoever publishes should know."""
    counted = [row.id for row in pack.obligations if row.time != "always"]
    if counted and not official.confirmed(pack.pack.effective):
        yield warning(
            ("pack", "effective"),
            f"日历“{pack.pack.calendar}”里没有 {pack.pack.effective.year} 年的节假日，{counted[0]} 等按推算的日子算，公布后再加上那一年",
            f"the calendar {pack.pack.calendar!r} has no holidays for {pack.pack.effective.year}; {counted[0]} and others "
            "go by computed days until that year is added",
        )


__all__ = ["beside"]
