"""Stopping clocks for a reason the pack allows, and leave to go past a limit."""

from __future__ import annotations

from datetime import datetime, timedelta

from kesu.company.models import Person
from kesu.company.procedures import round_the_clock, time_of
from kesu.complaints.actions.approving import somebody_else
from kesu.complaints.actions.road import Road, begin
from kesu.complaints.actions.telling_customer import GOES_ON, chaser, longer, tell_customer
from kesu.complaints.models import Case, Clock, Extension, Pause
from kesu.procedure.due import due, extended_at_most
from kesu.procedure.duewords import due_words, duration_words
from kesu.procedure.duties import Obligation, PauseReason
from kesu.procedure.limits import Within, parse_limit
from kesu.procedure.refused import Refused
from kesu.procedure.timetable import Time


def pause(
    person: Person, case_id: int, *, reason: str, evidence: str = "", until: datetime | None = None, words: str = "", at: datetime
) -> Case:
    """Stop the clocks that this reason may stop; they go on by themselves at the latest after the pack's longest time."""
    with begin(person, case_id, "pause", at) as road:
        rule = road.pack.find("pauses", reason)
        if rule is None:
            raise Refused("reason", "规程不允许因为这个暂停", "the procedure knows no such reason", field="reason")
        if Pause.objects.filter(case=road.case, ended_at__isnull=True).exists():
            raise Refused("paused", "已经在暂停", "the clocks are paused already")
        if rule.evidence and not evidence.strip():
            raise Refused(
                "evidence",
                "写明凭据（短信、通话时间、送检单号）",
                "name the proof (message, time of the call, test number)",
                field="evidence",
            )
        if not _stoppable(road, reason):
            raise Refused(
                "nothing_to_pause", "现在没有时限可以因为这个暂停", "no running clock may be stopped for this reason", field="reason"
            )
        latest = _latest(road, rule)
        if until and not at < until <= latest:
            longest = duration_words(int((latest - at).total_seconds()), "zh"), duration_words(int((latest - at).total_seconds()), "en")
            raise Refused("until", f"最多暂停 {longest[0]}", f"at most {longest[1]}", field="until")
        row = Pause.objects.create(
            case=road.case,
            round=road.case.round,
            reason=reason,
            evidence=evidence.strip()[:400],
            began_at=at,
            ends_by=until or latest,
            by=person,
        )
        _schedule_chaser(row, rule, at)
        road.mark(f"pause:{reason}")
        road.journal(reason=reason, evidence=row.evidence, until=row.ends_by.isoformat(), words=words.strip())
    return road.case


def _schedule_chaser(row: Pause, rule: PauseReason, after: datetime) -> None:
    """When the customer is reminded next; never when the procedure wants no more of it or the pause is over by then."""
    every = parse_limit(rule.chase) if rule.chase else None
    row.chase_at = None
    if isinstance(every, Within) and (not rule.chases or row.chased < rule.chases):
        due_at = row.began_at + timedelta(seconds=every.seconds)
        while due_at <= after:
            due_at += timedelta(seconds=every.seconds)
        row.chase_at = due_at if due_at < row.ends_by else None
    row.save(update_fields=["chase_at", "chased"])


def chase(road: Road, row: Pause) -> None:
    """Remind the customer of what we wait for; whoever slept reminds once, not once for every time missed."""
    rule: PauseReason | None = road.pack.find("pauses", row.reason)
    assert rule is not None  # the case keeps the version under which it was paused
    row.chased += 1
    words = chaser(road, row, rule)
    road.journal("chase", n=row.chased, reason=row.reason, words=words[0], words_en=words[1])
    tell_customer(road, "chase", f"chase:{row.pk}:{row.chased}", words)
    _schedule_chaser(row, rule, road.at)


