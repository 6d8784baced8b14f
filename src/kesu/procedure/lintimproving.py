"""The checks of [improvement]: what it names must be there, and a record once opened must be able to come to its end."""

from __future__ import annotations

import string

from kesu.procedure import packchecks as check
from kesu.procedure.findings import Findings, error, warning
from kesu.procedure.improving import RIGHTS, Improvement
from kesu.procedure.pack import Pack, Role
from kesu.procedure.packchecks import Faults
from kesu.procedure.packfaults import Fault

HERE = "improvement"
LIMITS = ("plan", "watch", "judge", "close", "after")
_NUMBER_WORDS = ("yyyy", "yy", "n")


def faults(pack: Pack) -> Faults:
    """What [improvement] and `roles.improves` name wrongly."""
    for n, role in enumerate(pack.roles):
        yield from check.among(("roles", n, "improves"), role.improves, RIGHTS, "improves")
    row = pack.improvement
    if row is None:
        return
    yield from _number(row)
    for key in ("leads", "judges"):
        yield from check.known(pack, (HERE, key), "roles", getattr(row, key))
    for key in LIMITS:
        yield from check.limit((HERE, key), getattr(row, key), working_days=False)
    yield from check.length((HERE, "watch"), row.watch)
    for n, spec in enumerate(row.warn):
        yield from check.moment((HERE, "warn", n), spec)
    yield from check.rungs(pack, (HERE, "ladder"), row.ladder)
    if row.extension:
        yield from check.known(pack, (HERE, "extension", "approver"), "roles", row.extension.approver)
        yield from check.length((HERE, "extension", "longest"), row.extension.longest)


def _number(row: Improvement) -> Faults:
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(row.number) if name is not None]
        row.number.format(**dict.fromkeys(_NUMBER_WORDS, 1))
    except (ValueError, KeyError, IndexError, AttributeError):
        names = []
    if "n" not in names or not {"yyyy", "yy"}.intersection(names):
        yield Fault(
            (HERE, "number"),
            "编号要有年 {yyyy} 和当年序号 {n:03}，如 ZG-{yyyy}-{n:03}",
            "the number needs the year {yyyy} and the year's {n:03}, as CA-{yyyy}-{n:03}",
        )


def asked(pack: Pack) -> bool:
    """Whether some case must go through corrective action: a clock that ends with `put_right`, or a closing row that needs it."""
    return any("put_right" in row.until for row in pack.obligations) or any("put_right" in row.needs for row in pack.closing)


def lint(pack: Pack) -> Findings:
    """A record that nobody may plan, judge or close would stall, and with it every case that needs it."""
    row = pack.improvement
    if row is None:
        if asked(pack):
            yield error(
                ("closing",),
                "有投诉要立项整改（put_right），规程里却没有 [improvement]；写上这一段",
                "cases must be put right (put_right), but there is no [improvement]; write that table",
            )
        return
    if not asked(pack):
        yield warning(
            (HERE,),
            '没有一个时限或结案条件要 put_right，没有投诉非整改不可；写一条 until = ["put_right"] 的时限',
            'no clock and no closing row asks for put_right, so no case must be put right; write a clock with until = ["put_right"]',
        )
    yield from _doers(pack, row)


def _doers(pack: Pack, row: Improvement) -> Findings:
    able = {right: [role for role in pack.roles if right in role.improves and _sees(role)] for right in RIGHTS}
    wanted = {"leads": (row.leads, ("plan", "close")), "judges": (row.judges, ("judge",))}
    if row.extension:
        wanted["extension"] = (row.extension.approver, ("extend",))
    for key, (name, rights) in wanted.items():
        lacking = [right for right in rights if pack.one("roles", name) not in able[right]]
        if lacking:
            label, said = pack.one("roles", name), ", ".join(lacking)
            yield error(
                (HERE, key),
                f"“{label.name}”负责这一步，improves 里却没有 {said}，或看不到全部投诉；加上，或换一个岗位",
                f"{label.name_en} answers for this but its improves lacks {said}, or it does not see every case; "
                "add it or name another role",
            )
    if len(able["judge"]) == 1:
        yield warning(
            (HERE, "judges"),
            f"只有“{able['judge'][0].name}”能评效果；他们自己办过措施时没有别人能评，再给一个岗位加上 judge",
            f"only {able['judge'][0].name_en} may judge the effect; when they own a measure nobody else can. Give judge to one more role",
        )
    if "put_right" not in {act for role in pack.roles if _sees(role) for act in role.may}:
        yield error(
            ("roles",),
            "没有一个看得到投诉的岗位能立项整改；在某个岗位的 may 里加上 put_right",
            "no role that sees cases may put them right; add put_right to a role's may",
        )


def _sees(role: Role) -> bool:
    return role.level != "department" and role.sees in ("company", "site")
