"""What the scan says: one unusual thing with its figures, and what could not be told. Words are made of it later, for each reader."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

# what kinds of signals there are
CLUSTER, SILENCE, GRAVER, GAP, THRESHOLD, NEAR = "cluster", "silence", "graver", "gap", "threshold", "near"


@dataclass(frozen=True)
class Signal:
    """Something unusual. `kind`: cluster (more than usual), graver, silence, gap (a rare thing again so soon), threshold, near.

    `of`, `value`: what the complaints have in common ("" is all of the site). `a_year`: how often chance brings it, over everything looked
    at; None for thresholds, which chance does not decide. `first`, `last`: days (ordinals) of the window.
    """

    kind: str
    site: int
    of: str
    value: str
    first: int
    last: int
    observed: int
    expected: float | None
    a_year: float | None
    cases: tuple[int, ...]
    customers: int = 0
    also: tuple[tuple[str, str], ...] = ()  # what else was unusual about the same complaints
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """What makes it the same warning when it is seen again the next day."""
        kind = THRESHOLD if self.kind == NEAR else self.kind
        return f"{kind}:{self.site}:{self.of}:{self.value}{':' + self.extra['indicator'] if 'indicator' in self.extra else ''}"

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self) | {"subject": self.subject}


@dataclass(frozen=True)
class Ordinary:
    """A site about which nothing is unusual: what was received in the window and what is usual there, with limits; None: no limit."""

    site: int
    days: int
    observed: int
    expected: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Untold:
    """What cannot be told, and why: few (too short a history), exposure (months without an entry), none (an exposure of 0)."""

    site: int
    why: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass
class Found:
    """Everything one scan found; `looks`: how many different things were looked at, at each site."""

    signals: list[Signal] = field(default_factory=list)
    ordinary: list[Ordinary] = field(default_factory=list)
    untold: list[Untold] = field(default_factory=list)
    looks: dict[int, int] = field(default_factory=dict)
    a_year: float = 0.0  # false alarms to be expected in a year, all sites together
