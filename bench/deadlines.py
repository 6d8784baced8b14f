"""Deadlines per second of the pure engine on one core, beside a package and a minute-by-minute count, in one run.

The same questions for all: some working minutes from some start, in office hours with lunch on the Chinese working calendar. Whoever
differs from the count is wrong, and how often is reported.
"""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kesu.config.installation import ROOT
from kesu.procedure.due import due
from kesu.procedure.instants import epoch, local
from kesu.procedure.limits import parse_limit
from kesu.procedure.officialdays import OfficialDays
from kesu.procedure.timetable import OfficeHours

ZONE = ZoneInfo("Asia/Shanghai")
DAY = [(540, 720), (810, 1080)]
FIRST = datetime(2025, 1, 1, tzinfo=ZONE)
DAYS = 600
COUNTED = 300  # questions that the count and the package are asked: they are slow

Question = tuple[datetime, int]  # start, minutes


def questions(number: int) -> list[Question]:
    """The same ones in every run."""
    rng = random.Random(5)
    return [(FIRST + timedelta(minutes=rng.randrange(DAYS * 1440)), rng.randint(1, 2000)) for _ in range(number)]


def run(number: int = 200_000) -> list[str]:
    """Measures and returns the lines of the report."""
    official = OfficialDays.read(ROOT / "packs" / "calendars" / "cn.csv")
    hours = OfficeHours(ZONE, dict.fromkeys(range(5), DAY), official)
    asked = questions(number)
    whole = [(epoch(start), minutes * 60) for start, minutes in asked]
    limits = [parse_limit(f"{minutes}m") for _, minutes in asked]
    counted = {question: _counted(hours, *question) for question in asked[:COUNTED]}
    add, add_epoch = hours.add, hours.add_epoch
    ways: list[tuple[str, Callable[[], object], Callable[[Question], datetime]]] = [
        (
            "integer core",
            lambda: _each(add_epoch(start, seconds) for start, seconds in whole),
            lambda question: local(add_epoch(epoch(question[0]), question[1] * 60), ZONE),
        ),
        (
            "aware datetimes both ways",
            lambda: _each(add(start, minutes * 60) for start, minutes in asked),
            lambda question: add(question[0], question[1] * 60),
        ),
        (
            "due(): limit, pauses, reasons on demand",
            lambda: _each(due(limit, start, hours) for limit, (start, _) in zip(limits, asked, strict=True)),
            lambda question: _due_at(hours, question),
        ),
    ]
    found = [(name, _rate(work, number), _wrong(counted, answer)) for name, work, answer in ways]
    found.append(("minute-by-minute count", _rate(lambda: [_counted(hours, *question) for question in asked[:COUNTED]], COUNTED), 0))
    found.append(_package(hours, asked[:COUNTED], counted))
    lines = ["| engine | deadlines per second | wrong |", "|---|---|---|"]
    return [*lines, *(f"| {name} | {rate:,.0f} | {wrong} of {COUNTED} |" if rate else f"| {name} | – | – |" for name, rate, wrong in found)]


def _due_at(hours: OfficeHours, question: Question) -> datetime:
    found = due(f"{question[1]}m", question[0], hours)
    assert found is not None  # a length always has an end
    return found.at


def _each(answers: Iterable[object]) -> None:
    """Asks for all and keeps none: storing a million answers is not what is measured."""
    deque(answers, maxlen=0)


def _rate(work: Callable[[], object], number: int) -> float:
    """By this process's own time: what else the machine does meanwhile does not count."""
    begun = time.process_time()
    work()
    return number / (time.process_time() - begun)


def _wrong(counted: dict[Question, datetime], answer: Callable[[Question], datetime]) -> int:
    return sum(answer(question) != at for question, at in counted.items())


def _counted(hours: OfficeHours, start: datetime, minutes: int) -> datetime:
    """Minute by minute, as a person with patience would."""
    at, left = start, minutes
    while left:
        left -= any(a <= at.hour * 60 + at.minute < b for a, b in hours.windows(at.date()))
        at += timedelta(minutes=1)
    return at


def _package(hours: OfficeHours, asked: list[Question], counted: dict[Question, datetime]) -> tuple[str, float, int]:
    """businesstimedelta, where it is installed (it is no requirement: 2019, and it cannot express make-up days)."""
    try:
        import businesstimedelta as package
        import pytz
    except ImportError:
        return "businesstimedelta (not installed)", 0, 0
    from datetime import time as clock

    zone = pytz.timezone(ZONE.key)
    off = {FIRST.date() + timedelta(n): "off" for n in range(DAYS + 60) if not hours.works_on(FIRST.date() + timedelta(n))}
    days = [
        package.WorkDayRule(start_time=clock(a // 60, a % 60), end_time=clock(b // 60, b % 60), working_days=list(range(5)), tz=zone)
        for a, b in DAY
    ]
    rules = package.Rules([*days, package.HolidayRule(off, tz=zone)])

    def answer(question: Question) -> datetime:
        start, minutes = question
        return (start.astimezone(zone) + package.BusinessTimeDelta(rules, seconds=minutes * 60)).astimezone(ZONE)

    return "businesstimedelta", _rate(lambda: [answer(question) for question in asked], len(asked)), _wrong(counted, answer)
