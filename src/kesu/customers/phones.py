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


_EXTENSION = re.compile(r"(?:转|分机|;?\s*ext\.?\s*=?|#|,|;)\s*\d{1,6}\s*$", re.I)
_DASHED = re.compile(r"^(0\d{2,3}[-\s]\d{7,8})-\d{1,6}$|^(\d{7,8})-\d{1,6}$")
_AREA = re.compile(r"^(010|02\d|0[3-9]\d{2})(?=\d{7,8}$)")


def caller_number(typed: str) -> str:
    """The number as an exchange tells it, the way people here dial it: without +86/0086/86, sip: or tel:, the 0 before a mobile number
    and the extension; "" when the caller hides it."""
    text = unicodedata.normalize("NFKC", typed).strip()
    text = re.sub(r"^(?:sips?|tel):", "", text, flags=re.I).partition("@")[0].partition(";")[0] if ":" in text or "@" in text else text
    text = _EXTENSION.sub("", text).strip()
    if dashed := _DASHED.match(text):
        text = dashed[1] or dashed[2]
    digits = re.sub(r"[^\d+]", "", text)
    plus, digits = digits.startswith("+"), digits.replace("+", "")
    if abroad := re.match(r"(?:00)?86(?=1[3-9]\d{9}$|0?[1-9]\d{8,10}$)", digits) if plus or digits.startswith(("0086", "86")) else None:
        rest = digits[abroad.end() :]
        return rest if re.fullmatch(r"1[3-9]\d{9}", rest) else f"0{rest.removeprefix('0')}"
    if re.fullmatch(r"01[3-9]\d{9}", digits):
        return digits[1:]
    return f"+{digits}" if plus and digits else digits


def spellings(typed: str) -> list[str]:
    """How this number may stand in our records: as typed, as it is dialled here, without its area code. Likeliest first."""
    plain, dialled = clean_phone(typed), caller_number(typed)
    return list(dict.fromkeys(number for number in (plain, dialled, _AREA.sub("", dialled)) if number))
