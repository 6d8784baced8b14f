"""A procedure beside the law: own limits later than a legal one, duties that no clock keeps, clocks that name a row and give more.

The own clocks of the procedure, kept to the minute (`latest`), are played from every day of two years at several hours, holidays
included; the worst start is the example. A clock that the pack keeps for the law itself does not excuse a later limit of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import product

from kesu.procedure.duties import Obligation
from kesu.procedure.findings import Findings, error, warning
from kesu.procedure.instants import TimeRefused
from kesu.procedure.latest import Course, Reckoning
from kesu.procedure.law import KINDS, MARKS, Law, Row
from kesu.procedure.pack import Grade, Nature, Pack
from kesu.procedure.packfaults import did_you_mean
from kesu.procedure.packlines import Path
from kesu.procedure.playing import AGREED, Times
from kesu.procedure.running import with_ancestors

YEARS = 2
HOURS = (time(10), time(0), time(16, 30), time(23, 59))  # the first is the example where several are equally bad


@dataclass(frozen=True)
class Late:
    """A start from which the procedure allows more than the law, and by how much."""

    start: datetime
    own: datetime
    legal: datetime

    @property
    def by(self) -> timedelta:
        """How much later."""
        return self.own - self.legal


@dataclass
class Kind:
    """Complaints that go the same way as far as one row of the law is concerned."""

    course: Course  # with the clocks that decide
    own: Course  # of these the company's own
    names: list[tuple[str, str]] = field(default_factory=list)  # nature and grade, zh and en
    stretches: set[tuple[date, date]] = field(default_factory=set)  # when received


def check(pack: Pack, law: Law, times: Times, province: str = "", city: str = "") -> Findings:
    """Every finding; all are warnings but a row that does not exist. Without a place: the pack's own, else what counts nationwide."""
    try:
        yield from _Check(pack, law, times, province or pack.pack.province, city or pack.pack.city).findings()
    except TimeRefused as refused:
        yield error(("hours",), f"时限算不出来：{refused.reason_zh}", f"limits cannot be reckoned: {refused.reason_en}")


