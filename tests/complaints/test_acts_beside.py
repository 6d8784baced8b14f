"""Acts beside the story: settled on the spot, questions, reminders, evidence, and what a second round of an answered case is."""

from __future__ import annotations

from datetime import datetime

import pytest
from tests.cast import Cast
from tests.complaints.story import CAUSE, chain_holds, clock, days, due, entries, fresh, minutes, refused, running, told, walk

from kesu.complaints import actions, sentences
from kesu.complaints.files import Upload
from kesu.complaints.models import Attachment, Case, Evidence, Proposal, Question

SPOT = {"cause": CAUSE, "cause_words": "灯泡烧了", "what": "换灯泡", "channel": "patrol", "words": "换好了，您看亮了", "done": "亮了"}
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 60


def _signed(cast: Cast, at: datetime, **facts: bool) -> Case:
    return actions.sign(cast.zhou_hai, cast.judged(cast.complaint(), at=at, facts=facts).pk, at=at)


# --- on the spot (M-15) ----------------------------------------------------------------------------------------------------------


def test_settled_on_the_spot_every_act_is_in_the_journal(cast: Cast, at: datetime) -> None:
    case = _signed(cast, at, simple=True)
    actions.settle_on_the_spot(cast.zhou_hai, case.pk, **SPOT, at=at + minutes(20))
    assert fresh(case).step == "report"
    said = [entry.act for entry in entries(case)][-6:]
    assert said == ["find_cause", "propose", "reply", "agree", "execute", "return"]
    assert clock(case, "rapid").state == clock(case, "solve_minor").state == "done"
    walk(cast, case, "done", at + minutes(30))
    assert chain_holds(case)


@pytest.mark.parametrize("lacking", ["cause_words", "what", "words", "done"])
def test_on_the_spot_is_all_or_nothing(cast: Cast, at: datetime, lacking: str) -> None:
    case = _signed(cast, at)
    before = Case.objects.filter(pk=case.pk).values().get()
    with refused("missing"):
        actions.settle_on_the_spot(cast.zhou_hai, case.pk, **(SPOT | {lacking: " "}), at=at)
    assert Case.objects.filter(pk=case.pk).values().get() == before
    assert not Proposal.objects.exists()


def test_what_needs_approval_or_more_sides_is_not_settled_on_the_spot(cast: Cast, at: datetime) -> None:
    case = _signed(cast, at, company_fault=True)
    with refused("sides"):
        actions.settle_on_the_spot(cast.zhou_hai, case.pk, **SPOT, at=at)
    actions.investigate(cast.zhou_hai, case.pk, side="record", words="看过", at=at)
    with refused("needs_approval"):
        actions.settle_on_the_spot(cast.zhou_hai, case.pk, **SPOT, at=at)
    assert not Proposal.objects.exists()


# --- what was only answered comes back -------------------------------------------------------------------------------------------


def test_an_unfounded_complaint_that_comes_back_is_judged_anew(cast: Cast, at: datetime) -> None:
    case = cast.complaint()
    actions.unfound(cast.lin_xiao, case.pk, reason="监控里门正常", words="看过监控", channel="hotline", at=at)
    actions.close(cast.lin_xiao, case.pk, at=at)
    actions.reopen(None, case.pk, reason="昨晚又关了人，有录像", actor="customer", at=at + days(1))
    again = fresh(case)
    assert (again.step, again.judged, again.outcome) == ("judge", False, "")
    actions.judge(cast.lin_xiao, case.pk, nature="valid", facts={"company_fault": True}, at=at + days(1))
    assert due(case, "solve_important") == "11-24 14:32"
    walk(cast, case, "done", at + days(1) + minutes(1))
    assert set(running(case)) == {"put_right_later"}
    assert chain_holds(case)


def test_a_valid_one_that_comes_back_stays_judged(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at, facts={"company_fault": True})
    now = walk(cast, case, "done", at)
    actions.reopen(cast.lin_xiao, case.pk, reason="又坏了", at=now)
    assert (fresh(case).step, fresh(case).grade, fresh(case).judged) == ("dispatch", "important", True)


# --- questions, reminders --------------------------------------------------------------------------------------------------------


def test_a_question_is_answered_once_and_whoever_asked_hears_it(cast: Cast, at: datetime) -> None:
    case, other = _signed(cast, at), cast.complaint()
    actions.ask(cast.zhou_hai, case.pk, words="几点在家？", at=at)
    question = Question.objects.get()
    with refused("answered"):
        actions.note(None, other.pk, words="三点", actor="customer", question_id=question.pk, at=at)  # of another case
    actions.note(None, case.pk, words="三点", actor="customer", question_id=question.pk, at=at + minutes(5))
    question.refresh_from_db()
    assert (question.answer, question.answered_at) == ("三点", at + minutes(5))
    assert {("customer_said", "周海"), ("customer_said", "方静")} <= told(case)
    with refused("answered"):
        actions.note(None, case.pk, words="四点", actor="customer", question_id=question.pk, at=at)


