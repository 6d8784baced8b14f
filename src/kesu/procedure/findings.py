"""Remarks about a procedure: something to mend ("error", keeps a pack from being used) or to think about ("warning")."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from kesu.procedure.packlines import Path


@dataclass(frozen=True)
class Finding:
    """Something about the procedure itself. `path` is where; packfile says the line. The sentence says what to do."""

    level: Literal["error", "warning"]
    path: Path
    zh: str
    en: str


Findings = Iterator[Finding]


def error(path: Path, zh: str, en: str) -> Finding:
    """What must be mended before the pack can be used."""
    return Finding("error", path, zh, en)


def warning(path: Path, zh: str, en: str) -> Finding:
    """What its author should think about."""
    return Finding("warning", path, zh, en)
