"""What a row of [[obligations]] says of the rest of its pack (procedure.packreferences)."""

from __future__ import annotations

from kesu.procedure import packchecks as check
from kesu.procedure.acts import ACTS
from kesu.procedure.duties import Obligation
from kesu.procedure.pack import Pack
from kesu.procedure.packchecks import Faults
from kesu.procedure.packfaults import Fault
from kesu.procedure.packlines import Path


def faults(pack: Pack, path: Path, row: Obligation) -> Faults:
    """Everything that is wrong with one."""
    for key in ("begins", "until", "again", "stops"):
        yield from check.mark(pack, (*path, key), getattr(row, key))
    for key in ("begins", "until"):
        if not getattr(row, key):
            yield Fault((*path, key), "不能空着，写上动作", "must not be empty; name an act")
    yield from _limit(path, row)
    tables = {
        "role": "roles",
        "before_dispatch": "roles",
        "grades": "grades",
        "natures": "natures",
        "channels": "channels",
        "categories": "categories",
        "facts": "facts",
        "unless_facts": "facts",
        "pauses": "pauses",
        "procedure": "procedures",
        "unless_fast": "fast_paths",
        "if_fast": "fast_paths",
    }
    for key, table in tables.items():
        yield from check.known(pack, (*path, key), table, getattr(row, key))
    for n, spec in enumerate(row.warn):
        yield from check.moment((*path, "warn", n), spec)
    yield from check.rungs(pack, (*path, "ladder"), row.ladder)
    if row.extension:
        yield from check.known(pack, (*path, "extension", "approver"), "roles", row.extension.approver)
        yield from check.limit((*path, "extension", "longest"), row.extension.longest, working_days=row.time != "always")
        yield from check.known(pack, (*path, "extension", "facts"), "facts", row.extension.facts)
    if row.late:
        yield from check.known(pack, (*path, "late", "regrade"), "grades", row.late.regrade)
    yield from check.among((*path, "act"), row.act or None, ACTS, "acts")
    if row.repeats and not row.stops:
        yield Fault(
            (*path, "stops"), "一再重来的要写 stops：哪个动作以后不再重来", "what repeats needs stops: the acts after which it does not"
        )
    if row.stops and not row.repeats:
        yield Fault((*path, "stops"), "只用于 repeats = true", "is only for repeats = true")
    if row.repeats and row.per != "case":
        yield Fault((*path, "repeats"), '只用于 per = "case"', 'is only for per = "case"')
    if row.follows_agreed and (row.per != "case" or row.repeats):
        yield Fault(
            (*path, "follows_agreed"), '只用于 per = "case"，不和 repeats 一起写', 'is only for per = "case" and not for what repeats'
        )
    if row.anew and (row.repeats or row.per != "case"):
        yield Fault((*path, "anew"), '只用于 per = "case"，不和 repeats 一起写', 'is only for per = "case" and not for what repeats')
    if row.outlives_closing:
        yield from _outliving(path, row)
    if row.again and row.per != "part":
        yield Fault((*path, "again"), '只用于 per = "part"', 'is only for per = "part"')


def _outliving(path: Path, row: Obligation) -> Faults:
    """What is owed after closing belongs to the whole case and ends with something that can still be done then."""
    if not row.whole_case or row.per != "case":
        yield Fault(
            (*path, "outlives_closing"),
            "结案后还要做的，要写 whole_case = true，重新办理时才不会断",
            "what outlives closing needs whole_case = true, so that reopening does not break it off",
        )
    if not any(word.startswith("event:") or (word in ACTS and ACTS[word].closed) for word in row.until):
        yield Fault(
            (*path, "until"),
            "结案后这些动作都做不了，时限停不下来；写一个 event:…",
            "none of these can be done after closing, so the clock could never end; write an event:…",
        )


def _limit(path: Path, row: Obligation) -> Faults:
    special = {"own-date": ("action", "task", "outside", "inquiry", "appointment"), "before-expiry": ("extension",)}
    if row.limit not in special:
        yield from check.limit((*path, "limit"), row.limit, working_days=row.time != "always")
    elif row.per not in special[row.limit]:
        only = [f'per = "{per}"' for per in special[row.limit]]
        yield Fault((*path, "limit"), f"“{row.limit}”只用于 {'、'.join(only)}", f"{row.limit!r} is only for {' or '.join(only)}")
