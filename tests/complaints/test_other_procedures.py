"""Clocks of laws and platforms beside the company's own; events they count from; what repeats; a later stage for another person."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from tests.cast import Cast
from tests.complaints.story import clock, days, due, entries, fresh, hours, minutes, on, refused, republished, rung, running, states, walk

from kesu.complaints import actions, ringing, sentences
from kesu.complaints.models import Case, Pause
from kesu.complaints.queries import work
from kesu.complaints.queries.case_page import open_page
from kesu.complaints.queries.next_step import extendable
from kesu.procedure.packfaults import PackError
from kesu.procedure.packfile import loads

# --- events and the law (B1, B8) -------------------------------------------------------------------------------------------------


def test_a_demand_starts_the_legal_clock_at_its_own_time(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(at=at), at=at)
    actions.mark(cast.lin_xiao, case.pk, event="demand", happened_at=at + hours(2), words="来信要退费", at=at + days(1))
    ends = (at + days(16)).replace(hour=0, minute=0)
    assert clock(case, "law_demand", round=0).due_at == ends
    entry = entries(case, "mark")[0]
    assert entry.data["when"] == (at + hours(2)).isoformat() and entry.at == at + days(1)
    assert "住户要求退费、赔偿或重做" in sentences.say(entry, cast.pack, "zh-hans") and "来信要退费" in sentences.say(
        entry, cast.pack, "zh-hans"
    )


def test_the_country_s_working_days_are_not_the_site_s(cast: Cast) -> None:
    case = cast.judged(cast.complaint(at=on("11-20", "10:00")), at=on("11-20", "10:00"))
    actions.mark(cast.lin_xiao, case.pk, event="odr_received", at=on("11-20", "11:00"))
    assert due(case, "odr", round=0) == "12-05 00:00"  # Saturdays, on which the site opens, do not count
    actions.mark(cast.lin_xiao, case.pk, event="odr_answered", at=on("11-25", "11:00"))
    assert clock(case, "odr", round=0).state == "done"


def test_the_legal_clock_goes_on_through_pauses_and_rounds(cast: Cast, at: datetime) -> None:
    case = actions.sign(cast.zhou_hai, cast.judged(cast.complaint(at=at), at=at).pk, at=at)
    actions.mark(cast.lin_xiao, case.pk, event="demand", at=at)
    before = due(case, "law_demand", round=0)
    actions.pause(cast.lin_xiao, case.pk, reason="customer_away", at=at + hours(1))
    assert clock(case, "law_demand", round=0).state == "running"
    actions.resume(cast.lin_xiao, case.pk, at=at + hours(9))
    walk(cast, case, "visit", at + days(1))
    assert clock(case, "law_demand", round=0).state == "done"
    actions.visit(cast.su_min, case.pk, outcome="not_content", words="没退钱", at=(at + days(2)).replace(hour=10))
    assert due(case, "law_demand", round=0) == before


@pytest.mark.parametrize(
    ("event", "shift", "code"), [("demand", minutes(1), "future"), ("demand", -days(40), "before"), ("demnad", hours(0), "event")]
)
def test_an_event_that_cannot_be_is_refused(cast: Cast, at: datetime, event: str, shift: object, code: str) -> None:
    case = cast.judged(cast.complaint(at=at), at=at)
    with refused(code):
        actions.mark(cast.lin_xiao, case.pk, event=event, happened_at=at + shift, at=at)  # type: ignore[operator]
    assert not entries(case, "mark")


def test_what_came_before_the_complaint_is_recorded_where_the_procedure_says_how_long_before(cast: Cast, at: datetime) -> None:
    republished(cast, **{'[[events]]\nid = "demand"\n': '[[events]]\nid = "demand"\nearlier = "60d"\n'})
    case = cast.judged(cast.complaint(at=at), at=at)
    for too_early in (days(60) + minutes(1), days(366)):
        with refused("before"):
            actions.mark(cast.lin_xiao, case.pk, event="demand", happened_at=at - too_early, at=at)
    actions.mark(cast.lin_xiao, case.pk, event="demand", happened_at=at - days(20), at=at)
    owed = clock(case, "law_demand", round=0)
    assert owed.began_at == at - days(20) and owed.due_at == (at - days(4)).replace(hour=0, minute=0)  # over when it was recorded
    with refused("before"):
        actions.mark(cast.lin_xiao, case.pk, event="odr_received", happened_at=at - minutes(1), at=at)


def test_what_happens_again_is_owed_anew_once_the_first_was_done(cast: Cast) -> None:
    republished(cast, **{'id = "odr"\nname = "在 12315': 'anew = true\nid = "odr"\nname = "在 12315'})
    case = cast.judged(cast.complaint(at=on("11-20", "10:00")), at=on("11-20", "10:00"))
    actions.mark(cast.lin_xiao, case.pk, event="odr_received", at=on("11-20", "11:00"))
    actions.mark(cast.lin_xiao, case.pk, event="odr_received", at=on("11-23", "11:00"))
    assert due(case, "odr", round=0) == "12-05 00:00"  # from the first: 23–27 (5), 30, 1–4 December (10)
    actions.mark(cast.lin_xiao, case.pk, event="odr_answered", at=on("11-25", "11:00"))
    assert clock(case, "odr", round=0).state == "done"
    actions.mark(cast.lin_xiao, case.pk, event="odr_received", at=on("11-26", "11:00"))
    assert clock(case, "odr", round=0).state == "running" and due(case, "odr", round=0) == "12-11 00:00"  # 27 (1), 30–4 (6), 7–10
    actions.mark(cast.lin_xiao, case.pk, event="odr_received", at=on("11-27", "11:00"))
    assert due(case, "odr", round=0) == "12-11 00:00"
    actions.mark(cast.lin_xiao, case.pk, event="odr_answered", at=on("12-11", "00:01"))
    assert clock(case, "odr", round=0).state == "done" and clock(case, "odr", round=0).done_at == on("12-11", "00:01")


def test_a_report_to_an_authority_is_owed_though_the_customer_withdraws(cast: Cast, at: datetime) -> None:
    republished(
        cast,
        **{
            "outlives_closing = true\n": "",
            'id = "odr"\nname = "在 12315': 'despite_withdrawal = true\nid = "odr"\nname = "在 12315',
            'needs = ["approvals_answered", "not_paused"]': 'needs = ["approvals_answered", "not_paused", "clocks_done"]',
        },
    )
    case = cast.judged(cast.complaint(at=at), at=at)
    actions.mark(cast.lin_xiao, case.pk, event="odr_received", at=at)
    actions.mark(cast.lin_xiao, case.pk, event="demand", at=at)
    actions.withdraw(None, case.pk, reason="不用了", actor="customer", at=at + hours(1))
    assert clock(case, "odr", round=0).state == "running" and clock(case, "law_demand", round=0).state != "running"
    with refused("not_ready"):
        actions.close(cast.lin_xiao, case.pk, at=at + hours(2))
    actions.mark(cast.lin_xiao, case.pk, event="odr_answered", at=at + hours(3))
    assert actions.close(cast.lin_xiao, case.pk, at=at + hours(4)).step == "archive"


def test_reception_may_not_record_events(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(at=at), at=at)
    with refused("not_allowed"):
        actions.mark(cast.fang_jing, case.pk, event="demand", at=at)


def test_a_law_counts_for_complaints_received_while_it_is_in_force(cast: Cast, at: datetime) -> None:
    day = at.date()
    republished(cast, **{'article = "第八条、第十四条"\n': f'article = "第八条、第十四条"\nsince = {day + days(1)}\n'})
    old, new = (cast.judged(cast.complaint(at=when), at=when) for when in (at, at + days(1)))
    for case in (old, new):
        actions.mark(cast.lin_xiao, case.pk, event="demand", at=at + days(2))
    assert "law_demand" not in states(old) and "law_demand" in states(new)
    assert isinstance(day, date)


# --- what repeats ----------------------------------------------------------------------------------------------------------------

CHASER = """
[[obligations]]
id = "chase"
name = "催问住户"
name_en = "Chase the resident"
source = "M-13"
begins = ["pause:customer_away"]
until = ["contact", "ask"]
limit = "12h"
repeats = true
stops = ["resume"]
role = "affairs_supervisor"
act = "contact"
"""


def test_a_chaser_comes_again_until_the_pause_ends(cast: Cast, at: datetime) -> None:
    republished(cast, CHASER)
    case = actions.sign(cast.zhou_hai, cast.judged(cast.complaint(at=at), at=at).pk, at=at)
    actions.pause(cast.lin_xiao, case.pk, reason="customer_away", at=at)
    assert clock(case, "chase").due_at == at + hours(12)
    actions.contact(cast.lin_xiao, case.pk, channel="hotline", words="没人接", at=at + hours(3))
    assert clock(case, "chase").due_at == at + hours(15)
    ringing.ring_due(at + hours(16))
    actions.contact(cast.lin_xiao, case.pk, channel="hotline", words="明天回来", at=at + hours(20))
    assert clock(case, "chase").due_at == at + hours(32)
    assert [row[1] for row in rung(case, "chase")] == ["fell_late"]
    actions.resume(cast.lin_xiao, case.pk, at=at + hours(23))
    assert clock(case, "chase").state == "done" and "chase" not in running(case)


def test_all_pauses_for_a_reason_together_are_capped(cast: Cast, at: datetime) -> None:
    found = re.search(r'id = "customer_away"\n(?:.*\n)*?longest = "[^"]*"\n', cast.version.text)
    assert found
    republished(cast, **{found[0]: found[0] + 'in_all = "20h"\n'})
    case = actions.sign(cast.zhou_hai, cast.judged(cast.complaint(at=at), at=at).pk, at=at)
    actions.pause(cast.lin_xiao, case.pk, reason="customer_away", at=at)
    actions.resume(cast.lin_xiao, case.pk, at=at + hours(15))
    actions.pause(cast.lin_xiao, case.pk, reason="customer_away", at=at + hours(16))
    assert Pause.objects.get(case=case, ended_at=None).ends_by == at + hours(21)
    actions.resume(cast.lin_xiao, case.pk, at=at + hours(21))
    with refused("used_up"):
        actions.pause(cast.lin_xiao, case.pk, reason="customer_away", at=at + hours(22))


# --- stages, fast paths ----------------------------------------------------------------------------------------------------------

STAGE = """
[[stages]]
id = "second"
number = 2
name = "复核"
name_en = "Review"
other_person = ["find_cause", "propose"]
"""


def test_a_later_stage_is_for_somebody_else(cast: Cast, at: datetime) -> None:
    republished(cast, STAGE)
    case = cast.judged(cast.complaint(at=at), at=at)
    walk(cast, case, "report", at)
    actions.reopen(cast.lin_xiao, case.pk, reason="又坏了", at=at + hours(1))
    actions.dispatch(cast.fang_jing, case.pk, lead=cast.engineering.pk, at=at + hours(1))
    actions.sign(cast.zhou_hai, case.pk, at=at + hours(1))
    with refused("same_person"):
        actions.find_cause(cast.zhou_hai, case.pk, cause="equipment", words="还是皮带", at=at + hours(2))
    actions.find_cause(cast.he_wei, case.pk, cause="equipment", words="复查：装反了", at=at + hours(2))
    assert fresh(case).cause == "equipment"


FAST = """
[[fast_paths]]
id = "by_next_day"
name = "第二个工作日办好"
name_en = "Settled by the next working day"
begins = ["receive"]
by = ["return"]
within = "1wd"
time = "official"

