"""What the stories of corrective action share: a record at a stage, its clocks, what was said and told."""

from __future__ import annotations

from datetime import datetime

from tests.cast import Cast
from tests.complaints.story import days, minutes, shown

from kesu.company.models import Person
from kesu.complaints import actions as complaints
from kesu.complaints import chain
from kesu.complaints.models import Case, Notice
from kesu.improvement import actions
from kesu.improvement.actions import Owner
from kesu.improvement.models import Capa, CapaClock, CapaEntry, Measure

CAUSE = "upkeep"


def found(cast: Cast, at: datetime, **wanted: object) -> Case:
    """A complaint about the lift whose cause is known: 皮带超期没换."""
    case = cast.judged(cast.complaint(at=at, **wanted), at=at, facts={"company_fault": True})
    complaints.sign(cast.zhou_hai, case.pk, at=at)
    complaints.investigate(cast.zhou_hai, case.pk, side="record", kind="record", words="维保记录", at=at)
    findings = dict.fromkeys(case.items.values_list("n", flat=True), "found")
    return complaints.find_cause(cast.zhou_hai, case.pk, cause=CAUSE, words="皮带超期没换", findings=findings, at=at)


def opened(cast: Cast, at: datetime, *cases: Case) -> Capa:
    """罗晴 opens a record from these, or from one that is found first."""
    rows = cases or (found(cast, at),)
    return actions.open_capa(cast.luo_qing, [case.pk for case in rows], problem="电梯门机皮带反复断", at=at)


def with_measure(
    cast: Cast, capa: Capa, at: datetime, *, owner: Person | None = None, kind: str = "corrective", due: float = 10
) -> Measure:
    """One measure, 周海's unless somebody else is named, due in ten days."""
    who = Owner(person=(owner or cast.zhou_hai).pk)
    return actions.measure(cast.luo_qing, capa.pk, kind=kind, what="换下全部门机皮带", owner=who, due_at=at + days(due), at=at)


def planned(cast: Cast, at: datetime, *cases: Case) -> tuple[Capa, Measure]:
    """Opened, with one measure, the plan settled."""
    capa = opened(cast, at, *cases)
    row = with_measure(cast, capa, at)
    actions.plan(cast.luo_qing, capa.pk, cause=CAUSE, words="换件周期没有写进维保计划", at=at + minutes(5))
    return fresh(capa), row


def watched(cast: Cast, at: datetime, *cases: Case) -> Capa:
    """Every measure ended: the watch has begun a day later."""
    capa, row = planned(cast, at, *cases)
    actions.end(cast.zhou_hai, capa.pk, measure_id=row.pk, words="换好 14 台", at=at + days(1))
    return fresh(capa)


def judged(cast: Cast, at: datetime, *cases: Case) -> Capa:
    """Watched to the end and judged effective by 罗晴."""
    capa = watched(cast, at, *cases)
    assert capa.watch_until
    actions.judge(cast.luo_qing, capa.pk, verdict="effective", words="两个月没有再来", at=capa.watch_until + minutes(1))
    return fresh(capa)


def fresh(capa: Capa) -> Capa:
    return Capa.objects.select_related("company").get(pk=capa.pk)


def running(capa: Capa) -> dict[str, str]:
    """duty → when it is due, for everything owed on the record (of measures the earliest)."""
    rows = CapaClock.objects.filter(capa=capa, done_at=None).order_by("-due_at")
    return {row.duty: shown(row.due_at) for row in rows}


def entries(capa: Capa, *acts: str) -> list[CapaEntry]:
    rows = CapaEntry.objects.filter(capa=capa).order_by("n")
    return list(rows.filter(act__in=acts) if acts else rows)


def rung(capa: Capa) -> list[tuple[str, str, list[str]]]:
    """What the worker wrote: when it counts, which moment, who was told."""
    return [(shown(entry.at), entry.act, entry.data["told"]) for entry in entries(capa, "warned", "fell_late", "climbed")]


def told(*kinds: str) -> set[tuple[str, str]]:
    """(kind, name) of every notice about records."""
    return {(row.kind, row.person.name) for row in Notice.objects.filter(case=None, kind__in=kinds).select_related("person")}


def chain_holds(capa: Capa) -> bool:
    return chain.faults(fresh(capa), entries(capa)) == []
