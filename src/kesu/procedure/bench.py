"""The test bench of a procedure: "a complaint received at … would be due …", for one case made up on the spot. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kesu.procedure.acts import ACTS
from kesu.procedure.duewords import why_json, why_words
from kesu.procedure.pack import Pack
from kesu.procedure.packwords import Reader
from kesu.procedure.playing import Course, Happening, Played, Times, play
from kesu.procedure.refused import Refused


@dataclass(frozen=True)
class Trial:
    """A made-up case. `facts` are those answered yes; `acts` what happens later, (mark, time)."""

    received: datetime
    heard: datetime | None = None
    channel: str = ""
    nature: str = ""
    grade: str = ""
    categories: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    customer_date: datetime | None = None
    acts: tuple[tuple[str, datetime], ...] = field(default=())

    def happenings(self) -> list[Happening]:
        """What happens, in no order."""
        judged: dict[str, object] = {"facts": dict.fromkeys(self.facts, True), "categories": self.categories}
        judged |= {key: value for key, value in (("nature", self.nature), ("grade", self.grade)) if value}
        first: dict[str, object] = {"channel": self.channel, **judged}
        if self.customer_date:
            first["customer_date"] = self.customer_date
        known = [Happening(self.heard or self.received, "heard"), Happening(self.received, "receive", first)]
        if self.nature or self.grade:
            known.append(Happening(self.received, "judge", judged))
        return [*known, *(Happening(at, act) for act, at in self.acts)]


def tried(pack: Pack, times: Times, trial: Trial) -> Course:
    """The course of the made-up case. Raises Refused for what the pack does not know, TimeRefused for times that cannot be reckoned."""
    for table, ids in (
        ("channels", [trial.channel] if trial.channel else []),
        ("natures", [trial.nature] if trial.nature else []),
        ("grades", [trial.grade] if trial.grade else []),
        ("categories", trial.categories),
        ("facts", trial.facts),
    ):
        for id in ids:
            _must_know(pack, table, id)
    for act, _ in trial.acts:
        name, _, detail = act.partition(":")
        if (
            name not in ACTS
            and not (name == "event" and pack.find("events", detail))
            and not (name == "fact" and pack.find("facts", detail))
        ):
            raise Refused("act", f"没有“{act}”这个动作", f"there is no act {act!r}", field="acts")
    return play(pack, times, trial.happenings())


def _must_know(pack: Pack, table: str, id: str) -> None:
    if pack.find(table, id) is None:
        known = "、".join(row.id for row in getattr(pack, table))
        raise Refused(table, f"{table} 里没有“{id}”，可以写 {known}", f"{table} has no {id!r}: {known}", field=table)


def shown(course: Course, language: str, clocks: Iterable[Played] | None = None) -> list[dict[str, Any]]:
    """Each clock for people and machines: what is owed, by whom, when, and why then; what falls due first first."""
    return [_row(course, clock, language) for clock in (course.owed() if clocks is None else clocks) if clock.due]


def _row(course: Course, clock: Played, language: str) -> dict[str, Any]:
    reader, due = Reader(course.pack, language), clock.due
    assert due is not None  # `shown` leaves out the others
    duty = reader.duty(clock.obligation)
    return {
        "obligation": clock.obligation.id,
        "name": duty.name,
        "procedure": duty.procedure,
        "role": clock.obligation.role,
        "role_name": duty.role,
        "round": clock.round,
        "state": clock.state,
        "began": clock.began.astimezone(due.at.tzinfo).isoformat(),
        "due": due.at.isoformat(),
        "limit": duty.limit,
        "source": clock.obligation.source,
        "confirmed": due.confirmed,
        "why": why_json(due)["why"],
        "why_words": why_words(due, language),
    }


def told(course: Course, clock: Played, until: datetime, language: str) -> list[Mapping[str, str]]:
    """Who would be told of it when, if nothing happened until then."""
    reader = Reader(course.pack, language)
    kinds = {"warned": ("预警", "warned"), "fell_late": ("超时", "late"), "climbed": ("上报", "escalated")}
    return [
        {
            "at": rung.at.isoformat(),
            "kind": rung.kind,
            "word": kinds[rung.kind][0 if reader.zh else 1],
            "who": reader.names("roles", list(rung.roles)) or reader.names("roles", [clock.obligation.role]),
        }
        for rung in course.rungs(clock, until)
    ]
