"""How late a procedure lets things happen: every clock of a case in which each act is done at the last moment allowed.

From this follow the bars of a picture (from when until when, by grade) and the comparison with legal limits. The method: an act is
surely done when the first clock that ends with it falls due, and that clock began when the first of the acts that begin it was surely
done (heard → return within 3 days → report back the same day). Where a clock may end with one of several acts, only that one of them
is done is sure. An act that belongs to a later step, or that cannot be done before another, brings that one with it: whoever
follows up has reported back before. Clocks that wait for each other and for nothing else never begin and have no moment.

It is the first round of a case whose customer neither withdraws nor waits: no pauses, no extensions, no reopening, no fast path; the
complaint is recorded when it is heard and named events lie outside the course unless they are given as its start.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache

from kesu.procedure.acts import ACTS, STEPS
from kesu.procedure.due import due
from kesu.procedure.duties import Obligation
from kesu.procedure.limits import DayEnd, Either, Later, Limit, WorkingDays, parse_limit
from kesu.procedure.pack import Pack
from kesu.procedure.playing import AGREED, Times
from kesu.procedure.running import CaseState, applies, in_force, on_the_road
from kesu.procedure.timetable import Time

HEARD = frozenset(("heard", "receive"))
LEAVING = frozenset(("unfound", "withdraw", "reopen"))
"""Acts after which the case goes another way: what else would have ended a clock is not owed in this course."""

# What cannot be done before something else of the same kind was done; the steps say the rest.
_BEFORE = {
    "sign": "dispatch",
    "send_back": "dispatch",
    "approve": "propose",
    "refuse": "propose",
    "reply": "propose",
    "agree": "reply",
    "decline": "reply",
    "execute": "agree",
    "grant_extension": "ask_extension",
    "refuse_extension": "ask_extension",
    "resume": "pause",
}
_COMPLETED_BY = {step: next(act.name for act in ACTS.values() if act.completes == step) for step in STEPS}


@dataclass(frozen=True)
class Moment:
    """One clock of the course: when it begins at the latest, when it is due then, and the clock that ended with what begins it.

    `begins` is None when nothing in the course surely begins it (it may still begin: an event, a question answered yes), `due` also
    when no date can be reckoned (the customer's alone). `after` is "" for clocks that begin with the complaint.
    """

    obligation: Obligation
    begins: datetime | None = None
    due: datetime | None = None
    after: str = ""


class Reckoning:
    """Due times from starts, each reckoned once. Raises what `due.due` raises."""

    def __init__(self, times: Times) -> None:
        self.times = times
        self._known: dict[tuple[str, str], tuple[bool, Time, dict[datetime | date, datetime | None]]] = {}

    def due(self, limit: str, kind: str, start: datetime) -> datetime | None:
        """When a limit falls due that begins then; None for a customer's date."""
        clock = self._known.get((limit, kind))
        if clock is None:
            clock = self._known[limit, kind] = (_ends_with_a_day(parse_limit(limit)), self.times(kind), {})
        by_day, time, known = clock
        key = start.astimezone(time.zone).date() if by_day else start
        if key not in known:
            found = due(limit, start, time)
            known[key] = found.at if found else None
        return known[key]


def _ends_with_a_day(limit: Limit) -> bool:
    """Whether it depends on the day of the start only."""
    match limit:
        case DayEnd() | Later(midnight=True):
            return True
        case WorkingDays():
            return limit.end == "24:00"
        case Either():
            return all(_ends_with_a_day(part) for part in limit.parts)
    return False


def possible(mark: str, steps: Sequence[str]) -> bool:
    """Whether the act that makes the mark can be done on a road of these steps."""
    name, _, step = mark.partition(":")
    if name == "step":
        return step in steps
    own = ACTS[name].steps if name in ACTS else ()
    return not own or any(one in steps for one in own if one != "judge")  # every road is judged: that alone lets nothing happen


class Road:
    """The steps of a nature: what was surely done when an act is done on it."""

    def __init__(self, steps: tuple[str, ...]) -> None:
        self.steps = steps
        self._implied: dict[str, frozenset[str]] = {}
        self._surely: dict[tuple[str, ...], list[frozenset[str]]] = {}

    def implied(self, mark: str) -> frozenset[str]:
        """The mark and everything that was surely done when it was made."""
        if mark not in self._implied:
            name, _, step = mark.partition(":")
            act = _COMPLETED_BY.get(step, name) if name == "step" else name
            found = {mark, act}
            if act in _BEFORE:
                found |= self.implied(_BEFORE[act])
            for earlier in self._earlier_steps(act):
                found |= {f"step:{earlier}"} | self.implied(_COMPLETED_BY[earlier])
            self._implied[mark] = frozenset(found)
        return self._implied[mark]

    def _earlier_steps(self, act: str) -> tuple[str, ...]:
        own = ACTS[act].steps if act in ACTS else ()
        places = [self.steps.index(step) for step in own if step in self.steps]
        return self.steps[: min(places)] if places else ()

    def surely(self, marks: Sequence[str]) -> list[frozenset[str]]:
        """For each of these acts that can end a clock, what is done then."""
        key = tuple(marks)
        if key not in self._surely:
            self._surely[key] = [self.implied(mark) for mark in key if mark not in LEAVING and possible(mark, self.steps)]
        return self._surely[key]


road_of = lru_cache(maxsize=64)(Road)  # a pack has a handful, and asks of them for every grade and every kind of case


class Course:
    """The course of cases of one nature and grade, told apart further by channel, answers and categories (none: the plain case)."""

    def __init__(
        self,
        pack: Pack,
        nature: str,
        grade: str,
        *,
        channel: str = "",
        facts: Iterable[str] = (),
        categories: frozenset[str] = frozenset(),
        on: date | None = None,
        given: frozenset[str] = HEARD,
    ) -> None:
        """`on`: the day of receipt, for rules that are dated (None: all of them). `given`: the marks of the course's start."""
        row = pack.one("natures", nature)
        self.road = road_of(tuple(row.steps))
        self._by_nature = frozenset(("unfound", "judge") if row.unfounded else ())
        self.given = given | self._by_nature
        state = CaseState(
            marks={},
            grade=grade,
            nature=nature,
            channel=channel,
            categories=categories,
            facts=dict.fromkeys(facts, True),
            steps=frozenset(row.steps),
            received_on=on,
        )
        self.rows = [
            row
            for row in pack.owed()
            if row.limit not in AGREED and applies(row, state) and on_the_road(row, state) and in_force(pack, row, on)
        ]
        self._bringing: dict[frozenset[str], list[int]] = {}

    def only(self, rows: Iterable[Obligation]) -> Course:
        """The same course with these clocks alone."""
        kept = {row.id for row in rows}
        return self._like([row for row in self.rows if row.id in kept], self.given)

    def begun_by(self, marks: frozenset[str]) -> Course:
        """The same course with these marks at its start."""
        return self._like(self.rows, marks | self._by_nature)

    def _like(self, rows: list[Obligation], given: frozenset[str]) -> Course:
        other = object.__new__(Course)
        other.road, other._by_nature = self.road, self._by_nature
        other.rows, other.given, other._bringing = rows, given, {}
        return other

    # what brings what about
    @cached_property
    def _ends(self) -> list[list[frozenset[str]]]:
        """For each clock what is done when it ends, by the act that ends it; nothing when it waits for somebody else than us."""
        return [[] if row.waits_for else self.road.surely(row.until) for row in self.rows]

    def bringing(self, marks: Iterable[str]) -> list[int]:
        """The clocks that are surely done only when one of these marks was made."""
        wanted = frozenset(marks)
        if wanted not in self._bringing:
            ways = [(n, ends) for n, ends in enumerate(self._ends) if ends]
            without = wanted - LEAVING
            self._bringing[wanted] = [n for n, ends in ways if not any(map(without.isdisjoint, ends))]
        return self._bringing[wanted]

    @cached_property
    def shape(self) -> tuple[object, ...]:
        """What decides when things happen: courses of the same shape differ in nothing but what their clocks are called."""
        clocks = ((row.limit, row.time, tuple(row.begins), tuple(row.until), row.waits_for) for row in self.rows)
        return (self.road.steps, self.given, *clocks)

    @cached_property
    def feeds(self) -> list[list[int] | None]:
        """For each clock those whose end begins it; None when it begins with the complaint."""
        return [self._feeding(row) for row in self.rows]

    @cached_property
    def _fed(self) -> list[list[int]]:
        """The other way round: which clocks the end of each begins."""
        return [[n for n, sources in enumerate(self.feeds) if sources and source in sources] for source in range(len(self.rows))]

    def _feeding(self, row: Obligation) -> list[int] | None:
        if self.given.intersection(row.begins):
            return None
        answered = any(mark.startswith("fact:") for mark in row.begins)
        found = self.bringing([*row.begins, "judge"] if answered else row.begins)
        return None if answered and not found else found

    def towards(self, marks: Iterable[str]) -> Course:
        """The course with only those clocks that can decide when one of these marks is made."""
        seen: set[int] = set()
        waiting = [*self.bringing(marks)]
        while waiting:
            n = waiting.pop()
            if n not in seen:
                seen.add(n)
                waiting += self._feeding(self.rows[n]) or []
        return self.only(self.rows[n] for n in seen)

    # when
    def moments(self, start: datetime, reckoning: Reckoning) -> dict[str, Moment]:
        """Every clock of the course for a complaint heard and recorded at `start`, by its id."""
        found = {row.id: Moment(row) for row in self.rows}
        found.update({moment.obligation.id: moment for moment in self._lived(start, reckoning)})
        return found

    def _lived(self, start: datetime, reckoning: Reckoning, until: frozenset[int] = frozenset()) -> list[Moment]:
        """The clocks that begin, in the order in which they do; only so far as one of `until` falls due."""
        begun: dict[int, tuple[datetime, datetime | None, str]] = {}
        queue: list[tuple[datetime, int]] = []

        def begin(n: int, at: datetime, after: str) -> None:
            row = self.rows[n]
            ends = reckoning.due(row.limit, row.time, at)
            begun[n] = at, ends, after
            if ends is not None:
                heapq.heappush(queue, (ends, n))

        for n, sources in enumerate(self.feeds):
            if sources is None:
                begin(n, start, "")
        while queue:  # what falls due first begins what waits for it: nothing can begin that earlier
            ends, done = heapq.heappop(queue)
            if done in until:
                return [Moment(self.rows[done], *begun[done])]
            for n in self._fed[done]:
                if n not in begun:
                    begin(n, ends, self.rows[done].id)
        return [] if until else [Moment(self.rows[n], *moment) for n, moment in begun.items()]

    def latest(self, marks: Iterable[str], start: datetime, reckoning: Reckoning) -> Moment | None:
        """The clock that makes sure that one of these marks is made, with its due time; None when no clock does."""
        wanted = frozenset(self.bringing(marks))
        return next(iter(self._lived(start, reckoning, wanted)), None) if wanted else None


__all__ = ["Course", "Moment", "Reckoning", "possible"]
