"""How alike the words of two complaints are: pairs of neighbouring characters, weighed by how rare they are. Needs no dictionary."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

ALIKE = 0.18  # cosine from which two texts speak of the same; how many do so anyway is counted from the past
SHORTEST = 6  # characters below which words say too little
SHARED = 3  # pairs that two texts must share at least
COMMON = 0.2  # pairs that more than so many of the texts have say nothing

HOW_MUCH = re.compile(
    r"(?:已经|已|又|都|第)?\s*[\d一二三四五六七八九十两几半]+\s*多?个?多?(?:天|周|星期|礼拜|月|年|次|回|遍|小时|钟头|分钟)多?了?"
    r"|\b\d+ (?:day|week|month|year|time|hour|minute)s?\b(?: now| ago)?"
)  # how long and how often: the same in complaints about anything


def pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring letters or digits, small letters; everything else and what says how long or how often is left out."""
    kept = "".join(letter for letter in HOW_MUCH.sub("", text.lower()) if letter.isalnum())
    return frozenset(kept[n : n + 2] for n in range(len(kept) - 1)) if len(kept) >= SHORTEST else frozenset()


class Texts:
    """Texts by number; asked which others are like one of them. Built once, each question is quick: only texts that share a rare pair
    are looked at."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._pairs = [pairs(text) for text in texts]
        self._where: dict[str, list[int]] = defaultdict(list)
        for n, found in enumerate(self._pairs):
            for pair in found:
                self._where[pair].append(n)
        most = max(2.0, COMMON * len(texts))
        self._weight = {pair: math.log(1 + len(texts) / len(at)) for pair, at in self._where.items() if len(at) <= most}
        self._norm = [math.sqrt(sum(self._weight.get(pair, 0.0) for pair in found)) for found in self._pairs]

    def like(self, n: int, among: Iterable[int] | None = None, alike: float = ALIKE) -> list[int]:
        """The numbers of the others that are at least so alike, in order."""
        if not self._norm[n]:
            return []
        wanted = None if among is None else set(among)
        sums: dict[int, float] = defaultdict(float)
        times: dict[int, int] = defaultdict(int)
        for pair in self._pairs[n]:
            if weight := self._weight.get(pair):
                for other in self._where[pair]:
                    sums[other] += weight
                    times[other] += 1
        return sorted(
            other
            for other, shared in sums.items()
            if other != n
            and times[other] >= SHARED
            and (wanted is None or other in wanted)
            and shared >= alike * self._norm[n] * self._norm[other]
        )
