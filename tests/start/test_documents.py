"""What the documents say is so: their commands are run or at least understood, the files they name exist, their names can be imported."""

from __future__ import annotations

import argparse
import importlib
import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kesu import __version__
from kesu.config import command

pytestmark = pytest.mark.once
ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "kesu"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bench/*.md")])
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]
CODE = re.compile(r"`([^`\n]+)`")
BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.M | re.S)
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
SAMPLES = {
    "N": "3", "DIR": "there", "S": "handle", "NUMBER": "RY-261120-001", "FILE": "packs/property.toml", "FILE…": "packs/property.toml",
    "COMMAND": "doctor", "DATE": "2026-11-20",
}  # fmt: skip
WINGS = {path.name for path in SOURCE.iterdir() if path.is_dir()}


class Understood(Exception):
    """The command line was parsed; nothing was done."""


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def pieces(name: str) -> list[str]:
    """Everything that stands as code: lines of blocks, and words between backticks."""
    text = text_of(name)
    lines = [line.partition(" #")[0].strip() for block in BLOCK.findall(text) for line in block.splitlines()]
    return [*lines, *CODE.findall(BLOCK.sub("", text))]


def commands(name: str) -> list[list[str]]:
    """Words of every command of ours: brackets opened, places filled in. `[a|b]` gives both."""
    found = [piece for piece in pieces(name) if re.match(r"(\./)?kesu [a-z]", piece)]
    return [_words(way) for line in found for way in _ways(line)]


def _ways(line: str) -> Iterator[str]:
    parts = [group.split("|") for group in re.findall(r"\[([^\]]+)\]", line)]
    for chosen in itertools.product(*parts):
        taken = iter(chosen)
        yield re.sub(r"\[[^\]]+\]", lambda _match: next(taken), line)  # noqa: B023 - used at once


def _words(line: str) -> list[str]:
    return [SAMPLES.get(word, word) for word in line.split()[1:]]


SAID = sorted({(name, " ".join(words)) for name in NAMES for words in commands(name)})


def test_the_documents_are_found() -> None:
    assert {"README.md", "README.zh-CN.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "bench/README.md", "docs/packs.md"} <= set(NAMES)
    assert {"serve", "web", "work", "demo", "case", "verify", "procedure", "law", "doctor", "test", "bench"} <= {
        line.split()[0] for _, line in SAID
    }


@pytest.mark.parametrize(("name", "line"), SAID, ids=[f"{name}: {line}" for name, line in SAID])
def test_a_command_is_understood(name: str, line: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Against the real parser; what has none of its own is told apart by exit code 2."""

    def parsed(parser: argparse.ArgumentParser, words: list[str] | None = None, *_: object) -> None:
        real(parser, words)
        raise Understood

    real = argparse.ArgumentParser.parse_args
    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", parsed)
    monkeypatch.setenv("KESU_DATA", str(tmp_path))
    words = line.split()
    assert words[0] in command.names(), f"no command {words[0]}"
    if words[0] == "test":
        assert all((ROOT / word).exists() for word in words[1:] if word.startswith("tests/"))
    elif words[0] == "manage":
        assert len(words) > 1
    else:
        _understood(words)


def _understood(words: list[str]) -> None:
    try:
        assert command.main(words) != 2, words
    except Understood:
        return
    except SystemExit as refused:
        pytest.fail(f"kesu {' '.join(words)}: exit code {refused.code}")


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name: str) -> None:
    for target in LINK.findall(text_of(name)):
        if not re.match(r"[a-z]+://|mailto:", target):
            assert (ROOT / name).parent.joinpath(target.partition("#")[0] or Path(name).name).exists(), target


@pytest.mark.parametrize("name", NAMES)
def test_files_that_are_named_exist(name: str) -> None:
    missing = [piece for piece in pieces(name) if (path := _path(piece)) and not _exists(path, ROOT / name)]
    assert missing == []


def _path(piece: str) -> str:
    """A piece that can only be meant as a file or directory of ours; placeholders (<part>) are any name."""
    word = re.sub(r"<\w+>", "*", piece)
    meant = re.fullmatch(r"[\w.*-]+(/[\w.*-]+)+/?|[\w.-]+\.(md|toml|py|in|lock|css|jsonl|csv|po|js)|\w+/", word)
    return word if meant and not re.match(r"[A-Z_]+/|application/|image/", word) else ""


def _exists(path: str, document: Path) -> bool:
    return any(list(place.glob(path.rstrip("/"))) for place in (ROOT, SOURCE, SOURCE / "complaints", document.parent))


@pytest.mark.parametrize("name", NAMES)
def test_names_that_are_named_exist(name: str) -> None:
    """`company.rights.rights_of(person)`: wings, modules, functions."""
    dotted = [re.match(r"(?:kesu\.)?((?:\w+\.)+\w+)", piece) for piece in pieces(name)]
    meant = [match.group(1) for match in dotted if match and match.group(1).split(".")[0] in WINGS and "/" not in match.string]
    assert [words for words in meant if not _importable(words.split("."))] == []


def _importable(parts: list[str]) -> bool:
    for cut in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module("kesu." + ".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


@pytest.mark.parametrize("name", NAMES)
def test_settings_that_are_named_are_read(name: str) -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in [*SOURCE.rglob("*.py"), ROOT / "kesu", *(ROOT / "tests").rglob("*.py")])
    assert [word for word in re.findall(r"KESU_[A-Z_]+", text_of(name)) if f'"{word}"' not in source and f"{word}:-" not in source] == []


def test_the_newest_heading_of_the_changelog_is_the_version() -> None:
    newest = re.search(r"^## (\d+\.\d+)", text_of("CHANGELOG.md"), re.M)
    assert newest and __version__ == f"{newest[1]}.0"


def test_both_readmes_tell_of_the_same_commands() -> None:
    said = {name: {line.split()[0] for words, line in SAID if words == name} for name in ("README.md", "README.zh-CN.md")}
    assert said["README.md"] == said["README.zh-CN.md"]


def test_what_a_stranger_types_first(tmp_path: Path) -> None:
    """The commands of the README on a small company of their own: each ends well and prints what it promises."""
    run = _Typing(tmp_path / "data")
    assert "✓" in run("doctor", ends=None)
    logins = run("demo", "--seed", "3", "--months", "1")
    assert "口令" in logins or "密码" in logins
    lines = [json.loads(line) for line in run("case", "list", "--json", "--limit", "3").splitlines()]
    assert len(lines) == 3 and {"number", "stage", "grade", "heard_at"} <= lines[0].keys()
    staged = [json.loads(line) for line in run("case", "list", "--json", "--stage", "done").splitlines()]
    assert staged and {row["stage"] for row in staged} == {"done"}
    whole = json.loads(run("case", lines[0]["number"], "--json"))
    assert whole["clocks"] and all("why" in row for row in whole["clocks"]) and whole["journal"]
    assert run("verify")
    assert "可以用" in run("procedure", "lint", str(ROOT / "packs" / "property.toml"))
    assert run("case", "RY-000000-000", "--json", ends=1) is not None


class _Typing:
    """`./kesu …` in a shell, with a data directory of its own."""

    def __init__(self, data: Path) -> None:
        kept = {key: value for key, value in os.environ.items() if key not in {"KESU_DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
        self.environment = kept | {"KESU_DATA": str(data), "PYTHONPATH": str(ROOT / "src")}

    def __call__(self, *words: str, ends: int | None = 0) -> str:
        done = subprocess.run([sys.executable, "-m", "kesu", *words], env=self.environment, capture_output=True, text=True, check=False)
        assert ends is None or done.returncode == ends, (words, done.stdout[-800:], done.stderr[-800:])
        return done.stdout
