"""A procedure that cannot be lived by does not load: no way to close, an act nobody may do, a duty nobody owes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kesu.config.commands import procedure
from kesu.procedure import lint
from kesu.procedure.packfile import PackError, examine, loads

FILE = Path(__file__).parents[2] / "packs" / "property.toml"
TEXT = FILE.read_text(encoding="utf-8")

FOLLOWERS = '"report_back", "visit", "reopen", "note"'
AGENT_ONLY = [
    ('"report_back", "visit", "close"', '"report_back", "close"'),
    ('may = ["archive", "visit", ', 'may = ["archive", '),
]


def edited(*changes: tuple[str, str], every: bool = False) -> str:
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new) if every else text.replace(old, new, 1)
    return text


def without_act(act: str) -> str:
    roles, rest = TEXT.split("[[departments]]", 1)
    return re.sub(rf'"{act}"(,\s*)?', "", roles) + "[[departments]]" + rest


# what is changed; where; words of the Chinese and of the English sentence
ERRORS = [
    ([('natures = ["help"]\nneeds', 'natures = ["praise"]\nneeds')], "grades", "没法结案", "cannot be closed"),
    ([('needs = ["told"]', 'needs = ["told", "followed_up"]')], "closing", "环节里没有回访", "has no step visit"),
    ([('needs = ["told", "forms_returned", "tasks_done", "not_paused"]', 'needs = ["told", "agreed"]')],
     "closing", "环节里没有答复", "has no step answer"),
    ([('"report", "visit", "close", "archive"]', '"report", "visit", "close"]')], "natures", "走不到归档", "never reaches the archive"),
    ([('"dispatch", "sign", "handle"', '"sign", "handle"')], "natures", "要签收却不派单", "never dispatched"),
    ([('"dispatch", "sign", "handle"', '"dispatch", "handle"')], "natures", "没人签收", "nobody signs"),
    ([('role = "quality"\nscope', 'role = "trainer"\nscope')], "obligations", "却不能做 archive", "may do none of archive"),
    ([('before_dispatch = "affairs_supervisor"', 'before_dispatch = "quality"')], "obligations", "既不能派单", "neither dispatch nor end"),
    ([('approver = "site_director"', 'approver = "receptionist"')], "obligations", "不能批准或不准延期", "may not grant and refuse"),
    (
        [('always = true\nby = "site_director"', 'always = true\nby = "department_head"')],
        *("approvals", "不能批准或不批方案", "may not approve and refuse"),
    ),
    ([('warn = ["50%", "75%", "90%"]', 'warn = ["1h after"]')], "obligations", "在到期以后", "after the due time"),
    ([('regrade = "major"', 'regrade = "minor"')], "obligations", "只留较低的", "keep only lower grades"),
    ([(FOLLOWERS, '"report_back", "visit", "execute", "reopen", "note"'), *AGENT_ONLY],
     "roles", "没有一个没经办的人能回访", "every role that may visit also handles"),
    ([('"ask_extension", "agree_date"', '"ask_extension"')], "roles", "没有一个岗位能“商定日期”", "no role may agree_date"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "table", "zh", "en"), ERRORS, ids=[row[3] for row in ERRORS])
def test_a_procedure_that_cannot_be_lived_by_is_refused(changes: list[tuple[str, str]], table: str, zh: str, en: str) -> None:
    with pytest.raises(PackError) as refused:
        loads(edited(*changes), "property.toml")
    found = [problem for problem in refused.value.problems if zh in problem.zh and en in problem.en]
    assert found and found[0].key.startswith(table) and found[0].line > 1, refused.value.words()


@pytest.mark.parametrize(
    "act", ["judge", "dispatch", "sign", "find_cause", "propose", "approve", "return", "report_back", "visit", "close", "archive", "pause"]
)
def test_an_act_of_the_story_that_nobody_may_do_is_refused(act: str) -> None:
    with pytest.raises(PackError) as refused:
        loads(without_act(act), "property.toml")
    assert any(f"no role may {act}" in problem.en for problem in refused.value.problems)


WARNINGS = [
    ([('extension = { approver = "general_manager", longest = "4d", times = 1 }\n', "")],
     "超时没有审批人", "nobody may approve an overrun"),
    ([('before_dispatch = "affairs_supervisor"\n', "")], "派单以前没有人负责", "nobody answers for it before dispatch"),
    ([('warn = ["50%"]\nact = "present"', 'warn = ["2h before"]\nact = "present"')], "一开始就会响", "rings at once"),
    ([('above = 2000000\nby = "site_director"', 'above = 2000000\nup_to = 5000000\nby = "site_director"')],
     "50000 元以上没有人批", "above 50000 yuan"),
    ([('source = "U7, P-4"\nbegins', 'source = "U7, P-4"\nscope = "company"\nbegins')], "不在公司一级任命", "not appointed there"),
    ([('"third_party_test", ', "")], "停下", "no clock stops"),
    ([('facts = ["simple"]\n', "")], "没有哪里用到", "used nowhere"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "zh", "en"), WARNINGS, ids=[row[2] for row in WARNINGS])
def test_what_an_author_should_think_about_is_a_warning(changes: list[tuple[str, str]], zh: str, en: str) -> None:
    checked = examine(edited(*changes, every=changes[0][0].startswith('"third')), "property.toml")
    assert checked.problems == []
    assert any(zh in warning.zh and en in warning.en and warning.line > 1 for warning in checked.warnings)


def test_the_pack_that_ships_is_clean() -> None:
    pack = loads(TEXT).pack
    assert lint.check(pack) == []


def test_every_grade_of_every_nature_can_be_closed_by_somebody() -> None:
    pack = loads(TEXT).pack
    for nature in pack.natures:
        for grade in pack.grades:
            assert lint.closing_rule(pack, nature, grade) is not None
    assert lint.who_may(pack, "close")


def test_the_command_says_what_is_wrong_and_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(edited(('limit = "10d"', 'limit = "10x"')), encoding="utf-8")
    assert procedure.main(["lint", str(wrong)]) == 1
    said = capsys.readouterr().out
    line = TEXT.count("\n", 0, TEXT.index('limit = "10d"')) + 1
    assert f"wrong.toml 第 {line} 行" in said and f"wrong.toml, line {line}" in said and "1 error(s)" in said
    assert procedure.main(["lint", str(FILE)]) == 0
    assert procedure.main(["lint", str(FILE), str(tmp_path / "none.toml")]) == 1
    assert procedure.main([]) == procedure.main(["lint"]) == procedure.main(["shown", "x"]) == 2
