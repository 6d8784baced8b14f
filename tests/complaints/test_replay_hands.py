"""Cases on which several hands worked, replayed from their journals: the same clocks, due and done at the same seconds."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db.models import F
from tests.cast import Cast
from tests.complaints.story import days, hours, minutes, walk
from tests.complaints.test_findings import name
from tests.complaints.test_simulation import _times

from kesu.complaints import actions
from kesu.complaints.actions.putting_right import take_out
from kesu.complaints.models import Case, Clock
from kesu.complaints.queries.histories import histories, times_at
from kesu.procedure.playing import AGREED, play
from kesu.procedure.replaying import replay


def _merged_and_undone(cast: Cast, at: datetime) -> None:
    early, late = cast.complaint(at=at), cast.complaint(at=at + hours(3))
    cast.judged(early, at=at + hours(3), facts={"company_fault": True})
    actions.merge(cast.lin_xiao, early.pk, into=late.number, reason="同一部", channel="hotline", words="一起办", at=at + hours(4))
    actions.unmerge(cast.lin_xiao, early.pk, reason="另一部", at=at + hours(6))
    actions.merge(cast.lin_xiao, early.pk, into=late.number, reason="还是同一部", channel="hotline", words="一起办", at=at + hours(8))
    walk(cast, late, "done", at + hours(9))


def _split(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(items=[("电梯停了", "lift"), ("没人接电话", "")], at=at), at=at + minutes(3))
    off = actions.split(cast.lin_xiao, case.pk, item=2, reason="归客服", at=at + hours(1))
    walk(cast, case, "close", at + hours(2))
    walk(cast, off, "investigate", at + hours(5))


def _with_tasks_and_questions(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(at=at), at=at)
    actions.sign(cast.zhou_hai, case.pk, at=at + minutes(5))
    given = {"due_at": at + days(1), "department_id": cast.security.pk}
    actions.assign_task(cast.zhou_hai, case.pk, what="调监控", **given, at=at + minutes(6))
    actions.do_task(cast.chen_li, case.pk, task_id=case.tasks.get().pk, words="调了", at=at + hours(1))
    row = name(cast, case, cast.ma_qiang, at + hours(1))
    actions.ask_statement(cast.he_wei, case.pk, complained_id=row.pk, words="谁当班", at=at + hours(1))
    actions.hand_outside(cast.lin_xiao, case.pk, body="court", words="可以等判决", at=at + hours(2))
    walk(cast, case, "report", at + hours(3))
    told = {"channel": "hotline", "spoke_to": "", "words": "修好了"}
    actions.report_back(cast.fang_jing, case.pk, **told, visit_at=at + days(2), at=at + hours(4))
    actions.visit(cast.su_min, case.pk, outcome="not_content", words="又停了", agreed_time=True, at=at + days(1))
    walk(cast, case, "answer", at + days(1) + hours(1))


def _taken_out_of_a_record(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(at=at), at=at, facts={"company_fault": True})
    walk(cast, case, "archive", at + minutes(1))
    actions.put_right(cast.luo_qing, case.pk, record="ZG-2026-001", words="又断", at=at + hours(1))
    take_out(cast.shen_yue, case.pk, record="ZG-2026-001", kept=False, words="立错了", at=at + hours(2))


@pytest.mark.parametrize("play_it", [_merged_and_undone, _split, _with_tasks_and_questions, _taken_out_of_a_record])
def test_what_several_hands_did_is_replayed_to_the_second(cast: Cast, at: datetime, play_it: object) -> None:
    play_it(cast, at)  # type: ignore[operator]
    until, seen = at + days(30), 0
    for story, case in histories(Case.objects.filter(company=cast.company), until):
        course = play(cast.pack, times_at(case.site), story.happenings)
        stored = (
            Clock.objects.filter(case=case).exclude(limit__in=AGREED).exclude(done_at=F("began_at"))
        )  # one act, nothing owed in between
        real = sorted((row.obligation, row.round, row.state, *_times(row.state, row.due_at, row.done_at)) for row in stored)
        told = sorted(
            (row.obligation.id, row.round, row.state, *_times(row.state, row.due and row.due.at, row.done))
            for row in course.clocks.values()
            if (row.due or row.state == "void") and row.done != row.began
        )
        assert told == real, story.number
        seen += len(real)
        assert not replay(cast.pack, [(story, times_at(case.site))]).unreadable
    assert seen
