"""Every example under packs/examples: it loads, lint and the law find nothing, it speaks both languages and says where it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.pure.shipped import EXAMPLES, checked_example

from kesu.procedure.packtext import parsed

# What lint says of an example, and why it may stay so: file, key, what the finding must speak of.
EXPLAINED = {
    # The older reading of the WeChat Pay rule is later than the guide in force. It is there to be compared; lint says so of both limits.
    "cn_wxpay_day_end": [("obligations[1].limit", "by the platform's rules"), ("obligations[2].limit", "by the platform's rules")],
}
CHINESE = re.compile(r"[一-鿿]")
every_example = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)


def tables(value: Any) -> Iterator[dict[str, Any]]:
    """Every table of the file, however deep."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from tables(inner)


def test_there_are_examples() -> None:
    """Every procedure of STANDARDS part 3 that is not one of the source documents."""
    assert {path.stem for path in EXAMPLES} >= {
        "uk_disp", "uk_disp_psd", "uk_hoc", "uk_awaab", "au_rg271", "uk_nhs", "us_cfpb", "cn_bankins", "cn_samr_121", "cn_samr_20",
        "cn_odr", "cn_wxpay", "cn_wxpay_day_end", "cn_wxmini", "cn_12345_jn", "cn_cosm_ae", "cn_zj", "cn_bj_card", "cn_15d", "cn_hz_pm",
    }  # fmt: skip


@every_example
def test_lint_finds_nothing_that_is_not_explained(path: Path) -> None:
    found = checked_example(path.stem)
    assert [problem.words("en") for problem in found.problems] == []
    said = [problem.words("en") for problem in found.warnings]
    explained = EXPLAINED.get(path.stem, [])
    assert len(said) == len(explained), said
    assert all(key in words and why in words for words, (key, why) in zip(said, explained, strict=True)), said


@every_example
def test_every_text_stands_in_both_languages(path: Path) -> None:
    data, _ = parsed(path.read_text(encoding="utf-8"), path.name)
    for row in tables(data):
        for key in row:
            if key.endswith("_en"):
                assert row[key.removesuffix("_en")], (path.name, row)
        for key in ("name", "hint", "note", "question", "because", "first_action", "duty", "promise", "customer", "routes"):
            if key in row and (said := row[key]):
                assert f"{key}_en" in row and all(CHINESE.search(text) for text in ([said] if isinstance(said, str) else said)), row
                english = row[f"{key}_en"]
                assert not any(CHINESE.search(text) for text in ([english] if isinstance(english, str) else english)), row


@every_example
def test_it_says_where_it_comes_from(path: Path) -> None:
    """What is not our own is somebody's rule, with how far its text was checked; the head of the file says what we chose."""
    pack, text = checked_example(path.stem).pack, path.read_text(encoding="utf-8")
    assert pack is not None and pack.procedures and pack.pack.sources
    assert pack.pack.example and pack.pack.id == path.stem
    head = text.partition("[pack]")[0]
    assert "依据" in head and "选择" in head
