"""The rules of a record: its pack's [improvement], and the times that follow from it (elapsed, round the clock)."""

from __future__ import annotations

from datetime import datetime

from kesu.company.procedures import pack_of, round_the_clock
from kesu.improvement.models import Capa
from kesu.procedure.due import due
from kesu.procedure.improving import Improvement
from kesu.procedure.limits import parse_limit
from kesu.procedure.pack import Pack
from kesu.procedure.refused import Refused


def rules_in(pack: Pack) -> Improvement:
    """The pack's [improvement]; Refused where it has none."""
    if pack.improvement is None:
        raise Refused("no_rules", "规程没有写整改", "the procedure knows no corrective action")
    return pack.improvement


def rules_of(capa: Capa) -> Improvement:
    """Those of the version in force when the record was opened."""
    return rules_in(pack_of(capa.version_id))


def after(limit: str, start: datetime, zone: str) -> datetime:
    """When a limit of the record falls due; Refused `date` for a date no calendar holds."""
    try:
        found = due(parse_limit(limit), start, round_the_clock(zone))
    except (OverflowError, ValueError):
        raise Refused("date", "日子太远了", "the date lies too far ahead", field="due_at") from None
    assert found is not None  # lint: limits of [improvement] are lengths
    return found.at
