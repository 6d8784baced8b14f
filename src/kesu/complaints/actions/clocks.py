"""Bringing a case's clocks in line with its procedure after every act: open, end, void, recompute. Nothing else writes them
except the worker that rings (complaints.ringing)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from kesu.company.prepared import ask
from kesu.company.procedures import time_of
from kesu.complaints.actions import carrying
from kesu.complaints.actions.appointedclocks import appointments
from kesu.complaints.actions.handclocks import (
    asked_person,
    handover_subject,
    handovers_of,
    inquiries_of,
    inquiry_subject,
    task_subject,
    tasks_of,
    whose_task,
)
from kesu.complaints.actions.letterclocks import review_subject, reviews_of
from kesu.complaints.models import AgreedAction, Case, Clock, Extension, Handover, Inquiry, LetterReview, Part, Pause, Proposal, Task
from kesu.complaints.moments import Moment, moments_of, stops_for
from kesu.complaints.storing import insert, update
from kesu.procedure.due import Due, agreed_later, due
from kesu.procedure.limits import parse_limit
from kesu.procedure.pack import Obligation, Pack
from kesu.procedure.running import CaseState, Run, Subject, fast_paths, read_marks, runs, with_ancestors

if TYPE_CHECKING:
    from kesu.complaints.actions.road import Road

WHOLE_CASE = 0  # the round of clocks that count across rounds
Pair = tuple[datetime, datetime]


def _pair(at: datetime) -> Pair:
    return (at, at)


def part_subject(part: Part) -> Subject:
    """A department's part as a subject of obligations."""
    marks = {"dispatch": _pair(part.dispatched_at)}
    if part.signed_at:
        marks["sign"] = _pair(part.signed_at)
    if part.returned_at:
        marks["return"] = _pair(part.returned_at)
    return Subject("part", part.pk, marks, lead=part.lead, first=part.first, ended=part.sent_back_at)


def _action_subject(action: AgreedAction) -> Subject:
    marks = {"agree": _pair(action.agreed_at)} if action.agreed_at else {}
    if action.done_at:
        marks["execute"] = _pair(action.done_at)
    return Subject("action", action.pk, marks, own_date=action.due_at)


def _proposal_subject(proposal: Proposal) -> Subject:
    marks = {"propose": _pair(proposal.at)} if proposal.approver else {}
    if proposal.decided_at:
        marks["refuse" if proposal.state == "refused" else "approve"] = _pair(proposal.decided_at)
    if proposal.offered_at:
        marks["reply"] = _pair(proposal.offered_at)
    if proposal.answered_at:
        marks["decline" if proposal.state == "declined" else "agree"] = _pair(proposal.answered_at)
    ended = proposal.answered_at if proposal.state == "replaced" else None  # a newer one, or the case is over
    return Subject("proposal", proposal.pk, marks, ended=ended)


def _extension_subject(extension: Extension, due_at: datetime) -> Subject:
    marks = {"ask_extension": _pair(extension.asked_at)}
    if extension.decided_at and extension.state != "lapsed":
        marks["grant_extension" if extension.state == "granted" else "refuse_extension"] = _pair(extension.decided_at)
    ended = extension.decided_at if extension.state == "lapsed" else None
    return Subject("extension", extension.pk, marks, ended=ended, own_date=due_at)


def _agreed(*, case: int) -> QuerySet[AgreedAction]:
    return AgreedAction.objects.filter(case=case, agreed_at__isnull=False)


def _proposals(*, case: int, of: int) -> QuerySet[Proposal]:
    return Proposal.objects.filter(case=case, round=of)


def _extensions(*, case: int) -> QuerySet[Extension]:
    return Extension.objects.filter(case=case).select_related("clock")


def _pauses(*, case: int) -> QuerySet[Pause]:
    return Pause.objects.filter(case=case)


def _clocks(*, case: int, of: int) -> QuerySet[Clock]:
    return Clock.objects.filter(case=case, round__in=[WHOLE_CASE, of])


