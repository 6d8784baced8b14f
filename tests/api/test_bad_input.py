"""What money and people may not do is refused to programs as well, each with its code, and nothing is left of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.http import HttpResponse
from tests.api.conftest import Program
from tests.cast import Cast
from tests.complaints.story import chain_holds, fresh, minutes, walk

from kesu.complaints import actions
from kesu.complaints.actions import Promise
from kesu.complaints.models import AgreedAction, Payment, Proposal

pytestmark = pytest.mark.django_db


def said(answer: HttpResponse) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


@pytest.mark.parametrize("address", ["nothing", "cases/%0A", "cases/x/y/z", "%0a", ""])
def test_an_address_that_is_not_there_is_told_to_a_program(cast: Cast, program: Callable[..., Program], address: str) -> None:
    answer = program(cast.fang_jing).post(f"/{address}", {})
    assert said(answer) in ((404, "not_found"), (405, "method")) and answer.json()["reason_en"]
    assert ("Allow" in answer.headers) == (answer.status_code == 405)
    assert said(program(cast.fang_jing).post("/cases/A%0AB/acts/note", {"words": "x"})) == (404, "not_found"), "no line ends an address"


def test_approving_paying_and_closing(cast: Cast, at: datetime, program: Callable[..., Program], monkeypatch: pytest.MonkeyPatch) -> None:
    case = cast.judged(cast.complaint(), at=at)
    walk(cast, case, "answer", at)
    later = at + minutes(40)
    monkeypatch.setattr("kesu.api.acting.now", lambda: later)
    actions.propose(
        cast.zhou_hai, case.pk, words="赔", promises=[Promise("赔偿损失", remedy="compensation", cost=60_000)], at=at + minutes(30)
    )
    head, director, desk = program(cast.zhou_hai), program(cast.he_wei), program(cast.lin_xiao)
    before = fresh(case).journal_n
    assert said(head.act(case.number, "approve", {"words": "我批"}))[1] in ("not_allowed", "not_approver", "own_proposal")
    assert fresh(case).journal_n == before
    assert said(director.act(case.number, "approve", {"words": "该赔"})) == (200, "")
    approved = fresh(case).journal_n
    again = director.act(case.number, "approve", {"words": "该赔"})
    assert again.status_code in (403, 409, 422) and fresh(case).journal_n == approved
    assert Proposal.objects.get(case=case).state == "approved"

    actions.reply(cast.zhou_hai, case.pk, channel="hotline", words="赔六百", at=later)
    actions.agree(None, case.pk, actor="customer", at=later)
    action = AgreedAction.objects.get(case=case)
    given = {"action_id": action.pk, "to": "闵女士", "method": "transfer", "key": "a"}
    agreed = fresh(case).journal_n
    assert said(director.act(case.number, "pay", given | {"amount": 60_001})) == (422, "too_much")
    assert said(director.act(case.number, "pay", given | {"amount": -1}))[0] == 422
    assert said(desk.act(case.number, "close", {}))[0] in (403, 409, 422)
    assert said(head.act(case.number, "visit", {"outcome": "content", "channel": "hotline", "words": "好"}))[0] in (403, 409, 422)
    assert (fresh(case).journal_n, Payment.objects.count(), fresh(case).closed_at) == (agreed, 0, None)
    assert chain_holds(case)
