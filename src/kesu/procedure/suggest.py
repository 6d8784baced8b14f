"""A reading aid for reception: which categories, questions and nature the customer's words point to, and by which words.

Plain look-up in the pack's own word lists, so every suggestion can show its reason. It only suggests; a person confirms.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kesu.procedure.pack import Fact, Pack
from kesu.procedure.packsayings import Reading

MOST_CATEGORIES = 5
DENIAL_REACH = 3  # characters between a denial and the word it denies: 没有人受伤

_SENTENCE = re.compile(r"[。！？!?;；\n]+")
_CLAUSE = re.compile(r"[,，、:：。！？!?;；\n]+")
_WANTED = re.compile(
    r"(?:(?:[0-9]{1,2}|[一二两三四五六七八九十]+)(?:月(?:[0-9]{1,2}|[一二两三四五六七八九十]+)[日号]|[日号]|天|小时|周|个月)(?:之)?(?:前|以前|内|以内)"
    r"|(?:今天|当天|当日|明天|中午|今晚|本周|这周|下周[一二三四五六日天]?|月底|周末)(?:之)?(?:前|以前|内|一定)?)"
)


@dataclass(frozen=True)
class Suggested:
    """What the words point to, each with the words found; all of it may be wrong."""

    categories: list[tuple[str, list[str]]]  # the strongest first
    facts: list[tuple[str, list[str]]]  # in the pack's order
    nature: tuple[str, list[str]] | None
    wanted_by: list[str]  # phrases that name a date: "22日前", "今天"; the person puts the date in


def suggest(pack: Pack, text: str) -> Suggested:
    """What reception might tick for this text. Facts taken back by the pack's `unless`, denials or hearsay are left out."""
    plain = normal(text, pack.reading)
    return Suggested(_categories(pack, plain), _facts(pack, plain), _nature(pack, plain), list(dict.fromkeys(_WANTED.findall(plain))))


def normal(text: str, reading: Reading) -> str:
    """One width, one script for the characters the pack names: ＡＢＣ１ → ABC1, 電 → 电."""
    folded = unicodedata.normalize("NFKC", text)
    for other, usual in reading.same.items():
        folded = folded.replace(other, usual)
    return folded


def _categories(pack: Pack, plain: str) -> list[tuple[str, list[str]]]:
    """Leaves and roots by the weight of distinct words found; a root only where none of its leaves is found."""
    found = {row.id: words for row in pack.categories if (words := _found(row.words, plain))}
    parents = {row.parent for row in pack.categories if row.id in found}
    kept = [(id, words) for id, words in found.items() if id not in parents]
    return sorted(kept, key=lambda hit: -sum(len(word) for word in hit[1]))[:MOST_CATEGORIES]


def _found(words: Iterable[str], plain: str) -> list[str]:
    """The words in the text; one inside a longer one found counts once (水, 停水)."""
    hits = [word for word in words if word in plain]
    return [word for word in hits if not any(word != longer and word in longer for longer in hits)]


def _facts(pack: Pack, plain: str) -> list[tuple[str, list[str]]]:
    sentences = [part for part in _SENTENCE.split(plain) if part.strip()]
    hits = ((fact.id, list(dict.fromkeys(_told(fact, pack.reading, sentences)))) for fact in pack.facts)
    return [(id, words) for id, words in hits if words]


def _told(fact: Fact, reading: Reading, sentences: list[str]) -> Iterator[str]:
    """The fact's words that are said as so: not denied, not long past, not hearsay, not merely imagined."""
    for sentence in sentences:
        if any(phrase in sentence for phrase in fact.unless):
            continue
        for clause in _CLAUSE.split(sentence):
            if not any(phrase in clause for phrase in reading.elsewhere):
                yield from (word for word in fact.words if _said(word, clause, reading.denials))


def _said(word: str, clause: str, denials: Iterable[str]) -> bool:
    at = clause.find(word)
    while at >= 0:
        before = clause[max(0, at - DENIAL_REACH) : at]
        if not any(denial in before for denial in denials):
            return True
        at = clause.find(word, at + 1)
    return False


def _nature(pack: Pack, plain: str) -> tuple[str, list[str]] | None:
    hits = [(row.id, words) for row in pack.natures if (words := _found(row.words, plain))]
    return max(hits, key=lambda hit: sum(len(word) for word in hit[1])) if hits else None


_NUMBERED = re.compile(
    r"(?:^|(?<=[\s。；;：:，,！!？?]))(?:[0-9]{1,2}[.、)）](?![0-9])|[(（](?:[0-9]{1,2}|[一二三四五六七八九十]+)[)）]|[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十]+[,，、])|[①-⑳]"
)
_CIRCLED = re.compile(r"[①-⑳]")
SHORTEST_ITEM = 4  # characters; "在吗" is no matter of its own


def split_items(text: str) -> list[str]:
    """The separate matters of a message (M-3), conservatively: by its own numbering, else by blank lines; else one item.

    Words before the first number stay with the first item, so that nothing is dropped.
    """
    text = text.strip()
    starts = [found.start() for found in _NUMBERED.finditer(text)]
    if len(starts) >= 2 and _in_order(text, starts):
        return _joined(text, starts)
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text) if block.strip()]
    return _long_enough(blocks) if _looks_listed(blocks) else [text] if text else []


def _in_order(text: str, starts: list[int]) -> bool:
    """The numbers go up by one from 1: a list, and not a date or a house number."""
    return [_number(text[start:]) for start in starts] == list(range(1, len(starts) + 1))


def _number(text: str) -> int:
    if _CIRCLED.match(text):
        return ord(text[0]) - ord("①") + 1
    digits = re.match(r"[(（第]?([0-9]{1,2}|[一二三四五六七八九十]{1,3})", text)
    return _spelt_number(digits[1]) if digits else 0


def _spelt_number(word: str) -> int:
    if word.isdigit():
        return int(word)
    ones = "零一二三四五六七八九"
    tens, _, rest = word.rpartition("十")
    return (10 * (ones.index(tens) if tens else 1) if "十" in word else 0) + (ones.index(rest) if rest else 0)


def _joined(text: str, starts: list[int]) -> list[str]:
    bounds = [0, *starts[1:], len(text)]
    return [text[start:end].strip() for start, end in zip(bounds, bounds[1:], strict=False)]


def _looks_listed(blocks: list[str]) -> bool:
    """Several short blocks of about the same kind; a letter's paragraphs are not a list."""
    return len(blocks) >= 2 and all(SHORTEST_ITEM <= len(block) <= 60 for block in blocks)


def _long_enough(blocks: list[str]) -> list[str]:
    return [block for block in blocks if len(block) >= SHORTEST_ITEM]
