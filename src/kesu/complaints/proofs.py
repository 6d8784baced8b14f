"""Whether evidence still is what was recorded: fingerprints of what was written down, and of files on disk."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from pathlib import Path

from kesu.complaints.files import stored
from kesu.complaints.models import Attachment, Evidence

BLOCK = 1 << 20
MISSING, ALTERED = "missing", "altered"


def fingerprint(row: Evidence, file: str) -> str:
    """SHA-256 over what was recorded, `file` being the SHA-256 of its attachment or ""."""
    made = row.made_at.astimezone(UTC).isoformat() if row.made_at else ""
    said = [row.side, row.kind, row.who, row.origin, made, row.words, file]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def fault_of(row: Evidence) -> str:
    """ "altered" when the row is not what was recorded; "" when it is, and for rows from before fingerprints were taken."""
    file = row.attachment.sha256 if row.attachment else ""
    return ALTERED if row.digest and row.digest != fingerprint(row, file) else ""


def fault_on_disk(file: Attachment, *, whole: bool = False) -> str:
    """ "missing", "altered", or "". By presence and size; `whole` reads every byte."""
    path = stored(file.sha256)
    try:
        if path.stat().st_size != file.size or (whole and _digest(path) != file.sha256):
            return ALTERED
    except OSError:
        return MISSING
    return ""


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
