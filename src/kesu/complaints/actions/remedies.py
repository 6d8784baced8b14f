"""The offer and its course: propose, approve or refuse, tell the customer, agree or decline, carry out, return the form (H-10, B-15)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kesu.company.models import Department, Person
from kesu.complaints.actions.road import Road, begin
from kesu.complaints.models import AgreedAction, Case, Part, Proposal
from kesu.procedure.refused import Refused

OPEN = ("pending", "approved", "offered")


@dataclass(frozen=True)
class Promise:
    """One thing to be done: what, which remedy of the pack, cost to the company in fen, which department (None: the lead), by when."""

    what: str
    due_at: datetime | None = None
    remedy: str = ""
    cost: int = 0
    department_id: int | None = None


def _check_answers(road: Road) -> None:
    """A nature without an answer (asking for help, a question) has no proposals: nobody could approve or accept one."""
    nature = road.pack.find("natures", road.case.nature)
    if nature is not None and "answer" not in nature.steps:
        raise Refused(
            "no_answer_step",
            f"“{nature.name}”不用拟方案，办好交回就行；要赔要退的，先用“改等级”改性质",
            f"{nature.name_en} needs no proposal: do it and return the form; where money is asked for, change its nature (Regrade)",
        )


def propose(person: Person, case_id: int, *, words: str, promises: Iterable[Promise] = (), customer_pays: int = 0, at: datetime) -> Case:
    """Put an offer together. The pack says, by grade and cost, whose approval it needs; amounts in fen, never negative."""
    with begin(person, case_id, "propose", at) as road:
        _check_answers(road)
        words = road.needs(words, "words", "写清打算怎么办、为什么", "say what is offered and why")
        rows = [promise for promise in promises if promise.what.strip()]
        _check_promises(road, rows, customer_pays)
        replace_open(road)
        road.unmark("step:answer")  # while handling: more to be done needs its answer before the form goes back
        cost = sum(row.cost for row in rows)
        approver = somebody_else(road, _approver(road, cost))
        proposal = Proposal.objects.create(
            case=road.case,
            round=road.case.round,
            words=words,
            company_pays=cost,
            customer_pays=customer_pays,
            state="pending" if approver else "approved",
            approver=approver,
            by=person,
            at=at,
        )
        AgreedAction.objects.bulk_create([_action(road, proposal, n, row) for n, row in enumerate(rows, 1)])
        road.approvers = road.holders.of(approver, road.case.department_id) if approver else []
        road.journal(
            proposal=proposal.pk,
            words=words,
            cost=cost,
            customer_pays=customer_pays,
            approver=approver,
            promises=[row.what for row in rows],
        )
    return road.case


def _check_promises(road: Road, rows: list[Promise], customer_pays: int) -> None:
    if customer_pays < 0 or any(row.cost < 0 for row in rows):
        raise Refused("amount", "金额不能是负数", "amounts cannot be negative", field="cost")
    for n, row in enumerate(rows, 1):
        if row.due_at and row.due_at <= road.at:
            raise Refused("past", f"第 {n} 项的期限已经过去", f"the date of item {n} is already past", field=f"due_{n}")
        if row.remedy and road.pack.find("remedies", row.remedy) is None:
            raise Refused("remedy", f"第 {n} 项：规程里没有这种补救", f"item {n}: no such remedy in the procedure", field=f"remedy_{n}")
    wanted = {row.department_id for row in rows if row.department_id}
    if wanted and Department.objects.filter(pk__in=wanted, site_id=road.case.site_id).count() != len(wanted):
        raise Refused("department", "请选本管理处的部门", "choose departments of this site", field="department")


def replace_open(road: Road) -> None:
    """The proposal that was under way counts no more: a newer one takes its place, or the case is over."""
    Proposal.objects.filter(case=road.case, state__in=OPEN).update(state="replaced", answered_at=road.at)


def _approver(road: Road, cost: int) -> str:
    """The role that approves this cost at this grade; "" when none is needed (pack: approvals)."""
    for row in road.pack.approvals:
        fits = (not row.grades or road.case.grade in row.grades) and (row.up_to is None or cost <= row.up_to)
        if fits and (row.always or cost > row.above):
            return row.by
    return ""


def somebody_else(road: Road, role: str) -> str:
    """The role that decides; where only the one who asks holds it, the next role of the pack's approvals that somebody else holds."""
    roles = dict.fromkeys([role, *(row.by for row in road.pack.approvals)]) if role else {}
    return next((name for name in roles if any(who != road.person for who in road.holders.of(name))), role)


