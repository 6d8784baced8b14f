"""Money that was promised: through the levels of approval, above the ceiling only with a reason, paid once and never more."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.cast import Cast
from tests.complaints import racers
from tests.complaints.racers import race
from tests.complaints.story import answer, chain_holds, entries, fresh, minutes, refused, told, walk

from kesu.complaints import actions
from kesu.complaints.actions import Promise
from kesu.complaints.files import Upload
from kesu.complaints.models import AgreedAction, ApprovalLevel, Case, Payment, Proof, Proposal

pytestmark = pytest.mark.django_db(transaction=True)
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64
CUT = Promise("免两个月物业费", remedy="fee_cut", cost=60_000, basis="电梯停了两天", owner_id=None, effect="不再拖欠")
DEAR = Promise("赔偿损失", remedy="compensation", cost=2_100_000)


def receipt() -> tuple[str, Upload]:
    return ("receipt", Upload("收据.png", len(PNG), [PNG]))


@pytest.fixture
def case(cast: Cast, at: datetime) -> Case:
    """A complaint that stands at the answer."""
    found = cast.judged(cast.complaint(), at=at)
    walk(cast, found, "answer", at)
    return found


def paying(case: Case, cast: Cast, at: datetime, *promises: Promise) -> AgreedAction:
    answer(cast, case, at, promises=list(promises))
    return AgreedAction.objects.filter(case=case, agreed_at__isnull=False).earliest("id")


def pay(cast: Cast, case: Case, action: AgreedAction, amount: int, key: str, at: datetime, **more: object) -> Case:
    given = {"to": "闵女士", "method": "transfer"} | more
    return actions.pay(cast.he_wei, case.pk, action_id=action.pk, amount=amount, key=key, at=at, **given)  # type: ignore[arg-type]


# levels


def test_two_levels_each_once_each_by_its_role(cast: Cast, at: datetime, case: Case) -> None:
    now = at + minutes(30)
    actions.propose(cast.zhou_hai, case.pk, words="赔", promises=[DEAR], at=now)
    assert ("propose", "何伟") in told(case, "propose")
    with refused("not_approver"):
        actions.approve(cast.shen_yue, case.pk, at=now)
    actions.approve(cast.he_wei, case.pk, words="该赔", at=now)
    proposal = Proposal.objects.get(case=case)
    assert (proposal.state, proposal.approver, proposal.decided_by) == ("pending", "general_manager", None)
    assert ("propose", "沈岳") in told(case, "propose") and not told(case, "approve")
    with refused("answered"):
        actions.approve(cast.he_wei, case.pk, at=now)
    with refused("proposal_state"):
        actions.reply(cast.zhou_hai, case.pk, channel="hotline", words="赔", at=now)
    actions.approve(cast.shen_yue, case.pk, at=now)
    assert Proposal.objects.get(case=case).state == "approved"
    assert [(row.role, row.answer) for row in ApprovalLevel.objects.all()] == [
        ("site_director", "approved"),
        ("general_manager", "approved"),
    ]
    assert ("approve", "周海") in told(case, "approve")
    assert len(entries(case, "approve")) == len(entries(case, "approve_level")) == 1
    assert chain_holds(case)


def test_a_refusal_at_any_level_ends_it(cast: Cast, at: datetime, case: Case) -> None:
    now = at + minutes(30)
    actions.propose(cast.zhou_hai, case.pk, words="赔", promises=[DEAR], at=now)
    actions.approve(cast.he_wei, case.pk, at=now)
    actions.refuse(cast.shen_yue, case.pk, reason="太多", at=now)
    assert Proposal.objects.get(case=case).state == "refused"
    with refused("answered"):
        actions.approve(cast.shen_yue, case.pk, at=now)


def test_who_asks_is_passed_over(cast: Cast, at: datetime, case: Case) -> None:
    actions.propose(cast.he_wei, case.pk, words="赔", promises=[DEAR], at=at + minutes(30))
    assert [row.role for row in ApprovalLevel.objects.all()] == ["general_manager"]  # two that fall to one role are one
    with refused("own_proposal"):
        actions.approve(cast.he_wei, case.pk, at=at + minutes(30))


def test_one_person_with_both_roles_answers_one_level(cast: Cast, at: datetime, case: Case) -> None:
    from kesu.company.models import Grant

    Grant.objects.create(person=cast.he_wei, role="general_manager")
    now = at + minutes(30)
    actions.propose(cast.zhou_hai, case.pk, words="赔", promises=[DEAR], at=now)
    actions.approve(cast.he_wei, case.pk, at=now)
    with refused("same_approver"):
        actions.approve(cast.fresh(cast.he_wei), case.pk, at=now)
    actions.approve(cast.shen_yue, case.pk, at=now)
    assert Proposal.objects.get(case=case).state == "approved"


# ceilings


@pytest.mark.parametrize(
    ("cost", "price", "ground", "over"),
    [
        (30_000, 30_000, "", False),
        (30_001, 30_000, "", True),
        (90_000, 30_000, "fraud", False),
        (90_001, 30_000, "fraud", True),
        (50_000, 10_000, "fraud", False),  # 500 yuan at least
        (50_001, 10_000, "fraud", True),
        (90_000, 0, "", False),  # no price, nothing to compare with
    ],
)
def test_more_than_the_ceiling_wants_a_reason(cast: Cast, at: datetime, case: Case, cost: int, price: int, ground: str, over: bool) -> None:
    promise, now = Promise("赔", remedy="compensation", cost=cost, ground=ground), at + minutes(30)
    if over:
        with refused("over") as no:
            actions.propose(cast.zhou_hai, case.pk, words="赔", promises=[promise], price=price, at=now)
        assert no.value.field == "over_why"
    actions.propose(cast.zhou_hai, case.pk, words="赔", promises=[promise], price=price, over_why="老住户", at=now)
    assert Proposal.objects.get(case=case).over_why == ("老住户" if over else "")


@pytest.mark.parametrize(("payer", "company", "customer", "approver"), [
    ("company", 60_000, 0, "site_director"), ("insurance", 0, 0, "site_director"), ("customer", 0, 60_000, ""),
])  # fmt: skip
def test_who_pays(cast: Cast, at: datetime, case: Case, payer: str, company: int, customer: int, approver: str) -> None:
    promise = Promise("修门", remedy="mend", cost=60_000, payer=payer)
    actions.propose(cast.zhou_hai, case.pk, words="修", promises=[promise], at=at + minutes(30))
    row = Proposal.objects.get(case=case)
    assert (row.company_pays, row.customer_pays, row.approver) == (company, customer, approver)


# payments


def test_paid_in_parts_never_more_and_the_last_fen_completes_it(cast: Cast, at: datetime, case: Case) -> None:
    now = at + minutes(40)
    action = paying(case, cast, now, CUT)
    with refused("not_paid"):
        actions.execute(cast.zhou_hai, case.pk, action_id=action.pk, words="办了", at=now)
    pay(cast, case, action, 20_000, "a", now)
    with refused("too_much"):
        pay(cast, case, action, 40_001, "b", now)
    for amount in (0, -1):
        with refused("amount"):
            pay(cast, case, action, amount, "b", now)
    pay(cast, case, action, 40_000, "b", now)
    action.refresh_from_db()
    assert action.done_at == now and len(entries(case, "execute")) == 1
    with refused("nothing_owed"):
        pay(cast, case, action, 1, "c", now)
    assert chain_holds(case)


def test_the_same_form_twice_pays_once(cast: Cast, at: datetime, case: Case) -> None:
    now = at + minutes(40)
    action = paying(case, cast, now, CUT)
    for _ in range(3):
        pay(cast, case, action, 20_000, "form", now)
    assert Payment.objects.count() == len(entries(case, "pay")) == 1
    with refused("key_used"):
        pay(cast, case, action, 10_000, "form", now)
    with refused("key"):
        pay(cast, case, action, 10_000, " ", now)


def test_money_that_was_not_agreed_is_not_paid(cast: Cast, at: datetime, case: Case) -> None:
    actions.propose(cast.zhou_hai, case.pk, words="赔", promises=[CUT], at=at + minutes(30))
    with refused("no_action"):
        pay(cast, case, AgreedAction.objects.get(), 100, "a", at + minutes(31))


def test_a_reversal_is_an_act_of_its_own_and_the_money_is_owed_again(cast: Cast, at: datetime, case: Case) -> None:
    now = at + minutes(40)
    action = paying(case, cast, now, CUT)
    pay(cast, case, action, 60_000, "a", now)
    walk(cast, case, "close", now + minutes(1))
    row = Payment.objects.get()
    with refused("missing"):
        actions.reverse_payment(cast.he_wei, case.pk, payment_id=row.pk, reason=" ", at=now)
    actions.reverse_payment(cast.he_wei, case.pk, payment_id=row.pk, reason="账号错", at=now + minutes(20))
    with refused("reversed"):
        actions.reverse_payment(cast.he_wei, case.pk, payment_id=row.pk, reason="再冲", at=now + minutes(20))
    with refused("no_payment"):
        reversal = Payment.objects.latest("id").pk
        actions.reverse_payment(cast.he_wei, case.pk, payment_id=reversal, reason="冲回冲回", at=now + minutes(20))
    with refused("not_ready") as no:
        actions.close(cast.lin_xiao, case.pk, at=now + minutes(21))
    assert no.value.data["needs"] == ["money_paid"]
    pay(cast, case, action, 60_000, "b", now + minutes(22))
    actions.close(cast.lin_xiao, case.pk, at=now + minutes(23))
    assert fresh(case).closed_at and chain_holds(case)


def test_proof_where_the_pack_asks_for_it(cast: Cast, at: datetime, case: Case) -> None:
    now = at + minutes(40)
    action = paying(case, cast, now, Promise("退多收的", remedy="refund", cost=8_600))
    with refused("no_proof") as no:
        pay(cast, case, action, 8_600, "a", now)
    assert no.value.field == "proof" and Payment.objects.count() == 0
    with refused("no_proof"):
        pay(cast, case, action, 8_600, "a", now, proofs=[("photo", receipt()[1])])
    pay(cast, case, action, 8_600, "a", now, proofs=[receipt()])
    assert Proof.objects.get().payment == Payment.objects.get()
    assert entries(case, "pay")[0].data["files"] == [Proof.objects.get().attachment.sha256]


# races, with real processes


def test_two_pay_the_same_at_once(cast: Cast, at: datetime, case: Case) -> None:
    now = at + minutes(40)
    action = paying(case, cast, now, CUT)
    answers = race([(racers.pay, (cast.he_wei.pk, case.pk, action.pk, 60_000, f"form-{n}", now)) for n in range(4)])
    assert answers.count("paid it") == 1
    assert {row[1] for row in answers if row != "paid it"} == {"nothing_owed"}
    assert Payment.objects.count() == len(entries(case, "pay")) == 1 and chain_holds(case)


def test_one_form_sent_four_times_at_once_pays_once(cast: Cast, at: datetime, case: Case) -> None:
    now = at + minutes(40)
    action = paying(case, cast, now, CUT)
    assert race([(racers.pay, (cast.he_wei.pk, case.pk, action.pk, 20_000, "form", now)) for _ in range(4)]) == ["paid it"] * 4
    assert Payment.objects.count() == len(entries(case, "pay")) == 1 and chain_holds(case)


def test_a_payment_is_taken_back_once(cast: Cast, at: datetime, case: Case) -> None:
    now = at + minutes(40)
    pay(cast, case, paying(case, cast, now, CUT), 60_000, "a", now)
    row = Payment.objects.get()
    answers = race([(racers.take_back, (person.pk, case.pk, row.pk, now)) for person in (cast.he_wei, cast.shen_yue, cast.he_wei)])
    assert answers.count("took it back") == 1
    assert {row[1] for row in answers if row != "took it back"} == {"reversed"}


def test_both_levels_answered_by_several_at_once(cast: Cast, at: datetime, case: Case) -> None:
    second = cast.employ("second", "副总", "general_manager")
    now = at + minutes(30)
    actions.propose(cast.zhou_hai, case.pk, words="赔", promises=[DEAR], at=now)
    actions.approve(cast.he_wei, case.pk, at=now)
    answers = race([(racers.approve, (person.pk, case.pk, now)) for person in (cast.shen_yue, second, cast.he_wei, cast.shen_yue)])
    assert answers.count("approved it") == 1
    assert len(entries(case, "approve")) == 1 and ApprovalLevel.objects.filter(answer="approved").count() == 2
    assert chain_holds(case)
