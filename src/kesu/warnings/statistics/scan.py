"""A window that slides over time: how often a year would it hold so many events by chance alone?

The rate at which a sliding window comes to hold k events, counted once per cluster, is Alm's (1983): (1 − μ/k)·λ·p(k−1; μ) with μ expected
in the window. Our λ is known only as well as the history tells: a gamma distribution. Averaged over it the rate becomes
(k·P(k) − (k+1)·P(k+1)) / window, P being the negative binomial of what the window holds. A short history so makes everything likelier.
How often one looks is then counted by adding: what is looked at each day shares one budget of chance a year (`share`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from kesu.warnings.statistics.tails import beta_below

A_YEAR = 365.25  # days
USUAL = 1.25  # up to so many standard deviations above the mean a count is what windows hold anyway; the formula is for what lies beyond
HALF = 0.5  # events that ignorance is worth (Jeffreys)


@dataclass(frozen=True)
class Known:
    """What a history says of a rate: so many events (real: half an event is ignorance) in so much exposure."""

    events: float
    exposure: float

    @property
    def rate(self) -> float:
        """Events per unit of exposure."""
        return self.events / self.exposure


def known_from(n: int, exposure: float, usual: float | None = None) -> Known:
    """From n events in this exposure. `usual`: the rate of others of its kind, which counts as half an event; else ignorance does.

    ValueError without exposure, unless there is a usual rate.
    """
    more = HALF / usual if usual else 0.0
    if exposure + more <= 0:
        raise ValueError("a rate needs exposure")
    return Known(n + HALF, exposure + more)


def holds(k: float, known: Known, exposure: float) -> float:
    """The probability that a window with this exposure holds exactly k (negative binomial); k may be a real number."""
    if k < 0:
        return 0.0
    if exposure <= 0:
        return float(k == 0)
    a, b = known.events, known.exposure
    log = math.lgamma(k + a) - math.lgamma(k + 1) - math.lgamma(a) - a * math.log1p(exposure / b) - k * math.log1p(b / exposure)
    return math.exp(log)


def holds_or_more(k: float, known: Known, exposure: float) -> float:
    """The probability that it holds k or more."""
    if k <= 0:
        return 1.0
    return beta_below(exposure / (exposure + known.exposure), k, known.events) if exposure > 0 else 0.0


def clusters_a_year(n: int, known: Known, exposure: float, days: float, spread: float = 1.0) -> float:
    """How often a year a sliding window of so many days and so much exposure comes to hold n or more by chance, counted once per cluster.

    `spread`: how many times the variance exceeds Poisson's. What lies about where counts lie anyway comes in every window.
    """
    k, scaled, part = n / spread, Known(known.events / spread, known.exposure), A_YEAR / days
    mean = scaled.rate * exposure
    if k <= mean + USUAL * math.sqrt(mean * (1 + exposure / scaled.exposure)) + 1:
        return part
    rate = k * holds(k, scaled, exposure) - (k + 1) * holds(k + 1, scaled, exposure)
    return min(part, max(rate, holds(k, scaled, exposure)) * part)


def fewest(chance: float, known: Known, exposure: float, days: float, spread: float = 1.0) -> int:
    """The smallest number that comes by chance at most so often a year."""
    n = max(1, math.ceil(known.rate * exposure))
    while clusters_a_year(n, known, exposure, days, spread) > chance:
        n += 1
    return n


def shares_a_year(grave: int, n: int, before_grave: int, before: int, days: float) -> float:
    """How often a year, by chance, `grave` or more of the n in a window of so many days are grave, where `before_grave` of `before` were.

    Windows that overlap are told apart twice a length: 2 · 365.25 / days looks a year.
    """
    p = _grave_or_more(grave, n, before_grave + HALF, before - before_grave + HALF)
    return p * 2 * A_YEAR / days


def _grave_or_more(k: int, n: int, a: float, b: float) -> float:
    """The beta-binomial tail."""
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) - math.lgamma(n + a + b) + math.lgamma(n + 1)
    terms = (
        math.exp(front + math.lgamma(j + a) + math.lgamma(n - j + b) - math.lgamma(j + 1) - math.lgamma(n - j + 1)) for j in range(k, n + 1)
    )
    return min(1.0, sum(terms))
