"""`kesu due`: questions about time against a minute-by-minute count; what cannot be answered says so and the rest go on."""

from __future__ import annotations

import io
import json
import random
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kesu.config.commands import due as command
from kesu.procedure.timelines import answer

ROOT = Path(__file__).parents[2]
CN = ZoneInfo("Asia/Shanghai")
DAY = [["09:00", "12:00"], ["13:30", "18:00"]]
WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), DAY)
OFFICE = {"zone": "Asia/Shanghai", "hours": WEEK, "calendar": "cn"}


def asked(**question: Any) -> dict[str, Any]:
    return json.loads(answer(json.dumps({"id": "q", **question}, ensure_ascii=False), command.calendar))


@pytest.mark.parametrize(
    ("start", "limit", "expected"),
    [
        ("2026-02-14T17:30:00+08:00", "90m", "2026-02-24T10:00:00+08:00"),  # a make-up Saturday, then Spring Festival
        ("2026-09-30T17:00:00+08:00", "8h", "2026-10-08T17:30:00+08:00"),
        ("2026-11-20T17:00:00+08:00", "1h", "2026-11-20T18:00:00+08:00"),  # exactly at closing stays there
        ("2026-11-20T09:00:00+08:00", "3h", "2026-11-20T12:00:00+08:00"),
        ("2026-11-20T09:00:00Z", "45s", "2026-11-20T17:00:45+08:00"),
        ("2026-11-20T18:00:00+08:00", "36h elapsed", "2026-11-22T06:00:00+08:00"),
        ("2026-11-20T18:00:00", "3d", "2026-11-23T18:00:00+08:00"),
        ("2026-09-30T12:00:00+08:00", "2wd", "2026-10-10T00:00:00+08:00"),
        ("2026-11-20T23:59:00+08:00", "same-day", "2026-11-21T00:00:00+08:00"),
        ("2026-01-30T10:00:00+08:00", "1mo", "2026-02-28T10:00:00+08:00"),
    ],
)
def test_due_by_hand(start: str, limit: str, expected: str) -> None:
    found = asked(**OFFICE, start=start, limit=limit)
    assert found["due"] == expected and found["id"] == "q"
    assert found["why"][0]["kind"] == "start" and found["why"][-1]["kind"] == "limit"


def test_a_make_up_day_keeps_monday_s_hours_though_saturday_has_its_own() -> None:
    hours = {**WEEK, "sat": [["10:00", "11:00"]]}
    question = {"zone": "Asia/Shanghai", "hours": hours, "calendar": "cn"}
    assert asked(**question, at="2026-02-14T17:00:00+08:00")["open"] is True
    assert asked(**question, at="2026-02-07T17:00:00+08:00")["open"] is False


def test_closed_days_special_days_and_the_edges_of_a_window() -> None:
    closed = {**OFFICE, "holidays": ["2026-11-20"], "special": {"2026-11-21": [["22:00", "24:00"]], "2026-11-22": "24x7"}}
    assert asked(**closed, at="2026-11-20T10:00:00+08:00")["open"] is False
    assert asked(**closed, at="2026-11-21T23:59:59+08:00")["open"] is True
    assert asked(**closed, start="2026-11-21T23:00:00+08:00", end="2026-11-22T01:00:00+08:00")["minutes"] == 120
    assert asked(**OFFICE, at="2026-11-20T12:00:00+08:00")["open"] is False
    assert asked(**OFFICE, at="2026-11-20T13:30:00+08:00")["open"] is True


def test_pauses_take_working_time_only_and_overlap_counts_once() -> None:
    pauses = [["2026-11-20T11:30:00+08:00", "2026-11-20T13:45:00+08:00"], ["2026-11-20T11:45:00+08:00", "2026-11-20T13:30:00+08:00"]]
    assert asked(**OFFICE, start="2026-11-20T11:00:00+08:00", limit="2h", pauses=pauses)["due"] == "2026-11-20T15:15:00+08:00"
    assert asked(**OFFICE, start="2026-11-20T09:00:00+08:00", end="2026-11-20T18:00:00+08:00", pauses=pauses)["minutes"] == 405


