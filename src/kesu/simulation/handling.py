"""The departments of the demonstration company at work: finding out, offering, agreeing, doing, handing back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from kesu.company.prepared import ask
from kesu.company.standing import standing
from kesu.complaints import actions
from kesu.complaints.actions import Promise
from kesu.complaints.models import AgreedAction, Clock, Evidence, Extension, Proposal, Question
from kesu.complaints.queries.handlers import Before, did_before
from kesu.procedure.due import due
from kesu.procedure.limits import parse_limit
from kesu.procedure.remedies import money_owed
from kesu.simulation import together
from kesu.simulation.photo import receipt
from kesu.simulation.plan import SHARES

if TYPE_CHECKING:
    from kesu.simulation.course import Course, Days
    from kesu.simulation.founding import Worker

SIDES = ("staff", "record", "other")
FINDINGS = ("found", "found", "found", "partly", "unclear")


def investigate(course: Course) -> Days:
    """Ask, look, hear the sides, find the cause; or learn that it does not stand, or that the customer takes it back."""
    at = yield from _first_words(course)
    if course.plan.does("withdrawn"):
        yield from _withdraw(course, at)
        return
    if course.plan.does("unfounded") and not course.plan.group:
        yield from _unfound(course, at)
        return
    at = yield from _hear_sides(course, at)
    at = yield from together.meanwhile(course, head(course), at)
    if course.plan.stop == "extension" or course.plan.does("extension"):
        at = yield from _extension(course, at)
        if course.stops("extension"):
            course.plan.stop = course.open_case.step
            return
    if course.plan.does("pause"):
        at = yield from _pause(course, at)
    at = yield course.at_share(at, SHARES["find_cause"], head(course).person.pk)
    yield from _hear_sides(course, at, hurry=True)
    cause, words = course.rng.choice(course.plan.matter.causes)
    finder = fresh(course, "find_cause", head(course))
    findings = {n: course.rng.choice(FINDINGS) for n in range(1, len(course.plan.items) + 1)}
    course.case = actions.find_cause(finder.person, course.open_case.pk, cause=cause, words=words, findings=findings, at=at)


def fresh(course: Course, act: str, usual: Worker) -> Worker:
    """The usual one; in a later round somebody who did not handle it before, where the procedure wants that (M-7)."""
    case = course.open_case
    before = did_before([case], standing(case.site.company)).get(case.pk, Before())
    if not before.bars(usual.person.pk, act):
        return usual
    since, but = course.signed or case.received_at, before.refused[act]
    try:
        return course.staff.who(act, course.plan.site, since, department=case.department_id, but=but)
    except LookupError:
        return course.staff.who(act, course.plan.site, since, but=but)


def _colleagues(course: Course) -> list[Worker]:
    """Those of the department to whom it may be handed: in a later round nobody who handled it before (M-7)."""
    case = course.open_case
    before = did_before([case], standing(case.site.company)).get(case.pk, Before())
    inside = [row for row in course.staff.founded.workers if row.department and row.department.pk == case.department_id]
    return [row for row in inside if not any(before.bars(row.person.pk, act) for act in ("sign", "execute"))]


def _other_hands(course: Course, at: datetime) -> datetime:
    """In a later round the head hands it to a colleague who did not carry it out before (M-7)."""
    case, who = course.open_case, hands(course)
    before = did_before([case], standing(case.site.company)).get(case.pk, Before())
    if not before.bars(who.person.pk, "execute"):
        return at
    heir = next((row for row in _colleagues(course) if row.person.pk != who.person.pk), None)
    if heir is None:
        return at
    course.case = actions.transfer(head(course).person, case.pk, to=heir.person.pk, reason=course.said("handed"), at=at)
    return at + timedelta(minutes=5)


def head(course: Course) -> Worker:
    """Who answers for the lead department's part."""
    case = course.open_case
    return course.staff.who("return", course.plan.site, course.signed or case.received_at, department=case.department_id)


def hands(course: Course) -> Worker:
    """Who has it in hand: the one who signed, else the head."""
    return course.staff.named(course.open_case.handler_id) or head(course)


