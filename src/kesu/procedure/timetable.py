"""Two kinds of time: a site's office hours, and the clock that never stops. They share their questions, not their type.

A limit counted in office hours is two binary searches in the openings (see `openings`), which are laid out as they are asked for.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kesu.procedure.instants import (
    BeyondCalendar,
    TimeRefused,
    day_of,
    epoch,
    local,
    midnight_after,
    minutes,
    open_stretches,
    zone_of,
)
from kesu.procedure.officialdays import OFF, WORK, OfficialDays
from kesu.procedure.openings import FIRST_DAY, LAST_DAY, Openings, Windows, longer, openings

__all__ = ["BeyondCalendar", "OfficeHours", "RoundTheClock", "Span", "Time", "TimeRefused", "minutes", "zone_of"]

Stretch = tuple[str, int, int, str]
"""Kind, start and end as epoch seconds, name: a span before it is dressed in datetimes."""
BARREN_YEARS = 3
"""After so many years without one opening the timetable says that it never opens."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time and why it counts or not: "counted", "closed", "lunch" or "off_day" (with the day's name)."""

    kind: str
    start: datetime
    end: datetime
    name: str = ""

    @property
    def seconds(self) -> int:
        """Elapsed seconds."""
        return epoch(self.end) - epoch(self.start)


