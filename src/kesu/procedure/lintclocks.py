"""Lint of the clocks themselves: those that never begin or never end, that wait for each other, that ring at the wrong time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from itertools import product

from kesu.procedure.acts import ACTS, CUSTOMER
from kesu.procedure.duties import Obligation
from kesu.procedure.findings import Findings, error, warning
from kesu.procedure.instants import TimeRefused
from kesu.procedure.latest import Course, possible
from kesu.procedure.lintweek import Span, ringing, spans, week_of
from kesu.procedure.pack import Closing, Nature, Pack
from kesu.procedure.packlines import Path
from kesu.procedure.playing import AGREED


def check(pack: Pack) -> Findings:
    """Every finding about clocks."""
    yield from _roads(pack)
    yield from _cycles(pack)
    yield from _buttons(pack)
    if not any(pack.hours.week.values()) and (kinds := _in_office_time(pack)):
        yield error(
            ("hours", "week"),
            f"一周没有一天上班，{kinds[0]}却按营业时间算；写上营业时间，或把 time 改成 always",
            f'nothing opens all week, but {kinds[0]} counts office hours; write opening hours or time = "always"',
        )
        return
    yield from _rings(pack)


def _in_office_time(pack: Pack) -> list[str]:
    return [row.id for row in pack.owed() if row.time == "office"] + [row.id for row in pack.fast_paths if row.time == "office"]


# what begins and ends
def _roads(pack: Pack) -> Findings:
    for n, row in enumerate(pack.obligations):
        natures = [nature for nature in pack.natures if _concerns(row, nature)]
        begun = [nature for nature in natures if any(possible(mark, nature.steps) for mark in (*row.begins, *row.again))]
        if not begun:
            yield warning(
                ("obligations", n, "begins"),
                f"“{row.name}”不会开始：它管的性质里都做不到 {'、'.join(row.begins)}；改 begins 或 natures，或删掉这一条",
                f"{row.name_en} never begins: no nature it is for has a step for {', '.join(row.begins)}; "
                "change begins or natures, or delete it",
            )
        stuck = [nature for nature in begun if not any(possible(mark, nature.steps) for mark in row.until)]
        if stuck:
            blocks = row.before_closing and any(_blocks(rule, nature) for rule in pack.closing for nature in stuck)
            yield (error if blocks else warning)(
                ("obligations", n, "until"),
                f"“{row.name}”在{'、'.join(nature.name for nature in stuck)}里做不完：没有一个环节能 {'、'.join(row.until)}；"
                "写 natures，或改 until",
                f"{row.name_en} cannot be ended for {', '.join(nature.name_en for nature in stuck)}: no step for {', '.join(row.until)}; "
                "write natures, or change until",
            )


def _blocks(rule: Closing, nature: Nature) -> bool:
    """Whether a clock that cannot be ended keeps such a case from being closed for ever."""
    return "clocks_done" in rule.needs and (not rule.natures or nature.id in rule.natures)


def _concerns(row: Obligation, nature: Nature) -> bool:
    step = ACTS[row.act].completes if row.act in ACTS else None
    return (not row.natures or nature.id in row.natures) and (step is None or step in nature.steps)


# waiting for each other
_OF_ITSELF = ("fact", "event", "reopen", "regrade", "pause", "resume", "send_back", "ask_extension", "mark", "note", "ask", "urge")


def _cycles(pack: Pack) -> Findings:
    told: set[str] = set()
    for nature, grade in product(pack.natures, pack.grades):
        course = Course(pack, nature.id, grade.id, facts=[fact.id for fact in pack.facts])
        course = course.only(row for row in course.rows if any(possible(mark, nature.steps) for mark in row.begins))
        for row, before in _waiting(course):
            if row.id not in told and row in pack.obligations:
                told.add(row.id)
                yield error(
                    ("obligations", pack.obligations.index(row), "begins"),
                    f"“{row.name}”要等“{before.name}”，“{before.name}”又要等它，谁也开始不了；让其中一条从别的动作起算",
                    f"{row.name_en!r} waits for {before.name_en!r}, which waits for it in turn: neither can begin; "
                    "let one of them begin with something else",
                )


def _waiting(course: Course) -> Iterator[tuple[Obligation, Obligation]]:
    """Clocks of a circle that nothing from outside begins, each with the one it waits for."""
    rows = course.rows
    providers = [_providers(course, row) for row in rows]
    begun = {n for n in range(len(rows)) if providers[n] is None}
    grown = True
    while grown:
        more = {n for n, before in enumerate(providers) if n not in begun and begun.intersection(before or ())}
        begun, grown = begun | more, bool(more)
    for n in range(len(rows)):
        before = providers[n] or []
        if n not in begun and _reaches(n, n, providers):
            yield rows[n], rows[next(m for m in before if m == n or _reaches(m, n, providers))]


def _providers(course: Course, row: Obligation) -> list[int] | None:
    """The clocks that ask for an act which begins this one; None when it may begin without any of them."""
    found: list[int] = []
    for mark in row.begins:
        name = mark.partition(":")[0]
        asking = [n for n, other in enumerate(course.rows) if mark in other.until and not (other is row and row.repeats)]
        by_customer = name in ACTS and CUSTOMER in ACTS[name].by
        if mark in course.given or name in _OF_ITSELF or by_customer or not asking:
            return None
        found += asking
    return found


def _reaches(start: int, goal: int, providers: list[list[int] | None]) -> bool:
    seen, waiting = set(), list(providers[start] or [])
    while waiting:
        n = waiting.pop()
        if n == goal:
            return True
        if n not in seen:
            seen.add(n)
            waiting += providers[n] or []
    return False


def _buttons(pack: Pack) -> Findings:
    for n, row in enumerate(pack.obligations):
        may = {*pack.one("roles", row.role).may, *(pack.one("roles", row.before_dispatch).may if row.before_dispatch else [])}
        if row.act and row.act not in may:
            yield warning(
                ("obligations", n, "act"),
                f"按钮是“{ACTS[row.act].zh}”，负责的“{pack.label('roles', row.role)}”却不能做；换一个动作，或加进 may",
                f"the button is {row.act!r}, which {pack.label('roles', row.role, 'en')} may not do; choose another act or add it to may",
            )


# when they ring
Ringing = Callable[[str], list[datetime]]


def _rings(pack: Pack) -> Findings:
    week = week_of(pack)
    for n, row in enumerate(pack.obligations):
        if row.limit in AGREED:
            continue
        clock = (row.limit, row.time)
        try:
            ends = spans(week, clock)
            yield from _warnings(("obligations", n), row, ends, partial(ringing, week, clock))
            yield from _ladder(("obligations", n), row, ends, partial(ringing, week, clock))
        except TimeRefused as refused:
            yield error(("obligations", n, "limit"), refused.reason_zh, refused.reason_en)


def _warnings(path: Path, row: Obligation, ends: list[Span], when: Ringing) -> Findings:
    known: dict[tuple[datetime, ...], str] = {}
    for m, spec in enumerate(row.warn):
        if not ends or spec.strip().endswith("after"):
            continue
        rings = when(spec)
        if all(at <= start for at, (start, _) in zip(rings, ends, strict=True)):
            yield warning(
                (*path, "warn", m),
                f"“{spec}”比时限“{row.limit}”还长，一开始就会响；写近一点，或写成百分数",
                f"{spec!r} is not shorter than the limit {row.limit!r} and rings at once; write a later moment or a share",
            )
        elif all(at >= end for at, (_, end) in zip(rings, ends, strict=True)):
            yield warning(
                (*path, "warn", m),
                f"“{spec}”到期时才响，来不及了；写早一点",
                f"{spec!r} rings only when it is due; write an earlier moment",
            )
        if (first := known.setdefault(tuple(rings), spec)) != spec or spec in row.warn[:m]:
            yield warning((*path, "warn", m), f"“{spec}”和“{first}”同时响，删掉一个", f"{spec!r} rings together with {first!r}; delete one")


def _ladder(path: Path, row: Obligation, ends: list[Span], when: Ringing) -> Findings:
    before: list[datetime] = []
    for m, rung in enumerate(row.ladder):
        if not rung.tell:
            yield warning(
                (*path, "ladder", m, "tell"), "这一级谁也不告诉；写上岗位，或删掉", "this rung tells nobody; name roles or delete it"
            )
        rings = when(rung.at)
        early = [(at, earlier, end) for at, earlier, (_, end) in zip(rings, before, ends, strict=False) if at <= earlier]
        if early:
            at, earlier, end = early[0]
            yield warning(
                (*path, "ladder", m, "at"),
                f"“{rung.at}”不比前一级“{row.ladder[m - 1].at}”晚：{end:%m-%d %H:%M} 到期的，这一级 {at:%m-%d %H:%M}，"
                f"前一级 {earlier:%m-%d %H:%M}；调换次序或改时间",
                f"{rung.at!r} is not later than {row.ladder[m - 1].at!r} before it: "
                f"due {end:%m-%d %H:%M}, this one rings {at:%m-%d %H:%M}, that one {earlier:%m-%d %H:%M}; change the order or the times",
            )
        before = rings


__all__ = ["check"]