def test_daylight_saving_skips_and_repeats() -> None:
    london = {"zone": "Europe/London", "hours": "24x7"}
    assert asked(**london, start="2026-03-29T00:30", limit="1h")["due"] == "2026-03-29T02:30:00+01:00"
    assert asked(**london, start="2026-10-25T00:00", end="2026-10-25T03:00")["minutes"] == 240
    assert asked(**london, start="2026-03-29T01:30", limit="1h")["code"] == "gap"
    apia = {"zone": "Pacific/Apia", "hours": {"fri": DAY, "sat": DAY}}
    assert asked(**apia, start="2011-12-29T10:00", end="2011-12-31T10:00")["minutes"] == 60  # Friday the 30th was left out


SPAN = 12 * 1440


def _minute(number: int) -> str:
    return (datetime(2026, 5, 1, tzinfo=CN) + timedelta(minutes=number)).isoformat()


# --- what cannot be answered -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({}, "question"),
        ({"zone": "Asia/Shanghai", "hours": "24x7", "start": "2026-01-01T00:00Z"}, "question"),
        ({"zone": "Asia/Shanghai", "hours": "24x7", "start": "2026-01-01T00:00Z", "limit": "1h", "end": "2026-01-02T00:00Z"}, "question"),
        ({"hours": "24x7", "at": "2026-01-01T00:00Z"}, "zone"),
        ({"zone": "Mars/Olympus", "hours": "24x7", "at": "2026-01-01T00:00Z"}, "zone"),
        ({"zone": "Asia/Shanghai", "hours": {"mon": [["09:00", "25:00"]]}, "at": "2026-01-01T00:00Z"}, "hours"),
        ({"zone": "Asia/Shanghai", "hours": {"moonday": DAY}, "at": "2026-01-01T00:00Z"}, "hours"),
        ({"zone": "Asia/Shanghai", "hours": {"mon": DAY, "Monday": DAY}, "at": "2026-01-01T00:00Z"}, "hours"),
        ({"zone": "Asia/Shanghai", "at": "2026-01-01T00:00Z"}, "hours"),
        ({"zone": "Asia/Shanghai", "hours": "24x7", "calendar": "mars", "at": "2026-01-01T00:00Z"}, "calendar"),
        ({"zone": "Asia/Shanghai", "hours": "24x7", "start": "2026-01-01T00:00Z", "limit": "0m"}, "limit"),
        ({"zone": "Asia/Shanghai", "hours": "24x7", "start": "2026-01-01T00:00Z", "limit": "-1h"}, "limit"),
        ({"zone": "Asia/Shanghai", "hours": "24x7", "start": "2026-01-01T00:00Z", "limit": 90}, "limit"),
        ({"zone": "Asia/Shanghai", "hours": "24x7", "start": "2026-01-01T00:00Z", "limit": "2wd"}, "limit"),
        ({"zone": "Asia/Shanghai", "hours": {}, "start": "2026-01-01T00:00Z", "limit": "1h"}, "beyond"),
        ({"zone": "Asia/Shanghai", "hours": "24x7", "start": "9999-01-01T00:00Z", "limit": "1h"}, "beyond"),
        ({"zone": "Asia/Shanghai", "hours": "24x7", "start": "tomorrow", "limit": "1h"}, "time"),
        ({"zone": "Asia/Shanghai", "hours": "24x7", "start": "2026-01-02T00:00Z", "end": "2026-01-01T00:00Z"}, "order"),
        (
            {"zone": "Asia/Shanghai", "hours": "24x7", "start": "2026-01-01T00:00Z", "limit": "1h", "pauses": [["2026-01-02T00:00Z"]]},
            "pauses",
        ),
        ({"zone": "Asia/Shanghai", "hours": "24x7", "start": "2026-01-01T00:00Z", "limit": "customer-date"}, "customer_date"),
        ({"zone": "Asia/Shanghai", "hours": "24x7", "holiday": [], "at": "2026-01-01T00:00Z"}, "key"),
    ],
)
def test_what_is_wrong_is_said_in_both_languages(question: dict[str, Any], code: str) -> None:
    found = asked(**question)
    assert found["code"] == code and " / " in found["error"] and re.search("[一-鿿]", found["error"]) and found["id"] == "q"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("id", "zone", "hours", "start", "limit", "at", "end", "pauses", "special", "mon")) | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=30, deadline=None)
