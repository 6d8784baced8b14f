"""法律、平台和主管部门的时限：law [--sector S] [--province P] [--city C] [--on DATE] · legal limits in force, with how far each was checked

Without a place only what counts nationwide is shown, without a sector every one. The rows are data (packs/law); see docs/law.md.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from zoneinfo import ZoneInfo

from kesu.config import lawtold
from kesu.procedure.packfaults import PackError


def main(argv: list[str]) -> int:
    """Prints the rows. 1 when a file of rows is wrong, 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="kesu law", epilog="kesu law --sector property --province 浙江 --city 杭州")
    parser.add_argument("--sector", help="property, housekeeping, salon; without it every one")
    parser.add_argument("--province", default="", help="浙江")
    parser.add_argument("--city", default="", help="杭州")
    parser.add_argument("--on", type=date.fromisoformat, help="in force on that day (YYYY-MM-DD); today without it")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--lang", choices=["zh", "en"], default="zh", help="zh or en")
    options = parser.parse_args(argv)
    try:
        law = lawtold.shipped()
    except PackError as problem:
        print(problem.words("zh"), problem.words("en"), sep="\n", file=sys.stderr)
        return 1
    rows = law.chosen(options.sector, options.province, options.city, options.on or _today())
    zh = options.lang == "zh"
    for row in rows:
        print(lawtold.as_json(row) if options.json else "\n".join(lawtold.lines(row, zh)))
    if not rows and not options.json:
        print("没有合得上的" if zh else "none")
    return 0


def _today() -> date:
    from kesu.config.now import now

    return now().astimezone(ZoneInfo("Asia/Shanghai")).date()
