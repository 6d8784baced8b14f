"""Everything that a case's page needs, read in few queries whatever its size.

The case's own marks say what ever happened to it, so tables in which it can have no rows are not asked.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Model, Q, QuerySet

from kesu.company.holders import Holders
from kesu.company.models import Person
from kesu.company.prepared import ask, key_of
from kesu.company.procedures import pack_of
from kesu.company.rights import Rights, rights_of
from kesu.company.standing import Standing, standing
from kesu.complaints.models import (
    AgreedAction,
    ApprovalLevel,
    Attachment,
    Case,
    CaseItem,
    Clock,
    Complained,
    Evidence,
    Extension,
    Inquiry,
    JournalEntry,
    Part,
    Pause,
    Payment,
    Proof,
    Proposal,
    Question,
    Rating,
    RootCause,
    SurveyAnswer,
    Task,
    Visit,
    VisitTime,
)
from kesu.complaints.queries import cases, clocks
from kesu.complaints.queries.agreed import AgreedDate, agreed_dates
from kesu.complaints.queries.clocks import ClockView
from kesu.complaints.queries.handlers import Before, did_before, named
from kesu.complaints.queries.hands import Hands, hands_of
from kesu.complaints.queries.health import cover_health
from kesu.complaints.queries.histories_of import earlier_against
from kesu.complaints.queries.letters import Letters, letters_of
from kesu.complaints.queries.next_step import NextStep, Situation, next_step
from kesu.complaints.queries.originals import sees_originals, shown
from kesu.complaints.queries.veil import WHOLE, Sight, cover_page
from kesu.procedure.pack import Pack

JOURNAL_SHOWN = 50
EARLIER_SHOWN = 8
IDENTITY = ("version_id", "site_id", "contact_name", "contact_phone", "contact_tail", "confidential", "home__label")  # what covering needs
WHOLE_CASE = 0  # round of the clocks that count across rounds


@dataclass
class CasePage:
    """One case with what belongs to it, as one person sees it at one moment."""

    case: Case
    pack: Pack
    rights: Rights
    at: datetime
    language: str
    items: list[CaseItem] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    actions: list[AgreedAction] = field(default_factory=list)
    levels: list[ApprovalLevel] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    proofs: list[Proof] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    surveys: list[SurveyAnswer] = field(default_factory=list)
    visit_times: list[VisitTime] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)
    agreed_dates: list[AgreedDate] = field(default_factory=list)  # each time the customer's date was agreed anew, the last first
    journal: list[JournalEntry] = field(default_factory=list)  # the newest first
    earlier: list[Case] = field(default_factory=list)
    complained: list[Complained] = field(default_factory=list)  # those taken off again left out
    inquiries: list[Inquiry] = field(default_factory=list)
    causes: list[RootCause] = field(default_factory=list)
    histories: dict[int, list[Case]] = field(default_factory=dict)  # person complained of → earlier cases against them
    hands: Hands = field(default_factory=Hands)
    letters: Letters = field(default_factory=Letters)
    sight: Sight = WHOLE  # what this person sees of who the customer is

    @property
    def tasks(self) -> list[Task]:
        """Every task of the case."""
        return self.hands.tasks

    @property
    def zone(self) -> str:
        """The company's time zone."""
        return self.case.site.company.zone

    @cached_property
    def standing(self) -> Standing:
        """The company's people, departments and grants."""
        return standing(self.case.site.company)

    @cached_property
    def holders(self) -> Holders:
        """Who holds which role for this case's site."""
        return Holders(self.standing, self.case.site_id)

    @property
    def proposal(self) -> Proposal | None:
        """This round's last proposal."""
        return next((row for row in reversed(self.proposals) if row.round == self.case.round), None)

    @property
    def pause(self) -> Pause | None:
        """The pause that lasts."""
        return next((row for row in self.pauses if row.ended_at is None), None)

    @property
    def visit_time(self) -> datetime | None:
        """When the customer wants to be asked in this round; None once somebody has rung then."""
        last = next((row.agreed_for for row in reversed(self.visit_times) if row.round == self.case.round), None)
        kept = last is not None and any(row.at >= last for row in self.visits if row.round == self.case.round)
        return None if kept or self.case.step not in ("report", "visit") else last

    @cached_property
    def situation(self) -> Situation:
        """What the next step follows from."""
        now = self.case.round
        return Situation(
            rights=self.rights,
            case=self.case,
            pack=self.pack,
            at=self.at,
            parts=self.parts,
            proposal=self.proposal,
            answered=self._answered(),
            payments=self.payments,
            actions=[action for action in self.actions if action.agreed_at],
            extensions=[row for row in self.extensions if row.state == "asked"],
            clocks=self.clocks,
            paused=self.pause is not None,
            heard=frozenset(row.side for row in self.evidence if row.round == now),
            handled=frozenset(named(self._handling())),
            items=self.items,
            complained=self.complained,
            inquiries=[row for row in self.inquiries if row.answered_at is None],
            hands=self.hands,
            letters=self.letters,
            before=did_before([self.case], self.standing).get(self.case.pk, Before()),
            granted=dict(Counter(row.clock_id for row in self.extensions if row.state == "granted")),
        )

    def _answered(self) -> frozenset[int]:
        """Who has answered a level of the open proposal, while somebody else holds the role whose turn it is."""
        if self.proposal is None or self.proposal.state != "pending":
            return frozenset()
        done = {row.by_id for row in self.levels if row.by_id and row.proposal_id == self.proposal.pk}
        others = {who.pk for who in self.holders.of(self.proposal.approver)} - done - {self.proposal.by_id}
        return frozenset(done if others else ())

    def _handling(self) -> list[Model]:
        """The rows that say who handled the case."""
        return [*self.parts, *self.evidence, *self.items, *self.proposals, *self.actions, *self.payments, *self.hands.tasks]

    @cached_property
    def originals(self) -> bool:
        """Whether this person sees pictures as they were before they were blacked out."""
        return sees_originals(self.rights, self.pack, self.case)

    @cached_property
    def files(self) -> list[Attachment]:
        """The attachments as this person may see them."""
        return shown(self.attachments, self.originals)

    @cached_property
    def reveals(self) -> bool:
        """Whether whole telephone numbers are shown without asking; never to whoever is complained of."""
        return self.rights.reveals() and self.sight.phone and not self.situation.concerned

    @property
    def root_cause(self) -> RootCause | None:
        """Why it happened, as found in this round."""
        return next((row for row in reversed(self.causes) if row.round == self.case.round), None)

    @cached_property
    def next(self) -> NextStep:
        """What is mine now, what is waited for, what else may be done."""
        return next_step(self.situation)

    def view(self, clock: Clock | None) -> ClockView | None:
        """The clock in words."""
        return clocks.view(clock, self.pack, self.at, self.language, self.zone, self.case.site) if clock else None

    @cached_property
    def owed(self) -> list[ClockView]:
        """Running and paused clocks, what falls due first first."""
        return [view for clock in self.situation.running() if (view := self.view(clock))]

    @cached_property
    def past(self) -> list[ClockView]:
        """Clocks that are done or no longer needed, the last one first."""
        over = [clock for clock in self.clocks if clock.state in ("done", "void")]
        over.sort(key=lambda clock: clock.done_at or clock.due_at, reverse=True)
        return [view for clock in over if (view := self.view(clock))]

    def who(self, clock: Clock) -> str:
        """Who answers for the clock: a name, or the names or the role that it names."""
        if clock.waits_for == "customer":
            return "客户" if self.language.startswith("zh") else "the customer"
        if clock.person_id and (person := self.standing.people.get(clock.person_id)):
            return person.name
        return self.names(clock.role, clock.department_id)

    def doer(self, act: str, clock: Clock) -> str:
        """Who is to do the act that the clock asks for: whoever answers for it; where that is a handler whose role may not, who may."""
        if clock.person_id is None or clock.person_id != self.case.handler_id or self.handler_may(act):
            return self.who(clock)
        return self.head_for(act) or self.who(clock)

    def handler_may(self, act: str) -> bool:
        """Whether the handler's own role allows the act on this case."""
        case, handler = self.case, self.standing.people.get(self.case.handler_id or 0)
        inside = [case.department_id] if case.department_id else []
        return (
            handler is not None
            and rights_of(handler, self.at, case.site.company).by_role(act, site_id=case.site_id, departments=inside) is not None
        )

    def head_for(self, act: str) -> str:
        """Those of the lead department whose role allows the act; "" where there is no such role."""
        role = next((row.id for row in self.pack.roles if row.level == "department" and self.pack.may(row.id, act)), "")
        return self.names(role, self.case.department_id) if role else ""

    def names(self, role: str, department_id: int | None = None) -> str:
        """The one or two people who hold the role; the role's name when there are more or none."""
        people = self.holders.of(role, department_id)
        label = self.pack.label("roles", role, self.language)
        department = self.standing.departments.get(department_id or 0)
        prefix = department.name + ("" if self.language.startswith("zh") else " ") if department else ""
        if 1 <= len(people) <= 2:
            return prefix + ("、" if self.language.startswith("zh") else ", ").join(person.name for person in people)
        return prefix + label


