"""The ZIP of an archive package, byte for byte the same for the same members: nothing compressed, no times of the machine in it.

Standard library only. What a ZIP holds beside its members (names, sizes, dates, the directory at its end) is proved by writing it anew.
"""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path
from typing import IO, BinaryIO, Protocol

EPOCH = (1980, 1, 1, 0, 0, 0)
BLOCK = 1 << 20  # bytes in memory at once
PLAIN_FILE = 0o100644 << 16


class Seen(Protocol):
    """Whatever is told about each block that goes by: a hash."""

    def update(self, block: bytes, /) -> object: ...


def put(archive: zipfile.ZipFile, name: str, source: IO[bytes], size: int, *, seen: Seen | None = None) -> None:
    """Add a member of `size` bytes; `seen` is told every block."""
    info = zipfile.ZipInfo(name, EPOCH)
    info.compress_type, info.external_attr, info.create_system, info.file_size = zipfile.ZIP_STORED, PLAIN_FILE, 3, size
    with archive.open(info, "w") as member:
        while block := source.read(BLOCK):
            if seen:
                seen.update(block)
            member.write(block)


def difference(path: Path, archive: zipfile.ZipFile) -> str | None:
    """Where the file is not what these members give when they are written anew: the member's name, "" for what follows the last one.

    None when every byte is as it should be. The members themselves must be readable.
    """
    with tempfile.TemporaryFile() as fresh:
        with zipfile.ZipFile(fresh, "w") as copy:
            for info in archive.infolist():
                with archive.open(info) as member:
                    put(copy, info.filename, member, info.file_size)
        fresh.seek(0)
        with path.open("rb") as given:
            offset = _first_unlike(given, fresh)
    if offset is None:
        return None
    before = [info for info in archive.infolist() if info.header_offset <= offset < archive.start_dir]
    return max(before, key=lambda info: info.header_offset).filename if before else ""


def _first_unlike(left: BinaryIO, right: IO[bytes]) -> int | None:
    offset = 0
    while True:
        a, b = left.read(BLOCK), right.read(BLOCK)
        if a != b:
            same = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
            return offset + same
        if not a:
            return None
        offset += len(a)
