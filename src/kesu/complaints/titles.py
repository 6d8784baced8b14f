"""A title for a complaint nobody has named: the first of the customer's own lines that says something."""

from __future__ import annotations

from collections.abc import Iterable

LONGEST = 40  # characters
LONGEST_SALUTATION = 30  # characters of a line like “致某某物业公司：”
TELLING = 6  # letters, digits or characters of a line that says something; “有人吗”, “又来了” do not


def title_of(words: Iterable[str]) -> str:
    """The first line that is neither a salutation nor a mere call, at most 40 characters; the longest line where all are.

    `words` are the matters in their order, at least one of them not blank.
    """
    lines = [line.strip() for said in words for line in said.splitlines() if line.strip()]
    told = next((line for line in lines if _tells(line)), None) or max(lines, key=_weight)
    return told if len(told) <= LONGEST else told[: LONGEST - 1] + "…"


def _tells(line: str) -> bool:
    salutation = line.endswith((":", "：")) and len(line) <= LONGEST_SALUTATION
    return not salutation and _weight(line) >= TELLING


def _weight(line: str) -> int:
    return sum(character.isalnum() for character in line)
