"""核对：经过的链条、编号、附件有没有被动过 · proves journal, numbers and files untouched [--json]

Exit code 0: all holds; 1: something was touched, and what.
"""

from __future__ import annotations

import argparse
import json
import sys

from kesu.config import installation


def main(argv: list[str]) -> int:
    """Walks every case; names the case and the entry that was touched."""
    parser = argparse.ArgumentParser(prog="kesu verify")
    parser.add_argument("--json", action="store_true", help="for machines")
    options = parser.parse_args(argv)
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
