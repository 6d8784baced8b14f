"""The customer's page, found by its secret: promises, the reply, the offer, questions. Nothing internal enters here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from kesu.company.procedures import pack_of
from kesu.complaints.actions.clocks import state_of
from kesu.complaints.models import (
    AgreedAction,
    Attachment,
    Case,
    CaseItem,
    Clock,
    CustomerNotice,
    Extension,
    Handover,
    JournalEntry,
    Letter,
    Merge,
    Part,
    Pause,
    Proposal,
    Question,
    Rating,
    SurveyAnswer,
)
from kesu.complaints.queries.health import visible
from kesu.complaints.queries.promises import in_words, on_the_minute, open_ended, to_come
from kesu.procedure.acts import CUSTOMER
from kesu.procedure.duewords import due_words, late_words, left_words
from kesu.procedure.pack import Obligation, Pack
from kesu.procedure.remedies import promised_words

TOLD = ("reply", "report_back", "unfound", "merge", "tell_all", "hand_outside")  # acts whose `words` were said to the customer
SAID = ("note", "decline", "reopen", "withdraw")  # acts with which customers say something themselves
AFTER_HANDLING = ("report", "visit", "close", "archive", "done")  # steps at which the customer may complain again


@dataclass(frozen=True)
class Kept:
    """One promise on the customer's page. `state`: done, now, todo; `late`: it was or is kept late; `note` says how it went.

    `due_at` and `what` are its time and its words apart, for paper that is still read next month.
    """

    words: str
    state: str
    late: bool = False
    note: str = ""
    moved: str = ""  # an extension: what was promised first, and the reason the customer is told
    due_at: datetime | None = None
    what: str = ""


@dataclass(frozen=True)
class Told:
    """What we told the customer, when, and who it was."""

    words: str
    at: datetime
    name: str


@dataclass(frozen=True)
class Offered:
    """The proposal that waits for the customer: what is done by when, what they pay (fen), until when we ask for an answer.

    Neither the proposal's own words nor the company's cost are in it: both are written for whoever approves. A sum that is paid to the
    customer is, for that is what they agree to.
    """

    lines: list[tuple[str, str]]  # what, 周日 18:00 前
    customer_pays: int
    answer_by: str = ""


@dataclass
class CustomerPage:
    """Everything the customer's page shows, and which acts it offers."""

    case: Case
    pack: Pack
    items: list[str]
    promises: list[Kept]
    earlier: list[Kept]  # of earlier rounds
    told: list[Told]  # newest first
    offer: Offered | None
    questions: list[Question]  # open ones
    said: list[tuple[datetime, str, str]]  # the customer's own messages and answers: when, words, the question
    photos: list[Attachment]
    rated: Rating | None  # for the state the case is in now
    notices: list[tuple[str, datetime]] = field(default_factory=list)  # what the procedure itself told them, newest first
    letters: list[Letter] = field(default_factory=list)  # sent to them, the newest first
    under: str = ""  # the number under which it goes on, once merged
    outside: list[tuple[str, str, datetime | None, str]] = field(
        default_factory=list
    )  # where it lies too, number there, their date, result
    surveyed: SurveyAnswer | None = None  # what they answered after the result of this round was told
    waiting: str = ""  # why the clocks stand still, if the pack tells the customer
    acts: set[str] = field(default_factory=set)
    data_answers: list[tuple[datetime, bool, str]] = field(default_factory=list)  # when, granted or not, our words

    @property
    def own_words(self) -> list[str]:
        """What they said, in full; empty where the title says all of it."""
        return [] if self.items == [self.case.title] else self.items

    @property
    def surveying(self) -> bool:
        """Whether the follow-up's questions stand on the page in place of the ratings: once the result was told, where the pack asks so."""
        case = self.case
        return self.pack.follow_up.by_link != "no" and "report_back" in case.marks and case.outcome != "withdrawn"

    @property
    def done(self) -> int:
        """Promises kept."""
        return sum(row.state == "done" for row in self.promises)

    @property
    def late(self) -> int:
        """Promises kept late, or late and still open."""
        return sum(row.late for row in self.promises)


def by_token(token: str) -> Case:
    """The case of this secret link; Case.DoesNotExist for a wrong one and for one that was switched off."""
    return Case.objects.select_related("site__company", "handler", "department").get(token=token, token_off=False)


