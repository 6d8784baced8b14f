"""What a case adds to the roll-ups. Pure, and made from its facts alone: what was added is taken away again to the last unit.

KINDS names the columns n0 … n7 of each kind of tally. Day rows hold the whole and the duties; month rows hold every dimension.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache

from kesu.insights.deriving import Facts, Row
from kesu.insights.models.tallies import WIDTH

KINDS: dict[str, tuple[str, ...]] = {
    # by the day of receipt; from `done` on complaints only
    "case": ("received", "complaints", "judged", "valid", "done", "outside", "escalated", "repeats"),
    "more": ("outside_first", "reopened", "bounced", "bounces", "old_records"),
    # what those outside found, of whatever nature, by the day of receipt
    "judged": ("replied", "of_replied", "solved", "of_solved", "content", "of_content"),
    "settled": ("conciliated", "of_conciliated", "mediated", "of_mediated"),
    # by the day of closing, complaints only
    "closed": ("closed", "first_time", "reopened", "repeated", "resolved"),
    # by the day on which it was due; `owing` has not ended: late once that moment has passed
    "clock": ("ended", "kept", "kept_first", "owing", "extended"),
    # follow-ups, by the day on which they were due
    "visit": ("owed", "content", "not_content", "not_reached"),
    # answers, by the day of the answer: of the whole, and per question
    "said": ("content", "not_content"),
    "asked": ("good", "middle", "bad", "unrated"),
    # fen, by the day on which it was proposed, agreed, paid; and how many times
    "money": ("proposed", "agreed", "paid", "proposals", "agreements", "payments"),
    "flow": ("opened", "closed"),
    # minutes at a step, by the day on which it was left
    "step": ("left", "clock", "work"),
    "hist": ("n",),
}
DAILY = frozenset(("", "duty"))
BUCKET = 1.05  # a bucket ends where it is 5 % more than where it began: the middle is off by 2.5 % at most
Key = tuple[str, str, str, date, int, int, str]  # grain, kind, dimension, period, site, department, value
Cells = dict[Key, list[int]]


def bucket(minutes: int) -> int:
    """The bucket of a duration: 0 for none, then by powers of BUCKET."""
    return 0 if minutes <= 0 else 1 + int(math.log(minutes) / math.log(BUCKET))


def middle(number: int) -> float:
    """Minutes that stand for a bucket."""
    return 0.0 if number == 0 else BUCKET ** (number - 0.5)


PLACES = {kind: {name: place for place, name in enumerate(names)} for kind, names in KINDS.items()}
_By = tuple[str, str, date, int, int, str]  # kind, dimension, day (month, where no days are kept), site, department, value


class Sheet:
    """Cells under way. What is kept by the day is added by the day alone: its months are sums over days, made when they are asked for."""

    def __init__(self) -> None:
        self._by: dict[_By, list[int]] = {}

    def add(self, place: Row, kind: str, day: date, values: dict[str, int], dimensions: Sequence[tuple[str, str]], sign: int = 1) -> None:
        """Add the named values on that day, for the whole and for each (dimension, value)."""
        places = PLACES[kind]
        numbers = [(places[name], sign * n) for name, n in values.items() if n]
        if not numbers:
            return
        by, site, department, month = self._by, place["site_id"], place["department_id"] or 0, _month(day)
        for dimension, value in dimensions:
            key = (kind, dimension, day if dimension in DAILY else month, site, department, value)
            row = by.get(key)
            if row is None:
                row = by[key] = [0] * WIDTH
            for n, more in numbers:
                row[n] += more

    def take(self, facts: Facts, sign: int = 1) -> None:
        """Everything one case adds (or, with −1, takes away)."""
        for place, kind, day, values, dimensions in _parts(facts):
            self.add(place, kind, day, values, dimensions, sign)

    def merge(self, other: Sheet) -> None:
        """Add what another sheet holds."""
        for key, numbers in other._by.items():
            row = self._by.get(key)
            self._by[key] = list(numbers) if row is None else [a + b for a, b in zip(row, numbers, strict=True)]

    def __len__(self) -> int:
        return len(self._by)

    @property
    def cells(self) -> Cells:
        """The roll-ups: months of every dimension, and days of the whole and of the duties."""
        found: Cells = {}
        for (kind, dimension, day, site, department, value), numbers in self._by.items():
            if dimension in DAILY:
                found["d", kind, dimension, day, site, department, value] = numbers
            plus(found, ("m", kind, dimension, _month(day), site, department, value), numbers)
        return found


def plus(cells: Cells, key: Key, numbers: Sequence[int]) -> None:
    """Add to one cell."""
    row = cells.get(key)
    cells[key] = list(numbers) if row is None else [a + b for a, b in zip(row, numbers, strict=True)]


@lru_cache(maxsize=4096)
def _month(day: date) -> date:
    return day.replace(day=1)


Part = tuple[Row, str, date, dict[str, int], Sequence[tuple[str, str]]]
WHOLE = [("", "")]
ONE = {"n": 1}


def _parts(facts: Facts) -> Iterator[Part]:
    case = facts.case
    if not case["counted"]:
        return
    dimensions = _dimensions(case)
    yield from _of_case(case, dimensions)
    yield from _flow(facts)
    yield from _clocks(facts)
    yield from _visits(facts)
    for row in facts.remedies:
        values = {row["what"]: row["fen"], _COUNTED[row["what"]]: -1 if row["fen"] < 0 else 1}
        yield row, "money", row["day"], values, [("", ""), ("remedy", row["kind"]), ("payer", row["payer"]), *_slim(case)[1:]]
    for step in facts.steps:
        if step["left_day"] is not None:
            values = {"left": 1, "clock": step["clock"], "work": step["work"] or 0}
            yield step, "step", step["left_day"], values, (("step", step["step"]),)
            yield step, "hist", step["left_day"], ONE, ((f"step:{step['step']}", str(bucket(step["clock"]))),)


_COUNTED = {"proposed": "proposals", "agreed": "agreements", "paid": "payments"}


def _dimensions(case: Row) -> list[tuple[str, str]]:
    found = [
        ("", ""), ("channel", case["channel"]), ("grade", case["grade"]), ("category", case["category"]), ("nature", case["nature"]),
        ("cause", case["cause"]), ("hour", f"{case['hour']:02}"), ("handler", str(case["handler_id"] or "")),
    ]  # fmt: skip
    return [*found, *(("against", str(person)) for person in case["against"])]


def _slim(case: Row) -> list[tuple[str, str]]:
    """Of many rows per case only what is asked for."""
    return [("", ""), ("category", case["category"]), ("grade", case["grade"]), ("handler", str(case["handler_id"] or ""))]


def _of_case(case: Row, dimensions: list[tuple[str, str]]) -> Iterator[Part]:
    complaint, done = case["complaint"], case["closed_at"] is not None
    values = {
        "received": 1, "complaints": complaint, "judged": case["judged"], "valid": case["valid"], "done": complaint and done,
        "outside": complaint and case["outside"], "escalated": complaint and case["escalated"],
        "repeats": complaint and case["repeats"] is not None,
    }  # fmt: skip
    yield case, "case", case["received_day"], values, dimensions
    more = {
        "outside_first": complaint and case["outside_first"], "reopened": complaint and case["rounds"] > 1,
        "bounced": case["bounces"] > 0, "bounces": case["bounces"], "old_records": case["old_record"],
    }  # fmt: skip
    yield case, "more", case["received_day"], more, WHOLE
    for kind, columns in JUDGED.items():
        found = {name: case[column] for name, column in columns.items() if case[column] is not None}
        yield case, kind, case["received_day"], found | {f"of_{name}": 1 for name in found}, WHOLE
    if complaint and case["closed_day"] is not None:
        values = {
            "closed": 1, "first_time": case["first_time"], "reopened": case["rounds"] > 1, "repeated": case["repeated"] is not None,
            "resolved": case["outcome"] == "resolved",
        }  # fmt: skip
        yield case, "closed", case["closed_day"], values, dimensions
        for name in LASTING:
            if case[name] is not None:
                yield case, "hist", case["closed_day"], ONE, [(name, str(bucket(case[name])))]


JUDGED = {  # name in the sums → column of the fact; null is not asked
    "judged": {"replied": "hotline_replied", "solved": "hotline_solved", "content": "hotline_content"},
    "settled": {"conciliated": "odr_settled", "mediated": "mediated"},
}
LASTING = ("reply_clock", "reply_work", "final_clock", "final_work")


def _flow(facts: Facts) -> Iterator[Part]:
    """Opened and closed, so that what was open at the end of any day is a sum."""
    for day, name in facts.case["flow"]:
        yield facts.case, "flow", date.fromisoformat(day), {name: 1}, WHOLE


def _clocks(facts: Facts) -> Iterator[Part]:
    """Each clock by its day, its duty and its rule; what depends on the case alone together for each month."""
    by_month: dict[date, dict[str, int]] = {}
    for clock in facts.clocks:
        if clock["state"] == "paused":
            continue
        values, day = _clock(clock), clock["due_day"]
        yield clock, "clock", day, values, (("", ""), ("duty", clock["duty"]), ("rule", clock["obligation"]))
        month = by_month.setdefault(_month(day), {})
        for name, n in values.items():
            month[name] = month.get(name, 0) + n
    for day, values in by_month.items():
        yield facts.case, "clock", day, values, _slim(facts.case)[1:]


def _clock(clock: Row) -> dict[str, int]:
    if clock["ended_at"] is None:
        return {"owing": 1, "extended": clock["extended"]}
    return {"ended": 1, "kept": clock["kept"], "kept_first": clock["kept_first"], "extended": clock["extended"]}


def _visits(facts: Facts) -> Iterator[Part]:
    slim = _slim(facts.case)
    by_round: dict[int, list[Row]] = {}
    for row in facts.visits:
        by_round.setdefault(row["round"], []).append(row)
        if row["last"]:
            yield row, "said", row["day"], {row["outcome"]: 1}, slim
            for question, mark in row["answers"].items():
                yield row, "asked", row["day"], {mark: 1}, [("question", question)]
    for clock in facts.clocks:
        if clock["duty"] != "visit" or not clock["own"] or clock["state"] == "paused":
            continue
        tried = by_round.get(clock["round"], [])
        answer = next((row["outcome"] for row in tried if row["last"]), "not_reached" if tried else "")
        yield clock, "visit", clock["due_day"], {"owed": 1, **({answer: 1} if answer else {})}, slim
