"""Whether a pack can be lived by: every grade can be closed, every act has somebody who may do it, every duty somebody who owes it.

Runs on packs whose references are in order. Level "error" keeps a pack from loading; "warning" is for its author to think about.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from kesu.procedure import (
    letterchecks,
    lintclocks,
    lintfindings,
    lintimproving,
    lintmoney,
    lintperforming,
    lintprivacy,
    lintreporting,
    lintrules,
    lintunused,
    lintwatching,
)
from kesu.procedure.acts import ACTS, MAIN_ACT, STAFF, STEPS
from kesu.procedure.findings import Finding, Findings, error, warning
from kesu.procedure.moments import read_moment
from kesu.procedure.pack import Closing, Grade, Nature, Obligation, Pack
from kesu.procedure.packlines import Path

# What a closing condition asks of the nature's steps: the acts that fulfil it can only happen at these.
NEEDS_STEP = {"told": "report", "explained": "report", "followed_up": "visit", "cause_found": "investigate", "agreed": "answer"}
NEEDS_STEP |= {"findings_made": "investigate"}


def check(pack: Pack) -> list[Finding]:
    """Every finding, in the order of the story."""
    checks = (
        _paths, _closings, _endings, _broken_off, _acts, _owners, _overruns, _warnings, _approvals, _visits, _months,
        lintclocks.check, lintfindings.check, lintrules.check, lintunused.check, lintimproving.lint, lintwatching.lint, lintmoney.check,
        letterchecks.lint, lintreporting.lint, lintperforming.lint,
    )  # fmt: skip
    return [finding for one in checks for finding in one(pack)]


def who_may(pack: Pack, act: str) -> list[str]:
    """The roles that may do an act (without what stands behind a colon)."""
    return [role.id for role in pack.roles if act.partition(":")[0] in role.may]


# natures and closing
def _paths(pack: Pack) -> Findings:
    for n, nature in enumerate(pack.natures):
        lacking = [step for step in ("close", "archive") if step not in nature.steps]
        if lacking:
            names = "、".join(STEPS[step][0] for step in lacking)
            yield error(
                ("natures", n, "steps"),
                f"“{nature.name}”走不到归档：缺 {names}",
                f"{nature.name_en} never reaches the archive: {', '.join(lacking)} missing",
            )
        if "sign" in nature.steps and "dispatch" not in nature.steps:
            yield error(
                ("natures", n, "steps"), f"“{nature.name}”要签收却不派单", f"{nature.name_en} is to be signed for but never dispatched"
            )
        if "handle" in nature.steps and "sign" not in nature.steps:
            yield error(
                ("natures", n, "steps"),
                f"“{nature.name}”要办理却没人签收，交不回意见表",
                f"{nature.name_en} is to be handled but nobody signs for it, so the form cannot be returned",
            )


def closing_rule(pack: Pack, nature: Nature, grade: Grade, outcome: str = "") -> tuple[int, Closing] | None:
    """The rule that decides: the first that fits. `outcome`: "" for a case that went its way, withdrawn, unfounded."""
    n = lintrules.first_that_fits(pack.closing, nature.id, grade.id, outcome)
    return None if n is None else (n, pack.closing[n])


def _closings(pack: Pack) -> Findings:
    told: set[tuple[int, str, str]] = set()
    for nature in pack.natures:
        for g, grade in enumerate(pack.grades):
            found = closing_rule(pack, nature, grade)
            if found is None:
                yield error(
                    ("grades", g),
                    f"“{grade.name}”的“{nature.name}”没法结案：closing 里没有一条合得上",
                    f"{nature.name_en} of grade {grade.name_en} cannot be closed: no row of closing fits",
                )
                continue
            n, rule = found
            for need in rule.needs:
                if _out_of_reach(need, nature) and (n, need, nature.id) not in told:
                    told.add((n, need, nature.id))
                    yield _unreachable(n, need, nature)


def _out_of_reach(need: str, nature: Nature) -> bool:
    if need == "actions_done":  # what was agreed could never be carried out
        return "answer" in nature.steps and "handle" not in nature.steps
    if need == "forms_returned":  # a form that was handed out and can never come back
        return "dispatch" in nature.steps and not {"sign", "handle"} <= set(nature.steps)
    return NEEDS_STEP.get(need, "close") not in nature.steps


def _unreachable(n: int, need: str, nature: Nature) -> Finding:
    step = NEEDS_STEP.get(need, "handle")
    return error(
        ("closing", n, "needs"),
        f"“{nature.name}”的环节里没有{STEPS[step][0]}，{need} 永远做不到；加上这个环节或去掉这个条件",
        f"{nature.name_en} has no step {step}, so {need} can never be met; add the step or drop the need",
    )


# What can still be met once the customer has withdrawn: nothing but closing is done then.
WHEN_WITHDRAWN = ("approvals_answered", "not_paused", "clocks_done", "tasks_done")
# What finding a complaint unfounded does by itself.
WHEN_UNFOUNDED = (*WHEN_WITHDRAWN, "told", "explained", "actions_done", "money_paid")


def _endings(pack: Pack) -> Findings:
    """Cases that leave their road, withdrawn or found not to stand, must be closed too."""
    say = warning if pack.pack.example else error
    told: set[tuple[int | None, str]] = set()
    for nature, grade in product(pack.natures, pack.grades):
        ends: list[tuple[str, str, str, tuple[str, ...]]] = [("withdrawn", "撤回的", "a withdrawn case", WHEN_WITHDRAWN)]
        if nature.unfounded:
            able = [need for need, step in NEEDS_STEP.items() if step in nature.steps]
            ends.append(("unfounded", "不成立的", "an unfounded case", (*WHEN_UNFOUNDED, *able)))
        for outcome, zh, en, met in ends:
            found = closing_rule(pack, nature, grade, outcome)
            lacking = [need for need in found[1].needs if need not in met] if found else ["…"]
            place = found[0] if found else None
            if not lacking or (place, outcome) in told:
                continue
            told.add((place, outcome))
            yield say(
                ("closing",) if place is None else ("closing", place, "needs"),
                f"{zh}没法结案：{'没有一行合得上' if place is None else '做不到 ' + '、'.join(lacking)}；"
                f'在前面加一行 outcomes = ["{outcome}"]，needs 只写做得到的 {"、".join(met)}',
                f"{en} cannot be closed: {'no row fits' if place is None else 'never met: ' + ', '.join(lacking)}; "
                f'put a row with outcomes = ["{outcome}"] before it that needs no more than {", ".join(met)}',
            )


def _broken_off(pack: Pack) -> Findings:
    """What is owed to somebody else, whatever the customer does, is broken off by a closing that does not wait for it."""
    staying = [row for row in pack.obligations if row.despite_withdrawal and row.before_closing]
    told: set[int] = set()
    for row, nature, grade, outcome in product(staying, pack.natures, pack.grades, ("withdrawn", "unfounded", "")):
        if (row.natures and nature.id not in row.natures) or (row.grades and grade.id not in row.grades):
            continue
        found = None if outcome == "unfounded" and not nature.unfounded else closing_rule(pack, nature, grade, outcome)
        if found is None or "clocks_done" in found[1].needs or found[0] in told:
            continue
        told.add(found[0])
        yield warning(
            ("closing", found[0], "needs"),
            f"“{row.name}”撤回了也要办，这样结案它就断了；needs 加上 clocks_done",
            f"{row.name_en} stays owed though the customer withdraws, but closing like this breaks it off; add clocks_done to needs",
        )


# acts and who may do them
def _acts(pack: Pack) -> Findings:
    used = [step for step in STEPS if any(step in nature.steps for nature in pack.natures)]
    needed = {act: f"环节“{STEPS[step][0]}”" for step in used for act in MAIN_ACT[step] if STAFF in ACTS[act].by}
    needed |= {"receive": "受理"}
    if pack.events:
        needed |= {"mark": "events"}
    if pack.pauses:
        needed |= {"pause": "pauses", "resume": "pauses"}
    if any(row.extension for row in pack.obligations):
        needed |= dict.fromkeys(("ask_extension", "grant_extension", "refuse_extension"), "extension")
    if pack.customer_date:
        needed |= {"agree_date": "customer_date"}
    if pack.follow_up.not_content == "reopen":
        needed["reopen"] = "follow_up"
    needed |= lintfindings.demanded(pack)
    for act, why in needed.items():
        if not who_may(pack, act):
            yield error(
                ("roles",),
                f"没有一个岗位能“{ACTS[act].zh}”（{act}），{why}要用；在某个岗位的 may 里加上",
                f"no role may {act}, which is needed; add it to a role's may",
            )
    yield from _out_of_place(pack, needed)
    idle = _idle(pack, used)
    for act in ACTS:
        if STAFF in ACTS[act].by and act not in needed and act not in idle and not who_may(pack, act):
            yield warning(("roles",), f"没有一个岗位能“{ACTS[act].zh}”（{act}）", f"no role may {act}")


LEFT_TO_NOBODY = {"package"}  # nothing waits for it: a company may let nobody take files out of the house


def _idle(pack: Pack, used: Iterable[str]) -> set[str]:
    """Acts that never come up: at steps no nature goes through, or about what the pack has none of."""
    idle = {name for name, act in ACTS.items() if act.steps and not set(act.steps) & set(used)} | LEFT_TO_NOBODY
    without: tuple[tuple[bool, tuple[str, ...]], ...] = (
        (any(row.per == "task" for row in pack.obligations), ("assign_task", "do_task", "drop_task")),
        (bool(pack.outside), ("hand_outside", "outside_answer", "outside_verdict")),
        (bool(pack.references), ("refer",)),
        (bool(who_may(pack, "merge")), ("merge", "unmerge")),
        (bool(who_may(pack, "join_group")), ("join_group", "leave_group", "tell_all", "share_finding")),
        (False, ("split", "tie")),
        (bool(pack.events), ("mark",)),
        (pack.improvement is not None, ("put_right",)),
        (pack.customer_date is not None, ("agree_date",)),
        (bool(pack.pauses), ("pause", "resume")),
        (any(row.extension for row in pack.obligations), ("ask_extension", "grant_extension", "refuse_extension")),
        (len(pack.grades) > 1, ("regrade",)),
        (any("dispatch" in nature.steps for nature in pack.natures), ("dispatch", "send_back", "transfer")),
        (any("sign" in nature.steps for nature in pack.natures), ("sign",)),
        (any(row.money for row in pack.remedies), ("pay", "reverse_payment")),
        (bool(pack.letters), ("draft_letter", "pass_letter", "return_letter", "send_letter")),
    )
    return idle.union(lintfindings.idle(pack), lintprivacy.idle(pack), *(acts for there, acts in without if not there))


# What must be possible before there is a department, or when it never came to one.
WITHOUT_DEPARTMENT = ("receive", "judge", "dispatch", "close", "archive")
# What somebody does who was handed the case; everything else needs a role that sees cases by itself.
BY_THE_HANDLER = ("receive", "contact", "investigate", "find_cause", "execute", "return", "ask_extension")


def _out_of_place(pack: Pack, needed: Iterable[str]) -> Findings:
    """Acts that only roles may do which are not there yet, or which do not see the case (company.rights says who sees what)."""
    undispatched = {act for nature in pack.natures if "dispatch" not in nature.steps for step in nature.steps for act in MAIN_ACT[step]}
    for act in needed:
        roles = [pack.one("roles", role) for role in who_may(pack, act)]
        at_once = [role for role in roles if role.level != "department" and (role.sees in ("company", "site") or act == "receive")]
        later = [role for role in roles if role.level == "department" and role.sees != "own"]
        if not roles or at_once:
            continue
        if act in WITHOUT_DEPARTMENT or act in undispatched:
            yield error(
                ("roles",),
                f"能“{ACTS[act].zh}”（{act}）的岗位都在部门一级任命或看不到全部投诉，还没派单的时候没有人能做；给管理处或公司一级、看得到的岗位也加上",
                f"only roles appointed in departments, or that do not see every case, may {act}, so nobody can before dispatch; "
                "give it to a role of site or company that sees them too",
            )
        elif not later and act not in BY_THE_HANDLER:
            yield error(
                ("roles",),
                f"能“{ACTS[act].zh}”（{act}）的岗位看不到别人的投诉，轮不到他们做；给看得到的岗位加上，或改 sees",
                f"roles that may {act} do not see the cases of others; give it to one that does, or change sees",
            )


def _act_of(mark: str) -> str:
    """The act that makes a mark: fact:U1 is answered by judging, event:accepted recorded by mark, present:ROLE is presenting."""
    name = mark.partition(":")[0]
    return {"fact": "judge", "event": "mark"}.get(name, name)


def _owners(pack: Pack) -> Findings:
    for n, row in enumerate(pack.obligations):
        path = ("obligations", n)
        staff = [act for act in map(_act_of, row.until) if act in ACTS and STAFF in ACTS[act].by]
        if not staff and not row.waits_for and row.per != "inquiry":
            yield warning(
                (*path, "until"),
                '只有客户能做完，写上 waits_for = "customer"',
                'only the customer can end this; write waits_for = "customer"',
            )
        if staff and not any(row.role in who_may(pack, act) for act in staff):
            name = pack.one("roles", row.role)
            yield error(
                (*path, "role"),
                f"“{name.name}”要负责“{row.name}”，却不能做 {'、'.join(staff)} 中的任何一个",
                f"{name.name_en} answers for {row.name_en} but may do none of {', '.join(staff)}",
            )
        yield from _places(pack, path, row)


def _places(pack: Pack, path: Path, row: Obligation) -> Findings:
    role = pack.one("roles", row.role)
    if row.scope == "lead" and row.per == "case" and not row.before_dispatch:
        yield warning(
            (*path, "before_dispatch"),
            "派单以前没有人负责，写上 before_dispatch",
            "nobody answers for it before dispatch; write before_dispatch",
        )
    if row.before_dispatch and not {"dispatch", *map(_act_of, row.until)}.intersection(pack.one("roles", row.before_dispatch).may):
        yield error(
            (*path, "before_dispatch"),
            f"“{row.before_dispatch}”既不能派单也不能做完它",
            f"{row.before_dispatch!r} may neither dispatch nor end it",
        )
    if row.scope in ("lead", "part") and role.level != "department":
        yield warning(
            (*path, "scope"),
            f"由部门负责，但“{role.name}”不在部门一级任命",
            f"a department answers for it, but {role.name_en} is not appointed in departments",
        )
    if row.scope == "company" and role.level != "company":
        yield warning(
            (*path, "scope"),
            f"由公司一级负责，但“{role.name}”不在公司一级任命",
            f"the company answers for it, but {role.name_en} is not appointed there",
        )


# time
def _overruns(pack: Pack) -> Findings:
    for n, row in enumerate(pack.obligations):
        if row.per == "case" and "return" in row.until and row.extension is None and not row.procedure:  # no law is extended by us
            yield warning(
                ("obligations", n),
                f"“{row.name}”超时没有审批人，写上 extension",
                f"nobody may approve an overrun of {row.name_en}; write extension",
            )
        if row.extension:
            approver = pack.one("roles", row.extension.approver)
            if not {"grant_extension", "refuse_extension"} <= set(approver.may):
                yield error(
                    ("obligations", n, "extension", "approver"),
                    f"“{approver.name}”不能批准或不准延期",
                    f"{approver.name_en} may not grant and refuse extensions",
                )


def _warnings(pack: Pack) -> Findings:
    for n, row in enumerate(pack.obligations):
        for m, spec in enumerate(row.warn):
            if read_moment(spec)[0] == "after":
                yield error(
                    ("obligations", n, "warn", m),
                    f"“{spec}”在到期以后，预警要在到期之前；以后的写在 ladder",
                    f"{spec!r} lies after the due time; a warning comes before it, later ones go into ladder",
                )
    for n, routine in enumerate(pack.routines):
        for m, spec in enumerate(routine.warn):
            if read_moment(spec)[0] == "after":
                yield error(
                    ("routines", n, "warn", m), f"“{spec}”在到期以后；写在 ladder", f"{spec!r} lies after the due time; write it in ladder"
                )


# money, follow-ups, months, leftovers
def _approvals(pack: Pack) -> Findings:
    for n, row in enumerate(pack.approvals):
        for key, role in (("by", pack.one("roles", row.by)), *(("then", pack.one("roles", id)) for id in row.then)):
            if not {"approve", "refuse"} <= set(role.may):
                yield error(
                    ("approvals", n, key), f"“{role.name}”不能批准或不批方案", f"{role.name_en} may not approve and refuse proposals"
                )
    if not any("answer" in nature.steps for nature in pack.natures):
        return  # nothing is ever approved
    for grade in pack.grades:
        fits = [row for row in pack.approvals if not row.grades or grade.id in row.grades]
        covered = 0
        for row in sorted(fits, key=lambda row: row.above):
            if row.above <= covered:
                covered = max(covered, 1 << 62 if row.up_to is None else row.up_to)
        if covered < 1 << 62:
            yield warning(
                ("approvals",),
                f"“{grade.name}”花 {covered // 100} 元以上没有人批",
                f"nobody approves costs above {covered // 100} yuan for grade {grade.name_en}",
            )


def _visits(pack: Pack) -> Findings:
    if not any("visit" in nature.steps for nature in pack.natures):
        return
    outside = [
        role for role in who_may(pack, "visit") if not {"execute", "return", "find_cause", "sign"}.intersection(pack.one("roles", role).may)
    ]
    if not outside:
        yield error(
            ("roles",),
            "能回访的岗位都是经办的岗位，没有一个没经办的人能回访；给别的岗位加上 visit",
            "every role that may visit also handles; give visit to a role that does not",
        )


def _months(pack: Pack) -> Findings:
    for n, row in enumerate(pack.obligations):
        if row.late is None:
            continue
        target = pack.one("grades", row.late.regrade)
        below = [pack.one("grades", grade) for grade in row.grades] or pack.grades
        if any(grade.rank >= target.rank for grade in below):
            yield error(
                ("obligations", n, "late", "regrade"),
                f"超时改为“{target.name}”，但它本来就管着这一级或更高的；grades 里只留较低的",
                f"late makes it {target.name_en}, but it also runs for that grade or higher; keep only lower grades in grades",
            )


__all__ = ["Finding", "check", "closing_rule", "who_may"]
