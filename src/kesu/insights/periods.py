"""Whole days of the company's calendar, from the first to the last; months, quarters, years and what is compared with them."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
YEARS = range(2000, 3000)  # others are slips of the hand, and what lies beside them may be no year at all


@dataclass(frozen=True)
class Segment:
    """Days from first to last that roll-ups of one grain (d, m) hold."""

    grain: str
    first: date
    last: date


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both counted."""

    first: date
    last: date

    @classmethod
    def month(cls, year: int, month: int) -> Period:
        """A calendar month."""
        return cls(date(year, month, 1), date(year, month, monthrange(year, month)[1]))

    @classmethod
    def months(cls, first: date, n: int) -> Period:
        """So many whole months from the month of this day on."""
        last = moved(first.replace(day=1), n) - DAY
        return cls(first.replace(day=1), last)

    @classmethod
    def read(cls, text: str) -> Period | None:
        """2026, 2026-Q3, 2026-10, 2026-10-05, 2026-10-05..2026-11-02; None for anything else, and for years outside YEARS."""
        try:
            found = cls._read(text.strip())
        except (ValueError, OverflowError):
            return None
        return found if found and found.first.year in YEARS and found.last.year in YEARS else None

    @classmethod
    def _read(cls, text: str) -> Period | None:
        if found := re.fullmatch(r"(\d{4})", text):
            return cls.months(date(int(found[1]), 1, 1), 12)
        if found := re.fullmatch(r"(\d{4})-[Qq]([1-4])", text):
            return cls.months(date(int(found[1]), 3 * int(found[2]) - 2, 1), 3)
        if found := re.fullmatch(r"(\d{4})-(\d\d)", text):
            return cls.month(int(found[1]), int(found[2]))
        first, _, last = text.partition("..")
        days = date.fromisoformat(first), date.fromisoformat(last or first)
        return cls(*days) if days[0] <= days[1] else None

    def __str__(self) -> str:
        """As `read` takes it."""
        for text in (f"{self.first:%Y}", f"{self.first:%Y}-Q{(self.first.month + 2) // 3}", f"{self.first:%Y-%m}", self.first.isoformat()):
            if Period.read(text) == self:
                return text
        return f"{self.first}..{self.last}"

    def __len__(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    @property
    def whole_months(self) -> bool:
        """Whether it begins with the first and ends with the last day of a month."""
        return self.first.day == 1 and (self.last + DAY).day == 1

    def starts(self) -> list[date]:
        """The first days of the months that it touches."""
        found, month = [], self.first.replace(day=1)
        while month <= self.last:
            found.append(month)
            month = moved(month, 1)
        return found

    def until(self, day: date) -> Period | None:
        """Its days up to this one; None when it begins later."""
        return Period(self.first, min(self.last, day)) if self.first <= day else None

    def segments(self) -> list[Segment]:
        """Whole months as months, the days around them as days."""
        found: list[Segment] = []
        for month in self.starts():
            last = moved(month, 1) - DAY
            grain = "m" if self.first <= month and last <= self.last else "d"
            piece = Segment("m", month, month) if grain == "m" else Segment("d", max(self.first, month), min(self.last, last))
            if found and found[-1].grain == grain:  # one stretch: whoever reads asks once
                piece = Segment(grain, found.pop().first, piece.last)
            found.append(piece)
        return found

    def before(self, months: int) -> Period:
        """The same days so many months earlier; a day that a month does not have is its last (29 February)."""
        if self.whole_months:
            return Period.months(moved(self.first, -months), len(self.starts()))
        return Period(moved(self.first, -months), moved(self.last, -months))


def moved(day: date, months: int) -> date:
    """So many months later; the last day of a shorter month instead of one that it does not have."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def today(zone: str, at: datetime) -> date:
    """The company's day."""
    return at.astimezone(ZoneInfo(zone)).date()
