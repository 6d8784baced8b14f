"""Intervals for rates, shares and the ratio of two rates: exact where a law of counts allows it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from kesu.warnings.statistics.tails import beta_below, binomial_mid, gamma_below, solved

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Interval:
    """From `low` to `high`; `high` may be infinite."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether the value lies in it, ends included."""
        return self.low <= value <= self.high

    def times(self, factor: float) -> Interval:
        """The interval of what is `factor` times as much."""
        return Interval(self.low * factor, self.high * factor)


def garwood(n: float, exposure: float = 1.0, confidence: float = CONFIDENCE) -> Interval:
    """The exact interval of a Poisson rate per unit of exposure, from n events (Garwood 1936). ValueError without exposure."""
    if exposure <= 0:
        raise ValueError("a rate needs exposure")
    tail, top = (1 - confidence) / 2, n + 20 + 12 * math.sqrt(n + 1)
    low = 0.0 if n <= 0 else solved(lambda mean: gamma_below(n, mean), tail, 0.0, n)
    return Interval(low, solved(lambda mean: gamma_below(n + 1, mean), 1 - tail, 0.0, top)).times(1 / exposure)


def wilson(k: float, n: float, confidence: float = CONFIDENCE) -> Interval:
    """The score interval of a share of k in n (Wilson 1927). ValueError for n ≤ 0."""
    if n <= 0:
        raise ValueError("a share of nothing")
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share, wide = k / n, 1 + z * z / n
    middle = (share + z * z / (2 * n)) / wide
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / wide
    return Interval(max(0.0, middle - half), min(1.0, middle + half))


def clopper_pearson(k: float, n: float, confidence: float = CONFIDENCE) -> Interval:
    """The exact interval of a share, never narrower than it says (Clopper and Pearson 1934). ValueError for n ≤ 0."""
    if n <= 0:
        raise ValueError("a share of nothing")
    tail = (1 - confidence) / 2
    low = 0.0 if k <= 0 else solved(lambda share: beta_below(share, k, n - k + 1), tail, 0.0, 1.0)
    high = 1.0 if k >= n else solved(lambda share: beta_below(share, k + 1, n - k), 1 - tail, 0.0, 1.0)
    return Interval(low, high)


@dataclass(frozen=True)
class Ratio:
    """The rate after over the rate before: None where nothing happened before; with its interval and two-sided mid-p value."""

    value: float | None
    interval: Interval
    p: float


def rate_ratio(
    before: float, before_exposure: float, after: float, after_exposure: float, *, spread: float = 1.0, confidence: float = CONFIDENCE
) -> Ratio:
    """The ratio of two rates, exact given their sum (the later count is binomial then), with mid-p tails.

    `spread` ≥ 1 is how many times the variance exceeds Poisson's: counts are worth so many times less. ValueError without exposure or
    without any event.
    """
    if before_exposure <= 0 or after_exposure <= 0:
        raise ValueError("a ratio needs exposure on both sides")
    n, k = (before + after) / spread, after / spread
    if n <= 0:
        raise ValueError("nothing happened on either side")
    tail = (1 - confidence) / 2
    even = after_exposure / (before_exposure + after_exposure)
    low = 0.0 if k <= 0 else solved(lambda share: binomial_mid(k, n, share), tail, 0.0, 1.0)
    high = 1.0 if k >= n else solved(lambda share: binomial_mid(k, n, share), 1 - tail, 0.0, 1.0)
    interval = Interval(*(_odds(share) * before_exposure / after_exposure for share in (low, high)))
    value = (after / after_exposure) / (before / before_exposure) if before else None
    above = binomial_mid(k, n, even)
    return Ratio(value, interval, min(1.0, 2 * min(above, 1 - above)))


def _odds(share: float) -> float:
    return math.inf if share >= 1 else share / (1 - share)
