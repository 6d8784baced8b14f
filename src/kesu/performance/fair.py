"""What was to be expected of somebody's very cases, and whether they did otherwise: indirect standardisation in plain Python.

Cases are put into strata as alike as there are enough of them; what is expected of a case is what its stratum came to in the whole company.
Strata are a partition, so that over everybody the expected is the observed, to the last case. Counted are the cases that went wrong:
a ratio below 1 is better than expected.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import sqrt
from statistics import NormalDist

Stratum = tuple[str, ...]  # values from the coarse to the fine
LEAST_SPREAD = 0.05  # where nearly everything goes wrong, intervals are not narrowed further than this


@dataclass(frozen=True)
class Item:
    """One case of one person or department in one measure."""

    unit: int
    case: int
    stratum: Stratum
    bad: bool
    place: tuple[int, int] = (0, 0)  # site and department by which a reader sees it


def everything(item: Item) -> bool:
    """Whoever sees all."""
    return True


@dataclass(frozen=True)
class Rules:
    """When a stratum can stand on its own: so many cases, of more than `others` people, half of that by others than whoever has most.

    Of whom the reader does not see (`seen`) there is nobody in it or at least `hidden`: else the rest would tell of them.
    """

    stratum_from: int
    others: int
    seen: Callable[[Item], bool] = everything
    hidden: int = 0

    def stands(self, items: Sequence[Item]) -> bool:
        """Whether these are enough to say what is to be expected."""
        if len(items) < self.stratum_from:
            return False
        units = Counter(item.unit for item in items)
        unseen = len({item.unit for item in items if not self.seen(item)})
        if 0 < unseen < self.hidden:
            return False
        return len(units) > self.others and 2 * (len(items) - max(units.values())) >= self.stratum_from


@dataclass(frozen=True)
class Cell:
    """A stratum as it was used. `stands`: False where even everything together is too little."""

    items: list[Item]
    stands: bool

    @property
    def rate(self) -> float:
        """The share that went wrong."""
        return sum(item.bad for item in self.items) / len(self.items)


@dataclass
class Result:
    """One unit: `n` cases, `observed` of which went wrong, `expected` of the very same; `known` of them have a stratum that stands."""

    n: int = 0
    observed: int = 0
    expected: float = 0.0
    known: int = 0
    spread: float = 0.0  # the variance of the observed by chance, as the strata have it
    cases: list[tuple[int, bool]] = field(default_factory=list)

    @property
    def ratio(self) -> float | None:
        """Observed to expected; None where nothing was expected."""
        return self.observed / self.expected if self.expected else None


def cells(items: Sequence[Item], rules: Rules) -> list[Cell]:
    """The partition: as fine as the rules let it be; what is too little for itself is put together with its like, one step coarser."""
    kept, rest = _split(list(items), 0, rules)
    if not rest or rules.stands(rest):
        return [*kept, Cell(rest, True)] if rest else kept
    for cell in sorted(kept, key=lambda cell: (-len(cell.items), cell.items[0].stratum)):  # the last few go to the largest
        if rules.stands(both := [*cell.items, *rest]):
            return [*(other for other in kept if other is not cell), Cell(both, True)]
    return [*kept, Cell(rest, False)]


def _split(items: list[Item], depth: int, rules: Rules) -> tuple[list[Cell], list[Item]]:
    """(cells that stand, what is left for the stratum above)."""
    if not items or depth == len(items[0].stratum):
        return ([Cell(items, True)], []) if rules.stands(items) else ([], items)
    inside: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        inside[item.stratum[depth]].append(item)
    kept: list[Cell] = []
    rest: list[Item] = []
    for value in sorted(inside):
        more, left = _split(inside[value], depth + 1, rules)
        kept += more
        rest += left
    if depth and rest and rules.stands(rest):
        return [*kept, Cell(rest, True)], []
    return kept, rest


def results(items: Sequence[Item], rules: Rules, seen: Callable[[Item], bool] = everything) -> dict[int, Result]:
    """What each unit came to, and what was to be expected of it. `seen`: only these are added up, the others are compared with."""
    found: dict[int, Result] = defaultdict(Result)
    for cell in cells(items, rules):
        rate = cell.rate
        for item in filter(seen, cell.items):
            row = found[item.unit]
            row.n += 1
            row.observed += item.bad
            row.expected += rate
            row.spread += rate * (1 - rate)
            row.known += cell.stands
            row.cases.append((item.case, item.bad))
    return dict(found)


def z_of(sure: float, looked: int) -> float:
    """How many standard errors an interval reaches so that of `looked` ordinary ones none falls outside, `sure` of the time."""
    return NormalDist().inv_cdf((1 + sure ** (1 / max(1, looked))) / 2)


def ratio_interval(row: Result, z: float) -> tuple[float, float] | None:
    """The interval of observed ÷ expected; None where nothing was expected.

    Byar's approximation to the exact limits of a count, on a scale on which the count varies as a Poisson count does: a case goes wrong
    at most once, so counts vary less than that by the share `spread` ÷ `expected`. Wilson's interval would need one chance for all cases;
    here each has its own. Measured (tests): among ordinary people at most 5 in 100 of the 95 % intervals leave 1 out.

    >>> [round(end, 2) for end in ratio_interval(Result(1000, 10, 10.0, spread=10.0), 1.959964)]
    [0.48, 1.84]
    """
    if row.expected <= 0:
        return None
    scale = max(row.spread / row.expected, LEAST_SPREAD)
    observed, expected = row.observed / scale, row.expected / scale
    low = observed * (1 - 1 / (9 * observed) - z / (3 * sqrt(observed))) ** 3 if observed else 0.0
    more = observed + 1
    high = more * (1 - 1 / (9 * more) + z / (3 * sqrt(more))) ** 3
    return max(0.0, low) / expected, min(high / expected, row.n / row.expected)


FEW, ALONE, BETTER, WORSE, AS_EXPECTED, UNTOLD = "few", "alone", "better", "worse", "as_expected", "untold"


def verdict(row: Result, interval: tuple[float, float] | None, at_least: int, alike: float) -> str:
    """What may be said: nothing below `at_least` cases, nothing without others to compare with, better or worse only where the interval
    leaves 1 out, as expected only where all of it lies near 1."""
    if row.n < at_least:
        return FEW
    if row.known < row.n:
        return ALONE
    if interval is None:
        return UNTOLD
    low, high = interval
    if high < 1:
        return BETTER
    if low > 1:
        return WORSE
    return AS_EXPECTED if 1 / alike <= low and high <= alike else UNTOLD


def looked_at(found: Iterable[Result], at_least: int) -> int:
    """How many are compared at all."""
    return sum(row.n >= at_least for row in found)


def compared_with(items: Sequence[Item], seen: Callable[[Item], bool], others: int) -> list[Item]:
    """Whose cases a reader may be compared with: everybody's, unless what the reader does not see belongs to so few that the difference
    would tell of them; then only what the reader sees."""
    hidden = {item.unit for item in items if not seen(item)}
    return list(items) if not hidden or len(hidden) >= others else [item for item in items if seen(item)]


def once_each(items: Iterable[Item]) -> Iterator[Item]:
    """One item for each unit and case: it went wrong if any of it did."""
    seen: dict[tuple[int, int], Item] = {}
    for item in items:
        before = seen.get((item.unit, item.case))
        if before is None or (item.bad and not before.bad):
            seen[item.unit, item.case] = item
    yield from seen.values()
