"""A warning in words, in the reader's language: what, where, how many, how unusual. Never more than the figures carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kesu.company.models import Person
from kesu.improvement.words import when_words
from kesu.procedure.pack import Pack
from kesu.warnings.labels import label
from kesu.warnings.outcomes import ACTS, OUTCOMES
from kesu.warnings.scanning.signal import CLUSTER, GAP, GRAVER, NEAR, SILENCE, THRESHOLD
from kesu.warnings.scanning.usual import FEWEST
from kesu.warnings.statistics.chancewords import how_often, ordinary

NEXT_TO_NONE = 0.05  # expected complaints that no decimal shows


@dataclass(frozen=True)
class Said:
    """`title`: what and where; `figures`: how many, and what is usual; `chance`: how unusual; `also`: what else about the same ones."""

    title: str
    figures: str
    chance: str
    also: str = ""

    def whole(self, language: str) -> str:
        """In one line."""
        joint = "。" if language.startswith("zh") else "; "
        return joint.join(filter(None, [self.title, self.figures, self.chance]))


@dataclass(frozen=True)
class Told:
    """The parts of a warning or signal that words are made of."""

    kind: str
    of: str
    value: str
    days: int
    observed: int
    expected: float | None
    a_year: float | None
    customers: int
    extra: dict[str, Any]
    also: list[tuple[str, str]]


def say(told: Told, where: str, pack: Pack, people: Mapping[int, Person], language: str) -> Said:
    """The words. `where`: the site's name, or of several sites."""
    zh = language.startswith("zh")
    what = label(told.of, told.value, pack, people, language, told.customers)
    joint = "：" if zh else ": "
    title = f"{where}{joint}{_what(told, what, pack, zh, language)}"
    chance = "" if told.a_year is None else how_often(told.a_year, language)
    everything = "整个项目的投诉" if zh else "all complaints of the site"
    others = [label(of, value, pack, people, language, told.customers) or everything for of, value in told.also]
    kept = list(dict.fromkeys(name for name in others if name and name != what))
    return Said(title, _figures(told, zh), chance, ("、" if zh else ", ").join(kept))


def _what(told: Told, what: str, pack: Pack, zh: bool, language: str) -> str:
    if told.kind == CLUSTER:
        more = ("{}比平常多", "投诉比平常多") if zh else ("{}: more than usual", "more complaints than usual")
        return more[0].format(what) if what else more[1]
    if told.kind == GAP:
        return f"{what}，这么快又一起" if zh else f"{what}: again so soon"
    if told.kind == SILENCE:
        return "没有投诉了，也许停报" if zh else "no complaints any more: perhaps nobody records them"
    if told.kind == GRAVER:
        return "投诉变重了" if zh else "complaints have become graver"
    row = next((row for row in pack.warning.indicators if row.id == told.extra.get("indicator")), None) if pack.warning else None
    name = row.label(language) if row else str(told.extra.get("indicator", ""))
    return f"{name}{'　' if zh else ' – '}{what}" if what and told.of != "customer" else name


def _figures(told: Told, zh: bool) -> str:
    n, days, extra = told.observed, told.days, told.extra
    usual = "" if told.expected is None else f"{told.expected:.1f}".removesuffix(".0")
    if told.kind == CLUSTER and told.expected is not None and told.expected < NEXT_TO_NONE:
        return f"最近 {days} 天 {n} 件，平常几乎没有" if zh else f"{n} in the last {days} days, usually next to none"
    if told.kind == CLUSTER:
        return f"最近 {days} 天 {n} 件，平常约 {usual} 件" if zh else f"{n} in the last {days} days, usually about {usual}"
    if told.kind == GAP:
        return _gap(extra.get("gap") or 0, extra.get("usual"), extra.get("none_for") or 0, zh)
    if told.kind == SILENCE:
        return _silence(extra.get("gap") or 0, extra.get("usual") or 0, zh)
    if told.kind == GRAVER:
        of = extra.get("of")
        return (
            f"最近 {days} 天 {of} 件里 {n} 件重的，平常约 {usual} 件"
            if zh
            else f"{n} grave ones of {of} in the last {days} days, usually about {usual}"
        )
    return _threshold(told, zh)


def _gap(gap: int, mean: int | None, none_for: int, zh: bool) -> str:
    """`mean`: days between two as usual; None where there was none in `none_for` days before."""
    if zh:
        soon = f"只隔 {gap} 天" if gap else "同一天两起"
        return f"{soon}，平常约 {mean} 天一起" if mean else f"{soon}，之前 {none_for} 天一起也没有"
    soon = f"{gap} days after the one before" if gap else "two on one day"
    return f"{soon}, usually about {mean} days" if mean else f"{soon}, none in the {none_for} days before"


