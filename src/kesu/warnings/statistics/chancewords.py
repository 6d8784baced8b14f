"""How unusual something is, in words that do not oversell: how often it comes by chance alone, counting everything that is looked at."""

from __future__ import annotations

import math

NEVER_OFTENER = 100.0  # years; no history carries more than "less than once in a hundred years"


def how_often(a_year: float, language: str) -> str:
    """About how often by chance, where `a_year` times are expected."""
    zh = language.startswith("zh")
    if a_year <= 0 or 1 / a_year >= NEVER_OFTENER:
        return "单凭巧合，一百年也难有一次" if zh else "by chance less than once in a hundred years"
    years = 1 / a_year
    if years >= 1.75:
        n = rounded(years)
        return f"单凭巧合，约 {n} 年一次" if zh else f"about once in {n} years by chance"
    if years >= 0.75:
        return "单凭巧合，约一年一次" if zh else "about once a year by chance"
    if a_year < 12:
        n = round(a_year)
        return f"单凭巧合，一年约 {n} 次" if zh else f"about {n} times a year by chance"
    return "单凭巧合，每个月都会有" if zh else "every month by chance"


def rounded(years: float) -> int:
    """Whole years, from twenty on in tens: downwards, so that nothing sounds rarer than it is."""
    return math.floor(years / 10) * 10 if years >= 20 else max(2, math.floor(years))


def ordinary(language: str) -> str:
    """What is not unusual is called so."""
    return "在平常的上下之间" if language.startswith("zh") else "ordinary variation"
