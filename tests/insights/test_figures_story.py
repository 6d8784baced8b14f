"""Figures counted by hand: a month of few cases, the edges of days and months, what was taken back, what de-identification leaves."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from tests.cast import Cast
from tests.complaints.story import days, hours, minutes, on, settle, take, walk

from kesu.company.models import Company, Site
from kesu.complaints import actions
from kesu.complaints.actions import Promise
from kesu.complaints.actions.keeping import deidentify
from kesu.complaints.models import Case
from kesu.insights import duties
from kesu.insights.actions.counting import catch_up, count_due, waiting
from kesu.insights.actions.exposing import enter
from kesu.insights.actions.rebuilding import differences, rebuild
from kesu.insights.coverage import Coverage
from kesu.insights.measuring import Measured, measure
from kesu.insights.models import CaseFact, ClockFact, Mark, StepFact, Tally
from kesu.insights.periods import Period, moved
from kesu.insights.queries.cases_of import cases_of
from kesu.insights.queries.sums import sums
from kesu.insights.series import series
from kesu.procedure.refused import Refused

pytestmark = pytest.mark.django_db
LATER = on("12-31", "12:00")


@pytest.fixture(autouse=True)
def new_versions() -> None:
    """Ids of procedure versions come round again from test to test."""
    duties.forget()


def counted(cast: Cast, at: datetime = LATER) -> Company:
    while catch_up(cast.company, at, 50):
        pass
    return cast.company


def figures(cast: Cast, period: str, *ids: str, at: datetime = LATER, **place: int) -> dict[str, Measured]:
    found = Period.read(period)
    assert found is not None
    return {row.kpi.id: row for row in measure(counted(cast, at), found, at, ids, **place)}


def shares(cast: Cast, period: str, *ids: str, at: datetime = LATER) -> dict[str, tuple[int | None, float | None]]:
    return {id: (row.numerator, row.denominator) for id, row in figures(cast, period, *ids, at=at).items()}


def test_a_month_counted_by_hand(cast: Cast, at: datetime) -> None:
    """Received on 20 November: two complaints settled in time, one settled late and reopened, one open, one question, one unfounded."""
    one, two, three, four = (cast.judged(cast.complaint(phone=f"1390000200{n}", home=f"6栋2单元110{n}", at=at), at=at) for n in range(4))
    for case in (one, two):
        walk(cast, case, "done", at + minutes(5))
    walk(cast, three, "handle", at + minutes(5))
    late = at + days(6)
    walk(cast, three, "visit", late)
    actions.visit(cast.su_min, three.pk, outcome="not_content", channel="hotline", words="又停了", agreed_time=True, at=late + hours(1))
    question = cast.complaint(phone="13900002009", home="6栋2单元1109", at=at)
    actions.judge(cast.lin_xiao, question.pk, nature="question", facts={}, at=at + minutes(1))
    groundless = cast.judged(cast.complaint(phone="13900002008", home="6栋2单元1108", at=at), at=at)
    actions.sign(cast.zhou_hai, groundless.pk, at=at + minutes(2))
    actions.unfound(cast.zhou_hai, groundless.pk, reason="监控里没有这回事", words="请您看了监控", channel="hotline", at=at + minutes(9))
    seen = shares(cast, "2026-11", "received", "complaints", "valid_rate", "done_rate", "reopened", "satisfied", "repeated", "first_time")
    assert seen["received"] == (6, None) and seen["complaints"][0] in (4, 5)
    assert seen["valid_rate"] == (4, 6)
    assert seen["done_rate"][0] == 2  # told is not closed, reopened is not solved
    assert seen["reopened"][0] == 1 and seen["satisfied"] == (2, 3) and seen["repeated"] == (0, 2)
    assert seen["first_time"] == (2, 2)
    handled = shares(cast, "2026-11", "handle_in_time", "handle_in_time_first")
    assert handled["handle_in_time"][0] < handled["handle_in_time"][1]  # what is overdue and open counts, and so does what was late
    owing = ClockFact.objects.filter(case=four, duty="sign", ended_at=None)
    assert owing.count() == 1 and owing.get().kept is None


def test_overdue_and_open_is_not_on_time_and_what_is_not_due_yet_is_not_counted(cast: Cast, at: datetime) -> None:
    """The form is to be signed for within 10 minutes (P-6)."""
    case = cast.judged(cast.complaint(at=at), at=at)
    counted(cast, at)

    def signing(moment: datetime) -> dict[str, int]:
        return sums(Coverage.of(cast.company), Period.month(2026, 11), moment, "clock", "duty").get("sign", {})

    assert signing(at + minutes(9)).get("owing", 0) == 0
    assert signing(at + minutes(10)) == {"ended": 0, "kept": 0, "kept_first": 0, "owing": 1, "extended": 0}
    assert signing(at + days(40))["owing"] == 1
    actions.sign(cast.zhou_hai, case.pk, at=at + minutes(30))
    counted(cast, at)
    assert signing(at + days(1)) == {"ended": 1, "kept": 0, "kept_first": 0, "owing": 0, "extended": 0}


def test_a_day_belongs_to_the_company_and_moves_with_its_zone(cast: Cast) -> None:
    """23:59:59 and 00:00:00 lie in two months; when the company's zone changes everything is counted anew."""
    cast.complaint(at=on("11-30", "23:59") + timedelta(seconds=59))
    cast.complaint(at=on("12-01", "00:00"))
    assert [shares(cast, month, "received")["received"][0] for month in ("2026-11", "2026-12")] == [1, 1]
    before = CaseFact.objects.order_by("pk").values_list("hour", flat=True)
    assert list(before) == [23, 0]
    company = cast.company
    company.zone = "Asia/Tokyo"
    company.changes += 1
    company.save()
    assert count_due(LATER) == 2 and waiting(company) is None
    assert [shares(cast, month, "received")["received"][0] for month in ("2026-11", "2026-12")] == [0, 2]
    assert list(differences(company, LATER)) == []


