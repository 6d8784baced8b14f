"""What lint says about clocks, ladders, overlapping and unused rows, on a small procedure: each with its place, and silence otherwise."""

from __future__ import annotations

import pytest
from tests.pure import small
from tests.pure.small import clock

from kesu.procedure.packfaults import Problem
from kesu.procedure.packfile import examine
from kesu.procedure.packwords import Reader

SETTLE, TELL = clock("settle", "heard", "return", "3d"), clock("tell", "return", "report_back", "same-day")
OFFICE = 'time = "office"'


def said(*clocks: str, **more: object) -> tuple[list[Problem], list[Problem]]:
    checked = examine(small.text(*clocks, **more), "mine.toml")  # type: ignore[arg-type]
    return checked.problems, checked.warnings


def only(*clocks: str, **more: object) -> Problem:
    problems, warnings = said(*clocks, **more)
    (found,) = [*problems, *warnings]
    assert found.line > 1
    return found


def test_nothing_is_said_of_a_sound_procedure() -> None:
    assert said(SETTLE, TELL) == ([], [])


# clocks
def test_two_clocks_that_wait_for_each_other() -> None:
    problems, warnings = said(clock("a", "return", "report_back", "1d"), clock("b", "report_back", "return", "1d"))
    assert warnings == [] and [row.key for row in problems] == ["obligations[1].begins", "obligations[2].begins"]
    assert "“a”要等“b”，“b”又要等它，谁也开始不了" in problems[0].zh and "neither can begin" in problems[0].en
    assert said(clock("a", "return", "report_back", "1d"), clock("b", "report_back heard", "return", "1d")) == ([], [])


def test_a_circle_of_three_and_what_hangs_on_it() -> None:
    ring = [clock("a", "sign", "find_cause", "1d"), clock("b", "find_cause", "return", "1d"), clock("c", "return", "sign", "1d")]
    problems, _ = said(*ring, clock("d", "return", "report_back", "1d"))
    assert [row.key for row in problems] == ["obligations[1].begins", "obligations[2].begins", "obligations[3].begins"]


def test_a_circle_in_one_grade_only() -> None:
    problems, _ = said(
        clock("a", "return", "report_back", "1d"),
        clock("b", "report_back", "return", "1d", 'grades = ["grave"]'),
        clock("c", "heard", "return", "3d", 'grades = ["light"]'),
    )
    assert [row.key for row in problems] == ["obligations[1].begins", "obligations[2].begins"]


def test_what_repeats_may_begin_with_its_own_end() -> None:
    news = clock("news", "sign contact", "contact", "5d", "repeats = true", 'stops = ["report_back"]')
    assert said(SETTLE, TELL, news) == ([], [])


QUESTION = '[[natures]]\nid = "question"\nname = "咨询"\nname_en = "Question"\nsteps = ["judge", "report", "close", "archive"]\n'


def test_a_clock_that_never_begins_or_never_ends() -> None:
    settle = clock("settle", "heard", "return", "3d", 'natures = ["valid"]')
    never = only(settle, TELL, clock("x", "sign", "report_back", "1d", 'natures = ["question"]'), more=QUESTION)
    assert never.key == "obligations[3].begins" and "不会开始" in never.zh and "never begins" in never.en
    stuck = only(clock("x", "heard", "return find_cause", "1d"), TELL, more=QUESTION)
    assert stuck.key == "obligations[1].until" and "在咨询里做不完" in stuck.zh and "cannot be ended for Question" in stuck.en


def test_a_button_that_its_owner_may_not_press() -> None:
    found = only(SETTLE, TELL, clock("call", "report_back", "visit", "3d", 'role = "caller"', 'act = "contact"'))
    assert found.key == "obligations[3].act" and "“回访员”却不能做" in found.zh and "Caller may not do" in found.en


def test_office_hours_that_never_come() -> None:
    days = tuple((f'{day} = [["09:00", "18:00"]]', f"{day} = []") for day in ("mon", "tue", "wed", "thu", "fri"))
    found = only(SETTLE, TELL, clock("j", "receive", "judge", "1h", OFFICE), changes=days)
    assert found.key == "hours.week" and "一周没有一天上班" in found.zh and "nothing opens all week" in found.en
    assert said(SETTLE, TELL, changes=days) == ([], [])


