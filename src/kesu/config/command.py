"""The command line: one module in `commands/` is one command. Nothing heavy is imported here."""

from __future__ import annotations

import ast
import importlib
import os
import sys
from pathlib import Path

from kesu.config import installation

COMMANDS = Path(__file__).resolve().parent / "commands"
KEEP_THEIR_OPTIONS = {"manage", "test"}


def main(argv: list[str]) -> int:
    """Runs the command named first; usage and exit code 2 when there is none of that name."""
    try:
        code = _answer(argv)
        sys.stdout.flush()  # here, where a closed pipe is expected, and not when the interpreter ends
        return code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `kesu case list | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as problem:  # no place for the data, or no room
        if (told := installation.trouble(problem)) is None:
            raise
        print(told, file=sys.stderr)
        return 1


def _answer(argv: list[str]) -> int:
    if not argv or argv[0] in {"-h", "--help", "help"}:
        print(usage(), flush=True)
        return 0 if argv else 2
    name, rest = argv[0], argv[1:]
    if name not in names():
        print(f"没有这个命令 / No such command: {name}\n\n{usage()}", file=sys.stderr)
        return 2
    return _run(name, rest)


def names() -> list[str]:
    """The commands that exist: the modules of `commands/`."""
    return sorted(path.stem for path in COMMANDS.glob("[a-z]*.py"))


def usage() -> str:
    """What can be said, from the first line of each command's docstring."""
    lines = [f"  {name:<10} {_summary(name)}" for name in names()]
    return "\n".join(["用法 / Usage: kesu COMMAND [...] [--data DIR]", "", *lines])


def _summary(name: str) -> str:
    text = ast.get_docstring(ast.parse((COMMANDS / f"{name}.py").read_text(encoding="utf-8"))) or ""
    return text.partition("\n")[0]


def _run(name: str, rest: list[str]) -> int:
    try:
        rest = rest if name in KEEP_THEIR_OPTIONS else _take_data(rest)
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 2
    return importlib.import_module(f"kesu.config.commands.{name}").main(rest)


def _take_data(rest: list[str]) -> list[str]:
    """`--data DIR` counts for every command and is taken out here. Raises ValueError when DIR is missing."""
    kept: list[str] = []
    words = iter(rest)
    for word in words:
        if word == "--data" or word.startswith("--data="):
            place = word.partition("=")[2] or next(words, "")
            if not place:
                raise ValueError("--data 后面要写目录 / --data needs a directory")
            os.environ["KESU_DATA"] = os.path.abspath(os.path.expanduser(place))
        else:
            kept.append(word)
    return kept
