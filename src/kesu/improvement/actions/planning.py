"""The plan: measures with owner and date, the cause they go to the root of, and beginning anew (H-9, B-12, B-16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kesu.company.models import Department, Person
from kesu.improvement.actions.road import CapaRoad, begin
from kesu.improvement.models import Capa, Measure, MeasureExtension
from kesu.procedure.improving import KINDS, WITHDRAWN
from kesu.procedure.refused import Refused


@dataclass(frozen=True)
class Owner:
    """Who answers for a measure: a person, or a department. Ids; 0 is none."""

    person: int = 0
    department: int = 0


def measure(person: Person, capa_id: int, *, kind: str, what: str, owner: Owner, due_at: datetime | None, at: datetime) -> Measure:
    """Add a measure; its clock begins and its owner is told. Refused without words, kind, owner, or with a date that is over."""
    with begin(person, capa_id, "measure", at) as road:
        what = road.needs(what, "what", "写清要做什么", "say what is to be done")
        if kind not in KINDS:
            raise Refused("kind", "请选先止住、纠正或预防", "choose containment, corrective or preventive", field="kind")
        who, department = _owner(road, owner)
        if due_at is None:
            raise Refused("missing", "写上哪天办完", "say until when", field="due_at")
        if due_at <= at:
            raise Refused("past", "办完的日子已经过去", "that date is over", field="due_at")
        row = Measure(capa=road.capa, n=max((row.n for row in road.measures), default=0) + 1, round=road.capa.round, kind=kind, what=what)
        row.person, row.department, row.first_due_at, row.due_at, row.by, row.at = who, department, due_at, due_at, person, at
        row.save()
        clock = road.owe("measure", due_at, measure=row)
        road.journal(n=row.n, kind=kind, what=what, owner=row.owner_name, due=due_at.isoformat())
        road.tell(road.owing(clock), "capa_measure", words=what, due=due_at.isoformat())
    return row


def plan(person: Person, capa_id: int, *, cause: str, words: str, at: datetime) -> Capa:
    """Settle the plan: the root cause of the pack's tree, why, and the kinds of measures that the pack asks for."""
    with begin(person, capa_id, "plan", at) as road:
        words = road.needs(words, "words", "写清为什么会发生，别只选类别", "say why it happened, not only the class of cause")
        if road.pack.find("causes", cause) is None:
            raise Refused("cause", "请选一个原因", "choose a cause", field="cause")
        _need_kinds(road)
        capa = road.capa
        capa.cause, capa.cause_words = cause, words
        capa.same_cause = cause if capa.same_cause else ""
        capa.stage = "carry"
        road.done("plan")
        road.journal(cause=cause, words=words, count=len(road.live()))
        road.watch_if_carried()
    return road.capa


def hand(person: Person, capa_id: int, *, measure_id: int, owner: Owner, reason: str, at: datetime) -> Capa:
    """Give a measure to another owner; its date stays."""
    with begin(person, capa_id, "hand", at) as road:
        row = road.measure(measure_id)
        reason = road.needs(reason, "reason", "写清为什么换人", "say why it is handed over")
        who, department = _owner(road, owner)
        if (who and who.pk) == row.person_id and (department and department.pk) == row.department_id:
            raise Refused("same_owner", "本来就是这个人或部门负责", "that owner has it already", field="owner")
        before = row.owner_name
        row.had = [*row.had, {"person": row.person_id, "department": row.department_id}]  # they do not judge the effect either
        row.person, row.department = who, department
        row.save(update_fields=["person", "department", "had"])
        clock = road.clock("measure", row)
        if clock:
            clock.person, clock.department = who, None if who else department
            clock.save(update_fields=["person", "department"])
            road.tell(road.owing(clock), "capa_measure", words=row.what, due=row.due_at.isoformat())
        road.journal(n=row.n, before=before, owner=row.owner_name, reason=reason)
    return road.capa


def drop(person: Person, capa_id: int, *, measure_id: int, reason: str, at: datetime) -> Capa:
    """Drop a measure that turned out wrong, with a reason. Refused where the settled plan would lack a kind it needs."""
    with begin(person, capa_id, "drop", at) as road:
        row = road.measure(measure_id)
        reason = road.needs(reason, "reason", "写清为什么取消", "say why it is dropped")
        row.dropped_at, row.dropped_why = at, reason
        if road.capa.stage == "carry":
            _need_kinds(road)
        row.save(update_fields=["dropped_at", "dropped_why"])
        forget(road, row)
        road.journal(n=row.n, reason=reason)
        road.watch_if_carried()
    return road.capa


def reopen(person: Person, capa_id: int, *, reason: str, at: datetime) -> Capa:
    """It came back, or was not closed well: a new round of the same record."""
    with begin(person, capa_id, "reopen", at) as road:
        reason = road.needs(reason, "reason", "写清为什么要再整改", "say why it begins anew")
        if road.capa.verdict == WITHDRAWN:
            raise Refused("withdrawn", "这项整改已经撤销，要整改请另立一项", "this record was withdrawn; open another one")
        road.done("close")
        begin_anew(road)
        road.capa.verdict = ""
        road.journal(round=road.capa.round, reason=reason)
        road.tell(road.holders(road.rules.leads), "capa_again", words=reason)
    return road.capa


def begin_anew(road: CapaRoad) -> None:
    """The next round: planned again, watched again."""
    capa = road.capa
    capa.round += 1
    capa.stage = "plan"
    capa.carried_at = capa.watch_until = capa.closed_at = capa.look_at = None
    road.owe("plan", road.after(road.rules.plan), role=road.rules.leads)


def forget(road: CapaRoad, row: Measure) -> None:
    """Nothing is owed on a measure any more: its clock ends, an open request for more time lapses."""
    road.done("measure", row)
    road.done("extend", row)
    MeasureExtension.objects.filter(measure=row, state="asked").update(state="lapsed", decided_at=road.at)


def _owner(road: CapaRoad, owner: Owner) -> tuple[Person | None, Department | None]:
    """The person or the department; Refused for neither, both, or somebody who is not of this company or site."""
    if bool(owner.person) == bool(owner.department):
        raise Refused("owner", "选一个人或一个部门负责", "choose one person or one department", field="owner")
    if owner.person:
        who = road.standing.people.get(owner.person)
        if who is None:
            raise Refused("owner", "没有这个人，或已经离职", "there is no such person any more", field="owner")
        return who, None
    department = road.standing.departments.get(owner.department)
    if department is None or department.site_id not in road.sites:
        raise Refused("owner", "没有这个部门", "there is no such department here", field="owner")
    return None, department


def _need_kinds(road: CapaRoad) -> None:
    kinds = {row.kind for row in road.live()}
    lacking = [kind for kind in road.rules.needs if kind not in kinds]
    if lacking:
        zh, en = "、".join(KINDS[kind][0] for kind in lacking), ", ".join(KINDS[kind][1].lower() for kind in lacking)
        raise Refused("measures", f"计划里至少要有一条{zh}措施", f"the plan needs a measure of this kind: {en}", needs=lacking)
    if not kinds:
        raise Refused("measures", "先加一条措施", "add a measure first")
