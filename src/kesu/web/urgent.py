"""What to do first where something urgent is so (U1–U10): shown at reception and to everybody who opens the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kesu.procedure.grading import urgency
from kesu.procedure.pack import Fact, Pack


@dataclass(frozen=True)
class Told:
    """An urgent fact in the reader's language: what to do first, and what is owed to others outside."""

    fact: str
    first: str
    duty: str
    extreme: bool


def urgent(pack: Pack, facts: Mapping[str, bool | None], *, zh: bool) -> list[Told]:
    """What is urgent by these answers, the worst first."""
    return [_told(fact, zh) for fact in urgency(pack, facts)]


def _told(fact: Fact, zh: bool) -> Told:
    if zh:
        return Told(fact.question, fact.first_action, fact.duty, fact.urgency == "extreme")
    return Told(fact.question_en, fact.first_action_en, fact.duty_en, fact.urgency == "extreme")
