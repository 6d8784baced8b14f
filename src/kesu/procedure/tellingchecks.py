"""What [telling] may say: readable hours and limits, known kinds and grades, each kind once, hours in which anything leaves at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time

from kesu.procedure import packchecks as check
from kesu.procedure.acts import ACTS
from kesu.procedure.pack import Pack
from kesu.procedure.packchecks import Faults
from kesu.procedure.packfaults import Fault
from kesu.procedure.packlines import Path
from kesu.procedure.packrows import Window
from kesu.procedure.survey import inside
from kesu.procedure.telling import WORDS_OF_STAFF


def faults(pack: Pack) -> Faults:
    """Every fault of the table."""
    rule, at = pack.telling, ("telling",)
    yield from _hours((*at, "quiet"), rule.quiet or [])
    yield from check.limit((*at, "call"), rule.call)
    yield from _twice((*at, "by"), rule.by)
    seen: list[str] = []
    for n, row in enumerate(rule.kinds):
        if row.kind in seen:
            yield Fault((*at, "kinds", n, "kind"), f"“{row.kind}”写过了，合成一行", f"{row.kind!r} is there already; make it one row")
        if row.silent and (row.by is not None or row.urgent):
            yield Fault(
                (*at, "kinds", n, "silent"), "只放在页面上的不用写 by 和 urgent", "what only stands on the page needs no by and no urgent"
            )
        yield from _twice((*at, "kinds", n, "by"), row.by or [])
        seen.append(row.kind)
    yield from _staff(pack, (*at, "staff"))


def _staff(pack: Pack, at: Path) -> Faults:
    rule = pack.telling.staff
    yield from _hours((*at, "quiet"), rule.quiet)
    yield from check.length((*at, "window"), rule.window)
    known = (*WORDS_OF_STAFF, *ACTS)
    for n, kind in enumerate(rule.urgent):
        table = kind.partition(":")[0]
        yield from (
            check.mark(pack, (*at, "urgent", n), [kind])
            if table in ("fact", "event")
            else check.among((*at, "urgent", n), kind, known, "notices")
        )
    yield from check.known(pack, (*at, "urgent_grades"), "grades", rule.urgent_grades)


def _twice(path: Path, words: Sequence[str]) -> Faults:
    for n, word in enumerate(words):
        if word in words[:n]:
            yield Fault((*path, n), f"“{word}”写了两次，去掉一个", f"{word!r} is there twice; take one out")


def _hours(path: Path, windows: list[Window]) -> Faults:
    """Readable; and at some minute of the day something may leave."""
    found = list(check.windows(path, windows, past_midnight=True))
    yield from found
    day = (time(minute // 60, minute % 60) for minute in range(24 * 60))
    if windows and not found and all(any(inside(now, *window) for window in windows) for now in day):
        yield Fault(path, "一整天都不发，就什么也发不出去；留出时间", "nothing would ever leave; leave some hours of the day")
