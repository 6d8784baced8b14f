"""Amounts as papers show them: in digits, and in the capital numerals that cannot be altered with a stroke."""

from __future__ import annotations

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "兆")


def yuan(amount: int | None, zh: bool = True) -> str:
    """An amount in fen as people write it: 360000 → 3,600 元; "" for unknown."""
    if amount is None:
        return ""
    sign, rest = "−" if amount < 0 else "", abs(amount)
    words = f"{sign}{rest // 100:,}" + (f".{rest % 100:02}" if rest % 100 else "")
    return f"{words} 元" if zh else f"{words} yuan"


def capitals(amount: int) -> str:
    """An amount in fen in capital numerals: 360050 → 叁仟陆佰元伍角整."""
    sign, (whole, rest) = "负" if amount < 0 else "", divmod(abs(amount), 100)
    jiao, fen = divmod(rest, 10)
    words = _whole(whole) + "元" if whole else ""
    if not rest:
        return f"{sign}{words or '零元'}整"
    if jiao:
        words += DIGITS[jiao] + "角"
    elif whole:
        words += "零"
    return sign + words + (DIGITS[fen] + "分" if fen else "整")


def _whole(number: int) -> str:
    """Whole yuan; one 零 for any run of zeros inside."""
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    said, gap = "", False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            gap = bool(said)
            continue
        said += ("零" if gap or (said and group < 1000) else "") + _group(group) + GROUPS[place]
        gap = False
    return said


def _group(number: int) -> str:
    """1 to 9999."""
    said, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            said += ("零" if gap else "") + DIGITS[digit] + PLACES[place]
            gap = False
        else:
            gap = bool(said)
    return said