def test_leap_days_and_months_without_cases(cast: Cast) -> None:
    assert Period.read("2028-02") == Period(date(2028, 2, 1), date(2028, 2, 29))
    assert Period.month(2028, 2).before(12) == Period.month(2027, 2)
    assert Period(date(2028, 2, 29), date(2028, 2, 29)).before(12) == Period(date(2027, 2, 28), date(2027, 2, 28))
    assert moved(date(2026, 1, 31), 1) == date(2026, 2, 28) and str(Period.months(date(2026, 7, 9), 3)) == "2026-Q3"
    assert [Period.read(text) for text in ("2026-13", "2026-02-30", "x", "2026-11-02..2026-11-01", "")] == [None] * 5
    empty = figures(cast, "2028-02")
    assert empty["received"].value == 0 and empty["paid"].value == 0
    assert all(row.value is None and row.cannot for row in empty.values() if row.kpi.kind not in ("count", "fen"))


def test_what_is_entered_makes_the_rate_and_what_is_missing_is_said(cast: Cast, at: datetime) -> None:
    """A stock is averaged over the months; a site counts from its first month; nothing entered is not 0."""
    walk(cast, cast.judged(cast.complaint(at=at), at=at), "sign", at)
    assert figures(cast, "2026-11", "valid_exposed")["valid_exposed"].cannot[0] == "没填在管户：榕砚里 2026-11"  # type: ignore[index]
    enter(cast.shen_yue, cast.site.pk, "homes", {date(2026, 11, 1): 1600, date(2026, 12, 1): 2400}, at)
    november, both = (figures(cast, period, "valid_exposed")["valid_exposed"] for period in ("2026-11", "2026-11-01..2026-12-31"))
    assert (november.value, november.denominator) == (6.25, 1600) and november.unit[0] == "每 10,000 在管户"
    assert both.value == 5 and november.interval and november.interval[0] < 6.25 < november.interval[1]
    assert figures(cast, "2026-11", "valid_exposed", department=cast.engineering.pk)["valid_exposed"].cannot is not None
    assert figures(cast, "2026-11", "valid_exposed", site=cast.other_site.pk)["valid_exposed"].cannot is not None
    points = series(cast.company, date(2026, 11, 1), date(2026, 12, 31), "month", "category", "homes", "stock")
    assert [(point.start, point.site, point.received, point.valid, point.exposure) for point in points] == [
        (date(2026, 11, 1), cast.site.pk, 1, 1, 1600)
    ]
    assert [point.start for point in series(cast.company, date(2026, 11, 1), date(2026, 11, 22), "week")] == [date(2026, 11, 16)]
    assert series(cast.company, date(2026, 11, 1), date(2026, 11, 21), "week") == []  # a part of a week is no week


def test_the_same_customer_about_the_same(cast: Cast, at: datetime) -> None:
    """Counted for both: the first was complained of again, the second repeats it; another category or too late is another matter."""
    first = walk_to_the_end(cast, at)
    second = cast.complaint(at=at + days(80))
    other = cast.complaint(at=at + days(2), items=[("楼道灯不亮", "lighting")])
    counted(cast)
    repeats = dict(CaseFact.objects.values_list("case", "repeats"))
    assert repeats == {first.pk: None, second.pk: first.pk, other.pk: None}
    assert CaseFact.objects.get(case=first).repeated == second.pk
    assert not CaseFact.objects.get(case=first).first_time
    late = cast.complaint(at=at + days(171))
    counted(cast)
    assert CaseFact.objects.get(case=late).repeats is None


