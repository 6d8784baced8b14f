"""A time limit as the pack writes it: read, checked, written back, put in words. What it means in dates is in `due`.

90s  10m  1h  24h      in the clock's own time (office hours or round the clock)
36h elapsed            elapsed, in office hours too (also s, m)
2d                     2 × 24 hours, elapsed
same-day, 2d 24:00     24:00 of the start day, of the second day after it
2d 24:00 counting-start      the start day is day 1
1w  1mo                the same wall-clock time, weeks or months later (last day of a shorter month); with 24:00: that day's end
1mo 24:00 counting-start     the start day is the first: from the 15th to the end of the 14th (of a shorter month its last day)
2wd                    24:00 of the second working day after the start day
2wd close, 2wd same-time, 2wd counting-start      closing time that day; the start's time that day (from
                       a day of rest: 24:00); the start day is day 1
customer-date          when the customer asked for it; 30d before customer-date: 24:00 of the day that lies so far ahead of it
monthly 30, yearly 06-01      24:00 of that day, the next one; the 30th of a shorter month is its last day
earlier of A | B       whichever comes first; "later of A | B" whichever comes last
… rolling              a start out of hours counts as the next opening (any of the above but dates; needs opening hours)
… cut-off 16:00        the same, and a start from 16:00 on counts as the next working day's opening
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache

from kesu.procedure.instants import TimeRefused, minutes

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_ROUGHLY = {**SECONDS, "w": 7 * 86_400, "mo": 30 * 86_400, "wd": 86_400}
_TEN_YEARS = 3660 * 86_400
_ZH = {"s": "秒", "m": "分钟", "h": "小时", "d": "天", "w": "周", "mo": "个月", "wd": "个工作日"}
_EN = {"s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week", "mo": "month", "wd": "working day"}
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class LimitError(TimeRefused):
    """A limit that cannot be read. `text` is what was written; the reasons say what to do."""

    def __init__(self, text: str, reason_zh: str, reason_en: str) -> None:
        super().__init__(reason_zh, reason_en)
        self.text = text


@dataclass(frozen=True)
class Limit:
    """Any limit. `str()` gives the canonical spelling, which parses to an equal limit."""

    def words(self, language: str = "zh") -> str:
        """What people read, in Chinese ("zh…") or English."""
        raise NotImplementedError

    @property
    def needs_working_days(self) -> bool:
        """Whether it can only be reckoned with office hours (a round-the-clock clock has no working days)."""
        return False

    @property
    def needs_opening_hours(self) -> bool:
        """The same, also for a limit in calendar time whose start rolls to an opening."""
        return self.needs_working_days

    @property
    def asks_customer(self) -> bool:
        """Whether the customer's own date takes part in it."""
        return False


@dataclass(frozen=True)
class Within(Limit):
    """So much of the clock's own time."""

    number: int
    unit: str

    @cached_property
    def seconds(self) -> int:
        """The limit in seconds."""
        return self.number * SECONDS[self.unit]

    @cached_property
    def spelt(self) -> str:
        """As `str`, made once: a pack's few limits are reckoned with again and again."""
        return str(self)

    def __str__(self) -> str:
        return f"{self.number}{self.unit}"

    def words(self, language: str = "zh") -> str:
        return _amount(self.number, self.unit, language)


@dataclass(frozen=True)
class Elapsed(Within):
    """So much elapsed time, whatever the office hours."""

    def __str__(self) -> str:
        return super().__str__() + ("" if self.unit == "d" else " elapsed")

    def words(self, language: str = "zh") -> str:
        if self.unit == "d":
            return super().words(language) + _say(language, "（每天 24 小时）", " (24 hours each)" if self.number > 1 else " (24 hours)")
        return super().words(language) + _say(language, "（不分昼夜）", ", day and night")


