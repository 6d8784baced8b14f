"""[[reports]]: what it may say, what is refused with a sentence, and what lint keeps from being useless."""

from __future__ import annotations

from pathlib import Path

import pytest

from kesu.procedure.comparing import changes
from kesu.procedure.packfile import examine, loads

PACKS = Path(__file__).parents[2] / "packs"
TEXT = (PACKS / "property.toml").read_text(encoding="utf-8")
MONTH = TEXT[TEXT.index("[[reports]]") : TEXT.index("[[reports]]", TEXT.index("[[reports]]") + 5)]


@pytest.mark.parametrize("name", ["property", "housekeeping", "salon"])
def test_every_sector_reports_by_month_quarter_and_year(name: str) -> None:
    pack = loads((PACKS / f"{name}.toml").read_text(encoding="utf-8")).pack
    assert [(row.every, row.per, row.approve) for row in pack.reports] == [
        ("month", "site", "monthly 30"),
        ("quarter", "company", "monthly 30"),
        ("year", "company", "monthly 30"),
    ]
    assert all(row.commenter != row.approver for row in pack.reports) and "review" in pack.reports[2].layouts


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ('commenter = "affairs_supervisor"', 'commenter = "boss"', "commenter", "roles 里没有"),
        ('commenter = "affairs_supervisor"', 'commenter = "department_head"', "commenter", "看不到"),
        ('commenter = "affairs_supervisor"', 'commenter = "receptionist"', "commenter", "pages"),
        ('per = "site"', 'per = "company"', "commenter", "看不到"),
        ('comment = "10d 24:00"', 'comment = "2wd"', "comment", "工作日"),
        ('opens = "6h"', 'opens = "monthly 3"', "opens", "长度"),
        ('layouts = ["own"]', "layouts = []", "layouts", "至少"),
        ('layouts = ["own"]', 'layouts = ["own", "own"]', "layouts", "重复"),
        ('layouts = ["own"]', 'layouts = ["mine"]', "layouts", "association"),
        ('tell = ["general_manager", "quality"]', 'tell = ["nobody"]', "tell", "roles 里没有"),
        ('id = "month_report"', 'id = "year_report"', "id", "用过了"),
    ],
)
def test_faults_are_named_with_their_key(old: str, new: str, key: str, says: str) -> None:
    assert MONTH.count(old) == 1
    problems = examine(TEXT.replace(MONTH, MONTH.replace(old, new)), "property.toml").problems
    assert any(row.key.startswith("reports[") and f".{key}" in row.key and says in row.zh for row in problems), [
        (row.key, row.zh) for row in problems
    ]


def test_one_role_that_does_both_is_warned_of_and_a_change_is_told() -> None:
    alone = examine(TEXT.replace(MONTH, MONTH.replace('approver = "site_director"', 'approver = "affairs_supervisor"')), "property.toml")
    assert not alone.problems and any("至少要有两个人" in row.zh for row in alone.warnings)
    old, new = loads(TEXT).pack, loads(TEXT.replace(MONTH, MONTH.replace('comment = "10d 24:00"', 'comment = "8d 24:00"'))).pack
    assert [(row.table, row.key) for row in changes(old, new)] == [("reports", "comment")]
