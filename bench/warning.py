"""False warnings per site and year, and days until a doubling is seen: the scan beside plain thresholds, on simulated sites. Fixed seed.

A site lives two years as usual; the third is looked at every day, as the worker does. Its complaints come at random (Poisson), or in months
that vary by themselves (their rates spread by 30 %), about eight matters and six causes, with persons and buildings as they come.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from kesu.procedure.watching import Watch
from kesu.warnings.scanning.history import Event, Place
from kesu.warnings.scanning.scan import scan
from kesu.warnings.scanning.signal import CLUSTER

SEED, START = 20_261_128, 738_000
BEFORE, LOOKED = 730, 365  # days as usual, days looked at
ANEW = 30  # days without a signal after which the same one counts as another
RULES = Watch(owner="owner", answer="5d", silence=2)
GRAVE = 3
MONTH = 28


@dataclass
class Found:
    """What came of so many sites."""

    false_a_year: float = 0.0
    kinds: Counter[str] = field(default_factory=Counter)
    delays: list[int] = field(default_factory=list)
    missed: int = 0

    def row(self) -> list[str]:
        """False warnings per site and year; days to see a doubling: half of them, nine in ten; not seen within the year."""
        seen = sorted(self.delays)
        many = len(seen) + self.missed
        nine = str(seen[int(many * 0.9)]) if int(many * 0.9) < len(seen) else "> 365"
        half = str(round(median(seen))) if len(seen) > many / 2 else "> 365"
        return [f"{self.false_a_year:.2f}", half, nine, f"{100 * self.missed / many:.0f} %"]


def site(chance: random.Random, a_week: float, factor: float, spread: float) -> list[Event]:
    """Three years of a site; in the third `factor` times as many complaints."""
    matters, month = [chance.gammavariate(1, 1) for _ in range(8)], 1.0
    found: list[Event] = []
    for day in range(BEFORE + LOOKED):
        if day % MONTH == 0 and spread:
            month = chance.gammavariate(1 / spread**2, spread**2)
        rate, t = a_week / 7 * month * (factor if day >= BEFORE else 1), chance.expovariate(1)
        while t < rate:
            keys = (
                ("category", f"m{chance.choices(range(8), matters)[0]}"), ("cause", f"c{chance.randrange(6)}"),
                ("person", f"p{chance.randrange(12)}"), ("place", f"b{chance.randrange(20)}"),
            )  # fmt: skip
            rank = 1 + (chance.random() < 0.1) + (chance.random() < 0.02)
            found.append(Event(len(found), START + day, 1, keys, rank, f"u{chance.randrange(400)}"))
            t += chance.expovariate(1)
    return found


Method = Callable[[list[Event], list[int], int], set[str]]  # what it says on a day; the whole site is ""


def by_scan(rules: Watch = RULES) -> Method:
    """The product."""

    def look(events: list[Event], days: list[int], day: int) -> set[str]:
        found = scan([Place(1, events[: bisect_right(days, day)], START)], day, rules, GRAVE)
        return {"" if signal.kind == CLUSTER and not signal.of else signal.subject for signal in found.signals if signal.a_year is not None}

    return look


def by_threshold(more: float) -> Method:
    """A plain threshold of the whole, as many a company has it: the last 28 days hold `more` times the average of the year before."""

    def look(events: list[Event], days: list[int], day: int) -> set[str]:
        now = bisect_right(days, day) - bisect_right(days, day - MONTH)
        usual = (bisect_right(days, day - MONTH) - bisect_right(days, day - MONTH - 364)) / 13
        return {""} if now >= 3 and now > more * usual else set()

    return look


def by_three_sigma(events: list[Event], days: list[int], day: int) -> set[str]:
    """A u-chart of the last 28 days, looked at every day."""
    now = bisect_right(days, day) - bisect_right(days, day - MONTH)
    usual = (bisect_right(days, day - MONTH) - bisect_right(days, day - MONTH - 364)) / 13
    return {""} if now > usual + 3 * usual**0.5 else set()


def measured(method: Method, a_week: float, spread: float, sites: int) -> Found:
    """False warnings of sites where nothing changed, and the delay where everything doubled."""
    found = Found()
    for n in range(sites):
        events = site(random.Random(SEED + n), a_week, 1.0, spread)
        days, last = [event.day for event in events], dict[str, int]()
        for day in range(START + BEFORE, START + BEFORE + LOOKED):
            for subject in method(events, days, day):
                if day - last.get(subject, -ANEW - 1) > ANEW:
                    found.kinds[subject.split(":")[0] or "whole"] += 1
                last[subject] = day
        _doubling(found, method, site(random.Random(SEED + n), a_week, 2.0, spread))
    found.false_a_year = sum(found.kinds.values()) / sites
    return found


def _doubling(found: Found, method: Method, events: list[Event]) -> None:
    days = [event.day for event in events]
    for day in range(START + BEFORE, START + BEFORE + LOOKED):
        if "" in method(events, days, day):
            found.delays.append(day - START - BEFORE)
            return
    found.missed += 1


def run(sites: int = 20, rates: Sequence[float] = (1, 3, 10), spreads: Sequence[float] = (0.0, 0.3)) -> list[str]:
    """The table as text."""
    methods: dict[str, Method] = {
        "scan": by_scan(), "+30 %": by_threshold(1.3), "+50 %": by_threshold(1.5), "double": by_threshold(2.0), "3 sigma": by_three_sigma,
    }  # fmt: skip
    lines = [f"early warning, {sites} sites, seed {SEED}: false a site-year; days to see a doubling: half, nine in ten; not in a year"]
    for spread in spreads:
        for rate in rates:
            for name, method in methods.items():
                row = measured(method, rate, spread, sites).row()
                lines.append(
                    f"{rate:>4g} a week, months {'even ' if not spread else 'vary '} {name:>8}  " + "  ".join(f"{word:>7}" for word in row)
                )
    return lines


if __name__ == "__main__":
    import sys

    print("\n".join(run(int(sys.argv[1]) if len(sys.argv) > 1 else 20)))