[[obligations]]
id = "summary"
name = "简短书面答复"
name_en = "Short letter"
source = "M-6"
begins = ["return"]
until = ["report_back"]
limit = "2d"
role = "receptionist"
scope = "receiver"
if_fast = "by_next_day"
act = "report_back"
"""


def _returned(cast: Cast, received: datetime, returned: datetime) -> Case:
    case = actions.sign(cast.zhou_hai, cast.judged(cast.complaint(at=received), at=received).pk, at=received)
    walk(cast, case, "report", returned)
    return case


def test_a_quick_end_changes_what_is_owed(cast: Cast) -> None:
    republished(cast, FAST, **{'id = "month"\n': 'id = "month"\nunless_fast = "by_next_day"\n'})
    received = on("11-20", "10:00")  # a Friday; the next working day is Monday the 23rd
    quick, slow = _returned(cast, received, on("11-23", "22:00")), _returned(cast, received, on("11-24", "00:00"))
    assert "summary" in running(quick) and "month" not in running(quick)
    assert "summary" not in running(slow) and "month" in running(slow)


# --- nothing owed is broken off by closing --------------------------------------------------------------------------------------


def test_closing_waits_for_what_is_still_owed_where_the_procedure_says_so(cast: Cast, at: datetime) -> None:
    needs = '"not_paused"]\nsource = "P-8, P-9, P-11"'
    republished(cast, **{needs: needs.replace('"not_paused"', '"not_paused", "clocks_done"'), "outlives_closing = true\n": ""})
    case = cast.judged(cast.complaint(at=at), at=at)
    actions.mark(cast.lin_xiao, case.pk, event="odr_received", at=at)
    when = walk(cast, case, "close", at + hours(1))
    assert "odr" in running(case)
    with refused("not_ready") as refusal:
        actions.close(cast.lin_xiao, case.pk, words="办好", at=when)
    assert refusal.value.zh == "还不能结案：还有时限没做完"
    actions.mark(cast.lin_xiao, case.pk, event="odr_answered", at=when + minutes(1))
    assert running(case)  # closing itself, the month: they end with it
    assert not actions.close(cast.lin_xiao, case.pk, words="办好", at=when + minutes(2)).is_open


def test_closing_breaks_off_what_is_owed_where_the_procedure_does_not_say_so(cast: Cast, at: datetime) -> None:
    republished(cast, **{"outlives_closing = true\n": ""})
    case = cast.judged(cast.complaint(at=at), at=at)
    actions.mark(cast.lin_xiao, case.pk, event="odr_received", at=at)
    when = walk(cast, case, "close", at + hours(1))
    assert not actions.close(cast.lin_xiao, case.pk, words="办好", at=when).is_open and "odr" not in running(case)


@pytest.mark.parametrize("withdrawn", [False, True])
def test_what_is_owed_to_a_platform_outlives_closing(cast: Cast, at: datetime, withdrawn: bool) -> None:
    case = cast.judged(cast.complaint(at=at), at=at)
    actions.mark(cast.lin_xiao, case.pk, event="odr_received", at=at)
    if withdrawn:
        actions.withdraw(cast.lin_xiao, case.pk, reason="算了", at=at + hours(1))
        when = at + hours(2)
    else:
        when = walk(cast, case, "close", at + hours(1))
    assert not actions.close(cast.lin_xiao, case.pk, words="办好", at=when).is_open
    odr = clock(case, "odr", round=0)
    assert odr.state == "running" and odr.pk in {row.pk for row in work.owed(cast.lin_xiao, when)[0]}
    page = open_page(cast.lin_xiao, case.number, when)
    assert page.next.mine is not None and (page.next.mine.act, page.next.mine.clock) == ("mark", odr)
    actions.archive(cast.luo_qing, case.pk, at=when + minutes(1))
    with refused("closed"):  # nothing waits for that
        actions.mark(cast.lin_xiao, case.pk, event="demand", at=when + minutes(2))
    ringing.ring_due(odr.due_at + hours(1))
    assert "fell_late" in {kind for _at, kind, _told in rung(case, "odr")}
    actions.mark(cast.lin_xiao, case.pk, event="odr_answered", happened_at=odr.due_at, at=odr.due_at + hours(2))
    assert clock(case, "odr", round=0).state == "done" and not running(case)
    with refused("closed"):
        actions.mark(cast.lin_xiao, case.pk, event="odr_answered", at=odr.due_at + hours(3))


def test_what_outlives_closing_must_be_able_to_end_then(cast: Cast) -> None:
    for old, new, words in (
        ("whole_case = true\noutlives_closing = true\n", "outlives_closing = true\n", "whole_case = true"),
        ('until = ["event:odr_answered"]', 'until = ["return"]', "停不下来"),
    ):
        with pytest.raises(PackError) as wrong:
            loads(cast.version.text.replace(old, new))
        assert any(words in problem.words("zh") for problem in wrong.value.problems)


# --- more time only on the grounds that the procedure names (RG 271: complex or beyond control) ----------------------------------


def test_more_time_is_offered_and_granted_only_after_a_yes(cast: Cast, at: datetime) -> None:
    republished(cast, **{'longest = "3d", times = 1 }': 'longest = "3d", times = 1, facts = ["U7", "U10"] }'})
    case = actions.sign(cast.zhou_hai, cast.judged(cast.complaint(at=at), at=at).pk, at=at)
    solve = clock(case, "solve_minor")
    ask = {"clock_id": solve.pk, "new_due": at + days(4), "reason": "等专家", "told": "周二给您结果", "at": at}
    assert solve.pk not in {row.pk for row in extendable(open_page(cast.zhou_hai, case.number, at).situation)}
    with refused("no_ground") as refusal:
        actions.ask_extension(cast.zhou_hai, case.pk, **ask)
    assert cast.pack.label("facts", "U7") in refusal.value.zh and cast.pack.label("facts", "U10", "en") in refusal.value.en
    Case.objects.filter(pk=case.pk).update(facts={**fresh(case).facts, "U7": True})
    assert solve.pk in {row.pk for row in extendable(open_page(cast.zhou_hai, case.number, at).situation)}
    actions.ask_extension(cast.zhou_hai, case.pk, **ask)
    assert "extension_minor" in states(case)
