"""Ringing due alarms: how long one worker takes for ten thousand clocks that fall due at once."""

from __future__ import annotations

from bench.places import step


def measure(env: dict[str, str], count: int = 10_000) -> dict[str, object]:
    """Rings up to `count` clocks; seconds, and what was written."""
    return step(env, "ring", count)
