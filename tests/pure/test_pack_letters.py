"""[[letters]]: what a pack may say, what is refused at load with file, line and key, and our own words."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from kesu.procedure.letterrows import Purpose
from kesu.procedure.letterwords import filled, open_places, own_words, reviewer, unknown, words_of
from kesu.procedure.packfile import Checked, examine, loads

PACKS = Path(__file__).parents[2] / "packs"
SHIPPED = ("property", "housekeeping", "salon")
TEXT = (PACKS / "property.toml").read_text(encoding="utf-8")


def changed(old: str, new: str) -> Checked:
    assert old in TEXT
    return examine(TEXT.replace(old, new, 1), "property.toml")


def test_every_purpose_has_our_own_words_in_both_languages_with_places_that_exist() -> None:
    assert set(own_words()) == set(get_args(Purpose))
    for words in own_words().values():
        assert set(words) == {"title", "title_en", "body", "body_en"}
        assert not [name for text in words.values() for name in unknown(text)]
        assert set(open_places(words["body"])) == set(open_places(words["body_en"]))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_sector_has_all_seven_letters_and_the_gravest_are_read_first(name: str) -> None:
    pack = loads((PACKS / f"{name}.toml").read_text(encoding="utf-8")).pack
    assert {row.purpose for row in pack.letters} == set(get_args(Purpose))
    gravest = max(pack.grades, key=lambda grade: grade.rank).id
    result = next(row for row in pack.letters if row.purpose == "result")
    assert reviewer(result, gravest) and not reviewer(result, pack.grade_default().id)
    assert result.counts == ["report_back"]


def test_a_pack_may_say_a_letter_in_its_own_words() -> None:
    own = 'purpose = "result"\ntitle = "结果"\ntitle_en = "Result"\nbody = "{customer}，好了"\nbody_en = "{customer}, done"'
    found = changed('purpose = "result"', own)
    assert found.pack
    row = next(row for row in found.pack.letters if row.purpose == "result")
    assert words_of(row, "zh-hans") == ("结果", "{customer}，好了") and words_of(row, "en")[1] == "{customer}, done"


@pytest.mark.parametrize(
    ("new", "key", "says"),
    [
        ('purpose = "result"\nbody = "{costumer}"\nbody_en = "x"', "letters[4].body", "没有 {costumer}"),
        ('purpose = "result"\ntitle = "结果"', "letters[4].title", "中文英文都要写"),
        ('purpose = "results"', "letters[4].purpose", ""),
        ('purpose = "result"\n[[letters.reviews]]\nby = "nobody"', "letters[4].reviews[1].by", "nobody"),
        ('purpose = "result"\n[[letters.reviews]]\nby = "trainer"', "letters[4].reviews[1].by", "培训员要审这封信"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(new: str, key: str, says: str) -> None:
    wrong = changed('purpose = "result"\ncounts = ["report_back"]', new)
    found = {problem.key: problem for problem in wrong.problems}
    assert key in found, list(found)
    assert says in found[key].zh
    at = 1 + TEXT[: TEXT.index('id = "letter_result"')].count("\n")
    assert at <= found[key].line <= at + 8


def test_filling_looks_at_nothing_twice_and_leaves_what_is_not_known() -> None:
    assert filled("{customer} {number} {cause} {own}", {"customer": "{number}", "number": "7", "cause": ""}) == "{number} 7 {cause} {own}"
    assert open_places("{cause} {own} {") == ["cause"]
