"""Values as people read them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from kesu.insights.tables.table import Cell, Kind, Tongue

HOUR, DAY = 60, 24 * 60
PLACES: dict[Kind, int] = {"rate": 2, "tenth": 1}


def minutes_words(minutes: float, tongue: Tongue) -> str:
    """Two units at most: 35 分钟, 2 小时 5 分, 3 天 4 小时; rounded down."""
    whole = int(minutes)
    if whole < HOUR:
        return tongue(f"{whole} 分钟", f"{whole} min")
    if whole < DAY:
        hours, rest = divmod(whole, HOUR)
        return tongue(f"{hours} 小时" + (f" {rest} 分" if rest else ""), f"{hours} h" + (f" {rest} min" if rest else ""))
    days, rest = divmod(whole // HOUR, 24)
    return tongue(f"{days} 天" + (f" {rest} 小时" if rest else ""), f"{days} d" + (f" {rest} h" if rest else ""))


def shown(cell: Cell, kind: Kind, tongue: Tongue, zone: str) -> str:
    """The value in words; what cannot be given says why; a share of nothing is blank."""
    value, kind = cell.value, cell.kind or kind
    if value is None:
        return cell.words
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return f"{value.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return number_words(value, kind, tongue)


def number_words(value: float, kind: Kind, tongue: Tongue) -> str:
    """A number of this kind."""
    if kind == "share":
        return f"{value * 100:.1f}%"
    if kind == "minutes":
        return minutes_words(value, tongue)
    if kind == "fen":
        yuan = f"{value / 100:,.2f}".removesuffix(".00")
        return tongue(f"{yuan} 元", f"{yuan} yuan")
    return f"{value:,.{PLACES.get(kind, 0)}f}"


def interval_words(cell: Cell, kind: Kind, tongue: Tongue) -> str:
    """82.1% – 94.0%: within what a figure may lie by chance; "" where there is no such thing."""
    if cell.interval is None or cell.value is None:
        return ""
    low, high = (number_words(end, cell.kind or kind, tongue) for end in cell.interval)
    return f"{low} – {high}"
