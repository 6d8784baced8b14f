"""Whose turn it is, and what this person may do to a case now: one answer for the case page, the work list and the tests.

Nothing is read from the database here; `Situation` holds what was read. Acts check everything again on their own road.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from kesu.complaints.actions.findings import without_finding
from kesu.complaints.actions.road import concerned
from kesu.complaints.models import Clock, Complained, Extension
from kesu.complaints.queries.hands import OBSTACLES
from kesu.complaints.queries.kept import KEEPING
from kesu.complaints.queries.letters import LETTER_OBSTACLES
from kesu.complaints.queries.situation import Situation
from kesu.procedure.acts import ACTS, MAIN_ACT, STAFF, STAFF_ACTS, step_name
from kesu.procedure.investigationacts import IMPARTIAL
from kesu.procedure.pack import Pack
from kesu.procedure.refused import Refused

NEVER = datetime.max.replace(tzinfo=UTC)
Hindrance = tuple[str, str]  # why not now (zh, en)


@dataclass(frozen=True)
class Turn:
    """One thing to do now, the clock that binds it, and which action, extension or department it is about (0: the case)."""

    act: str
    clock: Clock | None = None
    target: int = 0


@dataclass(frozen=True)
class NextStep:
    """`mine`: the one primary act; `waiting`: what is waited for instead; `customer`: it is the customer's turn; `others`: also allowed."""

    mine: Turn | None
    waiting: Turn | None
    customer: bool
    others: list[str]


def next_step(now: Situation) -> NextStep:
    """The primary act of this person, what is waited for otherwise, and everything else that is allowed now."""
    turns = sorted(_mine(now), key=lambda turn: turn.clock.due_at if turn.clock else NEVER)
    mine = turns[0] if turns else None
    story = story_act(now)
    waiting = None if mine or story is None else Turn(story, _clock_for(now, story))
    others = [act for act in STAFF_ACTS if (mine is None or act != mine.act) and obstacle(now, act) is None]
    return NextStep(mine, waiting, waiting is not None and story == "agree", others)


def story_act(now: Situation) -> str | None:
    """The act that moves the case on from where it stands, whoever does it; None when nothing is left to do."""
    step = now.case.step
    if step not in MAIN_ACT:
        return None
    chosen = {"investigate": _investigate, "answer": _answer, "handle": _handle}.get(step)
    return chosen(now) if chosen else MAIN_ACT[step][0]


def _investigate(now: Situation) -> str:
    if not _all_heard(now):
        return "investigate"
    return "find" if without_finding(now.pack, now.case, now.items) else "find_cause"


def _all_heard(now: Situation) -> bool:
    grade = now.pack.find("grades", now.case.grade)
    return len(now.heard | {"customer"}) >= (grade.sides if grade else 1)


def _answer(now: Situation) -> str:
    state = now.proposal.state if now.proposal else ""
    return {"pending": "approve", "approved": "reply", "offered": "agree"}.get(state, "propose")


def _handle(now: Situation) -> str:
    if now.to_do():
        return "execute"
    return "pay" if now.undone() else "return"


def _mine(now: Situation) -> Iterator[Turn]:
    """Everything that this person owes and can do now: what their clocks ask for, and the story's next act when it is theirs."""
    for clock in now.running():
        row = now.obligation(clock)
        not_yet = bool(clock.waits_for) and clock.due_at > now.at
        if row is None or not row.act or not_yet or not now.owes(clock):
            continue
        wanted = paid_or_done(now, row.act, clock.subject)
        if obstacle(now, wanted) is None:
            yield Turn(wanted, clock, clock.subject if row.per in ("action", "extension", "task", "outside", "inquiry", "letter") else 0)
    act = story_act(now)
    if act and _is_mine(now, act) and obstacle(now, act) is None:
        yield Turn(act, _binding(now, act), _target(now, act))
    if now.case.step == "handle" and obstacle(now, "return") is None and any(now.in_department(part) for part in now.my_parts("return")):
        yield Turn("return", _binding(now, "return"))


def paid_or_done(now: Situation, act: str, subject: int) -> str:
    """A promise of money is paid, everything else is carried out."""
    return "pay" if act == "execute" and any(action.pk == subject for action in now.unpaid()) else act