def _latest(road: Road, rule: PauseReason) -> datetime:
    """When this pause must end: after the reason's longest time, or when all pauses of the case for it reach their cap."""
    longest = due(parse_limit(rule.longest), road.at, round_the_clock(road.case.site.company.zone))
    assert longest is not None  # a pause's longest time is never a customer's date
    if not rule.in_all:
        return longest.at
    cap = parse_limit(rule.in_all)
    assert isinstance(cap, Within)  # the pack's check refuses anything else
    taken = sum(
        ((row.ended_at or road.at) - row.began_at for row in Pause.objects.filter(case=road.case, reason=rule.id)), start=timedelta()
    )
    left = timedelta(seconds=cap.seconds) - taken
    if left <= timedelta():
        raise Refused(
            "used_up",
            f"因为这个一共最多暂停 {cap.words('zh')}，已经用完",
            f"pauses for this reason may last {cap.words('en')} in all; that is used up",
            field="reason",
        )
    return min(longest.at, road.at + left)


def _stoppable(road: Road, reason: str) -> bool:
    running = Clock.objects.filter(case=road.case, state="running").values_list("obligation", flat=True)
    return any(reason in row.pauses for name in running if (row := road.pack.obligation(name)))


def resume(person: Person | None, case_id: int, *, words: str = "", actor: str = "staff", at: datetime) -> Case:
    """The clocks go on; every due time moves by exactly the time that stood still."""
    with begin(person, case_id, "resume", at, actor=actor) as road:
        end_pause(road, words)
    return road.case


def end_pause(road: Road, words: str = "", ended_at: datetime | None = None) -> None:
    """End the open pause; Refused when there is none."""
    row = Pause.objects.filter(case=road.case, ended_at__isnull=True).first()
    if row is None:
        raise Refused("not_paused", "没有在暂停", "the clocks are not paused")
    row.ended_at, row.chase_at = ended_at or road.at, None
    row.save(update_fields=["ended_at", "chase_at"])
    rule = road.pack.find("pauses", row.reason)
    if ended_at and rule and rule.tell_customer:  # the procedure ended it, not somebody who spoke with them
        tell_customer(road, "resume", f"resume:{row.pk}", GOES_ON)
    road.journal(
        "resume", at=row.ended_at, reason=row.reason, began=row.began_at.isoformat(), ended=row.ended_at.isoformat(), words=words.strip()
    )


def _clock(road: Road, clock_id: int) -> tuple[Clock, Obligation]:
    clock = Clock.objects.filter(case=road.case, pk=clock_id).first()
    obligation = road.pack.obligation(clock.obligation) if clock else None
    if clock is None or obligation is None or obligation.extension is None:
        raise Refused("no_extension", "这个时限不能延期", "this limit cannot be extended", field="clock")
    return clock, obligation


def ask_extension(person: Person, case_id: int, *, clock_id: int, new_due: datetime, reason: str, told: str = "", at: datetime) -> Case:
    """Ask for leave to go past a limit, before it is past (P-14, P-15). `told`: what the customer will be told."""
    with begin(person, case_id, "ask_extension", at) as road:
        reason = road.needs(reason, "reason", "写清为什么要延期", "say why more time is needed")
        clock, obligation = _clock(road, clock_id)
        rule = obligation.extension
        assert rule is not None  # _clock refused otherwise
        if rule.tell_customer:
            told = road.needs(told, "told", "写下怎么跟客户说", "write down what the customer is told")
        _check_extension(road, clock, obligation, new_due)
        approver = somebody_else(road, rule.approver)
        Extension.objects.create(
            clock=clock,
            case=road.case,
            new_due=new_due,
            reason=reason[:400],
            told=told.strip()[:400],
            approver=approver,
            asked_by=person,
            asked_at=at,
        )
        road.approvers = road.holders.of(approver)
        road.journal(obligation=obligation.id, clock=clock.pk, new_due=new_due.isoformat(), reason=reason, told=told.strip())
    return road.case


