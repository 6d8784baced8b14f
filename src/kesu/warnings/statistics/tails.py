"""Exact tails of the Poisson and binomial distributions, by the incomplete gamma and beta functions.

Both functions take real numbers, not only counts: counts divided by an overdispersion are no whole numbers any more. For whole numbers they
are the plain sums of probabilities (tests compare them).
"""

from __future__ import annotations

import math
from collections.abc import Callable

TINY, CLOSE, MOST = 1e-300, 1e-15, 100_000


def gamma_below(a: float, x: float) -> float:
    """The regularised lower incomplete gamma function P(a, x); a > 0. ValueError for a ≤ 0 or x < 0."""
    if a <= 0 or x < 0:
        raise ValueError(f"P(a, x) needs a > 0 and x >= 0, not {a}, {x}")
    if x == 0:
        return 0.0
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        return min(1.0, front * _gamma_series(a, x))
    return max(0.0, 1.0 - front * _gamma_fraction(a, x))


def gamma_above(a: float, x: float) -> float:
    """1 − P(a, x), without the loss of digits where that is small."""
    if x < a + 1:
        return 1.0 - gamma_below(a, x)
    return math.exp(a * math.log(x) - x - math.lgamma(a)) * _gamma_fraction(a, x)


def _gamma_series(a: float, x: float) -> float:
    term = whole = 1.0 / a
    for n in range(1, MOST):
        term *= x / (a + n)
        whole += term
        if term < whole * CLOSE:
            break
    return whole


def _gamma_fraction(a: float, x: float) -> float:
    """The continued fraction of the upper part, evaluated from the front (Lentz)."""
    b = x + 1 - a
    c, d = 1 / TINY, 1 / b
    whole = d
    for n in range(1, MOST):
        step = -n * (n - a)
        b += 2
        d = 1 / _not_zero(step * d + b)
        c = _not_zero(b + step / c)
        whole *= c * d
        if abs(c * d - 1) < CLOSE:
            break
    return whole


def beta_below(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b); a, b > 0. ValueError elsewhere."""
    if a <= 0 or b <= 0 or not 0 <= x <= 1:
        raise ValueError(f"I_x(a, b) needs a, b > 0 and x in [0, 1], not {x}, {a}, {b}")
    if x in (0.0, 1.0):
        return x
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return min(1.0, front * _beta_fraction(x, a, b) / a)
    return max(0.0, 1.0 - front * _beta_fraction(1 - x, b, a) / b)


def _beta_fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1))
    whole = d
    for m in range(1, MOST):
        for step in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            c, d = 1 + step / c, 1 + step * d
            c = c if c > TINY or c < -TINY else TINY  # as `_not_zero`: calling it would take a third of the time of all these sums
            d = 1 / (d if d > TINY or d < -TINY else TINY)
            whole *= c * d
        if -CLOSE < c * d - 1 < CLOSE:
            break
    return whole


def _not_zero(value: float) -> float:
    return value if abs(value) > TINY else TINY


def poisson(k: float, mean: float) -> float:
    """The probability of exactly k where `mean` are expected."""
    if k < 0:
        return 0.0
    return math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) if mean > 0 else float(k == 0)


def poisson_or_more(k: float, mean: float) -> float:
    """The probability of k or more."""
    return 1.0 if k <= 0 else gamma_below(k, mean)


def poisson_or_fewer(k: float, mean: float) -> float:
    """The probability of k or fewer."""
    return 0.0 if k < 0 else gamma_above(k + 1, mean) if mean > 0 else 1.0


def binomial_or_more(k: float, n: float, share: float) -> float:
    """The probability of k or more of n, each with probability `share`."""
    if k <= 0:
        return 1.0
    return 0.0 if k > n else beta_below(share, k, n - k + 1)


def binomial_or_fewer(k: float, n: float, share: float) -> float:
    """The probability of k or fewer of n."""
    if k >= n:
        return 1.0
    return 0.0 if k < 0 else beta_below(1 - share, n - k, k + 1)


def binomial_mid(k: float, n: float, share: float) -> float:
    """The probability of more than k, and half of that of exactly k: the mid-p tail."""
    return (binomial_or_more(k, n, share) + binomial_or_more(k + 1, n, share)) / 2


def solved(rising: Callable[[float], float], wanted: float, low: float, high: float) -> float:
    """Where a rising function takes this value, between `low` and `high`; to about twelve digits of the distance."""
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if rising(middle) < wanted:
            low = middle
        else:
            high = middle
        if high - low <= 1e-13 * max(1.0, abs(high)):
            break
    return (low + high) / 2
