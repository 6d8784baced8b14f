"""Corrective and preventive action from the complaint to the closing, as the cast lives it (P-13, B-18, ISO 10002 7.7)."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.core.exceptions import ObjectDoesNotExist
from tests.cast import Cast
from tests.complaints.story import clock, days, hours, minutes, on, refused, shown, walk
from tests.complaints.story import fresh as fresh_case
from tests.improvement.capas import (
    CAUSE,
    chain_holds,
    entries,
    found,
    fresh,
    judged,
    opened,
    planned,
    rung,
    running,
    told,
    watched,
    with_measure,
)

from kesu.complaints import actions as complaints
from kesu.complaints.files import Upload
from kesu.config.proof import prove
from kesu.improvement import actions, looking, ringing
from kesu.improvement.actions import Owner, Same
from kesu.improvement.models import Capa, CapaNumber, Origin, Recurrence
from kesu.improvement.queries import listing, owed, sight
from kesu.improvement.queries.record_page import open_page
from kesu.improvement.queries.recurrence import effect
from kesu.procedure.refused import Refused

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


def test_a_major_complaint_is_not_closed_before_it_is_put_right(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at, facts={"media": True})
    if fresh_case(case).grade != "major":
        complaints.regrade(cast.shen_yue, case.pk, grade="major", reason="伤了人", at=at)
    walk(cast, case, "close", at + minutes(1))
    assert clock(case, "put_right").role == "quality"
    with refused("not_ready") as no:
        complaints.close(cast.lin_xiao, case.pk, at=at + hours(1))
    assert "还没立项整改" in no.value.zh
    opened(cast, at + hours(1), fresh_case(case))
    assert clock(case, "put_right").state == "done"
    complaints.close(cast.lin_xiao, case.pk, at=at + hours(2))
    assert fresh_case(case).closed_at


def test_an_important_one_is_owed_five_days_after_closing(cast: Cast, at: datetime) -> None:
    case = found(cast, at)
    walk(cast, case, "archive", at + minutes(1))
    row = clock(case, "put_right_later")
    assert (row.state, shown(row.due_at)) == ("running", "11-26 00:00")
    capa = opened(cast, at + days(1), fresh_case(case))
    assert clock(case, "put_right_later").state == "done"
    assert [entry.data["record"] for entry in case.journal.filter(act="put_right")] == [capa.number]


def test_put_right_before_closing_it_is_not_asked_for_again(cast: Cast, at: datetime) -> None:
    case = found(cast, at)
    opened(cast, at + minutes(1), case)
    walk(cast, case, "archive", at + minutes(2))
    assert not case.clocks.filter(obligation="put_right_later").exists()


def test_the_whole_way(cast: Cast, at: datetime) -> None:
    capa = opened(cast, at)
    assert (capa.number, capa.stage, capa.cause, capa.same_category) == ("ZG-2026-001", "plan", CAUSE, "lift")
    assert running(capa) == {"plan": "11-28 00:00"}
    first = with_measure(cast, capa, at, kind="containment", due=1)
    second = actions.measure(
        cast.luo_qing,
        capa.pk,
        kind="corrective",
        what="换件周期写进维保合同",
        owner=Owner(department=cast.engineering.pk),
        due_at=at + days(10),
        at=at,
    )
    assert told("capa_measure") == {("capa_measure", "周海")}
    actions.plan(cast.luo_qing, capa.pk, cause=CAUSE, words="维保计划没写换件周期", at=at + hours(1))
    assert fresh(capa).stage == "carry" and running(capa) == {"measure": "11-21 14:32"}
    upload = Upload("验收.png", len(PNG), [PNG])
    actions.end(cast.zhou_hai, capa.pk, measure_id=first.pk, words="停用 2 台", uploads=[upload], at=at + hours(3))
    assert fresh(capa).stage == "carry"
    with pytest.raises(Capa.DoesNotExist):  # a handler sees what he was handed, not all that his department owes
        actions.end(cast.ma_qiang, capa.pk, measure_id=second.pk, words="签了", at=at + days(9))
    actions.end(cast.zhou_hai, capa.pk, measure_id=second.pk, words="合同补充条款已签", at=at + days(9))
    now = fresh(capa)
    assert (now.stage, shown(now.watch_until)) == ("watch", "01-28 14:32")
    assert running(capa) == {"judge": "02-05 00:00"}
    assert not owed.owed(cast.luo_qing, at + days(10))  # nothing to judge yet
    assert [clock.duty for clock in owed.owed(cast.luo_qing, now.watch_until)] == ["judge"]  # type: ignore[arg-type]
    actions.judge(cast.luo_qing, capa.pk, verdict="effective", words="没有再来", at=now.watch_until + hours(1))  # type: ignore[operator]
    now = fresh(capa)
    assert (now.stage, now.verdict, now.counted["before"], now.counted["after"]) == ("close", "effective", 1, 0)
    actions.close(cast.shen_yue, capa.pk, words="收口", at=now.judged_at + hours(1))  # type: ignore[operator]
    assert fresh(capa).closed_at and running(capa) == {}
    assert [entry.act for entry in entries(capa)] == [
        "open", "measure", "measure", "plan", "end", "end", "watching", "judge", "close",
    ]  # fmt: skip
    assert chain_holds(capa)
    proof = prove()
    assert proof.faults == [] and proof.records == 1


def test_numbers_are_the_companys_and_the_years(cast: Cast, at: datetime) -> None:
    numbers = [opened(cast, when).number for when in (at, at + hours(1), on("12-31", "23:59"), on("01-01", "00:00", 2027))]
    assert numbers == ["ZG-2026-001", "ZG-2026-002", "ZG-2026-003", "ZG-2027-001"]
    assert [(row.year, row.last) for row in CapaNumber.objects.order_by("year")] == [(2026, 3), (2027, 1)]


def test_a_refused_opening_leaves_no_gap(cast: Cast, at: datetime) -> None:
    case = found(cast, at)
    with refused("same"):
        actions.open_capa(cast.luo_qing, [case.pk], problem="又来", same=Same(cause=False, category=False), at=at)
    with refused("missing"):
        actions.open_capa(cast.luo_qing, [case.pk], problem="  ", at=at)
    with refused("cases"):
        actions.open_capa(cast.luo_qing, [], problem="又来", at=at)
    with refused("not_allowed"):  # sees it, may not open
        actions.open_capa(cast.fang_jing, [case.pk], problem="又来", at=at)
    assert not Capa.objects.exists() and not Origin.objects.exists()
    assert opened(cast, at, case).number == "ZG-2026-001"


def test_the_same_form_sent_twice_opens_once(cast: Cast, at: datetime) -> None:
    case = found(cast, at)
    first, again = (actions.open_capa(cast.luo_qing, [case.pk], problem="又来", key="k1", at=at) for _ in range(2))
    assert first.pk == again.pk and Capa.objects.count() == 1


def test_many_complaints_share_what_is_watched(cast: Cast, at: datetime) -> None:
    lift = found(cast, at)
    other = found(cast, at, items=[("路灯灭了", "lighting")], phone="13900001008")
    capa = opened(cast, at, lift, other)
    assert (capa.same_cause, capa.same_category) == (CAUSE, "")
    third = found(cast, at, phone="13900001009")
    actions.include(cast.luo_qing, capa.pk, case_id=third.pk, at=at)
    assert capa.origins.count() == 3
    with refused("included"):
        actions.include(cast.luo_qing, capa.pk, case_id=third.pk, at=at)


# --- refusals --------------------------------------------------------------------------------------------------------------------


def test_measures_that_are_refused(cast: Cast, at: datetime) -> None:
    capa = opened(cast, at)
    good = {"kind": "corrective", "what": "换皮带", "owner": Owner(person=cast.zhou_hai.pk), "due_at": at + days(3)}
    for code, wrong in (
        ("missing", {"what": " "}),
        ("kind", {"kind": "magic"}),
        ("owner", {"owner": Owner()}),
        ("owner", {"owner": Owner(person=cast.zhou_hai.pk, department=cast.engineering.pk)}),
        ("owner", {"owner": Owner(person=cast.bai_shi.pk)}),
        ("owner", {"owner": Owner(department=cast.department("engineering", "TJ").pk)}),
        ("missing", {"due_at": None}),
        ("past", {"due_at": at}),
        ("date", {"due_at": datetime.max.replace(tzinfo=at.tzinfo, microsecond=0)}),
    ):
        with refused(code):
            actions.measure(cast.luo_qing, capa.pk, **(good | wrong), at=at)  # type: ignore[arg-type]
    assert not fresh(capa).measures.exists() and len(entries(capa)) == 1


def test_no_plan_without_a_corrective_measure_and_a_cause(cast: Cast, at: datetime) -> None:
    capa = opened(cast, at)
    with refused("measures"):
        actions.plan(cast.luo_qing, capa.pk, cause=CAUSE, words="没换", at=at)
    with_measure(cast, capa, at, kind="containment")
    with refused("measures"):
        actions.plan(cast.luo_qing, capa.pk, cause=CAUSE, words="没换", at=at)
    row = with_measure(cast, capa, at)
    with refused("cause"):
        actions.plan(cast.luo_qing, capa.pk, cause="magic", words="没换", at=at)
    actions.plan(cast.luo_qing, capa.pk, cause=CAUSE, words="没换", at=at)
    with refused("measures"):  # the only corrective one
        actions.drop(cast.luo_qing, capa.pk, measure_id=row.pk, reason="不做了", at=at)


def test_no_closing_before_every_measure_ended_and_the_effect_was_judged(cast: Cast, at: datetime) -> None:
    capa, _row = planned(cast, at)
    for act in (
        lambda: actions.close(cast.luo_qing, capa.pk, at=at + days(1)),
        lambda: actions.judge(cast.luo_qing, capa.pk, verdict="effective", words="好", at=at + days(1)),
    ):
        with refused("wrong_stage"):
            act()
    capa = watched(cast, at + days(2))
    with refused("wrong_stage"):
        actions.close(cast.luo_qing, capa.pk, at=at + days(4))
    with refused("too_early"):
        actions.judge(cast.luo_qing, capa.pk, verdict="effective", words="好", at=capa.watch_until - minutes(1))  # type: ignore[operator]


def test_whoever_owned_a_measure_does_not_judge(cast: Cast, at: datetime) -> None:
    capa = opened(cast, at)
    row = with_measure(cast, capa, at, owner=cast.luo_qing)
    actions.plan(cast.luo_qing, capa.pk, cause=CAUSE, words="没换", at=at)
    actions.end(cast.luo_qing, capa.pk, measure_id=row.pk, words="换了", at=at + days(1))
    over = fresh(capa).watch_until
    assert over
    with refused("took_part"):
        actions.judge(cast.luo_qing, capa.pk, verdict="effective", words="好", at=over)
    actions.judge(cast.shen_yue, capa.pk, verdict="effective", words="好", at=over)


def test_only_the_owner_ends_a_measure_and_once(cast: Cast, at: datetime) -> None:
    capa, row = planned(cast, at)
    with refused("not_yours"):
        actions.end(cast.luo_qing, capa.pk, measure_id=row.pk, words="办了", at=at + hours(1))
    with refused("missing"):
        actions.end(cast.zhou_hai, capa.pk, measure_id=row.pk, words="", at=at + hours(1))
    with refused("file_kind"):
        upload = Upload("a.exe", 3, [b"MZ0"])
        actions.end(cast.zhou_hai, capa.pk, measure_id=row.pk, words="办了", uploads=[upload], at=at + hours(1))
    actions.end(cast.zhou_hai, capa.pk, measure_id=row.pk, words="办了", at=at + hours(1))
    with refused("wrong_stage"):
        actions.end(cast.zhou_hai, capa.pk, measure_id=row.pk, words="又办", at=at + hours(2))


def test_handing_over(cast: Cast, at: datetime) -> None:
    capa, row = planned(cast, at)
    with refused("same_owner"):
        actions.hand(cast.luo_qing, capa.pk, measure_id=row.pk, owner=Owner(person=cast.zhou_hai.pk), reason="休假", at=at)
    actions.hand(cast.luo_qing, capa.pk, measure_id=row.pk, owner=Owner(department=cast.security.pk), reason="休假", at=at)
    with pytest.raises(Capa.DoesNotExist):  # nothing of his any more
        actions.end(cast.zhou_hai, capa.pk, measure_id=row.pk, words="办了", at=at + hours(1))
    assert [clock.measure_id for clock in owed.owed(cast.chen_li, at)] == [row.pk]
    actions.end(cast.chen_li, capa.pk, measure_id=row.pk, words="办了", at=at + hours(1))


def test_more_time_is_a_governed_act(cast: Cast, at: datetime) -> None:
    capa, row = planned(cast, at)
    ask = {"measure_id": row.pk, "new_due": at + days(20), "reason": "备件没到"}
    with refused("missing"):
        actions.ask_extension(cast.zhou_hai, capa.pk, **(ask | {"reason": ""}), at=at)  # type: ignore[arg-type]
    with refused("sooner"):
        actions.ask_extension(cast.zhou_hai, capa.pk, **(ask | {"new_due": row.due_at}), at=at)  # type: ignore[arg-type]
    with refused("too_far"):
        actions.ask_extension(cast.zhou_hai, capa.pk, **(ask | {"new_due": row.due_at + days(31)}), at=at)  # type: ignore[arg-type]
    with refused("late"):
        actions.ask_extension(cast.zhou_hai, capa.pk, **ask, at=row.due_at)  # type: ignore[arg-type]
    actions.ask_extension(cast.zhou_hai, capa.pk, **ask, at=at + days(5))  # type: ignore[arg-type]
    with refused("asked"):
        actions.ask_extension(cast.zhou_hai, capa.pk, **ask, at=at + days(5))  # type: ignore[arg-type]
    assert [clock.duty for clock in owed.owed(cast.shen_yue, at + days(5))] == ["extend"]
    with refused("not_allowed"):
        actions.grant_extension(cast.luo_qing, capa.pk, measure_id=row.pk, at=at + days(6))
    actions.grant_extension(cast.shen_yue, capa.pk, measure_id=row.pk, words="下不为例", at=at + days(6))
    row.refresh_from_db()
    assert (row.first_due_at, row.due_at) == (at + days(10), at + days(20))
    assert running(capa) == {"measure": "12-10 14:32"} and not owed.owed(cast.shen_yue, at + days(6))
    with refused("answered"):
        actions.refuse_extension(cast.shen_yue, capa.pk, measure_id=row.pk, reason="不行", at=at + days(6))
    ringing.ring_due(at + days(19))
    assert [kind for _, kind, _ in rung(capa)] == ["warned"]  # not late at the old date


def test_ones_own_request_is_answered_by_somebody_else(cast: Cast, at: datetime) -> None:
    capa = opened(cast, at)
    row = with_measure(cast, capa, at, owner=cast.shen_yue)
    actions.ask_extension(cast.shen_yue, capa.pk, measure_id=row.pk, new_due=at + days(12), reason="出差", at=at)
    with refused("own"):
        actions.grant_extension(cast.shen_yue, capa.pk, measure_id=row.pk, at=at)


# --- who sees ------------------------------------------------------------------------------------------------------------------------


def test_strangers_do_not_find_it(cast: Cast, at: datetime) -> None:
    capa, row = planned(cast, at)
    for stranger in (cast.bai_shi, cast.wu_tong, cast.zheng_chuan, cast.chen_li):
        assert not sight.visible_to(stranger, at).exists()
        assert not owed.owed(stranger, at)
        for act in (
            lambda who=stranger: actions.note(who, capa.pk, words="看看", at=at),
            lambda who=stranger: actions.end(who, capa.pk, measure_id=row.pk, words="办了", at=at),
            lambda who=stranger: actions.judge(who, capa.pk, verdict="effective", words="好", at=at),
        ):
            with pytest.raises(Capa.DoesNotExist):
                act()
        with pytest.raises(ObjectDoesNotExist):
            actions.open_capa(stranger, [capa.origins.get().case_id], problem="又来", at=at)
    for friend in (cast.luo_qing, cast.zhou_hai, cast.he_wei, cast.lin_xiao, cast.shen_yue):
        assert sight.visible_to(friend, at).get().pk == capa.pk


# --- ringing --------------------------------------------------------------------------------------------------------------------------


def test_warned_late_and_climbing_each_once(cast: Cast, at: datetime) -> None:
    capa, _row = planned(cast, at)
    assert ringing.ring_due(at + days(7)) == 0
    for when in (days(8), days(8), days(10), days(14), days(14)):
        ringing.ring_due(at + when)
    assert rung(capa) == [
        ("11-28 02:32", "warned", ["周海"]),
        ("11-30 14:32", "fell_late", ["周海"]),
        ("11-30 14:32", "climbed", ["何伟"]),
        ("12-03 14:32", "climbed", ["沈岳"]),
    ]
    assert told("warned", "fell_late", "climbed") == {
        ("warned", "周海"), ("fell_late", "周海"), ("climbed", "何伟"), ("climbed", "沈岳"),
    }  # fmt: skip
    assert chain_holds(capa)


def test_a_worker_that_slept_tells_each_once(cast: Cast, at: datetime) -> None:
    capa, _row = planned(cast, at)
    ringing.ring_due(at + days(30))
    assert len(rung(capa)) == 4
    assert told("warned", "fell_late", "climbed") == {("fell_late", "周海"), ("climbed", "何伟"), ("climbed", "沈岳")}


# --- did it come back -----------------------------------------------------------------------------------------------------------------


def test_counted_before_and_after(cast: Cast, at: datetime) -> None:
    long_ago = at - days(70)
    cast.company.founded_at = at - days(40)  # open for forty days: no more exposure than that
    cast.company.save()
    for n, back in enumerate((39, 20, 3)):
        found(cast, at - days(back), phone=f"1390000201{n}")
    found(cast, at - days(2), phone="13900002020", items=[("路灯灭了", "lighting")])
    case = found(cast, at)
    capa = watched(cast, at, case)
    while_carrying = cast.complaint(at=at + hours(3), phone="13900002021")
    seen = effect(capa, at + days(21))
    assert (seen.before.n, seen.before.days, seen.before.rate) == (4, 40.0, 3.0)
    assert seen.after and (seen.after.n, seen.after.days, seen.after.rate) == (0, 20.0, 0.0)
    again = found(cast, at + days(11), phone="13900002022")
    not_sure = cast.complaint(at=at + days(12), phone="13900002023")
    elsewhere = cast.complaint(by=cast.wu_tong, at=at + days(12), phone="13900002024", site_id=cast.other_site.pk)
    seen = effect(capa, at + days(21))
    assert seen.after and seen.after.n == 2 and [row.pk for row in seen.cases] == [not_sure.pk, again.pk]
    assert seen.unsure == {not_sure.pk}
    assert elsewhere.pk and while_carrying.pk and long_ago < at
    complaints.withdraw(cast.lin_xiao, again.pk, reason="不要了", at=at + days(13))
    assert effect(capa, at + days(21)).cases == [not_sure]


def test_no_effect_begins_a_new_round(cast: Cast, at: datetime) -> None:
    capa = watched(cast, at)
    found(cast, at + days(5), phone="13900002030")
    actions.judge(cast.luo_qing, capa.pk, verdict="not_effective", words="又来了", at=at + days(6))
    now = fresh(capa)
    assert (now.stage, now.round, now.counted["after"]) == ("plan", 2, 1)
    with refused("measures"):  # what was done in the first round is no plan for the second
        actions.plan(cast.luo_qing, capa.pk, cause=CAUSE, words="没换", at=at + days(6))
    with_measure(cast, now, at + days(6))
    actions.plan(cast.luo_qing, capa.pk, cause="contractor", words="外包偷懒", at=at + days(6))
    assert fresh(capa).same_cause == "contractor"


def test_coming_back_after_effective_is_told_once(cast: Cast, at: datetime) -> None:
    capa = judged(cast, at)
    assert capa.judged_at
    looking.look_due(capa.judged_at + hours(1))
    assert not Recurrence.objects.exists()
    case = found(cast, capa.judged_at + days(3), phone="13900002040")
    for when in (days(4), days(4), days(5)):
        looking.look_due(capa.judged_at + when)
    assert Recurrence.objects.get().case_id == case.pk
    assert told("capa_recurred") == {("capa_recurred", "罗晴")}
    assert [entry.data["cases"] for entry in entries(capa, "recurred")] == [[case.number]]
    actions.close(cast.luo_qing, capa.pk, at=capa.judged_at + days(5))
    actions.reopen(cast.luo_qing, capa.pk, reason="又来了", at=capa.judged_at + days(6))
    assert (fresh(capa).stage, fresh(capa).round, fresh(capa).verdict) == ("plan", 2, "")


def test_after_its_time_nobody_looks_any_more(cast: Cast, at: datetime) -> None:
    capa = judged(cast, at)
    assert capa.judged_at
    looking.look_due(capa.judged_at + days(181))
    assert fresh(capa).look_at is None
    found(cast, capa.judged_at + days(182), phone="13900002050")
    assert looking.look_due(capa.judged_at + days(200)) == 0


def test_the_proof_sees_a_changed_entry_and_a_missing_record(cast: Cast, at: datetime) -> None:
    from django.db import connection

    capa = opened(cast, at)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE improvement_capaentry SET name = %s WHERE capa_id = %s", ["别人", capa.pk])
    assert [(row.number, row.entry) for row in prove().faults] == [(capa.number, 1)]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE improvement_capanumber SET last = 2")
    assert "缺第 2 号" in {row.zh for row in prove().faults}


def test_a_record_opened_by_mistake_is_withdrawn_and_its_complaints_are_free_again(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(), at=at, facts={"media": True})
    complaints.regrade(cast.shen_yue, case.pk, grade="major", reason="伤了人", at=at)
    walk(cast, case, "close", at + minutes(1))
    capa = opened(cast, at + hours(1), fresh_case(case))
    row = with_measure(cast, capa, at + hours(1))
    with refused("not_allowed"):  # the pack gives that to the general manager alone
        actions.withdraw(cast.luo_qing, capa.pk, reason="立错了", at=at + hours(2))
    with refused("missing"):
        actions.withdraw(cast.shen_yue, capa.pk, reason=" ", at=at + hours(2))
    actions.withdraw(cast.shen_yue, capa.pk, reason="是另一台电梯", at=at + hours(2))
    now = fresh(capa)
    assert (now.stage, now.verdict, now.closed_at, running(capa)) == ("closed", "withdrawn", at + hours(2), {})
    assert ("capa_withdrawn", "周海") in told("capa_withdrawn")
    for act in (
        lambda: actions.end(cast.zhou_hai, capa.pk, measure_id=row.pk, words="换好", at=at + hours(3)),
        lambda: actions.reopen(cast.luo_qing, capa.pk, reason="又来", at=at + hours(3)),
        lambda: actions.withdraw(cast.shen_yue, capa.pk, reason="再撤", at=at + hours(3)),
    ):
        with pytest.raises(Refused):
            act()
    with refused("not_ready") as no:
        complaints.close(cast.lin_xiao, case.pk, at=at + hours(3))
    assert "还没立项整改" in no.value.zh and clock(case, "put_right").state == "running"
    assert fresh_case(case) in listing.choosable(cast.luo_qing, at + hours(3), listing.Sought())
    again = opened(cast, at + hours(4), fresh_case(case))
    complaints.close(cast.lin_xiao, case.pk, at=at + hours(5))
    assert fresh_case(case).closed_at and fresh(again).number == "ZG-2026-002"
    assert chain_holds(capa) and prove().faults == []


def test_a_complaint_that_another_record_holds_stays_put_right(cast: Cast, at: datetime) -> None:
    case = found(cast, at)
    first, second = opened(cast, at, case), opened(cast, at + hours(1), case)
    actions.withdraw(cast.shen_yue, first.pk, reason="立重了", at=at + hours(2))
    assert "put_right" in fresh_case(case).whole_marks
    actions.withdraw(cast.shen_yue, second.pk, reason="也不该立", at=at + hours(3))
    assert "put_right" not in fresh_case(case).whole_marks


def test_who_handed_a_measure_over_does_not_judge_its_effect(cast: Cast, at: datetime) -> None:
    capa = opened(cast, at)
    row = with_measure(cast, capa, at, owner=cast.luo_qing)
    actions.plan(cast.luo_qing, capa.pk, cause=CAUSE, words="没有换件周期", at=at)
    actions.hand(cast.luo_qing, capa.pk, measure_id=row.pk, owner=Owner(person=cast.zhou_hai.pk), reason="工程部办", at=at + hours(1))
    actions.end(cast.zhou_hai, capa.pk, measure_id=row.pk, words="换好", at=at + days(1))
    over = fresh(capa).watch_until
    assert over
    with refused("took_part"):
        actions.judge(cast.luo_qing, capa.pk, verdict="effective", words="没再来", at=over + minutes(1))
    assert not open_page(cast.luo_qing, capa.number, over + minutes(1)).may("judge")
    actions.judge(cast.he_wei, capa.pk, verdict="effective", words="没再来", at=over + minutes(1))
