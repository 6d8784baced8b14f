"""`kesu warn scan`: what was unusual on a day of the past, as a person and as a machine read it, and what it says when asked wrongly."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.cast import Cast
from tests.warnings.histories import burst, filed, life

from kesu.config import now as clock
from kesu.config.commands import warn
from kesu.warnings.models import Scan, Warning


@pytest.fixture
def asked(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Asks the command on the day of the story; its answer."""
    monkeypatch.setattr(clock, "now", lambda: at)

    def ask(*words: str) -> Any:
        code = warn.main(["scan", *words])
        said = capsys.readouterr()
        return (code, said.out, said.err)

    return ask


def test_a_day_of_the_past_is_told_as_it_was(cast: Cast, at: datetime, asked: Any) -> None:
    life(cast, at)
    burst(cast, at - timedelta(days=20))
    code, out, _ = asked("--as-of", "2026-10-31", "--site", "RY", "--json")
    seen = json.loads(out)
    assert code == 0 and seen["watched"] and seen["looked"]["sites"] == 1 and seen["looked"]["false_a_year"] > 0
    (row,) = seen["warnings"]
    assert (row["kind"], row["site"], row["of"], row["to"]) == ("cluster", "RY", "category", "2026-10-31")
    assert row["observed"] == len(row["cases"]) >= 7 and 0 < row["a_year"] <= 0.5 and "电梯比平常多" in row["words"]
    code, out, _ = asked("--as-of", "2026-10-20", "--site", "RY", "--json")  # ten days before: nothing of it was known
    seen = json.loads(out)
    assert seen["warnings"] == [] and "在平常的上下之间" in seen["ordinary"][0]["words"]
    assert not Warning.objects.exists() and not Scan.objects.exists()


def test_for_people_it_says_the_same_in_sentences_and_in_english(cast: Cast, at: datetime, asked: Any) -> None:
    life(cast, at)
    burst(cast, at)
    code, out, _ = asked("--as-of", "2026-11-20")
    assert code == 0 and "● 榕砚里：电梯比平常多" in out and "○ 听橘苑" in out and "还没有投诉" in out
    assert "more than usual" in asked("--as-of", "2026-11-20", "--language", "en")[1]


@pytest.mark.parametrize("n", [0, 3])
def test_a_history_of_three_is_said_to_be_too_short(cast: Cast, at: datetime, asked: Any, n: int) -> None:
    filed(cast, [at - timedelta(days=3 * k) for k in range(n)])
    seen = json.loads(asked("--as-of", "2026-11-20", "--site", "RY", "--json")[1])
    assert seen["warnings"] == [] and seen["ordinary"] == [] and [row["why"] for row in seen["untold"]] == ["few"]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--as-of", "2026-02-29"], 2, "2026-02-29"),
        (["--as-of", "昨天"], 2, "昨天"),
        (["--as-of", "2026-11-21"], 1, "还没到"),
        (["--as-of", "2026-11-20", "--site", "XX"], 1, "XX"),
    ],
)
def test_wrong_usage_is_named(asked: Any, words: list[str], code: int, says: str) -> None:
    got, out, err = asked(*words)
    assert (got, out) == (code, "") and says in err


def test_the_29th_of_february_is_a_day(cast: Cast, at: datetime, asked: Any) -> None:
    assert asked("--as-of", "2024-02-29", "--json")[0] == 0