class OfficeHours:
    """When a site is open. Immutable.

    week: weekday (0 = Monday) → windows in minutes from midnight; an end of 1440 is 24:00.
    official: days off are closed. A make-up working day whose weekday is closed keeps the hours of weekday `makeup_as`;
    with `makeup_replaces` it keeps them even where the weekday has hours of its own.
    special: date → windows, over everything else (half days, one-off openings; no windows = closed).
    Raises TimeRefused for a zone, weekday or window that cannot be meant.
    """

    __slots__ = ("_announced", "_openings", "_week", "makeup_as", "makeup_replaces", "official", "special", "zone")

    def __init__(
        self,
        zone: str | ZoneInfo,
        week: Mapping[int, Sequence[tuple[int, int]]],
        official: OfficialDays | None = None,
        special: Mapping[date, Sequence[tuple[int, int]]] | None = None,
        *,
        makeup_as: int = 0,
        makeup_replaces: bool = False,
    ) -> None:
        self.zone = zone_of(zone)
        self._week = {_weekday(number): checked_windows(windows) for number, windows in week.items()}
        self.official = official
        self.special = {day: checked_windows(windows) for day, windows in (special or {}).items()}
        self.makeup_as, self.makeup_replaces = _weekday(makeup_as), makeup_replaces
        self._openings: Openings | None = None
        self._announced = _announced(self.zone, official)

    # What is a day like?

    def windows(self, day: date) -> Windows:
        """The day's opening windows in minutes from midnight; empty when closed."""
        if day in self.special:
            return self.special[day]
        kind = self.official.kind(day) if self.official else None
        if kind == OFF:
            return ()
        usual = self._week.get(day.weekday(), ())
        if kind == WORK and (self.makeup_replaces or not usual):
            return self._week.get(self.makeup_as, ())
        return usual

    def works_on(self, day: date) -> bool:
        """Whether it is a working day of this site: it opens at all."""
        return bool(self.windows(day))

    def day_kind(self, day: date) -> tuple[str, str]:
        """What a day is to a limit in working days: ("counted", ""), ("off_day", its name) or ("closed", "")."""
        name = self._off_day(day)
        return ("off_day", name) if name else ("counted" if self.works_on(day) else "closed", "")

    def closing(self, day: date) -> datetime:
        """The end of the day's last window. Raises TimeRefused when the site is closed that day."""
        stretches = open_stretches(self.zone, day, self.windows(day))
        if not stretches:
            raise TimeRefused(f"{day} 不上班", f"closed on {day}")
        return local(stretches[-1][1], self.zone)

    def working_day(self, after: date, nth: int) -> date:
        """The nth working day after a date (n ≥ 1). Raises BeyondCalendar when nobody opens for three years."""
        day, last = after, after
        while nth:
            day += timedelta(1)
            if self.works_on(day):
                nth, last = nth - 1, day
            elif (day - last).days > 366 * BARREN_YEARS:
                raise _never_opens()
        return day

    def confirmed(self, day: date) -> bool:
        """Whether what this timetable says about a day rests on announced official days."""
        return self.official is None or self.official.confirmed(day)

    def confirmed_at(self, moment: int) -> bool:
        """The same for the day that an instant (epoch seconds) closes: midnight belongs to the day that ends there."""
        return self._announced is None or self._announced[0] < moment <= self._announced[1]

    # Datetimes, aware in, aware out (in the site's zone)

    def add(self, start: datetime, seconds: int) -> datetime:
        """When so many open seconds have passed. A start out of hours rolls to the next opening; exactly at closing stays there."""
        begun = epoch(start)
        if seconds <= 0:
            return local(_unmoved(begun, seconds), self.zone)
        return datetime.fromtimestamp(self.add_epoch(begun, seconds), self.zone)

    def between(self, start: datetime, end: datetime) -> int:
        """Open seconds between two times; 0 when the end is not later."""
        return self.between_epoch(epoch(start), epoch(end))

    def is_open(self, at: datetime) -> bool:
        """Whether the site is open; at the very second of closing it is not."""
        moment = epoch(at)
        laid = self._reaching(moment, moment)
        nth = bisect_right(laid.opens, moment) - 1
        return nth >= 0 and moment < laid.closes[nth]

    def next_open(self, at: datetime) -> datetime:
        """`at` itself when open, else the next opening. Raises BeyondCalendar when there is none within three years."""
        moment = epoch(at)
        if self.is_open(at):
            return local(moment, self.zone)
        laid = self._reaching(moment, moment)
        while not laid.opens or laid.opens[-1] < moment:
            laid = self._longer(laid)
        return local(laid.opens[bisect_left(laid.opens, moment)], self.zone)

    def spans(self, start: datetime, end: datetime) -> list[Span]:
        """Every stretch between two times, counted or skipped, in order and without holes."""
        lo, hi = epoch(start), epoch(end)
        return joined_spans(self.stretches(lo, hi), self.zone) if hi > lo else []

    # The integer core (epoch seconds)

    def add_epoch(self, start: int, seconds: int) -> int:
        """As `add`, on epoch seconds; 0 is `start` itself. Raises BeyondCalendar rather than clamp."""
        if seconds <= 0:
            return _unmoved(start, seconds)
        laid = self._openings
        if laid is None or not laid.since <= start < laid.until:
            laid = self._reaching(start, start)
        opens, worked = laid.opens, laid.worked
        nth = bisect_right(opens, start) - 1
        target = seconds
        if nth >= 0:
            closes = laid.closes[nth]
            target += worked[nth] - opens[nth] + (start if start < closes else closes)
            if target <= worked[nth + 1]:
                return start + seconds
        while worked[-1] < target:
            laid = self._longer(laid)
            opens, worked = laid.opens, laid.worked
        nth = bisect_left(worked, target) - 1
        return opens[nth] + target - worked[nth]

    def between_epoch(self, start: int, end: int) -> int:
        """As `between`, on epoch seconds."""
        if end <= start:
            return 0
        laid = self._reaching(start, end)
        return laid.before(end) - laid.before(start)

    def stretches(self, lo: int, hi: int) -> list[Stretch]:
        """As `spans`, on epoch seconds."""
        laid = self._reaching(lo, hi)
        found: list[Stretch] = []
        at = lo
        for nth in range(max(bisect_right(laid.opens, lo) - 1, 0), bisect_left(laid.opens, hi)):
            opens, closes = laid.opens[nth], laid.closes[nth]
            if closes <= lo:
                continue
            if at < opens:
                found += _cut(self._skipped(laid, nth), at, opens)
                at = opens
            at, since = min(closes, hi), at
            found.append(("counted", since, at, ""))
        return found + joined(self._gap(at, hi)) if at < hi else found

    def _skipped(self, laid: Openings, nth: int) -> list[Stretch]:
        """Why what lies before opening n does not count. Kept: as good as every question skips the same nights."""
        known = laid.skipped.get(nth)
        if known is None:
            since = laid.closes[nth - 1] if nth else laid.since
            known = laid.skipped[nth] = joined(self._gap(since, laid.opens[nth]))
        return known

    def _reaching(self, lo: int, hi: int) -> Openings:
        """Openings that cover both instants; kept, because the next question is about the same time."""
        laid = self._openings
        if laid is not None and laid.since <= lo and hi < laid.until:
            return laid
        return self._keep(openings(self.zone, self.windows, day_of(lo, self.zone), day_of(hi, self.zone), laid))

    def _longer(self, laid: Openings) -> Openings:
        latest = day_of(laid.closes[-1], self.zone) if laid.closes else laid.first
        if (laid.last - latest).days > 366 * BARREN_YEARS:
            raise _never_opens()
        return self._keep(longer(self.zone, self.windows, laid))

    def _keep(self, laid: Openings) -> Openings:
        # One assignment of a finished value: another thread sees the old openings or the new ones, never half of them.
        self._openings = laid
        return laid

    def _gap(self, lo: int, hi: int) -> Iterator[Stretch]:
        while lo < hi:
            day = day_of(lo, self.zone)
            end = min(hi, midnight_after(self.zone, day))
            name = self._off_day(day)
            yield "off_day" if name else self._break_or_closed(day, lo), lo, end, name
            lo = end

    def _off_day(self, day: date) -> str:
        """The name of the official day off that keeps the site closed, "" if it is not one."""
        if self.official is None or self.windows(day) or self.official.kind(day) != OFF:
            return ""
        return self.official.name(day) or "off"

    def _break_or_closed(self, day: date, lo: int) -> str:
        wall = local(lo, self.zone)
        minute, windows = wall.hour * 60 + wall.minute, self.windows(day)
        between = any(closes <= minute for _, closes in windows) and any(opens > minute for opens, _ in windows)
        return "lunch" if between else "closed"