def open_page(token: str, at: datetime, language: str) -> CustomerPage:
    """The page behind a secret link. A dozen small queries, whatever the case has lived through."""
    case = by_token(token)
    pack = pack_of(case.version_id)
    teller = _Teller(case, pack, at, language)
    offer = _offer(case, teller)
    entries = list(JournalEntry.objects.filter(case=case, act__in=[*TOLD, *SAID]).order_by("-n"))
    questions = list(Question.objects.filter(case=case))
    letters = _letters(case)
    sent = {letter.attachment_id for letter in letters}
    rated = Rating.objects.filter(case=case, round=case.round, after_closing=not case.is_open).first()
    page = CustomerPage(
        case=case,
        pack=pack,
        items=list(CaseItem.objects.filter(case=case).values_list("words", flat=True)),
        promises=_promises(case, teller, offer),
        earlier=[row for number in range(1, case.round) for row in teller.rows(number)],
        told=[
            Told(entry.data.get("words", ""), entry.at, entry.name)
            for entry in entries
            if entry.act in TOLD and not entry.data.get("letter_id")  # a letter stands there itself
        ],
        offer=offer,
        questions=[question for question in questions if question.answered_at is None],
        said=_said(entries, questions),
        photos=visible([row for row in Attachment.objects.filter(case=case, for_customer=True) if row.pk not in sent], case, pack),
        letters=letters,
        rated=rated,
        outside=_outside(case, pack, language),
        surveyed=SurveyAnswer.objects.filter(case=case, round=case.round).first() if "report_back" in case.marks else None,
        waiting=_waiting(case, pack, language),
        notices=[(notice.said(language), notice.at) for notice in CustomerNotice.objects.filter(case=case).order_by("-id")],
    )
    if case.outcome == "merged":
        _goes_on(page, at, language)
    page.acts = _acts(page)
    page.data_answers = (
        [
            (entry.at, entry.act == "answer_data", str(entry.data.get("words") or entry.data.get("reason") or ""))
            for entry in JournalEntry.objects.filter(case=page.case, act__in=("answer_data", "refuse_data")).order_by("n")
        ]
        if "ask_data" in page.case.whole_marks
        else []
    )
    return page


def _letters(case: Case) -> list[Letter]:
    """What was sent to the customer as a letter; no query where nothing ever was."""
    rows = Letter.objects.filter(case=case, state="sent").select_related("attachment") if "send_letter" in case.whole_marks else []
    return sorted(rows, key=lambda letter: letter.pk, reverse=True)


def promised(case: Case, pack: Pack, at: datetime, language: str) -> list[Kept]:
    """What the customer is promised in this round, for paper: without the rest of their page."""
    teller = _Teller(case, pack, at, language)
    return _promises(case, teller, _offer(case, teller))


def _promises(case: Case, teller: _Teller, offer: Offered | None) -> list[Kept]:
    return [*teller.rows(case.round), *([teller.deciding()] if offer else []), *teller.later()]


def _goes_on(page: CustomerPage, at: datetime, language: str) -> None:
    """A merged complaint shows how the one goes on that took it in: its promises, nothing that was said to or by its customer."""
    row = Merge.objects.filter(case=page.case, undone_at__isnull=True).select_related("into__site__company", "into__handler").first()
    if row is None:
        return
    other = row.into
    teller = _Teller(other, pack_of(other.version_id), at, language)
    if other.customer_id != page.case.customer_id:
        teller.actions = {}
        teller.clocks = [clock for clock in teller.clocks if (duty := teller.pack.obligation(clock.obligation)) and duty.per != "action"]
    page.under = other.number
    page.earlier = [*page.promises, *page.earlier]
    page.promises = [*teller.rows(other.round), *teller.later()]


def _outside(case: Case, pack: Pack, language: str) -> list[tuple[str, str, datetime | None, str]]:
    rows = Handover.objects.filter(case=case) if "hand_outside" in case.whole_marks else []
    return [
        (" ".join(filter(None, [pack.label("outside", row.body, language), row.name])), row.number, row.due_at, row.answer) for row in rows
    ]


def _acts(page: CustomerPage) -> set[str]:
    case = page.case
    if case.outcome == "merged":
        return {"say", "attach", "link_off"}
    offered = {"agree", "decline"} if page.offer and case.step == "answer" else set()
    return (
        {"say", "attach", "link_off"}
        | offered
        | ({"rate"} if page.rated is None and not page.surveying else set())
        | ({"survey"} if page.surveying and page.surveyed is None else set())
        | ({"reopen"} if case.step in AFTER_HANDLING and case.outcome != "withdrawn" else set())
        | ({"withdraw"} if case.is_open and case.outcome != "withdrawn" else set())
    )


def _said(entries: Iterable[JournalEntry], questions: Iterable[Question]) -> list[tuple[datetime, str, str]]:
    asked = {question.pk: question.words for question in questions}
    mine = [
        (entry, entry.data.get("words") or entry.data.get("reason", ""))
        for entry in entries
        if entry.act in SAID and entry.actor == CUSTOMER
    ]
    return [(entry.at, words, asked.get(entry.data.get("question") or 0, "")) for entry, words in mine if words]


def _waiting(case: Case, pack: Pack, language: str) -> str:
    pause = Pause.objects.filter(case=case, ended_at__isnull=True).first()
    row = pack.find("pauses", pause.reason) if pause else None
    return row.label(language) if row and row.tell_customer else ""


