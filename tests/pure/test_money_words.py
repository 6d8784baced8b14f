"""Amounts on papers: digits, and capital numerals as a cashier writes them."""

from __future__ import annotations

import pytest

from kesu.papers.money import capitals, yuan


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"), (1, "壹分"), (10, "壹角整"), (11, "壹角壹分"), (100, "壹元整"), (101, "壹元零壹分"), (110, "壹元壹角整"),
        (1000, "壹拾元整"), (10_000, "壹佰元整"), (10_100, "壹佰零壹元整"), (36_050, "叁佰陆拾元伍角整"), (100_100, "壹仟零壹元整"),
        (101_000, "壹仟零壹拾元整"), (1_000_000, "壹万元整"), (1_000_100, "壹万零壹元整"), (1_010_000, "壹万零壹佰元整"),
        (1_100_000, "壹万壹仟元整"), (10_000_000, "壹拾万元整"), (10_050_000, "壹拾万零伍佰元整"),
        (123_456_789, "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"),
        (10_000_000_000, "壹亿元整"), (10_000_000_100, "壹亿零壹元整"), (10_100_000_000, "壹亿零壹佰万元整"), (-500, "负伍元整"),
        (20_002_000_000, "贰亿零贰万元整"), (100_010_000_000, "壹拾亿零壹拾万元整"),
    ],
)  # fmt: skip
def test_capitals(fen: int, words: str) -> None:
    assert capitals(fen) == words


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [(360_000, "3,600 元", "3,600 yuan"), (36_050, "360.50 元", "360.50 yuan"), (-5, "−0.05 元", "−0.05 yuan"), (None, "", "")],
)
def test_digits(fen: int | None, zh: str, en: str) -> None:
    assert (yuan(fen), yuan(fen, False)) == (zh, en)
