"""[privacy.health] and [privacy.minors]: checked at load; who asks for what; the three sectors' packs ask both."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.pure.shipped import shipped

from kesu.procedure.packfile import examine

TEXT = (Path(__file__).parents[2] / "packs" / "property.toml").read_text(encoding="utf-8")
HEALTH = TEXT.index("[privacy.health]")
MINORS = TEXT.index("[privacy.minors]")


@pytest.mark.parametrize(
    ("old", "new", "zh", "en"),
    [
        ('roles = ["affairs_supervisor"', 'roles = ["doctor"', "roles 里没有“doctor”", "roles has no 'doctor'"),
        ('facts = ["U1", "U2"', 'facts = ["U1", "U22"', "facts 里没有“U22”", "facts has no 'U22'"),
        ('facts = ["under_fourteen"]', "facts = []", "加 facts 或 categories", "add facts or categories"),
        ('facts = ["under_fourteen"]', 'categories = ["nursery"]', "categories 里没有“nursery”", "categories has no 'nursery'"),
        ("version = 1", "version = 0", "", "version"),
    ],
)
def test_what_is_wrong_is_refused_at_load(old: str, new: str, zh: str, en: str) -> None:
    wrong = TEXT[HEALTH:].replace(old, new, 1)
    assert wrong != TEXT[HEALTH:]
    problems = [str(one) for one in examine(TEXT[:HEALTH] + wrong).problems]
    assert any(zh in one and en in one for one in problems), problems


def test_a_guardian_is_not_asked_where_nothing_is_asked_about_health() -> None:
    problems = [str(one) for one in examine(TEXT[:HEALTH] + TEXT[MINORS:]).problems]
    assert any("先写 [privacy.health]" in one for one in problems), problems


@pytest.mark.parametrize("sector", ["property", "housekeeping", "salon"])
def test_every_sector_asks_both_and_a_childs_data_need_both(sector: str) -> None:
    rules = shipped(sector).privacy
    assert rules and rules.health and list(rules.consents()) == ["health", "minors"]
    assert rules.health.touched({"U2": True}, []) and not rules.health.touched({"U2": False, "U7": True}, [])
    child = {"under_fourteen": True}
    assert rules.health_allowed({"health": "given"}, {}, []) and not rules.health_allowed({"health": "given"}, child, [])
    assert rules.health_allowed({"health": "given", "minors": "given"}, child, [])
    assert not rules.health_allowed({"health": "withdrawn", "minors": "given"}, child, [])
