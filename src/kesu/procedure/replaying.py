"""Past cases under a procedure: what was owed when, what fell late, who was told. Pure: histories in, figures out.

A history is what the journal says. People's acts stay where they were: a replay shows what another procedure would have measured,
not how people would have worked under it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kesu.procedure.investigationacts import INVESTIGATION
from kesu.procedure.pack import Pack
from kesu.procedure.playing import Course, Happening, Played, Times, play

Entry = Mapping[str, Any]
"""One entry of a journal: `at` (datetime or ISO text), `act`, `data`."""


@dataclass(frozen=True)
class History:
    """One past case: its number, what happened, and the moment at which it is looked at (now, or its last word)."""

    number: str
    happenings: tuple[Happening, ...]
    until: datetime


def history(
    number: str,
    entries: Sequence[Entry],
    *,
    heard_at: datetime,
    until: datetime,
    channel: str = "",
    customer_date: datetime | None = None,
) -> History:
    """The history that a journal tells. Raises ValueError or KeyError for entries that cannot be read."""
    return History(number, tuple(_Reader(heard_at, channel, customer_date).read(entries)), until)


class _Reader:
    """Reads a journal entry by entry; keeps which part and which promises are meant."""

    def __init__(self, heard_at: datetime, channel: str, customer_date: datetime | None) -> None:
        self.heard_at, self.channel, self.customer_date = heard_at, channel, customer_date
        self.parts: dict[str, int] = {}
        self.count = 0
        self.promised: dict[int, int] = {}
        self.undone = 0
        self.begun_anew = False
        self.taken_in = False
        self.entries: Sequence[Entry] = ()

    def read(self, entries: Sequence[Entry]) -> Iterator[Happening]:
        self.entries = entries
        self.taken_in = any(entry["act"] == "take_in" for entry in entries)
        for n, entry in enumerate(entries):
            act, at, data = str(entry["act"]), _moment(entry["at"]), entry.get("data") or {}
            special = getattr(self, f"_{act}", None)
            if special is not None:
                yield from special(at, data, entries[n + 1] if n + 1 < len(entries) else {})
            elif act in PLAIN:
                yield Happening(at, act)

    def _receive(self, at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        own = data.get("heard_at") if self.taken_in else None  # the case's own time is another since it took one in
        yield Happening(_moment(own) if own else self.heard_at, "heard")
        what: dict[str, object] = {"channel": data.get("channel", self.channel), "facts": data.get("facts") or {}}
        first = next((entry.get("data") or {} for entry in self.entries if entry["act"] == "agree_date"), {})
        if named := first.get("before") if first else self.customer_date:  # the date named at first, not the one agreed since
            what["customer_date"] = _moment(named)
        yield Happening(at, "receive", what)

    def _judge(self, at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        yield Happening(at, "judge", {key: data[key] for key in ("nature", "grade", "facts", "categories") if key in data})

    def _regrade(self, at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        yield Happening(at, "regrade", {key: data[key] for key in ("grade", "nature", "facts") if key in data})

    def _dispatch(self, at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        lead = str(data.get("lead") or "")
        for name in filter(None, [lead, *map(str, data.get("co") or [])]):
            self.count += 1
            self.parts[name] = self.count
            yield Happening(at, "dispatch", {"lead": name == lead}, self.count)

    def _of_part(self, act: str, at: datetime, data: Entry) -> Iterator[Happening]:
        yield Happening(at, act, {}, self.parts.get(str(data.get("department")), 0))

    def _sign(self, at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        yield from self._of_part("sign", at, data)

    def _return(self, at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        yield from self._of_part("return", at, data)

    def _send_back(self, at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        yield from self._of_part("send_back", at, data)

    def _propose(self, at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        number = int(data.get("proposal") or 0)
        self.promised[number] = len(data.get("promises") or [])
        yield Happening(at, "propose", {"approval": bool(data.get("approver"))}, number)

    def _agree(self, at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        number = int(data.get("proposal") or 0)
        self.undone += self.promised.pop(number, 0)
        yield Happening(at, "agree", {}, number)

    def _execute(self, at: datetime, _data: Entry, _next: Entry) -> Iterator[Happening]:
        self.undone = max(self.undone - 1, 0)
        if not self.undone:  # the last thing promised: from now on the form is owed
            yield Happening(at, "execute")

    def _of_proposal(self, act: str, at: datetime, data: Entry) -> Iterator[Happening]:
        yield Happening(at, act, {}, int(data.get("proposal") or 0))

    def _approve(self, at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        yield from self._of_proposal("approve", at, data)

    def _refuse(self, at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        yield from self._of_proposal("refuse", at, data)

    def _reply(self, at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        yield from self._of_proposal("reply", at, data)

    def _decline(self, at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        yield from self._of_proposal("decline", at, data)

    def _present(self, at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        yield Happening(at, f"present:{data.get('to')}" if data.get("to") else "present")

    def _pause(self, at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        yield Happening(at, f"pause:{data['reason']}")

    def _mark(self, _at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        yield Happening(_moment(data["when"]), f"event:{data['event']}")

    def _grant_extension(self, at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        yield Happening(at, "grant_extension", {"obligation": data["obligation"], "new_due": _moment(data["new_due"])})

    def _agree_date(self, at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        yield Happening(at, "agree_date", {"customer_date": _moment(data["after"])})

    def _visit(self, at: datetime, data: Entry, following: Entry) -> Iterator[Happening]:
        outcome = str(data.get("outcome") or "content")
        self.begun_anew = outcome == "not_content" and following.get("act") == "reopen"
        yield Happening(at, f"visit:{outcome}", {"attempt": data.get("attempt", 1)})

    def _split(self, at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        yield Happening(at, "split", {"categories": data["categories"]})

    def _take_in(self, at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        yield Happening(at, "take_in", {"since": {name: _moment(when) for name, when in (data.get("since") or {}).items()}})

    def _give_back(self, at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        yield Happening(at, "give_back", {"since": {name: _moment(when) for name, when in (data.get("since") or {}).items()}})

    def _of_review(self, act: str, at: datetime, data: Entry) -> Iterator[Happening]:
        yield Happening(at, act, {}, int(data["review"]))

    def _submit_letter(self, at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        yield from self._of_review("submit_letter", at, data)

    def _pass_letter(self, at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        yield from self._of_review("pass_letter", at, data)

    def _return_letter(self, at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        yield from self._of_review("return_letter", at, data)

    def _draft_letter(self, at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        yield Happening(at, "draft_letter", {"withdrawn": data.get("review")})

    def _drop_letter(self, at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        yield Happening(at, "drop_letter", {"withdrawn": data.get("review")})

    def _send_letter(self, at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        yield Happening(at, f"send_letter:{data['kind']}")

    def _take_out(self, at: datetime, data: Entry, _next: Entry) -> Iterator[Happening]:
        if not data.get("kept"):
            yield Happening(at, "take_out")

    def _survey(self, at: datetime, data: Entry, following: Entry) -> Iterator[Happening]:
        """The customer's own answers are a follow-up where they counted as one or began a new round."""
        self.begun_anew = data.get("outcome") == "not_content" and following.get("act") == "reopen"
        if self.begun_anew or data.get("counts"):
            yield Happening(at, f"visit:{data['outcome']}", {"attempt": 1})

    def _reopen(self, at: datetime, _data: Entry, _next: Entry) -> Iterator[Happening]:
        self.parts, self.promised, self.undone = {}, {}, 0
        if not self.begun_anew:  # else the follow-up said so already
            yield Happening(at, "reopen")
        self.begun_anew = False