class RoundTheClock:
    """Time that runs day and night, holidays too. Immutable; no working days, so a limit in working days is refused."""

    __slots__ = ("zone",)

    def __init__(self, zone: str | ZoneInfo) -> None:
        self.zone = zone_of(zone)

    def add(self, start: datetime, seconds: int) -> datetime:
        """`seconds` later."""
        return local(epoch(start) + seconds, self.zone)

    def between(self, start: datetime, end: datetime) -> int:
        """Elapsed seconds; 0 when the end is not later."""
        return max(epoch(end) - epoch(start), 0)

    def add_epoch(self, start: int, seconds: int) -> int:
        """As `add`, on epoch seconds."""
        return start + seconds

    def between_epoch(self, start: int, end: int) -> int:
        """As `between`, on epoch seconds."""
        return max(end - start, 0)

    def is_open(self, at: datetime) -> bool:
        """Always."""
        return epoch(at) is not None

    def next_open(self, at: datetime) -> datetime:
        """Now."""
        return local(epoch(at), self.zone)

    def spans(self, start: datetime, end: datetime) -> list[Span]:
        """One counted stretch."""
        lo, hi = epoch(start), epoch(end)
        return [Span("counted", local(lo, self.zone), local(hi, self.zone))] if hi > lo else []

    def stretches(self, lo: int, hi: int) -> list[Stretch]:
        """As `spans`, on epoch seconds."""
        return [("counted", lo, hi, "")]

    def closing(self, day: date) -> datetime:
        """24:00 of the day."""
        return local(midnight_after(self.zone, day), self.zone)

    def confirmed(self, day: date) -> bool:
        """No notice can move a clock that runs on holidays too."""
        return isinstance(day, date)

    def confirmed_at(self, moment: int) -> bool:
        """The same for an instant."""
        return isinstance(moment, int)


