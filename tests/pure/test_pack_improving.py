"""[improvement]: what it may say, what is refused at load with a sentence, and what lint keeps from stalling."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from kesu.procedure.comparing import changes
from kesu.procedure.pack import Pack
from kesu.procedure.packfile import Checked, PackError, examine, loads
from kesu.procedure.running import CaseState, runs

PACKS = Path(__file__).parents[2] / "packs"
SHIPPED = ("property", "housekeeping", "salon")
TEXT = (PACKS / "property.toml").read_text(encoding="utf-8")
START = TEXT.index("[improvement]")
TABLE = TEXT[START : TEXT.index("\n# ──", START)]


def changed(old: str, new: str, text: str = TEXT) -> Checked:
    assert old in text
    return examine(text.replace(old, new), "property.toml")


@pytest.mark.parametrize("name", SHIPPED)
def test_every_sector_says_how_it_is_put_right(name: str) -> None:
    pack = loads((PACKS / f"{name}.toml").read_text(encoding="utf-8")).pack
    assert pack.improvement
    gravest = max(pack.grades, key=lambda grade: grade.rank).id
    assert any("put_right" in row.needs and row.grades == [gravest] for row in pack.closing)
    assert [row.role for row in pack.obligations if "put_right" in row.until] == [pack.improvement.leads] * 2


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ('number = "ZG-{yyyy}-{n:03}"', 'number = "ZG-{n:03}"', "improvement.number", "编号要有年"),
        ('number = "ZG-{yyyy}-{n:03}"', 'number = "ZG-{yyyy}-{n:q}"', "improvement.number", "编号要有年"),
        ('leads = "quality"', 'leads = "qualty"', "improvement.leads", "roles 里没有"),
        ('judges = "quality"', 'judges = "nobody"', "improvement.judges", "roles 里没有"),
        ('watch = "60d"', 'watch = "2wd"', "improvement.watch", "工作日"),
        ('watch = "60d"', 'watch = "monthly 3"', "improvement.watch", "长度"),
        ('plan = "7d 24:00"', 'plan = "soon"', "improvement.plan", "soon"),
        ('approver = "general_manager", longest = "30d", times = 2', 'approver = "boss", longest = "30d"', "improvement.extension", "boss"),
        ('improves = ["plan", "judge", "close"]', 'improves = ["plan", "jugde"]', "roles[8].improves", "jugde"),
        ('needs = ["corrective"]', 'needs = ["magic"]', "improvement.needs", "corrective"),
    ],
)  # fmt: skip
def test_faults_are_named_with_their_key(old: str, new: str, key: str, says: str) -> None:
    problems = changed(old, new).problems
    assert problems and any(row.key.startswith(key) and says in row.zh for row in problems), [(row.key, row.zh) for row in problems]


def without_table() -> str:
    return TEXT.replace(TABLE, "")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (without_table(), "规程里却没有 [improvement]"),
        (TEXT.replace('improves = ["plan", "judge", "close"]', 'improves = ["judge", "close"]'), "improves 里却没有 plan"),
        (TEXT.replace('improves = ["plan", "judge", "close"]', 'improves = ["plan", "close"]'), "improves 里却没有 judge"),
        (TEXT.replace('improves = ["extend", "judge", "close", "withdraw"]', 'improves = ["judge"]'), "improves 里却没有 extend"),
        (TEXT.replace(', "put_right"]', "]").replace(', "put_right",', ","), "put_right"),
    ],
)
def test_what_would_stall_a_record_or_a_case_is_refused(text: str, says: str) -> None:
    assert text != TEXT
    with pytest.raises(PackError) as refused:
        loads(text)
    assert any(says in row.zh for row in refused.value.problems), [row.zh for row in refused.value.problems]


def test_what_is_worth_a_thought_is_warned_of() -> None:
    alone = TEXT.replace('improves = ["extend", "judge", "close", "withdraw"]', 'improves = ["extend"]').replace(
        'improves = ["plan", "judge"]', 'improves = ["plan"]'
    )
    assert any("只有“品质部”能评效果" in row.zh for row in examine(alone).warnings)
    assert examine(TEXT).warnings == []


def test_two_versions_are_compared_with_and_without_it() -> None:
    pack = loads(TEXT).pack
    bare = pack.model_copy(update={"improvement": None})
    assert [(row.kind, row.table) for row in changes(bare, pack)] == [("added", "improvement")]
    assert [(row.kind, row.table) for row in changes(pack, bare)] == [("removed", "improvement")]
    longer = loads(TEXT.replace('watch = "60d"', 'watch = "90d"')).pack
    assert [(row.key, row.before, row.after) for row in changes(pack, longer)] == [("watch", "60d", "90d")]


@pytest.mark.parametrize(
    ("marks", "owed"),
    [
        ({"close": 9}, [("put_right_later", None)]),
        ({"close": 9, "put_right": 10}, [("put_right_later", 10)]),
        ({"close": 9, "put_right": 9}, [("put_right_later", 9)]),
        ({"close": 9, "put_right": 8}, []),  # put right already
        ({"put_right": 8}, []),
    ],
)
def test_it_is_not_owed_again_once_done(marks: dict[str, int], owed: list[tuple[str, int | None]]) -> None:
    pack: Pack = loads(TEXT).pack
    when = {name: (datetime(2026, 6, 1, hour).astimezone(), datetime(2026, 6, 1, hour).astimezone()) for name, hour in marks.items()}
    state = CaseState(when, "important", "valid", "hotline", open="close" not in marks, whole_marks=when)
    found = [(run.obligation.id, run.done.hour if run.done else None) for run in runs(pack, state) if "put_right" in run.obligation.until]
    assert found == owed
