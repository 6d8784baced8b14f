"""After handling: telling the result, closing, reopening, the archive (P-9, P-11, P-12, M-4, M-7, S-15)."""

from __future__ import annotations

from datetime import datetime

from kesu.company.models import Person
from kesu.complaints.actions import clocks, remedies, steps
from kesu.complaints.actions.appointing import agree_time
from kesu.complaints.actions.road import CUSTOMER, Road, begin
from kesu.complaints.models import Case, Clock, Extension, Pause
from kesu.procedure.refused import Refused


def report_back(
    person: Person,
    case_id: int,
    *,
    channel: str,
    spoke_to: str,
    words: str,
    answer: str = "",
    visit_at: datetime | None = None,
    at: datetime,
) -> Case:
    """Tell the customer the result: by which channel, to whom, in what words, and what they said (P-9).

    `visit_at`: when the customer wants the follow-up (S-15).
    """
    with begin(person, case_id, "report_back", at) as road:
        words = road.needs(words, "words", "写下对客户说的话", "write down what was said to the customer")
        if road.pack.find("channels", channel) is None:
            raise Refused("channel", "请选怎么告诉客户的", "choose how the customer was told", field="channel")
        road.case.told_at = at
        road.complete("report")
        said = agree_time(road, visit_at, "visit_at")
        road.journal(channel=channel, spoke_to=spoke_to.strip() or road.case.contact_name, words=words, answer=answer.strip(), **said)
    return road.case


def close(person: Person, case_id: int, *, words: str = "", at: datetime) -> Case:
    """Close the case when everything the pack asks for is there; Refused names each thing that is missing."""
    with begin(person, case_id, "close", at) as road:
        steps.refuse_unless_ready(road.pack, road.case, road.parts)
        road.case.closed_at = at
        road.case.outcome = road.case.outcome or "resolved"
        road.complete("close")
        road.journal(words=words.strip(), outcome=road.case.outcome)
    return road.case


def reopen(person: Person | None, case_id: int, *, reason: str, actor: str = "staff", at: datetime) -> Case:
    """A new round of the same case: by staff, or by the customer on their own page. Only this reopens; a thank-you does not."""
    with begin(person, case_id, "reopen", at, actor=actor) as road:
        reason = road.needs(reason, "reason", "写清还有什么没解决", "say what is still not solved")
        if road.case.outcome == "merged":
            raise Refused("merged", "这张单已经并到别的单一起办，要单独办先“撤销合并”", "it was merged into another; undo the merge first")
        if actor == CUSTOMER and road.case.step not in ("report", "visit", "close", "archive", "done"):
            raise Refused("under_way", "还在办理中，有话可以直接留言", "it is still being handled; leave a message instead")
        if road.case.is_open and road.case.step not in ("report", "visit", "close"):
            raise Refused("open", "还没办完，不用重新办理", "it is still open")
        road.own_mark = False
        put_new_round(road, reason)
    return road.case


def put_new_round(road: Road, reason: str) -> None:
    """Begin the next round: what was judged stays judged, everything from dispatch on is owed again.

    What was only answered (unfounded, venting) is judged anew: the customer says there is something to it (M-7).
    """
    case = road.case
    clocks.bring_in_line(road)  # what this very act has ended is done, not void
    for clock in Clock.objects.filter(case=case, round=case.round, state__in=["running", "paused"]):
        clocks.void(road, clock)
    Extension.objects.filter(case=case, state="asked").update(state="lapsed", decided_at=road.at)
    Pause.objects.filter(case=case, ended_at__isnull=True).update(ended_at=road.at, chase_at=None)
    remedies.replace_open(road)
    nature = road.pack.find("natures", case.nature)
    if nature is None or "handle" not in nature.steps:
        case.nature, case.judged = road.pack.nature_default().id, False
    kept = {mark: pair for mark, pair in case.marks.items() if mark == "step:judge" and case.judged}
    case.round += 1
    case.marks = kept
    case.whole_marks.pop("close", None)
    case.department = case.handler = None
    case.closed_at = case.told_at = None
    case.cause, case.outcome, case.bounces = "", "", 0
    road.mark("reopen")
    road.journal("reopen", round=case.round, reason=reason)


def archive(person: Person, case_id: int, *, at: datetime) -> Case:
    """The closed case goes to the archive of the quality department (P-12)."""
    with begin(person, case_id, "archive", at) as road:
        road.complete("archive")
        road.journal()
    return road.case
