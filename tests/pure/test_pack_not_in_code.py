"""No role, category, department kind, grade, fact or pause of a pack is named in the code: they are data."""

import ast
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from kesu.procedure.acts import ACTS, STEPS

ROOT = Path(__file__).parents[2]
TABLES = ("roles", "categories", "departments", "grades", "facts", "pauses")
# Words of the code that a pack happens to use too: the handler of a case is a column, payments are rows, [prepaid] is a table of the
# pack; acts and steps are code.
ALSO_WORDS_OF_THE_CODE = {"handler", "order", "other", "payment", "payments", "prepaid", "privacy"}


def ids_of(pack: Path) -> set[str]:
    data = tomllib.loads(pack.read_text(encoding="utf-8"))
    return {row["id"] for table in TABLES for row in data[table]}


def words_of_the_code() -> set[str]:
    return ALSO_WORDS_OF_THE_CODE | set(ACTS) | set(STEPS)


def strings(source: str) -> Iterator[tuple[int, str]]:
    """Every whole string of a Python file with its line (docstrings are longer than an id)."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


@lru_cache
def said_in_the_code() -> list[tuple[str, str]]:
    """(file and line, string) of everything but migrations."""
    files = [path for path in sorted((ROOT / "src" / "kesu").rglob("*.py")) if "migrations" not in path.parts]
    return [(f"{path.relative_to(ROOT)}:{line}", word) for path in files for line, word in strings(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("pack", sorted((ROOT / "packs").glob("*.toml")), ids=lambda path: path.stem)
def test_no_id_of_a_pack_stands_in_the_code(pack: Path) -> None:
    ids = ids_of(pack) - words_of_the_code()
    found = [f"{place}: {word!r}" for place, word in said_in_the_code() if word in ids or word.partition(":")[2] in ids]
    assert not found, "\n".join(found)


def test_the_check_sees_an_id_in_quotes() -> None:
    assert (1, "site_director") in list(strings("role = 'site_director'"))
