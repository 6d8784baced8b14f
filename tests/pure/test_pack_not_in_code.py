"""No role, category, department kind, grade, fact or pause of a pack is named in the code: they are data."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from kesu.procedure.acts import ACTS, STEPS

ROOT = Path(__file__).parents[2]
PACKS = sorted((ROOT / "packs").glob("*.toml"))
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


LAST_WORDS = re.compile(r"""\w+(?=["'])""")
PUT_TOGETHER = re.compile(r"""["'][\w:]*["']\s+[fruFRU]*["']|["']\\[xuUN0-7]""")  # "qua" "lity"


def may_say(source: str, ids: set[str]) -> bool:
    """Whether it is worth while to take the file apart: a string that is an id, or ends with one, has it before a quote."""
    return not ids.isdisjoint(LAST_WORDS.findall(source)) or bool(PUT_TOGETHER.search(source))


@lru_cache
def said_in_the_code() -> list[tuple[str, str]]:
    """(file and line, string) of everything but migrations, as far as it may say an id."""
    ids = set().union(*map(ids_of, PACKS)) - words_of_the_code()
    files = [path for path in sorted((ROOT / "src" / "kesu").rglob("*.py")) if "migrations" not in path.parts]
    sources = [(path.relative_to(ROOT), path.read_text(encoding="utf-8")) for path in files]
    return [(f"{path}:{line}", word) for path, source in sources if may_say(source, ids) for line, word in strings(source)]


@pytest.mark.parametrize("pack", PACKS, ids=lambda path: path.stem)
def test_no_id_of_a_pack_stands_in_the_code(pack: Path) -> None:
    ids = ids_of(pack) - words_of_the_code()
    found = [f"{place}: {word!r}" for place, word in said_in_the_code() if word in ids or word.partition(":")[2] in ids]
    assert not found, "\n".join(found)


def test_the_check_sees_an_id_in_quotes() -> None:
    for source in ("role = 'site_director'", 'role = "role:site_director"', "role = 'site_' 'director'", "role = '\\x73ite_director'"):
        assert may_say(source, {"site_director"}), source
        assert {word.rpartition(":")[2] for line, word in strings(source) if line == 1} == {"site_director"}
    assert not may_say("role = 'site'  # site_director", {"site_director"})
