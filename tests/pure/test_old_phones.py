"""The customer's pages run on a phone of 2018: their scripts hold nothing newer than ES2017."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "src" / "kesu" / "web" / "static"
SCRIPTS = ("cookies.js", "customer.js", "draft.js", "paper.js", "send.js", "shell.js", "uploads.js")  # what those pages load
NEWER = {
    "optional chaining": r"\?\.(?!\d)",
    "nullish": r"\?\?",
    "logical assignment": r"(\|\||&&)=(?!=)",
    "catch without a name": r"\bcatch\s*\{",
    "rest or spread of an object": r"[{,]\s*\.\.\.(?![^()\[\]{}]*[\])])",
    "private or static members": r"(?:^|[\s;{])(#\w+|static\s+\w)",
    "for await": r"\bfor\s+await\b",
    "numbers with underscores": r"\b\d+_\d",
    "regular expressions": r"\(\?<|/[gimuy]*s[gimuy]*[.,;)\s]",
    "newer functions": r"\.(?:flat|flatMap|replaceAll|matchAll|at|trimStart|trimEnd|hasOwn|allSettled|any|finally)\(",
    "newer interfaces": r"Object\.fromEntries|structuredClone|\.toggleAttribute\(|\.replaceChildren\(|randomUUID|globalThis",
}


def code_of(text: str) -> str:
    """Without comments and the words in quotation marks."""
    text = re.sub(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", "", text, flags=re.S)
    return re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', text)


@pytest.mark.parametrize("name", SCRIPTS)
def test_nothing_newer_than_es2017(name: str) -> None:
    code = code_of((STATIC / "js" / name).read_text(encoding="utf-8"))
    found = {what: hits for what, pattern in NEWER.items() if (hits := re.findall(pattern, code))}
    assert not found, (name, found)


def test_the_pages_load_no_others() -> None:
    """What a page of theirs imports is in the list above."""
    for name in SCRIPTS:
        for imported in re.findall(r'from "\./([\w.]+)"|import "\./([\w.]+)"', (STATIC / "js" / name).read_text(encoding="utf-8")):
            assert "".join(imported) in SCRIPTS, (name, imported)


@pytest.mark.parametrize(
    "bad", ["a?.b", "a ?? b", "try {} catch { }", "f({ ...a })", "a.replaceAll(1, 2)", "class A { #b = 1 }", "x ||= 1"]
)
def test_the_scan_would_find_it(bad: str) -> None:
    assert any(re.search(pattern, code_of(bad)) for pattern in NEWER.values())
