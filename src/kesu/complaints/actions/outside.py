"""Handing a case to somebody outside, papers of the service, and saying that it is the same matter as before (M-14, STANDARDS 2.2)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from kesu.company.models import Person
from kesu.company.procedures import round_the_clock, time_of
from kesu.company.rights import rights_of
from kesu.complaints.actions import pausing
from kesu.complaints.actions.road import Road, begin, sees
from kesu.complaints.models import Case, Handover, Pause, Reference
from kesu.procedure.due import due
from kesu.procedure.handrows import OutsideBody
from kesu.procedure.limits import parse_limit
from kesu.procedure.refused import Refused


def hand_outside(
    person: Person,
    case_id: int,
    *,
    body: str,
    words: str,
    name: str = "",
    number: str = "",
    due_at: datetime | None = None,
    handed_at: datetime | None = None,
    at: datetime,
) -> Case:
    """The case lies with an authority, a court, another body of the pack: where, under which number there, what the customer was told.

    `due_at`: their date where they named one; else it follows from the pack's limit, counted from `handed_at` (None: now). Ours goes on,
    or stands still where the pack says so.
    """
    with begin(person, case_id, "hand_outside", at) as road:
        row = road.pack.find("outside", body)
        if row is None:
            raise Refused("body", "请选移送到哪里", "choose where it is handed", field="body")
        words = road.needs(words, "words", "写下怎么告诉客户的", "write down what the customer was told")
        when = handed_at or at
        if when > at:
            raise Refused("future", "还没移送的时间不能记", "it cannot have been handed over in the future", field="handed_at")
        if due_at and due_at <= when:
            raise Refused("past", "对方的期限早于移送，请核对", "their date lies before the handover; check it", field="due_at")
        if Handover.objects.filter(case=road.case, body=body, number=number.strip(), answered_at__isnull=True).exists():
            raise Refused("handed", "已经移送到那里，还没有结果", "it lies there already and has no result yet", field="body")
        by = due_at or _their_date(road, row, when)
        handed = Handover.objects.create(
            case=road.case,
            round=road.case.round,
            body=body,
            name=name.strip()[:120],
            number=number.strip()[:60],
            due_at=by,
            rests=bool(row.rests),
            by=person,
            at=when,
        )
        road.mark(road.act.name)
        if row.rests:
            _rest(road, row.rests, handed)
        until = by.isoformat() if by else None
        road.journal(handover=handed.pk, body=body, called=handed.name, ref=handed.number, words=words, theirs_by=until)
    return road.case


def _their_date(road: Road, row: OutsideBody, when: datetime) -> datetime | None:
    if not row.limit:
        return None
    found = due(parse_limit(row.limit), when, time_of(road.case.site, row.time))
    return found.at if found else None


def _rest(road: Road, reason: str, handed: Handover) -> None:
    """Our clocks stand still while it lies there, at the longest as long as the pack lets this reason last."""
    rule = road.pack.one("pauses", reason)
    if Pause.objects.filter(case=road.case, ended_at__isnull=True).exists():
        return
    longest = due(parse_limit(rule.longest), road.at, round_the_clock(road.case.site.company.zone))
    assert longest is not None  # a pause's longest time is never a customer's date
    proof = " ".join(filter(None, [handed.name, handed.number]))[:400]
    row = Pause.objects.create(
        case=road.case, round=road.case.round, reason=reason, evidence=proof, began_at=road.at, ends_by=longest.at, by=road.person
    )
    road.mark("pause")
    road.mark(f"pause:{reason}")
    road.journal("pause", reason=reason, evidence=proof, until=row.ends_by.isoformat(), words="")


def outside_answer(person: Person, case_id: int, *, handover_id: int, words: str, solved: bool | None = None, at: datetime) -> Case:
    """What came of it outside; our clocks go on if they stood still for it.

    `solved`: settled or mediated with success, where that was said.
    """
    with begin(person, case_id, "outside_answer", at) as road:
        words = road.needs(words, "words", "写下对方的结果", "write down their result")
        row = Handover.objects.filter(case=road.case, pk=handover_id).first()
        if row is None:
            raise Refused("no_handover", "没有这次移送", "there is no such handover", field="handover")
        if row.answered_at:
            raise Refused("answered", "这次移送的结果已经记过", "its result is on record already", field="handover")
        row.answered_at, row.answer, row.answer_by = at, words[:400], person
        row.save(update_fields=["answered_at", "answer", "answer_by"])
        body = road.pack.find("outside", row.body)
        stands = Pause.objects.filter(case=road.case, ended_at__isnull=True, reason=body.rests if body else "").exists()
        others = Handover.objects.filter(case=road.case, answered_at__isnull=True, rests=True).exists()
        if row.rests and stands and not others:
            pausing.end_pause(road)
        road.journal(handover=row.pk, body=row.body, words=words, **_said(solved=solved))
    return road.case


def outside_verdict(
    person: Person,
    case_id: int,
    *,
    body: str,
    replied: bool | None = None,
    solved: bool | None = None,
    content: bool | None = None,
    words: str = "",
    at: datetime,
) -> Case:
    """What somebody outside found about our handling: a hotline's call to the citizen, a platform's or an authority's outcome.

    `replied`: we were in touch in time; `solved`: solved, settled, mediated; `content`: the customer is content. None: not said. Recorded
    again, what was said later stands. The figures of STANDARDS part 6 (12345, ODR, mediation) are made of it.
    """
    with begin(person, case_id, "outside_verdict", at) as road:
        road.moves_clocks = False
        if road.pack.find("outside", body) is None:
            raise Refused("body", "请选是谁评定的", "choose whose verdict it is", field="body")
        said = _said(replied=replied, solved=solved, content=content)
        if not said:
            raise Refused("verdict", "至少选一项评定", "say at least one thing that they found", field="solved")
        road.journal(body=body, words=words.strip()[:400], **said)
    return road.case


def _said(**found: bool | None) -> dict[str, Any]:
    return {name: one for name, one in found.items() if one is not None}


def refer(person: Person, case_id: int, *, paper: str, number: str, dated: date | None = None, at: datetime) -> Case:
    """Name a service order, repair or contract of the pack's kinds by its number; the case is found by it."""
    with begin(person, case_id, "refer", at) as road:
        road.moves_clocks = False
        if road.pack.find("references", paper) is None:
            raise Refused("paper", "请选是哪一种单", "choose the kind of paper", field="paper")
        number = road.needs(number, "number", "写上单号", "write its number")[:60]
        if Reference.objects.filter(case=road.case, kind=paper, number=number).exists():
            raise Refused("there", "这个单号已经关联", "that number is there already", field="number")
        Reference.objects.create(case=road.case, kind=paper, number=number, dated=dated, by=person, at=at)
        road.journal(paper=paper, number=number, dated=dated.isoformat() if dated else "")
    return road.case


def tie(person: Person, case_id: int, *, earlier: str, reason: str, at: datetime) -> Case:
    """Say that the customer complains again about the matter of an earlier case; both show it, and repeats are counted by it."""
    with begin(person, case_id, "tie", at) as road:
        road.moves_clocks = False
        reason = road.needs(reason, "reason", "写清为什么是同一件事", "say why it is the same matter")
        found = Case.objects.filter(company_id=road.case.company_id, number=earlier.strip()).first()
        if found is None or not sees(rights_of(person, at), found, list(found.parts.all()), found.tasks.all()):
            raise Refused("no_case", "没有找到这张单，请核对编号", "no such complaint was found; check the number", field="earlier")
        if found.received_at > road.case.received_at or found.pk == road.case.pk:
            raise Refused("not_earlier", "要写以前的那张单", "name the earlier complaint", field="earlier")
        if road.case.same_as_id == found.same_as_id == found.pk or road.case.same_as_id == found.pk:
            raise Refused("tied", "已经关联", "they are tied already", field="earlier")
        road.case.same_as_id = found.pk
        road.journal(number=found.number, earlier=found.pk, reason=reason)
    return road.case
