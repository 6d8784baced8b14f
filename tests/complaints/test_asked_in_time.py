"""What was asked of somebody is a clock like all others: it warns, falls late, climbs, and ends with the answer (STANDARDS 7.6, 7.8)."""

from __future__ import annotations

from datetime import datetime

from tests.cast import Cast
from tests.complaints.story import chain_holds, clock, days, entries, fresh, hours, minutes, rung, shown, states, told, walk
from tests.complaints.test_findings import name, signed

from kesu.complaints import actions, ringing
from kesu.complaints.models import Case, Inquiry, Notice
from kesu.complaints.notice_words import subject_of, words_of
from kesu.complaints.queries import asked, work


def _asked(cast: Cast, at: datetime) -> Case:
    """郑川 of the other site, who sees nothing of the case, is to speak within a day."""
    case = signed(cast, at)
    row = name(cast, case, cast.zheng_chuan, at)
    actions.ask_statement(cast.he_wei, case.pk, complained_id=row.pk, words="那天几点到的", at=at)
    return case


def test_a_statement_warns_falls_late_and_climbs_and_whoever_is_asked_reads_nothing_of_the_case(cast: Cast, at: datetime) -> None:
    case = _asked(cast, at)
    running = clock(case, "own_words")
    assert (running.person, shown(running.due_at)) == (cast.zheng_chuan, "11-21 14:32")
    ringing.ring_due(at + hours(17))
    assert rung(case, "own_words") == []
    ringing.ring_due(at + hours(18))
    assert rung(case, "own_words") == [("11-21 08:32", "warned", ["郑川"])]
    ringing.ring_due(at + days(2))
    assert rung(case, "own_words")[1:] == [("11-21 14:32", "fell_late", ["郑川", "林晓"]), ("11-22 14:32", "climbed", ["何伟"])]
    for notice in Notice.objects.filter(case=case, person=cast.zheng_chuan).select_related("case__site__company"):
        for language in ("zh-hans", "en"):
            words = words_of(notice, language)
            read = words.title + words.body + subject_of(notice, language)
            assert case.title not in read and case.number not in read, notice.kind
    assert asked.open_for(cast.zheng_chuan) and work.owed(cast.fresh(cast.zheng_chuan), at)[0] == []
    actions.urge(cast.lin_xiao, case.pk, clock_id=running.pk, words="今天要", at=at + days(2))
    assert Notice.objects.filter(case=case, person=cast.zheng_chuan, kind="urge").get().data["inquiry"] == running.subject
    actions.state(cast.zheng_chuan, running.subject, words="九点到", at=at + days(2) + hours(1))
    assert (clock(case, "own_words").state, clock(case, "own_words").next_ring_at) == ("done", None)
    assert chain_holds(case)


def test_an_answer_in_time_and_a_question_taken_back_ring_no_more(cast: Cast, at: datetime) -> None:
    case = _asked(cast, at)
    actions.state(cast.zheng_chuan, Inquiry.objects.get(case=case).pk, words="九点到", at=at + hours(2))
    second = name(cast, case, cast.ma_qiang, at + hours(2))
    actions.ask_statement(cast.he_wei, case.pk, complained_id=second.pk, words="谁当班", at=at + hours(2))
    actions.drop_person(cast.he_wei, case.pk, complained_id=second.pk, reason="那天休息", at=at + hours(3))
    ringing.ring_due(at + days(9))
    assert rung(case, "own_words") == []


def test_a_body_outside_is_chased_by_whoever_leads(cast: Cast, at: datetime) -> None:
    case = signed(cast, at)
    actions.ask_expert(cast.he_wei, case.pk, name="门机厂家", words="皮带为什么断", at=at)
    row = clock(case, "expert_view")
    assert (row.person, row.department) == (cast.zhou_hai, cast.engineering)
    assert "expert_view" in [owed.obligation for owed in work.owed(cast.fresh(cast.zhou_hai), at)[0]]
    ringing.ring_due(row.due_at)
    assert ("fell_late", "周海") in told(case)


def test_a_question_goes_on_in_the_next_round_and_holds_back_no_closing(cast: Cast, at: datetime) -> None:
    case = _asked(cast, at)
    walk(cast, case, "visit", at + minutes(10))
    actions.visit(cast.su_min, case.pk, outcome="not_content", words="又停了", at=at + hours(2))
    assert (fresh(case).round, clock(case, "own_words", round=2).state) == (2, "running")
    actions.state(cast.zheng_chuan, Inquiry.objects.get(case=case).pk, words="九点到", at=at + hours(3))
    assert clock(case, "own_words", round=2).state == "done"
    quiet = signed(cast, at)
    actions.ask_expert(cast.he_wei, quiet.pk, name="门机厂家", words="皮带为什么断", at=at)
    walk(cast, quiet, "archive", at + minutes(10))
    assert states(quiet)["expert_view"] == "void" and entries(quiet, "close")
