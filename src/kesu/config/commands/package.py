"""导出全卷：package 编号 --out F.zip · papers, evidence and journal of a case in one ZIP that `kesu verify F.zip` proves anywhere

The same case gives the same bytes. Whole names and telephone numbers are in it: keep it as you keep the file itself.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from kesu.config import installation


def main(argv: list[str]) -> int:
    """Writes the package. 1 when there is no such case or no font, 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="kesu package", epilog="kesu package NUMBER --out case.zip;  kesu verify case.zip")
    parser.add_argument("number", metavar="NUMBER")
    parser.add_argument("--out", type=Path, required=True, help="the ZIP to write")
    parser.add_argument("--lang", choices=["zh", "en"], default="zh", help="zh or en")
    options = parser.parse_args(argv)
    installation.uses_django()
    from kesu.complaints.models import Case
    from kesu.config import messages
    from kesu.papers import reading
    from kesu.papers.fonts import NoFont

    messages.compile_stale()
    case = Case.objects.select_related(*reading.WITH).filter(number=options.number).first()
    if case is None:
        print(f"没有编号为 {options.number} 的投诉 / there is no complaint numbered {options.number}", file=sys.stderr)
        return 1
    try:
        _write(case, options.out, "zh-hans" if options.lang == "zh" else "en")
    except NoFont as missing:
        print(missing, file=sys.stderr)
        return 1
    print(f"{options.out}　{case.number}　{case.journal_n} 条经过 / journal entries　{case.journal_head}")
    return 0


def _write(case: object, out: Path, language: str) -> None:
    """Aside first, then into place: half a package is never found under the name."""
    from kesu.complaints.models import Case
    from kesu.papers import dossier

    assert isinstance(case, Case)
    handle, draft = tempfile.mkstemp(dir=out.parent, suffix=".zip.part")
    try:
        with os.fdopen(handle, "w+b") as target:
            dossier.make(case, target, language)
        os.chmod(draft, 0o640)
        os.replace(draft, out)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
