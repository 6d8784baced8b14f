"""Files on their way in, piece by piece, over connections that break: kept under a secret key until the form that names it is sent.

A piece is written where it belongs, so that the same piece twice does no harm. What no form has fetched after a day is removed.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from kesu.complaints.files import Upload, media_type
from kesu.procedure.refused import Refused

LARGEST_PIECE = 1_000_000  # bytes
SNIFFED = 32  # first bytes by which a file is known
FORGOTTEN = timedelta(days=1)
ROOM = 5_000_000_000  # bytes of all files on their way: more is no rush of customers but somebody filling the disk
READ = 1_000_000
_KEY = re.compile(r"[0-9a-f]{32}")


class Elsewhere(Exception):
    """The piece does not follow on what is here; `got` bytes are."""

    def __init__(self, got: int) -> None:
        super().__init__(got)
        self.got = got


def _folder() -> Path:
    return Path(settings.DATA) / "coming"


def _path(key: str) -> Path:
    """Raises KeyError for what is no key of ours."""
    if not _KEY.fullmatch(key):
        raise KeyError(key)
    return _folder() / key


def got(key: str) -> int:
    """How many bytes are here. Raises KeyError for what is no key."""
    path = _path(key)
    return path.stat().st_size if path.exists() else 0


def take(key: str, name: str, size: int, offset: int, piece: bytes) -> int:
    """Write a piece; returns how many bytes are here. Raises Refused for a file that is not taken, Elsewhere for a gap."""
    path = _path(key)
    here = path.stat().st_size if path.exists() else 0
    _check(name, size, offset, piece, here)
    if offset > here:
        raise Elsewhere(here)
    if not here:
        _check_room()
        _folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        _beside(path).write_text(json.dumps({"name": name[:200], "size": size}), encoding="utf-8")
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+b") as out:
        out.seek(offset)
        out.write(piece)
    return max(here, offset + len(piece))


def _beside(path: Path) -> Path:
    return path.with_suffix(".json")


def _check(name: str, size: int, offset: int, piece: bytes, here: int) -> None:
    if not 0 < size <= settings.UPLOAD_LIMIT:
        most = settings.UPLOAD_LIMIT // 1_000_000
        raise Refused("file_too_large", f"“{name}”太大，最大 {most} MB", f"“{name}” is too large; at most {most} MB", field="files")
    if not piece or len(piece) > LARGEST_PIECE or offset < 0 or offset + len(piece) > size:
        raise Refused("piece", "传来的一段对不上，请再选一次", "that piece does not fit; choose the file again", field="files")
    if offset == 0 and len(piece) >= min(SNIFFED, size) and media_type(piece[:SNIFFED]) is None:
        zh, en = f"“{name}”不是照片、录音、录像或 PDF，没有收下", f"“{name}” is not a photograph, recording, film or PDF and was not taken"
        raise Refused("file_kind", zh, en, field="files")


def _check_room() -> None:
    found = _folder().iterdir() if _folder().exists() else ()
    if sum(path.stat().st_size for path in found) > ROOM:
        raise Refused("room", "现在传的人太多，过一会儿再传", "too many files are on their way; try again in a while", field="files")


def uploads(keys: list[str]) -> list[Upload]:
    """The files with these keys. Raises Refused when one is not whole, or was forgotten."""
    return [_upload(key) for key in dict.fromkeys(keys)]


def _upload(key: str) -> Upload:
    try:
        path = _path(key)
        about = json.loads(_beside(path).read_text(encoding="utf-8"))
        whole = path.stat().st_size == about["size"]
    except (KeyError, OSError, ValueError):
        whole, about, path = False, {}, Path()
    if not whole:
        raise Refused("coming", "有照片没有传完，请再选一次", "a file has not come through; choose it again", field="files")
    return Upload(str(about["name"]), int(about["size"]), _pieces(path))


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as opened:
        while piece := opened.read(READ):
            yield piece


_looked_at = 0.0


def forget_old(at: datetime) -> int:
    """A chore: removes what no form has fetched. Looks once in a while. Returns how many files."""
    global _looked_at
    if not _folder().exists() or time.monotonic() - _looked_at < 600:
        return 0
    _looked_at = time.monotonic()
    old = [path for path in _folder().iterdir() if path.stat().st_mtime < (at - FORGOTTEN).timestamp()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
