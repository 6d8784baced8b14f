"""Charts of rare events: days between them (t), or how much served between them (g), with exact limits by probability."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kesu.warnings.statistics.scan import Known

EITHER = 0.00135  # what lies beyond each limit, as beyond three standard deviations of a normal value


@dataclass(frozen=True)
class GapLimits:
    """Limits of the gap between two events, and its median."""

    low: float
    median: float
    high: float


def t_limits(mean: float, beyond: float = EITHER) -> GapLimits:
    """For days between events that come at random, every `mean` days on average (exponential). ValueError for mean ≤ 0."""
    if mean <= 0:
        raise ValueError("a gap needs a positive mean")
    return GapLimits(-mean * math.log1p(-beyond), mean * math.log(2), -mean * math.log(beyond))


def g_limits(mean: float, beyond: float = EITHER) -> GapLimits:
    """For what was served between two events, events not counted, `mean` of it on average (geometric). ValueError for mean < 0."""
    if mean < 0:
        raise ValueError("a gap needs a mean")
    if mean == 0:
        return GapLimits(0.0, 0.0, 0.0)
    stays = math.log(mean / (1 + mean))  # the chance that one more passes without an event, as a logarithm
    low, median, high = (max(0, math.ceil(math.log(above) / stays - 1e-9) - 1) for above in (1 - beyond, 0.5, beyond))
    return GapLimits(float(low), float(median), float(high))


def mean_gap(days: Sequence[int]) -> float | None:
    """Average days between events on these days (in order); None with fewer than two."""
    return (days[-1] - days[0]) / (len(days) - 1) if len(days) > 1 else None


def short_gaps_a_year(known: Known, gap: float, a_year: float) -> float:
    """How often a year two events come within `gap` units of exposure by chance, at the rate that is known, as well as it is known.

    `a_year`: exposure of a year.
    """
    events = known.rate * a_year
    return events * (1 - (known.exposure / (known.exposure + gap)) ** known.events)


def silences_a_year(known: Known, gap: float, a_year: float, spread: float = 1.0) -> float:
    """How often a year a gap of `gap` units of exposure or longer begins by chance."""
    events, exposure = known.events / spread, known.exposure
    return known.rate * a_year / spread * (exposure / (exposure + gap)) ** events
