"""`kesu procedure show|diff|try|replay`, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kesu.config.commands import procedure

PROPERTY = Path(__file__).parents[2] / "packs" / "property.toml"


@pytest.fixture
def stricter(tmp_path: Path) -> Path:
    """The property procedure, important complaints solved in one day and a question less."""
    path = tmp_path / "stricter.toml"
    path.write_text(
        PROPERTY.read_text(encoding="utf-8").replace(
            'limit = "3d"\ntime = "always"\nrole = "department_head"', 'limit = "1d"\ntime = "always"\nrole = "department_head"'
        ),
        encoding="utf-8",
    )
    return path


def ran(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    code = procedure.main(list(argv))
    said = capsys.readouterr()
    return code, said.out, said.err


def test_show_says_every_obligation_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ran(capsys, "show", str(PROPERTY))
    assert code == 0 and "签收  10 分钟  部门负责人  [sign  P-6, M-13]" in out and "15 天后的 24:00 前" in out
    code, out, _ = ran(capsys, "show", str(PROPERTY), "--json", "--lang", "en")
    rows = {row["id"]: row for row in json.loads(out)["obligations"]}
    assert rows["sign"]["limit"] == "10 minutes" and rows["odr"]["procedure"].startswith("12315")


def test_diff_says_what_changed_and_nothing_for_the_same(capsys: pytest.CaptureFixture[str], stricter: Path) -> None:
    assert ran(capsys, "diff", str(PROPERTY), str(PROPERTY))[:2] == (0, "没有不同\n")
    code, out, _ = ran(capsys, "diff", str(PROPERTY), str(stricter))
    assert code == 1 and out == "obligations「办完（重要）」 limit：3 天（每天 24 小时） → 1 天（每天 24 小时）\n"
    changed = json.loads(ran(capsys, "diff", str(PROPERTY), str(stricter), "--json", "--lang", "en")[1])
    assert [(row["id"], row["key"], row["after"]) for row in changed] == [("solve_important", "limit", "1 day (24 hours)")]


def test_try_says_when_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ran(
        capsys, "try", str(PROPERTY), "--received", "2026-11-20T14:22", "--nature", "valid", "--fact", "company_fault", "--json"
    )
    due = {row["obligation"]: row["due"] for row in json.loads(out)}
    assert code == 0 and due["present_important"] == "2026-11-20T15:22:00+08:00" and due["solve_important"] == "2026-11-23T14:22:00+08:00"
    _, out, _ = ran(capsys, "try", str(PROPERTY), "--received", "2026-11-20T14:22", "--act", "dispatch@2026-11-20T14:30", "--lang", "en")
    assert "2026-11-20 14:32  Sign for  Department head" in out and "so it is due by 20 Nov 14:32" in out


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["try", str(PROPERTY), "--received", "yesterday"], "看不懂时间“yesterday”"),
        (["try", str(PROPERTY), "--received", "2026-11-20T14:22", "--fact", "company_falt"], "company_fault"),
        (["try", str(PROPERTY), "--received", "2026-11-20T14:22", "--act", "dance@2026-11-20T14:30"], "没有“dance”这个动作"),
        (["try", str(PROPERTY), "--received", "2026-11-20T14:22", "--act", "sign"], "动作@时间"),
        (["show", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_what_cannot_be_is_said_in_both_languages(capsys: pytest.CaptureFixture[str], argv: list[str], said: str) -> None:
    code, out, err = ran(capsys, *argv)
    assert code == 1 and said in err and " / " in err and not out


CASE = {
    "record": {"number": "A-1", "heard_at": "2026-11-20T14:20:00+08:00", "channel": "hotline"},
    "journal": [
        {"at": "2026-11-20T14:22:00+08:00", "act": "receive", "data": {"channel": "hotline"}},
        {"at": "2026-11-20T14:22:00+08:00", "act": "judge", "data": {"nature": "valid", "grade": "important"}},
        {"at": "2026-11-20T14:25:00+08:00", "act": "dispatch", "data": {"lead": "工程部", "co": []}},
        {"at": "2026-11-20T14:28:00+08:00", "act": "sign", "data": {"department": "工程部", "part": 1}},
        {"at": "2026-11-22T15:00:00+08:00", "act": "return", "data": {"department": "工程部", "part": 1}},
        {"at": "2026-11-22T16:00:00+08:00", "act": "report_back", "data": {"channel": "hotline"}},
    ],
}  # fmt: skip


def test_replay_of_imported_cases(capsys: pytest.CaptureFixture[str], stricter: Path, tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text(json.dumps(CASE, ensure_ascii=False) + "\n\n", encoding="utf-8")
    code, out, _ = ran(capsys, "replay", str(stricter), "--against", str(PROPERTY), "--cases", str(cases), "--json")
    figures = json.loads(out)
    assert code == 0 and figures["cases"] == 1 and figures["unreadable"] == []
    assert figures["obligations"]["solve_important"] == {"owed": [1, 1], "late": [0, 1]}
    assert figures["obligations"]["present_important"]["late"] == [1, 1]  # nobody ever presented it
    assert [(row["obligation"], row["before"], row["after"], row["now_late"]) for row in figures["shifts"]] == [
        ("solve_important", "2026-11-23T14:20:00+08:00", "2026-11-21T14:20:00+08:00", True)
    ]
    assert figures["roles"]["general_manager"]["told"][1] > figures["roles"]["general_manager"]["told"][0]
    _, out, _ = ran(capsys, "replay", str(stricter), "--against", str(PROPERTY), "--cases", str(cases))
    assert "A-1  办完（重要） [solve_important]  2026-11-23 14:20 → 2026-11-21 14:20" in out


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"record": {}}', '{"record": {"number": 1, "heard_at": "x"}, "journal": [{"at": 3, "act": "receive"}]}']
)
def test_a_line_that_cannot_be_read_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path, line: str) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text(json.dumps(CASE) + "\n" + line + "\n", encoding="utf-8")
    code, _, err = ran(capsys, "replay", str(PROPERTY), "--against", str(PROPERTY), "--cases", str(cases))
    assert code == 1 and "cases.jsonl 第 2 行" in err
