"""The shape of a pack: a sector's written procedure as data. Plain pydantic models, no reading of files here.

Everything a company may want otherwise stands in the pack: limits, roles, who may do what, categories, grades, ladders,
approvers, pauses, extensions, forms, scripts. `packfile.load` reads a file and says file, line and key when it is wrong.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import Field

from kesu.procedure.conversation import Conversation
from kesu.procedure.duties import Event, FastPath, Obligation, PauseReason, Procedure, Rung, Stage, TimeKind
from kesu.procedure.figuring import Figures
from kesu.procedure.handrows import OutsideBody, ReferenceKind, SeveralHands
from kesu.procedure.improving import Improvement
from kesu.procedure.investigation import Investigation
from kesu.procedure.letterrows import LetterRow
from kesu.procedure.packmoney import Ground, Prepaid, Remedy
from kesu.procedure.packrows import FactId, Id, Named, Part, Text, Window
from kesu.procedure.packsayings import Form, Ratings, Reading, Scripts
from kesu.procedure.performing import Performance
from kesu.procedure.privacy import Privacy
from kesu.procedure.reporting import Report
from kesu.procedure.survey import Survey
from kesu.procedure.telling import Telling
from kesu.procedure.watching import Watch


class About(Part):
    """[pack]: what this pack is."""

    id: Id
    name: Text
    name_en: Text
    sector: Id
    version: Text
    effective: dt.date
    zone: str = "Asia/Shanghai"
    calendar: str = "cn"  # packs/calendars/<calendar>.csv
    number: str = "{site}-{yymmdd}-{n:03}"  # gap-free per site and day (STANDARDS part 6)
    retention_years: int = Field(ge=1, le=100)
    sources: dict[str, str] = {}  # short key -> what document it is
    example: bool = False  # an example to read, compare and try: may leave tables out, and no company can put it in force
    customer: Text = "客户"  # what the people who complain are called here: 客户, 客户, 顾客
    customer_en: Text = "customer"
    province: str = ""  # where its companies work, for the law of provinces and cities: "浙江"
    city: str = ""
    routes: list[Text] = []  # where else a customer may turn, told with every extension and refusal (消保法 art. 39)
    routes_en: list[Text] = []


class Role(Named):
    """A role, what its holder sees and may do (DOMAIN part 2)."""

    sees: Literal["company", "site", "department", "own"]
    may: list[str]  # act names of procedure.acts
    improves: list[str] = []  # what it may do to records of corrective action (procedure.improving.RIGHTS)
    pages: list[Literal["reception", "board", "setup", "reports"]] = []
    level: Literal["company", "site", "department"] = "site"  # where a grant of it is given
    reveals: bool = False  # may see the customer's name, number and address whole without asking


class Department(Named):
    """A kind of department (工程, 安保 …); the first-run page makes one of each per site."""

    every_site: bool = True


class Channel(Named):
    """A door (H-1): who receives, how fast it is acknowledged, how the customer is answered."""

    receiver: Id
    acknowledge: str | None = None  # a limit
    time: TimeKind = "office"
    answer_by: list[Id] = []
    staff: bool = True  # offered at reception
    customer: bool = False  # the door the customer's own page stands for
    counter: bool = False  # customers file by themselves on a screen that stands there


class Nature(Named):
    """What the complaint turns out to be, and the steps such a case goes through."""

    steps: list[str]
    hint: str = ""
    hint_en: str = ""
    counts_as_complaint: bool = True
    unfounded: bool = False  # the nature that the act "unfound" gives a case
    words: list[str] = []  # words in the customer's text that suggest it


class Category(Named):
    """What it is about (sector matter); a tree by `parent`."""

    parent: Id | None = None
    first: Id | None = None  # department kind that leads (H-2)
    co: list[Id] = []
    nature_class: str = ""  # one of the ten classes of the consumer associations (axis A)
    ask: list[Text] = []  # what to ask the caller (M-9 …)
    ask_en: list[Text] = []
    todo: list[Text] = []  # what handling must not forget (M-8, M-10, M-11)
    todo_en: list[Text] = []
    words: list[str] = []  # words in the customer's text that suggest it


class Fact(Part):
    """A yes/no question on which the grade or the urgency depends (P-2; U1–U10 of STANDARDS part 5)."""

    id: FactId
    question: Text
    question_en: Text
    hint: str = ""
    hint_en: str = ""
    urgency: Literal["", "extreme", "urgent"] = ""
    first_action: str = ""
    first_action_en: str = ""
    duty: str = ""
    duty_en: str = ""
    unknown: Literal["yes", "no"] = "no"  # how an unanswered question counts
    door: str = ""  # how the customer's own page asks it, in plain words; empty: it does not
    door_en: str = ""
    words: list[str] = []  # words that suggest it; a person confirms
    unless: list[str] = []  # words that take the suggestion back (negation, long past, hearsay)
    source: str = ""

    def label(self, language: str = "zh-hans") -> str:
        """The question in the reader's language."""
        return self.question if language.startswith("zh") else self.question_en


