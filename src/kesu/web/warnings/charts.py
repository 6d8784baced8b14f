"""A small chart as the server draws it: bars, what is usual, and the limits; where everything stands is reckoned here, not in the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

WIDTH, HEIGHT, TOP, FOOT, LEFT = 560, 164, 12, 30, 26


@dataclass(frozen=True)
class Bar:
    """One stretch of days."""

    x: float
    y: float
    width: float
    height: float
    kind: str  # many, few (within the window looked at), bad (above its limit)
    words: str


@dataclass(frozen=True)
class Line:
    """A level step of what is usual, or of a limit."""

    x1: float
    x2: float
    y: float


@dataclass(frozen=True)
class Chart:
    """Everything that is drawn; `title` says its finding in words."""

    width: int
    height: int
    bars: list[Bar]
    usual: list[Line]
    limits: list[Line]
    ticks: list[tuple[float, str, str]]  # x, where the words begin, the words
    levels: list[tuple[float, str]]  # y, number
    change: tuple[float, float] | None  # x from, width: between before and after
    title: str
    foot: float


def chart(series: dict[str, Any], title: str, zh: bool, since: int | None = None) -> Chart | None:
    """From the series of a signal or of an effect; None where there is nothing to draw. `since`: the first day of what is looked at."""
    counts = series.get("n") or []
    if not counts:
        return None
    step, base = (WIDTH - LEFT) / len(counts), HEIGHT - FOOT
    tops = [high for limit in series["limits"] if limit for high in limit[1:]]
    most = max([*counts, *(level for level in series["usual"] if level is not None), *tops, 1.0])

    def y(value: float) -> float:
        return round(base - (base - TOP) * value / most, 1)

    days, first = series["days"], series["from"]
    bars, usual, limits = [], [], []
    for n, count in enumerate(counts):
        x, start = LEFT + n * step, first + n * days
        limit = series["limits"][n]
        inside = since is not None and start + days > since
        kind = "bad" if limit and count > limit[1] else "few" if inside else "many"
        words = _words(series, n, zh)
        bars.append(Bar(round(x + step * 0.15, 1), y(count), round(step * 0.7, 1), round(base - y(count), 1), kind, words))
        if series["usual"][n] is not None:
            usual.append(Line(round(x, 1), round(x + step, 1), y(series["usual"][n])))
        if limit:
            limits.append(Line(round(x, 1), round(x + step, 1), y(limit[1])))
    ticks: list[tuple[float, str, str]] = [(LEFT, "start", _day(first, zh)), (WIDTH, "end", _day(first + len(counts) * days - 1, zh))]
    levels = [(y(0), "0"), (y(round(most)), str(round(most)))]
    return Chart(WIDTH, HEIGHT, bars, usual, limits, ticks, levels, _change(series, step), title, HEIGHT - 8)


def _words(series: dict[str, Any], n: int, zh: bool) -> str:
    start = _day(series["from"] + n * series["days"], zh)
    told = {"from": start, "days": series["days"], "n": series["n"][n]}
    if series["usual"][n] is None:
        return _("%(from)s 起 %(days)s 天：%(n)s 件") % told
    return _("%(from)s 起 %(days)s 天：%(n)s 件，平常约 %(usual)s 件") % (told | {"usual": f"{series['usual'][n]:.1f}"})


def _change(series: dict[str, Any], step: float) -> tuple[float, float] | None:
    if "change" not in series:
        return None
    ends, begins = series["change"]
    last = series["from"] + len(series["n"]) * series["days"]
    a, b = (LEFT + step * (min(max(day, series["from"]), last) - series["from"]) / series["days"] for day in (ends, begins))
    return round(a, 1), round(max(2.0, b - a), 1)


def _day(day: int, zh: bool) -> str:
    there = date.fromordinal(day)
    return f"{there.year} 年 {there.month} 月 {there.day} 日" if zh else f"{there.day} {there:%b %Y}"
