"""The official days of a country: statutory days off and make-up working days, day by day, with their source.

The facts are data (`packs/calendars/*.csv`). Years that nobody has announced yet are computed and say so: a row dated `--10-01`
is that day of every year without rows of its own (days off by law that need no almanac).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from kesu.procedure.instants import TimeRefused

OFF, WORK, ORDINARY = "off", "work", "ordinary"
EVERY_YEAR = 4  # stands for the year of rows that come round
EXPECTED = "推算"
"""The source of a day that follows from the law of statutory days but that no notice has confirmed."""

_ENGLISH = {
    "元旦": "New Year",
    "春节": "Spring Festival",
    "清明节": "Tomb-Sweeping Day",
    "劳动节": "Labour Day",
    "端午节": "Dragon Boat Festival",
    "中秋节": "Mid-Autumn Festival",
    "国庆节": "National Day",
    "公司假日": "company holiday",
    "耶稣受难日": "Good Friday",
    "复活节星期六": "Easter Saturday",
    "复活节星期日": "Easter Sunday",
    "复活节星期一": "Easter Monday",
    "五月初银行假日": "Early May bank holiday",
    "春季银行假日": "Spring bank holiday",
    "夏季银行假日": "Summer bank holiday",
    "圣诞节": "Christmas Day",
    "节礼日": "Boxing Day",
    "澳大利亚日": "Australia Day",
    "澳新军团日": "Anzac Day",
    "国王生日": "King's Birthday",
    "劳工日": "Labour Day",
    "马丁·路德·金纪念日": "Martin Luther King Jr. Day",
    "华盛顿诞辰日": "Washington's Birthday",
    "阵亡将士纪念日": "Memorial Day",
    "六月节": "Juneteenth",
    "独立日": "Independence Day",
    "劳工节": "Labor Day",
    "哥伦布日": "Columbus Day",
    "退伍军人节": "Veterans Day",
    "感恩节": "Thanksgiving Day",
}
_SUBSTITUTE = "补假"  # 圣诞节补假: the weekday off for a holiday that falls on a weekend


class OfficialDay(NamedTuple):
    """One day that differs from its weekday. `kind`: "off", "work", or "ordinary" (takes back what was listed before)."""

    date: date
    kind: str
    name: str = ""
    source: str = ""


class OfficialDays:
    """Immutable. `confirmed_until` is the last day that notices cover; later answers are computed and may change.

    A notice for next year may still move the last days of December; the confirmed part ends on 31 December all the same,
    because that is what a notice announces.
    """

    __slots__ = ("_days", "_every_year", "_years", "confirmed_from", "confirmed_until")

    def __init__(
        self,
        rows: Iterable[OfficialDay],
        confirmed_until: date | None = None,
        every_year: Mapping[tuple[int, int], str] | None = None,
    ) -> None:
        """`every_year`: (month, day) → name of a day off, for years without rows. Raises TimeRefused for an unknown kind."""
        self._every_year = dict(every_year or {})
        self._days = {row.date: row for row in map(_checked, rows)}
        self._years = frozenset(day.year for day in self._days)
        announced = [row.date for row in self._days.values() if row.source != EXPECTED]
        self.confirmed_until = confirmed_until or date(max(announced, default=date.min).year, 12, 31)
        self.confirmed_from = date(min(announced, default=date.max).year, 1, 1)

    @classmethod
    def read(cls, path: Path | str) -> OfficialDays:
        """From a CSV with the columns date, kind, name, source. Raises TimeRefused with file and line."""
        rows = list(_rows(Path(path)))
        yearly = {(row.date.month, row.date.day): row.name for row in rows if row.date.year == EVERY_YEAR}
        return cls((row for row in rows if row.date.year != EVERY_YEAR), every_year=yearly)

    def with_rows(
        self, rows: Iterable[tuple[date, str] | tuple[date, str, str] | tuple[date, str, str, str]], confirmed_until: date | None = None
    ) -> OfficialDays:
        """A new one with a company's own rows added or put over the listed ones.

        Rows of their own do not confirm a year; whoever enters an announced year hands in the new `confirmed_until`.
        """
        added = {row.date: row for row in (_checked(OfficialDay(*row)) for row in rows)}
        changed = OfficialDays({**self._days, **added}.values(), confirmed_until or self.confirmed_until, self._every_year)
        changed.confirmed_from = self.confirmed_from
        # A day of their own says nothing about the rest of a year that nobody has announced: that is computed as before.
        changed._years = self._years | {day.year for day in added if day <= changed.confirmed_until}
        return changed

    def kind(self, day: date) -> str | None:
        """ "off", "work", or None for an ordinary day."""
        row = self._days.get(day)
        if row is not None:
            return None if row.kind == ORDINARY else row.kind
        return OFF if self._computed(day) else None

    def name(self, day: date) -> str:
        """What the day is called in Chinese, "" for an ordinary one."""
        row = self._days.get(day)
        return row.name if row is not None else self._computed(day)

    def source(self, day: date) -> str:
        """The notice that says so; 推算 for a computed day; "" for an ordinary one."""
        row = self._days.get(day)
        if row is not None:
            return row.source
        return EXPECTED if self._computed(day) else ""

    def confirmed(self, day: date) -> bool:
        """Whether a notice covers that day's year."""
        return self.confirmed_from <= day <= self.confirmed_until

    def __iter__(self) -> Iterator[OfficialDay]:
        """The listed rows in order of date."""
        return iter(sorted(self._days.values()))

    def _computed(self, day: date) -> str:
        return "" if day.year in self._years else self._every_year.get((day.month, day.day), "")


def english_name(name: str) -> str:
    """The festival's English name; a name of the company's own stays as it is."""
    return " and ".join(map(_english_part, name.split("、")))


def _english_part(name: str) -> str:
    festival = name.removesuffix(_SUBSTITUTE)
    if festival != name and festival in _ENGLISH:
        return f"{_ENGLISH[festival]} (substitute day)"
    return _ENGLISH.get(name, name)


def _checked(row: OfficialDay) -> OfficialDay:
    if row.kind in (OFF, WORK, ORDINARY):
        return row
    raise TimeRefused(
        f"{row.date} 的种类「{row.kind}」不认识，只能是 off、work、ordinary", f"{row.date}: kind {row.kind!r} is not off, work or ordinary"
    )


def _rows(path: Path) -> Iterator[OfficialDay]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        for row in reader:
            yield _row(row, f"{path}:{reader.line_num}")


def _date(text: str) -> date:
    """A date; `--10-01` is that day of every year (of the leap year 4, so that 29 February can be written)."""
    return date.fromisoformat(f"{EVERY_YEAR:04d}{text[1:]}" if text.startswith("--") else text)


def _row(row: dict[str, str], where: str) -> OfficialDay:
    try:
        return _checked(OfficialDay(_date(row["date"]), row["kind"], row["name"], row["source"]))
    except KeyError as missing:
        raise TimeRefused(f"{where}：缺少一列 {missing}", f"{where}: column {missing} is missing") from missing
    except TimeRefused as refused:
        raise TimeRefused(f"{where}：{refused.reason_zh}", f"{where}: {refused.reason_en}") from refused
    except (ValueError, TypeError) as wrong:
        raise TimeRefused(f"{where}：不是日期 {row['date']}", f"{where}: not a date: {row['date']}") from wrong
