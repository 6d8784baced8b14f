"""A case played on paper: given acts at given times, which clocks run under a procedure, when they are due, who is told. Pure.

The same functions decide here and for a real case (`running.runs`, `due.due`, `moments.moments`); only the rows are missing. Used
to try a procedure (test bench, scenarios of the examples) and to replay past cases under another version (`replaying`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from kesu.procedure.acts import ACTS
from kesu.procedure.due import Due, Pause, due, moments
from kesu.procedure.duties import Obligation
from kesu.procedure.grading import grade as grade_by_facts
from kesu.procedure.limits import parse_limit
from kesu.procedure.pack import Pack
from kesu.procedure.running import CaseState, Run, Subject, fast_paths, runs, with_ancestors
from kesu.procedure.timetable import Time

Times = Callable[[str], Time]
"""Kind of time ("always", "office", "official") → that time at the site of the case."""

WHOLE_CASE = 0
AGREED = ("own-date", "before-expiry")  # limits that are agreed dates: no procedure reckons them
Key = tuple[str, int, int]  # obligation, round, subject


@dataclass(frozen=True)
class Happening:
    """One thing that happened. `act` is a mark: receive, judge, present:ROLE, fact:ID, event:ID, pause:REASON, resume, reopen …

    `what` changes the case: nature, grade, channel, categories, facts, customer_date (datetime), obligation and new_due (an
    extension that was granted), attempt (of a follow-up), lead (a dispatch is to the lead department; yes unless it says no), approval
    (a proposal needs one; likewise). `subject`: which part or proposal the act concerns, numbered as the caller likes.
    """

    at: datetime
    act: str
    what: Mapping[str, object] = field(default_factory=dict)
    subject: int = 0


@dataclass
class Played:
    """One clock of the played case. `state`: running, paused, done, void; `due` is None while no date can be reckoned."""

    obligation: Obligation
    round: int
    subject: int
    began: datetime
    due: Due | None
    done: datetime | None = None
    state: str = "running"
    extended_to: datetime | None = None

    def late(self, at: datetime) -> bool:
        """Whether it was done after it was due, or is open and overdue at `at`. What lapsed counts if it was late by then."""
        return self.due is not None and min(self.done or at, at) > self.due.at


@dataclass(frozen=True)
class Rung:
    """Somebody was told: when, of what ("warned", "fell_late", "climbed"), which roles; empty: whoever owes it."""

    at: datetime
    kind: str
    roles: tuple[str, ...]


class Course:
    """The course of one case under one procedure. `happen` in the order of time; `clocks` is what came of it."""

    def __init__(self, pack: Pack, times: Times) -> None:
        self.pack, self.times = pack, times
        self.marks: dict[str, tuple[datetime, datetime]] = {}
        self.whole: dict[str, tuple[datetime, datetime]] = {}
        self.subjects: dict[tuple[str, int], dict[str, tuple[datetime, datetime]]] = {}
        self.ended: dict[tuple[str, int], datetime] = {}
        self.lead = 0
        self.nature, self.grade = pack.nature_default().id, pack.grade_default().id
        self.graded = False
        self.channel, self.categories = "", frozenset[str]()
        self.facts: dict[str, bool | None] = {}
        self.customer_date: datetime | None = None
        self.round, self.open, self.withdrawn = 1, True, False
        self.received: datetime | None = None
        self.pauses: list[Pause] = []
        self.since_changed = False  # we know of it since another moment, and the clocks do not say so yet
        self.clocks: dict[Key, Played] = {}

    def happen(self, *happenings: Happening) -> Course:
        """Let these happen. What happens in the same second is one act (received, judged and dispatched at the desk): nothing of it
        is owed in between."""
        for at, together in groupby(happenings, key=lambda row: row.at):
            for row in together:
                self._take(row)
            self._bring_in_line(at)
        return self

    # what an act changes
    def _take(self, row: Happening) -> None:
        self._learn(row.what)
        name, _, detail = row.act.partition(":")
        if name == "reopen" or (row.act == "visit:not_content" and self.pack.follow_up.not_content == "reopen"):
            self._new_round(row)
            return
        if row.act == "visit:later" or (row.act == "visit:not_reached" and not self._gave_up(row)):
            self._note("visit:attempt", row.at)
            return
        if name == "receive":
            self.received = self.received or row.at
        if name == "pause":
            self.pauses.append(Pause(row.at, None, detail))
        if name == "resume":
            self.pauses = [pause if pause.end else Pause(pause.start, row.at, pause.reason) for pause in self.pauses]
        if name == "grant_extension":
            self._extend(row.what)
        if name in ("close", "merge", "unmerge"):  # a merged case is closed: it goes on under another number
            self.open = name == "unmerge"
        if name in ("take_in", "give_back"):
            self._since(row.what)
        if name == "split_off":  # what was over by then is the other case's, and counted there
            self.clocks = {key: clock for key, clock in self.clocks.items() if clock.state in ("running", "paused")}
        if name == "take_out":  # what it was put into is no more
            self.marks.pop("put_right", None)
            self.whole.pop("put_right", None)
        self.withdrawn = self.withdrawn or name == "withdraw"
        self._mark(row)

    def _since(self, what: Mapping[str, object]) -> None:
        """We knew of it earlier than we thought (another case was taken in), or did not after all: what runs counts from then."""
        since = what.get("since")
        for name, when in since.items() if isinstance(since, Mapping) else ():
            for marks in (self.marks, self.whole):
                if name in marks:
                    marks[name] = (when, max(marks[name][1], when))
        self.since_changed = True

    def _begin_anew(self, wanted: Mapping[Key, Run]) -> None:
        """What is still owed counts from the time that we know now; what the same act has ended was owed as it stood."""
        for key, clock in self.clocks.items():
            run = wanted.get(key)
            if run and run.done is None and clock.state in ("running", "paused") and run.began_by in ("heard", "receive"):
                clock.began = run.began

    def _gave_up(self, row: Happening) -> bool:
        """Whether so many attempts to reach the customer count as the follow-up."""
        rule, attempt = self.pack.follow_up, row.what.get("attempt")
        return rule.unreachable_counts and isinstance(attempt, int) and attempt >= rule.attempts

    def _learn(self, what: Mapping[str, object]) -> None:
        facts = what.get("facts")
        if isinstance(facts, Mapping):
            self.facts.update({str(fact): None if answer is None else bool(answer) for fact, answer in facts.items()})
        self.nature, self.channel = str(what.get("nature", self.nature)), str(what.get("channel", self.channel))
        if "grade" in what:
            self.grade, self.graded = str(what["grade"]), True
        elif not self.graded:
            self.grade = grade_by_facts(self.pack, self.nature, self.facts).grade
        categories = what.get("categories")
        if isinstance(categories, Iterable) and not isinstance(categories, str):
            self.categories = with_ancestors(self.pack, map(str, categories))
        wanted = what.get("customer_date")
        self.customer_date = wanted if isinstance(wanted, datetime) else self.customer_date

    def _mark(self, row: Happening) -> None:
        """The marks that an act leaves, of the case and of its part or proposal, as the real acts (complaints.actions) leave them."""
        name, _, detail = row.act.partition(":")
        self._mark_subject(name, row)
        if name == "send_back":
            self._sent_back(row)
            return
        if name in ("sign", "return") and not self._for_the_case(name, row.subject):
            return
        if name == "unfound":
            self._unfound(row)
        if name == "regrade" and "step:judge" not in self.marks:  # a grade that was put (taken over, or by lateness) is a judgement
            for mark in ("judge", "step:judge"):
                self._note(mark, row.at)
        if name == "agree":
            self.marks.pop("execute", None)  # what was agreed now is still to be done
        for mark in (row.act, name) if detail and name not in ("fact", "event") else (row.act,):
            self._note(mark, row.at)
        for fact, answer in self.facts.items() if row.what.get("facts") else ():
            if answer and f"fact:{fact}" not in self.marks:
                self._note(f"fact:{fact}", row.at)
        step = ACTS[name].completes if name in ACTS else None
        if step:
            self._note(f"step:{step}", row.at)

    def _mark_subject(self, name: str, row: Happening) -> None:
        if isinstance(withdrawn := row.what.get("withdrawn"), int):  # a letter's version that nobody need review any more
            self.ended["letter", withdrawn] = row.at
        per = _SUBJECT_OF.get(name)
        if per is None or (name == "propose" and not row.what.get("approval", True)):
            return
        known = self.subjects.setdefault((per, row.subject), {})
        known[name] = _wider(known.get(name), row.at)
        if name == "dispatch" and row.what.get("lead", True):
            self.lead = row.subject
            for mark in ("sign", "step:sign"):
                self.marks.pop(mark, None)

    def _for_the_case(self, name: str, part: int) -> bool:
        """The lead's signature is the case's; the last form that comes back completes the handling."""
        if name == "sign":
            return part == self.lead
        alive = [marks for (per, number), marks in self.subjects.items() if per == "part" and (per, number) not in self.ended]
        return all("return" in marks for marks in alive)

    def _sent_back(self, row: Happening) -> None:
        self.ended["part", row.subject] = row.at
        if row.subject == self.lead:
            for mark in ("step:dispatch", "step:sign", "sign", "send_back:lead"):
                self.marks.pop(mark, None)
            self._note("send_back:lead", row.at)
        self._note("send_back", row.at)

    def _unfound(self, row: Happening) -> None:
        self.nature = next((nature.id for nature in self.pack.natures if nature.unfounded), self.nature)
        for mark in ("report_back", "step:judge", "step:report"):
            self._note(mark, row.at)

    def _note(self, mark: str, at: datetime) -> None:
        self.marks[mark], self.whole[mark] = _wider(self.marks.get(mark), at), _wider(self.whole.get(mark), at)

    def _new_round(self, row: Happening) -> None:
        """As for a real case: what was judged stays judged, everything from dispatch on is owed again."""
        if row.act != "reopen":
            self._note("visit", row.at)
        self._bring_in_line(row.at)
        for (_, round_, _), clock in self.clocks.items():
            if round_ == self.round and clock.state in ("running", "paused"):
                clock.state, clock.done = "void", row.at
        self.pauses = [pause if pause.end else Pause(pause.start, row.at, pause.reason) for pause in self.pauses]
        nature = self.pack.find("natures", self.nature)
        if nature is None or "handle" not in nature.steps:
            self.nature = self.pack.nature_default().id
        self.marks = {mark: pair for mark, pair in self.marks.items() if mark == "step:judge"}
        self.whole.pop("close", None)
        self.subjects, self.ended, self.lead = {}, {}, 0
        self.round, self.open, self.withdrawn = self.round + 1, True, False
        self._note("reopen", row.at)

    def _extend(self, what: Mapping[str, object]) -> None:
        new_due = what.get("new_due")
        for (id, round_, _), clock in self.clocks.items():
            if id == what.get("obligation") and round_ in (WHOLE_CASE, self.round) and isinstance(new_due, datetime):
                clock.extended_to = new_due

    # what follows from it
    def _state(self) -> CaseState:
        nature = self.pack.find("natures", self.nature) or self.pack.nature_default()
        zone = self.times("always").zone
        return CaseState(
            marks=self.marks,
            grade=self.grade,
            nature=self.nature,
            channel=self.channel,
            categories=self.categories,
            facts=self.facts,
            subjects=tuple(self._subjects()),
            open=self.open,
            steps=frozenset(nature.steps),
            withdrawn=self.withdrawn,
            stage=self.round,
            received_on=self.received.astimezone(zone).date() if self.received else None,
            fast=fast_paths(self.pack, self.marks, self.facts, self.channel, self.times),
            whole_marks=self.whole,
        )

    def _subjects(self) -> Iterable[Subject]:
        for (per, number), marks in self.subjects.items():
            first = self.round == 1 and marks.get("dispatch", ())[:1] == self.marks.get("dispatch", ())[:1]
            yield Subject(per, number, marks, lead=number == self.lead, first=first, ended=self.ended.get((per, number)))

    def _bring_in_line(self, at: datetime) -> None:
        if self.received is None:
            return  # heard, but not yet ours
        wanted = {self._key(run): run for run in runs(self.pack, self._state()) if run.obligation.limit not in AGREED}
        if self.since_changed:
            self._begin_anew(wanted)
            self.since_changed = False
        for key, run in wanted.items():
            clock = self.clocks.get(key)
            if run.done is not None and (clock is None or clock.state in ("done", "void")):
                continue  # done before anybody owed it, or done already: what is done later is another act
            if clock is None or (run.done is None and run.began > clock.began and not _still_the_same(clock)):
                clock = self.clocks[key] = Played(run.obligation, key[1], run.subject, run.began, None)
            self._update(clock, run, at)
        for key, clock in self.clocks.items():
            if key not in wanted and clock.state in ("running", "paused") and key[1] in (WHOLE_CASE, self.round):
                clock.state, clock.done = "void", at
                self._carry(clock, wanted, at)

    def _carry(self, old: Played, wanted: Mapping[Key, Run], at: datetime) -> None:
        """Leave that was granted stays when the grade changes, unless the new limit is later anyway."""
        for key, run in wanted.items():
            new = self.clocks.get(key)
            if old.extended_to is None or new is None or new.due is None or run.done is not None:
                continue
            instead = run.obligation.same_duty(old.obligation) and key[1:] == (old.round, old.subject)
            if instead and new.due.at < old.extended_to:
                new.extended_to = old.extended_to
                self._update(new, run, at)

    def _key(self, run: Run) -> Key:
        return run.obligation.id, WHOLE_CASE if run.obligation.whole_case else self.round, run.subject

    def _update(self, clock: Played, run: Run, at: datetime) -> None:
        stops = [pause for pause in self.pauses if pause.reason in run.obligation.pauses]
        clock.due = due(
            parse_limit(run.obligation.limit),
            clock.began,
            self.times(run.obligation.time),
            pauses=stops,
            customer_date=self.customer_date,
            extended_to=clock.extended_to,
            until=at,
        )
        clock.done = run.done
        stands = any(pause.end is None for pause in stops) and clock.due is not None and clock.due.at > at
        clock.state = "done" if run.done else "paused" if stands else "running"

    # what is asked afterwards
    def owed(self) -> list[Played]:
        """The clocks that run or are paused, what is due first first."""
        return sorted((clock for clock in self.clocks.values() if clock.state in ("running", "paused") and clock.due), key=_due_at)

    def rungs(self, clock: Played, until: datetime) -> list[Rung]:
        """Who was or would be told of this clock before it ended (or before `until`), in order of time."""
        if clock.due is None:
            return []
        time, ends = self.times(clock.obligation.time), min(clock.done or until, until)
        stops = [pause for pause in self.pauses if pause.end and pause.reason in clock.obligation.pauses]
        early = moments(clock.began, clock.due.at, time, clock.obligation.warn, pauses=stops)
        ladder = clock.obligation.ladder
        later = moments(clock.began, clock.due.at, time, [rung.at for rung in ladder])
        found = [Rung(at, "warned", ()) for _, at in early if at < clock.due.at]
        found.append(Rung(clock.due.at, "fell_late", ()))
        found += [Rung(at, "climbed", tuple(rung.tell)) for rung, (_, at) in zip(ladder, later, strict=True)]
        return sorted((rung for rung in found if rung.at < ends), key=lambda rung: rung.at)


_SUBJECT_OF = {
    "dispatch": "part",
    "sign": "part",
    "return": "part",
    "send_back": "part",
    "propose": "proposal",
    "approve": "proposal",
    "refuse": "proposal",
    "reply": "proposal",
    "agree": "proposal",
    "decline": "proposal",
    "submit_letter": "letter",
    "pass_letter": "letter",
    "return_letter": "letter",
}


def _wider(known: tuple[datetime, datetime] | None, at: datetime) -> tuple[datetime, datetime]:
    return (at, at) if known is None else (min(known[0], at), max(known[1], at))


def _still_the_same(clock: Played) -> bool:
    """What may be owed anew counts from the first time as long as it was not done: a second notice gives no more time."""
    return clock.obligation.anew and clock.state in ("running", "paused")


def _due_at(clock: Played) -> datetime:
    assert clock.due is not None  # `owed` leaves out the others
    return clock.due.at


def play(pack: Pack, times: Times, happenings: Sequence[Happening]) -> Course:
    """The whole course of a case; happenings may come in any order and are taken by their times (as given when equal)."""
    return Course(pack, times).happen(*sorted(happenings, key=lambda row: row.at))


def settled_after(course: Course) -> datetime:
    """Just after the last clock of a course could say anything more: enough to see every rung."""
    ends = [clock.due.at for clock in course.clocks.values() if clock.due]
    return max(ends, default=datetime.max.replace(tzinfo=course.times("always").zone)) + timedelta(days=30)