def _offer(case: Case, teller: _Teller) -> Offered | None:
    proposal = Proposal.objects.filter(case=case, state="offered").first()
    if proposal is None:
        return None
    actions = [action for action in teller.actions.values() if action.proposal_id == proposal.pk]
    lines = [
        (
            promised_words(teller.pack, row.what, row.remedy, row.cost, row.payer, teller.language),
            teller.due(row.due_at) if row.due_at else "",
        )
        for row in actions
    ]
    answer = next((clock for clock in teller.clocks if clock.waits_for == CUSTOMER and clock.subject == proposal.pk), None)
    return Offered(lines, proposal.customer_pays, teller.due(answer.due_at) if answer and answer.due_at > teller.at else "")


class _Teller:
    """Turns a case's clocks into promises."""

    def __init__(self, case: Case, pack: Pack, at: datetime, language: str) -> None:
        self.case, self.pack, self.at, self.language, self.zone = case, pack, at, language, case.site.company.zone
        self.zh = language.startswith("zh")
        self.clocks = list(Clock.objects.filter(case=case).exclude(state="void").select_related("person").order_by("due_at", "id"))
        self.actions = {action.pk: action for action in AgreedAction.objects.filter(case=case)}
        self.leads = set(Part.objects.filter(case=case, lead=True).values_list("pk", flat=True))
        granted = Extension.objects.filter(case=case, state="granted").order_by("id")
        self.extensions = {row.clock_id: row for row in granted}

    def due(self, when: datetime) -> str:
        """ "周日 14:32 前"."""
        return due_words(on_the_minute(when), self.at, self.language, self.zone)

    def rows(self, number: int) -> list[Kept]:
        """The promises of a round, by due time; of two open ones that promise the same only the earlier."""
        found: dict[tuple[str, int], Kept] = {}
        for clock in self.clocks:
            obligation = self.pack.obligation(clock.obligation)
            if clock.round != number or obligation is None or not obligation.promise or not self._concerns(clock, obligation):
                continue
            found.setdefault((obligation.promise, clock.subject), self._kept(clock, obligation))
        return list(found.values())

    def later(self) -> list[Kept]:
        """Promises whose step has not come yet."""
        if not self.case.is_open or self.case.outcome == "withdrawn":
            return []
        begun = {clock.obligation for clock in self.clocks if clock.round == self.case.round}
        return [Kept(row.words, "todo") for row in to_come(self.pack, state_of(self.pack, self.case, ()), begun, self.language)]

    def deciding(self) -> Kept:
        """The customer's own turn, in the row of promises."""
        if self.zh:
            return Kept("等您决定", "now", note="您同意后就开工")
        return Kept("Waiting for your decision", "now", note="work begins when you agree")

    def _concerns(self, clock: Clock, obligation: Obligation) -> bool:
        """Of several departments only the lead's promise is the customer's."""
        return obligation.per != "part" or clock.subject in self.leads

    def _kept(self, clock: Clock, obligation: Obligation) -> Kept:
        action = self.actions.get(clock.subject) if obligation.per == "action" else None
        by, what = clock.person.name if clock.person else "", action.what if action else ""
        words = in_words(obligation, self.language, due=self.due(clock.due_at), by=by, what=what)
        bare = in_words(obligation, self.language, by=by, what=what)
        late = (clock.done_at or self.at) > clock.due_at and clock.state != "paused"
        state = "done" if clock.state == "done" else "now"
        note = self._done_note(clock, late) if clock.done_at else self._open_note(clock, obligation, late)
        return Kept(words, state, late, note, self._moved(clock), on_the_minute(clock.due_at), bare)

    def _done_note(self, clock: Clock, late: bool) -> str:
        assert clock.done_at is not None  # a done clock says when
        stamp = clock.done_at.astimezone(ZoneInfo(self.zone))
        when = f"{stamp.month} 月 {stamp.day} 日 {stamp:%H:%M}" if self.zh else f"{stamp:%-d %b %H:%M}"
        if late:
            over = late_words(int((clock.done_at - clock.due_at).total_seconds()), self.language)
            return f"{when} 做到，晚了 {over}，对不起" if self.zh else f"done {when}, {over} late; we are sorry"
        return f"{when} 做到" if self.zh else f"done {when}"

    def _open_note(self, clock: Clock, obligation: Obligation, late: bool) -> str:
        if clock.state == "paused":
            return "先停一停，时间顺延" if self.zh else "on hold; the time moves on with it"
        if late:
            over = late_words(int((self.at - clock.due_at).total_seconds()), self.language)
            return f"晚了 {over}，对不起，还在办" if self.zh else f"{over} late; we are sorry and still at it"
        left = left_words(clock.due_at, self.at, self.language, self.zone)
        return f"{self.due(clock.due_at)}，{left}" if open_ended(obligation) and self.zh else left

    def _moved(self, clock: Clock) -> str:
        extension = self.extensions.get(clock.pk) if clock.extended_to else None
        if extension is None and clock.due_at == clock.first_due_at:
            return ""
        first = self.due(clock.first_due_at)
        said = extension.told if extension else ""  # else the date was agreed anew, and what was said stands among the messages
        if self.zh:
            return f"原来答应 {first}" + (f"：{said}" if said else "")
        return f"first promised {first}" + (f": {said}" if said else "")