def _check_extension(road: Road, clock: Clock, obligation: Obligation, new_due: datetime) -> None:
    rule = obligation.extension
    assert rule is not None
    if not rule.open_to(road.case.facts):
        zh, en = (
            sign.join(road.pack.label("facts", fact, language) for fact in rule.facts) for language, sign in (("zh", "、"), ("en", "; "))
        )
        raise Refused(
            "no_ground", f"这个时限只有“{zh}”答“是”才能延期", f"this limit can only be extended after a yes to: {en}", field="clock"
        )
    if clock.state != "running" or clock.due_at <= road.at:
        raise Refused(
            "expired", "时限已过或已停，延期要在到期前申请", "the limit is past or stands still; ask before it expires", field="clock"
        )
    if Extension.objects.filter(clock=clock, state="asked").exists():
        raise Refused("asked", "已经申请，等批复", "already asked; waiting for the answer")
    if Extension.objects.filter(clock=clock, state="granted").count() >= rule.times:
        raise Refused("often", f"这个时限最多延期 {rule.times} 次", f"this limit can be extended {rule.times} time(s) at most")
    latest = extended_at_most(rule.longest, clock.first_due_at, _time_of_extension(road, clock, rule.longest))
    if new_due <= clock.due_at:
        raise Refused("not_later", "新的时间要晚于原来的时限", "the new time must be later than the limit", field="new_due")
    if new_due > latest:
        longest, zone = parse_limit(rule.longest), road.case.site.company.zone
        zh, en = (due_words(latest, road.at, language, zone) for language in ("zh", "en"))
        said = f"最多延 {longest.words('zh')}，{zh}", f"at most {longest.words('en')} more: {en}"
        raise Refused("too_long", *said, field="new_due")


def _time_of_extension(road: Road, clock: Clock, longest: str) -> Time:
    """Working days are the clock's own; any other length is elapsed time, as the customer waits for it."""
    if parse_limit(longest).needs_opening_hours:
        return time_of(road.case.site, clock.time)
    return round_the_clock(road.case.site.company.zone)


def grant_extension(person: Person, case_id: int, *, extension_id: int, words: str = "", at: datetime) -> Case:
    """Grant it before the limit expires; the customer's page shows the new time and why."""
    with begin(person, case_id, "grant_extension", at) as road:
        row = _answer(road, extension_id, "granted")
        clock = row.clock
        clock.extended_to = row.new_due
        clock.save(update_fields=["extended_to"])
        rule = road.pack.obligation(clock.obligation)
        if rule and rule.extension and rule.extension.tell_customer:
            tell_customer(road, "grant_extension", f"extension:{row.pk}", longer(road, row))
        road.journal(obligation=clock.obligation, clock=clock.pk, new_due=row.new_due.isoformat(), told=row.told, words=words.strip())
    return road.case


def refuse_extension(person: Person, case_id: int, *, extension_id: int, reason: str, at: datetime) -> Case:
    """Refuse it with a reason; the limit stays."""
    with begin(person, case_id, "refuse_extension", at) as road:
        reason = road.needs(reason, "reason", "写清为什么不准", "say why not")
        row = _answer(road, extension_id, "refused")
        road.journal(obligation=row.clock.obligation, clock=row.clock_id, reason=reason)
    return road.case


def _answer(road: Road, extension_id: int, state: str) -> Extension:
    row = Extension.objects.select_related("clock", "asked_by", "decided_by").filter(case=road.case, pk=extension_id).first()
    person = road.person
    if row is None or person is None or road.rights is None:
        raise Refused("no_extension", "没有这个延期申请", "there is no such request")
    if row.state != "asked":
        by = row.decided_by.name if row.decided_by else ""
        raise Refused("answered", f"{by}已经答复过了", f"answered already by {by}")
    if row.asked_by_id == person.pk:
        raise Refused("own_request", "自己的申请要由别人批", "somebody else must decide on your own request")
    if not road.rights.holds(row.approver, site_id=road.case.site_id):
        name = road.pack.one("roles", row.approver)
        raise Refused("not_approver", f"这个延期由{name.name}批", f"this is for the {name.name_en} to decide", role=row.approver)
    if state == "granted" and row.clock.due_at <= road.at:
        raise Refused("expired", "时限已过，不能再批延期", "the limit has expired; it cannot be extended any more")
    row.state, row.decided_by, row.decided_at = state, person, road.at
    row.save(update_fields=["state", "decided_by", "decided_at"])
    road.askers = [row.asked_by]
    return row
