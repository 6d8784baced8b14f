"""A pack that is wrong is refused with file, line, key and a sentence in both languages that says what to do."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from kesu.procedure import packfile
from kesu.procedure.packfaults import Problem
from kesu.procedure.packfile import PackError, examine, load, loads

FILE = Path(__file__).parents[2] / "packs" / "property.toml"
TEXT = FILE.read_text(encoding="utf-8")

# what stands in the file, what somebody writes instead, the key named, words of the Chinese and of the English sentence
SLIPS = [
    ('limit = "10d"', 'limit = "10x"', "obligations[].limit", "看不懂时限", "cannot read the limit"),
    ('limit = "10d"', 'limit = "0d"', "obligations[].limit", "要大于 0", "more than 0"),
    ('limit = "10d"', 'limit = "-1d"', "obligations[].limit", "要大于 0", "more than 0"),
    ('limit = "10d"', 'limit = "2wd"', "obligations[].limit", 'time 要写 office', 'time = "office"'),
    ('limit = "10d"', 'limit = "own-date"', "obligations[].limit", '只用于 per = "action"', 'only for per = "action"'),
    ('limit = "10d"', "limit = 10", "obligations[].limit", "加引号", "in quotes"),
    ('limit = "10d"', 'limits = "10d"', "obligations[].limits", "是不是 limit", "did you mean limit"),
    ('acknowledge = "30m"', 'acknowledge = "soon"', "channels[].acknowledge", "看不懂时限", "cannot read the limit"),
    ('apart = "4h"', 'apart = "4 hrs"', "follow_up.apart", "看不懂时限", "cannot read the limit"),
    ('hint = "话里明确', 'earlier = "1mo"\nhint = "话里明确', "events[].earlier", "不是一段长度", "is no length"),
    ('until = ["event:odr_answered"]\n', 'until = ["event:odr_answered"]\nper = "part"\nanew = true\n', "obligations[].anew",
     '只用于 per = "case"', "not for what repeats"),
    ('longest = "15d"', 'longest = "1 fortnight"', "pauses[].longest", "看不懂时限", "cannot read the limit"),
    ('warn = ["50%", "75%", "90%"]', 'warn = ["50%", "soon"]', "obligations[].warn[]", "看不懂时点", "cannot read the moment"),
    ('warn = ["50%", "75%", "90%"]', 'warn = ["50%", "120%"]', "obligations[].warn[]", "100%", "100%"),
    ('{ at = "10m after"', '{ at = "10m before"', "obligations[].ladder[].at", "在到期之前", "before the due time"),
    ('{ at = "10m after", tell = ["general_manager"] }', '{ at = "10m after", tell = ["boss"] }',
     "obligations[].ladder[].tell[]", "roles 里没有“boss”", "roles has no 'boss'"),
    ('role = "quality"', 'role = "qualty"', "obligations[].role", "是不是 quality", "did you mean quality"),
    ('until = ["archive"]', 'until = ["archiv"]', "obligations[].until[]", "没有“archiv”这个动作，是不是 archive", "did you mean archive"),
    ('begins = ["close"]', 'begins = []', "obligations[].begins", "不能空着", "must not be empty"),
    ('begins = ["fact:U7"]', 'begins = ["fact:U77"]', "obligations[].begins[]", "facts 里没有“U77”", "facts has no 'U77'"),
    ('"present:site_director", "present', '"present:director", "present', "obligations[].until[]",
     "roles 里没有“director”", "roles has no 'director'"),
    ('regrade = "major"', 'regrade = "grave"', "obligations[].late.regrade", "grades 里没有“grave”", "grades has no 'grave'"),
    ('pauses = ["customer_away"]', 'pauses = ["holiday"]', "obligations[].pauses[]", "pauses 里没有“holiday”", "pauses has no 'holiday'"),
    ('receiver = "receptionist"', 'receiver = "nobody"', "channels[].receiver", "roles 里没有“nobody”", "roles has no 'nobody'"),
    ('answer_by = ["hotline", "patrol"]', 'answer_by = ["phone"]', "channels[].answer_by[]",
     "channels 里没有“phone”", "channels has no 'phone'"),
    ("customer = true", "customer = false", "channels", "没有入口", "the customer's own page needs one"),
    ('first = "greening"', 'first = "gardening"', "categories[].first", "departments 里没有“gardening”", "departments has no 'gardening'"),
    ('co = ["cleaning"]', 'co = ["cleanin"]', "categories[].co[]", "是不是 cleaning", "did you mean cleaning"),
    ('id = "pipes"\nname = "管道堵塞返水"', 'id = "leak"\nname = "管道堵塞返水"',
     "categories[].id", "用过了（第 2 个）", "is taken (by no. 2)"),
    ('id = "pipes"\nname = "管道堵塞返水"', 'id = "Pipes 2"\nname = "管道堵塞返水"',
     "categories[].id", "只用小写字母", "lower-case letters"),
    ('name = "管道堵塞返水"', 'name = ""', "categories[].name", "不能空着", "must not be empty"),
    ('all = ["month_unsolved"]', 'all = ["months"]', "grades[].when[].all[]", "facts 里没有“months”", "facts has no 'months'"),
    ('all = ["month_unsolved"]', "all = []", "grades[].when[]", "会永远成立", "would always hold"),
    ("rank = 3", 'rank = "3"', "grades[].rank", "要写成整数", "a whole number"),
    ("rank = 3", "rank = 30", "grades[].rank", "最多 9", "at most 9"),
    ("rank = 3", "rank = 2", "grades[].rank", "要分先后", "need an order"),
    ("default = true\nsides", "default = false\nsides", "grades", "有且只有一个", "exactly one"),
    ('weight = "grave"', 'weight = "graver"', "grades[].weight", "是不是 grave", "did you mean grave"),
    ("reveals = true", 'reveals = "yes"', "roles[].reveals", "true 或 false", "true or false"),
    ('may = ["archive", "visit"', 'may = ["archives", "visit"', "roles[].may[]", "是不是 archive", "did you mean archive"),
    ('needs = ["explained", "not_paused"]', 'needs = ["explaned"]', "closing[].needs[]", "是不是 explained", "did you mean explained"),
    ('arbiter = "site_director"', 'arbiter = "judge"', "dispatching.arbiter", "roles 里没有“judge”", "roles has no 'judge'"),
    ('on = "send_back"', 'on = "sendback"', "tell[].on", "是不是 send_back", "did you mean send_back"),
    ('mon = [["08:30", "12:00"]', 'mon = [["25:00", "26:00"]', "hours.week.mon[]", "不是时刻", "is no time of day"),
    ('mon = [["08:30", "12:00"]', 'mon = [["08:30", "14:00"]', "hours.week.mon[]", "重叠", "overlaps"),
    ('mon = [["08:30", "12:00"]', 'mon = [["12:00", "08:30"]', "hours.week.mon[]", "结束不晚于开始", "does not end after it starts"),
    ('mon = [["08:30", "12:00"]', 'mon = [["08:30"]', "hours.week.mon[]", "两个时刻", "two times of day"),
    ("mon = [[", "monday = [[", "hours.week.monday", "可以写 mon", "mon"),
    ('due = "monthly 20"', 'due = "20d"', "routines[].due", "monthly 30", "write monthly 30"),
    ('zone = "Asia/Shanghai"', 'zone = "Asia/Peking"', "pack.zone", "没有“Asia/Peking”这个时区", "no time zone"),
    ("effective = 2026-01-01", 'effective = "2026-01-01"', "pack.effective", "不加引号", "without quotes"),
    ('number = "{site}-{yymmdd}-{n:03}"', 'number = "{site}-{year}-{n:03}"', "pack.number", "{yymmdd}", "{yymmdd}"),
    ('parent = "repair"\nnature_class', 'parent = "leak"\nnature_class', "categories[].parent", "绕一圈又回到自己", "its own ancestor"),
    ('steps = ["judge", "report", "close", "archive"]', 'steps = ["report", "judge", "close", "archive"]',
     "natures[].steps", "次序", "order"),
    ("up_to = 200000\nby", "up_to = 0\nby", "approvals[].up_to", "要大于 above", "more than above"),
]  # fmt: skip


def without_positions(key: str) -> str:
    return re.sub(r"\[\d+\]", "[]", key)


def line_of(text: str, new: str) -> int:
    return text.count("\n", 0, text.index(new)) + 1


@cache
def refused(old: str, new: str) -> list[Problem]:
    """What is wrong with the procedure when somebody writes `new` for `old`."""
    with pytest.raises(PackError) as error:
        loads(TEXT.replace(old, new, 1), "property.toml")
    return error.value.problems


@pytest.mark.parametrize(("old", "new", "key", "zh", "en"), SLIPS, ids=[f"{slip[2]}:{slip[3][:12]}" for slip in SLIPS])
def test_a_slip_is_named_with_file_line_and_key(old: str, new: str, key: str, zh: str, en: str) -> None:
    assert old in TEXT
    problem = next(problem for problem in refused(old, new) if without_positions(problem.key) == key)
    assert zh in problem.zh and en in problem.en
    assert problem.words().startswith(f"property.toml 第 {problem.line} 行 {problem.key}：")
    assert problem.words("en").startswith(f"property.toml, line {problem.line}, {problem.key}: ")


ELSEWHERE = ("没有入口", "有且只有一个", "会永远成立", "要分先后")  # faults of a whole table, or of the row that came second
SAME_LINE = [(slip[0], slip[1]) for slip in SLIPS if "\n" not in slip[0] and slip[3] not in ELSEWHERE]


@pytest.mark.parametrize(("old", "new"), SAME_LINE, ids=[new[:24] for _, new in SAME_LINE])
def test_the_line_is_the_one_that_was_changed(old: str, new: str) -> None:
    changed = line_of(TEXT, old)
    assert changed in {problem.line for problem in refused(old, new)}


def test_a_position_counts_from_one() -> None:
    first = TEXT.replace('receiver = "receptionist"', 'receiver = "x"', 1)
    assert [problem.key for problem in examine(first).problems] == ["channels[1].receiver"]


def test_a_missing_key_is_reported_at_its_table() -> None:
    wrong = TEXT.replace('name_en = "Sign for"\n', "", 1)
    with pytest.raises(PackError) as refused:
        loads(wrong, "property.toml")
    (problem,) = refused.value.problems
    assert without_positions(problem.key) == "obligations[].name_en" and "缺这一项" in problem.zh and "is missing" in problem.en
    assert wrong.splitlines()[problem.line - 1] == "[[obligations]]" and 'id = "sign"' in wrong.splitlines()[problem.line]


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    wrong = (
        TEXT.replace('role = "quality"', 'role = "x1"', 1)
        .replace('limit = "10d"', 'limit = "ten days"', 1)
        .replace('mon = [["08:30"', 'mon = [["8:30"', 1)
    )
    with pytest.raises(PackError) as refused:
        loads(wrong, "property.toml")
    lines = [problem.line for problem in refused.value.problems]
    assert len(lines) == 3 and lines == sorted(lines)
    assert refused.value.words().count("\n") == 2 and "property.toml, line" in str(refused.value)


SYNTAX = [
    ('name = "总经理"', "name = 总经理", "要加引号", "needs quotes"),
    ('name = "总经理"', "name 总经理", "等号", "="),
    ('name = "总经理"', 'name = "总经理', "引号", "quote"),
    ('name = "总经理"', 'name = "总经理"\nname = "总裁"', "写了两次", "written twice"),
    ('name = "总经理"', "name = “总经理”", "引号", "quotes"),
    ('calendar = "cn"', 'calendar = "cn"\ncalendar = "uk"', "写了两次", "written twice"),
]


@pytest.mark.parametrize(("old", "new", "zh", "en"), SYNTAX, ids=[row[1][:14] for row in SYNTAX])
def test_a_text_that_is_no_toml_names_its_line(old: str, new: str, zh: str, en: str) -> None:
    wrong = TEXT.replace(old, new, 1)
    (problem,) = examine(wrong, "mine.toml").problems
    assert abs(problem.line - line_of(wrong, new)) <= 1
    assert zh in problem.zh and en in problem.en and problem.key == ""


def test_a_bracket_left_open_at_the_end() -> None:
    (problem,) = examine(TEXT + '\n[more]\nwords = ["a",\n', "mine.toml").problems
    assert problem.line > TEXT.count("\n") and problem.zh


def test_a_file_too_big_is_not_read(tmp_path: Path) -> None:
    big = tmp_path / "big.toml"
    big.write_text("# " + "x" * packfile.LARGEST, encoding="utf-8")
    with pytest.raises(PackError, match="bigger than 1000 KB"):
        load(big)


@pytest.mark.parametrize(
    "bomb",
    ["x = " + "[" * 5_000 + "]" * 5_000, "x = " + "[" * 40 + "]" * 40, "a" + ".a" * 30 + " = 1", "x = " + "{a=" * 15 + "1" + "}" * 15],
    ids=["deep", "deep enough", "dotted", "inline"],
)
def test_nesting_too_deep_is_refused(bomb: str) -> None:
    (problem,) = examine(bomb, "bomb.toml").problems
    assert "太深" in problem.zh and "nested too deeply" in problem.en


def test_many_keys_of_many_parts_are_refused_at_once() -> None:
    """Forty lines of nine thousand dots kept the reader busy for minutes."""
    (problem,) = examine("\n".join(f"a{n}." + "b." * 9_000 + "c = 1" for n in range(40)), "bomb.toml").problems
    assert problem.line == 1 and "nested too deeply" in problem.en
    assert examine("x = { " + "b . " * 5_000 + "c = 1 }", "bomb.toml").problems[0].line == 1


@pytest.mark.parametrize("where", ["x = {}", "\n[follow_up]\nattempts = {}"])
def test_a_number_of_thousands_of_digits_is_refused(where: str) -> None:
    (problem,) = examine(where.format("9" * 5_000), "bomb.toml").problems
    assert problem.line == where.count("\n") + 1 and "太长" in problem.zh and "too long" in problem.en


def test_a_line_too_long_is_refused() -> None:
    (problem,) = examine("\n" + "a" + ".a" * packfile.LONGEST_LINE + " = 1", "bomb.toml").problems
    assert problem.line == 2 and "longer than" in problem.en


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    file = tmp_path / "gbk.toml"
    file.write_bytes('# ok\nname = "物业"\n'.encode("gbk"))
    with pytest.raises(PackError) as refused:
        load(file)
    assert refused.value.problems[0].line == 2 and "UTF-8" in refused.value.problems[0].zh


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.toml")


def test_the_digest_names_the_text() -> None:
    first, second = load(FILE), loads(TEXT + "\n# a remark\n")
    assert first.digest != second.digest and first.text == TEXT and first.pack == second.pack
    assert loads(TEXT).digest == first.digest


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    file = tmp_path / "dos.toml"
    file.write_bytes(b"\xef\xbb\xbf" + TEXT.replace('limit = "10d"', 'limit = "10x"').replace("\n", "\r\n").encode())
    with pytest.raises(PackError) as refused:
        load(file)
    assert refused.value.problems[0].line == line_of(TEXT, 'limit = "10d"')