def _silence(gap: int, mean: float, zh: bool) -> str:
    """`mean`: days between two complaints as usual."""
    if 0 < mean < 1:
        return f"{gap} 天没有一件，平常一天约 {1 / mean:.0f} 件" if zh else f"none for {gap} days, usually about {1 / mean:.0f} a day"
    return f"{gap} 天没有一件，平常约 {mean:.1f} 天一件" if zh else f"none for {gap} days, usually one in about {mean:.1f} days"


def _threshold(told: Told, zh: bool) -> str:
    n, limit, days = told.observed, told.extra.get("limit"), told.extra.get("days")
    if "rate" in told.extra:
        rate = told.extra["rate"]
        return f"最近 {days} 天的率 {rate}，门槛 {limit}" if zh else f"a rate of {rate} in the last {days} days, threshold {limit}"
    if told.kind == NEAR:
        return f"{days} 天里 {n} 件，到 {limit} 件就过门槛" if zh else f"{n} in {days} days; the threshold is {limit}"
    assert told.kind == THRESHOLD
    return f"{days} 天里 {n} 件，门槛 {limit} 件" if zh else f"{n} in {days} days, threshold {limit}"


def ordinary_words(row: dict[str, Any], language: str) -> str:
    """What is not unusual, with its limits."""
    zh = language.startswith("zh")
    low, high = row.get("low"), row.get("high")
    between = "" if low is None or high is None else (f"，上下限 {low:g}–{high:g}" if zh else f", limits {low:g}–{high:g}")
    n, days, usual = row["observed"], row["days"], row["expected"]
    counted = f"最近 {days} 天 {n} 件，平常约 {usual:g} 件" if zh else f"{n} in the last {days} days, usually about {usual:g}"
    counted += between
    if low is not None and high is not None and not low <= n <= high:
        return f"{counted}。{'还不够稀奇，先不预警' if zh else 'not unusual enough for a warning yet'}"
    return f"{counted}{'。' if zh else '; '}{ordinary(language)}"


def untold_words(row: dict[str, Any], language: str) -> str:
    """What cannot be told, and why."""
    zh, data = language.startswith("zh"), row["data"]
    if row["why"] == "few":
        n, days = data["n"], data["days"]
        if not n:
            return "还没有投诉，比不出平常" if zh else "no complaints yet: nothing usual to compare with"
        if n >= FEWEST:
            return f"才看了 {days} 天，太短，比不出平常" if zh else f"seen for {days} days only: too short to tell what is usual"
        return f"{days} 天里只有 {n} 件，太少，比不出平常" if zh else f"only {n} in {days} days: too few to tell what is usual"
    if row["why"] == "exposure":
        months = ("、" if zh else ", ").join(data["months"][-3:])
        return (
            f"{months} 没填户数或单数，按最近填的算" if zh else f"no homes or orders entered for {months}: those entered nearest are used"
        )
    return (
        "户数或单数填的是 0，算不出率，只看门槛"
        if zh
        else "homes or orders are entered as 0: there is no rate, only thresholds are looked at"
    )


def people_in(data: dict[str, Any]) -> set[int]:
    """The ids of the people that an entry's data name."""
    return {pk for key in ("told", "to") for pk in data.get(key, [])}


def say_entry(act: str, data: dict[str, Any], names: Mapping[int, str], language: str, zone: str) -> str:
    """A sentence of the journal, without the name of who did it. `names`: of the people in it, by id."""
    zh = language.startswith("zh")
    words = {key: _word(key, value, names, zh) for key, value in data.items()}
    if "due" in data:
        words["due"] = _due(datetime.fromisoformat(data["due"]), zone, language)
    row = ACTS[act]
    return (row.said_zh if zh else row.said_en).format_map(_Blank(words)).replace("。。", "。").rstrip("：: 。.")


def _due(at: datetime, zone: str, language: str) -> str:
    """Midnight is the day's 24:00."""
    there = at.astimezone(ZoneInfo(zone))
    if (there.hour, there.minute) != (0, 0):
        return when_words(at, zone, language)
    return when_words(at - timedelta(minutes=1), zone, language).replace("23:59", "24:00")


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def _word(key: str, value: Any, names: Mapping[int, str], zh: bool) -> str:
    if key == "outcome" and value in OUTCOMES:
        return OUTCOMES[value][0 if zh else 1]
    if isinstance(value, list):
        return ("、" if zh else ", ").join(names[pk] for pk in value if pk in names) or ("（没有人）" if zh else "nobody")
    return str(value)
