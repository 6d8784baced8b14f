"""规程：procedure lint|show|diff|try|replay · check a procedure, read it, compare two, try one, replay past cases

lint FILE…            file, line and key of every fault; 0: may be used (warnings are only printed), 1: may not;
                      [--province P] [--city C]: compared with the law of that place (without: the pack's own, else nationwide)
show FILE             every obligation in words
diff OLD NEW          what differs; 0: nothing, 1: something
try FILE --received T what would be due when, and why
replay NEW            past cases under another version: what would have been late, who would have been told
Exit code 2: wrong usage.
"""

from __future__ import annotations

import argparse
import sys

from kesu.config import lawtold, proceduretold
from kesu.procedure.lintbeside import beside
from kesu.procedure.packfaults import Problem
from kesu.procedure.packfile import Checked, Further, examine_file

USAGE = (
    "用法 / Usage: kesu procedure lint FILE… [--province P] [--city C] | show FILE | diff OLD NEW | try FILE --received TIME | replay NEW"
)


def main(argv: list[str]) -> int:
    """Lints each file named, or does what `proceduretold` does."""
    if argv and argv[0] in proceduretold.COMMANDS:
        return proceduretold.run(argv)
    if len(argv) < 2 or argv[0] != "lint":
        print(USAGE, file=sys.stderr)
        return 2
    parser = argparse.ArgumentParser(prog="kesu procedure lint", epilog="kesu procedure lint FILE --province 浙江 --city 杭州")
    parser.add_argument("files", metavar="FILE", nargs="+")
    parser.add_argument("--province", default="", help="浙江: also compare with the law of this province")
    parser.add_argument("--city", default="", help="杭州: and of this city")
    options = parser.parse_args(argv[1:])
    further = beside(proceduretold.CALENDARS, lawtold.shipped(), options.province, options.city)
    return max([_lint(path, further) for path in options.files])


def _lint(path: str, further: Further) -> int:
    try:
        checked = examine_file(path, further)
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
