"""How far a figure may be off by chance alone: 95 % intervals of shares and rates. Plain arithmetic."""

from __future__ import annotations

from math import sqrt

Z = 1.959964  # 95 %


def wilson(n: int, of: int) -> tuple[float, float] | None:
    """The interval of the share n ÷ of (Wilson, 95 %), both between 0 and 1; None of nothing.

    >>> [round(end, 3) for end in wilson(8, 10)]
    [0.49, 0.943]
    """
    if of <= 0:
        return None
    share = n / of
    middle, spread = share + Z * Z / (2 * of), Z * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of))
    whole = 1 + Z * Z / of
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)


def counted(n: int) -> tuple[float, float]:
    """The interval of a count that comes by chance at an even rate (Poisson, 95 %, Byar's approximation).

    >>> [round(end, 2) for end in counted(10)]
    [4.79, 18.39]
    """
    low = n * (1 - 1 / (9 * n) - Z / (3 * sqrt(n))) ** 3 if n else 0.0
    more = n + 1
    return max(0.0, low), more * (1 - 1 / (9 * more) + Z / (3 * sqrt(more))) ** 3


def apart(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether two intervals have nothing in common: only then one is said to be better than the other."""
    return one[1] < other[0] or other[1] < one[0]
