"""What is shown of a customer to people who need not know who it is: 张**, 138 **** 6021, the building without the flat."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from kesu.customers.phones import home_key, masked

HIDDEN = "**"
BUILDING = re.compile(r"^\s*\D*?\d+\s*(?:号楼|栋|幢|座|號樓|棟)", re.UNICODE)
BETWEEN = r"[\s\-—–·.]*"  # what people put between the digits of a number
NEAR = r"\D{0,4}"  # and between the numbers of an address


def masked_name(name: str) -> str:
    """张**: the surname; of a name in Latin letters its first letter."""
    name = name.strip()
    return f"{name[0]}{HIDDEN}" if name else ""


def masked_phone(phone: str) -> str:
    """138 **** 6021; of a number too short to hide its middle nothing."""
    shown = masked(phone)
    return shown if shown != phone or not phone else "****"


def building(label: str) -> str:
    """The building of an address: 6 栋 of 6 栋 2 单元 1103. An address without one keeps its words and loses its figures."""
    found = BUILDING.match(label)
    if found and found.group().strip() != label.strip():
        return found.group().strip()
    return re.sub(r"\d+", HIDDEN, unicodedata.normalize("NFKC", label))


def name_pattern(name: str) -> str | None:
    """What finds the name in running text; None for a name of one letter, which every text holds."""
    name = name.strip()
    return re.escape(name) if len(name) > 1 else None


def phone_pattern(phone: str) -> str | None:
    """The number however it is spaced or dashed, in half or full width."""
    digits = [f"[{digit}{chr(ord(digit) + 0xFEE0)}]" for digit in phone if digit.isdigit()]
    return BETWEEN.join(digits) if len(digits) >= 5 else None


def home_pattern(label: str) -> str | None:
    """The address however it is spelled: 6栋2单元1103, 6-2-1103. None where there is nothing but a building."""
    pieces = list(_pieces(label))
    return NEAR.join(pieces) if len(pieces) > 1 else None


def flat_pattern(label: str) -> str | None:
    """The flat alone, where its number is long enough to be told from every other figure: 1103."""
    numbers = re.findall(r"\d+", home_key(label))
    return rf"(?<!\d){numbers[-1]}(?!\d)" if len(numbers) > 1 and len(numbers[-1]) > 2 else None


def _pieces(label: str) -> Iterator[str]:
    for piece in home_key(label).split("-"):
        for part in re.findall(r"\d+|\D+", piece):
            yield rf"(?<!\d){part}(?!\d)" if part.isdigit() else re.escape(part)