@given(JSON)
def test_whatever_stands_in_a_line_is_answered(value: Any) -> None:
    assert isinstance(json.loads(answer(json.dumps(value), command.calendar)), dict)


@given(st.text())
def test_whatever_the_line_is(line: str) -> None:
    assert isinstance(json.loads(answer(line, command.calendar)), dict)


@pytest.mark.parametrize("line", ["[" * 100_000, '{"id": ' + "[" * 5000 + "]" * 5000 + "}", "9" * 5000, '{"id": 1, "at": NaN}'])
def test_bombs_are_answered_too(line: str) -> None:
    assert "error" in json.loads(answer(line, command.calendar))


# --- the command -----------------------------------------------------------------------------------------------------------------


def ran(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], raw: bytes, *argv: str) -> list[dict[str, Any]]:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
    assert command.main(list(argv)) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_lines_are_answered_in_order_and_bad_ones_do_not_stop_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good = json.dumps({"id": 7, **OFFICE, "at": "2026-11-20T10:00:00+08:00"}, ensure_ascii=False).encode()
    found = ran(monkeypatch, capsys, b"\xef\xbb\xbf" + good + b"\n\n\xff\xfe\n{\n" + good.replace(b"7", b"8", 1))
    assert [row.get("open", "error") for row in found] == [True, "error", "error", True] and [row["id"] for row in found] == [
        7,
        None,
        None,
        8,
    ]


def test_many_lines_keep_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Also where a piece that was read ends within a line, and from several files."""
    rng, one, two = random.Random(3), tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    rows = [{"id": n, **OFFICE, "start": _minute(rng.randrange(SPAN)), "limit": f"{rng.randint(1, 900)}m"} for n in range(2000)]
    one.write_text("\n".join(json.dumps(row) for row in rows[:1500]), encoding="utf-8")
    two.write_text("\r\n".join(json.dumps(row) for row in rows[1500:]) + "\r\n", encoding="utf-8")
    assert one.stat().st_size > command.AT_ONCE
    found = ran(monkeypatch, capsys, b"", str(one), str(two))
    assert [row["id"] for row in found] == list(range(len(rows)))
    assert [found[n]["due"] for n in (0, 777, 1999)] == [asked(**rows[n])["due"] for n in (0, 777, 1999)]


def test_the_page_of_examples_is_true(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Every block of the reference is a question, and the next one its answer."""
    blocks = re.findall(r"```json\n(.*?)```", (ROOT / "docs" / "due.md").read_text(encoding="utf-8"), re.S)
    questions, answers = blocks[::2], blocks[1::2]
    assert len(questions) == len(answers) == 4
    found = ran(monkeypatch, capsys, "".join(questions).encode())
    assert found == [json.loads(block) for block in answers]


def test_the_page_names_every_code(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "docs" / "due.md").read_text(encoding="utf-8").partition("**`code`**")[2].partition("##")[0]
    source = "".join((ROOT / "src" / "kesu" / "procedure" / name).read_text(encoding="utf-8") for name in ("timelines.py", "askedtime.py"))
    used = set(re.findall(r'WrongQuestion\(\s*"([a-z_0-9-]+)"', source)) | {"beyond", "start"}
    assert used == set(re.findall(r"`([a-z_0-9-]+)`", text))


def test_the_reckoning_in_words(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    question = json.dumps({"id": 1, **OFFICE, "holidays": ["2026-02-24"], "start": "2026-02-14T17:30", "limit": "90m"}).encode()
    zh, en = (ran(monkeypatch, capsys, question, "--words", language)[0]["words"] for language in ("zh", "en"))
    assert zh[-1] == "所以是 2 月 25 日 10:00 前" and "2 月 24 日 00:00–24:00 公司假日放假，不计" in zh
    assert en[-1] == "so it is due by 25 Feb 10:00" and "24 Feb 00:00–24:00: company holiday off, not counted" in en