def _first_words(course: Course) -> Days:
    who = hands(course)
    at = yield course.at_share(course.signed or course.plan.at, SHARES["contact"], who.person.pk)
    channel = course.staff.pack.channels[0].id
    course.case = actions.contact(who.person, course.open_case.pk, channel=channel, words=course.said("contact"), at=at)
    if course.plan.does("transfer") or course.stops("execute"):
        heir = next((row for row in _colleagues(course) if row.person.pk != who.person.pk), None)
        if heir:
            at = yield course.soon(at, 40)
            reason = course.said("handed")
            course.case = actions.transfer(head(course).person, course.open_case.pk, to=heir.person.pk, reason=reason, at=at)
    if course.plan.does("asked"):
        at = yield from _ask(course, at)
    return at


def _ask(course: Course, at: datetime) -> Days:
    at = yield course.soon(at, 30)
    course.case = actions.ask(hands(course).person, course.open_case.pk, words=course.said("asked"), at=at)
    question = Question.objects.filter(case=course.open_case).order_by("-id").values_list("pk", flat=True)[0]
    at = yield course.soon(at, 90)
    course.case = actions.note(None, course.open_case.pk, words=course.said("answers"), actor="customer", question_id=question, at=at)
    return at


def _withdraw(course: Course, at: datetime) -> Days:
    at = yield course.at_share(at, SHARES["investigate"])
    who = course.staff.who("withdraw", course.plan.site, at)
    course.case = actions.withdraw(who.person, course.open_case.pk, reason=course.said("withdrawn"), at=at)


def _unfound(course: Course, at: datetime) -> Days:
    at = yield course.at_share(at, SHARES["find_cause"], head(course).person.pk)
    pack = course.staff.pack
    reason = course.said("not_so")
    words = course.rng.choice(pack.scripts.unfounded).format(reason=reason, who="社区")
    course.case = actions.unfound(head(course).person, course.open_case.pk, reason=reason, words=words, channel=pack.channels[0].id, at=at)


def _sides_heard(*, case: int, of: int) -> QuerySet[Evidence, str]:
    return Evidence.objects.filter(case=case, round=of).order_by().values_list("side", flat=True).distinct()


def _last_proposal(*, case: int) -> QuerySet[Proposal]:
    return Proposal.objects.filter(case=case).order_by("-id")[:1]


def _pending(*, case: int) -> QuerySet[Proposal]:
    return Proposal.objects.filter(case=case, state="pending").order_by("id")[:1]


def _promised(*, case: int) -> QuerySet[AgreedAction]:
    return AgreedAction.objects.filter(case=case, agreed_at__isnull=False, done_at__isnull=True)


def _hear_sides(course: Course, at: datetime, hurry: bool = False) -> Days:
    """As many sides as the grade asks for, the customer's own words being one."""
    case = course.fresh()
    grade = course.staff.pack.one("grades", case.grade)
    heard = set(ask(_sides_heard, key=None, case=case.pk, of=case.round))
    wanted = [side for side in SIDES if side not in heard][: max(0, grade.sides - 1 - len(heard))]
    if not hurry and not wanted and course.rng.random() < 0.5:
        wanted = ["record"]
    for n, side in enumerate(wanted):
        if not hurry:
            share = SHARES["contact"] + (SHARES["investigate"] - SHARES["contact"]) * (n + 1) / len(wanted)
            at = yield course.at_share(at, share, hands(course).person.pk)
        kind = "statement" if side in ("staff", "other") else "record"
        course.case = actions.investigate(hands(course).person, case.pk, side=side, kind=kind, words=course.said(side), at=at)
    return at


def _extendable(course: Course) -> Clock | None:
    rows = Clock.objects.filter(case=course.open_case, state="running", extended_to__isnull=True).order_by("due_at")
    return next((row for row in rows if (known := course.staff.pack.obligation(row.obligation)) and known.extension), None)


