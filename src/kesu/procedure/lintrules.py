"""Lint of rules that lie over each other: clocks that never ring first, approvals and closing rows that are never reached."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import combinations, product

from kesu.procedure.due import due
from kesu.procedure.duties import Obligation
from kesu.procedure.findings import Findings, warning
from kesu.procedure.instants import TimeRefused
from kesu.procedure.limits import Either, parse_limit
from kesu.procedure.lintweek import HOURS, MONDAY, week_of
from kesu.procedure.pack import Approval, Closing, Pack
from kesu.procedure.playing import AGREED, Times

_LISTS = ("grades", "natures", "channels", "categories", "facts", "stages")
_SAME = (
    "per", "part", "whole_case", "outlives_closing", "after_regrade", "despite_withdrawal", "anew", "repeats", "procedure", "law",
    "unless_fast", "if_fast", "waits_for", "late",
)  # fmt: skip


def check(pack: Pack) -> Findings:
    """Every finding about overlapping rules."""
    yield from _clocks(pack)
    yield from _approvals(pack)
    yield from _closings(pack)


# clocks
def _clocks(pack: Pack) -> Findings:
    times = week_of(pack).times
    rows = [(n, row) for n, row in enumerate(pack.obligations) if row.limit not in AGREED]
    for (n, first), (m, second) in combinations(rows, 2):
        if not _same_duty(first, second):
            continue
        for (_, a), (place, b) in (((n, first), (m, second)), ((m, second), (n, first))):
            if _covers(a, b) and _no_more_leave(a, b) and _never_later(a, b, times):
                yield warning(
                    ("obligations", place, "limit"),
                    f"“{b.name}”（{b.limit}）从不先到：“{a.name}”（{a.limit}）从同一动作起算、管着同样的投诉；删掉它，或改时限",
                    f"{b.name_en!r} ({b.limit}) never falls due first: {a.name_en!r} ({a.limit}) begins with the same act for the same "
                    "complaints; delete it or change the limit",
                )
                break
        else:
            if first.limit != second.limit and _crosses(first, second):
                yield warning(
                    ("obligations", m, "limit"),
                    f"“{first.name}”（{first.limit}）和“{second.name}”（{second.limit}）管的投诉有一部分相同，那部分两个都计时；"
                    "把 grades、natures 或 channels 分开",
                    f"{first.name_en!r} ({first.limit}) and {second.name_en!r} ({second.limit}) are both for some of the same complaints, "
                    "which then have both; part their grades, natures or channels",
                )


def _same_duty(a: Obligation, b: Obligation) -> bool:
    return (
        set(a.begins) == set(b.begins)
        and set(a.until) == set(b.until)
        and set(a.stops) == set(b.stops)
        and all(getattr(a, key) == getattr(b, key) for key in _SAME)
    )


def _covers(a: Obligation, b: Obligation) -> bool:
    """Whether `a` runs wherever `b` runs."""
    lists = all(not getattr(a, key) or (getattr(b, key) and set(getattr(b, key)) <= set(getattr(a, key))) for key in _LISTS)
    return lists and set(a.unless_facts) <= set(b.unless_facts)


def _crosses(a: Obligation, b: Obligation) -> bool:
    """Whether they overlap in grades, natures or channels and neither is for all that the other is for."""
    if any(set(getattr(a, key)) != set(getattr(b, key)) for key in ("categories", "facts", "stages", "unless_facts")):
        return False
    pairs = [(set(getattr(a, key)), set(getattr(b, key))) for key in ("grades", "natures", "channels")]
    return all(not one or not two or one & two for one, two in pairs) and not _covers(a, b) and not _covers(b, a)


def _no_more_leave(a: Obligation, b: Obligation) -> bool:
    """Whether nothing can put `a` off that does not put `b` off: a ceiling that knows no pause may bind after all."""
    return set(a.pauses) <= set(b.pauses) and (a.extension is None or b.extension is not None)


def _never_later(a: Obligation, b: Obligation, times: Times) -> bool:
    first, second = parse_limit(a.limit), parse_limit(b.limit)
    if str(first) == str(second) and a.time == b.time:
        return True
    if second.asks_customer or (first.asks_customer and not (isinstance(first, Either) and first.which == "earlier")):
        return False
    zone = times("always").zone
    starts = [MONDAY.replace(tzinfo=zone) + timedelta(days=day, hours=hour) for hour in (0, *HOURS, 23) for day in range(0, 365, 5)]
    try:
        return all(_due(a, start, times) <= _due(b, start, times) for start in starts)
    except TimeRefused:
        return False


def _due(row: Obligation, start: datetime, times: Times) -> datetime:
    found = due(row.limit, start, times(row.time))
    assert found is not None  # the customer's date alone was left out
    return found.at


# approvals: the first row that fits decides
def _approvals(pack: Pack) -> Findings:
    edges = {0} | {edge for row in pack.approvals for edge in (row.above, row.above + 1, *_upper(row))}
    reached = {_deciding(pack.approvals, grade.id, cost) for grade in pack.grades for cost in edges}
    for n in range(len(pack.approvals)):
        if n not in reached:
            yield warning(
                ("approvals", n),
                "这一行轮不到：同样的等级和金额，前面的行已经定了谁批；删掉，或改 grades、above、up_to",
                "this row is never reached: rows before it decide for its grades and amounts; delete it or change grades, above, up_to",
            )


def _upper(row: Approval) -> Iterator[int]:
    if row.up_to is not None:
        yield from (row.up_to, row.up_to + 1)


def _deciding(rows: Sequence[Approval], grade: str, cost: int) -> int | None:
    for n, row in enumerate(rows):
        fits = (not row.grades or grade in row.grades) and (row.up_to is None or cost <= row.up_to)
        if fits and (row.always or cost > row.above):
            return n
    return None


# closing: the first row that fits decides
def _closings(pack: Pack) -> Findings:
    unfounded = {nature.id for nature in pack.natures if nature.unfounded}
    cases = [
        (nature.id, grade.id, outcome)
        for nature, grade, outcome in product(pack.natures, pack.grades, ("", "withdrawn", "unfounded"))
        if outcome != "unfounded" or nature.id in unfounded
    ]
    reached = {first_that_fits(pack.closing, *case) for case in cases}
    for n in range(len(pack.closing)):
        if n not in reached:
            yield warning(
                ("closing", n),
                "这一行轮不到：前面的行已经管了它的性质、等级和结果；调到前面，或删掉",
                "this row is never reached: rows before it take all its natures, grades and outcomes; move it up or delete it",
            )


def first_that_fits(rows: Sequence[Closing], nature: str, grade: str, outcome: str) -> int | None:
    """The closing row that decides for such a case; `outcome` as it is before closing: "", withdrawn or unfounded."""
    for n, row in enumerate(rows):
        outcomes: list[str] = list(row.outcomes)
        if (not row.natures or nature in row.natures) and (not row.grades or grade in row.grades) and (not outcomes or outcome in outcomes):
            return n
    return None


__all__ = ["check", "first_that_fits"]
