"""Money for what was agreed: paid once, never more than approved, taken back only by an act of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from kesu.company.models import Person
from kesu.complaints.actions.proving import Shown, need_proof, prove
from kesu.complaints.actions.remedies import agreed, carried_out, outstanding
from kesu.complaints.actions.road import Road, begin
from kesu.complaints.models import AgreedAction, Case, Payment
from kesu.procedure.money import in_yuan
from kesu.procedure.refused import Refused


class _PaidAlready(Exception):
    """The same form came twice: nothing more is to be done."""

    def __init__(self, case: Case) -> None:
        super().__init__()
        self.case = case


def pay(
    person: Person,
    case_id: int,
    *,
    action_id: int,
    amount: int,
    to: str,
    method: str,
    key: str,
    words: str = "",
    proofs: Iterable[Shown] = (),
    at: datetime,
) -> Case:
    """Record money paid (fen) for an agreed action. `key` names the form: sent twice it pays once.

    Refused: more than is outstanding, nothing to be paid, no proof where the pack asks for one. The last fen completes the action.
    """
    try:
        with begin(person, case_id, "pay", at) as road:
            _refuse_twice(road, key, action_id, amount)
            _pay(road, agreed(road, action_id), amount, to, method, key, words.strip(), proofs)
    except _PaidAlready as already:
        return already.case
    return road.case


def _refuse_twice(road: Road, key: str, action_id: int, amount: int) -> None:
    if not key.strip():
        raise Refused("key", "表单过期了，请重新打开再付", "the form is out of date; open it again", field="key")
    row = Payment.objects.filter(case=road.case, key=key).first()
    if row is None:
        return
    if (row.action_id, row.amount) == (action_id, amount):
        raise _PaidAlready(road.case)
    raise Refused(
        "key_used", "这张表单已经付过一笔；再付请重新打开", "this form has paid already; open it again to pay more", field="amount"
    )


def _pay(road: Road, action: AgreedAction, amount: int, to: str, method: str, key: str, words: str, proofs: Iterable[Shown]) -> None:
    _check_amount(road, action, amount)
    methods = road.pack.payment_methods
    if not method.strip() or (methods and road.pack.find("payment_methods", method) is None):
        raise Refused("method", "请选怎么付的", "choose how it was paid", field="method")
    assert road.person is not None  # only staff pay
    row = Payment.objects.create(
        case=road.case,
        action=action,
        amount=amount,
        to=road.needs(to, "to", "写明付给谁", "say who got it")[:120],
        method=method.strip()[:60],
        words=words[:400],
        key=key[:64],
        by=road.person,
        at=road.at,
    )
    files = prove(road, action, proofs, row)
    need_proof(road, action, row)
    road.journal(
        payment=row.pk,
        action=action.pk,
        what=action.what,
        fen=amount,
        yuan=in_yuan(amount),
        payee=row.to,
        method=row.method,
        words=words,
        files=files,
    )
    if action.done_at is None and outstanding(road, action) == 0:
        done = f"付清 {in_yuan(action.cost)} 元"
        if carried_out(road, action, done):
            road.mark("execute")
        road.journal("execute", action=action.pk, what=action.what, words=done)


def _check_amount(road: Road, action: AgreedAction, amount: int) -> None:
    if amount <= 0:
        raise Refused("amount", "写明付了多少", "say how much was paid", field="amount")
    left = outstanding(road, action)
    if left <= 0:
        raise Refused("nothing_owed", "这一项没有要付的钱，或者已经付清", "nothing is to be paid for this, or all is paid", field="action")
    if amount > left:
        raise Refused(
            "too_much",
            f"最多还能付 {in_yuan(left)} 元；要多付，先提新方案报批",
            f"at most {in_yuan(left)} yuan may still be paid; for more, make a new proposal first",
            field="amount",
            left=left,
        )


def reverse_payment(person: Person, case_id: int, *, payment_id: int, reason: str, at: datetime) -> Case:
    """Take a payment back (it bounced, the wrong person got it): a row of its own, once; the money is outstanding again."""
    with begin(person, case_id, "reverse_payment", at) as road:
        reason = road.needs(reason, "reason", "写清为什么冲回", "say why it is reversed")
        row = Payment.objects.filter(case=road.case, pk=payment_id, reverses__isnull=True).first()
        if row is None:
            raise Refused("no_payment", "没有这一笔付款", "there is no such payment", field="payment")
        if Payment.objects.filter(reverses=row).exists():
            raise Refused("reversed", "这一笔已经冲回过", "it has been reversed already", field="payment")
        Payment.objects.create(
            case=road.case,
            action_id=row.action_id,
            amount=row.amount,
            to=row.to,
            method=row.method,
            words=reason[:400],
            key=f"reverses:{row.pk}",
            reverses=row,
            by=person,
            at=at,
        )
        road.journal(payment=row.pk, action=row.action_id, fen=row.amount, yuan=in_yuan(row.amount), payee=row.to, reason=reason)
    return road.case
