"""Telephone numbers as people say and type them."""

from __future__ import annotations

import re
import unicodedata

MOBILE_DIGITS = 11  # mainland mobile numbers: 1 and ten more


def clean_phone(typed: str) -> str:
    """Digits only, full-width ones folded, +86/0086 taken off a mobile number; "" when nothing was given."""
    digits = re.sub(r"[^\d+]", "", unicodedata.normalize("NFKC", typed))
    digits = re.sub(r"^(\+86|0086)(?=1\d{10}$)", "", digits)
    return digits[:1] + digits[1:].replace("+", "")


def phone_fault(typed: str) -> tuple[str, str] | None:
    """What is wrong with a number, (zh, en); None when it can be called or none was given."""
    phone = clean_phone(typed)
    if not typed.strip():
        return None
    if re.search(r"[*•●]|[xX]{2}", unicodedata.normalize("NFKC", typed)):
        return ("号码有几位被遮住了，请写完整号码", "some digits are hidden; give the whole number")
    if not phone.strip("+"):
        return ("这不是电话号码", "this is not a telephone number")
    if phone.startswith("1") and phone[1:2] in "3456789" and len(phone) != MOBILE_DIGITS:
        gap = MOBILE_DIGITS - len(phone)
        if gap > 0:
            return (f"少了 {gap} 位，手机号是 {MOBILE_DIGITS} 位", f"{gap} digit(s) missing: a mobile number has {MOBILE_DIGITS}")
        return (f"多了 {-gap} 位，手机号是 {MOBILE_DIGITS} 位", f"{-gap} digit(s) too many: a mobile number has {MOBILE_DIGITS}")
    if not 5 <= len(phone.lstrip("+")) <= 15:
        return ("电话号码应有 5 到 15 位数字", "a telephone number has 5 to 15 digits")
    return None


def masked(phone: str) -> str:
    """138 **** 6021: what people see who do not need the whole number."""
    if len(phone) < 7:
        return phone
    return f"{phone[:3]} **** {phone[-4:]}"


def spaced(phone: str) -> str:
    """138 0000 6021, as people read numbers out."""
    return f"{phone[:3]} {phone[3:7]} {phone[7:]}" if len(phone) == MOBILE_DIGITS else phone


def home_key(label: str) -> str:
    """What two spellings of the same home share: 6栋2单元1103 = 6 栋 2 单元 1103 = 6-2-1103."""
    folded = unicodedata.normalize("NFKC", label).upper()
    folded = re.sub(r"(号楼|栋|幢|座|号|樓|棟)", "#", folded)
    folded = re.sub(r"(单元|單元|门|层|楼|室|房)", "#", folded)
    return re.sub(r"[#\s\-—_,，.。/]+", "-", folded).strip("-")