@dataclass(frozen=True)
class DayEnd(Limit):
    """24:00 of the nth day after the start day; 0 is the start day itself. With `counting_start` the start day is day 1."""

    days: int
    counting_start: bool = False

    @property
    def later(self) -> int:
        """How many days after the start day it ends."""
        return self.days - self.counting_start

    def __str__(self) -> str:
        if self.counting_start:
            return f"{self.days}d 24:00 counting-start"
        return f"{self.days}d 24:00" if self.days else "same-day"

    def words(self, language: str = "zh") -> str:
        if self.counting_start:
            en = f"{_amount(self.days, 'd', 'en')}, the first day counts, until 24:00"
            return _say(language, f"{self.days} 天（含当天），到最后一天 24:00", en)
        if not self.days:
            return _say(language, "当天 24:00 前", "by 24:00 the same day")
        if self.days == 1:
            return _say(language, "第二天 24:00 前", "by 24:00 the next day")
        return _say(language, f"{self.days} 天后的 24:00 前", f"by 24:00 on the day {self.days} days later")


@dataclass(frozen=True)
class Later(Limit):
    """Weeks ("w") or months ("mo") later at the same wall-clock time, or at the end of that day. With `counting_start` the start day
    is the first of them, so it ends with the day before."""

    number: int
    unit: str
    midnight: bool = False
    counting_start: bool = False

    def __str__(self) -> str:
        return f"{self.number}{self.unit}" + (" 24:00" if self.midnight else "") + (" counting-start" if self.counting_start else "")

    def words(self, language: str = "zh") -> str:
        if self.counting_start:
            en = f"{_amount(self.number, self.unit, 'en')}, the first day counts, until 24:00 of the last one"
            return _say(language, f"{_amount(self.number, self.unit, 'zh')}（含当天），到最后一天 24:00", en)
        amount = _amount(self.number, self.unit, language)
        return amount + _say(language, "，到那天 24:00", ", until 24:00 that day") if self.midnight else amount


@dataclass(frozen=True)
class WorkingDays(Limit):
    """The nth working day. `end`: "24:00", "close" or "same-time"; the start day counts only with `counting_start`."""

    number: int
    end: str = "24:00"
    counting_start: bool = False

    def __str__(self) -> str:
        return f"{self.number}wd" + (" counting-start" if self.counting_start else "") + ("" if self.end == "24:00" else f" {self.end}")

    @property
    def needs_working_days(self) -> bool:
        return True

    def words(self, language: str = "zh") -> str:
        ends = {
            "24:00": _say(language, "", ""),
            "close": _say(language, "，下班前", ", by closing time"),
            "same-time": _say(language, "，到那天的同一时刻", ", by the same time of day"),
        }
        first = _say(language, "（含当天）", " (the first day counts)") if self.counting_start else ""
        return _amount(self.number, "wd", language) + first + ends[self.end]


@dataclass(frozen=True)
class CustomerDate(Limit):
    """When the customer asked for it, or 24:00 of the day `ahead` days before that one; nothing runs when no date was named."""

    ahead: int = 0

    def __str__(self) -> str:
        return f"{self.ahead}d before customer-date" if self.ahead else "customer-date"

    @property
    def asks_customer(self) -> bool:
        return True

    def words(self, language: str = "zh") -> str:
        if self.ahead:
            en = f"by 24:00 on the day {_amount(self.ahead, 'd', 'en')} before the date named"
            return _say(language, f"约定的日子前 {self.ahead} 天，到那天 24:00", en)
        return _say(language, "客户要求的时间前", "by the time the customer asked for")


@dataclass(frozen=True)
class EachMonth(Limit):
    """24:00 of a day of the month, or of its last day when the month is shorter (the 30th in February)."""

    day: int

    def __str__(self) -> str:
        return f"monthly {self.day}"

    def words(self, language: str = "zh") -> str:
        short_zh, short_en = ("（没有这天的月份为最后一天）", " (or the month's last day)") if self.day > 28 else ("", "")
        return _say(language, f"每月 {self.day} 日 24:00 前{short_zh}", f"by 24:00 on day {self.day} of the month{short_en}")


@dataclass(frozen=True)
class EachYear(Limit):
    """24:00 of a day of the year; 29 February is the 28th in common years."""

    month: int
    day: int

    def __str__(self) -> str:
        return f"yearly {self.month:02d}-{self.day:02d}"

    def words(self, language: str = "zh") -> str:
        return _say(language, f"每年 {self.month} 月 {self.day} 日 24:00 前", f"each year by 24:00 on {self.day} {MONTHS[self.month - 1]}")