def _extension(course: Course, at: datetime) -> Days:
    """More time is asked for before the limit ends, and granted or refused."""
    clock = _extendable(course)
    at = yield course.at_share(at, SHARES["extension"], head(course).person.pk)
    obligation = course.staff.pack.obligation(clock.obligation) if clock else None
    rule = obligation.extension if obligation else None
    if clock is None or rule is None or clock.due_at <= at + timedelta(hours=3):
        return at
    latest = due(parse_limit(rule.longest), clock.first_due_at, course.staff.clock_of(course.plan.site))
    assert latest is not None
    new_due = clock.due_at + (latest.at - clock.due_at) * course.rng.choice([0.5, 0.75, 1])
    course.case = actions.ask_extension(
        head(course).person,
        course.open_case.pk,
        clock_id=clock.pk,
        new_due=new_due.replace(minute=0, second=0),
        reason=course.said("late"),
        told=course.said("sorry"),
        at=at,
    )
    if course.stops("extension"):
        return at
    return (yield from _decide_extension(course, at, rule.approver, clock.due_at))


def _decide_extension(course: Course, at: datetime, approver: str, expires: datetime) -> Days:
    boss = course.staff.who("grant_extension", course.plan.site, at, role=approver)
    at = yield min(course.staff.after(course.rng, boss, at, 40), expires - timedelta(minutes=5))
    row = Extension.objects.get(case=course.open_case, state="asked")
    if course.plan.does("granted"):
        course.case = actions.grant_extension(boss.person, course.open_case.pk, extension_id=row.pk, at=at)
        assert course.aim is not None
        course.aim += (row.new_due - expires) * 0.8
    else:
        course.case = actions.refuse_extension(boss.person, course.open_case.pk, extension_id=row.pk, reason=course.said("too_late"), at=at)
    return at


def _pause(course: Course, at: datetime) -> Days:
    """The clocks stand still for a reason of the pack, and go on when it is over (or by themselves)."""
    running = Clock.objects.filter(case=course.open_case, state="running").values_list("obligation", flat=True)
    stoppable = {reason for name in running if (row := course.staff.pack.obligation(name)) for reason in row.pauses}
    reasons = [row for row in course.staff.pack.pauses if row.id in stoppable]
    if not reasons:
        return at
    reason = course.rng.choice(reasons)
    at = yield course.at_share(at, SHARES["extension"], head(course).person.pk)
    evidence = course.said(reason.id)
    course.case = actions.pause(head(course).person, course.open_case.pk, reason=reason.id, evidence=evidence, at=at)
    begun = at
    at = yield at + timedelta(hours=course.rng.choice([8, 20, 30, 47]))
    if course.open_case.pauses.filter(ended_at__isnull=True).exists():
        course.case = actions.resume(head(course).person, course.open_case.pk, words="", at=at)
    assert course.aim is not None
    course.aim += at - begun
    return at


def answer(course: Course) -> Days:
    """An offer, approved where the pack says so, told to the customer, who agrees or does not."""
    at = yield course.at_share(_now(course), SHARES["propose"], head(course).person.pk)
    at = yield from _propose(course, at, tries=0)
    if course.stops("approve"):
        course.plan.stop = course.open_case.step
        return
    at = yield course.at_share(at, SHARES["reply"], hands(course).person.pk)
    channel = course.staff.pack.channels[0].id
    words = course.said("found") if course.rng.random() < 0.4 else course.said("told")
    course.case = actions.reply(_replies(course, at).person, course.open_case.pk, channel=channel, words=words, at=at)
    at = yield course.at_share(at, SHARES["agree"])
    if course.plan.does("declined"):
        course.plan.will -= {"declined"}
        who, reason = _replies(course, at), course.said("decline")
        course.case = actions.decline(who.person, course.open_case.pk, reason=reason, channel=channel, at=at)
        return
    if course.rng.random() < 0.3:
        course.case = actions.agree(None, course.open_case.pk, words="同意", actor="customer", at=at)
    else:
        course.case = actions.agree(_replies(course, at).person, course.open_case.pk, words=course.said("thanks"), channel=channel, at=at)


def _replies(course: Course, at: datetime) -> Worker:
    return course.staff.who("reply", course.plan.site, at, department=course.open_case.department_id)


