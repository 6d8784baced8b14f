"""Drawings made on the server: bars, columns, Pareto. Plain SVG with attributes and classes, no style: it keeps to a strict policy, follows
the theme on a page and prints in black. A table with the same numbers stands beside each, so the drawing is one picture with a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 720
LINE = 26
NAME = 176  # of which the names of bars take
END = 84  # room for the value after a bar


@dataclass(frozen=True)
class Bar:
    """One bar: its name, its length, the words at its end, the ends of its interval, and whether it is set apart (late, worse)."""

    name: str
    value: float
    words: str
    interval: tuple[float, float] | None = None
    tone: str = ""


def bars(rows: Sequence[Bar], said: str) -> str:
    """Lying bars, one below the other; "" for none."""
    if not rows:
        return ""
    most = max([row.value for row in rows] + [row.interval[1] for row in rows if row.interval]) or 1
    room = WIDTH - NAME - END
    parts = []
    for n, row in enumerate(rows):
        y, length = n * LINE, room * max(row.value, 0) / most
        parts.append(_text(NAME - 8, y + 17, _cut(row.name, 12), "", "end"))
        parts.append(_rect(NAME, y + 6, length, 14, row.tone or "few"))
        end = length
        if row.interval:
            low, high = (room * max(edge, 0) / most for edge in row.interval)
            end = max(end, high)
            edges = "".join(f"M{NAME + edge:.1f} {y + 9}v8" for edge in (low, high))
            parts.append(f'<path class="span" d="M{NAME + low:.1f} {y + 13}H{NAME + high:.1f}{edges}"/>')
        parts.append(_text(NAME + end + 6, y + 17, row.words, "say"))
    return _svg(WIDTH, len(rows) * LINE + 4, said, parts)


@dataclass(frozen=True)
class Series:
    """Columns side by side, or a line."""

    name: str
    values: Sequence[float | None]
    line: bool = False
    tone: str = ""


def columns(labels: Sequence[str], series: Sequence[Series], said: str, height: int = 180) -> str:
    """Standing columns (and lines over them) from left to right; a value that is not known leaves a gap. "" for nothing."""
    known = [value for row in series for value in row.values if value is not None]
    if not labels or not known:
        return ""
    most = max(known) or 1
    left, top, foot = 36, 20, 22
    step, tall = (WIDTH - left) / len(labels), height - top - foot
    standing = [row for row in series if not row.line]
    parts = [_axis(left, top, tall, most)]
    for place, row in enumerate(standing):
        wide = step * 0.7 / max(len(standing), 1)
        for n, value in enumerate(row.values):
            if value is not None:
                high = tall * value / most
                parts.append(_rect(left + step * (n + 0.15) + wide * place, top + tall - high, wide, high, row.tone or "few"))
                if place == 0 and value and len(labels) <= 16:
                    parts.append(_text(left + step * (n + 0.5), top + tall - high - 4, f"{value:,.0f}", "say", "middle"))
    for row in series:
        if row.line:
            parts.append(
                _line(
                    [
                        (left + step * (n + 0.5), top + tall - tall * value / most)
                        for n, value in enumerate(row.values)
                        if value is not None
                    ],
                    row.tone,
                )
            )
    every = max(1, -(-len(labels) // 16))
    parts += [_text(left + step * (n + 0.5), height - 5, name, "", "middle") for n, name in enumerate(labels) if n % every == 0]
    return _svg(WIDTH, height, said, parts)


def pareto(rows: Sequence[tuple[str, int]], said: str) -> str:
    """The largest first, and how much of the whole the first so many make together."""
    total = sum(n for _, n in rows)
    if not total:
        return ""
    height, left, top, foot = 240, 36, 20, 40
    step, tall, most = (WIDTH - left - 36) / len(rows), height - top - foot, max(n for _, n in rows)  # the rest together may be the most
    parts, words, seen, points = [_axis(left, top, tall, most, WIDTH - 36)], [], 0, []
    for n, (name, count) in enumerate(rows):
        seen += count
        high = tall * count / most
        x = left + step * (n + 0.5)
        parts.append(_rect(x - step * 0.35, top + tall - high, step * 0.7, high, "few"))
        words.append(_text(x, top + tall - high - 4, f"{count:,}", "say", "middle"))
        words.append(
            _text(x, height - 22 if n % 2 == 0 or len(rows) < 8 else height - 6, _cut(name, 8 if len(rows) < 8 else 6), "", "middle")
        )
        points.append((x, top + tall - tall * seen / total))
    parts += [_line(points, "cum"), *words]  # the numbers over the line
    parts.append(_text(WIDTH - 32, top + 4, "100%", ""))
    parts.append(_text(WIDTH - 32, top + tall * 0.2 + 4, "80%", ""))
    parts.append(f'<path class="grid" d="M{left} {top + tall * 0.2:.1f}H{WIDTH - 36}"/>')
    return _svg(WIDTH, height, said, parts)


def _svg(width: int, height: int, said: str, parts: Sequence[str]) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">'
        f"<title>{escape(said)}</title>{''.join(parts)}</svg>"
    )


def _axis(left: int, top: int, tall: float, most: float, right: int = WIDTH) -> str:
    middle = top + tall / 2
    return (
        f'<path class="grid" d="M{left} {top}H{right}M{left} {middle:.1f}H{right}M{left} {top + tall:.1f}H{right}"/>'
        f"{_text(left - 6, top + 4, _short(most), '', 'end')}{_text(left - 6, top + tall + 4, '0', '', 'end')}"
    )


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"


def _rect(x: float, y: float, width: float, height: float, kind: str) -> str:
    return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}"/>'


def _text(x: float, y: float, words: str, kind: str, anchor: str = "start") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _line(points: Sequence[tuple[float, float]], tone: str) -> str:
    path = " ".join(f"{'L' if n else 'M'}{x:.1f} {y:.1f}" for n, (x, y) in enumerate(points))
    dots = "".join(f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="2.5"/>' for x, y in points)
    return f'<path class="run {tone}" d="{path}"/>{dots}'


def _cut(words: str, most: int) -> str:
    """As many characters as fit; a Latin letter takes half the room of a Chinese one."""
    room, kept = 2 * most, ""
    for letter in words:
        room -= 1 if ord(letter) < 0x2E80 else 2
        if room < 0:
            return kept + "…"
        kept += letter
    return kept
