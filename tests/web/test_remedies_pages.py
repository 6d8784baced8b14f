"""Remedies on pages: the proposal with its ceiling, the decision on one screen, paying with a finger signature, refunds reckoned."""

from __future__ import annotations

import base64
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.complaints.story import answer, fresh, minutes, walk

from kesu.company.models import Person
from kesu.company.procedures import publish, shipped_packs
from kesu.complaints import actions
from kesu.complaints.actions import Promise
from kesu.complaints.models import AgreedAction, Attachment, Case, Notice, Payment, Proof, Proposal

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64
DRAWN = "data:image/png;base64," + base64.b64encode(PNG).decode()
CUT = Promise("免两个月物业费", remedy="fee_cut", cost=60_000, basis="停了两天", effect="不再拖欠")


@pytest.fixture
def clock_stands(at: datetime, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Pages that look at half past."""
    now = at + minutes(45)
    for module in ("case", "approve", "refund"):
        monkeypatch.setattr(f"kesu.web.{module}.views.now", lambda: now)
    return now


@pytest.fixture
def case(cast: Cast, at: datetime, clock_stands: datetime) -> Case:
    """A complaint that stands at the answer."""
    found = cast.judged(cast.complaint(), at=at)
    walk(cast, found, "answer", at)
    return fresh(found)


def seated(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def act(case: Case, name: str) -> str:
    return reverse("case_act", args=[case.number, name])


PROPOSED = {"words": "赔门", "what_1": "赔门钱", "remedy_1": "compensation", "cost_1": "901", "price": "300", "payer_1": "company"}


def test_above_the_ceiling_the_page_asks_for_a_reason_and_takes_it(cast: Cast, case: Case) -> None:
    client = seated(cast.zhou_hai)
    answered = client.post(act(case, "propose"), PROPOSED)
    assert answered.status_code == 422 and "超过规程给的上限" in answered.content.decode()
    assert client.post(act(case, "propose"), PROPOSED | {"over_why": "老人独居"}).status_code == 302
    assert Proposal.objects.get().over_why == "老人独居"
    assert AgreedAction.objects.get().cost == 90_100


def test_three_times_is_what_the_law_asks_for(cast: Cast, case: Case) -> None:
    typed = PROPOSED | {"cost_1": "900", "ground_1": "fraud"}
    assert seated(cast.zhou_hai).post(act(case, "propose"), typed).status_code == 302


def test_beside_the_form_stands_what_similar_cases_got(cast: Cast, case: Case, at: datetime) -> None:
    for n, cost in enumerate((10_000, 20_000, 90_000)):
        other = cast.judged(cast.complaint(), at=at)
        now = walk(cast, other, "answer", at + minutes(n))
        answer(cast, other, now, promises=[Promise("减免", remedy="fee_cut", cost=cost)])
    page = seated(cast.zhou_hai).get(act(case, "propose")).content.decode()
    assert "中间数 200 元，最少 100 元，最多 900 元" in page and other.number in page


def test_the_figures_are_everybodys_the_cases_are_not(cast: Cast, case: Case, at: datetime) -> None:
    """陈立 heads security: what engineering's cases got is told, which they were is not."""
    from kesu.complaints.queries.past_remedies import past_remedies

    other = cast.judged(cast.complaint(), at=at)
    answer(cast, other, walk(cast, other, "answer", at), promises=[CUT])
    seen = past_remedies(cast.zhou_hai, case, at + minutes(40))[0]
    assert (seen.past.median, [row.pk for row, _ in seen.cases]) == (60_000, [other.pk])
    hidden = past_remedies(cast.chen_li, case, at + minutes(40))[0]
    assert (hidden.past, hidden.cases) == (seen.past, [])


def test_everything_to_decide_stands_on_one_screen(cast: Cast, case: Case, at: datetime, clock_stands: datetime) -> None:
    actions.propose(cast.zhou_hai, case.pk, words="免两个月", promises=[CUT], price=100_000, at=at + minutes(40))
    client, where = seated(cast.he_wei), reverse("approve", args=[case.number])
    page = client.get(where).content.decode()
    for word in (
        "免两个月物业费",
        "600 元",
        "停了两天",
        "不再拖欠",
        "价款 1,000 元",
        "6 栋 2 单元电梯停在 3 层",
        "门机皮带断裂",
        "批准",
        "不批",
    ):
        assert word in page, word
    notice = Notice.objects.get(person=cast.he_wei, kind="propose")
    assert client.post(reverse("notice", args=[notice.pk]), {"go": "1"})["Location"] == where
    assert where in client.get(reverse("case", args=[case.number])).content.decode()
    assert client.post(where, {"decision": "refuse", "words": " "}).status_code == 422
    assert client.post(where, {"decision": "approve", "words": "同意"}).status_code == 302
    assert Proposal.objects.get().state == "approved"
    assert client.post(where, {"decision": "approve"}).status_code == 409  # answered once


def test_who_may_not_decide_is_told_so(cast: Cast, case: Case, at: datetime) -> None:
    actions.propose(cast.zhou_hai, case.pk, words="免两个月", promises=[CUT], at=at + minutes(40))
    where = reverse("approve", args=[case.number])
    assert seated(cast.zhou_hai).post(where, {"decision": "approve"}).status_code == 403
    assert seated(cast.bai_shi).get(where).status_code == seated(cast.zheng_chuan).get(where).status_code == 404
    assert Proposal.objects.get().state == "pending"


def test_paid_on_the_page_with_a_finger_signature(cast: Cast, case: Case, at: datetime) -> None:
    answer(cast, case, at + minutes(40), promises=[Promise("退多收的", remedy="refund", cost=8_650)])
    client, row = seated(cast.he_wei), AgreedAction.objects.get()
    page = client.get(act(case, "pay")).content.decode()
    assert 'name="key"' in page and 'value="86.50"' in page
    typed = {"action": row.pk, "amount": "86.50", "method": "transfer", "to": "闵女士", "key": "form-7"}
    assert client.post(act(case, "pay"), typed).status_code == 422  # no proof
    assert client.post(act(case, "pay"), typed | {"signature": "data:image/png;base64,???"}).status_code == 422
    assert Payment.objects.count() == Attachment.objects.count() == 0
    assert client.post(act(case, "pay"), typed | {"signature": DRAWN}).status_code == 302
    assert (Payment.objects.get().amount, Proof.objects.get().kind, Attachment.objects.get().kind) == (8_650, "signature", "image/png")
    assert "还没付" in client.get(reverse("case", args=[case.number])).content.decode()


def test_a_refund_is_reckoned_and_taken_into_a_proposal(cast: Cast, at: datetime, clock_stands: datetime) -> None:
    assert seated(cast.he_wei).get(reverse("refund")).status_code == 404  # this procedure sells no cards
    salon = next(path for path in shipped_packs() if path.stem == "salon")
    publish(cast.company, salon, None, at, effective=at.date())
    client = seated(cast.fresh(cast.he_wei))
    asked = {"kind": "value", "paid": "3000", "gift": "1000", "used": "3594", "reason": "merchant", "paid_on": "2026-06-01"}
    page = client.get(reverse("refund"), asked | {"asked_on": "2026-11-01"}).content.decode()
    assert "应退 304.50 元" in page and "第 18 条" in page
    wrong = client.get(reverse("refund"), asked | {"asked_on": "2026-05-01"}).content.decode()
    assert "不能早于付款那天" in wrong
    with_case = cast.complaint(at=clock_stands, channel="hotline", items=[("退卡", "")])
    into = client.get(reverse("case_refund", args=[with_case.number]), asked | {"asked_on": "2026-11-01"}).content.decode()
    assert "cost=30450" in into and "remedy=card_money_back" in into
