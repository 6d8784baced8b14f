"""读邮件：mail read FILE…，一封一行 · read e-mails: one JSON line a message

See docs/channels.md.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def main(argv: list[str]) -> int:
    """`read`: every message of every file gets its line; 1 when a file could not be opened."""
    parser = argparse.ArgumentParser(prog="kesu mail", epilog="see docs/channels.md")
    acts = parser.add_subparsers(dest="act", required=True)
    reading = acts.add_parser("read", help="one JSON line a message")
    reading.add_argument("files", nargs="+", metavar="FILE", help="a message, an mbox, or - for standard input")
    options = parser.parse_args(argv)
    return max(_read(name) for name in options.files)


def _read(name: str) -> int:
    from kesu.channels.mail.letter import Letter, as_line, messages, read

    code, found = 0, [b""]
    try:
        found = list(messages(sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()))
    except BrokenPipeError:
        raise
    except (OSError, MemoryError) as error:
        why = getattr(error, "strerror", None) or "memory"
        print(f"{name}：读不了，{why} / cannot be read: {why}", file=sys.stderr)
        code = 1
    for data in found:
        line = as_line(name, read(data) if data else Letter())
        sys.stdout.buffer.write(line.encode("utf-8") + b"\n")
        sys.stdout.buffer.flush()
    return code
