"""The offer and its course: propose, tell the customer, agree or decline, carry out, return the form (H-10, B-15).

Approval is in `approving`, money in `payments`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from kesu.company.models import Department, Person
from kesu.company.prepared import ask
from kesu.complaints.actions import tasking
from kesu.complaints.actions.approving import OPEN, chain_of, open_levels, open_proposal
from kesu.complaints.actions.proving import Shown, need_proof, prove
from kesu.complaints.actions.road import Road, begin
from kesu.complaints.models import AgreedAction, Case, Part, Payment, Proposal
from kesu.procedure import remedies as rules
from kesu.procedure.money import in_yuan
from kesu.procedure.refused import Refused


@dataclass(frozen=True)
class Promise:
    """One thing to be done: what, which remedy of the pack, what it costs in fen and who pays, which department (None: the lead),
    who sees to it, by when, what it rests on, and what is expected of it (B-15)."""

    what: str
    due_at: datetime | None = None
    remedy: str = ""
    cost: int = 0
    department_id: int | None = None
    payer: str = "company"
    basis: str = ""
    ground: str = ""
    owner_id: int | None = None
    effect: str = ""


def _check_answers(road: Road) -> None:
    """A nature without an answer (asking for help, a question) has no proposals: nobody could approve or accept one."""
    nature = road.pack.find("natures", road.case.nature)
    if nature is not None and "answer" not in nature.steps:
        raise Refused(
            "no_answer_step",
            f"“{nature.name}”不用拟方案，办好交回就行；要赔要退的，先用“改等级”改性质",
            f"{nature.name_en} needs no proposal: do it and return the form; where money is asked for, change its nature (Regrade)",
        )


def propose(
    person: Person,
    case_id: int,
    *,
    words: str,
    promises: Iterable[Promise] = (),
    customer_pays: int = 0,
    price: int = 0,
    order_number: str = "",
    over_why: str = "",
    at: datetime,
) -> Case:
    """Put an offer together. The pack says, by grade and amount, whose approval it needs; amounts in fen, never negative.

    `price` is what was paid for the service of order `order_number`; an amount above the pack's ceiling needs `over_why`.
    """
    with begin(person, case_id, "propose", at) as road:
        _check_answers(road)
        words = road.needs(words, "words", "写清打算怎么办、为什么", "say what is offered and why")
        rows = [promise for promise in promises if promise.what.strip()]
        _check_promises(road, rows, customer_pays, price)
        over_why = _check_ceilings(road, rows, price, over_why.strip())
        replace_open(road)
        road.unmark("step:answer")  # while handling: more to be done needs its answer before the form goes back
        promised = sum(row.cost for row in rows if row.payer != rules.CUSTOMER_PAYS)
        approvers = chain_of(road, rules.levels(rules.approval_of(road.pack, road.case.grade, promised)))
        proposal = Proposal.objects.create(
            case=road.case,
            round=road.case.round,
            words=words,
            company_pays=sum(row.cost for row in rows if row.payer == "company"),
            customer_pays=customer_pays + sum(row.cost for row in rows if row.payer == rules.CUSTOMER_PAYS),
            price=price,
            order_number=order_number.strip()[:60],
            over_why=over_why[:400],
            state="pending" if approvers else "approved",
            approver=approvers[0] if approvers else "",
            by=person,
            at=at,
        )
        AgreedAction.objects.bulk_create([_action(road, proposal, n, row) for n, row in enumerate(rows, 1)])
        open_levels(proposal, approvers)
        road.approvers = road.holders.of(proposal.approver, road.case.department_id) if approvers else []
        road.journal(
            proposal=proposal.pk,
            words=words,
            cost=proposal.company_pays,
            customer_pays=proposal.customer_pays,
            price=price,
            over_why=over_why,
            approver=proposal.approver,
            promises=[row.what for row in rows],
            amounts=[[row.remedy, row.cost, row.payer, row.ground] for row in rows],
        )
    return road.case


def _check_promises(road: Road, rows: list[Promise], customer_pays: int, price: int) -> None:
    if customer_pays < 0 or price < 0 or any(row.cost < 0 for row in rows):
        raise Refused("amount", "金额不能是负数", "amounts cannot be negative", field="cost")
    for n, row in enumerate(rows, 1):
        if row.due_at and row.due_at <= road.at:
            raise Refused("past", f"第 {n} 项的期限已经过去", f"the date of item {n} is already past", field=f"due_{n}")
        if row.remedy and road.pack.find("remedies", row.remedy) is None:
            raise Refused("remedy", f"第 {n} 项：规程里没有这种补救", f"item {n}: no such remedy in the procedure", field=f"remedy_{n}")
        if row.payer not in rules.PAYERS:
            raise Refused("payer", f"第 {n} 项：请选谁出钱", f"item {n}: choose who pays", field=f"payer_{n}")
        if row.ground and road.pack.find("grounds", row.ground) is None:
            raise Refused("ground", f"第 {n} 项：规程里没有这条依据", f"item {n}: no such ground in the procedure", field=f"ground_{n}")
        owner = road.standing.people.get(row.owner_id or 0)
        if row.owner_id and (owner is None or not owner.is_active):
            raise Refused("owner", f"第 {n} 项：请选在岗的人", f"item {n}: choose somebody who works here", field=f"owner_{n}")
    wanted = {row.department_id for row in rows if row.department_id}
    if wanted and Department.objects.filter(pk__in=wanted, site_id=road.case.site_id).count() != len(wanted):
        raise Refused("department", "请选本管理处的部门", "choose departments of this site", field="department")


def _check_ceilings(road: Road, rows: list[Promise], price: int, why: str) -> str:
    """More than the pack's ceiling is no refusal but asks for a reason, which stays with the proposal; "" where nothing is over."""
    pack = road.pack
    over = [
        n
        for n, row in enumerate(rows, 1)
        if rules.is_over(row.cost, pack.find("remedies", row.remedy), pack.find("grounds", row.ground), price)
    ]
    if over and not why:
        ns = "、".join(map(str, over))
        raise Refused(
            "over",
            f"第 {ns} 项超过规程给的上限；改小，或写清为什么这次要多给",
            f"item {', '.join(map(str, over))} is above the procedure's ceiling; lower it or say why more is right this time",
            field="over_why",
        )
    return why if over else ""


