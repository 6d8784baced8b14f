"""What the hash of a journal entry covers, in one fixed spelling. Standard library only: a package is proved where there is no database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

COVERED = ("case", "n", "at", "written_at", "round", "act", "actor", "person", "name", "role", "data", "before")


def digest(said: Mapping[str, Any]) -> str:
    """SHA-256 over everything that an entry says; other keys are left out. A salt counts where there is one: without it nobody can
    guess from the hash what an erased entry said."""
    covered = {key: said[key] for key in COVERED}
    if said.get("salt"):
        covered["salt"] = said["salt"]
    return hashlib.sha256(_spelled(covered)).hexdigest()


def _spelled(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


ERASING = "deidentify"  # the act whose entry answers for the erased ones before it
NOT_AS_LEFT = ("去标识化以后留下的内容又被改动过", "what de-identification left was changed afterwards")
NOT_ANSWERED = ("有内容被抹去，却没有去标识化的记录", "entries were erased and no act of de-identification answers for it")


class Remains:
    """What is left of the erased entries of one journal: the chain keeps their hashes, and a later entry keeps the sum over the rest.

    Whoever changes what is left, erases one more, or puts words back, no longer fits the sum that the chain holds.
    """

    def __init__(self) -> None:
        self._sum, self.n, self._answered = hashlib.sha256(), 0, 0

    def take(self, said: Mapping[str, Any], hash: str) -> None:
        """One more erased entry, as it stands now, with the hash that it had."""
        self._sum.update(_spelled({**{key: said[key] for key in COVERED}, "hash": hash}))
        self.n += 1

    @property
    def sum(self) -> str:
        """The sum over all of them so far."""
        return self._sum.hexdigest()

    def answered_by(self, data: Mapping[str, Any]) -> bool:
        """Whether this entry's data answer for exactly the erased entries so far."""
        holds = data.get("erased") == self.n and data.get("left") == self.sum
        self._answered = self.n if holds else self._answered
        return holds

    @property
    def unanswered(self) -> bool:
        """Whether something is erased for which no entry answers."""
        return self.n != self._answered
