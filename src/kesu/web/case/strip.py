"""The picture of a limit: one strip per day, with what counted, what stood still, the warning and the overrun."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kesu.procedure.due import Due

LEFT, WIDTH, ROW, BAR, TOP = 58.0, 300.0, 34, 14, 22
MOST_DAYS = 12  # a longer limit is told in words alone
WEEKDAYS = (("周一", "Mon"), ("周二", "Tue"), ("周三", "Wed"), ("周四", "Thu"), ("周五", "Fri"), ("周六", "Sat"), ("周日", "Sun"))
DAY_SECONDS = 86_400
HOURS = (0, 6, 12, 18, 24)


@dataclass(frozen=True)
class Bar:
    """A stretch on a day's strip; lengths as SVG wants them."""

    x: str
    y: int
    width: str
    kind: str  # calm, hold, warn, late


@dataclass(frozen=True)
class Mark:
    """A moment with its words beside it."""

    x: str
    y: int
    words: str
    end: bool  # the words stand left of it


@dataclass(frozen=True)
class Strip:
    """A whole picture."""

    days: list[tuple[int, str]]  # (y of the text, its words)
    bars: list[Bar]
    hours: list[tuple[str, int]]
    due: Mark
    now: Mark | None
    height: int


def strip(due: Due, began: datetime, at: datetime, warn_at: datetime, zone: str, language: str) -> Strip | None:
    """The picture of a clock from its start to its due time (and on to now, when that is late); None when it spans too many days."""
    place, zh = ZoneInfo(zone), language.startswith("zh")
    end = max(due.at, at) if at > due.at else due.at
    first, last = began.astimezone(place).date(), _last_day(end.astimezone(place))
    count = (last - first).days + 1
    if not 1 <= count <= MOST_DAYS:
        return None
    canvas = _Canvas(first, place)
    bars = [bar for kind, start, stop in _stretches(due, began, at, warn_at) for bar in canvas.bars(kind, start, stop)]
    now = (
        canvas.mark(at, f"现在 {at.astimezone(place):%H:%M}" if zh else f"now {at.astimezone(place):%H:%M}", count)
        if began <= at <= end
        else None
    )
    due_at = due.at.astimezone(place)
    words = (f"到期 {due_at:%H:%M}" if zh else f"due {due_at:%H:%M}") if due_at.date() <= last else ("到期 24:00" if zh else "due 24:00")
    return Strip(
        canvas.days(count, zh),
        bars,
        [(_x(hour / 24), hour) for hour in HOURS],
        canvas.mark(due.at, words, count),
        now,
        TOP + count * ROW + 6,
    )


def _last_day(there: datetime) -> date:
    """Midnight belongs to the day that it ends."""
    return (there - timedelta(seconds=1)).date()


def _stretches(due: Due, began: datetime, at: datetime, warn_at: datetime) -> Iterator[tuple[str, datetime, datetime]]:
    for why in due.why:
        if why.kind in ("counted", "moved"):
            turn = min(max(warn_at, why.start), why.end)
            yield "calm", why.start, turn
            yield "warn", turn, why.end
        elif why.kind == "paused":
            yield "hold", why.start, why.end
    if not any(why.kind == "counted" for why in due.why):
        yield "calm", began, due.at
    if due.at != due.original_at and due.at > due.original_at:
        yield "warn", due.original_at, due.at
    if at > due.at:
        yield "late", due.at, at


def _x(share: float) -> str:
    return f"{LEFT + WIDTH * share:.1f}"


class _Canvas:
    """Turns moments into places."""

    def __init__(self, first: date, place: ZoneInfo) -> None:
        self.first, self.place = first, place

    def days(self, count: int, zh: bool) -> list[tuple[int, str]]:
        rows = [self.first + timedelta(n) for n in range(count)]
        return [(TOP + n * ROW + 12, f"{WEEKDAYS[day.weekday()][0 if zh else 1]} {day.day}") for n, day in enumerate(rows)]

    def bars(self, kind: str, start: datetime, stop: datetime) -> Iterator[Bar]:
        """One bar for each day that the stretch touches."""
        here, end = start.astimezone(self.place), stop.astimezone(self.place)
        while here < end:
            midnight = datetime.combine(here.date() + timedelta(1), datetime.min.time(), self.place)
            until = min(end, midnight)
            yield self._bar(kind, here, until)
            here = until

    def _bar(self, kind: str, start: datetime, stop: datetime) -> Bar:
        row, share = (start.date() - self.first).days, _share(start)
        width = (stop.timestamp() - start.timestamp()) / DAY_SECONDS
        return Bar(_x(share), TOP + row * ROW, f"{max(WIDTH * width, 1):.1f}", kind)

    def mark(self, moment: datetime, words: str, count: int) -> Mark:
        there = moment.astimezone(self.place)
        row, share = (there.date() - self.first).days, _share(there)
        if row >= count:
            row, share = count - 1, 1.0
        return Mark(_x(share), TOP + row * ROW, words, share > 0.5)


def _share(there: datetime) -> float:
    return (there.hour * 3600 + there.minute * 60 + there.second) / DAY_SECONDS
