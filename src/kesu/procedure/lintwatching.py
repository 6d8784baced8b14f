"""The checks of [warning]: what it names must be there, lengths must be lengths, and somebody must be able to answer."""

from __future__ import annotations

from kesu.procedure import packchecks as check
from kesu.procedure.findings import Findings, error, warning
from kesu.procedure.limits import Within, parse_limit
from kesu.procedure.pack import Pack
from kesu.procedure.packchecks import Faults
from kesu.procedure.packfaults import Fault
from kesu.procedure.packlines import Path
from kesu.procedure.watching import Indicator

HERE = "warning"
LONGEST, SHORTEST = 366, 1  # days of a window
DAY = 86_400


def days(length: str) -> int:
    """Whole days of a length (lint: it is one)."""
    limit = parse_limit(length)
    assert isinstance(limit, Within)
    return max(1, limit.seconds // DAY)


def faults(pack: Pack) -> Faults:
    """What [warning] names wrongly."""
    row = pack.warning
    if row is None:
        return
    yield from check.known(pack, (HERE, "owner"), "roles", row.owner)
    yield from check.limit((HERE, "answer"), row.answer, working_days=False)
    for n, spec in enumerate(row.warn):
        yield from check.moment((HERE, "warn", n), spec)
    yield from check.rungs(pack, (HERE, "ladder"), row.ladder)
    if check.minute(row.at) in (None, 24 * 60):
        yield Fault((HERE, "at"), f"“{row.at}”不是时刻，写成 06:30", f"{row.at!r} is no time of day; write 06:30")
    yield from check.length((HERE, "history"), row.history)
    yield from check.once((HERE, "indicators"), [one.id for one in row.indicators])
    for n, text in enumerate(row.windows):
        yield from _window((HERE, "windows", n), text)
    for n, indicator in enumerate(row.indicators):
        yield from _indicator(pack, (HERE, "indicators", n), indicator)


def _window(path: Path, text: str) -> Faults:
    found = list(check.length(path, text))
    if not found and not SHORTEST <= days(text) <= LONGEST:
        found = [Fault(path, f"“{text}”要在 1 到 366 天之间", f"{text!r} must lie between 1 and 366 days")]
    yield from found


def _indicator(pack: Pack, path: Path, row: Indicator) -> Faults:
    yield from _window((*path, "within"), row.within)
    for key, table in (("categories", "categories"), ("grades", "grades"), ("natures", "natures"), ("channels", "channels")):
        yield from check.known(pack, (*path, key), table, getattr(row, key))
    if (row.count is None) == (row.rate is None):
        yield Fault((*path, "count"), "count（件数）和 rate（率）写一个", "write either count or rate")
    if row.rate is not None and row.per is not None:
        yield Fault((*path, "rate"), "率只按项目算，去掉 per", "a rate is of the site; leave per out")
    if row.near is not None and (row.count is None or row.near >= row.count):
        yield Fault((*path, "near"), "near 要比 count 小", "near must be less than count")
    if row.per == "text":
        yield Fault((*path, "per"), "说法不能当门槛，换一样", "words cannot be counted up to a threshold; choose something else")


def lint(pack: Pack) -> Findings:
    """A warning that nobody sees or answers helps nobody; windows need a history several times as long."""
    row = pack.warning
    if row is None:
        return
    owner = pack.one("roles", row.owner)
    if owner.level == "department" or owner.sees not in ("company", "site"):
        yield error(
            (HERE, "owner"),
            f"“{owner.name}”看不到整个项目的投诉，答不了预警；换一个岗位",
            f"{owner.name_en} does not see every complaint of a site and cannot answer for a warning; name another role",
        )
    longest = max(days(text) for text in row.windows)
    if days(row.history) < 2 * longest:
        yield error(
            (HERE, "history"),
            f"history 至少要有最长时段的两倍（{2 * longest}d），不然没有平常可比",
            f"history must be at least twice the longest window ({2 * longest}d), or there is nothing usual to compare with",
        )
    if row.once_in < 1:
        yield warning(
            (HERE, "once_in"),
            f"每个项目一年约有 {1 / row.once_in:.0f} 次是巧合，预警多了没有人看",
            f"about {1 / row.once_in:.0f} warnings a year at each site will be chance; too many are not read",
        )
