"""Finding out: evidence from several sides, findings item by item, the cause (H-8, H-9, B-10)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from kesu.company.models import Person
from kesu.complaints.actions.road import Road, begin
from kesu.complaints.files import Upload, keep
from kesu.complaints.models import Case, CaseItem, Evidence
from kesu.procedure.refused import Refused

SIDES: dict[str, tuple[str, str]] = {
    "customer": ("客户", "the customer"),
    "staff": ("当事员工", "the staff concerned"),
    "record": ("服务记录", "service records"),
    "other": ("旁人", "others"),
    "expert": ("专业人员", "an expert"),
}
KINDS: dict[str, tuple[str, str]] = {
    "statement": ("陈述", "a statement"),
    "record": ("记录", "a record"),
    "photo": ("照片", "a photograph"),
    "recording": ("录音录像", "a recording"),
    "measurement": ("测量", "a measurement"),
}
FINDINGS: dict[str, tuple[str, str]] = {
    "found": ("属实", "substantiated"),
    "partly": ("部分属实", "partly substantiated"),
    "not_found": ("不属实", "not substantiated"),
    "unclear": ("无法查清", "cannot be said"),
}


def investigate(
    person: Person,
    case_id: int,
    *,
    side: str,
    kind: str = "statement",
    words: str,
    who: str = "",
    upload: Upload | None = None,
    at: datetime,
) -> Case:
    """Record a statement or piece of evidence from one side (H-8)."""
    with begin(person, case_id, "investigate", at) as road:
        words = road.needs(words, "words", "写下这一方说了什么、看到什么", "write down what this side says or shows")
        if side not in SIDES or kind not in KINDS:
            raise Refused("side", "请选是哪一方、哪一种", "choose the side and the kind", field="side")
        attachment = keep(upload, road.case, person, at) if upload else None
        Evidence.objects.create(
            case=road.case,
            round=road.case.round,
            side=side,
            kind=kind,
            who=who.strip()[:60],
            words=words,
            attachment=attachment,
            by=person,
            at=at,
        )
        road.journal(side=side, kind=kind, who=who.strip()[:60], words=words, file=attachment.sha256 if attachment else "")
    return road.case


def find_cause(person: Person, case_id: int, *, cause: str, words: str, findings: Mapping[int, str] | None = None, at: datetime) -> Case:
    """Say why it could happen (a cause of the pack) and what was found on each item; needs the sides that the grade asks for."""
    with begin(person, case_id, "find_cause", at) as road:
        words = road.needs(words, "words", "写清原因，别只选类别", "say what the cause was, not only its class")
        row = road.pack.find("causes", cause)
        if row is None:
            raise Refused("cause", "请选一个原因", "choose a cause", field="cause")
        _need_sides(road)
        _put_findings(road.case, findings or {})
        road.case.cause = cause
        road.complete("investigate")
        road.journal(cause=cause, words=words, findings={str(n): finding for n, finding in (findings or {}).items()})
    return road.case


def _need_sides(road: Road) -> None:
    """The customer's own words are one side already; the rest must have been recorded in this round."""
    grade = road.pack.one("grades", road.case.grade)
    heard = set(Evidence.objects.filter(case=road.case, round=road.case.round).values_list("side", flat=True)) | {"customer"}
    if len(heard) < grade.sides:
        raise Refused(
            "sides",
            f"{grade.name}投诉至少要听 {grade.sides} 方，现在只有 {len(heard)} 方；先记下其他方的说法或记录",
            f"a complaint of this grade needs {grade.sides} sides; only {len(heard)} recorded",
            heard=sorted(heard),
        )


def _put_findings(case: Case, findings: Mapping[int, str]) -> None:
    items = list(CaseItem.objects.filter(case=case))
    for item in items:
        finding = findings.get(item.n, item.finding)
        if finding and finding not in FINDINGS:
            raise Refused("finding", "请选属实、部分属实、不属实或无法查清", "choose a finding", field=f"finding_{item.n}")
        item.finding = finding
    CaseItem.objects.bulk_update(items, ["finding"])


def attach(person: Person | None, case_id: int, *, upload: Upload, for_customer: bool = False, actor: str = "staff", at: datetime) -> Case:
    """Add a file to the case."""
    with begin(person, case_id, "attach", at, actor=actor) as road:
        road.moves_clocks = False
        kept = keep(upload, road.case, person, at, for_customer=for_customer or actor == "customer")
        road.journal(name=kept.name, file=kept.sha256, size=kept.size, kind=kept.kind)
    return road.case
