"""Charts of rates with limits: u-chart, and Laney's U′ where counts vary more than chance alone explains (STANDARDS part 4)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

MOVING = 1.128  # mean distance of two neighbours over their standard deviation, for normal values
WIDTH = 3.0  # limits lie so many standard deviations away
FEWEST = 8  # periods with exposure; with fewer no limit means anything


@dataclass(frozen=True)
class Period:
    """So many complaints in a period with so much exposure."""

    n: int
    exposure: float

    @property
    def rate(self) -> float | None:
        """Per unit; None without exposure."""
        return self.n / self.exposure if self.exposure > 0 else None


@dataclass(frozen=True)
class Chart:
    """The middle, the spread beyond chance (1: none) and, for each period, its limits; None for a period without exposure."""

    middle: float
    sigma_z: float
    limits: list[tuple[float, float] | None]
    outside: list[int]  # positions of periods above their upper or below their lower limit


def middle(periods: Sequence[Period]) -> float:
    """The rate over all periods with exposure. ValueError when there is none."""
    kept = [row for row in periods if row.exposure > 0]
    if not kept:
        raise ValueError("no period has exposure")
    return sum(row.n for row in kept) / sum(row.exposure for row in kept)


def sigma_z(periods: Sequence[Period]) -> float:
    """Laney's σz: the spread of neighbouring periods over that of pure chance. 1 where it cannot be told (too few, or none happened)."""
    kept, centre = [row for row in periods if row.exposure > 0], middle(periods)
    if len(kept) < FEWEST or centre <= 0:
        return 1.0
    scores = [(row.n / row.exposure - centre) / math.sqrt(centre / row.exposure) for row in kept]
    moves = [abs(after - before) for before, after in zip(scores, scores[1:], strict=False)]
    return sum(moves) / len(moves) / MOVING


def u_chart(periods: Sequence[Period], *, laney: bool = True, history: int | None = None) -> Chart:
    """The chart. `laney`: limits are wider where the spread says so, never narrower than a u-chart's. `history`: only so many of the first
    periods make middle and spread, so that what is looked at does not hide itself. ValueError when no period has exposure."""
    told = periods[:history] if history else periods
    centre = middle(told)
    spread = max(1.0, sigma_z(told)) if laney else 1.0
    limits = [_limits(centre, spread, row.exposure) if row.exposure > 0 else None for row in periods]
    outside = [
        n
        for n, (row, limit) in enumerate(zip(periods, limits, strict=True))
        if limit and row.rate is not None and not limit[0] <= row.rate <= limit[1]
    ]
    return Chart(centre, spread, limits, outside)


def _limits(centre: float, spread: float, exposure: float) -> tuple[float, float]:
    away = WIDTH * spread * math.sqrt(centre / exposure)
    return max(0.0, centre - away), centre + away
