"""算退卡：refund < in.jsonl > out.jsonl，每行一张卡 · refunds of prepaid cards with every step: one JSON object a line

Reads standard input or the files named; answers every line in order, an impossible one with `error`. Amounts in fen. See docs/refund.md.
"""

from __future__ import annotations

import argparse
import sys
from functools import lru_cache
from pathlib import Path

from kesu.config.installation import ROOT
from kesu.procedure.askedrefund import answer, rules_of
from kesu.procedure.packfile import load
from kesu.procedure.prepaid import Rules

PACKS = ROOT / "packs"


@lru_cache(maxsize=4)
def _rules(pack: str) -> Rules:
    found = load(Path(pack)).pack.prepaid
    return rules_of(found) if found else Rules()


def main(argv: list[str]) -> int:
    """Answers every line; 1 only for a file that cannot be read."""
    parser = argparse.ArgumentParser(prog="kesu refund", epilog="kesu refund < in.jsonl > out.jsonl; see docs/refund.md")
    parser.add_argument("files", nargs="*", default=["-"], help="JSON lines; - or none: standard input")
    parser.add_argument("--pack", default=str(PACKS / "salon.toml"), help="whose [prepaid] holds: days, rates")
    options = parser.parse_args(argv)
    return max([_answer_file(name, options.pack) for name in options.files])


def _answer_file(name: str, pack: str) -> int:
    try:
        lines = sys.stdin.buffer if name == "-" else Path(name).open("rb")  # noqa: SIM115 - closed below
        with lines:
            for line in lines:
                if line.strip():
                    sys.stdout.buffer.write(answer(line, lambda: _rules(pack)).encode() + b"\n")
                    sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise  # whoever read has gone: the command line knows what to do
    except OSError as error:
        print(f"{name}：读不了，{error.strerror} / cannot be read: {error.strerror}", file=sys.stderr)
        return 1
    return 0
