"""What the hash of a journal entry covers, in one fixed spelling. Standard library only: a package is proved where there is no database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

COVERED = ("case", "n", "at", "written_at", "round", "act", "actor", "person", "name", "role", "data", "before")


def digest(said: Mapping[str, Any]) -> str:
    """SHA-256 over everything that an entry says; other keys are left out."""
    text = json.dumps({key: said[key] for key in COVERED}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