@dataclass
class Rows:
    """What a case's clocks depend on, as stored."""

    parts: list[Part]
    actions: list[AgreedAction]
    proposals: list[Proposal]
    extensions: list[Extension]
    pauses: list[Pause]
    clocks: list[Clock]
    tasks: list[Task] = field(default_factory=list)
    handovers: list[Handover] = field(default_factory=list)
    reviews: list[LetterReview] = field(default_factory=list)
    inquiries: list[Inquiry] = field(default_factory=list)

    @classmethod
    def read(cls, case: Case, parts: list[Part]) -> Rows:
        """One to five small queries: the marks tell whether there ever was a proposal, a request for more time, a pause."""
        been = case.whole_marks
        return cls(
            parts=parts,
            actions=ask(_agreed, key=None, case=case.pk) if "propose" in been else [],
            proposals=ask(_proposals, key=None, case=case.pk, of=case.round) if "propose" in been else [],
            extensions=ask(_extensions, key=None, case=case.pk) if "ask_extension" in been else [],
            pauses=ask(_pauses, key=None, case=case.pk) if "pause" in been else [],
            clocks=ask(_clocks, key=None, case=case.pk, of=case.round),
            tasks=tasks_of(case),
            handovers=handovers_of(case),
            reviews=reviews_of(case),
            inquiries=inquiries_of(case),
        )

    def subjects(self, case: Case) -> tuple[Subject, ...]:
        """Everything of this round that obligations can be for."""
        found = [part_subject(part) for part in self.parts if part.round == case.round]
        found += [_action_subject(action) for action in self.actions]
        found += [_proposal_subject(proposal) for proposal in self.proposals]
        found += [_extension_subject(row, row.clock.due_at) for row in self.extensions if row.clock.round in (WHOLE_CASE, case.round)]
        found += [task_subject(task) for task in self.tasks if task.round == case.round]
        found += [handover_subject(row) for row in self.handovers if row.round == case.round]
        found += [review_subject(row) for row in self.reviews if row.round == case.round]
        found += [inquiry_subject(row) for row in self.inquiries]
        found += appointments(case)
        return tuple(found)


def state_of(pack: Pack, case: Case, subjects: tuple[Subject, ...]) -> CaseState:
    """The case as the obligations see it."""
    nature = pack.find("natures", case.nature) or pack.nature_default()
    marks = read_marks(case.marks)
    return CaseState(
        marks=marks,
        grade=case.grade,
        nature=case.nature,
        channel=case.channel,
        categories=with_ancestors(pack, case.categories),
        facts=case.facts,
        subjects=subjects,
        open=case.is_open,
        steps=frozenset(nature.steps),
        withdrawn=case.outcome == "withdrawn",
        stage=case.round,
        received_on=case.received_at.astimezone(ZoneInfo(case.site.company.zone)).date() if pack.procedures else None,
        fast=fast_paths(pack, marks, case.facts, case.channel, partial(time_of, case.site)) if pack.fast_paths else frozenset(),
        whole_marks=read_marks(case.whole_marks),
    )


def due_of(
    obligation: Obligation, clock: Clock, case: Case, own_date: datetime | None, pauses: Iterable[Pause], at: datetime
) -> Due | None:
    """When the clock falls due, and why; None when the limit gives no date (the customer asked for none)."""
    time = time_of(case.site, clock.time)
    if clock.limit in ("own-date", "before-expiry"):
        return Due(own_date, own_date, [], True) if own_date else None
    found = due(
        parse_limit(clock.limit),
        clock.began_at,
        time,
        pauses=stops_for(obligation, pauses),
        customer_date=case.wanted_by,
        extended_to=clock.extended_to,
        until=at,
    )
    later = obligation.follows_agreed and own_date is not None and found is not None and own_date > found.at
    return agreed_later(found, own_date) if later and found and own_date else found


def counts_to_date(clock: Clock) -> bool:
    """Whether the customer's own date takes part in the clock's limit."""
    return clock.limit not in ("own-date", "before-expiry") and parse_limit(clock.limit).asks_customer


def bring_in_line(road: Road) -> None:
    """Compare what the procedure wants running with the rows, and change the rows."""
    rows = Rows.read(road.case, road.parts)
    extended = [clock for clock in rows.clocks if clock.extended_to and clock.state in ("running", "paused")]
    new = align(road, rows)
    carried = carrying.keep(road, extended, [*rows.clocks, *new], partial(_reschedule, road, rows.pauses)) if extended else []
    if new:
        insert(new)
    carrying.hand_over(carried)
    if _lapse(road, rows):  # nobody has to answer them any more
        align(road, Rows.read(road.case, road.parts))


def _reschedule(road: Road, pauses: list[Pause], clock: Clock) -> None:
    """The clock's due time has moved; said is what lies behind it."""
    obligation = road.pack.obligation(clock.obligation)
    assert obligation is not None  # it was opened from it just now
    _set_pause(clock, obligation, pauses)
    _first_ring(road, clock, moments_of(obligation, clock, road.case.site, pauses))


def _lapse(road: Road, rows: Rows) -> int:
    """Requests for more time whose clock has stopped meanwhile lapse; how many."""
    over = {clock.pk for clock in rows.clocks if clock.state in ("done", "void")}
    moot = [row.pk for row in rows.extensions if row.state == "asked" and row.clock_id in over]
    return Extension.objects.filter(pk__in=moot).update(state="lapsed", decided_at=road.at) if moot else 0