class Clause(Part):
    """One way to reach a grade: every fact of `all`, at least one of `any`, none of `none`."""

    all: list[FactId] = []
    any: list[FactId] = []
    none: list[FactId] = []
    because: Text
    because_en: Text
    source: Text


class Grade(Named):
    """How serious; the highest grade with a clause that holds is the grade."""

    rank: int = Field(ge=1, le=9)
    weight: Literal["grave", "middle", "light"]  # how it is drawn
    when: list[Clause] = []
    default: bool = False  # when no clause of any grade holds
    sides: int = Field(default=1, ge=0, le=5)  # how many sides must be heard before the cause is found (H-8)


class Approval(Part):
    """Who approves a proposal, by grade and amount (company's cost, in fen)."""

    grades: list[Id] = []
    above: int = Field(default=0, ge=0)  # fen; applies when the company's cost is more than this …
    up_to: int | None = Field(default=None, ge=0)  # … and not more than this
    always: bool = False  # also without any cost
    by: Id
    then: list[Id] = []  # further levels, in this order: each of these roles must approve as well


class Closing(Part):
    """What must be true before a case of these natures and grades may be closed (names of acts.CONDITIONS)."""

    natures: list[Id] = []
    grades: list[Id] = []
    outcomes: list[Literal["", "resolved", "unfounded", "withdrawn"]] = []
    needs: list[str]
    source: str = ""


class FollowUp(Part):
    """[follow_up]: how 回访 is done (P-11, S-15)."""

    attempts: int = Field(ge=1, le=10)
    apart: str  # at least this limit between two attempts
    rest: list[Window] = []  # no calls in these hours
    unreachable_counts: bool = True  # after `attempts` the step counts as done, as "not reached"
    not_content: Literal["reopen", "note"] = "reopen"  # M-7
    script: list[Text] = []
    script_en: list[Text] = []
    day_parts: list[Window] = []  # a further attempt falls into a part of the day not tried yet, while there is one
    keep: str = "30m"  # a call begun so long after the time agreed still keeps it
    other_handler: list[str] = []  # acts that whoever did one of them in an earlier round may not do in a later one
    alone: list[Id] = []  # where nobody else may do such an act: the first of these roles that somebody else holds is told
    by_link: Literal["no", "asked", "counts"] = "asked"  # the customer's page asks the same; "counts": and that is the follow-up
    survey: Survey = Survey()


class CustomerDate(Part):
    """[customer_date]: whether and how the date the customer named or agreed to may be agreed anew (act agree_date)."""

    changes: int | None = Field(default=None, ge=1, le=20)  # how often at most; left out: as often as both sides want
    latest: str = ""  # no later than this limit from when the customer was heard; empty: any day


class Dispatching(Part):
    """[dispatching]: bounces between departments."""

    max_bounces: int = Field(ge=1, le=10)
    arbiter: Id  # decides after that
    nobody: list[Id]  # who answers when a role has no holder, in this order


class Notify(Part):
    """Who is told when an act happens (beside the ladder): roles, and people by their relation to the case."""

    on: str
    to: list[Id] = []
    relations: list[Literal["approver", "handler", "receiver", "part_heads", "proposer", "asker", "lead_heads"]] = []
    grades: list[Id] = []


class Cause(Named):
    """A root cause (H-9, B-10); a tree by `parent`."""

    parent: Id | None = None


class Routine(Named):
    """A duty not tied to a case, per site: monthly statistics (P-12), seasonal checks (M-2), surveys (M-4)."""

    source: Text
    due: str  # "monthly 30", "yearly 06-01"
    opens: str = "7d"  # how long before due it shows as owed
    role: Id
    warn: list[str] = []
    ladder: list[Rung] = []
    what: Text
    what_en: Text


class Hours(Part):
    """[hours]: the opening hours a new site starts with; weekday names mon … sun."""

    week: dict[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], list[Window]]


