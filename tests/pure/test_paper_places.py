"""What was read on paper becomes proposals by where it stands; the boxes were recorded from real readings of our form and of a letter."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from kesu.channels.paper.placing import Box, boxes, proposed
from kesu.procedure.packfile import load

ROOT = Path(__file__).parents[2]
FORM, LETTER = (json.loads((ROOT / "tests/data" / f"paper_{name}.json").read_text(encoding="utf-8")) for name in ("form", "letter"))


@pytest.fixture(scope="module")
def labels() -> dict[str, str]:
    """The labels of the form as the pack prints it."""
    from kesu.channels.paper.fields import labels_of

    return labels_of(load(ROOT / "packs/property.toml").pack)


def test_each_thing_stands_in_its_field(labels: dict[str, str]) -> None:
    said = proposed(boxes(FORM), labels)
    assert said["customer"] == "闵女士" and said["home"] == "6栋2单元1103" and said["contact"] == "138 0000 6021"
    assert said["happened_at"] == "11月19日晚上八点" and said["happened_place"] == "6栋2单元电梯" and said["against"] == "工程部"
    assert said["story"].splitlines()[0].startswith("电梯停在3层") and said["story"].splitlines()[-1].startswith("这个月已经是第三次")
    assert said["wishes"].startswith("把电梯彻底修好") and said["wanted_by"] == "11月25日前"
    assert set(said) == {"customer", "home", "contact", "happened_at", "happened_place", "against", "story", "wishes", "wanted_by"}


@pytest.mark.parametrize("factor", [0.4, 1.0, 3.0])
def test_however_large_the_picture_is_and_in_whatever_order_it_was_read(labels: dict[str, str], factor: float) -> None:
    scaled = [one | {name: one[name] * factor + 7 for name in ("x0", "y0", "x1", "y1")} for one in FORM]
    random.Random(3).shuffle(scaled)
    said = proposed(boxes(scaled), labels)
    assert said["home"] == "6栋2单元1103" and said["wishes"].startswith("把电梯") and len(said["story"].splitlines()) == 3


def test_a_label_that_was_not_read_costs_its_field_and_not_the_others(labels: dict[str, str]) -> None:
    said = proposed(boxes(one for one in FORM if one["text"] != "住户要求"), labels)
    assert said["customer"] == "闵女士" and said["home"] == "6栋2单元1103" and "电梯停在3层" in said["story"]


def test_a_letter_gives_its_words_and_whom_to_call(labels: dict[str, str]) -> None:
    said = proposed(boxes(LETTER), labels)
    assert said["contact"] == "13900001190" and said["home"] == "8栋1单元302" and said["customer"] == "陈桂香"
    assert "响得睡不着" in said["story"]


def test_label_and_words_in_one_piece(labels: dict[str, str]) -> None:
    rows = [
        Box(text, 10, 20 * n, 200, 20 * n + 15) for n, text in enumerate(["住户姓名：闵女士", "房号: 6-2-1103", "联系方式：13800006021"])
    ]
    assert proposed(rows, labels) == {"customer": "闵女士", "home": "6-2-1103", "contact": "13800006021"}


def test_whatever_a_program_tells_it_never_fails(labels: dict[str, str]) -> None:
    odd = [
        {},
        {"text": 1, "x0": "a"},
        {"text": None, "x0": 1, "y0": 1, "x1": 0, "y1": 0},
        {"text": "房号", "x0": 1e300, "y0": 1, "x1": 2, "y1": 2},
    ]
    assert isinstance(proposed(boxes(odd), labels), dict) and proposed([], labels) == {}
    marks = [Box(label, 5, 5, 5, 5) for label in labels]
    assert isinstance(proposed(marks, labels), dict)