def replace_open(road: Road) -> None:
    """The proposal that was under way counts no more: a newer one takes its place, or the case is over."""
    Proposal.objects.filter(case=road.case, state__in=OPEN).update(state="replaced", answered_at=road.at)


def _action(road: Road, proposal: Proposal, n: int, row: Promise) -> AgreedAction:
    return AgreedAction(
        case=road.case,
        company_id=road.case.company_id,
        category=road.case.category,
        proposal=proposal,
        n=n,
        what=row.what.strip()[:400],
        remedy=row.remedy,
        cost=row.cost,
        payer=row.payer,
        basis=row.basis.strip()[:400],
        ground=row.ground,
        effect=row.effect.strip()[:400],
        owner_id=row.owner_id,
        department_id=row.department_id,
        due_at=row.due_at,
    )


def reply(person: Person, case_id: int, *, channel: str, words: str, at: datetime) -> Case:
    """Tell the customer clearly what was found and what is offered (P-16, H-11); from then on they can answer on their page."""
    with begin(person, case_id, "reply", at) as road:
        words = road.needs(words, "words", "写下对客户说的话", "write down what was said to the customer")
        proposal = open_proposal(road, "approved", "offered")
        if proposal.state == "approved":
            proposal.state, proposal.offered_at = "offered", at
            proposal.save(update_fields=["state", "offered_at"])
        road.journal(channel=channel, words=words, proposal=proposal.pk)
    return road.case


def agree(person: Person | None, case_id: int, *, words: str = "", channel: str = "", actor: str = "staff", at: datetime) -> Case:
    """The customer accepts: the promises are agreed and their clocks start (M-6)."""
    with begin(person, case_id, "agree", at, actor=actor) as road:
        proposal = open_proposal(road, "offered")
        proposal.state, proposal.answered_at, proposal.answer = "agreed", at, words.strip()[:400]
        proposal.save(update_fields=["state", "answered_at", "answer"])
        AgreedAction.objects.filter(proposal=proposal).update(agreed_at=at, category=road.case.category)
        road.complete("answer")
        if _undone(road):
            road.unmark("execute")
        road.journal(proposal=proposal.pk, words=words.strip(), channel=channel)
    return road.case


