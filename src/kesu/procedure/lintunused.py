"""Lint of what stands in a pack without effect: questions nobody needs, rows nothing names, keys that do nothing where they stand."""

from __future__ import annotations

from kesu.procedure.duties import Obligation
from kesu.procedure.findings import Findings, warning
from kesu.procedure.limits import parse_limit
from kesu.procedure.pack import Pack


def check(pack: Pack) -> Findings:
    """Every finding about unused rows and keys."""
    for one in (_facts, _asked_at_the_door, _named, _pauses, _roles, _departments, _grades, _keys):
        yield from one(pack)


def _facts(pack: Pack) -> Findings:
    facts = {fact for grade in pack.grades for clause in grade.when for fact in (*clause.all, *clause.any, *clause.none)}
    facts |= {fact for row in pack.obligations for fact in (*row.facts, *row.unless_facts)}
    facts |= {fact for row in pack.obligations if row.extension for fact in row.extension.facts}
    facts |= {fact for row in pack.fast_paths for fact in row.unless_facts}
    facts |= {mark.removeprefix("fact:") for row in pack.obligations for mark in (*row.begins, *row.until) if mark.startswith("fact:")}
    facts |= {row.on.removeprefix("fact:") for row in pack.tell if row.on.startswith("fact:")}
    facts |= {fact for rule in (pack.privacy.consents() if pack.privacy else {}).values() for fact in rule.facts}
    for n, fact in enumerate(pack.facts):
        if fact.id not in facts and not fact.urgency:
            yield warning(
                ("facts", n), f"问了“{fact.id}”却没有哪里用到；用上或删掉", f"{fact.id!r} is asked but used nowhere; use it or delete it"
            )


def _asked_at_the_door(pack: Pack) -> Findings:
    """A danger that the customer's page asks for must ring by itself: nobody reads the case before opening time."""
    ringing = {mark for row in pack.obligations if row.time == "always" for mark in row.begins}
    for n, fact in enumerate(pack.facts):
        if fact.door and f"fact:{fact.id}" not in ringing:
            yield warning(
                ("facts", n, "door"),
                f"客户自己答了“{fact.id}”，却没有昼夜都算的时限从 fact:{fact.id} 开始，夜里没人知道；加上或删掉 door",
                f"customers are asked {fact.id!r}, but no clock that runs day and night begins with fact:{fact.id}: "
                "nobody hears of it at night. Add one or delete door",
            )


def _named(pack: Pack) -> Findings:
    """Events that no clock and no notice names; procedures and fast paths that no clock names."""
    marks = {mark for row in pack.obligations for mark in (*row.begins, *row.until, *row.stops)}
    marks |= {mark for fast in pack.fast_paths for mark in (*fast.begins, *fast.by)}
    marks |= {row.on for row in pack.tell}
    for n, event in enumerate(pack.events):
        if f"event:{event.id}" not in marks:
            yield warning(
                ("events", n),
                f"没有一个时限从“{event.name}”开始或到它结束；写进 begins 或 until，或删掉",
                f"no clock begins or ends with {event.id!r}; name it in begins or until, or delete it",
            )
    for n, other in enumerate(pack.procedures):
        if not any(row.procedure == other.id for row in pack.obligations):
            yield warning(
                ("procedures", n), f"“{other.name}”没有一个时限；加上或删掉", f"{other.id!r} has no clock; add one or delete the row"
            )
    for n, fast in enumerate(pack.fast_paths):
        if not any(fast.id in (row.unless_fast, row.if_fast) for row in pack.obligations):
            yield warning(
                ("fast_paths", n), f"“{fast.name}”走了也不影响任何时限；写 unless_fast 或 if_fast，或删掉",
                f"{fast.id!r} changes no clock; write unless_fast or if_fast, or delete it",
            )  # fmt: skip


def _pauses(pack: Pack) -> Findings:
    pauses = {pause for row in pack.obligations for pause in row.pauses}
    for n, pause in enumerate(pack.pauses):
        if pause.id not in pauses:
            yield warning(
                ("pauses", n),
                f"没有一个时限因“{pause.name}”停下；写进 pauses 或删掉",
                f"no clock stops for {pause.id!r}; name it in pauses or delete it",
            )


def _roles(pack: Pack) -> Findings:
    needed = {row.role for row in pack.obligations} | {row.role for row in pack.routines} | {row.by for row in pack.approvals}
    needed |= {role for row in pack.approvals for role in row.then}
    needed |= {role for row in pack.obligations for rung in row.ladder for role in rung.tell}
    needed |= {role for row in pack.tell for role in row.to} | {pack.dispatching.arbiter, *pack.dispatching.nobody}
    needed |= {channel.receiver for channel in pack.channels}
    for n, role in enumerate(pack.roles):
        if not role.may and not role.pages and not role.source and role.id not in needed:  # a source may name more than we do
            yield warning(
                ("roles", n),
                f"“{role.name}”什么也不能做、不负责、不通知、不看页面；写上 may 或 pages，或删掉",
                f"{role.name_en} may do nothing, owes nothing, is told nothing and sees no page; write may or pages, or delete it",
            )


def _departments(pack: Pack) -> Findings:
    if pack.categories:
        used = {department for row in pack.categories for department in (row.first, *row.co)}
        for n, department in enumerate(pack.departments):
            if department.id not in used:
                yield warning(
                    ("departments", n),
                    f"没有一个类别归“{department.name}”；写进 first 或 co，或删掉",
                    f"no category goes to {department.name_en}; name it in first or co, or delete it",
                )
    if not pack.departments or not any("dispatch" in nature.steps for nature in pack.natures):
        return
    for n, category in enumerate(pack.categories):
        if pack.with_leads(category.id)[0] is None and not any(row.parent == category.id for row in pack.categories):
            yield warning(
                ("categories", n),
                f"“{category.name}”没有牵头部门，派单时要自己选；写上 first",
                f"{category.name_en} has no lead department and must be chosen each time; write first",
            )


def _grades(pack: Pack) -> Findings:
    raised = {row.late.regrade for row in pack.obligations if row.late}
    for n, grade in enumerate(pack.grades):
        if not grade.default and not grade.when and grade.id not in raised and pack.facts:
            yield warning(
                ("grades", n),
                f"没有一个问题会定成“{grade.name}”，只能靠人改；写上 when",
                f"no answer leads to the grade {grade.name_en}; it can only be given by hand. Write when",
            )


def _keys(pack: Pack) -> Findings:
    if pack.customer_date and not any(_asks_customer(row) for row in pack.obligations):
        yield warning(
            ("customer_date",), "没有一个时限算到客户的日期，商定它不改变什么；写上或删掉",
            "no limit counts to the customer's date, so agreeing on it changes nothing; write one or delete this",
        )  # fmt: skip
    for n, row in enumerate(pack.obligations):
        idle = [
            ("part", row.part != "any" and row.per != "part", 'per = "part"'),
            ("whole_case", row.whole_case and row.per != "case", 'per = "case"'),
            ("before_dispatch", row.before_dispatch is not None and row.scope not in ("lead", "part"), 'scope = "lead"'),
            ("stages", bool(row.stages) and row.whole_case, "whole_case = false"),
        ]
        for key, unused, only in idle:
            if unused:
                yield warning(
                    ("obligations", n, key),
                    f"{key} 在这里不起作用，只用于 {only}；删掉",
                    f"{key} does nothing here; it is for {only}. Delete it",
                )


def _asks_customer(row: Obligation) -> bool:
    return row.limit not in ("own-date", "before-expiry") and parse_limit(row.limit).asks_customer


__all__ = ["check"]
