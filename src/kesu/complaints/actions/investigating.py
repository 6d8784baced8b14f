"""Finding out: evidence from several sides, findings item by item, the cause (H-8, H-9, B-10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from kesu.company.models import Person
from kesu.complaints.actions.consenting import marked
from kesu.complaints.actions.findings import FINDINGS as FINDINGS
from kesu.complaints.actions.findings import put_finding, without_finding
from kesu.complaints.actions.inquiring import answered, open_inquiry
from kesu.complaints.actions.road import Road, begin
from kesu.complaints.files import Upload, keep
from kesu.complaints.models import Case, CaseItem, Evidence, RootCause
from kesu.complaints.proofs import fingerprint
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
    "assessment": ("鉴定意见", "an assessment"),
}
MOST_WHYS = 5


def investigate(
    person: Person,
    case_id: int,
    *,
    side: str,
    kind: str = "statement",
    words: str,
    who: str = "",
    origin: str = "",
    made_at: datetime | None = None,
    upload: Upload | None = None,
    inquiry_id: int | None = None,
    health: bool = False,
    at: datetime,
) -> Case:
    """Record a statement or piece of evidence from one side (H-8): who says it, where it was got from, when it came about.

    `inquiry_id`: this answers what was asked of the person complained of, or of an expert. Refused for a time in the future.
    `health`: it is health data; then its words stand in no entry of the journal, only their fingerprint. Refused without consent.
    """
    with begin(person, case_id, "investigate", at) as road:
        words = road.needs(words, "words", "写下这一方说了什么、看到什么", "write down what this side says or shows")
        if side not in SIDES or kind not in KINDS:
            raise Refused("side", "请选是哪一方、哪一种", "choose the side and the kind", field="side")
        if made_at and made_at > at:
            raise Refused("future", "还没到的时间不能记", "it cannot come from the future", field="made_at")
        inquiry = open_inquiry(road, inquiry_id) if inquiry_id else None
        row = Evidence(side=side, kind=kind, who=who.strip()[:60], origin=origin.strip()[:200], made_at=made_at, words=words, by=person)
        row.health = marked(road, health)
        record(road, row, upload)
        if inquiry:
            answered(road, inquiry, row)
        file = row.attachment.sha256 if row.attachment else ""
        made = made_at.isoformat() if made_at else ""
        told = {"health": True} if row.health else {"who": row.who, "words": words, "origin": row.origin}
        road.journal(side=side, kind=kind, file=file, evidence=row.pk, digest=row.digest, made_at=made, **told)
    return road.case


def record(road: Road, row: Evidence, upload: Upload | None) -> None:
    """Store the evidence with its file and its fingerprint."""
    row.case, row.round, row.at = road.case, road.case.round, road.at
    row.attachment = keep(upload, road.case, road.person, road.at, health=row.health) if upload else None
    row.digest = fingerprint(row, row.attachment.sha256 if row.attachment else "")
    row.save()


def find_cause(
    person: Person,
    case_id: int,
    *,
    cause: str,
    words: str,
    whys: Iterable[str] = (),
    findings: Mapping[int, str] | None = None,
    at: datetime,
) -> Case:
    """Say why it could happen: a cause of the pack's tree, in words, with the whys that led there (one to five; fewer will do).

    `findings` given here (item number → finding) are written as findings of their own with `words` as their reason. Refused while
    sides are lacking that the grade asks for, or findings that the pack asks for before the cause.
    """
    with begin(person, case_id, "find_cause", at) as road:
        words = road.needs(words, "words", "写清原因，别只选类别", "say what the cause was, not only its class")
        row = road.pack.find("causes", cause)
        if row is None:
            raise Refused("cause", "请选一个原因", "choose a cause", field="cause")
        steps = [line.strip()[:400] for line in whys if line.strip()][:MOST_WHYS]
        _need_sides(road)
        items = list(CaseItem.objects.filter(case=road.case))
        for item in items:
            if (finding := (findings or {}).get(item.n, "")) and finding != item.finding:
                put_finding(road, item, finding, words, [])
        _need_findings(road, items)
        road.case.cause = cause
        RootCause.objects.create(case=road.case, round=road.case.round, cause=cause, words=words, whys=steps, by=person, at=at)
        road.complete("investigate")
        found = {str(item.n): item.finding for item in items if item.finding}
        road.journal(cause=cause, words=words, whys=steps, findings=found)
    return road.case


def _need_findings(road: Road, items: list[CaseItem]) -> None:
    """What is grave enough for the pack needs a finding on every item before anybody says why it happened (STANDARDS 7.6)."""
    open_ = without_finding(road.pack, road.case, items)
    if open_:
        numbers = "、".join(str(n) for n in open_)
        raise Refused(
            "findings",
            f"第 {numbers} 件还没有结论；先逐件下结论，再定原因",
            f"item {', '.join(map(str, open_))}: no finding yet; record the findings first, then the cause",
            items=open_,
        )


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


def attach(
    person: Person | None,
    case_id: int,
    *,
    upload: Upload,
    for_customer: bool = False,
    health: bool = False,
    actor: str = "staff",
    at: datetime,
) -> Case:
    """Add a file to the case. `health`: it shows health data; its name stands in no entry. Refused without consent."""
    with begin(person, case_id, "attach", at, actor=actor) as road:
        road.moves_clocks = False
        secret = marked(road, health)
        kept = keep(upload, road.case, person, at, for_customer=for_customer or actor == "customer", health=secret)
        road.journal(**({"health": True} if secret else {"name": kept.name}), file=kept.sha256, size=kept.size, kind=kept.kind)
    return road.case
