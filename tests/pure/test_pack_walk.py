"""Any pack that lints clean can be closed by some path: it is walked, act by act, as the acts' table and the roles allow.

The walk knows what the real acts ask for (complaints.actions) and nothing of lint. Packs are changed at random: either lint refuses
the change, or every nature of every grade is walked from reception to the archive, also withdrawn and found not to stand.
"""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.pure import small
from tests.pure.small import PACKS, clock

from kesu.procedure import lint, packreferences
from kesu.procedure.acts import ACTS, CONDITIONS, CUSTOMER, STAFF_ACTS, STEPS
from kesu.procedure.pack import Pack
from kesu.procedure.packtext import parsed
from kesu.procedure.running import step_of

SHIPPED = {path.stem: parsed(path.read_text(encoding="utf-8"), path.name)[0] for path in sorted(PACKS.glob("*.toml"))}
BASES = [
    *SHIPPED.values(),
    tomllib.loads(small.text(clock("settle", "heard", "return", "3d"), clock("tell", "return", "report_back", "1d"))),
]
DEAR = 10_000_000_00  # fen: a proposal that whoever decides on the most decides on
HANDLED_BY_THE_HANDLER = {"contact", "investigate", "find_cause", "execute", "return"}


@dataclass
class Case:
    """A case on its way. Every role is held by two people, so that nobody has to decide on his own proposal."""

    pack: Pack
    nature: str
    grade: str
    cost: int = 0
    outcome: str = ""
    done: set[str] = field(default_factory=set)  # steps
    marks: set[str] = field(default_factory=set)
    parts: list[str] = field(default_factory=list)  # "", signed, returned
    proposal: str = ""  # pending, approved, offered, agreed
    undone: bool = False  # an agreed action
    sides: int = 1
    closed: bool = False

    @property
    def step(self) -> str:
        if self.closed:
            return step_of(["archive"], self.done)
        if self.outcome == "withdrawn":
            return step_of(["close", "archive"], self.done)
        return step_of(self.pack.one("natures", self.nature).steps, self.done)

    def somebody_may(self, act: str) -> bool:
        if CUSTOMER in ACTS[act].by:
            return True
        for role in self.pack.roles:
            in_department = role.level == "department"
            sees = role.sees != "own" if in_department else role.sees in ("company", "site")
            handed = bool(self.parts) and act in HANDLED_BY_THE_HANDLER
            if act in role.may and (not in_department or self.parts) and (sees or handed or act == "receive"):
                return True
        return False

    def approver(self) -> str:
        for row in self.pack.approvals:
            fits = (not row.grades or self.grade in row.grades) and (row.up_to is None or self.cost <= row.up_to)
            if fits and (row.always or self.cost > row.above):
                return row.by
        return ""

    # what each act asks for beside role and step; what it does
    def ready(self, act: str) -> bool:
        asks: dict[str, Callable[[], bool]] = {
            "dispatch": lambda: not self.parts and self.step == "dispatch",  # it could be done elsewhere, too, but need not
            "sign": lambda: "" in self.parts,
            "investigate": lambda: self.sides < self.pack.one("grades", self.grade).sides,
            "find_cause": lambda: self.sides >= self.pack.one("grades", self.grade).sides and not self.lacks_findings(),
            "propose": lambda: not self.proposal and self.step == "answer",
            "approve": lambda: self.proposal == "pending" and "approve" in self.pack.one("roles", self.approver()).may,
            "put_right": lambda: self.pack.improvement is not None,
            "reply": lambda: self.proposal == "approved",
            "agree": lambda: self.proposal == "offered",
            "execute": lambda: self.undone,
            "return": lambda: "signed" in self.parts and not self.undone,
            "close": lambda: all(self.met(need) for need in self.needs()),
        }
        return act not in self.marks and asks.get(act, lambda: True)()

    def lacks_findings(self) -> bool:
        rules = self.pack.investigation
        return bool(rules and rules.wants_findings(self.nature, self.grade)) and "find" not in self.marks

    def does(self, act: str) -> None:
        if act == "investigate":
            self.sides += 1
        else:
            self.marks.add(act)
        if act == "dispatch":
            self.parts.append("")
        if act in ("sign", "return"):
            self.parts = ["signed" if act == "sign" else "returned"]
        if act in ("propose", "approve", "reply", "agree"):
            self.proposal = {"propose": "pending" if self.approver() else "approved", "approve": "approved", "reply": "offered"}.get(
                act, "agreed"
            )
        if act in ("agree", "execute"):
            self.undone = act == "agree"
        self.closed = self.closed or act == "close"
        if step := ACTS[act].completes:
            self.done.add(step)

    def needs(self) -> list[str]:
        for row in self.pack.closing:
            outcomes: list[str] = list(row.outcomes)
            fits = (not row.natures or self.nature in row.natures) and (not row.grades or self.grade in row.grades)
            if fits and (not outcomes or self.outcome in outcomes):
                return list(row.needs)
        return list(CONDITIONS)

    def met(self, need: str) -> bool:
        return {
            "told": "report_back" in self.marks,
            "followed_up": "visit" in self.marks,
            "cause_found": "find_cause" in self.marks,
            "actions_done": not self.undone,
            "money_paid": not self.undone,
            "tasks_done": True,  # nobody was given any
            "forms_returned": all(part == "returned" for part in self.parts),
            "agreed": "agree" in self.marks,
            "approvals_answered": self.proposal != "pending",
            "not_paused": True,
            "clocks_done": True,  # whoever owes something does it; lint sees to it that it can be done
            "put_right": "put_right" in self.marks,
            "findings_made": "find" in self.marks,
            "person_told": "tell_person" in self.marks,
            "explained": bool({"unfound", "report_back"} & self.marks),
        }[need]

    # the ways
    def goes_on(self, until: str = "") -> Case:
        """Everything that can be done is done, once each, until nothing more can be or `until` was done."""
        able = True
        while able and until not in self.marks:
            able = any(self._does_if_possible(act) for act in WAY)
        return self

    def _does_if_possible(self, act: str) -> bool:
        steps, closed = ACTS[act].steps, ACTS[act].closed
        if (self.closed and not closed) or (steps and self.step not in steps) or not self.somebody_may(act) or not self.ready(act):
            return False
        self.does(act)
        return True

    def withdraws(self) -> Case:
        self.outcome, self.proposal = "withdrawn", ""
        return self

    def is_unfounded(self) -> Case:
        nature = next(row for row in self.pack.natures if row.unfounded)
        self.nature, self.outcome, self.proposal = nature.id, "unfounded", ""
        self.done |= {"judge", "report"}
        self.marks |= {"unfound", "report_back"}
        return self

    @property
    def in_the_archive(self) -> bool:
        return {"close", "archive"} <= self.done