def align(road: Road, rows: Rows) -> list[Clock]:
    """The work of `bring_in_line` on rows already read; returns the clocks that begin, not yet stored."""
    wanted = {
        (run.obligation.id, _round(run.obligation, road.case), run.subject): run
        for run in runs(road.pack, state_of(road.pack, road.case, rows.subjects(road.case)))
    }
    known = {(clock.obligation, clock.round, clock.subject): clock for clock in rows.clocks}
    new: list[Clock] = []
    for key, run in wanted.items():
        clock = known.get(key)
        if clock is None:
            if run.done is None and (fresh := _open(road, run, rows)):
                new.append(fresh)
        elif clock.state in ("running", "paused") and not _once_more(clock, run):
            _update(road, clock, run, rows)
        elif run.done is None:  # it repeats, or it had ended or was not needed, and is owed again (sent back a second time, regraded back)
            _revive(road, clock, run, rows)
    for key, clock in known.items():
        if key not in wanted and clock.state in ("running", "paused"):
            void(road, clock)
    return new


def _once_more(clock: Clock, run: Run) -> bool:
    """Whether something that repeats was done and is owed anew."""
    return run.obligation.repeats and run.done is None and run.began > clock.began_at


def _revive(road: Road, clock: Clock, run: Run, rows: Rows) -> None:
    """The same obligation once more. What has begun anew since is told anew; one that repeats had its last turn until now."""
    if clock.state == "running":
        _say_late(road, clock, run.obligation, run.began)
    if run.began > clock.began_at:
        clock.began_at, clock.began_by, clock.rung = run.began, run.began_by, 0
    clock.state, clock.void_why, clock.done_at = "running", "", None
    _update(road, clock, run, rows, force=True)


def void(road: Road, clock: Clock) -> None:
    """Nobody owes it any more. That it had fallen late by then stays on record."""
    obligation = road.pack.obligation(clock.obligation)
    if obligation and clock.state == "running":
        _say_late(road, clock, obligation, road.at)
    clock.state, clock.void_why, clock.done_at, clock.next_ring_at = "void", road.act.name, road.at, None
    update(clock)


def _round(obligation: Obligation, case: Case) -> int:
    return WHOLE_CASE if obligation.whole_case else case.round


def _open(road: Road, run: Run, rows: Rows) -> Clock | None:
    case, obligation = road.case, run.obligation
    clock = Clock(
        company_id=case.company_id,
        site_id=case.site_id,
        case=case,
        round=_round(obligation, case),
        obligation=obligation.id,
        subject=run.subject,
        limit=obligation.limit,
        time=obligation.time,
        began_at=run.began,
        began_by=run.began_by,
        waits_for=obligation.waits_for,
    )
    when = due_of(obligation, clock, case, run.own_date, rows.pauses, road.at)
    if when is None:
        return None
    clock.due_at, clock.first_due_at, clock.confirmed = when.at, when.original_at, when.confirmed
    _assign(road, clock, obligation, rows)
    _set_pause(clock, obligation, rows.pauses)
    _first_ring(road, clock, moments_of(obligation, clock, case.site, rows.pauses))
    return clock


def _first_ring(road: Road, clock: Clock, ahead: list[Moment]) -> None:
    """Warnings that lie before the clock was known (dispatched late, entered a day late) are left out: nobody could have been warned."""
    clock.rung = sum(moment.kind == "warned" and moment.at < road.at for moment in ahead)
    clock.next_ring_at = ahead[clock.rung].at if clock.state == "running" and clock.rung < len(ahead) else None


def _update(road: Road, clock: Clock, run: Run, rows: Rows, force: bool = False) -> None:
    obligation, before = run.obligation, (clock.due_at, clock.state, clock.person_id, clock.department_id, clock.role, clock.next_ring_at)
    if run.done is not None:
        _end(road, clock, obligation, run.done)
        return
    when = due_of(obligation, clock, road.case, run.own_date, rows.pauses, road.at)
    if when is not None and when.at != clock.due_at:
        _move(road, clock, obligation, when, rows.pauses)
    _assign(road, clock, obligation, rows)
    was_paused = clock.state == "paused"
    _set_pause(clock, obligation, rows.pauses)
    if force or was_paused != (clock.state == "paused"):
        _schedule(road, clock, obligation, rows.pauses)
    if force or before != (clock.due_at, clock.state, clock.person_id, clock.department_id, clock.role, clock.next_ring_at):
        update(clock)