# when it rings
@pytest.mark.parametrize(
    ("limit", "time", "warn", "zh"),
    [
        ("3d", "always", "72h before", "一开始就会响"),
        ("2h", "office", "2h before", "一开始就会响"),
        ("same-day", "always", "1d before", "一开始就会响"),
        ("same-day", "always", "23h before", "一开始就会响"),  # nothing is received at 01:00 in the sample
        ("1wd", "office", "20d before", "一开始就会响"),
        ("3d", "always", "100%", "到期时才响"),
        ("3d", "always", "71h before", ""),
        ("1wd", "office", "1d before", ""),
        ("3d", "always", "99%", ""),
    ],
)
def test_a_warning_that_warns_of_nothing(limit: str, time: str, warn: str, zh: str) -> None:
    problems, warnings = said(clock("settle", "heard", "return", limit, f'time = "{time}"', f'warn = ["{warn}"]'), TELL)
    assert problems == [] and [zh in row.zh and row.key == "obligations[1].warn[1]" for row in warnings] == ([True] if zh else [])


def test_two_warnings_at_once() -> None:
    found = only(clock("settle", "heard", "return", "4d", 'warn = ["50%", "48h before"]'), TELL)
    assert found.key == "obligations[1].warn[2]" and "同时响" in found.zh and "rings together with '50%'" in found.en


@pytest.mark.parametrize(
    ("time", "first", "second", "wrong"),
    [
        ("always", "0m after", "4h after", False),
        ("always", "4h after", "1h after", True),
        ("always", "24h after", "1d after", True),
        ("office", "4h after", "1d after", True),  # four open hours after Friday evening lie on Monday, a day after it on Saturday
        ("office", "0m after", "1d after", False),
    ],
)
def test_the_rungs_of_a_ladder_go_upwards(time: str, first: str, second: str, wrong: bool) -> None:
    ladder = f'ladder = [{{ at = "{first}", tell = ["head"] }}, {{ at = "{second}", tell = ["head"] }}]'
    problems, warnings = said(
        clock("settle", "heard", "return", "3wd same-time", "time = 'office'" if time == "office" else "limit = '3d'", ladder), TELL
    )
    assert problems == [] and [row.key for row in warnings] == (["obligations[1].ladder[2].at"] if wrong else [])


def test_a_rung_that_tells_nobody() -> None:
    found = only(clock("settle", "heard", "return", "3d", 'ladder = [{ at = "0m after", tell = [] }]'), TELL)
    assert found.key == "obligations[1].ladder[1].tell" and "谁也不告诉" in found.zh


# rules that lie over each other
@pytest.mark.parametrize(
    ("first", "second", "loser"),
    [
        (("2d", ""), ("3d", ""), 2),
        (("3d", ""), ("2d", ""), 1),
        (("2d", ""), ("2d", ""), 2),
        (("2d", ""), ("3d", 'grades = ["grave"]'), 2),
        (("3d", ""), ("2d", 'grades = ["grave"]'), 0),  # a stricter one for the grave
        (("2d", 'grades = ["light"]'), ("3d", 'grades = ["grave"]'), 0),
        (("2d", ""), ("2wd", OFFICE), 2),  # two working days end after two days have passed
        (("2d 24:00", ""), ("1wd", OFFICE), 0),  # now the one, now the other
        (("2d", 'facts = ["hurt"]'), ("3d", ""), 0),
        (("2d", ""), ("3d", 'facts = ["hurt"]'), 2),
        (("2d", ""), ("earlier of 3d | customer-date", ""), 0),
        (("earlier of 2d | customer-date", ""), ("3d", ""), 2),
    ],
)
def test_a_clock_that_never_rings_first(first: tuple[str, str], second: tuple[str, str], loser: int) -> None:
    clocks = [clock(name, "heard", "return", limit, *([more] if more else [])) for name, (limit, more) in (("a", first), ("b", second))]
    problems, warnings = said(*clocks, TELL)
    assert problems == [] and [row.key for row in warnings] == ([f"obligations[{loser}].limit"] if loser else [])


def test_a_ceiling_without_pause_may_bind_after_all() -> None:
    more = '[[pauses]]\nid = "test"\nname = "检测"\nname_en = "Test"\nlongest = "9d"\n'
    paused = clock("a", "heard", "return", "2d", 'pauses = ["test"]')
    assert said(paused, clock("b", "heard", "return", "9d"), TELL, more=more) == ([], [])
    assert only(paused, clock("b", "heard", "return", "9d", 'pauses = ["test"]'), TELL, more=more).key == "obligations[2].limit"


THIRD = '[[grades]]\nid = "worst"\nname = "最重"\nname_en = "Worst"\nrank = 3\nweight = "grave"\n' + (
    '[[grades.when]]\nall = ["hurt"]\nbecause = "x"\nbecause_en = "x"\nsource = "t"\n'
)


def test_clocks_that_share_some_complaints() -> None:
    first = clock("a", "heard", "return", "2d", 'grades = ["light", "grave"]')
    found = only(first, clock("b", "heard", "return", "1d", 'grades = ["grave", "worst"]'), TELL, more=THIRD)
    assert found.key == "obligations[2].limit" and "有一部分相同" in found.zh and "both for some of the same complaints" in found.en