@dataclass(frozen=True)
class Either(Limit):
    """The earlier or the later of several; a customer's date that is missing does not take part."""

    which: str
    parts: tuple[Limit, ...]

    def __str__(self) -> str:
        return f"{self.which} of " + " | ".join(map(str, self.parts))

    @property
    def needs_working_days(self) -> bool:
        return any(part.needs_working_days for part in self.parts)

    @property
    def needs_opening_hours(self) -> bool:
        return any(part.needs_opening_hours for part in self.parts)

    @property
    def asks_customer(self) -> bool:
        return any(part.asks_customer for part in self.parts)

    def words(self, language: str = "zh") -> str:
        first = self.which == "earlier"
        parts = [part.words(language) for part in self.parts]
        if language.startswith("zh"):
            return "或".join(parts) + ("，以早到的为准" if first else "，以晚到的为准")
        return " or ".join(parts) + (", whichever comes first" if first else ", whichever comes last")


@dataclass(frozen=True)
class Rolled(Limit):
    """A limit whose start out of opening hours, or from the cut-off (minutes from midnight) on, counts as a later opening."""

    limit: Limit
    cut_off: int | None = None

    def __str__(self) -> str:
        return f"{self.limit} rolling" if self.cut_off is None else f"{self.limit} cut-off {_clock(self.cut_off)}"

    @property
    def needs_opening_hours(self) -> bool:
        return True

    @property
    def needs_working_days(self) -> bool:
        return self.limit.needs_working_days

    @property
    def asks_customer(self) -> bool:
        return self.limit.asks_customer

    def words(self, language: str = "zh") -> str:
        if self.cut_off is None:
            said = _say(language, "（下班后收到的从下次上班算）", " (received out of hours: from the next opening)")
        else:
            at = _clock(self.cut_off)
            said = _say(language, f"（{at} 以后收到的从下个工作日算）", f" (received from {at} on: from the next working day)")
        return self.limit.words(language) + said


@dataclass(frozen=True)
class Moved(Limit):
    """A limit that ends with a day; when that is a day of rest, with the next working day (民法典 203)."""

    limit: Limit

    def __str__(self) -> str:
        return f"{self.limit} next-working-day"

    @property
    def needs_working_days(self) -> bool:
        return True

    def words(self, language: str = "zh") -> str:
        said = _say(language, "（那天放假的顺延到下个工作日）", " (a day of rest moves it to the next working day)")
        return self.limit.words(language) + said


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@lru_cache(maxsize=4096)
def parse_limit(text: str) -> Limit:
    """The limit that a pack's text means. Raises LimitError: unknown spelling, 0, negative, or beyond ten years."""
    spelt = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    found = re.fullmatch(r"(earlier|later) of (.+)", spelt)
    if not found:
        return _single(spelt, text)
    if re.search(r"\b(?:earlier|later) of\b", found[2]):
        raise LimitError(text, f"「{text}」里不能再套 earlier of、later of", f"{text!r} cannot hold another earlier of or later of")
    parts = tuple(_single(part.strip(), text) for part in found[2].split("|"))
    if len(parts) < 2:
        raise LimitError(text, f"「{text}」要有两个时限，用 | 隔开", f"{text!r} needs two limits with | between them")
    return Either(found[1], parts)


def _single(spelt: str, text: str) -> Limit:
    if found := re.fullmatch(r"(.+?) (?:rolling|cut-off ([0-9]{1,2}:[0-9]{2}))", spelt):
        return _rolled(_single(found[1], text), found[2], text)
    if found := re.fullmatch(r"(.+) next-working-day", spelt):
        return _moved(_single(found[1], text), text)
    if spelt == "same-day":
        return DayEnd(0)
    if found := re.fullmatch(r"(?:(-?[0-9]{1,9}) ?d before )?customer-date", spelt):
        return CustomerDate(_checked_number(int(found[1]), "d", text) if found[1] else 0)
    if found := re.fullmatch(r"monthly ([0-9]{1,2})", spelt):
        return EachMonth(_in_range(int(found[1]), 31, text))
    if found := re.fullmatch(r"yearly ([0-9]{2})-([0-9]{2})", spelt):
        month = _in_range(int(found[1]), 12, text)
        return EachYear(month, _in_range(int(found[2]), _LONGEST_MONTH[month - 1], text))
    if found := re.fullmatch(r"(-?[0-9]{1,9}) ?(wd|mo|s|m|h|d|w)((?: [a-z0-9:-]+)*)", spelt):
        return _counted(_checked_number(int(found[1]), found[2], text), found[2], found[3].split(), text)
    raise _unread(text)


