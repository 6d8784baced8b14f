"""What the customer's page knows: promises kept, late and to come, the offer, the words we said; nothing internal."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.cast import Cast

from kesu.complaints import actions
from kesu.complaints.actions import links
from kesu.complaints.models import Case
from kesu.complaints.queries.customer_page import by_token, open_page
from kesu.complaints.queries.promises import foreseen

ZH = "zh-hans"


def _minutes(at: datetime, count: int) -> datetime:
    return at + timedelta(minutes=count)


def test_a_promise_kept_late_says_so_and_says_sorry(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=_minutes(at, 2), facts={"company_fault": True})
    actions.sign(cast.zhou_hai, case.pk, at=_minutes(at, 15))
    page = open_page(case.token, _minutes(at, 20), ZH)
    signed = page.promises[0]
    assert (signed.words, signed.state, signed.late) == ("14:42 前有人接手", "done", True)
    assert "晚了 5 分钟，对不起" in signed.note
    assert (page.done, page.late) == (1, 1)


def test_promises_of_later_steps_are_still_to_come(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    page = open_page(case.token, at, ZH)
    assert [(row.words, row.state) for row in page.promises] == [
        ("14:42 前有人接手", "now"),
        ("周日 14:32 前办好", "now"),
        ("办好当天告诉您结果", "todo"),
        ("办好后 3 天内回访", "todo"),
    ]


def test_only_the_lead_departments_promise_is_the_customers(cast: Cast, at: datetime) -> None:
    case = cast.complaint()
    actions.judge(cast.lin_xiao, case.pk, nature="valid", facts={}, at=at)
    actions.dispatch(cast.lin_xiao, case.pk, lead=cast.engineering.pk, co=[cast.security.pk], at=at)
    page = open_page(case.token, at, ZH)
    assert sum("接手" in row.words for row in page.promises) == 1


def test_what_reception_may_promise_is_what_then_runs(cast: Cast, at: datetime) -> None:
    said = foreseen(cast.site, cast.pack, at, ZH, channel="hotline", nature="valid", facts={"company_fault": True}, categories=["lift"])
    case = cast.judged(cast.complaint(at=at), at=at, facts={"company_fault": True})
    assert [row.words for row in said] == [row.words for row in open_page(case.token, at, ZH).promises]


def test_of_two_open_promises_of_the_same_the_earlier_is_made(cast: Cast, at: datetime) -> None:
    said = foreseen(cast.site, cast.pack, at, ZH, channel="hotline", nature="help", facts={"simple": True}, categories=["lighting"])
    assert [row.due for row in said if row.words.endswith("办好")] == ["明天 14:32 前"]


def test_english_promises_are_english(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    assert open_page(case.token, at, "en").promises[0].words == "Somebody takes it up by 14:42"


def test_a_link_that_was_switched_off_leads_nowhere(cast: Cast, at: datetime) -> None:
    case = cast.complaint()
    links.switch_off(case.pk, at=_minutes(at, 1))
    with pytest.raises(Case.DoesNotExist):
        by_token(case.token)
    assert case.journal.last().act == "link_off"


@pytest.mark.parametrize("guess", ["", "x" * 32])
def test_a_guessed_link_leads_nowhere(cast: Cast, guess: str) -> None:
    cast.complaint()
    with pytest.raises(Case.DoesNotExist):
        by_token(guess)