# Acts that are marks and nothing more; what the system writes of its own (warned, fell late) a replay finds again by itself.
PLAIN = frozenset(
    ("acknowledge", "contact", "investigate", "find_cause", "report_back", "close", "archive", "resume", "ask_extension",
     "refuse_extension", "chase", "transfer", "note", "attach", "urge", "ask", "rate", "withdraw", "unfound",
     "put_right", "pay", "reverse_payment",
     "merge", "unmerge", "split_off",
     *INVESTIGATION)
)  # fmt: skip


def _moment(value: object) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


@dataclass
class Outcome:
    """One clock of one case: when it was due, when it was done, whether it was late."""

    number: str
    obligation: str
    round: int
    subject: int
    due: datetime
    done: datetime | None
    state: str
    late: bool

    @property
    def key(self) -> tuple[str, str, int, int]:
        """What names the clock in every version."""
        return (self.number, self.obligation, self.round, self.subject)


@dataclass
class Replay:
    """All cases under one version. Counters are by obligation and by role; `load` counts clocks by the role that owes them."""

    outcomes: dict[tuple[str, str, int, int], Outcome] = field(default_factory=dict)
    owed: Counter[str] = field(default_factory=Counter)
    late: Counter[str] = field(default_factory=Counter)
    load: Counter[str] = field(default_factory=Counter)
    load_late: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    cases: int = 0
    late_cases: set[str] = field(default_factory=set)
    unreadable: list[tuple[str, str]] = field(default_factory=list)

    def take(self, pack: Pack, story: History, times: Times) -> None:
        """Play one case and count it; one that cannot be read is named, and the rest goes on."""
        try:
            self.add(story, play(pack, times, story.happenings))
        except (ValueError, KeyError) as fault:
            self.unreadable.append((story.number, str(fault)))

    def add(self, story: History, course: Course) -> None:
        """Count the clocks of one case."""
        self.cases += 1
        for (_, round_, subject), clock in course.clocks.items():
            if clock.due is None or clock.state == "void" and not clock.late(story.until):
                continue  # nobody had to keep it
            self._count(story, course, clock, round_, subject)

    def _count(self, story: History, course: Course, clock: Played, round_: int, subject: int) -> None:
        assert clock.due is not None
        id, late = clock.obligation.id, clock.late(story.until)
        outcome = Outcome(story.number, id, round_, subject, clock.due.at, clock.done, clock.state, late)
        self.outcomes[outcome.key] = outcome
        self.owed[id] += 1
        self.load[clock.obligation.role] += 1
        if late:
            self.late[id] += 1
            self.load_late[clock.obligation.role] += 1
            self.late_cases.add(story.number)
        for rung in course.rungs(clock, story.until):
            for role in rung.roles or (clock.obligation.role,):
                self.told[role] += 1


def replay(pack: Pack, histories: Iterable[tuple[History, Times]]) -> Replay:
    """Every history, with the kinds of time of its site, under this pack."""
    found = Replay()
    for story, times in histories:
        found.take(pack, story, times)
    return found


@dataclass(frozen=True)
class Shift:
    """One clock that is late in one version and not in the other; `before` and `after` are its due times."""

    number: str
    obligation: str
    before: datetime | None
    after: datetime | None
    now_late: bool


def shifts(old: Replay, new: Replay) -> list[Shift]:
    """What would have been late and was not, and the other way round, by case number."""
    found = []
    for key in {**old.outcomes, **new.outcomes}:
        was, now = old.outcomes.get(key), new.outcomes.get(key)
        if (was is not None and was.late) != (now is not None and now.late):
            found.append(Shift(key[0], key[1], was.due if was else None, now.due if now else None, bool(now and now.late)))
    return sorted(found, key=lambda row: (row.number, row.obligation))