def _move(road: Road, clock: Clock, obligation: Obligation, when: Due, pauses: list[Pause]) -> None:
    later = when.at > clock.due_at
    clock.due_at, clock.confirmed = when.at, when.confirmed
    agreed_anew = "agree_date" in road.case.whole_marks and counts_to_date(clock)
    if not clock.extended_to and not agreed_anew:  # what was promised first stays to be seen
        clock.first_due_at = when.original_at
    all_moments = moments_of(obligation, clock, road.case.site, pauses)
    if later:  # of what was said for the earlier date, that is said again which now lies ahead; what was missed stays to be said
        clock.rung = sum(moment.at <= road.at for moment in all_moments[: clock.rung])
    clock.rung = min(clock.rung, len(all_moments))
    _schedule(road, clock, obligation, pauses)


def _end(road: Road, clock: Clock, obligation: Obligation, done: datetime) -> None:
    """The clock stops. If it fell late before anyone said so, the journal gets that entry now, dated when it fell late."""
    _say_late(road, clock, obligation, done)
    clock.state, clock.done_at, clock.next_ring_at, clock.paused_at = "done", done, None, None
    update(clock)


def _say_late(road: Road, clock: Clock, obligation: Obligation, ended: datetime) -> None:
    """Write that it fell late unless the worker has; a clock that runs again later does not say it a second time."""
    kinds = [moment.kind for moment in moments_of(obligation, clock, road.case.site)]
    if ended > clock.due_at and clock.rung <= kinds.index("fell_late"):
        road.journal("fell_late", at=clock.due_at, actor="system", obligation=obligation.id, clock=clock.pk, due=clock.due_at.isoformat())
        clock.rung = kinds.index("fell_late") + 1


def _set_pause(clock: Clock, obligation: Obligation, pauses: Iterable[Pause]) -> None:
    open_pause = next((row for row in pauses if row.ended_at is None and row.reason in obligation.pauses), None)
    if open_pause and clock.due_at > open_pause.began_at:
        clock.state, clock.paused_at, clock.next_ring_at = "paused", open_pause.began_at, None
    elif clock.state == "paused":
        clock.state, clock.paused_at = "running", None


def _schedule(road: Road, clock: Clock, obligation: Obligation, pauses: list[Pause]) -> None:
    if clock.state != "running":
        clock.next_ring_at = None
        return
    ahead = moments_of(obligation, clock, road.case.site, pauses)[clock.rung :]
    clock.next_ring_at = ahead[0].at if ahead else None


def _assign(road: Road, clock: Clock, obligation: Obligation, rows: Rows) -> None:
    """Who answers for it: role and place from the pack, the person who signed for it where there is one."""
    case = road.case
    clock.role, clock.department_id, clock.company_wide, clock.person_id = obligation.role, None, obligation.scope == "company", None
    if approver := _approver(clock, obligation, rows):
        clock.role, clock.company_wide = approver, road.pack.one("roles", approver).level == "company"
    elif obligation.scope == "receiver":
        clock.person_id = case.received_by_id
    elif obligation.per == "task":
        clock.department_id, clock.person_id = whose_task(clock, rows.tasks)
    elif obligation.per == "inquiry" and (asked := asked_person(clock, rows.inquiries)):
        clock.person_id = asked
    elif obligation.scope == "lead" and case.department_id is None:
        clock.role = obligation.before_dispatch or obligation.role
    elif obligation.scope in ("lead", "part"):
        clock.department_id, clock.person_id = _whose(case, clock, obligation, rows)


def _approver(clock: Clock, obligation: Obligation, rows: Rows) -> str:
    """The role that must answer this very proposal or request; "" for clocks that wait for no approval."""
    if obligation.per == "proposal" and "approve" in obligation.until:
        return next((row.approver for row in rows.proposals if row.pk == clock.subject), "")
    if obligation.per == "extension":
        return next((row.approver for row in rows.extensions if row.pk == clock.subject), "")
    if obligation.per == "letter":
        return next((row.role for row in rows.reviews if row.pk == clock.subject), "")
    return ""


def _whose(case: Case, clock: Clock, obligation: Obligation, rows: Rows) -> tuple[int | None, int | None]:
    """(department, person) of the part that the clock concerns: its own, its action's department's, or the lead's."""
    if obligation.per == "part":
        part = next((part for part in rows.parts if part.pk == clock.subject), None)
        return (part.department_id, part.handler_id) if part else (case.department_id, case.handler_id)
    if obligation.per == "action":
        action = next((action for action in rows.actions if action.pk == clock.subject), None)
        if action and action.department_id:
            mine = (part.handler_id for part in rows.parts if part.department_id == action.department_id and part.sent_back_at is None)
            return action.department_id, next(mine, None)
    return case.department_id, case.handler_id
