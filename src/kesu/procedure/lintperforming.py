"""The checks of [performance]: roles that are there, limits that can be read, superiors who see what they answer for."""

from __future__ import annotations

from kesu.procedure import packchecks as check
from kesu.procedure.findings import Findings, error, warning
from kesu.procedure.pack import Pack
from kesu.procedure.packchecks import Faults
from kesu.procedure.packfaults import Fault
from kesu.procedure.packlines import Path
from kesu.procedure.performing import SelfReview

HERE, ROWS = "performance", "reviews"


def faults(pack: Pack) -> Faults:
    """What [performance] names wrongly."""
    rules = pack.performance
    if rules is None:
        return
    if len(set(rules.strata)) < len(rules.strata) or not rules.strata:
        yield Fault((HERE, "strata"), "strata 至少写一样，每样一次", "strata must name at least one thing, each only once")
    yield from check.known(pack, (HERE, "praise"), "natures", rules.praise)
    yield from check.known(pack, (HERE, "recognises"), "roles", rules.recognises)
    yield from check.once((HERE, ROWS), [row.id for row in rules.reviews])
    for n, row in enumerate(rules.reviews):
        path: Path = (HERE, ROWS, n)
        yield from check.known(pack, (*path, "role"), "roles", row.role)
        yield from check.known(pack, (*path, "superior"), "roles", row.superior)
        yield from check.length((*path, "opens"), row.opens)
        yield from check.limit((*path, "write"), row.write, working_days=False)
        yield from check.limit((*path, "answer"), row.answer, working_days=False)
        for m, spec in enumerate(row.warn):
            yield from check.moment((*path, "warn", m), spec)
        yield from check.rungs(pack, (*path, "ladder"), row.ladder)


def lint(pack: Pack) -> Findings:
    """A self-review is answered by somebody else, who sees the cases in it."""
    rules = pack.performance
    for n, row in enumerate(rules.reviews if rules else []):
        path: Path = (HERE, ROWS, n)
        role, superior = pack.one("roles", row.role), pack.one("roles", row.superior)
        if row.role == row.superior:
            yield error(
                (*path, "superior"), "自己不能答复自己的自查，换一个岗位", "nobody answers their own self-review; name another role"
            )
        elif superior.sees == "own" or superior.level == "department" and role.level != "department":
            yield error(
                (*path, "superior"),
                f"“{superior.name}”看不到“{role.name}”经办的投诉，换一个岗位",
                f"{superior.name_en} does not see the cases of {role.name_en}; name another role",
            )
        if row.about == "department" and role.level != "department":
            yield error(
                (*path, "about"), f"“{role.name}”不属于一个部门，about 写 person", f"{role.name_en} belongs to no department: write person"
            )
        if not row.ladder:
            yield warning(
                (*path, "ladder"), "没写 ladder：拖着不写、不答复，没有人知道", "without a ladder nobody hears that it is not written"
            )


def row_of(pack: Pack, id: str) -> SelfReview | None:
    """The row of the pack with this id; None when it has gone."""
    rules = pack.performance
    return next((row for row in rules.reviews if row.id == id), None) if rules else None
