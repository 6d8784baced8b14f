"""Templates of short messages: what they may say, how long they become."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import ceil

NAMES: dict[str, tuple[str, str]] = {  # what may stand in braces → what it is
    "number": ("单号", "number of the case"),
    "company": ("公司", "company"),
    "site": ("服务点", "site"),
    "phone": ("服务点电话", "telephone of the site"),
    "link": ("客户页面的网址", "address of the customer's page"),
    "token": ("网址最后一段（模板里写死前面的网址）", "last part of that address, where the template holds the rest"),
    "words": ("要说的话，最多 30 字", "what is said, at most 30 characters"),
    "code": ("验证码（只用于验证号码）", "code (only for proving a number)"),
    "title": ("通知的标题（只用于员工短信）", "what happened (only for staff)"),
}
STAFF = "staff"  # the kind of urgent messages to people of the company
CODE = "code"  # … of codes that prove a customer's number (channels.wechat.texting)
LONGEST_WORDS = 30
ONE_PART, EACH_PART = 70, 67  # characters of a single message, and of each part of a longer one
_BRACES = re.compile(r"\{([a-z]+)\}")


def names_in(text: str) -> list[str]:
    """The names in braces in their order, each once."""
    return list(dict.fromkeys(_BRACES.findall(text)))


def unknown_in(text: str) -> list[str]:
    """Names that nothing is known of."""
    return [name for name in names_in(text) if name not in NAMES]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its values."""
    return _BRACES.sub(lambda found: values.get(found[1], found[0]), text)


def short(words: str) -> str:
    """Words on one line, as long as a variable of a template may be."""
    flat = " ".join(words.split())
    return flat if len(flat) <= LONGEST_WORDS else flat[: LONGEST_WORDS - 1] + "…"


def length_of(text: str) -> int:
    """Characters as text messages count them: 16 bits each, so that some signs are two."""
    return len(text.encode("utf-16-le")) // 2


def parts_of(text: str) -> int:
    """How many messages it is sent (and paid) as."""
    length = length_of(text)
    return 1 if length <= ONE_PART else ceil(length / EACH_PART)
