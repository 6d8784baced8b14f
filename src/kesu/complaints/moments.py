"""The moments of a clock at which somebody is told: warnings, the fall, the rungs of the ladder. In order of time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kesu.company.models import Site
from kesu.company.procedures import time_of
from kesu.complaints.models import Clock, Pause
from kesu.procedure.due import Pause as Stop
from kesu.procedure.due import moments
from kesu.procedure.pack import Obligation

LATE = "0m after"


@dataclass(frozen=True)
class Moment:
    """When something is said, what (warned, fell_late, climbed), and which roles hear it."""

    at: datetime
    kind: str
    tell: tuple[str, ...]


def stops_for(obligation: Obligation, pauses: Iterable[Pause]) -> list[Stop]:
    """The pauses for which this obligation's clock stands still."""
    return [Stop(row.began_at, row.ended_at, row.reason) for row in pauses if row.reason in obligation.pauses]


def moments_of(obligation: Obligation, clock: Clock, site: Site, pauses: Iterable[Pause] = ()) -> list[Moment]:
    """Every moment of this clock for its present due time; `pauses` are the case's, of which those that stop this clock count."""
    time, stops = time_of(site, clock.time), [stop for stop in stops_for(obligation, pauses) if stop.end is not None]
    warnings = moments(clock.began_at, clock.due_at, time, obligation.warn, pauses=stops)
    found = [Moment(at, "warned", ()) for _, at in warnings if at < clock.due_at]
    at_due = tuple(role for rung in obligation.ladder if rung.at == LATE for role in rung.tell)
    found.append(Moment(clock.due_at, "fell_late", at_due))
    later = [rung for rung in obligation.ladder if rung.at != LATE]
    times = moments(clock.began_at, clock.due_at, time, [rung.at for rung in later])
    found += [Moment(at, "climbed", tuple(rung.tell)) for rung, (_, at) in zip(later, times, strict=True)]
    return sorted(found, key=lambda moment: moment.at)
