"""The words of letters: the program's own, the places left open in them, and filling these from a case."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from kesu.procedure.letterrows import LetterRow

OWN = Path(__file__).with_name("letters.toml")
HOLE = re.compile(r"\{([^{}\n]*)\}")

CUSTOMER = "customer"  # the one place that may stand open until the letter is sent

# What may stand open in a letter's words, and what it is called where it is missing.
PLACEHOLDERS: dict[str, tuple[str, str]] = {
    "customer": ("客户姓名", "the customer's name"),
    "number": ("编号", "the number"),
    "company": ("公司名", "the company's name"),
    "site": ("项目或门店", "the site"),
    "phone": ("我们的电话", "our telephone number"),
    "heard": ("哪天反映的", "when it was reported"),
    "matters": ("反映的事", "what was complained of"),
    "finding": ("核实结果", "what was found"),
    "cause": ("原因", "the cause"),
    "remedy": ("办什么、什么时候办好", "what is done, and by when"),
    "money": ("给客户的钱", "the money for the customer"),
    "promise": ("答应什么时候前有结果", "by when there is a result"),
    "first_date": ("原定日期", "the first date"),
    "new_date": ("新的日期", "the new date"),
    "reason": ("理由", "the reason"),
    "routes": ("还可以找谁", "where else to turn"),
    "body": ("移送到哪里", "the body it was handed to"),
    "body_number": ("对方的编号", "its number there"),
}


@lru_cache(maxsize=1)
def own_words() -> Mapping[str, Mapping[str, str]]:
    """Purpose → title, title_en, body, body_en of the program's own letters."""
    return tomllib.loads(OWN.read_text(encoding="utf-8"))


def words_of(row: LetterRow, language: str) -> tuple[str, str]:
    """(title, body) of a letter, its places still open."""
    end = "" if language.startswith("zh") else "_en"
    own = own_words()[row.purpose]
    return getattr(row, f"title{end}") or own[f"title{end}"], (getattr(row, f"body{end}") or own[f"body{end}"]).strip()


def unknown(text: str) -> Iterator[str]:
    """What stands in braces and is no placeholder."""
    return (name for name in dict.fromkeys(HOLE.findall(text)) if name not in PLACEHOLDERS)


def open_places(text: str, named: bool = False) -> list[str]:
    """The placeholders that still stand in a text, each once. Other braces are the writer's own and stay.

    `named`: the case knows the customer's name, which is put in its place when the letter is set for sending (the writer may not know it).
    """
    found = dict.fromkeys(HOLE.findall(text))
    return [name for name in found if name in PLACEHOLDERS and not (named and name == CUSTOMER)]


def filled(text: str, facts: Mapping[str, str]) -> str:
    """The text with everything that is known in its places; what is not known stays open. What is filled in is not looked at again."""
    return HOLE.sub(lambda found: facts.get(found[1], "") or found[0], text)


def called(name: str, language: str) -> str:
    """What a place is called for people."""
    return PLACEHOLDERS[name][0 if language.startswith("zh") else 1]


def reviewer(row: LetterRow, grade: str) -> str:
    """The role that must have read this letter at this grade; "" where it goes out without."""
    return next((rule.by for rule in row.reviews if not rule.grades or grade in rule.grades), "")
