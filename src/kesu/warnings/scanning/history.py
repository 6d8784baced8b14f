"""What the scan is given: complaints by day with what they have in common, and what they are set against. Days are ordinals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

ALL = 0  # the site of the company as a whole


@dataclass(frozen=True, slots=True)
class Event:
    """One complaint. `keys`: (kind, value) pairs of what it may have in common with others; `rank`: how grave, more is graver."""

    id: int
    day: int
    site: int
    keys: tuple[tuple[str, str], ...] = ()
    rank: int = 0
    customer: str = ""
    words: str = ""
    traits: Mapping[str, str] = field(default_factory=dict)  # category, grade, nature, channel: for thresholds


@dataclass(frozen=True)
class Place:
    """A site: its events in the order of days, from which day on it is known, and its exposure by month: (year, month) → units.

    `measured` is None where nothing was entered: then every day counts the same. Months that lack an entry are in `missing`.
    """

    site: int
    events: list[Event]
    since: int
    measured: Mapping[tuple[int, int], float] | None = None
    born: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (kind, value) that there has only been since that day

    def weights(self, first: int, last: int) -> tuple[list[float], list[tuple[int, int]]]:
        """(exposure of each day from `first` to `last`, months without an entry). A missing month counts as its nearest earlier entry, or
        else the next later one, the last month without a word: it is not over. An entry of 0 is 0."""
        if self.measured is None:
            return [1.0] * (last - first + 1), []
        mean = [n for n in self.measured.values() if n > 0]
        scale = len(mean) / sum(mean) if mean else 1.0  # an average day weighs 1, whatever the unit
        found: list[float] = []
        missing: list[tuple[int, int]] = []
        known, latest = sorted(self.measured), list(months(last, last))[0][0]
        for month, days in months(first, last):
            n = self.measured.get(month)
            if n is None:
                missing += [month] if month != latest else []
                before = [key for key in known if key < month]
                n = self.measured[before[-1]] if before else self.measured[known[0]] if known else 0.0
            found += [n * scale] * days
        return found, missing


def months(first: int, last: int) -> Iterable[tuple[tuple[int, int], int]]:
    """((year, month), days of it) from one day to another, both included."""
    day = date.fromordinal(first)
    end = date.fromordinal(last)
    while day <= end:
        following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        stop = min(following, end + timedelta(days=1))
        yield (day.year, day.month), (stop - day).days
        day = stop


def month_of(day: int) -> int:
    """The month of the year."""
    return date.fromordinal(day).month