class Pack(Part):
    """A whole procedure."""

    pack: About
    hours: Hours
    roles: list[Role]
    departments: list[Department] = []
    channels: list[Channel]
    natures: list[Nature]
    categories: list[Category] = []
    facts: list[Fact] = []
    grades: list[Grade]
    procedures: list[Procedure] = []
    events: list[Event] = []
    stages: list[Stage] = []
    fast_paths: list[FastPath] = []
    obligations: list[Obligation]
    pauses: list[PauseReason] = []
    approvals: list[Approval] = []
    closing: list[Closing]
    dispatching: Dispatching
    follow_up: FollowUp
    customer_date: CustomerDate | None = None
    investigation: Investigation | None = None
    tell: list[Notify] = []
    telling: Telling = Telling()
    causes: list[Cause] = []
    remedies: list[Remedy] = []
    grounds: list[Ground] = []
    payment_methods: list[Named] = []
    prepaid: Prepaid | None = None
    forms: list[Form] = []
    routines: list[Routine] = []
    scripts: Scripts = Scripts()
    ratings: list[Ratings] = []
    reading: Reading = Reading()
    improvement: Improvement | None = None
    warning: Watch | None = None
    outside: list[OutsideBody] = []
    references: list[ReferenceKind] = []
    hands: SeveralHands = SeveralHands()
    letters: list[LetterRow] = []
    privacy: Privacy | None = None
    figures: Figures = Figures()
    conversation: Conversation | None = None
    reports: list[Report] = []
    performance: Performance | None = None

    def one(self, table: str, id: str) -> Any:
        """The row of `table` with this id; KeyError when the pack has none."""
        return self.index(table)[id]

    def find(self, table: str, id: str | None) -> Any | None:
        """The row of `table` with this id, or None."""
        return self.index(table).get(id or "")

    def index(self, table: str) -> dict[str, Any]:
        """id → row of a table, made once."""
        cache: dict[str, dict[str, Any]] = self.__dict__.setdefault("_index", {})
        if table not in cache:
            cache[table] = {row.id: row for row in getattr(self, table)}
        return cache[table]

    def label(self, table: str, id: str | None, language: str = "zh-hans") -> str:
        """The row's name in the reader's language; the bare id when a later pack has dropped it."""
        row = self.find(table, id)
        return row.label(language) if row else (id or "")

    def owed(self) -> list[Obligation]:
        """Every obligation: the written ones and, per channel with a response limit, its acknowledgement (H-1)."""
        cache: dict[str, Any] = self.__dict__.setdefault("_owed", {})
        if not cache:
            cache["all"] = [*self.obligations, *(_acknowledgement(channel) for channel in self.channels if channel.acknowledge)]
        return cache["all"]

    def obligation(self, id: str) -> Obligation | None:
        """The obligation with this id, acknowledgements included."""
        cache: dict[str, Any] = self.__dict__.setdefault("_owed_index", {})
        if not cache:
            cache.update({row.id: row for row in self.owed()})
        return cache.get(id)

    def grade_default(self) -> Grade:
        """The grade of a case for which no clause holds."""
        return next(grade for grade in self.grades if grade.default)

    def nature_default(self) -> Nature:
        """The nature assumed until somebody judges: the first one of the pack."""
        return self.natures[0]

    def may(self, role: str, act: str) -> bool:
        """Whether the pack lets this role do this act. Who is shown whole numbers anyway may also ask for one on record, for paper."""
        row = self.find("roles", role)
        return bool(row and (act in row.may or (act == "reveal" and row.reveals)))

    def branch(self, table: str, id: str | None) -> list[Any]:
        """A row of a tree with everything above it, the top first; [] for an id that the pack does not have."""
        rows: list[Any] = []
        row = self.find(table, id)
        while row is not None and row not in rows:
            rows.insert(0, row)
            row = self.find(table, row.parent)
        return rows

    def with_leads(self, category: str | None) -> tuple[str | None, list[str]]:
        """(first-responsible department kind, co-departments) of a category; what it leaves open is its parents' (H-2)."""
        first: str | None = None
        co: list[str] = []
        row = self.find("categories", category)
        while row:
            first, co = first or row.first, co or list(row.co)
            row = self.find("categories", row.parent)
        return first, co


def _acknowledgement(channel: Channel) -> Obligation:
    return Obligation(
        id=f"acknowledge_{channel.id}",
        name="告知受理",
        name_en="Acknowledge",
        source="H-1",
        begins=["receive"],
        until=["acknowledge", "contact", "reply", "report_back", "close"],
        limit=channel.acknowledge or "",
        time=channel.time,
        role=channel.receiver,
        channels=[channel.id],
        act="acknowledge",
    )
