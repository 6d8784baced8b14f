"""规程：procedure lint|show|diff|try|replay · check a procedure, read it, compare two, try one, replay past cases

lint FILE…            file, line and key of every fault; 0: may be used (warnings are only printed), 1: may not
show FILE             every obligation in words
diff OLD NEW          what differs; 0: nothing, 1: something
try FILE --received T what would be due when, and why
replay NEW            past cases under another version: what would have been late, who would have been told
Exit code 2: wrong usage.
"""

from __future__ import annotations

import sys

from kesu.config import proceduretold
from kesu.procedure.packfaults import Problem
from kesu.procedure.packfile import Checked, examine_file

USAGE = "用法 / Usage: kesu procedure lint FILE… | show FILE | diff OLD NEW | try FILE --received TIME | replay NEW"


def main(argv: list[str]) -> int:
    """Lints each file named, or does what `proceduretold` does."""
    if argv and argv[0] in proceduretold.COMMANDS:
        return proceduretold.run(argv)
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