def _action(road: Road, proposal: Proposal, n: int, row: Promise) -> AgreedAction:
    return AgreedAction(
        case=road.case,
        proposal=proposal,
        n=n,
        what=row.what.strip()[:400],
        remedy=row.remedy,
        cost=row.cost,
        department_id=row.department_id,
        due_at=row.due_at,
    )


def _open_proposal(road: Road, *states: str) -> Proposal:
    proposal = Proposal.objects.select_related("by").filter(case=road.case, state__in=OPEN).first()
    if proposal is None:
        last = Proposal.objects.filter(case=road.case).order_by("-id").select_related("decided_by").first()
        if last and last.decided_by and road.act.name in ("approve", "refuse"):
            raise Refused("answered", f"{last.decided_by.name}已经答复过了", f"{last.decided_by.name} has answered it already")
        raise Refused("no_proposal", "还没有方案", "there is no proposal yet")
    if proposal.state not in states:
        said = {
            "pending": ("方案还在等批准", "the proposal is waiting for approval"),
            "approved": ("方案已批准，还没答复客户", "the proposal is approved; the customer has not been told yet"),
            "offered": ("方案已经告诉客户，在等客户答复", "the customer has the proposal and has not answered yet"),
        }[proposal.state]
        raise Refused("proposal_state", said[0], said[1], state=proposal.state)
    return proposal


def _decide(road: Road, state: str, words: str) -> Proposal:
    proposal, person = _open_proposal(road, "pending"), road.person
    assert person is not None and road.rights is not None  # only staff decide
    if proposal.by_id == person.pk:
        raise Refused("own_proposal", "自己提的方案要由别人批", "somebody else must decide on your own proposal")
    if not road.rights.holds(proposal.approver, site_id=road.case.site_id):
        name = road.pack.one("roles", proposal.approver)
        raise Refused(
            "not_approver", f"这个方案由{name.name}批", f"this proposal is for the {name.name_en} to decide", role=proposal.approver
        )
    proposal.state, proposal.decided_by, proposal.decided_at, proposal.decided_why = state, person, road.at, words[:400]
    proposal.save()
    road.proposers = [proposal.by]
    return proposal


def approve(person: Person, case_id: int, *, words: str = "", at: datetime) -> Case:
    """Approve the open proposal: by a holder of the role the pack named, never by the one who proposed, once."""
    with begin(person, case_id, "approve", at) as road:
        proposal = _decide(road, "approved", words.strip())
        road.journal(proposal=proposal.pk, words=words.strip(), cost=proposal.company_pays)
    return road.case


def refuse(person: Person, case_id: int, *, reason: str, at: datetime) -> Case:
    """Refuse the open proposal with a reason; the proposer hears it."""
    with begin(person, case_id, "refuse", at) as road:
        reason = road.needs(reason, "reason", "写清为什么不批", "say why it is refused")
        proposal = _decide(road, "refused", reason)
        road.journal(proposal=proposal.pk, reason=reason)
    return road.case


def reply(person: Person, case_id: int, *, channel: str, words: str, at: datetime) -> Case:
    """Tell the customer clearly what was found and what is offered (P-16, H-11); from then on they can answer on their page."""
    with begin(person, case_id, "reply", at) as road:
        words = road.needs(words, "words", "写下对客户说的话", "write down what was said to the customer")
        proposal = _open_proposal(road, "approved", "offered")
        if proposal.state == "approved":
            proposal.state, proposal.offered_at = "offered", at
            proposal.save(update_fields=["state", "offered_at"])
        road.journal(channel=channel, words=words, proposal=proposal.pk)
    return road.case