def _is_mine(now: Situation, act: str) -> bool:
    if act in ("investigate", "find", "find_cause", "propose", "reply"):
        return now.in_department(now.lead()) or now.for_somebody_else(act)
    if act == "execute":
        return any(now.in_department(now.part_of(action)) for action in now.to_do())
    if act == "return":
        return False  # asked part by part in _mine
    if act in ("approve", "pay", "agree"):
        return act != "agree"  # whoever can approve or pay should; the answer is the customer's
    return _clock_for(now, act) is None  # a step that no clock gives to anybody is everybody's


def _binding(now: Situation, act: str) -> Clock | None:
    """The clock that the act ends, else the first of the person's clocks to fall due."""
    own = [clock for clock in now.running() if now.owes(clock) and not clock.waits_for]
    ends = (clock for clock in own if (row := now.obligation(clock)) and act in row.until)
    return next(ends, own[0] if own else None)


def _target(now: Situation, act: str) -> int:
    if act == "pay":
        return min(now.unpaid(), key=lambda action: action.due_at or NEVER).pk
    if act != "execute":
        return 0
    own = [action for action in now.to_do() if now.in_department(now.part_of(action))]
    return min(own, key=lambda action: action.due_at or NEVER).pk


def _clock_for(now: Situation, act: str) -> Clock | None:
    """The running clock that asks for this act, whoever owes it."""
    rows = [(clock, row) for clock in now.running() if (row := now.obligation(clock))]
    exact = (clock for clock, row in rows if row.act == act or (row.waits_for == "customer" and act in row.until))
    ended = (clock for clock, row in rows if act in row.until and not row.whole_case)
    handling = now.case.step in ("investigate", "answer", "handle")
    lead = (clock for clock, row in rows if handling and row.scope == "lead" and not row.waits_for)
    return next(exact, None) or next(ended, None) or next(lead, None)


def obstacle(now: Situation, act: str) -> Refused | None:
    """Why this person cannot do the act now; None when they can (its form may still be refused for what is written in it)."""
    row = ACTS[act]
    if STAFF not in row.by or act == "receive" or now.role_for(act) is None:
        return Refused("not_allowed", f"您的岗位不能{row.zh}", f"your role may not: {row.en.lower()}")
    if act in IMPARTIAL and now.concerned:
        return concerned(row)
    if now.before.bars(now.me, act):
        return Refused(
            "same_person", f"前一轮是您办的，这一轮由别人{row.zh}", f"you did it before; now it is for somebody else: {row.en.lower()}"
        )
    if now.case.erased_at is not None:
        return Refused("erased", "已经去标识化，不能再办", "it has been de-identified; nothing more can be done with it")
    if not now.case.is_open and not row.closed:
        return Refused("closed", f"已经结案，不能{row.zh}", f"the case is closed; not possible: {row.en.lower()}")
    if row.steps and now.case.step not in row.steps:
        zh, en = step_name(now.case.step, "zh"), step_name(now.case.step, "en")
        return Refused("wrong_step", f"现在是“{zh}”，不能{row.zh}", f"the case stands at “{en}”; not possible now: {row.en.lower()}")
    hindrance = _STATE[act](now) if act in _STATE else None
    return Refused("not_now", *hindrance) if hindrance else None


def extendable(now: Situation) -> list[Clock]:
    """Running clocks for which more time may still be asked (P-14, P-15)."""
    asked = {row.clock_id for row in now.extensions}
    found = []
    for clock in now.running():
        row = now.obligation(clock)
        rule = row.extension if row else None
        if (
            rule
            and rule.open_to(now.case.facts)
            and clock.state == "running"
            and clock.due_at > now.at
            and clock.pk not in asked
            and now.granted.get(clock.pk, 0) < rule.times
        ):
            found.append(clock)
    return found


def pausable(now: Situation) -> list[str]:
    """The pack's reasons for which some running clock may stand still."""
    rows = [row for clock in now.running() if clock.state == "running" and (row := now.obligation(clock))]
    return [reason.id for reason in now.pack.pauses if any(reason.id in row.pauses for row in rows)]


def decidable(now: Situation) -> list[Extension]:
    """Requests for more time that this person may answer."""
    return [
        row
        for row in now.extensions
        if row.state == "asked" and row.asked_by_id != now.me and now.rights.holds(row.approver, site_id=now.case.site_id)
    ]


def urgeable(now: Situation) -> list[Clock]:
    """Running clocks that somebody else owes."""
    return [clock for clock in now.running() if clock.state == "running" and not clock.waits_for and not now.owes(clock)]


def recordable(now: Situation) -> list[str]:
    """The events that may be recorded: of a closed case only what a clock still waits for."""
    waited = {end for clock in now.running() if (row := now.obligation(clock)) for end in row.until}
    return [event.id for event in now.pack.events if now.case.is_open or f"event:{event.id}" in waited]


