"""A text read table by table means what it means read as a whole, and every key stands on the same line."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.pure.shipped import EXAMPLES, PACKS

from kesu.procedure.packlines import Lines
from kesu.procedure.packtables import tables_of, together
from kesu.procedure.packtext import parsed

FILES = [*sorted(PACKS.glob("*.toml")), *EXAMPLES, PACKS / "law" / "cn.toml"]
UNCUT = '\nlast = """\n[x]\n"""\n'  # a header that is none: a text that ends so is read as a whole


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
    return [path, *(found for key, part in inside for found in paths(part, (*path, key)))]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_ships_is_read_table_by_table_and_means_the_same(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert together(tables_of(text)) == tomllib.loads(text)


@pytest.mark.parametrize("file", [PACKS / "property.toml", PACKS / "examples" / "uk_hoc.toml"], ids=lambda file: file.stem)
def test_every_key_stands_on_the_same_line_however_it_is_read(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    data = parsed(text, file.name)[0]
    assert together(tables_of(text + UNCUT)) is None and parsed(text + UNCUT, file.name)[0].keys() == data.keys()
    cut, uncut, dos = Lines(text), Lines(text + UNCUT), Lines(text.replace("\n", "\r\n"))
    asked = [*paths(data), ("pack", "nowhere"), ("nowhere", 2, "x")]
    assert [cut.line(path) for path in asked] == [uncut.line(path) for path in asked] == [dos.line(path) for path in asked]


WORDS = [
    "[a]", "[[a]]", "[a.b]", "[[a.b]]", "[b]", "[[b]]", "[ b ]", "[[ a . b ]]", '["a"]', "[true]", "[[1]]", "  [a]", "[a] # x", "[a]]",
    "a = 1", "b = 2", "a.b = 3", "b = [", "c = [{}]", "a = [{ b = 1 }]", "]", "]]", 'c = """', "c = '''", '"""', "'''", 'd = "[a]"',
    "# [b]", "", "d = '''[b]'''",
]  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=9))
@settings(max_examples=400)
@example(["a.b = 1", "[b]", "[a]"])
@example(["[a]", "b = 2", "[b]", "[a.b]"])
@example(["[[a]]", "[b]", "[[a.b]]", "[[a]]"])
@example(["c = '''", "[a]", "'''", "[b]", "a = 1"])
@example(["[b]", "b = [", "[true]", "]", "[a]", "b = 2"])
@example(["[[a]]", "b = 2", "[[a]]", "", "[[a.b]]", "d = '''[b]'''", "[b]", "[[a]]", "a = 1"])
def test_whatever_goes_together_means_what_the_reader_says(lines: list[str]) -> None:
    text = "\n".join(lines)
    found = together(tables_of(text))
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        assert found is None
        return
    assert found in (None, data)
    whole = Lines("\n" + text + UNCUT.replace("last", "zz"))  # one line lower
    here = Lines(text)
    for path in paths(data)[1:]:
        assert here.line(path) == max(whole.line(path) - 1, 1), path


def test_a_text_of_more_tables_than_any_pack_has_is_read_in_one_piece() -> None:
    text = "".join(f"[t{n}]\na = {n}\n" for n in range(3000))
    assert len(tables_of(text)) == 1 and parsed(text, "")[0] == tomllib.loads(text)
    assert [Lines(text).line((f"t{n}", "a")) for n in (0, 2999)] == [2, 6000]


def test_a_row_read_before_does_not_make_another_text_longer() -> None:
    first = together(tables_of("[[a]]\nb = 1\n[[a]]\nb = 2\n"))
    again = together(tables_of("[[a]]\nb = 1\n"))
    assert first == {"a": [{"b": 1}, {"b": 2}]} and again == {"a": [{"b": 1}]}
