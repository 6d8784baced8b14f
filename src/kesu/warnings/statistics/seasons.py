"""What a time of year and a slow trend explain: month-of-year factors pulled towards 1, and a log-linear trend with its uncertainty."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PULL = 25.0  # events that "no season" is worth in each month of the year
YEARS = 2  # with less than two whole years a season cannot be told from a trend


def month_factors(seen: Mapping[int, float], expected: Mapping[int, float], pull: float = PULL) -> dict[int, float]:
    """Month of the year (1–12) → how many times as much as without a season; on average over what was expected exactly 1.

    `seen` and `expected` (at an even rate) are sums over whole years. A month with nothing expected has factor 1.
    """
    whole, even = sum(seen.values()), sum(expected.values())
    scale = whole / even if even else 0.0
    raw = {}
    for month in range(1, 13):
        mean = expected.get(month, 0.0) * scale
        raw[month] = (seen.get(month, 0.0) + pull) / (mean + pull) if mean else 1.0
    if not even:
        return raw
    middle = sum(raw[month] * expected.get(month, 0.0) for month in raw) / even
    return {month: factor / middle for month, factor in raw.items()}


@dataclass(frozen=True)
class Trend:
    """Log-linear: the rate is exp(level + slope·t); `error` is the standard error of the slope, both per unit of t."""

    level: float
    slope: float
    error: float

    def at(self, t: float) -> float:
        """The rate per unit of exposure at t."""
        return math.exp(self.level + self.slope * t)

    @property
    def clear(self) -> bool:
        """Whether the slope is more than chance makes (three standard errors: a trend carried on wrongly misleads more than none)."""
        return abs(self.slope) > 3 * self.error


def trend(points: Sequence[tuple[float, float, float]], spread: float = 1.0) -> Trend | None:
    """Fitted to (t, events, exposure) by Poisson likelihood; None where it cannot be: fewer than three points, or nothing happened."""
    kept = [(t, n, e) for t, n, e in points if e > 0]
    n, exposure = sum(row[1] for row in kept), sum(row[2] for row in kept)
    if len(kept) < 3 or n <= 0:
        return None
    centre = sum(t * e for t, _, e in kept) / exposure
    level, slope = math.log(n / exposure), 0.0
    for _ in range(50):
        means = [e * math.exp(min(700.0, level + slope * (t - centre))) for t, _, e in kept]
        s0, s1 = sum(means), sum(m * (t - centre) for m, (t, _, _) in zip(means, kept, strict=True))
        s2 = sum(m * (t - centre) ** 2 for m, (t, _, _) in zip(means, kept, strict=True))
        g0, g1 = n - s0, sum((seen - m) * (t - centre) for m, (t, seen, _) in zip(means, kept, strict=True))
        det = s0 * s2 - s1 * s1
        if det <= 1e-12:
            return None
        up, tilt = (s2 * g0 - s1 * g1) / det, (s0 * g1 - s1 * g0) / det
        longest = max(abs(up), abs(tilt) * max(abs(t - centre) for t, _, _ in kept), 1.0)  # never more than e-fold in one step
        level, slope = level + up / longest, slope + tilt / longest
        if abs(up) + abs(tilt) < 1e-10:
            break
    return Trend(level - slope * centre, slope, math.sqrt(spread * s0 / det))
