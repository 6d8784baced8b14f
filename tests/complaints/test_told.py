"""Who is told without asking: the customer while clocks wait for them or run longer, the staff of answers and events."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from tests.cast import Cast
from tests.complaints.story import ZONE, clock, days, entries, fresh, hours, minutes, republished

from kesu.complaints import actions, notice_words, ringing, sentences
from kesu.complaints.models import Case, CustomerNotice, Notice
from kesu.complaints.queries import customer_page
from kesu.procedure.packfaults import PackError
from kesu.procedure.packfile import loads

# --- the customer is reminded while we wait for them -----------------------------------------------------------------------------


def _notices(case: Case) -> list[tuple[str, str]]:
    return [(row.kind, row.at.astimezone(ZONE).strftime("%m-%d %H:%M")) for row in CustomerNotice.objects.filter(case=case)]


def test_the_customer_is_reminded_as_often_as_the_procedure_says_and_the_clocks_go_on(cast: Cast, at: datetime) -> None:
    case = actions.sign(cast.zhou_hai, cast.judged(cast.complaint(at=at), at=at).pk, at=at)
    actions.pause(cast.lin_xiao, case.pk, reason="customer_evidence", at=at)
    assert ringing.ring_due(at + days(2) - minutes(1)) == 0 or _notices(case) == []
    for _worker in (1, 2):
        ringing.ring_due(at + days(2))
    assert _notices(case) == [("chase", "11-22 14:32")]
    said = CustomerNotice.objects.get()
    assert "等住户补材料" in said.words and "11 月 25 日 14:32" in said.words and "25 Nov 14:32" in said.words_en
    entry = entries(case, "chase")[0]
    assert sentences.say(entry, cast.pack, "zh").startswith("第 1 次提醒住户：我们还在等")
    assert "We are still waiting" in sentences.say(entry, cast.pack, "en")
    ringing.ring_due(at + days(4) + hours(1))
    assert [kind for kind, _when in _notices(case)] == ["chase", "chase"]
    ringing.ring_due(at + days(5))
    assert _notices(case)[2:] == [("resume", "11-25 14:32")] and fresh(case).step == "investigate"
    assert clock(case, "solve_minor").state == "running" and len(entries(case, "chase")) == 2
    page = customer_page.open_page(case.token, at + days(5), "zh-hans")
    assert page.notices[0][0].startswith("等到时间了") and len(page.notices) == 3


def test_a_worker_that_slept_reminds_once_and_not_after_the_end(cast: Cast, at: datetime) -> None:
    republished(cast, **{"chases = 2\n": "", 'chase = "2d"': 'chase = "1d"'})
    first, second = (actions.sign(cast.zhou_hai, cast.judged(cast.complaint(at=at), at=at).pk, at=at) for _ in range(2))
    for case in (first, second):
        actions.pause(cast.lin_xiao, case.pk, reason="customer_evidence", until=at + days(4), at=at)
    actions.resume(cast.lin_xiao, second.pk, at=at + hours(20))
    ringing.ring_due(at + days(3) + hours(2))
    assert [kind for kind, _when in _notices(first)] == ["chase"] and _notices(second) == []
    ringing.ring_due(at + days(9))
    assert [kind for kind, _when in _notices(first)] == ["chase", "resume"]


def test_leave_that_is_granted_is_told_with_reason_dates_and_other_routes(cast: Cast, at: datetime) -> None:
    case = actions.sign(cast.zhou_hai, cast.judged(cast.complaint(at=at), at=at).pk, at=at)
    actions.ask_extension(
        cast.zhou_hai, case.pk, clock_id=clock(case, "solve_minor").pk, new_due=at + days(4), reason="等件", told="配件周二到", at=at
    )
    assert _notices(case) == []
    actions.grant_extension(cast.he_wei, case.pk, extension_id=case.extensions.get().pk, at=at + hours(1))
    said = CustomerNotice.objects.get(case=case, kind="grant_extension")
    for words in ("原来 11 月 22 日 14:32 前", "现在 11 月 24 日 14:32 前", "配件周二到。", "请消费者协会调解", "向法院起诉"):
        assert words in said.words, words
    assert "now by 24 Nov 14:32" in said.words_en and "Go to court" in said.words_en


@pytest.mark.parametrize(
    ("keys", "key", "words"),
    [
        ('chase = "6d"', "chase", "一次也提醒不到"),
        ("chases = 2", "chase", "没写隔多久"),
        ('chase = "1d"\nchase_words = "{who}"\nchase_words_en = "{reason}"', "chase_words", "没有 {who}"),
        ('chase = "2wd"', "chase", "要看工作日"),
    ],
)
def test_a_chaser_that_cannot_be_is_refused(cast: Cast, keys: str, key: str, words: str) -> None:
    text = re.sub(r'chase = "2d"[^\n]*\nchases = 2', keys, cast.version.text)
    with pytest.raises(PackError) as wrong:
        loads(text)
    assert any(problem.key == f"pauses[1].{key}" and words in problem.zh for problem in wrong.value.problems)


# --- told of what happened ---------------------------------------------------------------------------------------------------------

TELLS = """
[[tell]]
on = "fact:U7"
to = ["quality"]

[[tell]]
on = "event:demand"
to = ["quality"]

[[tell]]
on = "pause:customer_away"
to = ["quality"]
"""


def _told(cast: Cast, case: Case) -> list[str]:
    return [notice.kind for notice in Notice.objects.filter(case=case, person=cast.luo_qing).order_by("id") if ":" in notice.kind]


def test_answers_and_events_are_told_once_per_case(cast: Cast, at: datetime) -> None:
    republished(cast, TELLS)
    case = cast.complaint(at=at, facts={"U7": True})
    assert _told(cast, case) == ["fact:U7"]
    cast.judged(case, at=at, facts={"U7": True})
    actions.sign(cast.zhou_hai, case.pk, at=at)
    for later in (1, 2):
        actions.mark(cast.lin_xiao, case.pk, event="demand", at=at + minutes(later))
    for later in (3, 5):
        actions.pause(cast.lin_xiao, case.pk, reason="customer_away", at=at + minutes(later))
        actions.resume(cast.lin_xiao, case.pk, at=at + minutes(later + 1))
    assert _told(cast, case) == ["fact:U7", "event:demand", "pause:customer_away", "pause:customer_away"]
    words = notice_words.words_of(Notice.objects.filter(kind="fact:U7").get(), "zh-hans").title
    assert words.endswith("”答“是”") and "U7" not in words
    assert "要求退费" in notice_words.words_of(Notice.objects.filter(kind="event:demand").get(), "zh-hans").title


def test_an_answer_given_later_is_told_then(cast: Cast, at: datetime) -> None:
    republished(cast, TELLS)
    case = cast.judged(cast.complaint(at=at), at=at)
    assert _told(cast, case) == []
    actions.regrade(cast.lin_xiao, case.pk, grade="important", reason="媒体来了", facts={"U7": True}, at=at + hours(1))
    assert _told(cast, case) == ["fact:U7"]


@pytest.mark.parametrize("trigger", ["heard", "fell_late"])
def test_a_trigger_that_tells_nobody_is_refused(cast: Cast, trigger: str) -> None:
    with pytest.raises(PackError) as wrong:
        loads(cast.version.text + f'\n[[tell]]\non = "{trigger}"\nto = ["quality"]\n')
    assert [problem.key for problem in wrong.value.problems] == [f"tell[{len(cast.pack.tell) + 1}].on"]
