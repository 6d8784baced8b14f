"""`kesu report visits`: the month's figures as a person and as a machine read them, and what it says when asked wrongly."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from tests.cast import Cast
from tests.complaints.story import minutes, on, walk

from kesu.complaints import actions
from kesu.config.commands import report


def _month(cast: Cast, at: datetime) -> list[str]:
    """Three that wait for a follow-up: one content, one not, one never tried; and one time agreed, which is no further follow-up."""
    cases = [cast.judged(cast.complaint(items=[(words, "lift")]), at=at) for words in ("电梯停了", "门禁坏了", "灯不亮")]
    for case in cases:
        walk(cast, case, "visit", at + minutes(1))
    first, second, _ = cases
    actions.visit(cast.su_min, first.pk, outcome="later", next_at=on("11-21", "15:00"), at=on("11-21", "10:00"))
    answers = {"fair": 1, "overall": 0}
    actions.visit(cast.su_min, first.pk, outcome="content", answers=answers, at=on("11-21", "15:10"))
    actions.visit(cast.su_min, second.pk, outcome="not_content", words="还是开不了", answers={"overall": 2}, at=on("11-21", "10:00"))
    return [case.number for case in cases]


def test_a_month_is_told_with_what_each_figure_means(cast: Cast, at: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    numbers = _month(cast, at)
    assert report.main(["visits", "2026-11", "--site", "RY", "--json"]) == 0
    seen = json.loads(capsys.readouterr().out)
    assert (seen["from"], seen["to"], seen["owed"], seen["done"]) == ("2026-11-01", "2026-11-30", 3, 2)
    assert seen["outcomes"] == {"content": 1, "not_content": 1, "not_reached": 0, "open": 1}
    asked = {row["id"]: (row["answers"], row["unrated"]) for row in seen["questions"]}
    assert asked["fair"] == ([0, 1, 0], 1) and asked["overall"] == ([1, 0, 1], 0)
    assert seen["departments"] == {"工程部": {"content": 1, "not_content": 1, "open": 1}}
    assert [(row["number"], row["words"], row["became"]) for row in seen["not_content"]] == [
        (numbers[1], "还是开不了", "办到第 2 轮，还在办")
    ]
    assert set(seen["definitions"]) == {"owed", "done", "not_reached", "open", "questions"}
    assert report.main(["visits", "2026-11"]) == 0
    told = capsys.readouterr().out
    assert "应回访 3" in told and "完成 2（满意 1，不满意 1）" in told and numbers[1] in told
    assert report.main(["visits", "2026-10", "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[0])["owed"] == 0
    assert report.main(["visits", "2026-11", "--site", "TJ", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["owed"] == 0


@pytest.mark.parametrize(
    ("words", "code", "says"), [(["2026-13"], 2, "2026-13"), (["今年"], 2, "今年"), (["2026-11", "--site", "XX"], 1, "XX")]
)
def test_wrong_usage_is_named(cast: Cast, words: list[str], code: int, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert report.main(["visits", *words]) == code
    assert says in capsys.readouterr().err