WAY = ("judge", "dispatch", "sign", "investigate", "find", "find_cause", "propose", "approve", "reply", "agree", "execute", "return",
       "report_back", "visit", "put_right", "tell_person", "close", "archive")  # fmt: skip


def stuck(pack: Pack) -> list[str]:
    """The cases that do not come to the archive."""
    found = []
    for nature in pack.natures:
        for grade in pack.grades:
            ways = {f"costs {cost}": Case(pack, nature.id, grade.id, cost).goes_on() for cost in (0, DEAR)}
            for act in ("", "dispatch", "sign", "propose"):
                ways[f"withdrawn after {act}"] = Case(pack, nature.id, grade.id, DEAR).goes_on(act).withdraws().goes_on()
            if any(row.unfounded for row in pack.natures) and "unfound" in {act for role in pack.roles for act in role.may}:
                for act in ("", "sign"):
                    case = Case(pack, nature.id, grade.id).goes_on(act)
                    if case.step in ACTS["unfound"].steps:
                        ways[f"unfounded after {act}"] = case.is_unfounded().goes_on()
            found += [f"{nature.id} {grade.id} {way}: at {case.step}" for way, case in ways.items() if not case.in_the_archive]
    return found


def refused(data: dict[str, Any]) -> bool:
    """Whether the pack is refused before it can run; a shape that cannot be read is as well."""
    try:
        pack = Pack.model_validate(data)
    except ValidationError:
        return True
    return bool(list(packreferences.faults(pack))) or any(row.level == "error" for row in lint.check(pack))


@pytest.mark.parametrize("name", SHIPPED)
def test_the_packs_that_ship_are_walked_to_the_archive(name: str) -> None:
    assert not refused(SHIPPED[name]) and stuck(Pack.model_validate(SHIPPED[name])) == []


# one change of a pack's data
def rows(data: dict[str, Any], table: str, draw: st.DrawFn) -> dict[str, Any]:
    return draw(st.sampled_from(data[table]))


def drop_step(data: dict[str, Any], draw: st.DrawFn) -> None:
    nature = rows(data, "natures", draw)
    nature["steps"] = [step for step in nature["steps"] if step != draw(st.sampled_from(list(STEPS)))]


def add_step(data: dict[str, Any], draw: st.DrawFn) -> None:
    nature, step = rows(data, "natures", draw), draw(st.sampled_from(list(STEPS)))
    nature["steps"] = sorted({*nature["steps"], step}, key=list(STEPS).index)


def drop_act(data: dict[str, Any], draw: st.DrawFn) -> None:
    act, whole = draw(st.sampled_from(WAY)), draw(st.booleans())
    for role in data["roles"] if whole else [rows(data, "roles", draw)]:
        role["may"] = [may for may in role["may"] if may != act]


