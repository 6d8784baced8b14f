"""A case played on paper under one of the procedures that ship, for scenarios: given acts at given times, what is owed until when."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tests.pure.shipped import EXAMPLES, example, shipped, shipped_times

from kesu.procedure.due import extended_at_most
from kesu.procedure.playing import Course, Happening, Played, play


class Case:
    """A case under an example or packs/NAME.toml; times are of that country, in 2026 unless they say a year."""

    def __init__(self, name: str, *acts: str) -> None:
        an_example = name in {path.stem for path in EXAMPLES}
        self.pack, self.times = example(name) if an_example else (shipped(name), shipped_times(name))
        self.zone = ZoneInfo(self.pack.pack.zone)
        self.course: Course = play(self.pack, self.times, [])
        for act in acts:
            self.then(act)

    def at(self, text: str) -> datetime:
        return datetime.fromisoformat(text if text[:2] == "20" else f"2026-{text}").replace(tzinfo=self.zone)

    def then(self, text: str, subject: int = 0, **what: object) -> Case:
        """ "04-02 16:59 receive": when and what."""
        when, _, act = text.rpartition(" ")
        self.course.happen(Happening(self.at(when), act, what, subject))
        return self

    def owed(self) -> dict[str, str]:
        return {clock.obligation.id: self.shown(clock) for clock in self.course.owed()}

    def shown(self, clock: Played) -> str:
        assert clock.due is not None
        due = clock.due.at
        return due.strftime("%m-%d %H:%M" if due.year == 2026 else "%Y-%m-%d %H:%M")

    def clock(self, id: str, round: int = 1, subject: int = 0) -> Played:
        return self.course.clocks[id, round, subject]

    def binding(self) -> tuple[str, str, str]:
        """What binds: whose rule ("own", "law", "platform", "authority"), which clock, until when."""
        id, until = next(iter(self.owed().items()))
        duty = self.pack.obligation(id)
        beside = self.pack.find("procedures", duty.procedure) if duty else None
        return beside.kind if beside else "own", id, until

    def due_in_utc(self, id: str) -> str:
        clock = self.clock(id)
        assert clock.due is not None
        return clock.due.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M")

    def longest(self, id: str, kind: str = "") -> str:
        """To when its extension may go at most, as the real act reckons it."""
        clock = self.clock(id, self.course.round)
        assert clock.obligation.extension is not None and clock.due is not None
        last = extended_at_most(clock.obligation.extension.longest, clock.due.original_at, self.times(kind or clock.obligation.time))
        return last.strftime("%m-%d %H:%M")
