"""[warning]: what it may say, what is refused at load with a sentence, and what lint keeps from being useless."""

from __future__ import annotations

from pathlib import Path

import pytest

from kesu.procedure.comparing import changes
from kesu.procedure.packfile import examine, loads

PACKS = Path(__file__).parents[2] / "packs"
SHIPPED = ("property", "housekeeping", "salon")
TEXT = (PACKS / "property.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SHIPPED)
def test_every_sector_watches(name: str) -> None:
    pack = loads((PACKS / f"{name}.toml").read_text(encoding="utf-8")).pack
    assert pack.warning and {row.per for row in pack.warning.indicators} == {None, "customer", "person"}
    gravest = max(pack.grades, key=lambda grade: grade.rank).id
    assert pack.warning.indicators[0].grades == [gravest]


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ('owner = "site_director"\nanswer', 'owner = "boss"\nanswer', "warning.owner", "roles 里没有"),
        ('owner = "site_director"\nanswer', 'owner = "department_head"\nanswer', "warning.owner", "看不到整个项目"),
        ('answer = "5d 24:00" #', 'answer = "2wd" #', "warning.answer", "工作日"),
        ('at = "06:30"', 'at = "25:00"', "warning.at", "不是时刻"),
        ('windows = ["7d", "28d", "91d"]', 'windows = ["7d", "monthly 3"]', "warning.windows", "长度"),
        ('windows = ["7d", "28d", "91d"]', 'windows = ["7d", "400d"]', "warning.windows", "366"),
        ('history = "730d"', 'history = "120d"', "warning.history", "182d"),
        ('within = "30d"\ncount = 3', 'within = "30d"', "warning.indicators[1].count", "写一个"),
        ('within = "30d"\ncount = 3', 'within = "30d"\ncount = 3\nrate = 2.5', "warning.indicators[1].count", "写一个"),
        ("count = 5\nnear = 4", "count = 5\nnear = 5", "warning.indicators[3].near", "near 要比 count 小"),
        ('per = "customer"', 'per = "text"', "warning.indicators[2].per", "门槛"),
        ('per = "customer"', 'per = "weather"', "warning.indicators[2].per", "customer"),
        ('id = "same_person"', 'id = "same_customer"', "warning.indicators[3].id", "用过了"),
    ],
)
def test_faults_are_named_with_their_key(old: str, new: str, key: str, says: str) -> None:
    assert TEXT.count(old) == 1
    problems = examine(TEXT.replace(old, new), "property.toml").problems
    assert any(row.key.startswith(key) and says in row.zh for row in problems), [(row.key, row.zh) for row in problems]


def test_many_false_alarms_are_warned_of_and_the_table_may_be_left_out() -> None:
    often = examine(TEXT.replace("once_in = 2\n", "once_in = 0.5\n"), "property.toml")
    assert not often.problems and any(row.key == "warning.once_in" and "2" in row.zh for row in often.warnings)
    start = TEXT.index("[warning]")
    without = TEXT[:start] + TEXT[TEXT.index("# ── 原因 Causes") :]
    assert loads(without).pack.warning is None


def test_a_changed_rule_is_told() -> None:
    old, new = loads(TEXT).pack, loads(TEXT.replace("once_in = 2\n", "once_in = 3\n").replace("count = 5\nnear = 4", "count = 6")).pack
    assert {"once_in", "indicators"} == {row.key for row in changes(old, new) if row.table == "warning"}
