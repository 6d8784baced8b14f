"""算时间：due < in.jsonl > out.jsonl，每行一个问题 · due times and why, working minutes, open or not: one JSON object a line

Reads standard input or the files named; answers every line in order, an impossible one with `error`. See docs/due.md.
--words zh|en adds the reckoning in words.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path

from kesu.config.installation import ROOT
from kesu.procedure.officialdays import OfficialDays
from kesu.procedure.timelines import answer

PIECE = 4000  # lines
MOST_CORES = 8
CALENDARS = ROOT / "packs" / "calendars"


@lru_cache(maxsize=16)
def calendar(name: str) -> OfficialDays:
    """A calendar that ships. Raises KeyError for another name."""
    if name not in {path.stem for path in CALENDARS.glob("*.csv")}:
        raise KeyError(name)
    return OfficialDays.read(CALENDARS / f"{name}.csv")


def main(argv: list[str]) -> int:
    """Answers every line; 1 only for a file that cannot be opened."""
    parser = argparse.ArgumentParser(prog="kesu due", epilog="kesu due < in.jsonl > out.jsonl")
    parser.add_argument("files", nargs="*", help="JSON lines; default: standard input")
    parser.add_argument("--words", choices=["zh", "en"], default="", help="the reckoning in words as well")
    options = parser.parse_args(argv)
    try:
        for answers in _answered(_lines(options.files), options.words):
            sys.stdout.write(answers)
    except BrokenPipeError:
        raise  # whoever read has gone: the command line knows what to do
    except OSError as error:
        print(f"{error.filename}：打不开，{error.strerror} / cannot be opened: {error.strerror}", file=sys.stderr)
        return 1
    sys.stdout.flush()
    return 0


def _answered(lines: Iterator[str], words: str) -> Iterator[str]:
    """The answers in order, a piece at a time; what is more than one piece is reckoned on all cores."""
    first = list(islice(lines, PIECE))
    if len(first) < PIECE:
        yield _piece(first, words)
        return
    pieces = chain([first], iter(lambda: list(islice(lines, PIECE)), []))
    with get_context("spawn").Pool(min(os.cpu_count() or 1, MOST_CORES)) as pool:
        yield from pool.imap(partial(_piece, words=words), pieces)


def _piece(lines: list[str], words: str) -> str:
    encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
    return "".join(encode(answer(line, calendar, words)) + "\n" for line in lines)


def _lines(files: list[str]) -> Iterator[str]:
    if not files:
        yield from _said(sys.stdin.buffer)
    for name in files:
        if name == "-":
            yield from _said(sys.stdin.buffer)
        else:
            with Path(name).open("rb") as stream:
                yield from _said(stream)


def _said(stream: Iterable[bytes]) -> Iterator[str]:
    """Lines that say something; what is not UTF-8 is kept as it is and answered as no JSON."""
    for n, raw in enumerate(stream):
        line = raw.decode("utf-8-sig" if n == 0 else "utf-8", errors="replace").strip()
        if line:
            yield line
