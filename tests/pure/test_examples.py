"""Every example under packs/examples: it loads, lint and the law find nothing, it speaks both languages and says where it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kesu.procedure.law import read
from kesu.procedure.lintbeside import beside
from kesu.procedure.packfile import Checked, examine_file
from kesu.procedure.packtext import parsed

PACKS = Path(__file__).parents[2] / "packs"
EXAMPLES = sorted((PACKS / "examples").glob("*.toml"))
FURTHER = beside(PACKS / "calendars", read(sorted((PACKS / "law").glob("*.toml"))))
CHINESE = re.compile(r"[一-鿿]")
every_example = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)


def checked(path: Path) -> Checked:
    return examine_file(path, FURTHER)


def tables(value: Any) -> Iterator[dict[str, Any]]:
    """Every table of the file, however deep."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from tables(inner)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 8


@every_example
def test_lint_finds_nothing(path: Path) -> None:
    found = checked(path)
    assert [problem.words("en") for problem in (*found.problems, *found.warnings)] == []


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
    pack, text = checked(path).pack, path.read_text(encoding="utf-8")
    assert pack is not None and pack.procedures and pack.pack.sources
    assert pack.pack.example and pack.pack.id == path.stem
    head = text.partition("[pack]")[0]
    assert "依据" in head and "选择" in head