def _counted(number: int, unit: str, extra: list[str], text: str) -> Limit:
    match unit, extra:
        case "s" | "m" | "h", []:
            return Within(number, unit)
        case "s" | "m" | "h" | "d", ["elapsed"]:
            return Elapsed(number, unit)
        case "d", []:
            return Elapsed(number, unit)
        case "d", ["24:00"]:
            return DayEnd(number)
        case "d", ["24:00", "counting-start"] | ["counting-start", "24:00"]:
            return DayEnd(number, True)
        case "w" | "mo", [] | ["24:00"]:
            return Later(number, unit, bool(extra))
        case "w" | "mo", ["counting-start"] | ["24:00", "counting-start"] | ["counting-start", "24:00"]:
            return Later(number, unit, midnight=True, counting_start=True)  # a day that counts ends at 24:00
        case "wd", _:
            return _working_days(number, extra, text)
    raise _unread(text)


def _rolled(limit: Limit, cut_off: str | None, text: str) -> Rolled:
    if isinstance(limit, Rolled | CustomerDate | EachMonth | EachYear):
        raise LimitError(
            text,
            f"「{text}」不用顺延：这个时限不从收到时算起",
            f"{text!r} cannot roll: the limit does not count from the start, or rolls already",
        )
    return Rolled(limit, None if cut_off is None else minutes(cut_off))


def _moved(limit: Limit, text: str) -> Limit:
    """Only what ends with a day can move to another; working days end with a working day anyway."""
    if isinstance(limit, Rolled):
        return Rolled(_moved(limit.limit, text), limit.cut_off)
    if isinstance(limit, DayEnd | EachMonth | EachYear) or (isinstance(limit, Later) and limit.midnight):
        return Moved(limit)
    raise LimitError(
        text,
        f"「{text}」不能顺延到工作日：要是到某天 24:00 的时限，如 15d 24:00、1mo 24:00",
        f"{text!r} cannot move to a working day: it must end with a day, as 15d 24:00 or 1mo 24:00 do",
    )


def _working_days(number: int, extra: list[str], text: str) -> WorkingDays:
    ends = [word for word in extra if word != "counting-start"] or ["24:00"]
    if len(ends) > 1 or len(extra) != len(set(extra)) or ends[0] not in ("24:00", "close", "same-time"):
        raise _unread(text)
    if number == 1 and ends == ["same-time"] and "counting-start" in extra:
        raise LimitError(text, f"时限「{text}」一开始就到期", f"the limit {text!r} is over when it begins")
    return WorkingDays(number, ends[0], "counting-start" in extra)


def _checked_number(number: int, unit: str, text: str) -> int:
    if number <= 0:
        raise LimitError(text, f"时限「{text}」要大于 0", f"the limit {text!r} must be more than 0")
    if number * _ROUGHLY[unit] > _TEN_YEARS:
        raise LimitError(text, f"时限「{text}」超过十年，请核对单位", f"the limit {text!r} is beyond ten years; check its unit")
    return number


def _in_range(number: int, most: int, text: str) -> int:
    if 1 <= number <= most:
        return number
    raise LimitError(text, f"「{text}」里没有这一天", f"there is no such day in {text!r}")


_EXAMPLES = "10m, 1h, 36h elapsed, 2d, same-day, 2d 24:00, 2wd, 1mo, customer-date, earlier of 2d | customer-date"


def _unread(text: str) -> LimitError:
    return LimitError(text, f"看不懂时限「{text}」，可以写 {_EXAMPLES}", f"cannot read the limit {text!r}; write {_EXAMPLES}")


def _amount(number: int, unit: str, language: str) -> str:
    if language.startswith("zh"):
        return f"{number} {_ZH[unit]}"
    return f"{number} {_EN[unit]}" + ("s" if number > 1 else "")


def _say(language: str, zh: str, en: str) -> str:
    return zh if language.startswith("zh") else en