def approvals(*rows: str) -> tuple[tuple[str, str], ...]:
    return (("[[closing]]", "".join(f'[[approvals]]\nby = "head"\n{row}\n' for row in rows) + "[[closing]]"),)


def test_an_approval_that_is_never_reached() -> None:
    # the small procedure ends with a row for every cost
    assert said(SETTLE, TELL, changes=approvals("up_to = 5000")) == ([], [])
    twice = only(SETTLE, TELL, changes=approvals("up_to = 5000", "up_to = 4000"))
    assert twice.key == "approvals[2]" and "轮不到" in twice.zh and "never reached" in twice.en
    assert only(SETTLE, TELL, changes=approvals("always = true")).key == "approvals[2]"
    assert (
        only(SETTLE, TELL, changes=approvals('up_to = 500\ngrades = ["light"]', 'above = 100\nup_to = 400\ngrades = ["light"]')).key
        == "approvals[2]"
    )


def closing(*rows: str) -> tuple[tuple[str, str], ...]:
    return (('[[closing]]\nneeds = ["told"]', "".join(f"[[closing]]\n{row}\n" for row in rows)),)


def test_a_closing_row_that_is_never_reached() -> None:
    found = only(SETTLE, TELL, changes=closing('needs = ["told"]', 'grades = ["grave"]\nneeds = ["told", "agreed"]'))
    assert found.key == "closing[3]" and "轮不到" in found.zh and "move it up" in found.en
    resolved = only(SETTLE, TELL, changes=closing('outcomes = ["resolved"]\nneeds = ["told"]', 'needs = ["told"]'))
    assert resolved.key == "closing[2]"  # nothing is resolved before it is closed


def test_the_withdrawn_must_be_closed_too() -> None:
    none = (('[[closing]]\noutcomes = ["withdrawn"]\nneeds = ["not_paused"]\n', ""),)
    found = only(SETTLE, TELL, changes=none)
    assert found.key == "closing[1].needs" and "撤回的没法结案：做不到 told" in found.zh and "a withdrawn case cannot be closed" in found.en
    no_row = only(SETTLE, TELL, changes=(*none, ('[[closing]]\nneeds = ["told"]', '[[closing]]\noutcomes = [""]\nneeds = ["told"]')))
    assert no_row.key == "closing" and "没有一行合得上" in no_row.zh


def test_what_a_withdrawal_does_not_lift_must_not_be_broken_off_by_any_closing() -> None:
    settle = SETTLE + "\ndespite_withdrawal = true"
    problems, warnings = said(settle, TELL)
    assert problems == [] and [row.key for row in warnings] == ["closing[1].needs", "closing[2].needs"]
    assert "“settle”撤回了也要办" in warnings[0].zh and "add clocks_done" in warnings[0].en
    withdrawn, others = (
        ('needs = ["not_paused"]', 'needs = ["not_paused", "clocks_done"]'),
        ('needs = ["told"]', 'needs = ["told", "clocks_done"]'),
    )
    assert only(settle, TELL, changes=(withdrawn,)).key == "closing[2].needs"
    assert said(settle, TELL, changes=(withdrawn, others)) == ([], []) and said(SETTLE, TELL) == ([], [])


def test_a_clock_that_nobody_can_end_and_that_closing_waits_for_is_refused() -> None:
    needs = ('[[closing]]\nneeds = ["told"]', '[[closing]]\nneeds = ["told", "clocks_done"]')
    settle = SETTLE + '\nnatures = ["valid"]'
    answer = clock("answer", "receive", "reply", "1d")  # questions go no such way
    assert said(settle, TELL, answer, more=QUESTION)[0] == []
    problems, _ = said(settle, TELL, answer, more=QUESTION, changes=(needs,))
    assert [row.key for row in problems] == ["obligations[3].until"] and "“answer”在咨询里做不完" in problems[0].zh
    assert said(settle, TELL, answer + '\nnatures = ["valid"]', more=QUESTION, changes=(needs,))[0] == []


# acts that never come up
STEPS = '"judge", "dispatch", "sign", "investigate", "answer", "handle", "report", "visit"'
SHORT = (STEPS, '"judge", "report"')
NEVER = (
    '"dispatch", "sign", "send_back", ',
    '"investigate", "find_cause", "propose", "approve",\n  "refuse", "reply", "agree", "decline", "execute", "return", ',
    '"pause", "resume",\n  "ask_extension", "grant_extension", "refuse_extension", ',
    '"transfer", "mark", ',
)