def open_page(person: Person, number: str, at: datetime, language: str = "zh-hans", *, revealed: bool = False) -> CasePage:
    """The case's page; Case.DoesNotExist for one that the person may not see. At most 25 queries, whatever happened to the case.

    What the person does not see of the customer is covered; `revealed`: they have just asked for it on record.
    """
    case = cases.get(person, number, at)
    page = CasePage(case, pack_of(case.version_id), rights_of(person, at), at, language)
    read(page)
    page.journal = _of(JournalEntry, case, "-n", most=JOURNAL_SHOWN)
    page.earlier = _earlier(page)
    page.hands = hands_of(case, page.rights, page.standing, page.pack)
    cover_health(page)
    cover_page(page, revealed=revealed)
    return page


def _of(model: type[Any], case: Case, *order: str, most: int | None = None) -> list[Any]:
    """The case's rows of a table, in their usual or another order."""
    rows = ask(_rows_of, model, order, most, key=(model, order, most), case_id=case.pk)
    for row in rows:
        row.case = case
    return rows


def _rows_of(model: type[Any], order: tuple[str, ...], most: int | None, case_id: int) -> QuerySet[Any]:
    rows = model.objects.filter(case_id=case_id)
    return (rows.order_by(*order) if order else rows)[:most]


def _levels(*, case: int) -> QuerySet[ApprovalLevel]:
    return ApprovalLevel.objects.filter(proposal__case=case)