Time = OfficeHours | RoundTheClock


WHOLE_DAY = ((0, 1440),)


def working_days(zone: str | ZoneInfo, official: OfficialDays | None = None) -> OfficeHours:
    """The country's working days, whole days: Monday to Friday without days off, and make-up working days (the law's 工作日).

    Not a site's opening hours: a shop that opens on Sundays does not shorten a limit that a law gives in working days.
    """
    return OfficeHours(zone, dict.fromkeys(range(5), WHOLE_DAY), official)


def checked_windows(windows: Iterable[Sequence[int]]) -> Windows:
    """Windows in order, touching ones joined. Raises TimeRefused for one that is empty, backwards, past 24:00 or overlaps another."""
    joined: list[tuple[int, int]] = []
    for opens, closes in sorted((int(opens), int(closes)) for opens, closes in windows):
        if not 0 <= opens < closes <= 1440:
            raise TimeRefused(
                f"时段 {clock(opens)}–{clock(closes)} 不对：要先开后关，在 00:00 和 24:00 之间；过夜的分成两段",
                f"the window {clock(opens)}–{clock(closes)} must open before it closes, within 00:00–24:00; split one that passes midnight",
            )
        if joined and opens < joined[-1][1]:
            before = f"{clock(joined[-1][0])}–{clock(joined[-1][1])}"
            now = f"{clock(opens)}–{clock(closes)}"
            raise TimeRefused(f"时段 {before} 和 {now} 重叠", f"the windows {before} and {now} overlap")
        if joined and opens == joined[-1][1]:
            opens = joined.pop()[0]
        joined.append((opens, closes))
    return tuple(joined)


def clock(minute: int) -> str:
    """570 → "09:30"."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _weekday(number: int) -> int:
    if number in range(7):
        return int(number)
    raise TimeRefused(f"星期 {number} 不对：0 是周一，6 是周日", f"weekday {number} is not 0 (Monday) to 6 (Sunday)")


def _unmoved(start: int, seconds: int) -> int:
    if seconds < 0:
        raise TimeRefused(f"不能往回加时间：{seconds} 秒", f"cannot add {seconds} seconds")
    return start


def _announced(zone: ZoneInfo, official: OfficialDays | None) -> tuple[int, int] | None:
    """The instants between which official days are announced; None where there are none to announce."""
    if official is None:
        return None
    first, last = max(official.confirmed_from, FIRST_DAY), min(official.confirmed_until, LAST_DAY)
    return (midnight_after(zone, first - timedelta(1)), midnight_after(zone, last)) if first <= last else (0, 0)


def _cut(stretches: list[Stretch], lo: int, hi: int) -> list[Stretch]:
    """What of them lies between two instants."""
    if stretches[0][1] >= lo and stretches[-1][2] <= hi:
        return stretches
    return [(kind, max(start, lo), min(end, hi), name) for kind, start, end, name in stretches if end > lo and start < hi]


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Stretches with neighbours of one kind and name made one."""
    found: list[Stretch] = []
    for kind, start, end, name in stretches:
        if found and found[-1][0] == kind and found[-1][3] == name and found[-1][2] == start:
            start = found.pop()[1]
        found.append((kind, start, end, name))
    return found


def joined_spans(stretches: Iterable[Stretch], zone: ZoneInfo) -> list[Span]:
    """The same in datetimes."""
    return [Span(kind, local(start, zone), local(end, zone), name) for kind, start, end, name in joined(stretches)]


def _never_opens() -> BeyondCalendar:
    return BeyondCalendar(
        f"上班时间表里连着 {BARREN_YEARS} 年没有一天上班，算不出期限", f"nothing opens for {BARREN_YEARS} years, so no time can be reckoned"
    )
