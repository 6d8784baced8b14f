"""Files that come with a complaint: looked at, kept once per content, never trusted by their name."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from kesu.company.models import Person
from kesu.complaints.models import Attachment, Case
from kesu.procedure.refused import Refused

# What a file's first bytes say it is: (offset, bytes, media type). Everything else is refused.
SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"#!AMR", "audio/amr"),
    (8, b"WAVE", "audio/wav"),
    (0, b"OggS", "audio/ogg"),
    (0, b"%PDF-", "application/pdf"),
)
SHOWN_INLINE = ("image/jpeg", "image/png", "image/gif", "image/webp")


@dataclass(frozen=True)
class Upload:
    """A file as it came: its given name, its size in bytes and its bytes in pieces."""

    name: str
    size: int
    chunks: Iterable[bytes]


def media_type(head: bytes) -> str | None:
    """The media type that the first bytes speak of; None for everything we do not take."""
    return next((kind for offset, mark, kind in SIGNATURES if head[offset : offset + len(mark)] == mark), None)


def stored(sha256: str) -> Path:
    """Where the content with this hash lies."""
    return Path(settings.DATA) / "files" / sha256[:2] / sha256


@dataclass(frozen=True)
class Stored:
    """A file whose content is on disk: its given name, SHA-256, media type and size in bytes."""

    name: str
    sha256: str
    kind: str
    size: int


def store(upload: Upload) -> Stored:
    """Put the content on disk. Refused: too large, empty, or not a picture, recording, film or PDF whatever its name says."""
    if upload.size > settings.UPLOAD_LIMIT:
        most = settings.UPLOAD_LIMIT // 1_000_000
        raise Refused(
            "file_too_large",
            f"“{upload.name}”有 {upload.size // 1_000_000} MB，最大 {most} MB；请压缩或截短后再传",
            f"“{upload.name}” is {upload.size // 1_000_000} MB; at most {most} MB",
            field="files",
        )
    path, digest, size, kind = _write(upload)
    final = stored(digest)
    final.parent.mkdir(parents=True, exist_ok=True)
    os.replace(path, final)
    return Stored(Path(upload.name.replace("\\", "/")).name[:200] or "file", digest, kind, size)


def attachment(
    file: Stored, case: Case, by: Person | None, at: datetime, *, for_customer: bool = False, health: bool = False
) -> Attachment:
    """The unsaved row of a stored file."""
    return Attachment(
        case=case, sha256=file.sha256, name=file.name, kind=file.kind, size=file.size,
        by=by, at=at, for_customer=for_customer, health=health,
    )  # fmt: skip


def keep(upload: Upload, case: Case, by: Person | None, at: datetime, *, for_customer: bool = False, health: bool = False) -> Attachment:
    """Store the file and its row."""
    row = attachment(store(upload), case, by, at, for_customer=for_customer, health=health)
    row.save()
    return row


def _write(upload: Upload) -> tuple[str, str, int, str]:
    head = b""

    def seen() -> Iterable[bytes]:
        nonlocal head
        for chunk in upload.chunks:
            head = head if len(head) >= 32 else (head + chunk)[:32]
            yield chunk

    path, digest, size = written(seen(), Path(settings.DATA) / "files")
    kind = media_type(head)
    if kind is None:
        Path(path).unlink(missing_ok=True)
        raise Refused(
            "file_kind",
            f"“{upload.name}”不是照片、录音、录像或 PDF，没有收下",
            f"“{upload.name}” is not a photograph, recording, film or PDF and was not taken",
            field="files",
        )
    return path, digest, size, kind


def written(pieces: Iterable[bytes], folder: Path) -> tuple[str, str, int]:
    """The bytes on disk for good, in a nameless file of this folder, which the caller puts in its place; its path, SHA-256 and size."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    handle, path = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(handle, "wb") as out:
            for piece in pieces:
                size += len(piece)
                digest.update(piece)
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        Path(path).unlink(missing_ok=True)
        raise
    return path, digest.hexdigest(), size
