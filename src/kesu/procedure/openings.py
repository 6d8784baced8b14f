"""Opening windows as instants, with the open seconds before each: what office hours are reckoned in.

A limit is two binary searches here. Days are laid out when they are asked about, and each time as many again, so that a question
about one afternoon does not pay for years and a question about years pays once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from kesu.procedure.instants import FIRST_YEAR, LAST_YEAR, BeyondCalendar, days, instant, midnights, open_stretches

Windows = tuple[tuple[int, int], ...]
FIRST_DAY, LAST_DAY = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
_AT_FIRST = 14
"""Days laid out beyond the first question."""
_AT_ONCE = 1500
"""At most so many days laid out ahead of the questions."""


class Openings:
    """Openings and closings of the days `first` to `last` in order, as epoch seconds; `worked[i]` are the open seconds before
    opening i, `worked[-1]` the whole. Complete for every instant from `since` on and before `until`. Windows that touch, also at
    midnight, are one. `skipped` keeps the reasons for the stretch before opening i once they were asked for.
    """

    __slots__ = ("closes", "first", "last", "opens", "since", "skipped", "until", "worked")

    def __init__(self, first: date, last: date, since: int, until: int, stretches: list[tuple[int, int]]) -> None:
        self.first, self.last, self.since, self.until = first, last, since, until
        self.opens: list[int] = []
        self.closes: list[int] = []
        self.worked: list[int] = [0]
        self.skipped: dict[int, list[tuple[str, int, int, str]]] = {}
        self._append(stretches)

    def _append(self, stretches: list[tuple[int, int]]) -> None:
        opens, closes, worked = self.opens, self.closes, self.worked
        last = closes[-1] if closes else None
        for start, end in stretches:
            if start == last:
                closes[-1] = end
                worked[-1] += end - start
            else:
                opens.append(start)
                closes.append(end)
                worked.append(worked[-1] + end - start)
            last = end

    def followed(self, last: date, until: int, stretches: list[tuple[int, int]]) -> Openings:
        """These days and the next ones, up to `last`. The old value stays as it was: somebody may be reading it."""
        longer = Openings(self.first, last, self.since, until, [])
        longer.opens, longer.closes, longer.worked = self.opens[:], self.closes[:], self.worked[:]
        longer.skipped = self.skipped
        longer._append(stretches)
        return longer

    def before(self, moment: int) -> int:
        """Open seconds before an instant."""
        nth = bisect_right(self.opens, moment) - 1
        if nth < 0:
            return 0
        closes = self.closes[nth]
        return self.worked[nth] + (moment if moment < closes else closes) - self.opens[nth]


def openings(zone: ZoneInfo, windows: Callable[[date], Windows], first: date, last: date, known: Openings | None) -> Openings:
    """Openings that cover the days `first` to `last`, and what is known already. Raises BeyondCalendar outside 1970–2199."""
    if first < FIRST_DAY or last > LAST_DAY:
        raise beyond()
    ahead = _AT_FIRST
    if known is not None:
        ahead = min((known.last - known.first).days, _AT_ONCE)
        if first >= known.first:
            return _followed(zone, windows, known, _within(last, ahead))
        first, last = _within(min(first, known.first), -ahead), max(last, known.last)
    # One day more on both sides: where clocks are turned back over midnight a date begins twice.
    first, last = _within(first, -1), _within(last, ahead if known is None else 1)
    return Openings(first, last, max(midnights(zone, first)), instant(zone, last + timedelta(1)), _laid_out(zone, windows, first, last))


def _followed(zone: ZoneInfo, windows: Callable[[date], Windows], known: Openings, last: date) -> Openings:
    if last <= known.last:
        return known
    added = _laid_out(zone, windows, known.last + timedelta(1), last)
    until = instant(zone, last + timedelta(1))
    if added and known.closes and added[0][0] < known.closes[-1]:  # a date that began twice
        return Openings(known.first, last, known.since, until, _laid_out(zone, windows, known.first, last))
    return known.followed(last, until, added)


def longer(zone: ZoneInfo, windows: Callable[[date], Windows], known: Openings) -> Openings:
    """The same and as many days after. Raises BeyondCalendar at the end of 2199."""
    if known.last >= LAST_DAY:
        raise beyond()
    return _followed(zone, windows, known, _within(known.last, min(max((known.last - known.first).days, _AT_FIRST), _AT_ONCE)))


def _laid_out(zone: ZoneInfo, windows: Callable[[date], Windows], first: date, last: date) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for day in days(first, last):
        if today := windows(day):
            found += open_stretches(zone, day, today)
    found.sort()
    return found


def _within(day: date, further: int) -> date:
    return max(FIRST_DAY, min(LAST_DAY, day + timedelta(further)))


def beyond() -> BeyondCalendar:
    """The refusal to leave the years that can be reckoned."""
    return BeyondCalendar(f"只能算 {FIRST_YEAR} 到 {LAST_YEAR} 年的时间", f"only the years {FIRST_YEAR} to {LAST_YEAR} can be reckoned")
