"""What a customer is promised: the obligations that the pack puts into words for them, with their times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kesu.company.models import Site
from kesu.company.procedures import time_of
from kesu.complaints.actions.clocks import state_of
from kesu.complaints.models import Case
from kesu.procedure.due import due
from kesu.procedure.duewords import due_words
from kesu.procedure.grading import grade
from kesu.procedure.limits import parse_limit
from kesu.procedure.pack import Obligation, Pack
from kesu.procedure.running import CaseState, Subject, applies, runs


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


@dataclass(frozen=True)
class Promised:
    """One promise before it is made: its words, and by when; `due_at` is None while what it counts from has not happened."""

    obligation: Obligation
    words: str  # 14:38 前有人接手
    due_at: datetime | None = None
    due: str = ""  # 14:38 前
    what: str = ""  # 有人接手


def wording(obligation: Obligation, language: str) -> str:
    """The pack's sentence for the customer, with its {names}; "" for what is internal."""
    return obligation.promise if language.startswith("zh") else (obligation.promise_en or obligation.promise)


def in_words(obligation: Obligation, language: str, *, due: str = "", by: str = "", what: str = "") -> str:
    """The promise as the customer reads it. English sentences bring their own "by"."""
    said = wording(obligation, language).format_map(_Blank(due=due.removeprefix("by "), by=by, what=what))
    return said.strip("：: ").removesuffix(" by")


def on_the_minute(due_at: datetime) -> datetime:
    """A due time as it is promised: whole minutes, never later than it is."""
    return due_at.replace(second=0, microsecond=0)


def open_ended(obligation: Obligation) -> bool:
    """Whether the promise names no time or thing of its own, so that it can be made before it has begun."""
    return bool(obligation.promise) and "{" not in obligation.promise


def foreseen(
    site: Site,
    pack: Pack,
    at: datetime,
    language: str,
    *,
    channel: str,
    nature: str,
    facts: Mapping[str, bool],
    categories: list[str],
    heard_at: datetime | None = None,
    wanted_by: datetime | None = None,
    dispatched: bool = True,
) -> list[Promised]:
    """What may be promised if the complaint were filed now; nothing is stored. `site.company` must be loaded."""
    stamps = {"heard": heard_at or at, "receive": at, "judge": at}
    stamps |= {"dispatch": at} if dispatched else {}
    stamps |= {f"fact:{fact}": at for fact, answer in facts.items() if answer}
    marks = {act: [moment.isoformat()] * 2 for act, moment in stamps.items()}
    case = Case(nature=nature, channel=channel, facts=dict(facts), categories=categories, marks=marks, whole_marks=marks)
    case.site, case.received_at = site, at
    case.wanted_by, case.grade = wanted_by, grade(pack, nature, facts).grade
    part = Subject("part", 0, {"dispatch": (at, at)})
    state = state_of(pack, case, (part,) if dispatched else ())
    return [*_with_times(site, pack, state, wanted_by, at, language), *to_come(pack, state, set(), language)]


def _with_times(site: Site, pack: Pack, state: CaseState, wanted_by: datetime | None, at: datetime, language: str) -> list[Promised]:
    found: dict[str, Promised] = {}
    for run in runs(pack, state):
        if not run.obligation.promise or run.done is not None or open_ended(run.obligation):
            continue
        when = due(parse_limit(run.obligation.limit), run.began, time_of(site, run.obligation.time), customer_date=wanted_by)
        if when is None:
            continue
        words = due_words(on_the_minute(when.at), at, language, site.company.zone)
        row = Promised(run.obligation, in_words(run.obligation, language, due=words), when.at, words, in_words(run.obligation, language))
        before = found.get(run.obligation.promise)
        if before is None or (before.due_at and when.at < before.due_at):
            found[run.obligation.promise] = row
    return sorted(found.values(), key=lambda row: row.due_at or at)


def to_come(pack: Pack, state: CaseState, begun: set[str], language: str) -> list[Promised]:
    """Promises of later steps that name no time of their own: said now, begun when their step comes."""
    rows = (row for row in pack.owed() if open_ended(row) and row.id not in begun and applies(row, state))
    return [Promised(row, in_words(row, language)) for row in rows]