def _judge(now: Situation) -> Hindrance | None:
    return ("已经定过级", "judged already") if now.case.judged else None


def _dispatch(now: Situation) -> Hindrance | None:
    nature = now.pack.find("natures", now.case.nature)
    return ("这种性质不用派单", "this nature needs no dispatch") if nature and "dispatch" not in nature.steps else None


def _sign(now: Situation) -> Hindrance | None:
    unsigned = [part for part in now.my_parts("sign") if part.signed_at is None]
    if unsigned:
        return None
    signed = next((part for part in now.my_parts("sign") if part.handler), None)
    if signed and signed.handler:
        return (f"{signed.handler.name}已经签收", f"{signed.handler.name} has signed for it already")
    return ("没有等您部门签收的一份", "no part waits for your department's signature")


def _send_back(now: Situation) -> Hindrance | None:
    most = now.pack.dispatching.max_bounces
    if any(not part.lead or now.case.bounces < most for part in now.my_parts("send_back")):
        return None
    return ("没有可以退回的一份", "there is no part that may be sent back")


def _signed_part(act: str) -> Callable[[Situation], Hindrance | None]:
    def check(now: Situation) -> Hindrance | None:
        if any(part.signed_at for part in now.my_parts(act)):
            return None
        return ("没有您部门签收了的一份", "your department has no part that it signed for")

    return check


def _return(now: Situation) -> Hindrance | None:
    signed = [part for part in now.my_parts("return") if part.signed_at]
    if not signed:
        return ("没有等您交回的一份", "no part waits to be returned by you")
    left = {part.pk for action in now.undone() if (part := now.part_of(action))}
    return None if any(part.pk not in left for part in signed) else ("答应的事还没办完", "agreed actions are not done yet")


def _approve(now: Situation) -> Hindrance | None:
    row = now.proposal
    if row is None or row.state != "pending":
        return ("没有等批准的方案", "no proposal waits for approval")
    if row.by_id == now.me:
        return ("自己提的方案要由别人批", "somebody else must decide on your own proposal")
    if now.rights.holds(row.approver, site_id=now.case.site_id):
        return ("上一级是您批的", "you approved the level before") if now.me in now.answered else None
    return (f"这个方案由{now.pack.label('roles', row.approver)}批", f"for the {now.pack.label('roles', row.approver, 'en')} to decide")


def _proposal(*states: str) -> Callable[[Situation], Hindrance | None]:
    def check(now: Situation) -> Hindrance | None:
        if now.proposal and now.proposal.state in states:
            return None
        return ("方案还没到这一步", "the proposal is not there yet")

    return check


def _propose(now: Situation) -> Hindrance | None:
    nature = now.pack.find("natures", now.case.nature)
    if nature and "answer" not in nature.steps:
        return ("这种性质不用拟方案", "this nature needs no proposal")
    return ("客户已经同意方案", "the customer has agreed already") if now.case.step == "handle" else None


def _unless(test: Callable[[Situation], object], zh: str, en: str) -> Callable[[Situation], Hindrance | None]:
    return lambda now: None if test(now) else (zh, en)