def test_urging_reaches_whoever_owes_it_and_nobody_for_what_is_done(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at)
    actions.urge(cast.lin_xiao, case.pk, clock_id=clock(case, "sign").pk, words="住户在等", at=at)
    assert ("urge", "周海") in told(case)
    actions.sign(cast.zhou_hai, case.pk, at=at)
    with refused("not_owed"):
        actions.urge(cast.lin_xiao, case.pk, clock_id=clock(case, "sign").pk, at=at)
    other = cast.complaint()
    with refused("not_owed"):
        actions.urge(cast.lin_xiao, other.pk, clock_id=clock(case, "solve_minor").pk, at=at)


def test_ids_of_another_case_are_not_taken(cast: Cast, at: datetime) -> None:
    """Actions, extensions and clocks are looked up inside the case: an id of elsewhere is no way in."""
    case, other = _signed(cast, at), _signed(cast, at)
    walk(cast, case, "handle", at)
    walk(cast, other, "handle", at)
    foreign = other.agreed_actions.get()
    with refused("no_action"):
        actions.execute(cast.zhou_hai, case.pk, action_id=foreign.pk, words="好", at=at)
    ask = {"new_due": at + days(3), "reason": "等", "told": "等"}
    with refused("no_extension"):
        actions.ask_extension(cast.zhou_hai, case.pk, clock_id=clock(other, "solve_minor").pk, **ask, at=at)
    actions.ask_extension(cast.zhou_hai, other.pk, clock_id=clock(other, "solve_minor").pk, **ask, at=at)
    with refused("no_extension"):
        actions.grant_extension(cast.he_wei, case.pk, extension_id=other.extensions.get().pk, at=at)


# --- evidence --------------------------------------------------------------------------------------------------------------------


def test_evidence_keeps_its_file_whatever_it_calls_itself(cast: Cast, at: datetime) -> None:
    case = _signed(cast, at)
    photo = Upload("../../etc/门.jpg", len(JPEG), [JPEG[:10], JPEG[10:]])
    actions.investigate(cast.zhou_hai, case.pk, side="staff", kind="photo", words="门机", upload=photo, at=at)
    kept = Attachment.objects.get(case=case)
    assert (kept.name, kept.kind, kept.size, kept.for_customer) == ("门.jpg", "image/jpeg", len(JPEG), False)
    assert Evidence.objects.get(case=case).attachment == kept
    assert entries(case, "investigate")[0].data["file"] == kept.sha256


@pytest.mark.parametrize(("name", "content", "code"), [("a.jpg", b"<html><script>", "file_kind"), ("b.png", b"", "file_kind")])
def test_a_page_named_jpg_is_not_taken(cast: Cast, at: datetime, name: str, content: bytes, code: str) -> None:
    case = cast.complaint()
    with refused(code):
        actions.attach(None, case.pk, upload=Upload(name, len(content), [content]), actor="customer", at=at)
    with refused("file_too_large"):
        actions.attach(None, case.pk, upload=Upload("big.jpg", 50_000_000, [JPEG]), actor="customer", at=at)
    assert not Attachment.objects.exists()
    assert len(entries(case)) == 1


# --- a nature without an answer step ---------------------------------------------------------------------------------------------


def test_who_asks_for_help_is_offered_no_proposal_that_nobody_could_accept(cast: Cast, at: datetime) -> None:
    case = cast.complaint(at=at)
    actions.judge(cast.lin_xiao, case.pk, nature="help", facts={}, at=at)
    actions.dispatch(cast.fang_jing, case.pk, lead=cast.engineering.pk, at=at)
    actions.sign(cast.zhou_hai, case.pk, at=at)
    assert fresh(case).step == "handle"
    with refused("no_answer_step"):
        actions.propose(cast.zhou_hai, case.pk, words="换新的", promises=[actions.Promise("换", cost=100_000)], at=at)
    assert not Proposal.objects.exists() and "approve" not in running(case)
    actions.return_form(cast.zhou_hai, case.pk, words="修好了", at=at + minutes(5))
    assert fresh(case).step == "report"


def test_help_that_turns_out_to_be_a_complaint_changes_its_nature_and_loses_no_time(cast: Cast, at: datetime) -> None:
    case = cast.complaint(at=at)
    actions.judge(cast.lin_xiao, case.pk, nature="help", facts={}, at=at)
    actions.dispatch(cast.fang_jing, case.pk, lead=cast.engineering.pk, at=at)
    actions.sign(cast.zhou_hai, case.pk, at=at)
    before = due(case, "solve_minor")
    with refused("same_grade"):
        actions.regrade(cast.lin_xiao, case.pk, reason="没变", at=at)
    with refused("nature"):
        actions.regrade(cast.lin_xiao, case.pk, nature="unfounded", reason="不属实", at=at)
    actions.regrade(cast.lin_xiao, case.pk, nature="valid", reason="是我们没修好，住户要求赔偿", at=at + minutes(30))
    assert fresh(case).step == "investigate" and due(case, "solve_minor") == before
    entry = entries(case, "regrade")[0]
    assert "性质改为有效投诉" in sentences.say(entry, cast.pack, "zh-hans")
    assert "now Valid complaint" in sentences.say(entry, cast.pack, "en")
