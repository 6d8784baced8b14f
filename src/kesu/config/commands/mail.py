"""读邮件、收邮件 · e-mails: mail read FILE…, mail file

See docs/channels.md.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

TRY_AGAIN = 75  # EX_TEMPFAIL: mail servers keep the message and come again


def main(argv: list[str]) -> int:
    """`read`: every message of every file gets its line; 1 when a file could not be opened."""
    parser = argparse.ArgumentParser(prog="kesu mail", epilog="see docs/channels.md")
    acts = parser.add_subparsers(dest="act", required=True)
    reading = acts.add_parser("read", help="one JSON line a message")
    reading.add_argument("files", nargs="+", metavar="FILE", help="a message, an mbox, or - for standard input")
    filing = acts.add_parser("file", help="file the message on standard input")
    filing.add_argument("--mailbox", metavar="ADDRESS", default="", help="which mailbox it came to; not needed where there is one")
    options = parser.parse_args(argv)
    if options.act == "file":
        return _file(options.mailbox)
    return max(_read(name) for name in options.files)


def _file(address: str) -> int:
    """For mail servers that hand messages to a program: 0 when it is kept for good, 75 (try again) when it is not."""
    from django.db import Error

    from kesu.config import installation
    from kesu.config.now import now

    data = sys.stdin.buffer.read()
    try:
        installation.uses_django()
        from kesu.channels.arriving import arrive
        from kesu.channels.models import Mailbox
        from kesu.channels.sorting import sort_new

        found = list(Mailbox.objects.filter(active=True, **({"address__iexact": address} if address else {}))[:2])
        if len(found) != 1:
            print("请用 --mailbox 指明一个已设好的邮箱 / name one mailbox that is set up with --mailbox", file=sys.stderr)
            return TRY_AGAIN
        arrive(found[0], [(data, None)], now())
    except (OSError, Error) as problem:
        print(f"没有收下，请稍后再试 / not taken, try again later: {problem}", file=sys.stderr)
        return TRY_AGAIN
    sort_new(now())  # what is kept is sorted by the worker too, should this fail
    return 0


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
