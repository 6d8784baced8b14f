"""Amounts in words: whole fen as yuan, exact."""

from __future__ import annotations


def in_yuan(fen: int) -> str:
    """“1,234.50” for 123450, “86” for 8600."""
    whole, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}" + (f".{rest:02}" if rest else "")
