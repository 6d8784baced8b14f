"""The checks of [[reports]]: what a row names must be there, and those who comment and approve must see all that is counted."""

from __future__ import annotations

from kesu.procedure import packchecks as check
from kesu.procedure.findings import Findings, error, warning
from kesu.procedure.pack import Pack
from kesu.procedure.packchecks import Faults
from kesu.procedure.packfaults import Fault
from kesu.procedure.packlines import Path
from kesu.procedure.reporting import Report

HERE = "reports"


def faults(pack: Pack) -> Faults:
    """What a row names wrongly."""
    for n, row in enumerate(pack.reports):
        path: Path = (HERE, n)
        yield from check.known(pack, (*path, "commenter"), "roles", row.commenter)
        yield from check.known(pack, (*path, "approver"), "roles", row.approver)
        yield from check.known(pack, (*path, "tell"), "roles", row.tell)
        yield from check.length((*path, "opens"), row.opens)
        yield from check.limit((*path, "comment"), row.comment, working_days=False)
        yield from check.limit((*path, "approve"), row.approve, working_days=False)
        for m, spec in enumerate(row.warn):
            yield from check.moment((*path, "warn", m), spec)
        yield from check.rungs(pack, (*path, "ladder"), row.ladder)
        if not row.layouts:
            yield Fault((*path, "layouts"), "layouts 至少写一种", "layouts must name at least one")
        if len(set(row.layouts)) < len(row.layouts):
            yield Fault((*path, "layouts"), "layouts 里有重复的", "layouts names one of them twice")


def lint(pack: Pack) -> Findings:
    """A report is commented and approved by people who see every complaint in it and can open its page."""
    for n, row in enumerate(pack.reports):
        for key in ("commenter", "approver"):
            yield from _sees_it(pack, row, (HERE, n, key), getattr(row, key))
        for m, role in enumerate(row.tell):
            yield from _sees_it(pack, row, (HERE, n, "tell", m), role)
        if row.commenter == row.approver:
            yield warning(
                (HERE, n, "approver"),
                f"写评语和批准都是“{pack.one('roles', row.approver).name}”，至少要有两个人担任",
                f"{pack.one('roles', row.approver).name_en} comments and approves: at least two people must hold that role",
            )


def _sees_it(pack: Pack, row: Report, path: Path, id: str) -> Findings:
    role = pack.one("roles", id)
    wide = role.sees == "company" or role.sees == "site" and role.level == "company"
    if role.level == "department" or not (wide or (row.per == "site" and role.sees == "site")):
        yield error(
            path,
            f"“{role.name}”看不到报表里的全部投诉；换一个岗位",
            f"{role.name_en} does not see every complaint in the report; name another role",
        )
    elif "reports" not in role.pages:
        yield error(
            path, f"“{role.name}”打不开报表；给它的 pages 加上 reports", f"{role.name_en} cannot open reports; add reports to its pages"
        )
