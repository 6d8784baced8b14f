"""[performance]: what it may say, what is refused with a sentence, and what lint keeps from being useless."""

from __future__ import annotations

from pathlib import Path

import pytest

from kesu.procedure.comparing import changes
from kesu.procedure.packfile import examine, loads

PACKS = Path(__file__).parents[2] / "packs"
TEXT = (PACKS / "property.toml").read_text(encoding="utf-8")
HERE = TEXT[TEXT.index("[performance]") :]


@pytest.mark.parametrize("name", ["property", "housekeeping", "salon"])
def test_every_sector_looks_back_monthly_and_ranks_nobody(name: str) -> None:
    rules = loads((PACKS / f"{name}.toml").read_text(encoding="utf-8")).pack.performance
    assert rules is not None and not rules.rank_people and rules.at_least >= 20 and rules.others >= 3
    assert [row.about for row in rules.reviews] == ["person", "department"] and all(row.ladder for row in rules.reviews)


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ("at_least = 20", "at_least = 2", "performance.at_least", "5"),
        ("others = 3", "others = 1", "performance.others", "2"),
        ('strata = ["grade", "category", "channel", "site"]', 'strata = ["grade", "grade"]', "performance.strata", "一次"),
        ('strata = ["grade", "category", "channel", "site"]', 'strata = ["weather"]', "performance.strata", "grade"),
        ('praise = ["praise"]', 'praise = ["thanks"]', "performance.praise", "natures 里没有"),
        ('recognises = ["receptionist"', 'recognises = ["neighbour"', "performance.recognises", "roles 里没有"),
        ('role = "handler"', 'role = "worker"', "performance.reviews[1].role", "roles 里没有"),
        ('opens = "9h"', 'opens = "monthly 3"', "performance.reviews[1].opens", "长度"),
        ('write = "5d 24:00"', 'write = "3wd"', "performance.reviews[1].write", "工作日"),
        ('id = "department_review"', 'id = "handler_review"', "performance.reviews", "用过了"),
        ('superior = "department_head"', 'superior = "handler"', "performance.reviews[1].superior", "自己"),
        ('superior = "department_head"', 'superior = "trainer"', "performance.reviews[1].superior", "看不到"),
        ('role = "handler"\nabout = "person"', 'role = "receptionist"\nabout = "department"', "performance.reviews[1].about", "person"),
    ],
)
def test_faults_are_named_with_their_key(old: str, new: str, key: str, says: str) -> None:
    assert old in HERE
    problems = examine(TEXT.replace(HERE, HERE.replace(old, new, 1)), "property.toml").problems
    assert any(row.key.startswith(key) and says in row.zh for row in problems), [(row.key, row.zh) for row in problems]


def test_without_a_ladder_one_is_warned_and_a_change_is_told() -> None:
    first = HERE.index("ladder = [")
    alone = examine(TEXT.replace(HERE, HERE[:first] + HERE[HERE.index("\n", first) + 1 :]), "property.toml")
    assert not alone.problems and any("没有人知道" in row.zh for row in alone.warnings)
    new = loads(TEXT.replace(HERE, HERE.replace("at_least = 20", "at_least = 40"))).pack
    assert [(row.table, row.key) for row in changes(loads(TEXT).pack, new)] == [("performance", "at_least")]
