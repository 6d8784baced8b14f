"""Which obligations run for a case, from which moment, and which are done. Pure: pack + what happened → list.

A case's history enters as marks: for each act its first and last time in this round. Marks with a parameter carry it
behind a colon ("present:general_manager", "fact:U1", "event:accepted", "pause:test"). `heard` is when the customer was
heard, `receive` when it was recorded; the pack chooses which of the two a limit counts from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from kesu.procedure.acts import ACTS
from kesu.procedure.due import due
from kesu.procedure.duties import FastPath, Obligation
from kesu.procedure.pack import Pack
from kesu.procedure.timetable import Time

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
    stage: int = 1  # the round, as far as obligations ask for it
    received_on: date | None = None  # the company's calendar day of receipt: which dated procedures count; None: every one
    fast: frozenset[str] = frozenset()  # fast paths that were kept
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
        and not any(state.facts.get(fact) for fact in obligation.unless_facts)
        and (not obligation.stages or state.stage in obligation.stages)
        and (obligation.unless_fast is None or obligation.unless_fast not in state.fast)
        and (obligation.if_fast is None or obligation.if_fast in state.fast)
    )


def in_force(pack: Pack, obligation: Obligation, received_on: date | None) -> bool:
    """Whether the procedure that the clock belongs to was in force for a complaint received on that day."""
    row = pack.find("procedures", obligation.procedure)
    if row is None or received_on is None:
        return True
    return (row.since is None or row.since <= received_on) and (row.through is None or received_on <= row.through)


def with_ancestors(pack: Pack, categories: Iterable[str]) -> frozenset[str]:
    """The categories and everything above them in the tree."""
    found: set[str] = set()
    for category in categories:
        row = pack.find("categories", category)
        while row and row.id not in found:
            found.add(row.id)
            row = pack.find("categories", row.parent)
    return frozenset(found)


def fast_paths(pack: Pack, marks: Marks, facts: Mapping[str, bool | None], channel: str, time_of: Callable[[str], Time]) -> frozenset[str]:
    """The fast paths that were kept: one of `by` was first done within the limit from the first of `begins`.

    `time_of`: kind of time ("always", "office", "official") → that time, at this site.
    """
    return frozenset(row.id for row in pack.fast_paths if _kept(row, marks, facts, channel, time_of))


def _kept(row: FastPath, marks: Marks, facts: Mapping[str, bool | None], channel: str, time_of: Callable[[str], Time]) -> bool:
    if (row.channels and channel not in row.channels) or any(facts.get(fact) for fact in row.unless_facts):
        return False
    begun = min((marks[act][0] for act in row.begins if act in marks), default=None)
    done = min((marks[act][0] for act in row.by if act in marks), default=None)
    if begun is None or done is None:
        return False
    ends = due(row.within, begun, time_of(row.time))
    return ends is not None and done <= ends.at


def runs(pack: Pack, state: CaseState) -> list[Run]:
    """Every obligation of the pack that has begun for this case in this round, done or not.

    Once the customer has withdrawn, nothing is owed but closing and what a withdrawal does not lift; once the case is closed, only what
    begins with closing. What outlives closing is owed until it is done, whatever becomes of the case.
    """
    return [run for run in _begun(pack, state) if run.done is not None or _still_owed(run.obligation, state)]


def _still_owed(obligation: Obligation, state: CaseState) -> bool:
    if obligation.outlives_closing:
        return True
    if not state.open:
        return "close" in obligation.begins
    return not state.withdrawn or obligation.despite_withdrawal or {"close", "archive"}.issuperset(obligation.until)


def on_the_road(obligation: Obligation, state: CaseState) -> bool:
    """Whether the case's nature goes through the step that the obligation's act completes: nobody owes what cannot be done any more."""
    step = ACTS[obligation.act].completes if obligation.act in ACTS else None
    return step is None or state.steps is None or step in state.steps


def _begun(pack: Pack, state: CaseState) -> list[Run]:
    found: list[Run] = []
    for obligation in pack.owed():
        if not applies(obligation, state) or not on_the_road(obligation, state) or not in_force(pack, obligation, state.received_on):
            continue
        if obligation.per == "case":
            marks = state.whole_marks if obligation.whole_case else state.marks
            if obligation.repeats:
                found.extend(_repeated(obligation, marks))
                continue
            agreed = _agreed(state) if obligation.follows_agreed else None
            found.extend(_run(obligation, 0, _begins(obligation, marks), marks, marks, None, agreed))
        else:
            for subject in state.subjects:
                if subject.per == obligation.per and _concerns(obligation, subject):
                    found.extend(_of_subject(obligation, subject, state.marks))
    return found


def _agreed(state: CaseState) -> datetime | None:
    """The time at which the customer wants to be called, as agreed last in this round and not kept yet."""
    times = [row.own_date for row in state.subjects if row.per == "appointment" and row.own_date and row.ended is None]
    return max(times, default=None)


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
    if obligation.unless_done and any(end_marks[act][0] < begun[0] for act in obligation.until if act in end_marks):
        return
    ends = [end_marks[act][1] for act in obligation.until if act in end_marks and end_marks[act][1] >= begun[0]]
    if ended is not None:
        ends.append(ended)
    if obligation.anew and ends and ended is None:
        last = max((begin_marks[act][1], act) for act in begins if act in begin_marks)
        if last[0] > max(ends):
            begun, ends = last, []
    yield Run(obligation, subject, begun[0], begun[1], min(ends, default=None), own_date)


def _repeated(obligation: Obligation, marks: Marks) -> Iterable[Run]:
    """What is owed again each time it was done: it counts from the last time, until something stops it."""
    begun = max(((marks[act][1], act) for act in obligation.begins if act in marks), default=None)
    if begun is None:
        return
    last = max(((marks[act][1], act) for act in obligation.until if act in marks and marks[act][1] >= begun[0]), default=begun)
    stopped = [marks[act][1] for act in obligation.stops if act in marks and marks[act][1] >= begun[0]]
    yield Run(obligation, 0, last[0], last[1], min(stopped, default=None))


def with_mark(marks: dict[str, list[str]], act: str, at: datetime) -> None:
    """Note that `act` was done at `at` (ISO strings, as the case stores them); an event recorded late may lie before what is known."""
    stamp = at.isoformat()
    if act not in marks:
        marks[act] = [stamp, stamp]
        return
    first, last = (datetime.fromisoformat(known) for known in marks[act])
    if at < first:
        marks[act][0] = stamp
    if at >= last:
        marks[act][1] = stamp


def read_marks(stored: Mapping[str, list[str]]) -> dict[str, tuple[datetime, datetime]]:
    """The case's stored marks as datetimes."""
    return {act: (datetime.fromisoformat(pair[0]), datetime.fromisoformat(pair[1])) for act, pair in stored.items()}


def step_of(nature_steps: Iterable[str], completed: Iterable[str]) -> str:
    """The first step of the nature that is not completed; "done" when all are."""
    ready = set(completed)
    return next((step for step in nature_steps if step not in ready), "done")
