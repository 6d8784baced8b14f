"""What an obligation is about, for counting: from the acts that end it, whatever the pack calls it."""

from __future__ import annotations

from functools import lru_cache

from kesu.procedure.acts import ACTS, STEPS
from kesu.procedure.pack import Obligation, Pack

REPLY, OTHER = "reply", "other"
DUTIES: dict[str, tuple[str, str]] = {REPLY: ("首次响应", "First reply"), **STEPS, OTHER: ("其他", "Other")}
FIRST_WORD = frozenset(("acknowledge", "contact"))  # what ends a first reply; who only must report the result owes that step
KNOWN_FROM = frozenset(("heard", "receive"))
ANSWERING = frozenset(("propose", "approve", "refuse", "reply", "agree", "decline"))
HANDLING = frozenset(("execute", "return", "do_task", "pay"))


@lru_cache(maxsize=64)
def _of_version(_version: int) -> dict[str, str]:
    return {}


def duty_of(pack: Pack, version: int, obligation: str) -> str:
    """`reply`, a step, or `other`; remembered per version."""
    known = _of_version(version)
    if obligation not in known:
        row = pack.obligation(obligation)
        known[obligation] = _duty(row) if row else OTHER
    return known[obligation]


def _duty(row: Obligation) -> str:
    until = [mark.partition(":")[0] for mark in row.until]
    known = all(mark in KNOWN_FROM or mark.startswith("fact:") for mark in row.begins)
    if row.per == "case" and FIRST_WORD & set(until) and known:
        return REPLY
    if HANDLING & set(until):
        return "handle"
    if ANSWERING & set(until):
        return "answer"
    return next((step for mark in until if mark in ACTS and (step := ACTS[mark].completes)), OTHER)


def forget() -> None:
    """Forget the duties of every version (tests, where ids come round again)."""
    _of_version.cache_clear()


def label(duty: str, language: str) -> str:
    """The duty's name."""
    zh, en = DUTIES.get(duty, (duty, duty))
    return zh if language.startswith("zh") else en