def walk_to_the_end(cast: Cast, at: datetime) -> Case:
    case = cast.judged(cast.complaint(at=at), at=at)
    walk(cast, case, "done", at + minutes(3))
    return case


def test_figures_outlive_de_identification(cast: Cast, at: datetime) -> None:
    """Not one fact and not one sum is another afterwards, counted act by act or from nothing; and none of them holds a word."""
    case = cast.judged(cast.complaint(at=at), at=at, facts={"money": True})
    walk(cast, case, "answer", at)
    money = next(row for row in cast.pack.remedies if row.money)
    actions.propose(cast.zhou_hai, case.pk, words="补偿", promises=[Promise("补偿", remedy=money.id, cost=20_000)], at=at + minutes(5))
    actions.approve(cast.he_wei, case.pk, at=at + minutes(6))
    actions.reply(cast.zhou_hai, case.pk, channel="hotline", words="查清了", at=at + minutes(7))
    actions.agree(None, case.pk, words="好", actor="customer", at=at + minutes(8))
    settle(cast.zhou_hai, cast.he_wei, case, at + minutes(9), "付清")
    walk(cast, case, "done", at + minutes(10))
    again = cast.complaint(at=at + days(3))
    counted(cast)
    facts, cells = kept()
    assert CaseFact.objects.get(case=case).repeated == again.pk and any(row[2] == "money" for row in cells)
    end = at.replace(year=at.year + 4)
    deidentify(cast.luo_qing, case.pk, at=end)
    assert Mark.objects.exists()
    counted(cast, end)
    assert kept() == (facts, cells)
    rebuild(cast.company, end)
    assert kept() == (facts, cells) and list(differences(cast.company, end)) == []


def kept() -> tuple[list[object], list[object]]:
    """Facts and sums, but for the length of the journal."""
    facts: list[object] = [
        *CaseFact.objects.order_by("case").defer("n").values_list(*(f.name for f in CaseFact._meta.fields if f.name not in ("id", "n"))),
        *ClockFact.objects.order_by("case", "due_at", "obligation", "round", "began_at").values_list(
            *(f.name for f in ClockFact._meta.fields if f.name != "id")
        ),
        *StepFact.objects.order_by("case", "round", "entered_at", "step").values_list(
            *(f.name for f in StepFact._meta.fields if f.name != "id")
        ),
    ]
    rows = Tally.objects.order_by("grain", "kind", "dimension", "period", "site", "department", "value").values_list()
    return facts, [row[1:] for row in rows if any(row[-8:])]


def test_steps_and_a_bounce_tell_where_time_was_lost(cast: Cast, at: datetime) -> None:
    case = cast.complaint(at=at)
    actions.judge(cast.lin_xiao, case.pk, nature="valid", facts={}, at=at + minutes(10))
    actions.dispatch(cast.lin_xiao, case.pk, lead=cast.security.pk, at=at + minutes(15))
    actions.send_back(cast.chen_li, case.pk, reason="不归安保", at=at + minutes(45))
    actions.dispatch(cast.lin_xiao, case.pk, lead=cast.engineering.pk, at=at + minutes(75))
    actions.sign(cast.zhou_hai, case.pk, at=at + minutes(80))
    counted(cast)
    steps = {row.step: (row.clock, row.work) for row in StepFact.objects.filter(case=case)}
    assert steps == {"judge": (10, 10), "dispatch": (65, 65), "sign": (5, 5), "bounce": (60, 60), "investigate": (None, None)}
    assert CaseFact.objects.get(case=case).bounces == 1


def test_a_reader_of_one_site_is_told_of_that_site(cast: Cast, at: datetime) -> None:
    from kesu.company.rights import rights_of

    cast.complaint(at=at)
    cast.complaint(by=cast.wu_tong, at=at, site_id=cast.other_site.pk, home="1栋1单元101")
    counted(cast)
    november = Period.month(2026, 11)
    told = {person: measure(rights_of(person, LATER), november, LATER, ["received"])[0] for person in (cast.shen_yue, cast.he_wei)}
    assert [told[person].value for person in (cast.shen_yue, cast.he_wei)] == [2, 1]
    head = measure(rights_of(cast.zhou_hai, LATER), november, LATER, ["received"])[0]
    assert head.value == 0  # nothing is led by his department yet
    stranger = measure(rights_of(cast.bai_shi, LATER), november, LATER, ["received"])[0]
    assert not stranger.value
    assert measure(rights_of(cast.he_wei, LATER), november, LATER, ["received"], site=cast.other_site.pk)[0].value == 0