def read(page: CasePage) -> None:
    """What belongs to the case, but for its journal and the customer's other complaints."""
    page.letters = letters_of(page.case)
    _read_story(page)
    _read_time(page)


def _read_story(page: CasePage) -> None:
    case, happened, known = page.case, page.case.whole_marks, page.standing
    page.items = _of(CaseItem, case)
    page.attachments = _of(Attachment, case)
    known.attach(page.items, "found_by")
    known.attach(page.attachments, "by")
    if "dispatch" in happened:
        page.parts = _of(Part, case)
        known.attach(page.parts, "handler", "signed_by", "returned_by", departments=["department"])
    if "propose" in happened:
        page.proposals, page.actions = _of(Proposal, case), _of(AgreedAction, case)
        page.levels = ask(_levels, key=None, case=case.pk)
        known.attach(page.proposals, "by", "decided_by")
        known.attach(page.actions, "done_by", "owner", departments=["department"])
        known.attach(page.levels, "by")
    if "pay" in happened:
        page.payments = _of(Payment, case)
        known.attach(page.payments, "by")
    if "pay" in happened or "execute" in happened:
        page.proofs = list(Proof.objects.filter(action__case=case).select_related("attachment"))
    if "investigate" in happened or "state" in happened:
        page.evidence = _of(Evidence, case)
        known.attach(page.evidence, "by")
        files = {file.pk: file for file in page.attachments}
        for row in page.evidence:
            row.attachment = files.get(row.attachment_id or 0)
    _read_findings(page)
    if "visit:attempt" in happened:
        page.visits = _of(Visit, case)
        known.attach(page.visits, "by")
    if "report_back" in happened:
        page.visit_times = _of(VisitTime, case)
    if "survey" in happened:
        page.surveys = _of(SurveyAnswer, case)
    if "rate" in happened:
        page.ratings = _of(Rating, case)
    if "ask" in happened:
        page.questions = _of(Question, case)
        known.attach(page.questions, "asked_by")


def _read_findings(page: CasePage) -> None:
    case, happened, known = page.case, page.case.whole_marks, page.standing
    if "name_person" in happened:
        page.complained = [row for row in _of(Complained, case) if row.dropped_at is None]
        known.attach(page.complained, "person", "told_by")
        page.histories = earlier_against(page.complained, case, page.pack, page.rights, page.at)
    if "ask_statement" in happened or "ask_expert" in happened:
        page.inquiries = _of(Inquiry, case)
        known.attach(page.inquiries, "asked_by")
    if "find_cause" in happened:
        page.causes = _of(RootCause, case)
        known.attach(page.causes, "by")


def _read_time(page: CasePage) -> None:
    case, happened = page.case, page.case.whole_marks
    page.clocks = _of(Clock, case, "due_at", "id")
    if "pause" in happened:
        page.pauses = _of(Pause, case)
        page.standing.attach(page.pauses, "by")
    if "agree_date" in happened:
        page.agreed_dates = agreed_dates(case)
    if "ask_extension" in happened:
        page.extensions = _of(Extension, case, "id")
        page.standing.attach(page.extensions, "asked_by", "decided_by")
        known = {clock.pk: clock for clock in page.clocks}
        for row in page.extensions:
            row.clock = known[row.clock_id]


def _earlier(page: CasePage) -> list[Case]:
    """Other complaints of the same customer, the same home, or about the same thing, that the person may see, the newest first."""
    case, rights = page.case, page.rights
    same = {"customer_id": case.customer_id, "home_id": case.home_id, "same_as_id": case.same_as_id}
    known = {name: pk for name, pk in same.items() if pk is not None}
    return ask(_same, rights, key=(key_of(rights), *known), case_id=case.pk, **known)


def _same(rights: Rights, case_id: int, **known: int) -> QuerySet[Case]:
    """Of each kind the newest are taken along its own index: a customer may have complained a thousand times.

    They are of the case's own company, so naming it again would only lead to the index of everything that it has received.
    """
    rows = Case.objects.filter(cases.within(rights)).exclude(pk=case_id).order_by("-received_at")
    kinds = [Q(same_as_id=case_id), *(Q((name, pk)) for name, pk in known.items())]
    if "same_as_id" in known:
        kinds.append(Q(pk=known["same_as_id"]))
    found = Q(pk__in=())
    for kind in kinds:
        found |= Q(pk__in=rows.filter(kind).values("pk")[:EARLIER_SHOWN])
    shown = Case.objects.filter(found).select_related("home").only("number", "title", "step", "received_at", "same_as_id", *IDENTITY)
    return shown.order_by("-received_at")[:EARLIER_SHOWN]
