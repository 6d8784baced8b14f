"""The text of a TOML file of ours, read with care: its size, its encoding, its syntax, said with line and what to do."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path as File
from typing import Any

from kesu.procedure.packfaults import Problem
from kesu.procedure.packtables import LONGEST_LINE, bad_line, tables_of, together, too_deep

LARGEST = 1_000_000  # bytes; a procedure is some ten thousand words, anything bigger is a slip or an attack
_DIGITS = re.compile(r"[0-9][0-9_]{999}")


def text_of(path: File) -> tuple[str, list[Problem]]:
    """The file's text, or why it is not read. Raises OSError when there is no such file."""
    with path.open("rb") as stream:
        raw = stream.read(LARGEST + 1)
    if len(raw) > LARGEST:
        return "", [_too_big(path.name)]
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return "", [Problem(path.name, line, "", "这里不是 UTF-8 文字，请另存为 UTF-8", "this is not UTF-8 text; save the file as UTF-8")]


def _too_big(file: str) -> Problem:
    return Problem(
        file,
        1,
        "",
        f"文件超过 {LARGEST // 1000} KB，不像是规程，不读",
        f"the file is bigger than {LARGEST // 1000} KB; that is no procedure and is not read",
    )


def parsed(text: str, file: str) -> tuple[dict[str, Any], list[Problem]]:
    """The tables in the text, or the one thing that keeps it from being read; `file` is its name for messages.

    What is found is shared with whoever reads the same rows: nobody changes it.
    """
    if len(text.encode()) > LARGEST:
        return {}, [_too_big(file)]
    tables = tables_of(text)
    known = together(tables) if len(tables) > 1 else None
    return (known, []) if known is not None else _as_a_whole(text, file)


def _as_a_whole(text: str, file: str) -> tuple[dict[str, Any], list[Problem]]:
    """The same by one reading, which knows what is wrong and where."""
    if bad := bad_line(text):
        return {}, [_too_long(file, bad[0]) if bad[1] else _too_deep(file, bad[0])]
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return {}, [_syntax(str(error), text, file)]
    except ValueError:  # Python reads no whole number of so many digits
        return {}, [_too_long_a_number(text, file)]
    except RecursionError:
        return {}, [_too_deep(file)]
    return ({}, [_too_deep(file)]) if too_deep(data) else (data, [])


def _too_long(file: str, line: int) -> Problem:
    return Problem(
        file,
        line,
        "",
        f"这一行超过 {LONGEST_LINE} 个字符，不读",
        f"this line is longer than {LONGEST_LINE} characters and is not read",
    )


def _too_long_a_number(text: str, file: str) -> Problem:
    found = _DIGITS.search(text)
    line = text.count("\n", 0, found.start()) + 1 if found else 1
    return Problem(file, line, "", "这个数太长，不像是规程里的数，改短", "this number is too long for a procedure; shorten it")


def _too_deep(file: str, line: int = 1) -> Problem:
    return Problem(
        file, line, "", "括号或表套得太深，不像是规程，不读", "tables or lists are nested too deeply; that is no procedure and is not read"
    )


_SYNTAX = (
    (
        r"Cannot overwrite a value|Cannot redefine|Cannot declare .* twice|Cannot mutate",
        "同一个键或表写了两次，删掉一个",
        "a key or table is written twice; delete one",
    ),
    (r"Expected '=' after a key", "键后面要有等号", "a key needs = after it"),
    (
        r"Illegal character|Unescaped|Invalid escape|Unterminated string|Expected \"'\"",
        "引号或字符不对：引号要成对，用英文引号",
        "a quote or character is wrong: quotes come in pairs and are straight ones",
    ),
    (r"Unclosed array|Unclosed inline table", "括号没有关上", "a bracket is not closed"),
    (r"Invalid value", "值不对：文字要加引号，列表用 [ ]", "the value is wrong: text needs quotes, lists need [ ]"),
    (
        r"Invalid (initial character|statement)|Expected newline|Expected \"",
        "这一行写法不对，看看引号、括号、逗号",
        "this line is not right; look at quotes, brackets and commas",
    ),
)


def _syntax(message: str, text: str, file: str) -> Problem:
    """The reader's message with its line; what it says in English is repeated for whoever knows TOML."""
    found = re.search(r"\(at line (\d+), column \d+\)", message)
    line = int(found[1]) if found else text.rstrip().count("\n") + 1
    zh, en = next(((zh, en) for pattern, zh, en in _SYNTAX if re.search(pattern, message)), ("TOML 写法不对", "this is not TOML"))
    said = re.sub(r" \(at .*\)$", "", message)
    return Problem(file, line, "", f"{zh}（{said}）", f"{en} ({said})")