_STATE: dict[str, Callable[[Situation], Hindrance | None]] = {
    "name_person": _unless(lambda now: now.pack.investigation, "规程里没有写怎么调查", "the procedure says nothing about investigating"),
    "drop_person": _unless(lambda now: now.complained, "还没有记被投诉的人", "nobody has been named"),
    "ask_statement": _unless(lambda now: askable(now), "没有可以请其说明的人", "there is nobody to ask"),
    "ask_expert": _unless(lambda now: now.pack.investigation, "规程里没有写怎么调查", "the procedure says nothing about investigating"),
    "tell_person": _unless(lambda now: untold(now), "没有等着知道结果的人", "nobody waits for the result"),
    "acknowledge": _unless(lambda now: "acknowledge" not in now.case.marks, "已经告知过", "acknowledged already"),
    "judge": _judge,
    "dispatch": _dispatch,
    "sign": _sign,
    "send_back": _send_back,
    "transfer": _signed_part("transfer"),
    "propose": _propose,
    "approve": _approve,
    "refuse": _approve,
    "reply": _proposal("approved", "offered"),
    "agree": _proposal("offered"),
    "decline": _proposal("offered"),
    "execute": _unless(lambda now: now.to_do(), "没有等办的事", "nothing agreed is left to do"),
    "pay": _unless(lambda now: now.unpaid(), "没有要付的钱", "no money is to be paid"),
    "reverse_payment": _unless(lambda now: now.reversible(), "没有可以冲回的付款", "no payment can be reversed"),
    "return": _return,
    "visit": _unless(lambda now: now.me not in now.handled, "您经办过，回访要由别人做", "you handled it; somebody else must follow it up"),
    "reopen": _unless(
        lambda now: now.case.outcome != "merged" and (not now.case.is_open or now.case.step in ("report", "visit", "close")),
        "还没办完，不用重新办理",
        "it is still open",
    ),
    "mark": _unless(recordable, "没有要记的时点", "there is no date to record"),
    "agree_date": _unless(
        lambda now: now.pack.customer_date, "规程不允许改商定的日期", "the procedure does not let the agreed date change"
    ),
    "pause": _unless(lambda now: not now.paused and pausable(now), "现在没有可以暂停的时限", "no running clock may be stopped now"),
    "resume": _unless(lambda now: now.paused, "没有在暂停", "the clocks are not paused"),
    "ask_extension": _unless(extendable, "没有可以申请延期的时限", "no limit can be extended now"),
    "grant_extension": _unless(decidable, "没有等您批的延期", "no request waits for you"),
    "refuse_extension": _unless(decidable, "没有等您批的延期", "no request waits for you"),
    "urge": _unless(urgeable, "没有别人欠着的事", "nobody else owes anything"),
    "withdraw": _unless(lambda now: now.case.outcome != "withdrawn", "已经撤回", "withdrawn already"),
    "put_right": _unless(lambda now: now.rights.pack.improvement, "规程没有写整改", "the procedure knows no corrective action"),
    **OBSTACLES,
    **LETTER_OBSTACLES,
    **KEEPING,
    "present": _unless(lambda now: superiors(now.pack), "规程没有写呈报", "the procedure knows no presenting"),
}


def askable(now: Situation) -> list[Complained]:
    """People complained of who have nothing to answer at the moment."""
    asked = {row.complained_id for row in now.inquiries}
    return [row for row in now.complained if row.pk not in asked]


def untold(now: Situation) -> list[Complained]:
    """People complained of who have not been told the result."""
    return [row for row in now.complained if row.told_at is None]


def superiors(pack: Pack) -> list[str]:
    """The roles to which the procedure has cases presented (P-3, P-4)."""
    named = [end.removeprefix("present:") for row in pack.owed() for end in row.until if end.startswith("present:")]
    return [role.id for role in pack.roles if role.id in named]


STORY: dict[str, tuple[str, ...]] = MAIN_ACT | {"investigate": ("find_cause",), "answer": ("propose", "approve", "reply", "agree")}


def coming(now: Situation, act: str) -> list[str]:
    """The acts of the story that follow `act` for this nature, in order; steps that are completed already do not come again."""
    act = "execute" if act == "pay" else act  # paying is how a promise of money is carried out
    nature = now.pack.find("natures", now.case.nature) or now.pack.nature_default()
    story = [name for step in nature.steps for name in STORY[step] if name != "approve" or needs_approval(now)]
    if act in story:
        return [name for name in story[story.index(act) + 1 :] if f"step:{ACTS[name].completes}" not in now.case.marks]
    here = story_act(now) if act != "investigate" else act  # an act beside the story: it goes on where it stands
    here = "find_cause" if here in ("investigate", "find") else here  # hearing sides comes before the cause and is no stop of its own
    return story[story.index(here) :] if here in story else []


def needs_approval(now: Situation) -> bool:
    """Whether a proposal for this case needs somebody's approval whatever it costs, or the open one does."""
    if now.proposal and now.proposal.state in ("pending", "approved"):
        return bool(now.proposal.approver)
    return any(row.always and (not row.grades or now.case.grade in row.grades) for row in now.pack.approvals)


MY_ACTS_ON_THE_SPOT = ("find_cause", "propose", "reply", "agree", "execute", "return")


def on_the_spot(now: Situation) -> bool:
    """Whether this person may settle the whole matter at once: nothing to approve, one department, nobody else to hear."""
    parts = now.live()
    return (
        now.case.is_open
        and now.case.step == "investigate"
        and len(parts) == 1
        and parts[0].signed_at is not None
        and now.in_department(parts[0])
        and not needs_approval(now)
        and _all_heard(now)
        and not now.concerned
        and all(now.role_for(act) for act in MY_ACTS_ON_THE_SPOT)
    )
