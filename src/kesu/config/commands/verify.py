"""核对：经过的链条、编号、附件有没有被动过；verify F.zip 离线核对导出的全卷 · proves journal, numbers and files untouched [--json]

With a package (`kesu package`) nothing but that file is looked at: no database is needed.
Exit code 0: all holds; 1: something was touched, and what.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from kesu.config import installation


def main(argv: list[str]) -> int:
    """Walks every case, or one package; names the case and the entry, or the file, that was touched."""
    parser = argparse.ArgumentParser(prog="kesu verify", epilog="kesu verify;  kesu verify case.zip")
    parser.add_argument("package", nargs="?", type=Path, metavar="FILE", help="a package made by `kesu package`, proved offline")
    parser.add_argument("--json", action="store_true", help="for machines")
    options = parser.parse_args(argv)
    return _package(options) if options.package else _everything(options)


def _everything(options: argparse.Namespace) -> int:
    installation.uses_django()
    from kesu.config.proof import prove

    proof = prove()
    if options.json:
        print(json.dumps(proof.as_json(), ensure_ascii=False))
    else:
        for fault in proof.faults:
            print(f"{fault.number}：{fault.zh} / {fault.en}", file=sys.stderr)
        print(proof.words())
    return 1 if proof.faults else 0


def _package(options: argparse.Namespace) -> int:
    """No Django, no database: this must run on the court's machine."""
    from kesu.papers.checking import check

    try:
        report = check(options.package)
    except OSError as problem:
        print(f"读不了这个文件：{options.package}（{problem.strerror}）/ this file cannot be read", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(report.as_json(), ensure_ascii=False))
        return 1 if report.faults else 0
    for fault in report.faults:
        print(f"{fault.where}：{fault.zh} / {fault.en}", file=sys.stderr)
    for name in report.absent:
        print(f"{name}：打包时已经不在 / was gone already when the package was made")
    for name in report.altered:
        print(f"{name}：打包时与登记时不同 / was not what had been registered when the package was made")
    if report.faults:
        print(f"有 {len(report.faults)} 处不对 / {len(report.faults)} fault(s) found")
        return 1
    print(
        f"OK：{report.number}，{report.entries} 条经过，{report.files} 个文件，都没有被动过；最后的校验码 {report.head}"
        f" / {report.entries} journal entries, {report.files} files untouched; head of the chain {report.head}"
    )
    return 0
