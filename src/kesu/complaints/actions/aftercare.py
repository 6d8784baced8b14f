"""After handling: telling the result, following up, closing, reopening, the archive (P-9, P-11, P-12, M-4, M-7, S-15)."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from kesu.company.models import Person
from kesu.company.procedures import round_the_clock
from kesu.complaints.actions import clocks, remedies, steps
from kesu.complaints.actions.road import CUSTOMER, Road, begin
from kesu.complaints.models import AgreedAction, Case, Clock, Evidence, Extension, Part, Pause, Proposal, Visit
from kesu.procedure.due import due
from kesu.procedure.limits import parse_limit
from kesu.procedure.refused import Refused

OUTCOMES: dict[str, tuple[str, str]] = {
    "content": ("满意", "content"),
    "not_content": ("不满意", "not content"),
    "not_reached": ("没联系上", "not reached"),
}


def report_back(person: Person, case_id: int, *, channel: str, spoke_to: str, words: str, answer: str = "", at: datetime) -> Case:
    """Tell the customer the result: by which channel, to whom, in what words, and what they said (P-9)."""
    with begin(person, case_id, "report_back", at) as road:
        words = road.needs(words, "words", "写下对客户说的话", "write down what was said to the customer")
        if road.pack.find("channels", channel) is None:
            raise Refused("channel", "请选怎么告诉客户的", "choose how the customer was told", field="channel")
        road.case.told_at = at
        road.complete("report")
        road.journal(channel=channel, spoke_to=spoke_to.strip() or road.case.contact_name, words=words, answer=answer.strip())
    return road.case


def handlers(case: Case, parts: list[Part]) -> set[int]:
    """Everybody who handled the case in any round: none of them may follow it up."""
    people = {who for part in parts for who in (part.signed_by_id, part.handler_id, part.returned_by_id)}
    people |= set(Proposal.objects.filter(case=case).values_list("by_id", flat=True))
    people |= set(AgreedAction.objects.filter(case=case).values_list("done_by_id", flat=True))
    people |= set(Evidence.objects.filter(case=case).values_list("by_id", flat=True))
    return {who for who in people if who is not None}


def visit(
    person: Person, case_id: int, *, outcome: str, channel: str = "", words: str = "", agreed_time: bool = False, at: datetime
) -> Case:
    """One follow-up attempt by somebody who did not handle the case. Not content opens a new round (M-7); not reached counts as an attempt.

    `agreed_time`: the customer asked to be called in the pack's rest hours.
    """
    with begin(person, case_id, "visit", at) as road:
        road.own_mark = False
        if person.pk in handlers(road.case, road.parts):
            raise Refused(
                "handled_it", "您经办过这件投诉，回访要由没经办的人做", "you handled this complaint; somebody else must follow it up"
            )
        if outcome not in OUTCOMES:
            raise Refused("outcome", "请选满意、不满意或没联系上", "choose content, not content or not reached", field="outcome")
        if outcome == "not_content":
            words = road.needs(words, "words", "写下客户哪里不满意", "write down what the customer is not content with")
        earlier = list(Visit.objects.filter(case=road.case, round=road.case.round).order_by("attempt"))
        _check_hour(road, earlier, agreed_time)
        attempt = len(earlier) + 1
        Visit.objects.create(
            case=road.case, round=road.case.round, attempt=attempt, channel=channel, outcome=outcome, words=words[:400], by=person, at=at
        )
        road.mark("visit:attempt")
        road.journal(attempt=attempt, outcome=outcome, channel=channel, words=words)
        _settle_visit(road, outcome, attempt, words)
        road.tell_by_pack(f"visit:{outcome}")
    return road.case


def _check_hour(road: Road, earlier: list[Visit], agreed_time: bool) -> None:
    rule, zone = road.pack.follow_up, ZoneInfo(road.case.site.company.zone)
    now = road.at.astimezone(zone).time()
    if not agreed_time and any(_inside(now, *window) for window in rule.rest):
        raise Refused(
            "rest_hours",
            "现在是休息时间，不回访；客户约好的时间除外",
            "these are rest hours: no calls now unless the customer asked for it",
            field="agreed_time",
        )
    if earlier and earlier[-1].outcome == "not_reached":
        soonest = due(parse_limit(rule.apart), earlier[-1].at, round_the_clock(zone.key))
        if soonest and road.at < soonest.at:
            hour = soonest.at.astimezone(zone).strftime("%H:%M")
            raise Refused("too_soon", f"刚试过，{hour} 以后再试", f"tried a moment ago; try again after {hour}", at=soonest.at.isoformat())


def _inside(now: time, start: str, end: str) -> bool:
    first, last = time.fromisoformat(start), time.fromisoformat(end)
    return first <= now < last if first <= last else (now >= first or now < last)


def _settle_visit(road: Road, outcome: str, attempt: int, words: str) -> None:
    rule = road.pack.follow_up
    if outcome == "not_content" and rule.not_content == "reopen":
        road.mark("visit")
        put_new_round(road, words)
        road.tell_by_pack("reopen")
        return
    if outcome != "not_reached" or (rule.unreachable_counts and attempt >= rule.attempts):
        road.mark("visit")
        road.mark(f"visit:{outcome}")
        road.complete("visit")


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