def decline(person: Person | None, case_id: int, *, reason: str, channel: str = "", actor: str = "staff", at: datetime) -> Case:
    """The customer does not accept: another proposal is needed."""
    with begin(person, case_id, "decline", at, actor=actor) as road:
        reason = road.needs(reason, "reason", "写下客户为什么不同意、想要什么", "write down why not, and what is wanted instead")
        proposal = open_proposal(road, "offered")
        proposal.state, proposal.answered_at, proposal.answer = "declined", at, reason[:400]
        proposal.save(update_fields=["state", "answered_at", "answer"])
        road.proposers = [proposal.by]
        road.journal(proposal=proposal.pk, reason=reason, channel=channel)
    return road.case


def execute(person: Person, case_id: int, *, action_id: int, words: str, proofs: Iterable[Shown] = (), at: datetime) -> Case:
    """One agreed thing is done, with what was done and what proves it (B-16); a promise of money is done when it is paid."""
    with begin(person, case_id, "execute", at) as road:
        words = road.needs(words, "words", "写下做了什么、结果怎样", "write down what was done and how it came out")
        action = agreed(road, action_id)
        if action.done_at:
            raise Refused("done", "这一项已经办好", "this one is done already", field="action")
        if left := outstanding(road, action):
            yuan = in_yuan(left)
            raise Refused("not_paid", f"还有 {yuan} 元没付，付清就算办好", f"{yuan} yuan are still to be paid", field="action")
        files = prove(road, action, proofs)
        need_proof(road, action)
        road.own_mark = carried_out(road, action, words)
        road.journal(action=action.pk, what=action.what, words=words, files=files)
    return road.case


def _agreed(*, case: int, action: int) -> QuerySet[AgreedAction]:
    return AgreedAction.objects.filter(case=case, pk=action, agreed_at__isnull=False)


def agreed(road: Road, action_id: int) -> AgreedAction:
    """The agreed action of this case; Refused when there is none."""
    found: list[AgreedAction] = ask(_agreed, key=None, case=road.case.pk, action=action_id)
    if not found:
        raise Refused("no_action", "没有这一项答应的事", "there is no such agreed action", field="action")
    return found[0]


def carried_out(road: Road, action: AgreedAction, words: str) -> bool:
    """Note that the action is done; whether it was the last one."""
    action.done_at, action.done_by, action.done_words = road.at, road.person, words[:400]
    action.save(update_fields=["done_at", "done_by", "done_words"])
    return not _undone(road)


def outstanding(road: Road, action: AgreedAction) -> int:
    """What is still to be paid of an agreed action, in fen."""
    owed = rules.money_owed(road.pack, action.remedy, action.cost, action.payer)
    if not owed:
        return 0
    rows = Payment.objects.filter(action=action).values_list("amount", "reverses")
    return owed - rules.paid((amount, reverses is not None) for amount, reverses in rows)


def _own_undone(road: Road, part: Part) -> list[AgreedAction]:
    """What this department must see done before it returns the form: its own, what no other form stands for, and for the last form all."""
    waiting = {row.department_id for row in road.live_parts() if row.returned_at is None and row.pk != part.pk}
    rows = _undone(road)
    if part.lead or not waiting:
        return [row for row in rows if row.department_id not in waiting or row.department_id is None]
    return [row for row in rows if row.department_id == part.department_id]


def _undone(road: Road) -> list[AgreedAction]:
    return ask(_not_done, key=None, case=road.case.pk)


def _not_done(*, case: int) -> QuerySet[AgreedAction]:
    return AgreedAction.objects.filter(case=case, agreed_at__isnull=False, done_at__isnull=True)


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
        tasking.refuse_open_tasks(road, part)
        part.returned_at, part.returned_by = at, person
        part.save(update_fields=["returned_at", "returned_by"])
        road.complete_handling()
        road.journal(department=part.department.name, part=part.pk, words=words)
    return road.case
