"""procedure lint FILE…：检查规程文件，说出哪一行要改 / checks procedure files and says which line to change.

Exit code 0: every file may be used (warnings are only printed); 1: some file may not; 2: wrong usage.
"""

from __future__ import annotations

import sys

from kesu.procedure.packfaults import Problem
from kesu.procedure.packfile import Checked, examine_file

USAGE = "用法 / Usage: kesu procedure lint FILE…"


def main(argv: list[str]) -> int:
    """Lints each file named."""
    if len(argv) < 2 or argv[0] != "lint" or any(word.startswith("-") for word in argv[1:]):
        print(USAGE, file=sys.stderr)
        return 2
    return max([_lint(path) for path in argv[1:]])


def _lint(path: str) -> int:
    try:
        checked = examine_file(path)
    except OSError as error:
        print(f"{path}：打不开，{error.strerror} / cannot be opened: {error.strerror}", file=sys.stderr)
        return 1
    for problem in checked.problems:
        _say("错误", "error", problem)
    for warning in checked.warnings:
        _say("提醒", "warning", warning)
    print(_summary(path, checked))
    return 1 if checked.problems else 0


def _say(zh: str, en: str, problem: Problem) -> None:
    print(f"{zh} {problem.words('zh')}\n  {en}: {problem.words('en')}")


def _summary(path: str, checked: Checked) -> str:
    wrong, warned = len(checked.problems), len(checked.warnings)
    if wrong:
        return f"{path}：{wrong} 处错误，不能用 / {wrong} error(s), cannot be used"
    return f"{path}：可以用，{warned} 条提醒 / may be used, {warned} warning(s)"
