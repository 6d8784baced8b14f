"""Whose turn it is at each point of the story, for each of those concerned; what comes next and what happens otherwise."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.cast import Cast

from kesu.company.models import Person
from kesu.complaints import actions, ringing
from kesu.complaints.models import Case
from kesu.complaints.queries.case_page import CasePage, open_page
from kesu.complaints.queries.next_step import coming, on_the_spot
from kesu.complaints.queries.prospect import otherwise, prospects
from kesu.improvement.actions import open_capa


def page(cast: Cast, person: Person, case: Case, at: datetime, language: str = "zh-hans") -> CasePage:
    return open_page(cast.fresh(person), case.number, at, language)


def turns(cast: Cast, case: Case, at: datetime) -> dict[str, str]:
    """Name → the act that is theirs now, for everybody whose turn it is."""
    found = {}
    for person in (cast.fang_jing, cast.lin_xiao, cast.zhou_hai, cast.chen_li, cast.ma_qiang, cast.he_wei, cast.su_min, cast.luo_qing):
        try:
            mine = page(cast, person, case, at).next.mine
        except Case.DoesNotExist:
            continue
        if mine:
            found[person.name] = mine.act
    return found


def test_the_turn_goes_round_with_the_story(cast: Cast, at: datetime) -> None:
    def later(minutes: int) -> datetime:
        return at + timedelta(minutes=minutes)

    case = cast.complaint(at=at)
    assert turns(cast, case, later(1)) == {"方静": "dispatch", "林晓": "judge"}
    actions.judge(cast.lin_xiao, case.pk, nature="valid", facts={"company_fault": True}, at=later(2))
    assert turns(cast, case, later(2)) == {"方静": "dispatch", "林晓": "present"}
    actions.present(cast.lin_xiao, case.pk, to="site_director", at=later(3))
    actions.dispatch(cast.fang_jing, case.pk, lead=cast.engineering.pk, co=[cast.security.pk], at=later(3))
    assert turns(cast, case, later(3)) == {"周海": "sign", "陈立": "sign"}
    actions.sign(cast.zhou_hai, case.pk, at=later(4))
    assert turns(cast, case, later(4)) == {"周海": "investigate", "陈立": "sign"}
    actions.sign(cast.chen_li, case.pk, at=later(5))
    assert turns(cast, case, later(5)) == {"周海": "investigate"}
    actions.investigate(cast.chen_li, case.pk, side="record", words="录像", at=later(6))
    assert turns(cast, case, later(6)) == {"周海": "find_cause"}
    actions.find_cause(cast.zhou_hai, case.pk, cause="upkeep", words="皮带", findings={1: "found"}, at=later(7))
    assert turns(cast, case, later(7)) == {"周海": "propose"}
    promises = [actions.Promise("换皮带"), actions.Promise("贴告示", department_id=cast.security.pk)]
    actions.propose(cast.zhou_hai, case.pk, words="换", promises=promises, at=later(8))
    assert turns(cast, case, later(8)) == {"何伟": "approve"}
    actions.approve(cast.he_wei, case.pk, at=later(9))
    assert turns(cast, case, later(9)) == {"周海": "reply"}
    actions.reply(cast.zhou_hai, case.pk, channel="hotline", words="换皮带", at=later(10))
    assert turns(cast, case, later(10)) == {}
    assert page(cast, cast.zhou_hai, case, later(10)).next.customer
    assert turns(cast, case, later(10 + 3 * 1440)) == {"周海": "contact"}  # the customer says nothing: do not wait for their call (M-13)
    actions.agree(None, case.pk, actor="customer", at=later(11))
    assert turns(cast, case, later(11)) == {"周海": "execute", "陈立": "execute"}
    for action in case.agreed_actions.all():
        actions.execute(cast.chen_li if action.department_id else cast.zhou_hai, case.pk, action_id=action.pk, words="好了", at=later(12))
    assert turns(cast, case, later(12)) == {"周海": "return", "陈立": "return"}
    actions.return_form(cast.zhou_hai, case.pk, words="好了", at=later(13))
    assert turns(cast, case, later(13)) == {"陈立": "return"}
    actions.return_form(cast.chen_li, case.pk, words="好了", at=later(14))
    assert turns(cast, case, later(14)) == {"方静": "report_back"}
    actions.report_back(cast.fang_jing, case.pk, channel="hotline", spoke_to="", words="好了", at=later(15))
    assert turns(cast, case, later(15)) == {"苏敏": "visit"}
    actions.visit(cast.su_min, case.pk, outcome="content", at=later(16))
    assert turns(cast, case, later(16)) == {"林晓": "close"}
    actions.close(cast.lin_xiao, case.pk, at=later(17))
    assert turns(cast, case, later(17)) == {"罗晴": "put_right"}  # due before the archive is (P-13)
    open_capa(cast.luo_qing, [case.pk], problem="皮带一再断", at=later(17))
    assert turns(cast, case, later(17)) == {"罗晴": "archive"}
    actions.archive(cast.luo_qing, case.pk, at=later(18))
    assert turns(cast, case, later(18)) == {}


def test_what_comes_next_names_people_and_times(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(at=at), at=at + timedelta(minutes=2), facts={"company_fault": True})
    shown = page(cast, cast.zhou_hai, case, at + timedelta(minutes=3))
    assert [(row.act, row.who) for row in prospects(shown, "sign")] == [("find_cause", "工程部"), ("propose", "工程部")]
    ahead = prospects(shown, "propose")
    assert [(row.act, row.who, row.by) for row in ahead] == [("approve", "何伟", "4 小时内"), ("reply", "工程部", "")]
    assert shown.next.mine and shown.next.mine.clock
    worse = otherwise(shown, shown.next.mine.clock)
    assert worse and (worse.at, worse.kind, worse.who, worse.more) == (at + timedelta(minutes=10), "fell_late", "林晓", 1)
    later = page(cast, cast.zhou_hai, case, at + timedelta(minutes=11))
    assert later.next.mine and later.next.mine.clock
    worse = otherwise(later, later.next.mine.clock)
    assert worse and (worse.at, worse.kind, worse.who) == (at + timedelta(minutes=30), "climbed", "何伟")


def test_the_next_rung_is_the_one_that_the_worker_rings(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(at=at), at=at + timedelta(minutes=2))
    shown = page(cast, cast.zhou_hai, case, at + timedelta(minutes=11))
    assert shown.next.mine and shown.next.mine.clock
    worse = otherwise(shown, shown.next.mine.clock)
    assert worse
    while ringing.ring_due(worse.at):
        pass
    entry = case.journal.filter(data__obligation="sign").latest("n")
    assert (entry.act, entry.at, entry.data["told"]) == (worse.kind, worse.at, [worse.who])


def test_nobody_signed_and_nobody_there_is_said_by_role(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(at=at), at=at, lead="greening")  # nobody heads greening
    shown = page(cast, cast.lin_xiao, case, at + timedelta(minutes=90), "en")
    clock = case.clocks.get(obligation="sign")
    assert shown.who(clock) == "绿化部 Department head"


def test_settling_on_the_spot_is_for_one_department_without_approval(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(at=at), at=at)
    actions.sign(cast.zhou_hai, case.pk, at=at)
    assert on_the_spot(page(cast, cast.zhou_hai, case, at).situation)
    assert not on_the_spot(page(cast, cast.lin_xiao, case, at).situation)
    actions.dispatch(cast.lin_xiao, case.pk, lead=None, co=[cast.security.pk], at=at)
    assert not on_the_spot(page(cast, cast.zhou_hai, case, at).situation)


def test_what_comes_after_an_act_beside_the_story(cast: Cast, at: datetime) -> None:
    """Presenting while the case is being investigated: the cause comes next, not judging once more."""
    case = cast.judged(cast.complaint(at=at), at=at + timedelta(minutes=2), facts={"company_fault": True})
    actions.sign(cast.zhou_hai, case.pk, at=at + timedelta(minutes=4))
    seen = page(cast, cast.lin_xiao, case, at + timedelta(minutes=5))
    for act in ("present", "note", "investigate"):
        assert coming(seen.situation, act)[:2] == ["find_cause", "propose"], act
    assert coming(seen.situation, "archive") == []


def test_what_was_dispatched_is_signed_for_before_the_grade_is_said(cast: Cast, at: datetime) -> None:
    """On a Saturday evening nobody judges until Monday; the department that has the form must be able to take it, or send it back."""

    def later(minutes: int) -> datetime:
        return at + timedelta(minutes=minutes)

    case = cast.complaint(at=at)
    actions.dispatch(cast.fang_jing, case.pk, lead=cast.engineering.pk, co=[], at=later(2))
    assert turns(cast, case, later(3)) == {"林晓": "judge", "周海": "sign"}
    actions.sign(cast.zhou_hai, case.pk, at=later(4))
    assert turns(cast, case, later(5)) == {"林晓": "judge"}
    ahead = coming(page(cast, cast.lin_xiao, case, later(5)).situation, "judge")
    assert ahead[0] == "find_cause", "dispatched and signed for already"
    actions.judge(cast.lin_xiao, case.pk, nature="valid", facts={"company_fault": True}, at=later(6))
    assert Case.objects.get(pk=case.pk).step == "investigate"


def test_what_was_dispatched_is_sent_back_before_the_grade_is_said(cast: Cast, at: datetime) -> None:
    case = cast.complaint(at=at)
    actions.dispatch(cast.fang_jing, case.pk, lead=cast.engineering.pk, co=[], at=at + timedelta(minutes=2))
    actions.send_back(cast.zhou_hai, case.pk, reason="归安保", at=at + timedelta(minutes=4))
    assert turns(cast, case, at + timedelta(minutes=5)) == {"方静": "dispatch", "林晓": "judge"}
