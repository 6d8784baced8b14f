"""People and departments of a period as a reader may see them: what they had to do, what went wrong, what was to be expected."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from kesu.company.rights import Rights
from kesu.insights.coverage import Coverage
from kesu.insights.periods import Period
from kesu.performance.fair import (
    ALONE,
    FEW,
    Result,
    Rules,
    compared_with,
    looked_at,
    ratio_interval,
    results,
    verdict,
    z_of,
)
from kesu.performance.measures import MEASURES
from kesu.performance.queries.items import DEPARTMENT, OF, Read, Work, read
from kesu.performance.queries.sight import Sight, sight_of
from kesu.procedure.performing import Performance

OTHER_DEPARTMENTS = 1  # of departments one other is enough to compare with: their figures are nobody's own


@dataclass(frozen=True)
class Compared:
    """One measure of one person or department."""

    measure: str
    result: Result
    interval: tuple[float, float] | None
    word: str  # a verdict of performance.fair

    @property
    def told(self) -> bool:
        """Whether expected and ratio may be shown."""
        return self.word not in (FEW, ALONE)


@dataclass
class Row:
    """One person or department."""

    unit: int
    work: Work
    measures: dict[str, Compared] = field(default_factory=dict)


@dataclass
class Sheet:
    """A period read once, compared for one reader. `rules`: the pack's [performance]."""

    rules: Performance
    read: Read
    sight: Sight

    def rows(self, of: str) -> list[Row]:
        """Everybody (or every department) with a case in the period that the reader sees, in no order."""
        found: dict[int, Row] = {}
        for unit, work in self._work(of).items():
            found[unit] = Row(unit, work)
        for measure in MEASURES:
            for unit, compared in self.measure(of, measure).items():
                found.setdefault(unit, Row(unit, Work())).measures[measure] = compared
        return list(found.values())

    def measures(self) -> list[str]:
        """The ids of all measures, in their order."""
        return list(MEASURES)

    def measure(self, of: str, measure: str) -> dict[int, Compared]:
        """One measure of all that the reader sees."""
        seen, items = self.sight.of(of), self.read.items[measure, of]
        basis = compared_with(items, seen, self.rules.others)
        rules = Rules(self.rules.stratum_from, self.rules.others if of != DEPARTMENT else OTHER_DEPARTMENTS, seen, self.rules.others)
        z = z_of(self.rules.sure, looked_at(results(basis, rules).values(), self.rules.at_least))
        found = {}
        for unit, row in results(basis, rules, seen).items():
            interval = ratio_interval(row, z)
            word = verdict(row, interval, self.rules.at_least, self.rules.alike)
            found[unit] = Compared(measure, row, interval, word)
        return found

    def cases(self, of: str, measure: str, unit: int, side: str) -> list[int]:
        """The cases behind: all (below), those that went wrong (above), the others (rest)."""
        if measure in ("taken", "helped"):
            return sorted(getattr(self._work(of).get(unit, Work()), measure))
        seen = self.sight.of(of)
        mine = [item for item in self.read.items[measure, of] if item.unit == unit and seen(item)]
        return [item.case for item in mine if side == "below" or item.bad == (side == "above")]

    def _work(self, of: str) -> dict[int, Work]:
        found: dict[int, Work] = defaultdict(Work)
        for (kind, unit), rows in self.read.work.items():
            for place, work in rows:
                if kind == of and self.sight.place(of, unit, place):
                    _add(found[unit], work)
        return dict(found)


def _add(to: Work, work: Work) -> None:
    to.taken |= work.taken
    to.helped |= work.helped
    to.minutes, to.handling, to.waiting = to.minutes + work.minutes, to.handling + work.handling, to.waiting + work.waiting


def sheet(rules: Performance, cover: Coverage, rights: Rights | None, period: Period, at: datetime) -> Sheet:
    """Read the period and cut it to the reader."""
    found = read(cover.company, period, at, list(rules.strata))
    return Sheet(rules, found, sight_of(rights, cover, found))


__all__ = ["OF", "Compared", "Row", "Sheet", "sheet"]
