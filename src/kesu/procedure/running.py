"""Which obligations run for a case, from which moment, and which are done. Pure: pack + what happened → list.

A case's history enters as marks: for each act its first and last time in this round. Marks with a parameter carry it
behind a colon ("present:general_manager", "fact:U1"). `heard` is when the customer was heard, `receive` when it was
recorded; the pack chooses which of the two a limit counts from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kesu.procedure.acts import ACTS
from kesu.procedure.pack import Obligation, Pack

Marks = Mapping[str, tuple[datetime, datetime]]


@dataclass(frozen=True)
class Subject:
    """One part, action, proposal or extension of a case, with its own marks and (for actions) its own date."""

    per: str
    id: int
    marks: Marks
    lead: bool = True
    first: bool = True  # dispatched with the first dispatch of the first round
    ended: datetime | None = None  # sent back, withdrawn: nothing is owed for it any more
    own_date: datetime | None = None


@dataclass(frozen=True)
class CaseState:
    """What the obligations of a case depend on."""

    marks: Marks
    grade: str
    nature: str
    channel: str
    categories: frozenset[str] = frozenset()  # with their ancestors
    facts: Mapping[str, bool | None] = field(default_factory=dict)
    subjects: tuple[Subject, ...] = ()
    open: bool = True
    steps: frozenset[str] | None = None  # those of the nature's road; None: every one
    withdrawn: bool = False
    whole_marks: Marks = field(default_factory=dict)  # across rounds


@dataclass(frozen=True)
class Run:
    """An obligation that began: who it is for, since when, and when it was done (None: still owed)."""

    obligation: Obligation
    subject: int  # 0 for the case itself
    began: datetime
    began_by: str
    done: datetime | None
    own_date: datetime | None = None

    @property
    def key(self) -> tuple[str, int]:
        """What identifies the clock within a round."""
        return (self.obligation.id, self.subject)


def applies(obligation: Obligation, state: CaseState) -> bool:
    """Whether grade, nature, channel, category and facts are those the obligation is for; empty lists mean every one."""
    return (
        (not obligation.grades or state.grade in obligation.grades)
        and (not obligation.natures or state.nature in obligation.natures)
        and (not obligation.channels or state.channel in obligation.channels)
        and (not obligation.categories or bool(state.categories.intersection(obligation.categories)))
        and (not obligation.facts or any(state.facts.get(fact) for fact in obligation.facts))
    )


def runs(pack: Pack, state: CaseState) -> list[Run]:
    """Every obligation of the pack that has begun for this case in this round, done or not.

    Once the customer has withdrawn, nothing is owed but closing; once the case is closed, only what begins with closing.
    """
    return [run for run in _begun(pack, state) if run.done is not None or _still_owed(run.obligation, state)]


def _still_owed(obligation: Obligation, state: CaseState) -> bool:
    if not state.open:
        return "close" in obligation.begins
    return not state.withdrawn or bool({"close", "archive"}.intersection(obligation.until))


def _on_the_road(obligation: Obligation, state: CaseState) -> bool:
    """Whether the case's nature goes through the step that the obligation's act completes: nobody owes what cannot be done any more."""
    step = ACTS[obligation.act].completes if obligation.act in ACTS else None
    return step is None or state.steps is None or step in state.steps


def _begun(pack: Pack, state: CaseState) -> list[Run]:
    found: list[Run] = []
    for obligation in pack.owed():
        if not applies(obligation, state) or not _on_the_road(obligation, state):
            continue
        if obligation.per == "case":
            marks = state.whole_marks if obligation.whole_case else state.marks
            found.extend(_run(obligation, 0, _begins(obligation, marks), marks, marks, None, None))
        else:
            for subject in state.subjects:
                if subject.per == obligation.per and _concerns(obligation, subject):
                    found.extend(_of_subject(obligation, subject, state.marks))
    return found


def _begins(obligation: Obligation, marks: Marks) -> list[str]:
    """What begins it: in a regraded case the regrade, where the pack says that nobody could have known before."""
    return ["regrade"] if obligation.after_regrade and "regrade" in marks else obligation.begins


def _concerns(obligation: Obligation, subject: Subject) -> bool:
    return obligation.per != "part" or obligation.part == "any" or (obligation.part == "lead") == subject.lead


def _of_subject(obligation: Obligation, subject: Subject, case_marks: Marks) -> Iterable[Run]:
    begins = obligation.begins
    if obligation.per == "part" and obligation.again and not (subject.first and subject.lead):
        begins = obligation.again
    if obligation.per != "part":  # what happened to another proposal or action is not this one's
        return _run(obligation, subject.id, begins, subject.marks, subject.marks, subject.ended, subject.own_date)
    marks = {**case_marks, **subject.marks}
    done = [subject.marks[act][1] for act in obligation.until if act in subject.marks]
    if done:  # a form that came back before the last action was done is not owed again
        begins = [act for act in begins if act in marks and marks[act][0] <= max(done)]
    return _run(obligation, subject.id, begins, marks, subject.marks, subject.ended, subject.own_date, need="dispatch")


def _run(
    obligation: Obligation,
    subject: int,
    begins: Iterable[str],
    begin_marks: Marks,
    end_marks: Marks,
    ended: datetime | None,
    own_date: datetime | None,
    need: str = "",
) -> Iterable[Run]:
    if need and need not in begin_marks:
        return
    begun = min(((begin_marks[act][0], act) for act in begins if act in begin_marks), default=None)
    if begun is None:
        return
    ends = [end_marks[act][1] for act in obligation.until if act in end_marks and end_marks[act][1] >= begun[0]]
    if ended is not None:
        ends.append(ended)
    yield Run(obligation, subject, begun[0], begun[1], min(ends, default=None), own_date)


def with_mark(marks: dict[str, list[str]], act: str, at: datetime) -> None:
    """Note that `act` was done at `at` (ISO strings, as the case stores them)."""
    stamp = at.isoformat()
    if act in marks:
        marks[act][1] = stamp
    else:
        marks[act] = [stamp, stamp]


def read_marks(stored: Mapping[str, list[str]]) -> dict[str, tuple[datetime, datetime]]:
    """The case's stored marks as datetimes."""
    return {act: (datetime.fromisoformat(pair[0]), datetime.fromisoformat(pair[1])) for act, pair in stored.items()}


def step_of(nature_steps: Iterable[str], completed: Iterable[str]) -> str:
    """The first step of the nature that is not completed; "done" when all are."""
    ready = set(completed)
    return next((step for step in nature_steps if step not in ready), "done")