def _propose(course: Course, at: datetime, tries: int) -> Days:
    rng, plan = course.rng, course.plan
    assert course.aim is not None
    rows = rng.sample(plan.matter.acts, k=min(len(plan.matter.acts), rng.choice([1, 1, 2]) if not plan.group else 3))
    promises = [
        Promise(
            row.what,
            due_at=(max(course.aim, at) + timedelta(hours=6 + 10 * n)).replace(minute=0, second=0),
            remedy=row.remedy,
            cost=100 * (rng.randrange(row.least, row.most + 1, 10) if row.most > row.least else row.least),
        )
        for n, row in enumerate(rows)
    ]
    words = "；".join(row.what for row in rows)
    course.case = actions.propose(fresh(course, "propose", head(course)).person, course.open_case.pk, words=words, promises=promises, at=at)
    proposal = ask(_last_proposal, key=None, case=course.open_case.pk)[0]
    if not proposal.approver or course.stops("approve"):
        return at
    boss = course.staff.who("approve", plan.site, at, role=proposal.approver)
    at = yield course.staff.after(rng, boss, at, 45) if plan.until is None else course.at_share(at, SHARES["approve"])
    if plan.does("refused") and tries == 0:
        course.case = actions.refuse(boss.person, course.open_case.pk, reason=course.said("refused"), at=at)
        at = yield course.staff.after(rng, head(course), at, 60)
        return (yield from _propose(course, at, 1))
    course.case = actions.approve(boss.person, course.open_case.pk, words="", at=at)
    return _further_levels(course, at)


def _further_levels(course: Course, at: datetime) -> datetime:
    """Those above approve as well, minutes later."""
    while waiting := ask(_pending, key=None, case=course.open_case.pk):
        at += timedelta(minutes=10)
        boss = course.staff.who("approve", course.plan.site, at, role=waiting[0].approver)
        course.case = actions.approve(boss.person, course.open_case.pk, words="", at=at)
    return at


def _now(course: Course) -> datetime:
    """When the last thing happened."""
    return max(datetime.fromisoformat(pair[1]) for pair in course.open_case.marks.values())


def _paid(course: Course, action: AgreedAction, at: datetime) -> bool:
    """Promised money is paid by who may, with a receipt where the procedure asks for one; whether it was money."""
    pack = course.staff.pack
    owed = money_owed(pack, action.remedy, action.cost, action.payer)
    if not owed:
        return False
    wanted = pack.one("remedies", action.remedy).proof
    course.case = actions.pay(
        course.staff.who("pay", course.plan.site, at).person,
        course.open_case.pk,
        action_id=action.pk,
        amount=owed,
        to=course.open_case.contact_name or "客户",
        method=pack.payment_methods[0].id if pack.payment_methods else "现金",
        key=f"paid-{action.pk}",
        proofs=[(wanted[0], receipt(action.pk))] if wanted else [],
        at=at,
    )
    return True


def handle(course: Course) -> Days:
    """What was promised is done, one by one; every department hands its form back, the lead's last."""
    at = max(_now(course), course.signed or course.plan.at)
    promised = ask(_promised, key=None, case=course.open_case.pk)
    for n, action in enumerate(promised):
        if course.stops("execute") and n == len(promised) - 1:
            course.plan.stop = course.open_case.step
            return
        share = SHARES["agree"] + (SHARES["execute"] - SHARES["agree"]) * (n + 1) / len(promised)
        at = yield course.at_share(at, share, hands(course).person.pk)
        words = course.rng.choice(course.plan.matter.done)
        if _paid(course, action, at):
            continue
        at = _other_hands(course, at)
        course.case = actions.execute(hands(course).person, course.open_case.pk, action_id=action.pk, words=words, at=at)
    for part in reversed(course.parts()):
        who = course.staff.who("return", course.plan.site, at, department=part.department_id)
        at = yield course.at_share(at, SHARES["handle"] if not part.lead else 1.0, who.person.pk)
        part.refresh_from_db()
        if part.signed_at is None:
            actions.sign(who.person, course.open_case.pk, department_id=part.department_id, at=at - timedelta(minutes=1))
        words = course.said("result" if part.lead else "returned")
        course.case = actions.return_form(who.person, course.open_case.pk, words=words, department_id=part.department_id, at=at)
