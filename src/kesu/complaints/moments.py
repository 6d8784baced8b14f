"""The moments of a clock at which somebody is told: warnings, the fall, the rungs of the ladder. In order of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kesu.company.models import Site
from kesu.company.procedures import time_of
from kesu.complaints.models import Clock
from kesu.procedure.due import moments
from kesu.procedure.pack import Obligation

LATE = "0m after"


@dataclass(frozen=True)
class Moment:
    """When something is said, what (warned, fell_late, climbed), and which roles hear it."""

    at: datetime
    kind: str
    tell: tuple[str, ...]


def moments_of(obligation: Obligation, clock: Clock, site: Site) -> list[Moment]:
    """Every moment of this clock for its present due time."""
    time = time_of(site, clock.time)
    found = [Moment(at, "warned", ()) for _, at in moments(clock.began_at, clock.due_at, time, obligation.warn) if at < clock.due_at]
    at_due = tuple(role for rung in obligation.ladder if rung.at == LATE for role in rung.tell)
    found.append(Moment(clock.due_at, "fell_late", at_due))
    later = [rung for rung in obligation.ladder if rung.at != LATE]
    times = moments(clock.began_at, clock.due_at, time, [rung.at for rung in later])
    found += [Moment(at, "climbed", tuple(rung.tell)) for rung, (_, at) in zip(later, times, strict=True)]
    return sorted(found, key=lambda moment: moment.at)
