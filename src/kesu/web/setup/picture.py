"""The procedure as a picture: from when until when each thing is owed, for one nature and grade, when everything is done at the last
moment allowed (`procedure.latest`). Places are shares of the width, so that the drawing needs no style of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from math import log1p
from typing import Any
from zoneinfo import ZoneInfo

from kesu.company.models import Site
from kesu.company.procedures import time_of
from kesu.procedure.duewords import moment_words
from kesu.procedure.instants import TimeRefused
from kesu.procedure.latest import Course, Moment, Reckoning
from kesu.procedure.pack import Pack
from kesu.procedure.packwords import Reader

MONDAY_MORNING = time(9)
FINEST = 300.0  # seconds: what is shorter is drawn alike; from here on every doubling has about the same width
TICKS = ((600, 10, "m"), (3600, 1, "h"), (14400, 4, "h"), (86400, 1, "d"), (259200, 3, "d"), (604800, 7, "d"), (1296000, 15, "d"),
         (2592000, 30, "d"), (7776000, 90, "d"), (31536000, 365, "d"))  # fmt: skip
UNITS = {"m": ("分钟", "min"), "h": ("小时", "h"), "d": ("天", "d")}
NARROWEST, APART = 0.8, 9.0  # per cent of the width: of a bar; between two marks of the scale


@dataclass(frozen=True)
class Bar:
    """One obligation: its words and where its bar lies, in per cent."""

    name: str
    role: str
    limit: str
    procedure: str
    begins: str
    due: str
    x: str
    width: str


@dataclass(frozen=True)
class Picture:
    """All bars of one nature and grade. `refused`: why nothing could be reckoned; `undrawn`: what need not begin in such a case."""

    nature: str
    grade: str
    begins: str
    bars: list[Bar] = field(default_factory=list)
    ticks: list[tuple[str, str]] = field(default_factory=list)  # where, words
    undrawn: list[str] = field(default_factory=list)
    refused: tuple[str, str] | None = None


def next_monday(day: date) -> date:
    """The first Monday after this day: the picture's complaint comes in then."""
    return day + timedelta(days=7 - day.weekday())


def picture(pack: Pack, site: Site, wanted: Mapping[str, str], today: date, language: str) -> Picture:
    """The picture of the nature and grade that are `wanted` (unknown: the pack's first ones), at a site, from next Monday morning on."""
    nature = (pack.find("natures", wanted.get("nature")) or pack.nature_default()).id
    grade = (pack.find("grades", wanted.get("grade")) or pack.grade_default()).id
    start = datetime.combine(next_monday(today), MONDAY_MORNING, ZoneInfo(site.company.zone))
    begins = moment_words(start, language)
    try:
        moments = Course(pack, nature, grade, on=start.date()).moments(start, Reckoning(partial(time_of, site)))
    except TimeRefused as error:
        return Picture(nature, grade, begins, refused=(error.reason_zh, error.reason_en))
    drawn = sorted((row for row in moments.values() if row.begins and row.due), key=_order)
    farthest = max((_seconds(start, row.due) for row in drawn), default=FINEST)
    reader = Reader(pack, language)
    return Picture(
        nature,
        grade,
        begins,
        [_bar(reader, row, start, farthest) for row in drawn],
        _ticks(farthest, language),
        [row.obligation.label(language) for row in moments.values() if not (row.begins and row.due)],
    )


def _order(row: Moment) -> tuple[Any, Any]:
    return row.begins, row.due


def _seconds(start: datetime, at: datetime | None) -> float:
    return (at - start).total_seconds() if at else 0.0


def _place(seconds: float, farthest: float) -> float:
    """Where a moment lies on the scale, in per cent: minutes can be told apart beside a month."""
    return 100 * log1p(max(seconds, 0) / FINEST) / log1p(farthest / FINEST)


def _bar(reader: Reader, row: Moment, start: datetime, farthest: float) -> Bar:
    assert row.begins and row.due  # only such are drawn
    left, right = (_place(_seconds(start, at), farthest) for at in (row.begins, row.due))
    left = min(left, 100 - NARROWEST)
    duty = reader.duty(row.obligation)
    zone, year = start.tzinfo, start.year
    begins, due = (moment_words(at.astimezone(zone), reader.language, year) for at in (row.begins, row.due))
    return Bar(duty.name, duty.role, duty.limit, duty.procedure, begins, due, f"{left:.2f}%", f"{max(right - left, NARROWEST):.2f}%")


def _ticks(farthest: float, language: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    last = 0.0
    for seconds, number, unit in TICKS:
        place = _place(seconds, farthest)
        if last + APART <= place <= 100:
            last = place
            found.append((f"{place:.2f}%", f"{number} {UNITS[unit][0 if language.startswith('zh') else 1]}"))
    return found
