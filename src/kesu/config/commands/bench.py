"""量一量 · measure pages, receiving, ringing, papers, time, mail, warning [--cases N…] [--open N] [--database D] [--only X] [--json F]"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from kesu.config.installation import ROOT


def main(argv: list[str]) -> int:
    """Builds companies of the sizes asked for in places of their own and measures them; nothing of the installation is touched."""
    parser = argparse.ArgumentParser(prog="kesu bench")
    parser.add_argument("--cases", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--open", type=int, default=500, help="open cases, whatever the length of the history")
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    parts = ["pages", "figures", "receiving", "ringing", "papers", "reports", "deadlines", "api", "mail", "warning"]
    parser.add_argument("--only", choices=parts)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    options = parser.parse_args(argv)
    sys.path.insert(0, str(ROOT))
    from bench import deadlines, warning
    from bench.report import measure

    if options.only in (None, "deadlines"):
        print("\n".join(deadlines.run()), flush=True)
    if options.only == "deadlines":
        return 0
    if options.only == "warning":
        print("\n".join(warning.run()), flush=True)
        return 0
    found = measure([options.database] if options.database else ["sqlite", "postgresql"], options.cases, options.open, options.only)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0
