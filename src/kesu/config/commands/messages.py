"""messages [check|missing]：英文缺哪些 / which strings lack their English.

`check`: exit code 1 when something is missing or two parts disagree. `missing`: a skeleton to put into locale/parts/<part>.po.
"""

from __future__ import annotations

import sys

from kesu.config import installation, messages

USAGE = "用法 / Usage: kesu messages [check|missing]"


def main(argv: list[str]) -> int:
    """Compiles, then says what is missing."""
    if len(argv) > 1 or argv[:1] not in ([], ["check"], ["missing"]):
        print(USAGE, file=sys.stderr)
        return 2
    installation.uses_django()
    try:
        messages.compile_stale()
        lacking = messages.missing()
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 1
    _skeleton(lacking) if argv == ["missing"] else _report(lacking)
    return 1 if lacking or messages.garbled() or messages.disagreements() else 0


def _report(lacking: list[messages.Said]) -> None:
    for said in lacking:
        print(f"{said.place}: {said.id!r}")
    for id in messages.garbled():
        print(f"占位不一致 / other placeholders: {id!r}")
    for line in messages.disagreements():
        print(f"两处译法不同 / parts disagree: {line}")
    print(f"缺 {len(lacking)} 条英文，{len(messages.unused())} 条已不用 / {len(lacking)} missing, {len(messages.unused())} unused")


def _skeleton(lacking: list[messages.Said]) -> None:
    for said in lacking:
        words = said.message
        if isinstance(words, str):
            print(f'# {said.place}\nmsgid {_quoted(words)}\nmsgstr ""\n')
        else:
            print(f'# {said.place}\nmsgid {_quoted(words[0])}\nmsgid_plural {_quoted(words[1])}\nmsgstr[0] ""\nmsgstr[1] ""\n')


def _quoted(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