class _Check:
    def __init__(self, pack: Pack, law: Law, times: Times, province: str, city: str) -> None:
        self.pack, self.law, self.times = pack, law, times
        self.reckoning = Reckoning(times)
        self.zone = times("always").zone
        first = pack.pack.effective
        self.days = [first + timedelta(n) for n in range(365 * YEARS)]
        chosen = [] if pack.pack.example else law.chosen(pack.pack.sector, province, city)  # an example is somebody else's rule
        self._worst_of: dict[tuple[object, ...], Late | None] = {}
        self.rows = [row for row in chosen if row.compare and row.country == pack.pack.calendar and any(map(row.in_force, self.days))]

    def findings(self) -> Findings:
        for n, obligation in enumerate(self.pack.obligations):
            if obligation.law:
                yield from self._named(("obligations", n), obligation)
        for row in self.rows:
            yield from self._compared(row)

    def _starts(self, row: Row, stretches: Iterable[tuple[date, date]]) -> Iterator[datetime]:
        """Moments of receipt within these stretches at which the row is in force."""
        days = [day for day in self.days if row.in_force(day) and any(first <= day <= last for first, last in stretches)]
        for hour in HOURS:
            yield from (datetime.combine(day, hour, self.zone) for day in days)

    # clocks that name a row
    def _named(self, path: Path, own: Obligation) -> Findings:
        row = self.law.find(own.law)
        if row is None:
            zh, en = did_you_mean(own.law, [row.id for row in self.law.rows])
            yield error(
                (*path, "law"), f"法规数据里没有“{own.law}”{zh}；用 kesu law 查", f"there is no legal row {own.law!r}{en}; see kesu law"
            )
            return
        if not any(map(row.in_force, self.days)):
            yield warning(
                (*path, "law"),
                f"{row.title()}到 {row.through} 为止，规程生效时已经不用；换成现行的那一行",
                f"{row.title('en')} ended on {row.through}, before this procedure takes effect; name the row in force",
            )
            return
        beside = self.pack.find("procedures", own.procedure)
        if beside is not None and beside.verified != row.mark:
            zh, en = MARKS[row.mark]
            yield warning(
                (*path, "procedure"), f"法规数据写的是“{zh}”；procedures 里的 verified 改成 {row.mark}",
                f"the legal row is {en}; write verified = {row.mark!r} in procedures",
            )  # fmt: skip
        same = (own.limit, own.time) == (row.limit, row.time)  # what is the same is never later
        if row.limit and own.limit not in AGREED and not same:
            late = self._worst(row, lambda start: self.reckoning.due(own.limit, own.time, start), self._stretches)
            if late is not None:
                yield warning((*path, "limit"), *self._said(row, [own], late, []))

    # every procedure
    def _compared(self, row: Row) -> Findings:
        kept = {own.id for own in self.pack.obligations if own.law == row.id}
        worst: dict[str, tuple[list[Obligation], Late, list[tuple[str, str]]]] = {}
        bare: list[tuple[str, str]] = []
        for kind in self._kinds(row):
            if not kind.course.bringing(row.until) and not kept:
                bare += kind.names
            if not kind.own.bringing(row.until):
                continue
            late = self._latest(row, kind)
            if late is None:
                continue
            chain = self._chain(kind.own, row, late.start)
            known = worst.get(chain[-1].id)
            names = [*(known[2] if known else []), *kind.names]
            worst[chain[-1].id] = (chain, late, names) if known is None or late.by > known[1].by else (known[0], known[1], names)
        for chain, late, names in worst.values():
            yield warning(self._path(chain[-1]), *self._said(row, chain, late, names))
        if bare:
            zh, en = _names(bare)
            yield warning(
                ("obligations",),
                f"{row.title()}：{row.duty}，{row.limit_words()}（{row.when}）。{zh}没有一个时限管到它；"
                f'加一条到 {"、".join(row.until)} 为止的时限，或写 law = "{row.id}"',
                f"{row.title('en')}: {row.duty_en}, {row.limit_words('en')} ({row.when_en}). No clock keeps it for {en}; "
                f"add one that ends with {', '.join(row.until)}, or write law = {row.id!r}",
            )

    def _chain(self, course: Course, row: Row, start: datetime) -> list[Obligation]:
        """The clock that decides and those before it, from the first."""
        moments = course.moments(start, self.reckoning)
        last = course.latest(row.until, start, self.reckoning)
        chain: list[Obligation] = []
        while last is not None:
            chain.insert(0, last.obligation)
            last = moments.get(last.after)
        return chain

    def _latest(self, row: Row, kind: Kind) -> Late | None:
        def own(start: datetime) -> datetime | None:
            found = kind.own.latest(row.until, start, self.reckoning)
            return found.due if found else None

        key = (row.id, kind.own.shape, *sorted(kind.stretches))
        if key not in self._worst_of:
            self._worst_of[key] = self._worst(row, own, kind.stretches)
        return self._worst_of[key]

    def _worst(self, row: Row, own: Callable[[datetime], datetime | None], stretches: Iterable[tuple[date, date]]) -> Late | None:
        worst: Late | None = None
        for start in self._starts(row, stretches):
            mine, legal = own(start), self.reckoning.due(row.limit, row.time, start)
            if mine is not None and legal is not None and mine > legal and (worst is None or mine - legal > worst.by + _worth(start)):
                worst = Late(start, mine, legal)
        return worst

    # the kinds of complaints that may differ
    def _kinds(self, row: Row) -> list[Kind]:
        found: dict[tuple[object, ...], Kind] = {}
        narrowed: dict[Course, Kind] = {}
        for nature, grade, whole, stretch in self._cases:
            if whole not in narrowed:
                course = whole.begun_by(frozenset(row.begins)).towards(row.until)
                narrowed[whole] = Kind(course, course.only(duty for duty in course.rows if self._is_own(duty)).towards(row.until))
            course, own = narrowed[whole].course, narrowed[whole].own
            key = (nature.id, tuple(duty.id for duty in course.rows), tuple(duty.id for duty in own.rows))
            kind = found.setdefault(key, Kind(course, own))
            kind.names.append((f"{nature.name}（{grade.name}）", f"{nature.name_en} ({grade.name_en})"))
            kind.stretches.add(stretch)
        return list(found.values())

    @cached_property
    def _cases(self) -> list[tuple[Nature, Grade, Course, tuple[date, date]]]:
        """Every case that may differ, with its course; those for which the same clocks run share it."""
        found: list[tuple[Nature, Grade, Course, tuple[date, date]]] = []
        courses: dict[tuple[str, ...], Course] = {}
        natures = [nature for nature in self.pack.natures if nature.counts_as_complaint and not nature.unfounded]
        for nature, grade, (channel, facts, categories), stretch in product(natures, self.pack.grades, self._told_apart, self._stretches):
            course = Course(self.pack, nature.id, grade.id, channel=channel, facts=facts, categories=categories, on=stretch[0])
            shared = courses.setdefault((nature.id, *(row.id for row in course.rows)), course)
            found.append((nature, grade, shared, stretch))
        return found

    def _is_own(self, row: Obligation) -> bool:
        beside = self.pack.find("procedures", row.procedure)
        return (beside is None or beside.kind == "own") and not row.law

    @cached_property
    def _told_apart(self) -> list[tuple[str, tuple[str, ...], frozenset[str]]]:
        """Channel, answers and categories that clocks ask for, each by itself, and none of them. Acknowledging promises no answer."""
        rows = [row for row in self.pack.obligations if row.limit not in AGREED and not row.waits_for]
        doors = {door for row in rows for door in row.channels}
        others = {channel.id for channel in self.pack.channels} - doors
        channels = [*sorted(doors), *sorted(others)[:1]] if doors else [""]
        facts = sorted({fact for row in rows for fact in (*row.facts, *row.unless_facts)})
        matters = sorted({matter for row in rows for matter in row.categories})
        answers: list[tuple[str, ...]] = [(), *((fact,) for fact in facts)]
        categories = [frozenset[str](), *(with_ancestors(self.pack, [matter]) for matter in matters)]
        return list(product(channels, answers, categories))

    @cached_property
    def _stretches(self) -> list[tuple[date, date]]:
        """The days looked at, cut where a dated rule of the pack begins or ends."""
        edges = {self.days[0]}
        for beside in self.pack.procedures:
            cuts = (beside.since, beside.through and beside.through + timedelta(1))
            edges |= {day for day in cuts if day and self.days[0] < day <= self.days[-1]}
        firsts = sorted(edges)
        return list(zip(firsts, [*(day - timedelta(1) for day in firsts[1:]), self.days[-1]], strict=True))

    # in words
    def _path(self, own: Obligation) -> Path:
        for n, row in enumerate(self.pack.obligations):
            if row.id == own.id:
                return ("obligations", n, "limit")
        return ("channels", [f"acknowledge_{channel.id}" for channel in self.pack.channels].index(own.id), "acknowledge")

    def _said(self, row: Row, chain: list[Obligation], late: Late, names: list[tuple[str, str]]) -> tuple[str, str]:
        zh, en = _names(names)
        own = " → ".join(duty.name for duty in chain), " → ".join(duty.name_en for duty in chain)
        kind = KINDS[row.kind]
        return (
            f"{row.title()}：{row.duty}，{row.limit_words()}（{row.when}）。{zh}“{own[0]}”比它晚：受理 {late.start:%Y-%m-%d %H:%M}，"
            f"本规程最晚 {_clock(late.own, late.start)}，{kind[0]} {_clock(late.legal, late.start)}；把时限改短",
            f"{row.title('en')}: {row.duty_en}, {row.limit_words('en')} ({row.when_en}). "
            f"{own[1]!r} is later{en and f' for {en}'}: received "
            f"{late.start:%Y-%m-%d %H:%M}, here at the latest {_clock(late.own, late.start)}, {kind[1]} {_clock(late.legal, late.start)}; "
            "shorten the limit",
        )  # fmt: skip


def _worth(start: datetime) -> timedelta:
    """How much worse an odd hour must be to be the better example."""
    return timedelta(0) if start.time() == HOURS[0] else timedelta(days=1)


def _names(names: list[tuple[str, str]]) -> tuple[str, str]:
    names = list(dict.fromkeys(names))
    several = len(names) > 4
    zh, en = "、".join(name for name, _ in names[:4]), ", ".join(name for _, name in names[:4])
    return (f"{zh}等 {len(names)} 种：", f"{en} and {len(names) - 4} more") if several else (f"{zh}：" if zh else "", en)


def _clock(at: datetime, beside: datetime) -> str:
    """10-26 24:00 for midnight after the 26th; with the year when it is another."""
    end = at.hour == at.minute == 0
    day = at - timedelta(days=1) if end else at
    words = f"{day:%m-%d} 24:00" if end else f"{day:%m-%d %H:%M}"
    return words if day.year == beside.year else f"{day.year}-{words}"


__all__ = ["check"]
