"""算时间：due < in.jsonl > out.jsonl，每行一个问题 · due times and why, working minutes, open or not: one JSON object a line

Reads standard input or the files named; answers every line in order, an impossible one with `error`. See docs/due.md.
--words zh|en adds the reckoning in words.
"""

from __future__ import annotations

import argparse
import os
import signal
import stat
import sys
from collections import deque
from collections.abc import Iterator
from functools import lru_cache, partial
from io import BufferedReader
from pathlib import Path
from typing import cast

from kesu.config.installation import ROOT
from kesu.procedure.officialdays import OfficialDays
from kesu.procedure.timelines import LONGEST_LINE, answer

AT_ONCE = 1 << 18  # bytes read before the lines that have come are answered
LARGE = 4 << 20  # bytes; a larger file is answered on all cores
MOST_CORES = 8
CALENDARS = ROOT / "packs" / "calendars"
BOM = b"\xef\xbb\xbf"


@lru_cache(maxsize=16)
def calendar(name: str) -> OfficialDays:
    """A calendar that ships. Raises KeyError for another name."""
    if name not in {path.stem for path in CALENDARS.glob("*.csv")}:
        raise KeyError(name)
    return OfficialDays.read(CALENDARS / f"{name}.csv")


def main(argv: list[str]) -> int:
    """Answers every line; 1 only for a file that cannot be read."""
    parser = argparse.ArgumentParser(prog="kesu due", epilog="kesu due < in.jsonl > out.jsonl; see docs/due.md")
    parser.add_argument("files", nargs="*", default=["-"], help="JSON lines; - or none: standard input")
    parser.add_argument("--words", choices=["zh", "en"], default="", help="the reckoning in words as well")
    options = parser.parse_args(argv)
    return max([_answer_file(name, options.words) for name in options.files])


def _answer_file(name: str, words: str) -> int:
    try:
        if name == "-":
            _answer(cast(BufferedReader, sys.stdin.buffer), words)
        else:
            with Path(name).open("rb") as stream:
                _answer(stream, words)
    except BrokenPipeError:
        raise  # whoever read has gone: the command line knows what to do
    except OSError as error:
        print(f"{name}：读不了，{error.strerror} / cannot be read: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def _answer(stream: BufferedReader, words: str) -> None:
    """What has come is answered before more is waited for, so that whoever asks may wait for an answer."""
    out, pieces = sys.stdout.buffer, _lines(stream)
    for answers in _on_all_cores(pieces, words) if _is_large_file(stream) else map(partial(_told, words=words), pieces):
        out.write(answers)
        out.flush()


def _told(lines: list[bytes], words: str) -> bytes:
    return b"".join([answer(line, calendar, words).encode() + b"\n" for line in lines if line and not line.isspace()])


def _is_large_file(stream: BufferedReader) -> bool:
    """A file never keeps anybody waiting; a pipe might."""
    try:
        about = os.fstat(stream.fileno())
    except OSError:
        return False
    return stat.S_ISREG(about.st_mode) and about.st_size > LARGE and (os.cpu_count() or 1) > 1


def _on_all_cores(pieces: Iterator[list[bytes]], words: str) -> Iterator[bytes]:
    """In order, and never more pieces at a time than keep everybody busy."""
    from concurrent.futures import Future, ProcessPoolExecutor
    from multiprocessing import get_context

    cores = min(os.cpu_count() or 1, MOST_CORES)
    waiting: deque[Future[bytes]] = deque()
    with ProcessPoolExecutor(cores, get_context("spawn"), signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
        for piece in pieces:
            waiting.append(pool.submit(_told, piece, words))
            if len(waiting) > 2 * cores:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _lines(stream: BufferedReader) -> Iterator[list[bytes]]:
    """The lines that have come, piece by piece. Of one that is far too long only the beginning is kept."""
    rest = b""
    first = True
    while piece := stream.read1(AT_ONCE):
        *lines, rest = (rest + piece).split(b"\n")
        if first and (lines or len(rest) > LONGEST_LINE):
            lines, rest, first = [line.removeprefix(BOM) for line in lines[:1]] + lines[1:], rest, False
        rest = rest[: LONGEST_LINE + 1]
        yield lines
    yield [rest.removeprefix(BOM) if first else rest]
