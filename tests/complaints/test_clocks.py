"""What always holds of clocks, whatever is done in whatever order and whenever the worker looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.cast import Cast
from tests.complaints.story import (
    CAUSE,
    approver_of,
    chain_holds,
    clock,
    days,
    due,
    entries,
    fresh,
    hours,
    minutes,
    on,
    refused,
    rung,
    shown,
)

from kesu.complaints import actions, ringing
from kesu.complaints.actions import Promise, clocks, steps
from kesu.complaints.actions.road import system_road
from kesu.complaints.models import AgreedAction, Case, Clock, Extension, Part, Pause, Proposal
from kesu.complaints.moments import moments_of
from kesu.complaints.queries.clocks import why
from kesu.procedure.duewords import due_words
from kesu.procedure.refused import Refused

PLAY = settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
GRADES = ("minor", "important", "major")


class _Undo(Exception):
    pass


@contextmanager
def undone() -> Iterator[None]:
    """Everything written inside is taken back, so that each example begins with the same company."""
    try:
        with transaction.atomic():
            yield
            raise _Undo
    except _Undo:
        pass


# --- random stories --------------------------------------------------------------------------------------------------------------


class Play:
    """One case and everything that anybody might try to do to it."""

    def __init__(self, cast: Cast, at: datetime) -> None:
        self.cast, self.at = cast, at
        self.case = cast.complaint(at=at, lead=cast.engineering.pk, co=[cast.security.pk])

    def acts(self) -> dict[str, Callable[[], object]]:
        cast, pk, at, a = self.cast, self.case.pk, self.at, actions
        upper = cast.shen_yue
        return {
            "judge": lambda: a.judge(cast.lin_xiao, pk, nature="valid", facts={"company_fault": True}, at=at),
            "judge_help": lambda: a.judge(cast.lin_xiao, pk, nature="help", facts={"simple": True}, at=at),
            "dispatch": lambda: a.dispatch(cast.lin_xiao, pk, lead=cast.security.pk, reason="换", at=at),
            "dispatch_back": lambda: a.dispatch(cast.lin_xiao, pk, lead=cast.engineering.pk, reason="换回", at=at),
            "sign": lambda: a.sign(cast.zhou_hai, pk, at=at),
            "sign_co": lambda: a.sign(cast.chen_li, pk, at=at),
            "send_back": lambda: a.send_back(cast.zhou_hai, pk, reason="不归我们", at=at),
            "send_back_co": lambda: a.send_back(cast.chen_li, pk, reason="不归我们", at=at),
            "evidence": lambda: [a.investigate(cast.lin_xiao, pk, side=side, words="看过", at=at) for side in ("record", "staff")],
            "cause": lambda: a.find_cause(cast.he_wei, pk, cause=CAUSE, words="皮带", at=at),
            "propose": lambda: a.propose(cast.he_wei, pk, words="换", promises=[Promise("换", due_at=at + days(2))], at=at),
            "approve": lambda: a.approve(approver_of(cast, self.case), pk, at=at),  # type: ignore[arg-type]
            "refuse": lambda: a.refuse(approver_of(cast, self.case), pk, reason="不行", at=at),  # type: ignore[arg-type]
            "reply": lambda: a.reply(cast.he_wei, pk, channel="hotline", words="换", at=at),
            "agree": lambda: a.agree(None, pk, actor="customer", at=at),
            "decline": lambda: a.decline(None, pk, reason="不要", actor="customer", at=at),
            "execute": lambda: [
                a.execute(cast.zhou_hai, pk, action_id=row.pk, words="好", at=at)
                for row in AgreedAction.objects.filter(case=pk, done_at=None)
            ],
            "return": lambda: a.return_form(cast.zhou_hai, pk, words="好", at=at),
            "return_co": lambda: a.return_form(cast.chen_li, pk, words="好", at=at),
            "report": lambda: a.report_back(cast.fang_jing, pk, channel="hotline", spoke_to="", words="好", at=at),
            "visit": lambda: a.visit(cast.su_min, pk, outcome="content", agreed_time=True, at=at),
            "visit_bad": lambda: a.visit(cast.su_min, pk, outcome="not_content", words="没好", agreed_time=True, at=at),
            "close": lambda: a.close(cast.lin_xiao, pk, at=at),
            "archive": lambda: a.archive(cast.luo_qing, pk, at=at),
            "reopen": lambda: a.reopen(None, pk, reason="又坏", actor="customer", at=at),
            "pause": lambda: a.pause(cast.lin_xiao, pk, reason="customer_away", at=at),
            "resume": lambda: a.resume(cast.lin_xiao, pk, at=at),
            "extend": self._extend,
            "grant": lambda: [a.grant_extension(upper, pk, extension_id=row.pk, at=at) for row in self._asked()],
            "minor": lambda: a.regrade(cast.lin_xiao, pk, grade="minor", reason="改", at=at),
            "major": lambda: a.regrade(cast.lin_xiao, pk, grade="major", reason="改", facts={"U1": True}, at=at),
            "contact": lambda: a.contact(cast.lin_xiao, pk, channel="hotline", words="问", at=at),
            "note": lambda: a.note(None, pk, words="谢谢", actor="customer", at=at),
            "withdraw": lambda: a.withdraw(None, pk, reason="不要了", actor="customer", at=at),
            "unfound": lambda: a.unfound(cast.lin_xiao, pk, reason="没有", words="没有", channel="hotline", at=at),
            "ring": lambda: ringing.ring_due(at),
        }

    def _extend(self) -> None:
        row = Clock.objects.filter(case=self.case, state="running", obligation__startswith="solve").first()
        if row:
            new = row.due_at + days(1)
            actions.ask_extension(self.cast.lin_xiao, self.case.pk, clock_id=row.pk, new_due=new, reason="等", told="等", at=self.at)

    def _asked(self) -> list[Extension]:
        return list(Extension.objects.filter(case=self.case, state="asked"))

    def do(self, name: str) -> bool:
        before = Case.objects.filter(pk=self.case.pk).values().get()
        try:
            with transaction.atomic():
                self.acts()[name]()
        except (Refused, Case.DoesNotExist, Proposal.DoesNotExist):
            assert Case.objects.filter(pk=self.case.pk).values().get() == before  # nothing was done by halves
            return False
        return True


# The road to the end, mixed with everything else, so that random stories also come far.
ROAD = (
    "judge",
    "sign",
    "sign_co",
    "evidence",
    "cause",
    "propose",
    "approve",
    "reply",
    "agree",
    "execute",
    "return",
    "return_co",
    "report",
    "visit",
    "close",
)
BESIDE = (
    "judge_help", "dispatch", "dispatch_back", "send_back", "send_back_co", "refuse", "decline", "visit_bad", "archive", "reopen", "pause",
    "resume", "extend", "grant", "minor", "major", "contact", "note", "withdraw", "unfound", "ring",
)  # fmt: skip
NAMES = (*ROAD, *BESIDE)
STEP = st.tuples(st.one_of(st.just("next"), st.just("next"), st.sampled_from(NAMES)), st.sampled_from([1, 7, 45, 300, 1441, 4000]))


@PLAY
@given(story=st.lists(STEP, min_size=10, max_size=40))
def test_whatever_happens_the_clocks_hold(cast: Cast, at: datetime, story: list[tuple[str, int]]) -> None:
    with undone():
        play, road = Play(cast, at), iter(ROAD * 3)
        for name, wait in story:
            play.at += minutes(wait)
            play.do(next(road) if name == "next" else name)
            _invariants(play)


def _invariants(play: Play) -> None:
    case, rows = fresh(play.case), list(Clock.objects.filter(case=play.case).select_related("case__site__company"))
    pauses = list(Pause.objects.filter(case=case))
    keys = [(row.round, row.obligation, row.subject) for row in rows]
    assert len(keys) == len(set(keys))
    for row in rows:
        _rings_in_order(play, row, pauses)
        if row.state == "running":
            reckoned = why(row, play.cast.pack, play.at, pauses)
            assert reckoned is None or reckoned.at == row.due_at, (row.obligation, shown(row.due_at), shown(reckoned.at))
        assert row.first_due_at <= row.due_at or not row.extended_to
        assert (row.done_at is None) == (row.state in ("running", "paused"))
    assert not [row for row in rows if row.state == "paused"] or [row for row in pauses if row.ended_at is None]
    if not case.is_open:
        assert {row.obligation for row in rows if row.state in ("running", "paused")} <= {"archive", "put_right_later"}
    assert case.step == steps.step_of_case(play.cast.pack, case)
    assert case.is_open or case.step in ("archive", "done")
    said = [(entry.act, entry.at, entry.data["clock"]) for entry in entries(case, "warned", "fell_late", "climbed")]
    assert len(said) == len(set(said))  # nothing is said twice for the same time
    assert chain_holds(case)
    _nothing_left_to_bring_in_line(play, case)


def _rings_in_order(play: Play, row: Clock, pauses: list[Pause]) -> None:
    if row.state != "running":
        assert row.next_ring_at is None, row.obligation
        return
    obligation = play.cast.pack.obligation(row.obligation)
    assert obligation is not None
    ahead = moments_of(obligation, row, row.case.site, pauses)[row.rung :]
    assert row.next_ring_at == (ahead[0].at if ahead else None), row.obligation


def _nothing_left_to_bring_in_line(play: Play, case: Case) -> None:
    """The rows are exactly what the procedure wants of what has happened: doing it again changes nothing."""
    locked = Case.objects.select_related("site__company", "handler", "received_by", "department").get(pk=case.pk)
    before = list(Clock.objects.filter(case=case, state="running").order_by("id").values())
    with undone():
        road = system_road(locked, "note", play.at)
        clocks.bring_in_line(road)
        after = list(Clock.objects.filter(case=case, state="running").order_by("id").values())
    assert after == before


@PLAY
@given(waits=st.lists(st.sampled_from([3, 11, 60, 700, 1500, 5000, 50_000]), min_size=1, max_size=12))
def test_however_seldom_the_worker_looks_everything_is_said_once_and_dated_when_it_fell_due(
    cast: Cast, at: datetime, waits: list[int]
) -> None:
    with undone():
        often = _rung_all(cast, at, waits)
    with undone():
        once = _rung_all(cast, at, [sum(waits)])
    same = ("solve_minor", "sign", "dispatch", "judge")
    assert {name: often[name] for name in same} == {name: once[name] for name in same}


def _rung_all(cast: Cast, at: datetime, waits: list[int]) -> dict[str, list[tuple[str, str, list[str]]]]:
    case, now = cast.complaint(at=at), at
    for wait in waits:
        now += minutes(wait)
        while ringing.ring_due(now):
            pass
        assert not Clock.objects.filter(case=case, state="running", next_ring_at__lte=now).exists()
    return {name: rung(case, name) for name in ("solve_minor", "sign", "dispatch", "judge", "month")}


# --- pauses, grades --------------------------------------------------------------------------------------------------------------


@PLAY
@given(after=st.integers(1, 2000), stood=st.integers(1, 7 * 1440), grade=st.sampled_from(GRADES), again=st.booleans())
def test_a_pause_adds_exactly_its_length_to_every_clock_that_allows_it(
    cast: Cast, at: datetime, after: int, stood: int, grade: str, again: bool
) -> None:
    with undone():
        case = cast.judged(cast.complaint(at=at), at=at)
        if grade != "minor":
            actions.regrade(cast.lin_xiao, case.pk, grade=grade, reason="改", at=at)
        before = {row.pk: row for row in Clock.objects.filter(case=case, state="running")}
        begin, end = at + minutes(after), at + minutes(after + stood)
        actions.pause(cast.lin_xiao, case.pk, reason="customer_away", at=begin)
        if again:
            actions.contact(cast.lin_xiao, case.pk, channel="hotline", words="还没回来", at=begin + (end - begin) / 2)
        actions.resume(cast.lin_xiao, case.pk, at=end)
        for row in Clock.objects.filter(case=case, state="running"):
            allowed = "customer_away" in cast.pack.obligation(row.obligation).pauses
            moved = (end - begin) if allowed and before[row.pk].due_at > begin else timedelta(0)
            assert row.due_at - before[row.pk].due_at == moved, row.obligation


@PLAY
@given(way=st.lists(st.sampled_from(GRADES), min_size=1, max_size=8), paused=st.booleans())
def test_regrading_back_and_forth_loses_and_gains_no_time(cast: Cast, at: datetime, way: list[str], paused: bool) -> None:
    with undone():
        there = _regraded(cast, at, way, paused)
    with undone():
        straight = _regraded(cast, at, [way[-1]], paused)
    same = ("solve_minor", "solve_important", "solve_major", "reply_major", "month")
    assert {key: there[key] for key in same if key in there} == {key: straight[key] for key in same if key in straight}


def _regraded(cast: Cast, at: datetime, way: list[str], paused: bool) -> dict[str, str]:
    case, now = cast.judged(cast.complaint(at=at), at=at), at + hours(9)
    if paused:
        actions.pause(cast.lin_xiao, case.pk, reason="customer_away", at=at + hours(1))
    for grade in way:
        now += minutes(1)
        if grade != fresh(case).grade:
            actions.regrade(cast.lin_xiao, case.pk, grade=grade, reason="改", at=now)
    if paused:
        actions.resume(cast.lin_xiao, case.pk, at=at + hours(20))
    return {row.obligation: shown(row.due_at) for row in Clock.objects.filter(case=case, state="running")}


def test_a_warning_missed_by_a_sleeping_worker_is_not_lost_when_the_due_time_moves(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(at=at), at=at)
    actions.sign(cast.zhou_hai, case.pk, at=at)
    # The warning fell due after 24 hours; nobody rang it; then the clock stood still for an hour.
    actions.pause(cast.lin_xiao, case.pk, reason="customer_away", at=at + hours(25))
    actions.resume(cast.lin_xiao, case.pk, at=at + hours(26))
    ringing.ring_due(at + hours(27))
    assert rung(case, "solve_minor") == [("11-21 14:32", "warned", ["周海"])]


def test_nothing_falls_due_while_the_clock_stands_still(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(at=at), at=at)
    actions.sign(cast.zhou_hai, case.pk, at=at)
    actions.pause(cast.lin_xiao, case.pk, reason="customer_away", at=at + hours(47))
    ringing.ring_due(at + days(5))
    assert not [row for row in rung(case, "solve_minor") if row[1] == "fell_late"]
    actions.resume(cast.lin_xiao, case.pk, at=at + days(6))
    assert due(case, "solve_minor") == shown(at + days(6) + hours(1))


# --- extensions (超时审批, P-14, P-15) ------------------------------------------------------------------------------------------


def _ask(cast: Cast, case: Case, at: datetime, new_due: datetime, obligation: str = "solve_minor", **given: str) -> Extension:
    words = {"reason": "等配件", "told": "配件周二到"} | given
    actions.ask_extension(cast.zhou_hai, case.pk, clock_id=clock(case, obligation).pk, new_due=new_due, **words, at=at)
    return Extension.objects.filter(case=case).latest("id")


@pytest.fixture
def signed(cast: Cast, at: datetime) -> Case:
    case = cast.judged(cast.complaint(at=at), at=at)
    return actions.sign(cast.zhou_hai, case.pk, at=at)


def test_more_time_is_asked_before_expiry_and_within_the_cap(cast: Cast, at: datetime, signed: Case) -> None:
    until = at + days(2)
    for new_due, when, code in (
        (until + days(1), until, "expired"),
        (until, at, "not_later"),
        (until - minutes(1), at, "not_later"),
        (until + days(3) + minutes(1), at, "too_long"),
    ):
        with refused(code):
            _ask(cast, signed, when, new_due)
    for words in ({"reason": " "}, {"told": ""}):
        with refused("missing"):
            _ask(cast, signed, at, until + days(1), **words)
    with refused("no_extension"):
        _ask(cast, signed, at, at + days(40), "month")
    assert _ask(cast, signed, until - minutes(1), until + days(3)).state == "asked"


def test_too_much_time_is_refused_with_the_latest_moment_there_is(cast: Cast, at: datetime, signed: Case) -> None:
    with pytest.raises(Refused) as refusal:
        _ask(cast, signed, at, at + days(9))
    assert "最多延 3 天" in refusal.value.zh and due_words(at + days(5), at, "zh", cast.company.zone) in refusal.value.zh


def test_more_time_is_granted_by_the_role_the_pack_names_before_expiry(cast: Cast, at: datetime, signed: Case) -> None:
    row = _ask(cast, signed, at, at + days(4))
    assert clock(signed, "extension_minor").role == "site_director"
    assert due(signed, "extension_minor") == "11-22 14:32"  # the answer is due before the limit is past
    with refused("not_approver"):
        actions.grant_extension(cast.shen_yue, signed.pk, extension_id=row.pk, at=at)
    with refused("not_allowed"):
        actions.grant_extension(cast.lin_xiao, signed.pk, extension_id=row.pk, at=at)
    with refused("expired"):
        actions.grant_extension(cast.he_wei, signed.pk, extension_id=row.pk, at=at + days(2))
    actions.grant_extension(cast.he_wei, signed.pk, extension_id=row.pk, at=at + days(2) - minutes(1))
    moved = clock(signed, "solve_minor")
    assert (shown(moved.due_at), shown(moved.first_due_at)) == ("11-24 14:32", "11-22 14:32")
    with refused("often"):
        _ask(cast, signed, at + days(3), at + days(5))


def test_what_was_said_before_the_extension_is_not_said_again(cast: Cast, at: datetime, signed: Case) -> None:
    ringing.ring_due(at + hours(37))
    row = _ask(cast, signed, at + hours(38), at + days(4))
    actions.grant_extension(cast.he_wei, signed.pk, extension_id=row.pk, at=at + hours(38))
    while ringing.ring_due(at + days(6)):
        pass
    assert [(when, act) for when, act, _ in rung(signed, "solve_minor")] == [
        ("11-21 14:32", "warned"),
        ("11-22 02:32", "warned"),
        ("11-22 14:32", "warned"),  # half of the longer time
        ("11-23 14:32", "warned"),
        ("11-24 14:32", "fell_late"),
        ("11-25 14:32", "climbed"),
    ]


def test_a_directors_own_request_is_answered_by_the_next(cast: Cast, at: datetime, signed: Case) -> None:
    actions.ask_extension(
        cast.he_wei, signed.pk, clock_id=clock(signed, "solve_minor").pk, new_due=at + days(3), reason="等", told="等", at=at
    )
    row = Extension.objects.get(case=signed)
    with refused("own_request"):
        actions.grant_extension(cast.he_wei, signed.pk, extension_id=row.pk, at=at)
    assert (clock(signed, "extension_minor").role, clock(signed, "extension_minor").company_wide) == ("general_manager", True)
    actions.grant_extension(cast.shen_yue, signed.pk, extension_id=row.pk, at=at)


def test_a_major_case_may_be_extended_twice_within_ten_days_of_its_first_date(cast: Cast, at: datetime) -> None:
    case = cast.judged(cast.complaint(at=at), at=at, facts={"company_fault": True, "heavy_loss": True})
    actions.sign(cast.zhou_hai, case.pk, at=at)
    for new_due in (at + days(15), at + days(20)):
        row = _ask(cast, case, at, new_due, "solve_major")
        actions.grant_extension(cast.shen_yue, case.pk, extension_id=row.pk, at=at)
    assert due(case, "solve_major") == shown(at + days(20))
    with refused("often"):
        _ask(cast, case, at, at + days(20) + minutes(1), "solve_major")


def test_granted_leave_stays_when_the_grade_changes_and_the_journal_says_so(cast: Cast, at: datetime, signed: Case) -> None:
    row = _ask(cast, signed, at, at + days(5))
    actions.grant_extension(cast.he_wei, signed.pk, extension_id=row.pk, at=at)
    actions.regrade(cast.lin_xiao, signed.pk, grade="important", reason="我们的错", at=at + hours(1))
    kept = clock(signed, "solve_important")
    assert (shown(kept.due_at), shown(kept.first_due_at)) == (shown(at + days(5)), shown(at + days(3)))
    assert [row.clock_id for row in Extension.objects.filter(case=signed)] == [kept.pk]
    said = entries(signed, "recalculated")[-1].data
    assert (said["obligation"], said["before"][:10], said["after"][:10]) == ("solve_important", "2026-11-23", "2026-11-25")
    with refused("often"):  # the leave counts where it went to
        _ask(cast, signed, at + hours(2), at + days(6), "solve_important")
    ringing.ring_due(at + days(4))
    assert "solve_important" not in {row.data["obligation"] for row in entries(signed, "fell_late")}
    actions.regrade(cast.lin_xiao, signed.pk, grade="minor", reason="不是我们的错", at=at + days(4))
    assert due(signed, "solve_minor") == shown(at + days(5))
    assert [row.clock.obligation for row in Extension.objects.filter(case=signed)] == ["solve_minor"]
    actions.regrade(cast.lin_xiao, signed.pk, grade="major", reason="有人受伤", at=at + days(4))
    assert due(signed, "solve_major") == shown(at + days(10))  # later anyway
    assert clock(signed, "solve_major").extended_to is None
    assert entries(signed, "recalculated")[-1].data["reason"].startswith("新的时限本来就更晚")
    assert chain_holds(signed)


def test_a_request_lapses_when_its_clock_has_stopped(cast: Cast, at: datetime, signed: Case) -> None:
    row = _ask(cast, signed, at, at + days(3))
    actions.regrade(cast.lin_xiao, signed.pk, grade="important", reason="我们的错", at=at + hours(1))
    row.refresh_from_db()
    assert row.state == "lapsed"
    assert not Clock.objects.filter(case=signed, obligation__startswith="extension", state="running").exists()
    with refused("answered"):
        actions.grant_extension(cast.he_wei, signed.pk, extension_id=row.pk, at=at + hours(2))


# --- whose it is -----------------------------------------------------------------------------------------------------------------


def test_a_clock_belongs_to_the_one_who_signed_then_to_the_one_it_was_handed_to(cast: Cast, at: datetime) -> None:
    case = cast.complaint(at=at)
    owed = clock(case, "solve_minor")
    assert (owed.role, owed.department_id, owed.person) == ("affairs_supervisor", None, None)
    cast.judged(case, at=at)
    owed = clock(case, "solve_minor")
    assert (owed.role, owed.department_id, owed.person) == ("department_head", cast.engineering.pk, None)
    actions.sign(cast.zhou_hai, case.pk, at=at)
    assert clock(case, "solve_minor").person == cast.zhou_hai
    for wrong in (cast.chen_li, cast.zhou_hai, cast.bai_shi):
        with refused("person"):
            actions.transfer(cast.zhou_hai, case.pk, to=wrong.pk, reason="休假", at=at)
    actions.transfer(cast.zhou_hai, case.pk, to=cast.ma_qiang.pk, reason="休假", at=at)
    assert clock(case, "solve_minor").person == cast.ma_qiang
    assert Part.objects.get(case=case).handler == cast.ma_qiang


def test_an_agreed_things_date_is_its_own(cast: Cast, at: datetime, signed: Case) -> None:
    actions.find_cause(cast.zhou_hai, signed.pk, cause=CAUSE, words="皮带", at=at)
    with refused("past"):
        actions.propose(cast.zhou_hai, signed.pk, words="换", promises=[Promise("换", due_at=at)], at=at)
    promises = [Promise("换", due_at=on("11-21", "09:00")), Promise("复查", due_at=on("11-28", "09:00")), Promise("道歉")]
    actions.propose(cast.zhou_hai, signed.pk, words="换", promises=promises, at=at)
    actions.reply(cast.zhou_hai, signed.pk, channel="hotline", words="换", at=at)
    assert not Clock.objects.filter(case=signed, obligation="action").exists()  # nothing is promised until the customer agrees
    actions.agree(None, signed.pk, actor="customer", at=at)
    dates = [shown(row.due_at) for row in Clock.objects.filter(case=signed, obligation="action").order_by("due_at")]
    assert dates == ["11-21 09:00", "11-28 09:00"]