def test_nobody_need_be_able_to_do_what_never_comes_up() -> None:
    answer = clock("answer", "heard", "report_back", "3d").replace('extension = { approver = "head", longest = "2d" }', "")
    without = tuple((acts, "") for acts in NEVER)
    problems, warnings = said(answer, changes=(SHORT, *without))
    assert [row.key for row in problems] == ["approvals[1].by"] and not [row for row in warnings if "没有一个岗位能" in row.zh]
    problems, warnings = said(answer, changes=without)  # now there are steps for them
    assert problems and "没有一个岗位能“退回”" in "".join(row.zh for row in warnings)
    _, warnings = said(answer, changes=(SHORT, ('"regrade", ', "")))
    assert "没有一个岗位能“改等级”" in "".join(row.zh for row in warnings)


# leave to go past a limit, on grounds
COMPLEX = '[[facts]]\nid = "complex"\nquestion = "复杂吗"\nquestion_en = "Complex?"\n'


def test_a_question_that_only_an_extension_asks_is_used_and_must_be_there() -> None:
    leave = clock("settle", "heard", "return", "3d", 'extension = { approver = "head", longest = "2d", facts = ["complex"] }')
    assert said(leave, TELL, more=COMPLEX) == ([], [])
    problems, _ = said(leave, TELL)
    assert problems[0].key == "obligations[1].extension.facts[1]" and "facts 里没有“complex”" in problems[0].zh


def test_the_grounds_of_an_extension_in_words() -> None:
    pack = small.pack(clock("settle", "heard", "return", "3d", 'extension = { approver = "head", longest = "2d", facts = ["hurt"] }'), TELL)
    said = [Reader(pack, language).duty(pack.obligations[0]).extension for language in ("zh", "en")]
    assert said == [
        "店长批，最多再 2 天（每天 24 小时）；hurt 答“是”才可以",
        "by Head, at most 2 days (24 hours each) more, only after a yes to hurt",
    ]


# what nothing uses
UNUSED = [
    ('[[departments]]\nid = "office"\nname = "办公室"\nname_en = "Office"\n', "departments[2]", "没有一个类别归"),
    ('[[categories]]\nid = "nails"\nname = "美甲"\nname_en = "Nails"\n', "categories[2]", "没有牵头部门"),
    ('[[facts]]\nid = "rich"\nquestion = "x"\nquestion_en = "x"\n', "facts[2]", "没有哪里用到"),
    ('[[events]]\nid = "moved"\nname = "搬家"\nname_en = "Moved"\n', "events[1]", "没有一个时限从"),
    ('[[procedures]]\nid = "rule"\nname = "规定"\nname_en = "Rule"\n', "procedures[1]", "没有一个时限"),
    ('[[pauses]]\nid = "away"\nname = "外出"\nname_en = "Away"\nlongest = "3d"\n', "pauses[1]", "停下"),
    ('[[fast_paths]]\nid = "quick"\nname = "快"\nname_en = "Quick"\nbegins = ["heard"]\nby = ["close"]\nwithin = "3wd"\n',
     "fast_paths[1]", "不影响"),
    ('[[roles]]\nid = "idle"\nname = "闲"\nname_en = "Idle"\nsees = "site"\nmay = []\n', "roles[3]", "什么也不能做"),
    ('[[grades]]\nid = "odd"\nname = "怪"\nname_en = "Odd"\nrank = 5\nweight = "light"\n', "grades[3]", "只能靠人改"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "key", "zh"), UNUSED, ids=[row[1] for row in UNUSED])
def test_a_row_that_nothing_uses(more: str, key: str, zh: str) -> None:
    found = only(SETTLE, TELL, more=more)
    assert found.key == key and zh in found.zh


@pytest.mark.parametrize(
    ("row", "key"),
    [
        ('part = "lead"', "part"),
        ('before_dispatch = "head"', "before_dispatch"),
        ("whole_case = true\nstages = [1]", "stages"),
    ],
)
def test_a_key_that_does_nothing_where_it_stands(row: str, key: str) -> None:
    assert only(SETTLE + f"\n{row}", TELL).key == f"obligations[1].{key}"


# who may do it
def test_acts_that_only_a_department_may_do_before_there_is_one() -> None:
    problems, _ = said(
        SETTLE, TELL, changes=(('name_en = "Head"\nsees = "site"', 'name_en = "Head"\nlevel = "department"\nsees = "site"'),)
    )
    lacking = {row.en.split(" may ")[1].split(",")[0] for row in problems if "before dispatch" in row.en}
    assert lacking == {"receive", "judge", "dispatch", "close", "archive"}


def test_acts_of_those_who_see_only_their_own() -> None:
    found = only(SETTLE, TELL, changes=(('name_en = "Caller"\nsees = "site"', 'name_en = "Caller"\nsees = "own"'),))
    assert found.key == "roles" and "回访" in found.zh and "do not see the cases of others" in found.en
