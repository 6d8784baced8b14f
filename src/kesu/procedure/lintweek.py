"""An ordinary week, without holidays, in which lint asks when clocks fall due and ring. Packs with the same hours share it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from kesu.procedure.due import due, moments
from kesu.procedure.officialdays import OfficialDays
from kesu.procedure.pack import Pack
from kesu.procedure.packtimes import times_in
from kesu.procedure.playing import Times

MONDAY = datetime(2024, 3, 4, tzinfo=UTC)
HOURS = (10, 15, 19)


class Week:
    """The kinds of time of such a week, and the moments at which complaints are received in it."""

    def __init__(self, times: Times) -> None:
        self.times, self.zone = times, times("always").zone
        self.starts = [MONDAY.replace(tzinfo=self.zone) + timedelta(days=day, hours=hour) for hour in HOURS for day in range(7)]


Clock = tuple[str, str]  # limit and kind of time: most clocks of a pack share theirs with others
Span = tuple[datetime, datetime]  # begun, due


def week_of(pack: Pack) -> Week:
    """The week at the pack's own hours."""
    return _week(pack.pack.zone, tuple((day, tuple(windows)) for day, windows in pack.hours.week.items()))


@lru_cache(maxsize=8)
def _week(zone: str, hours: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]) -> Week:
    return Week(times_in(zone, hours, OfficialDays([])))


@lru_cache(maxsize=512)
def spans(week: Week, clock: Clock) -> list[Span]:
    """From each start to the end of the limit; none for the customer's own date. Raises what `due` raises."""
    limit, kind = clock
    return [(start, found.at) for start in week.starts if (found := due(limit, start, week.times(kind)))]


@lru_cache(maxsize=2048)
def ringing(week: Week, clock: Clock, spec: str) -> list[datetime]:
    """When "75%" or "4h after" is in each of these spans. Raises what `moments` raises."""
    return [moments(start, end, week.times(clock[1]), [spec])[0][1] for start, end in spans(week, clock)]
