"""Follow-ups: time agreed, parts of the day, the questions, a bad answer by telephone and by the link (S-15, M-4, M-7, P-11)."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.cast import Cast
from tests.complaints import racers
from tests.complaints.racers import race
from tests.complaints.story import CAUSE, chain_holds, clock, due, entries, fresh, minutes, on, refused, rung, shown, told, walk

from kesu.company.models import Grant, Person
from kesu.complaints import actions, ringing
from kesu.complaints.models import Case, SurveyAnswer, Visit, VisitTime
from kesu.complaints.queries import clocks, prospect, work
from kesu.complaints.queries.case_page import open_page
from kesu.complaints.queries.next_step import obstacle
from kesu.complaints.sentences import say
from kesu.procedure.duewords import why_words

GOOD, BAD = {"fair": 0, "respect": 1, "clear": 0, "overall": 0}, {"fair": 2, "overall": 2}


def _to_follow_up(cast: Cast, at: datetime) -> Case:
    case = cast.judged(cast.complaint(), at=at)
    walk(cast, case, "visit", at + minutes(1))
    return case


def test_a_time_agreed_is_kept_not_before_and_even_in_rest_hours(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    now = walk(cast, case, "report", at + minutes(1))
    with refused("over"):
        actions.report_back(cast.fang_jing, case.pk, channel="hotline", spoke_to="", words="好了", visit_at=now, at=now)
    wanted = on("11-21", "21:00")
    actions.report_back(cast.fang_jing, case.pk, channel="hotline", spoke_to="", words="好了", visit_at=wanted, at=now)
    assert VisitTime.objects.get(case=case).agreed_for == wanted
    with refused("agreed_later"):
        actions.visit(cast.su_min, case.pk, outcome="not_reached", at=on("11-21", "20:59"))
    actions.visit(cast.su_min, case.pk, outcome="not_reached", at=wanted)
    with refused("rest_hours"):  # the one call that was agreed has been made
        actions.visit(cast.su_min, case.pk, outcome="not_reached", at=on("11-22", "01:30"))
    assert fresh(case).step == "visit"


def test_who_asks_for_another_time_was_reached_and_is_called_then(cast: Cast, at: datetime) -> None:
    case = _to_follow_up(cast, at)
    with refused("missing"):
        actions.visit(cast.su_min, case.pk, outcome="later", at=on("11-21", "09:00"))
    for day in ("11-21", "11-22", "11-23"):  # asking for another time never counts as not reached
        actions.visit(cast.su_min, case.pk, outcome="later", next_at=on(day, "19:00"), at=on(day, "10:00"), agreed_time=True)
    assert fresh(case).step == "visit"
    actions.visit(cast.su_min, case.pk, outcome="content", answers=GOOD, at=on("11-23", "19:00"))
    assert fresh(case).step == "close"
    assert Visit.objects.get(case=case, outcome="content").answers == GOOD
    assert "约在 11 月 21 日 19:00" in say(entries(case, "visit")[0], cast.pack, "zh-hans")
    assert "公道吗？ 是" in say(entries(case, "visit")[-1], cast.pack, "zh-hans")


def test_an_unreached_customer_is_tried_in_another_part_of_the_day_first(cast: Cast, at: datetime) -> None:
    case = _to_follow_up(cast, at)
    actions.visit(cast.su_min, case.pk, outcome="not_reached", at=on("11-21", "11:59"))
    with refused("same_part"):
        actions.visit(cast.su_min, case.pk, outcome="not_reached", at=on("11-22", "09:00"))
    actions.visit(cast.su_min, case.pk, outcome="not_reached", at=on("11-22", "14:00"))
    with refused("same_part"):
        actions.visit(cast.su_min, case.pk, outcome="not_reached", at=on("11-23", "10:00"))
    actions.visit(cast.su_min, case.pk, outcome="not_reached", at=on("11-23", "18:00"))
    assert fresh(case).step == "close"


def test_unanswered_is_left_out_and_nothing_off_the_scale_is_stored(cast: Cast, at: datetime) -> None:
    case = _to_follow_up(cast, at)
    actions.visit(cast.su_min, case.pk, outcome="content", answers={"fair": 1, "clear": 9, "made_up": 0}, at=on("11-21", "09:00"))
    assert Visit.objects.get(case=case).answers == {"fair": 1}


def test_a_bad_overall_answer_is_not_content(cast: Cast, at: datetime) -> None:
    case = _to_follow_up(cast, at)
    with refused("contradicts"):
        actions.visit(cast.su_min, case.pk, outcome="content", answers=BAD, at=on("11-21", "09:00"))
    actions.visit(cast.su_min, case.pk, outcome="not_content", words="又停了", answers=BAD, at=on("11-21", "09:00"))
    assert (fresh(case).round, fresh(case).step) == (2, "dispatch")
    assert ("visit:not_content", "周海") in told(case)  # the head of the department that handled it


def test_the_link_asks_once_a_round_and_a_bad_answer_begins_a_new_one(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    with refused("not_asked"):
        actions.survey(case.pk, answers=GOOD, at=at)
    walk(cast, case, "visit", at + minutes(1))
    with refused("empty"):
        actions.survey(case.pk, answers={"made_up": 1}, at=on("11-21", "23:00"))
    actions.survey(case.pk, answers=GOOD, at=on("11-21", "23:00"))  # no rest hours for the customer's own hand
    assert fresh(case).step == "visit"  # this pack: asked, the call is still owed
    with refused("answered"):
        actions.survey(case.pk, answers=BAD, at=on("11-21", "23:01"))
    actions.visit(cast.su_min, case.pk, outcome="not_content", words="又停了", at=on("11-22", "09:00"))
    walk(cast, case, "visit", on("11-22", "09:01"))
    actions.survey(case.pk, answers=BAD, at=on("11-22", "12:00"))
    assert (fresh(case).round, fresh(case).step) == (3, "dispatch")
    assert ("visit:not_content", "周海") in told(case)
    assert list(SurveyAnswer.objects.filter(case=case).values_list("round", "outcome", "counts")) == [
        (1, "content", False), (2, "not_content", True),
    ]  # fmt: skip
    assert chain_holds(case)


def test_nobody_makes_an_attempt_that_a_colleague_has_just_made(cast: Cast, at: datetime) -> None:
    case = _to_follow_up(cast, at)
    actions.visit(cast.su_min, case.pk, outcome="not_reached", attempt=1, at=on("11-21", "09:00"))
    with refused("tried_meanwhile") as caught:
        actions.visit(cast.luo_qing, case.pk, outcome="content", attempt=1, at=on("11-21", "14:00"))
    assert "苏敏 09:00" in caught.value.zh


@pytest.mark.django_db(transaction=True)
def test_two_processes_make_the_same_attempt_once(cast: Cast, at: datetime) -> None:
    case = _to_follow_up(cast, at)
    people = [cast.su_min.pk, cast.luo_qing.pk, cast.lin_xiao.pk] * 2
    answers = race([(racers.follow_up, (pk, case.pk, on("11-21", "09:00"))) for pk in people])
    assert answers.count("made") == 1
    assert Visit.objects.filter(case=case).count() == 1
    assert len(entries(case, "visit")) == 1
    assert chain_holds(case)


@pytest.mark.django_db(transaction=True)
def test_the_same_answers_sent_six_times_at_once_are_stored_once(cast: Cast, at: datetime) -> None:
    case = _to_follow_up(cast, at)
    answers = race([(racers.answer_survey, (case.pk, on("11-21", "09:00"))) for _ in range(6)])
    assert answers.count("made") == 1
    assert [answer[1] for answer in answers if answer != "made"] == ["answered"] * 5
    assert SurveyAnswer.objects.filter(case=case).count() == 1


def test_a_time_agreed_is_owed_then_rings_and_is_kept_by_a_call_not_by_waiting(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    now = walk(cast, case, "report", at + minutes(1))
    wanted = on("11-22", "19:00")
    actions.report_back(cast.fang_jing, case.pk, channel="hotline", spoke_to="", words="好了", visit_at=wanted, at=now)
    (first, second), _ = work.owed(cast.fresh(cast.su_min), on("11-22", "08:00"))
    assert (first.obligation, shown(first.due_at), second.obligation) == ("call_as_agreed", "11-22 19:30", "visit")
    ringing.ring_due(wanted)
    assert [entry[:2] for entry in rung(case, "call_as_agreed")] == [("11-22 19:00", "warned")]
    actions.visit(cast.su_min, case.pk, outcome="later", next_at=on("11-23", "10:00"), at=on("11-22", "19:05"))
    assert [(row.state, shown(row.due_at)) for row in case.clocks.filter(obligation="call_as_agreed").order_by("id")] == [
        ("done", "11-22 19:30"), ("running", "11-23 10:30"),
    ]  # fmt: skip
    ringing.ring_due(on("11-23", "10:31"))
    assert ("fell_late", "林晓") in told(case)
    actions.visit(cast.su_min, case.pk, outcome="not_reached", at=on("11-23", "10:40"))
    last = case.clocks.filter(obligation="call_as_agreed").latest("id")
    assert (last.state, shown(last.done_at)) == ("done", "11-23 10:40")  # late, and tried
    assert fresh(case).step == "visit" and chain_holds(case)


def test_the_follow_up_waits_for_a_later_time_that_was_agreed_and_says_why(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    now = walk(cast, case, "report", at + minutes(1))
    actions.report_back(cast.fang_jing, case.pk, channel="hotline", spoke_to="", words="好了", visit_at=on("11-21", "19:00"), at=now)
    plain = due(case, "visit")
    assert plain < "11-25"  # within the limit: nothing moves
    actions.visit(cast.su_min, case.pk, outcome="later", next_at=on("11-28", "19:00"), at=on("11-21", "19:05"))
    row = clock(case, "visit")
    assert (shown(row.due_at), shown(row.first_due_at)) == ("11-28 19:30", plain)
    why = " ".join(why_words(clocks.why(row, cast.pack, on("11-22"), ()), "zh"))  # type: ignore[arg-type]
    assert "客户约的时间在后面，等到 11 月 28 日" in why and "19:30 前" in why
    ringing.ring_due(on("11-28", "19:29"))
    assert rung(case, "visit") == [] or all(kind == "warned" for _, kind, _ in rung(case, "visit"))
    ringing.ring_due(on("11-28", "19:31"))
    assert ("11-28 19:30", "fell_late") in [entry[:2] for entry in rung(case, "visit")]
    actions.visit(cast.su_min, case.pk, outcome="later", next_at=on("11-29", "10:00"), at=on("11-28", "19:40"))
    assert shown(clock(case, "visit").due_at) == "11-29 10:30" and chain_holds(case)


def test_asked_sooner_by_their_own_wish_a_time_agreed_is_owed_no_more(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    now = walk(cast, case, "report", at + minutes(1))
    wanted = on("11-22", "19:00")
    actions.report_back(cast.fang_jing, case.pk, channel="hotline", spoke_to="", words="好了", visit_at=wanted, at=now)
    actions.visit(cast.su_min, case.pk, outcome="content", agreed_time=True, answers=GOOD, at=on("11-21", "10:00"))
    assert clock(case, "call_as_agreed").state == "done" and fresh(case).step == "close"


def test_a_bad_answer_gives_the_next_round_to_somebody_who_did_not_look_into_it_before(cast: Cast, at: datetime) -> None:
    case = _to_follow_up(cast, at)
    actions.visit(cast.su_min, case.pk, outcome="not_content", words="又停了", answers=BAD, at=on("11-21", "09:00"))
    now = walk(cast, case, "investigate", on("11-21", "09:01"))
    for side in ("record", "staff"):
        actions.investigate(cast.zhou_hai, case.pk, side=side, kind="record", words="复查", at=now)
    head, director = (open_page(cast.fresh(who), case.number, now) for who in (cast.zhou_hai, cast.he_wei))
    assert obstacle(head.situation, "find_cause").code == "same_person"  # type: ignore[union-attr]
    assert head.next.mine is None and director.next.mine.act == "find_cause"  # type: ignore[union-attr]
    assert prospect.prospects(director, "investigate")[0].who == "何伟"
    with refused("same_person"):
        actions.find_cause(cast.zhou_hai, case.pk, cause=CAUSE, words="皮带又断", findings={1: "found"}, at=now)
    actions.find_cause(cast.he_wei, case.pk, cause=CAUSE, words="皮带型号不对", findings={1: "found"}, at=now)
    walk(cast, case, "visit", now + minutes(1))
    actions.visit(cast.su_min, case.pk, outcome="content", agreed_time=True, at=now + minutes(30))
    assert fresh(case).step == "close" and chain_holds(case)


def test_whoever_rings_back_of_their_own_wish_need_not_wait(cast: Cast, at: datetime) -> None:
    case = _to_follow_up(cast, at)
    actions.visit(cast.su_min, case.pk, outcome="not_reached", at=on("11-21", "09:00"))
    with refused("too_soon") as caught:
        actions.visit(cast.su_min, case.pk, outcome="content", answers=GOOD, at=on("11-21", "09:05"))
    assert caught.value.field == "agreed_time"
    actions.visit(cast.su_min, case.pk, outcome="content", answers=GOOD, agreed_time=True, at=on("11-21", "09:05"))
    assert fresh(case).step == "close"


def test_the_customer_who_reopens_meets_somebody_else_too(cast: Cast, at: datetime) -> None:
    case = _to_follow_up(cast, at)
    actions.reopen(None, case.pk, reason="又停了", actor="customer", at=on("11-21", "09:00"))
    now = walk(cast, case, "investigate", on("11-21", "09:01"))
    with refused("same_person"):
        actions.find_cause(cast.zhou_hai, case.pk, cause=CAUSE, words="皮带又断", findings={1: "found"}, at=now)


def test_when_everybody_has_looked_into_it_once_the_third_round_is_open_to_all(cast: Cast, at: datetime) -> None:
    case = _to_follow_up(cast, at)
    for day in ("11-21", "11-22"):
        actions.reopen(None, case.pk, reason="又停了", actor="customer", at=on(day, "09:00"))
        now = walk(cast, case, "investigate", on(day, "09:01"))
        if day == "11-21":
            walk(cast, case, "visit", now)
    actions.find_cause(cast.zhou_hai, case.pk, cause=CAUSE, words="皮带又断", findings={1: "found"}, at=now)
    assert fresh(case).round == 3 and chain_holds(case)


def test_where_nobody_else_may_sign_the_same_head_does_and_the_director_is_told_once(cast: Cast, at: datetime) -> None:
    case = _to_follow_up(cast, at)
    actions.visit(cast.su_min, case.pk, outcome="not_content", words="又停了", answers=BAD, at=on("11-21", "09:00"))
    walk(cast, case, "investigate", on("11-21", "09:01"))
    assert told(case, "same_again") == {("same_again", "何伟")}
    signed = entries(case, "sign")
    assert [entry.data.get("once_more") for entry in signed] == [None, True]
    assert say(signed[1], cast.pack, "zh-hans").endswith("（没有别人能办，还是前一轮的人）")
    assert "the same person" in say(signed[1], cast.pack, "en")


def test_with_a_second_head_the_new_round_is_signed_carried_out_and_kept_by_others(cast: Cast, at: datetime) -> None:
    case = _to_follow_up(cast, at)
    actions.visit(cast.su_min, case.pk, outcome="not_content", words="又停了", answers=BAD, at=on("11-21", "09:00"))
    deputy = Person.objects.create(company=cast.company, login="fu", name="傅副主管")
    Grant.objects.create(person=deputy, role="department_head", department=cast.engineering, site=cast.engineering.site)
    now = walk(cast, case, "sign", on("11-21", "09:01"))
    with refused("same_person"):
        actions.sign(cast.fresh(cast.zhou_hai), case.pk, at=now)
    actions.sign(deputy, case.pk, at=now)
    with refused("same_person") as caught:
        actions.transfer(deputy, case.pk, to=cast.zhou_hai.pk, reason="他熟", at=now)
    assert caught.value.field == "to" and told(case, "same_again") == set()
    actions.transfer(deputy, case.pk, to=cast.ma_qiang.pk, reason="他没经办过", at=now)
    for who in (cast.zhou_hai, deputy):
        page = open_page(cast.fresh(who), case.number, now)
        assert (obstacle(page.situation, "propose").code == "same_person") is (who == cast.zhou_hai)  # type: ignore[union-attr]
