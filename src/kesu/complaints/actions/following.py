"""Following up (回访): calls by somebody who did not handle it, the customer's own answers by the link (P-11, S-15, M-4, M-7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from kesu.company.models import Person
from kesu.company.procedures import round_the_clock
from kesu.complaints.actions.aftercare import put_new_round
from kesu.complaints.actions.appointing import agree_time, time_agreed
from kesu.complaints.actions.road import CUSTOMER, Road, begin
from kesu.complaints.models import Case, SurveyAnswer, Visit
from kesu.complaints.queries.handlers import handlers
from kesu.procedure.due import due
from kesu.procedure.limits import parse_limit
from kesu.procedure.refused import Refused
from kesu.procedure.survey import inside, untried

OUTCOMES: dict[str, tuple[str, str]] = {
    "content": ("满意", "content"),
    "not_content": ("不满意", "not content"),
    "not_reached": ("没联系上", "not reached"),
    "later": ("约了别的时间", "asked for another time"),
}
ANSWERED = ("content", "not_content")
LONGEST = 400  # characters kept of what was said


def visit(
    person: Person,
    case_id: int,
    *,
    outcome: str,
    channel: str = "",
    words: str = "",
    agreed_time: bool = False,
    answers: Mapping[str, int] | None = None,
    next_at: datetime | None = None,
    attempt: int | None = None,
    at: datetime,
) -> Case:
    """One follow-up attempt by somebody who did not handle the case. Not content opens a new round (M-7); not reached counts as an attempt.

    `agreed_time`: the customer asked to talk now (or rang back), whatever the pack's rest hours; reached, also however lately it was tried.
    `answers`: question id → 0 (best) …, those left out are unrated. `next_at`: when they want to be called instead (outcome later).
    `attempt`: the attempt that the form was opened for; Refused when a colleague has made it meanwhile.
    """
    with begin(person, case_id, "visit", at) as road:
        road.own_mark = False
        if person.pk in handlers(road.case):
            raise Refused(
                "handled_it", "您经办过这件投诉，回访要由没经办的人做", "you handled this complaint; somebody else must follow it up"
            )
        words, given = _checked(road, outcome, words, answers or {}, next_at)
        earlier = list(Visit.objects.filter(case=road.case, round=road.case.round).select_related("by").order_by("attempt"))
        _check_attempt(road, earlier, attempt)
        _check_hour(road, earlier, agreed_time, reached=outcome != "not_reached")
        n = len(earlier) + 1
        Visit.objects.create(
            case=road.case,
            round=road.case.round,
            attempt=n,
            channel=channel,
            outcome=outcome,
            words=words[:LONGEST],
            answers=given,
            by=person,
            at=at,
        )
        road.mark("visit:attempt")
        said = agree_time(road, next_at, "next_at")
        road.journal(attempt=n, outcome=outcome, channel=channel, words=words, answers=given, **said)
        road.tell_by_pack(f"visit:{outcome}")  # while the department that handled it is still known
        missed = n - sum(row.outcome == "later" for row in earlier)
        _settle(road, outcome, missed, words)
    return road.case


def survey(case_id: int, *, answers: Mapping[str, int], words: str = "", at: datetime) -> Case:
    """The customer's own answers on their page, once in a round after the result was told. A bad one does what a bad call does (M-7).

    It is the follow-up itself only where the pack says `by_link = "counts"` and the overall question was answered.
    """
    with begin(None, case_id, "survey", at, actor=CUSTOMER) as road:
        case, rule = road.case, road.pack.follow_up
        if rule.by_link == "no" or "report_back" not in case.marks or case.outcome == "withdrawn":
            raise Refused("not_asked", "办好、告诉您结果以后再请您评", "we ask you once you have been told the result", field="survey")
        given = rule.survey.known(answers)
        if not given and not words.strip():
            raise Refused("empty", "请至少选一项", "choose at least one answer", field="survey")
        if SurveyAnswer.objects.filter(case=case, round=case.round).exists():
            raise Refused("answered", "这一次您已经答过了", "you have answered this already", field="survey")
        outcome = rule.survey.outcome(given)
        anew = outcome == "not_content" and rule.not_content == "reopen"
        counts = outcome in ANSWERED and case.step == "visit" and (anew or rule.by_link == "counts")
        SurveyAnswer.objects.create(
            case=case, round=case.round, answers=given, outcome=outcome, counts=counts, words=words.strip()[:LONGEST], at=at
        )
        road.journal(answers=given, words=words.strip(), outcome=outcome, counts=counts)
        if outcome == "not_content":
            road.tell_by_pack("visit:not_content")
        if anew or counts:
            _settle(road, outcome, 0, words.strip() or "客户在回访问卷里选了不满意")
    return road.case


def _checked(road: Road, outcome: str, words: str, answers: Mapping[str, int], next_at: datetime | None) -> tuple[str, dict[str, int]]:
    if outcome not in OUTCOMES:
        raise Refused("outcome", "请选这次回访的结果", "choose how the follow-up went", field="outcome")
    if outcome == "not_content":
        words = road.needs(words, "words", "写下客户哪里不满意", "write down what the customer is not content with")
    if outcome == "later" and next_at is None:
        raise Refused("missing", "写上约好的时间", "say what time was agreed", field="next_at")
    given = road.pack.follow_up.survey.known(answers) if outcome in ANSWERED else {}
    if outcome == "content" and road.pack.follow_up.survey.outcome(given) == "not_content":
        raise Refused(
            "contradicts",
            "总的评价是不满意，结果要选“不满意”",
            "the overall answer is a bad one; choose “not content”",
            field="outcome",
        )
    return words.strip(), given


def _check_attempt(road: Road, earlier: list[Visit], attempt: int | None) -> None:
    if attempt is not None and attempt != len(earlier) + 1 and earlier:
        last = earlier[-1]
        hour = last.at.astimezone(ZoneInfo(road.case.site.company.zone)).strftime("%H:%M")
        raise Refused(
            "tried_meanwhile",
            f"{last.by.name} {hour} 已经回访过这一次，结果是{OUTCOMES[last.outcome][0]}",
            f"{last.by.name} made this attempt at {hour}: {OUTCOMES[last.outcome][1]}",
        )


def _check_hour(road: Road, earlier: list[Visit], agreed_time: bool, *, reached: bool) -> None:
    """Rest hours, the time agreed, at least so long apart, another part of the day (S-15)."""
    rule, zone = road.pack.follow_up, ZoneInfo(road.case.site.company.zone)
    wanted = time_agreed(road)
    if wanted and wanted <= road.at and not any(row.at >= wanted for row in earlier):
        return
    if wanted and road.at < wanted and not agreed_time:
        when = wanted.astimezone(zone)
        raise Refused(
            "agreed_later",
            f"客户约在 {when.month} 月 {when.day} 日 {when:%H:%M}，到时再打",
            f"the customer asked for {when:%d %b %H:%M}; call then",
            field="agreed_time",
        )
    now = road.at.astimezone(zone).time()
    if not agreed_time and any(inside(now, *window) for window in rule.rest):
        raise Refused(
            "rest_hours",
            "现在是休息时间，不回访；客户约好的时间除外",
            "these are rest hours: no calls now unless the customer asked for it",
            field="agreed_time",
        )
    if earlier and earlier[-1].outcome == "not_reached":
        _check_apart(road, earlier, zone, agreed_time, reached)


def _check_apart(road: Road, earlier: list[Visit], zone: ZoneInfo, agreed_time: bool, reached: bool) -> None:
    rule = road.pack.follow_up
    soonest = due(parse_limit(rule.apart), earlier[-1].at, round_the_clock(zone.key))
    if soonest and road.at < soonest.at and not (agreed_time and reached):  # who rings back has the word now
        hour = soonest.at.astimezone(zone).strftime("%H:%M")
        raise Refused(
            "too_soon",
            f"刚试过，{hour} 以后再试；客户打回来、要现在说的除外",
            f"tried a moment ago; try again after {hour}, unless the customer rings back and wants to talk now",
            field="agreed_time",
            at=soonest.at.isoformat(),
        )
    tried = [row.at.astimezone(zone).time() for row in earlier if row.outcome == "not_reached"]
    left = untried(rule.day_parts, tried, road.at.astimezone(zone).time())
    if left and not agreed_time:
        spans = [f"{start}–{end}" for start, end in left]
        raise Refused(
            "same_part",
            f"这个时段试过了没接通，换到 {'、'.join(spans)}",
            f"this part of the day was tried already; try {', '.join(spans)}",
            field="agreed_time",
        )


def _settle(road: Road, outcome: str, missed: int, words: str) -> None:
    """What the outcome does: a new round, the step done, or another attempt. `missed`: attempts at which nobody asked for another time."""
    rule = road.pack.follow_up
    if outcome == "not_content" and rule.not_content == "reopen":
        road.mark("visit")
        put_new_round(road, words)
        road.tell_by_pack("reopen")
        return
    if outcome in ANSWERED or (outcome == "not_reached" and rule.unreachable_counts and missed >= rule.attempts):
        road.mark("visit")
        road.mark(f"visit:{outcome}")
        road.complete("visit")