def test_a_site_opened_in_the_middle_of_a_month_counts_from_then(cast: Cast, at: datetime) -> None:
    enter(cast.shen_yue, cast.site.pk, "homes", {date(2026, month, 1): 1000 for month in (10, 11)}, at)
    cast.complaint(at=on("10-05", "10:00"))
    case = cast.complaint(by=cast.wu_tong, at=at, site_id=cast.other_site.pk, home="1栋1单元101")
    assert case and "听橘苑 2026-11" in figures(cast, "2026-10-01..2026-11-30", "valid_exposed")["valid_exposed"].cannot[0]  # type: ignore[index]
    enter(cast.shen_yue, cast.other_site.pk, "homes", {date(2026, 11, 1): 500}, at)
    assert figures(cast, "2026-10-01..2026-11-30", "valid_exposed")["valid_exposed"].denominator == 1500
    assert Site.objects.count() >= 2


def test_an_act_marks_and_the_worker_counts_once(cast: Cast, at: datetime) -> None:
    case = cast.complaint(at=at)
    assert Mark.objects.filter(case=case).count() == 1 and waiting(cast.company) == at
    assert count_due(at) == 1 and count_due(at) == 0 and not Mark.objects.exists()
    take(cast, case, "judge", at + minutes(1))
    assert [waiting(cast.company), count_due(at), waiting(cast.company)] == [at + minutes(1), 1, None]


def test_what_those_outside_found_makes_their_rates(cast: Cast, at: datetime) -> None:
    """12345 called three citizens: two answered in time of three, one solved of two (its verdict was changed), none said content. ODR: one
    of two settled. The market supervision: one mediated with success, one without a result yet."""
    one, two, three, four = (cast.judged(cast.complaint(phone=f"1390000200{n}", home=f"6栋2单元110{n}", at=at), at=at) for n in range(4))
    rates = ("hotline_replied", "hotline_solved", "hotline_content", "conciliated", "mediated")
    nothing = figures(cast, "2026-11", *rates)
    assert [row.value for row in nothing.values()] == [None] * 5
    assert nothing["hotline_solved"].cannot == ("单里没有记 12345 的评定", "no case has a verdict of the hotline on record")
    hotline = {"body": "hotline_12345"}
    for case, said in ((one, {"replied": True, "solved": False}), (two, {"replied": True, "solved": False}), (three, {"replied": False})):
        actions.outside_verdict(cast.lin_xiao, case.pk, **hotline, **said, at=at + hours(1))
    actions.outside_verdict(cast.lin_xiao, two.pk, **hotline, solved=True, words="复核后改了", at=at + hours(2))
    for case, body in ((one, "online_settling"), (two, "online_settling"), (three, "market_supervision"), (four, "market_supervision")):
        actions.hand_outside(cast.lin_xiao, case.pk, body=body, words="对方会联系您", at=at + hours(3))
    actions.outside_verdict(cast.lin_xiao, one.pk, body="online_settling", solved=True, at=at + hours(4))
    actions.outside_answer(cast.lin_xiao, three.pk, handover_id=three.handovers.get().pk, words="调解书", solved=True, at=at + hours(5))
    with pytest.raises(Refused, match="^verdict"):
        actions.outside_verdict(cast.lin_xiao, one.pk, **hotline, words="没说", at=at + hours(6))
    with pytest.raises(Refused, match="^body"):
        actions.outside_verdict(cast.lin_xiao, one.pk, body="king", solved=True, at=at + hours(6))
    wanted = {"hotline_replied": (2, 3), "hotline_solved": (1, 2), "hotline_content": (None, 0), "conciliated": (1, 2), "mediated": (1, 2)}
    assert {id: (n or None, of) for id, (n, of) in shares(cast, "2026-11", *rates).items()} == wanted
    november = Period.month(2026, 11)
    assert list(cases_of(Coverage.of(cast.company), "hotline_solved", november, LATER, "rest")) == [one]
    end = at.replace(year=at.year + 4)
    for case in (one, two, three, four):
        Case.objects.filter(pk=case.pk).update(closed_at=at + days(9))
    assert list(differences(cast.company, LATER))  # closed past the acts: the proof sees it
    rebuild(cast.company, end)
    deidentify(cast.luo_qing, two.pk, at=end)
    assert {id: (n or None, of) for id, (n, of) in shares(cast, "2026-11", *rates, at=end).items()} == wanted
    assert "复核" not in str([row.data for row in two.journal.all()])
