"""Reading a pack from a file: whole and right, or refused with every fault, each with file, line and key."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path as File

from pydantic import ValidationError

from kesu.procedure import lint, packreferences
from kesu.procedure.findings import Finding
from kesu.procedure.pack import Pack
from kesu.procedure.packfaults import PackError, Problem, fault_of, placed
from kesu.procedure.packlines import Lines
from kesu.procedure.packtables import LONGEST_LINE
from kesu.procedure.packtext import LARGEST, parsed, text_of

__all__ = ["LARGEST", "LONGEST_LINE", "Checked", "LoadedPack", "PackError", "examine", "examine_file", "load", "loads", "reread"]

Further = Callable[[Pack], Iterable[Finding]]


@dataclass(frozen=True)
class LoadedPack:
    """A pack that may run, its text, and the SHA-256 of the text (hex) that names this version."""

    pack: Pack
    text: str
    digest: str


@dataclass(frozen=True)
class Checked:
    """What checking a file gave: the pack if it has the right shape, everything wrong, and warnings."""

    pack: Pack | None
    problems: list[Problem]
    warnings: list[Problem]


def load(path: File | str) -> LoadedPack:
    """The pack in this file. Raises PackError with every fault; OSError when there is no such file."""
    text, problems = text_of(File(path))
    if problems:
        raise PackError(problems)
    return loads(text, File(path).name)


@lru_cache(maxsize=16)  # packs are frozen: companies with the same text share one
def loads(text: str, file: str = "pack.toml") -> LoadedPack:
    """The pack in this text; `file` is only its name for messages. Raises PackError with every fault."""
    checked = examine(text, file)
    if checked.problems or checked.pack is None:
        raise PackError(checked.problems)
    return LoadedPack(checked.pack, text, hashlib.sha256(text.encode()).hexdigest())


@lru_cache(maxsize=64)  # as above; the same text read again after a restart of what is remembered costs nothing
def reread(text: str, file: str = "pack.toml") -> Pack:
    """The pack in a text that was found good when it was published. Lint may have learned to refuse more since: cases under way go on.

    Raises PackError when it has no longer the shape of a pack at all.
    """
    data, problems = parsed(text, file)
    if problems:
        raise PackError(problems)
    try:
        return Pack.model_validate(data)
    except ValidationError as error:
        faults = [fault_of(row) for row in error.errors(include_url=False)]
        raise PackError(placed(faults, Lines(text), file)) from error


def examine_file(path: File | str, further: Further | None = None) -> Checked:
    """Like `examine`, for a file. Raises OSError when there is no such file."""
    text, problems = text_of(File(path))
    return Checked(None, problems, []) if problems else examine(text, File(path).name, further)


def examine(text: str, file: str = "pack.toml", further: Further | None = None) -> Checked:
    """Everything wrong with the text and everything worth a warning; raises nothing. `further`: what else to ask of a sound pack."""
    data, problems = parsed(text, file)
    if problems:
        return Checked(None, problems, [])
    lines = Lines(text)
    try:
        pack = Pack.model_validate(data)
    except ValidationError as error:
        return Checked(None, placed([fault_of(row) for row in error.errors(include_url=False)], lines, file), [])
    if faults := list(packreferences.faults(pack)):
        return Checked(None, placed(faults, lines, file), [])
    findings = lint.check(pack)
    if further is not None and not any(row.level == "error" for row in findings):
        findings += further(pack)
    errors, warnings = ([row for row in findings if row.level == level] for level in ("error", "warning"))
    return Checked(pack, placed(errors, lines, file), placed(warnings, lines, file))