def give_act_to_one(data: dict[str, Any], draw: st.DrawFn) -> None:
    act, chosen = draw(st.sampled_from(WAY)), rows(data, "roles", draw)
    for role in data["roles"]:
        role["may"] = [*(may for may in role["may"] if may != act), *([act] if role is chosen and act in STAFF_ACTS else [])]


def move_role(data: dict[str, Any], draw: st.DrawFn) -> None:
    role = rows(data, "roles", draw)
    role["level"], role["sees"] = (
        draw(st.sampled_from(["company", "site", "department"])),
        draw(st.sampled_from(["site", "department", "own"])),
    )


def drop_row(data: dict[str, Any], draw: st.DrawFn) -> None:
    table = data[draw(st.sampled_from(["closing", "approvals"]))]
    if table:
        table.pop(draw(st.integers(0, len(table) - 1)))


def swap_closing(data: dict[str, Any], draw: st.DrawFn) -> None:
    if data["closing"]:
        data["closing"].insert(0, data["closing"].pop(draw(st.integers(0, len(data["closing"]) - 1))))


def change_needs(data: dict[str, Any], draw: st.DrawFn) -> None:
    if data["closing"]:
        row = rows(data, "closing", draw)
        row["needs"] = sorted({*row["needs"]} ^ {draw(st.sampled_from(list(CONDITIONS)))})


def narrow_closing(data: dict[str, Any], draw: st.DrawFn) -> None:
    if data["closing"]:
        row, key = rows(data, "closing", draw), draw(st.sampled_from(["natures", "grades", "outcomes"]))
        known = {"outcomes": ["", "resolved", "unfounded", "withdrawn"]}.get(key) or [other["id"] for other in data[key]]
        row[key] = draw(st.lists(st.sampled_from(known), unique=True, max_size=2))


def change_approver(data: dict[str, Any], draw: st.DrawFn) -> None:
    if data["approvals"]:
        rows(data, "approvals", draw)["by"] = rows(data, "roles", draw)["id"]


def change_sides(data: dict[str, Any], draw: st.DrawFn) -> None:
    rows(data, "grades", draw)["sides"] = draw(st.integers(0, 5))


def turn_unfounded(data: dict[str, Any], draw: st.DrawFn) -> None:
    nature = rows(data, "natures", draw)
    nature["unfounded"] = not nature.get("unfounded", False)


CHANGES = (drop_step, add_step, drop_act, give_act_to_one, move_role, drop_row, swap_closing, change_needs, narrow_closing, change_approver,
           change_sides, turn_unfounded)  # fmt: skip


class Changed:
    """A changed pack; shown by what differs."""

    def __init__(self, base: dict[str, Any], data: dict[str, Any]) -> None:
        self.base, self.data = base, data

    def __repr__(self) -> str:
        tables = ("natures", "roles", "closing", "approvals", "grades")
        rows = [(table, row) for table in tables for row in self.data[table] if row not in self.base[table]]
        gone = [
            (table, len(self.base[table]) - len(self.data[table])) for table in tables if len(self.base[table]) != len(self.data[table])
        ]
        return f"{self.base['pack']['id']}: {rows} gone: {gone}"


@st.composite
def changed_packs(draw: st.DrawFn) -> Changed:
    base = draw(st.sampled_from(BASES))
    data = copy.deepcopy(base)
    for change in draw(st.lists(st.sampled_from(CHANGES), min_size=1, max_size=4)):
        change(data, draw)
    return Changed(base, data)


@settings(max_examples=10, deadline=None)  # run long by hand when lint or the walk changes
@given(changed_packs())
def test_a_changed_pack_is_refused_or_walked_to_the_archive(changed: Changed) -> None:
    assert refused(changed.data) or stuck(Pack.model_validate(changed.data)) == [], changed


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda data: data["closing"].pop(0), "withdrawn"),
        (lambda data: [role["may"].remove("visit") for role in data["roles"] if "visit" in role["may"]], "at visit"),
        (lambda data: data["approvals"][0].update(by="quality"), "costs"),
        (lambda data: data["closing"][-1]["needs"].append("agreed"), "vent"),
        (lambda data: [role.update(level="department") for role in data["roles"]], "at judge"),
    ],
    ids=["no row for the withdrawn", "nobody follows up", "approver may not approve", "never agreed", "all in departments"],
)
def test_the_walk_sees_what_is_stuck_and_lint_refuses_it(change: Callable[[dict[str, Any]], object], where: str) -> None:
    data = copy.deepcopy(SHIPPED["property"])
    change(data)
    found = stuck(Pack.model_validate(data))
    assert found and any(where in case for case in found), found
    assert refused(data)
