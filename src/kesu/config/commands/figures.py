"""统计：figures rebuild [--check] · counts every case from nothing, or proves that what is kept is right

`rebuild` makes facts and roll-ups anew from the journals while work goes on, on every core; the figures can be read all the time, and
whoever stops it loses nothing. `--check` changes nothing: it names the first differences.
"""

from __future__ import annotations

import argparse
import os
import sys
from itertools import islice

from kesu.config import installation
from kesu.config.now import now

SHOWN = 20


def main(argv: list[str]) -> int:
    """0 when all is right, 1 when the check has found differences, 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="kesu figures", epilog="kesu figures rebuild --check")
    parser.add_argument("what", choices=["rebuild"])
    parser.add_argument("--check", action="store_true", help="only compare; exit 1 at differences")
    parser.add_argument("--processes", type=int, default=0, metavar="N", help="so many processes (default: one for each core)")
    options = parser.parse_args(argv)
    installation.uses_django()
    from kesu.company.models import Company
    from kesu.insights.actions.holding import Held
    from kesu.insights.actions.rebuilding import differences, rebuild
    from kesu.insights.queries.telling import worth_sharing

    wrong = 0
    for company in Company.objects.order_by("pk"):
        processes = options.processes or (os.cpu_count() or 1 if worth_sharing(company) else 1)
        try:
            if options.check:
                found = list(islice(differences(company, now(), _bar, processes), SHOWN))
                print("\n".join([f"{company.name}: {'有不同 / differences' if found else '没有不同 / no differences'}", *found]))
                wrong += len(found)
            else:
                print(f"{company.name}: {rebuild(company, now(), _bar, processes)} 件统计好了 / cases counted")
        except Held as held:
            print(f"{company.name}: {held.zh} / {held.en}", file=sys.stderr)
            wrong += 1
    return 1 if wrong else 0


def _bar(done: int, total: int) -> None:
    """One line that fills up; nothing where nobody looks."""
    if sys.stderr.isatty() or done == total:
        full = 40 * done // max(total, 1)
        print(f"\r[{'█' * full}{'·' * (40 - full)}] {done:,}/{total:,}", end="\n" if done == total else "", file=sys.stderr, flush=True)
