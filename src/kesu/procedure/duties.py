"""The rows of a pack that say what is owed: obligations with their ladders, and what makes clocks begin, stop, or not count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from kesu.procedure.packrows import FactId, Id, Named, Part, Text

TimeKind = Literal["always", "office", "official"]
"""The time a clock runs in: day and night; the site's opening hours; the country's working days, whole days (00:00–24:00)."""


class Rung(Part):
    """One rung of a ladder: when (a moment, relative to due) and which roles are told."""

    at: str
    tell: list[Id]


class Extension(Part):
    """Leave to go past a limit (超时审批): asked and answered before expiry."""

    approver: Id
    longest: str  # the new due time may lie at most this limit after the original one, in the clock's own time
    times: int = Field(default=1, ge=1)
    tell_customer: bool = True
    facts: list[FactId] = []  # only while at least one of these is yes (complex, beyond our control); empty: always

    def open_to(self, facts: Mapping[str, bool | None]) -> bool:
        """Whether more time may be asked for with these answers."""
        return not self.facts or any(facts.get(fact) for fact in self.facts)


class WhenLate(Part):
    """What the procedure itself does when the clock falls late (P-2: a month unsolved becomes major)."""

    regrade: Id
    because: Text
    because_en: Text


class Obligation(Named):
    """From an act until an act, within a limit, by a role, for these cases."""

    source: Text
    begins: list[str]  # acts ("receive", "present:general_manager", "fact:U1"); the first in this round starts the clock
    until: list[str]  # acts that end it
    per: Literal["case", "part", "action", "proposal", "extension", "task", "outside", "inquiry", "appointment", "letter"] = "case"
    part: Literal["any", "lead", "co"] = "any"  # per = "part": which departments' parts
    again: list[str] = []  # per = "part": begins for a part that was not dispatched first (bounced, added, reopened)
    limit: str  # procedure.limits grammar; "own-date" (per action, task, outside, inquiry, appointment), "before-expiry" (per extension)
    time: TimeKind = "always"
    whole_case: bool = False  # counts across rounds
    outlives_closing: bool = False  # still owed when the case is closed or withdrawn: what the law or a platform wants of us
    after_regrade: bool = False  # in a case that was regraded it begins at the regrade, not at what `begins` names
    role: Id
    scope: Literal["company", "site", "lead", "part", "receiver"] = "site"
    before_dispatch: Id | None = None  # who answers for it while there is no lead department (scope lead)
    grades: list[Id] = []  # empty: every one
    natures: list[Id] = []
    channels: list[Id] = []
    categories: list[Id] = []
    facts: list[FactId] = []  # at least one of these is yes
    unless_facts: list[FactId] = []  # none of these is yes
    law: str = ""  # the row of packs/law that it keeps; lint compares the two
    procedure: Id | None = None  # whose clock it is: a row of `procedures` (law, platform); empty: the company's own
    stages: list[int] = []  # only in these stages (rounds) of a case; empty: in every one
    unless_fast: Id | None = None  # not owed once this fast path was kept …
    if_fast: Id | None = None  # … or owed only then
    despite_withdrawal: bool = False  # owed to somebody else (a report to an authority): the customer who withdraws does not lift it
    anew: bool = False  # owed once more when what begins it happens again after it was done (a further finding, another notice)
    follows_agreed: bool = False  # a later time that the customer agreed to be called at moves it there (S-15)
    repeats: bool = False  # begins anew each time it is done, until one of `stops` (progress every 5 days, chasers)
    stops: list[str] = []
    unless_done: bool = False  # not owed when one of `until` was done before it began (closed, and put right already)
    warn: list[str] = []  # moments before due
    ladder: list[Rung] = []
    pauses: list[Id] = []
    extension: Extension | None = None
    late: WhenLate | None = None
    act: str = ""  # what the button does; default: by the step the case stands at
    waits_for: Literal["", "customer", "date"] = (
        ""  # nothing for the role to do before it is due: the customer's turn, or a date that only passes
    )
    promise: str = ""  # what the customer reads; empty: internal. {due} {by}
    promise_en: str = ""
    note: str = ""  # the choice made where the source leaves a doubt
    note_en: str = ""

    def same_duty(self, other: Obligation) -> bool:
        """Whether it is the same thing owed at another grade (resolving a minor and an important case): leave to take longer with one
        is leave with the other."""
        return self._kind_of_duty() == other._kind_of_duty()

    def _kind_of_duty(self) -> tuple[object, ...]:
        return self.per, self.part, frozenset(self.until), frozenset(self.facts), self.law, self.procedure, self.whole_case

    @property
    def before_closing(self) -> bool:
        """Whether we owe it before a case may be closed, where closing needs clocks_done: not what outlives it or
        begins or ends with it, nor the customer's turn, nor an answer that somebody owes us (a closed case asks nothing more)."""
        return (
            not self.outlives_closing
            and not self.waits_for
            and self.per != "inquiry"
            and "close" not in self.begins
            and not {"close", "archive"}.intersection(self.until)
        )


class PauseReason(Named):
    """A reason for which clocks may stand still."""

    longest: str  # a limit; the clock resumes by itself then
    in_all: str = ""  # a length: all pauses of a case for this reason together last no longer; empty: no cap
    evidence: bool = False  # a file or a written proof must be named
    tell_customer: bool = True
    chase: str = ""  # a length: while the clocks stand still the customer is reminded each time it has gone by; empty: never …
    chases: int = Field(default=0, ge=0, le=20)  # … so many times; 0: until the pause ends
    chase_words: str = ""  # what they are told; {reason} {until}; empty: the program's own words
    chase_words_en: str = ""


class Procedure(Named):
    """Whose rules a clock keeps beside the company's own: a law, a platform, an authority. Dated: order 20 gave way to order 121."""

    kind: Literal["own", "law", "platform", "authority"] = "own"
    article: str = ""  # where it is written: 办法第八条
    verified: Literal["verified", "secondary", "unverified"] = "unverified"  # how far the text was checked (STANDARDS, marks)
    since: dt.date | None = None  # in force for complaints received from this day …
    through: dt.date | None = None  # … to this one


class Event(Named):
    """Something that happens outside our acts and that a limit counts from or ends with: accepted by the platform, hazard found.

    Staff record it with its own time (act `mark`); clocks name it as `event:ID`. It may have happened before the customer was heard
    (a purchase, a payment) only where `earlier` says so.
    """

    hint: str = ""
    hint_en: str = ""
    earlier: str = ""  # at most so long before the customer was heard, a length: "365d"; empty: not before


class Stage(Named):
    """A stage of handling: the first round is 1, every reopening or escalation the next one (STANDARDS part 3, features 11 and 12).

    `other_person`: acts that nobody may do here who did one of them in an earlier stage.
    """

    number: int = Field(ge=1, le=9)
    other_person: list[str] = []


class FastPath(Named):
    """A quick end that lifts limits: done by one of `by` within a limit from the first of `begins` (3 business days, the next day)."""

    begins: list[str]
    by: list[str]
    within: str
    time: TimeKind = "office"
    channels: list[Id] = []
    unless_facts: list[FactId] = []
