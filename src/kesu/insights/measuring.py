"""Filling KPIs in: `measure` gives each with what it was made of, how sure it is, and the cases behind it, over what the reader may see.

A figure that cannot be given says why; it is never 0 instead. Roll-ups are read, so a month of a million cases costs what a month
of a hundred does. Percentiles are exact up to EXACT cases; beyond, they come from histograms and are off by 2.5 % at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from kesu.company.models import Company
from kesu.company.procedures import pack_of
from kesu.company.rights import Rights
from kesu.company.standing import standing
from kesu.insights.cells import KINDS, LASTING
from kesu.insights.coverage import Coverage
from kesu.insights.exposed import Entered, exposure
from kesu.insights.intervals import counted, wilson
from kesu.insights.kpis import KPIS, NONE, Kpi, Pair
from kesu.insights.models import CaseFact
from kesu.insights.periods import Period
from kesu.insights.queries.lasting import closed_in, lasted
from kesu.insights.queries.sums import Numbers, asked

EXACT = 2000  # cases of which durations are sorted one by one
OFF_BY = 0.025
NOT_YOURS: Pair = ("您看不到这个范围里的单", "you see no cases there")


@dataclass(frozen=True)
class Measured:
    """One figure of one period and coverage. `value`: a share of 0 … 1, a count, fen, minutes, or per so many; None with `cannot`."""

    kpi: Kpi
    period: Period
    cover: Coverage
    value: float | None
    numerator: int | None = None
    denominator: float | None = None  # of an exposed figure an average, else whole
    interval: tuple[float, float] | None = None
    cannot: Pair | None = None
    off_by: float = 0.0  # a percentile from a histogram may be off by this share of itself
    unit: Pair = ("", "")  # of an exposed figure: per what


def measure(
    reader: Rights | Company | Coverage,
    period: Period,
    at: datetime,
    kpis: Sequence[str] = (),
    site: int | None = None,
    department: int | None = None,
    entered: Entered | None = None,
) -> list[Measured]:
    """These KPIs (default: all) of the period, over what the reader may see there. Ten queries at most, four for a period that is over.

    `entered`: what complaints are set against, where it was read already. KeyError for a KPI that there is not.
    """
    cover = reader if isinstance(reader, Coverage) else Coverage.of(reader)
    cover = cover.at(site, department)
    wanted = [KPIS[id] for id in kpis or KPIS]
    sheet = _Sheet(cover, period, at, wanted, entered)
    return [sheet.fill(kpi) for kpi in wanted]


class _Sheet:
    """What was read for a set of KPIs."""

    def __init__(self, cover: Coverage, period: Period, at: datetime, wanted: Sequence[Kpi], entered: Entered | None) -> None:
        self.cover, self.period, self.at, self.entered = cover, period, at, entered
        kinds = [kind for kind in dict.fromkeys(kpi.tally for kpi in wanted) if kind and kind != "hist"]
        if "more" in kinds and "case" not in kinds:
            kinds.append("case")
        self.lasted: dict[str, list[tuple[float, int]]] = {}
        if any(kpi.kind == "minutes" for kpi in wanted) and "closed" not in kinds:
            kinds.append("closed")
        wants = [(kind, "duty" if kind == "clock" else "") for kind in kinds]  # the duties make the whole
        found = asked(cover, period, at, wants) if wants else {}
        self.duties: dict[str, Numbers] = {value: row for (value,), row in found.get(("clock", "duty"), {}).items()}
        self.whole = {kind: found[kind, ""].get(("",), dict.fromkeys(KINDS[kind], 0)) for kind in kinds if kind != "clock"}
        self.whole["clock"] = {name: sum(row[name] for row in self.duties.values()) for name in KINDS["clock"]}
        self.closed = self.whole["closed"]["closed"] if "closed" in self.whole else 0

    def fill(self, kpi: Kpi) -> Measured:
        if self.cover.nothing:
            return self._cannot(kpi, NOT_YOURS)
        if kpi.kind == "minutes":
            return self._percentile(kpi)
        if kpi.kind == "exposed":
            return self._exposed(kpi)
        row = self._row(kpi)
        n = sum(row[name] for name in kpi.over)
        if kpi.kind in ("count", "fen"):
            return Measured(kpi, self.period, self.cover, n, n)
        of = sum(row[name] for name in kpi.under)
        if not of:
            return self._cannot(kpi, kpi.none, n, of)
        return Measured(kpi, self.period, self.cover, n / of, n, of, wilson(n, of))

    def _row(self, kpi: Kpi) -> Numbers:
        if kpi.duty:
            return self.duties.get(kpi.duty) or dict.fromkeys((*kpi.over, *kpi.under), 0)
        row = dict(self.whole[kpi.tally])
        if kpi.tally == "more":
            row |= self.whole["case"]
        if kpi.tally == "visit":
            row["unrated"] = row["owed"] - row["content"] - row["not_content"]
        return row

    def _cannot(self, kpi: Kpi, why: Pair, n: int | None = None, of: int | None = None) -> Measured:
        return Measured(kpi, self.period, self.cover, None, n, of, cannot=why)

    def _exposed(self, kpi: Kpi) -> Measured:
        n = sum(self.whole[kpi.tally][name] for name in kpi.over)
        entered = self.entered or entered_of(self.cover.company, self.at)
        if entered is None:
            return self._cannot(kpi, ("规程没写投诉率除以什么", "the procedure does not say what complaints are set against"), n)
        against = entered.measure
        found = exposure(self.cover, self.period, entered)
        unit = f"每 {against.per:,} {against.name}", f"per {against.per:,} {against.name_en.lower()}"
        if isinstance(found, tuple):
            return self._cannot(kpi, found, n)
        low, high = counted(n)
        scale = against.per / found
        return Measured(kpi, self.period, self.cover, n * scale, n, found, (low * scale, high * scale), unit=unit)

    def _percentile(self, kpi: Kpi) -> Measured:
        lasted = self._lasted(kpi.lasting)
        if not lasted:
            return self._cannot(kpi, NONE, None, 0)
        of = sum(n for _, n in lasted)
        place, seen = ceil(kpi.share * of), 0
        value = next(value for value, n in lasted if (seen := seen + n) >= place)
        return Measured(kpi, self.period, self.cover, float(value), None, of, off_by=0.0 if isinstance(value, int) else OFF_BY)

    def _lasted(self, name: str) -> list[tuple[float, int]]:
        """(minutes, how many) in order; whole minutes where they are exact."""
        if not self.lasted:
            exact = self.closed <= EXACT
            self.lasted = _exactly(self.cover, self.period) if exact else lasted(self.cover, self.period, self.at)
        return self.lasted[name]


def _exactly(cover: Coverage, period: Period) -> dict[str, list[tuple[float, int]]]:
    """All durations of the period's closed complaints, in one question."""
    rows = list(CaseFact.objects.filter(closed_in(cover, period)).values_list(*LASTING))
    columns = zip(*rows, strict=True) if rows else ((),) * len(LASTING)
    return {
        name: [(minutes, 1) for minutes in sorted(one for one in column if one is not None)]
        for name, column in zip(LASTING, columns, strict=True)
    }


def entered_of(company: Company, at: datetime) -> Entered | None:
    """What the company's complaints are set against by its procedure; None where that says nothing."""
    measures = pack_of(standing(company).version_at(at)).figures.measures
    return Entered(company, measures[0]) if measures else None