def agree(person: Person | None, case_id: int, *, words: str = "", channel: str = "", actor: str = "staff", at: datetime) -> Case:
    """The customer accepts: the promises are agreed and their clocks start (M-6)."""
    with begin(person, case_id, "agree", at, actor=actor) as road:
        proposal = _open_proposal(road, "offered")
        proposal.state, proposal.answered_at, proposal.answer = "agreed", at, words.strip()[:400]
        proposal.save(update_fields=["state", "answered_at", "answer"])
        AgreedAction.objects.filter(proposal=proposal).update(agreed_at=at)
        road.complete("answer")
        if _undone(road).exists():
            road.unmark("execute")
        road.journal(proposal=proposal.pk, words=words.strip(), channel=channel)
    return road.case


def decline(person: Person | None, case_id: int, *, reason: str, channel: str = "", actor: str = "staff", at: datetime) -> Case:
    """The customer does not accept: another proposal is needed."""
    with begin(person, case_id, "decline", at, actor=actor) as road:
        reason = road.needs(reason, "reason", "写下客户为什么不同意、想要什么", "write down why not, and what is wanted instead")
        proposal = _open_proposal(road, "offered")
        proposal.state, proposal.answered_at, proposal.answer = "declined", at, reason[:400]
        proposal.save(update_fields=["state", "answered_at", "answer"])
        road.proposers = [proposal.by]
        road.journal(proposal=proposal.pk, reason=reason, channel=channel)
    return road.case


def execute(person: Person, case_id: int, *, action_id: int, words: str, at: datetime) -> Case:
    """One agreed thing is done, with what was done (B-16)."""
    with begin(person, case_id, "execute", at) as road:
        words = road.needs(words, "words", "写下做了什么、结果怎样", "write down what was done and how it came out")
        action = AgreedAction.objects.filter(case=road.case, pk=action_id, agreed_at__isnull=False).first()
        if action is None:
            raise Refused("no_action", "没有这一项答应的事", "there is no such agreed action", field="action")
        if action.done_at:
            raise Refused("done", "这一项已经办好", "this one is done already", field="action")
        action.done_at, action.done_by, action.done_words = at, person, words[:400]
        action.save(update_fields=["done_at", "done_by", "done_words"])
        road.own_mark = not _undone(road).exists()
        road.journal(action=action.pk, what=action.what, words=words)
    return road.case


def _own_undone(road: Road, part: Part) -> list[AgreedAction]:
    """What this department must see done before it returns the form: its own, what no other form stands for, and for the last form all."""
    waiting = {row.department_id for row in road.live_parts() if row.returned_at is None and row.pk != part.pk}
    rows = list(_undone(road))
    if part.lead or not waiting:
        return [row for row in rows if row.department_id not in waiting or row.department_id is None]
    return [row for row in rows if row.department_id == part.department_id]


def _undone(road: Road):  # type: ignore[no-untyped-def]  # a Django query set
    return AgreedAction.objects.filter(case=road.case, agreed_at__isnull=False, done_at__isnull=True)


def return_form(person: Person, case_id: int, *, words: str, department_id: int | None = None, at: datetime) -> Case:
    """The department gives the form back with the handling written on it (P-8); the last one to do so completes the step."""
    with begin(person, case_id, "return", at) as road:
        road.own_mark = False
        words = road.needs(words, "words", "写下处理经过和结果", "write down what was done and the result")
        part = road.my_part(signed=True, department_id=department_id)
        own = _own_undone(road, part)
        if own:
            left = "；".join(action.what for action in own)
            raise Refused("undone", f"答应的事还没办完：{left}", f"agreed actions are not done: {left}")
        part.returned_at, part.returned_by = at, person
        part.save(update_fields=["returned_at", "returned_by"])
        road.complete_handling()
        road.journal(department=part.department.name, part=part.pk, words=words)
    return road.case
